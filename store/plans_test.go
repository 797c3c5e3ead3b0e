package store_test

import (
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite"

	"github.com/dialwright/dialwright/store/storetest"
)

// The statements that run for every call read by an index, however long the
// tables are: SQLite says SCAN where it would read a whole table, and USE TEMP
// B-TREE where it would sort.
func TestStatementsUseIndexes(t *testing.T) {
	dsn := sqliteFile(t)
	db := migrated(t, dsn)
	storetest.Fill(t, db, "list", 0, 10)
	raw, err := sqlx.Open("sqlite", strings.TrimPrefix(dsn, "sqlite://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	for what, query := range map[string]string{
		"due contacts": `SELECT cc.* FROM campaign_contacts cc WHERE cc.campaign = 'c' AND cc.state = 'pending' AND cc.zone = '' AND cc.next_at <= 5
			AND NOT EXISTS (SELECT 1 FROM calls k WHERE k.contact = cc.contact AND k.claimed = 1) ORDER BY cc.next_at, cc.contact LIMIT 5`,
		"live calls":        `SELECT COUNT(*) FROM calls WHERE campaign = 'c' AND claimed = 1`,
		"contacts left":     `SELECT EXISTS (SELECT 1 FROM campaign_contacts WHERE campaign = 'c' AND state IN ('pending', 'retry', 'appointment', 'claimed'))`,
		"keys of a batch":   `SELECT id FROM contacts WHERE list = 'l' AND import_key IN ('a', 'b')`,
		"numbers of batch":  `SELECT id FROM contacts WHERE list = 'l' AND number IN ('a', 'b')`,
		"tries for caps":    `SELECT call, at FROM reservations WHERE number = 'n' AND at > 5 ORDER BY at DESC LIMIT 5`,
		"newest calls":      `SELECT id FROM calls WHERE started_at >= 0 ORDER BY started_at DESC, id DESC LIMIT 5`,
		"orphans":           `SELECT id FROM calls WHERE claimed = 1 AND holder = 'w' AND holder_epoch < 5`,
		"by number":         `SELECT * FROM contacts WHERE number = 'n'`,
		"by another number": `SELECT c.* FROM contacts c JOIN contact_numbers n ON n.contact = c.id WHERE n.number = 'n'`,
		"audit of a number": `SELECT * FROM audit WHERE number = 'n' AND at > 5`,
	} {
		var plan []struct {
			ID, Parent, Notused int
			Detail              string
		}
		if err := raw.Select(&plan, "EXPLAIN QUERY PLAN "+query); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		keyed := strings.Contains(query, "IN (") // in a batch, the number's index must be used, not the list's
		for _, step := range plan {
			d := step.Detail
			if strings.HasPrefix(d, "SCAN") && !strings.Contains(d, "USING") && !strings.Contains(d, "CONSTANT ROW") ||
				strings.Contains(d, "TEMP B-TREE FOR ORDER") {
				t.Errorf("%s: %s", what, d)
			}
			if keyed && strings.Contains(d, "contacts") && strings.Contains(d, "(list=?)") {
				t.Errorf("%s reads the whole list: %s", what, d)
			}
		}
	}
}
