package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
)

// ImportContacts puts one batch into a list; see campaign.ImportStore.
func (d *DB) ImportContacts(ctx context.Context, list string, rows []campaign.ImportRow, at time.Time, dry bool) ([]campaign.ImportOutcome, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	b := &importBatch{list: list, rows: rows, at: at}
	if err := b.encode(); err != nil {
		return nil, fmt.Errorf("import into list %s: %w", list, err)
	}
	var err error
	if dry {
		err = b.compare(ctx, d.r)
	} else {
		err = d.write(ctx, func(t *tx) error {
			if _, err := t.exec(`INSERT INTO lists (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING`, list, micros(at)); err != nil {
				return err
			}
			// Two imports into one list at once must not both find a number missing.
			if _, err := t.exec(`SELECT 1 FROM lists WHERE name = ?`+t.lock("FOR UPDATE"), list); err != nil {
				return err
			}
			if err := b.compare(ctx, t.Tx); err != nil {
				return err
			}
			return b.store(t)
		})
	}
	if err != nil {
		return nil, fmt.Errorf("import into list %s: %w", list, err)
	}
	return b.outcomes, nil
}

type importBatch struct {
	list     string
	rows     []campaign.ImportRow
	at       time.Time
	encoded  []contactRow
	outcomes []campaign.ImportOutcome
}

func (b *importBatch) encode() error {
	b.encoded = make([]contactRow, len(b.rows))
	for i, row := range b.rows {
		c := row.Contact
		if len(c.Numbers) == 0 || c.ImportKey == "" {
			return fmt.Errorf("contact %q has no number or no import key", c.Name)
		}
		digest, err := c.Digest()
		if err != nil {
			return err
		}
		// A microsecond apart, so that contacts are called in the file's order.
		at := b.at.Add(time.Duration(i) * time.Microsecond)
		r := contactRow{
			ID: string(dialwright.NewContactID(at)), List: b.list, ImportKey: c.ImportKey, Number: string(c.Numbers[0]),
			Name: c.Name, Zone: c.Zone, Language: c.Language, Digest: digest, CreatedAt: micros(at), UpdatedAt: micros(at),
		}
		if len(c.Numbers) > 1 {
			if r.More, err = jsonText(c.Numbers[1:]); err != nil {
				return err
			}
		}
		if len(c.Fields) > 0 {
			if r.Fields, err = jsonText(c.Fields); err != nil {
				return err
			}
		}
		b.encoded[i] = r
	}
	return nil
}

type known struct {
	ID        string `db:"id"`
	ImportKey string `db:"import_key"`
	Number    string `db:"number"`
	Digest    int64  `db:"digest"`
}

// compare decides what becomes of each row, from what the list holds and what
// earlier rows of the batch bring.
func (b *importBatch) compare(ctx context.Context, r reader) error {
	keys, numbers := make([]string, len(b.rows)), make([]string, len(b.rows))
	for i, row := range b.encoded {
		keys[i], numbers[i] = row.ImportKey, row.Number
	}
	byKey, byNumber := map[string]known{}, map[string]known{}
	for _, look := range []struct {
		query  string
		values []string
	}{
		{`SELECT id, import_key, number, digest FROM contacts WHERE list = ? AND import_key IN (?)`, keys},
		{`SELECT id, import_key, number, digest FROM contacts WHERE list = ? AND number IN (?)`, numbers},
	} {
		query, args, err := sqlx.In(look.query, b.list, look.values)
		if err != nil {
			return err
		}
		var found []known
		if err := sqlx.SelectContext(ctx, r, &found, r.Rebind(query), args...); err != nil {
			return fmt.Errorf("look up contacts: %w", err)
		}
		for _, k := range found {
			byKey[k.ImportKey], byNumber[k.Number] = k, k
		}
	}
	b.outcomes = make([]campaign.ImportOutcome, len(b.rows))
	for i := range b.rows {
		b.outcomes[i] = b.judge(i, byKey, byNumber)
		if b.outcomes[i] != campaign.Duplicate {
			e := b.encoded[i]
			k := known{ID: e.ID, ImportKey: e.ImportKey, Number: e.Number, Digest: e.Digest}
			byKey[k.ImportKey], byNumber[k.Number] = k, k
		}
	}
	return nil
}

func (b *importBatch) judge(i int, byKey, byNumber map[string]known) campaign.ImportOutcome {
	row := &b.encoded[i]
	same, ok := byKey[row.ImportKey]
	if !ok {
		if _, taken := byNumber[row.Number]; taken {
			return campaign.Duplicate
		}
		return campaign.Imported
	}
	other, taken := byNumber[row.Number]
	if b.rows[i].Repeat || same.Digest == row.Digest || taken && other.ID != same.ID {
		return campaign.Duplicate
	}
	row.ID = same.ID
	return campaign.Updated
}

func (b *importBatch) store(t *tx) error {
	var fresh []contactRow
	for i, row := range b.encoded {
		var err error
		switch b.outcomes[i] {
		case campaign.Imported:
			fresh = append(fresh, row)
		case campaign.Updated:
			err = b.update(t, row)
		}
		if err != nil {
			return fmt.Errorf("contact %q: %w", row.ImportKey, err)
		}
	}
	if err := b.insert(t, fresh); err != nil {
		return err
	}
	if err := b.numbers(t); err != nil {
		return err
	}
	return b.enrol(t, fresh)
}

func (b *importBatch) insert(t *tx, fresh []contactRow) error {
	if len(fresh) == 0 {
		return nil
	}
	const one = "(?,?,?,?,?,?,?,?,?,?,?,?)"
	args := make([]any, 0, 12*len(fresh))
	for _, r := range fresh {
		args = append(args, r.ID, r.List, r.ImportKey, r.Number, r.More, r.Name, r.Zone, r.Language, r.Fields, r.Digest, r.CreatedAt, r.UpdatedAt)
	}
	_, err := t.exec(`INSERT INTO contacts (id, list, import_key, number, more, name, zone, language, fields, digest, created_at, updated_at) VALUES `+
		one+strings.Repeat(","+one, len(fresh)-1), args...)
	if err != nil {
		return fmt.Errorf("insert %d contacts: %w", len(fresh), err)
	}
	return nil
}

func (b *importBatch) update(t *tx, r contactRow) error {
	_, err := t.exec(`UPDATE contacts SET number = ?, more = ?, name = ?, zone = ?, language = ?, fields = ?, digest = ?, updated_at = ? WHERE id = ?`,
		r.Number, r.More, r.Name, r.Zone, r.Language, r.Fields, r.Digest, r.UpdatedAt, r.ID)
	if err != nil {
		return err
	}
	if _, err = t.exec(`DELETE FROM contact_numbers WHERE contact = ?`, r.ID); err != nil {
		return err
	}
	// The numbers may be others now; what is known of the old ones is void.
	if _, err = t.exec(`UPDATE campaign_contacts SET zone = ?, number = 0, dead = 0 WHERE contact = ?`, r.Zone, r.ID); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO campaign_zones (campaign, zone)
		SELECT campaign, zone FROM campaign_contacts WHERE contact = ? ON CONFLICT DO NOTHING`, r.ID)
	return err
}

// numbers notes the numbers after the first, for look-ups.
func (b *importBatch) numbers(t *tx) error {
	for i, row := range b.encoded {
		if b.outcomes[i] == campaign.Duplicate {
			continue
		}
		for _, n := range b.rows[i].Contact.Numbers[1:] {
			if _, err := t.exec(`INSERT INTO contact_numbers (number, contact) VALUES (?, ?) ON CONFLICT DO NOTHING`, n, row.ID); err != nil {
				return fmt.Errorf("number %s: %w", n, err)
			}
		}
	}
	return nil
}

// enrol makes new contacts part of the campaigns of their list.
func (b *importBatch) enrol(t *tx, fresh []contactRow) error {
	var campaigns []string
	if len(fresh) == 0 {
		return nil
	}
	if err := t.pick(&campaigns, `SELECT id FROM campaigns WHERE list = ?`, b.list); err != nil {
		return err
	}
	const one = "(?,?,?,'pending','',0,0,0,0,'',?,'','','','',?)"
	for _, id := range campaigns {
		args := make([]any, 0, 5*len(fresh))
		zones := map[string]bool{}
		for _, r := range fresh {
			args = append(args, id, r.ID, r.Zone, r.CreatedAt, r.CreatedAt)
			zones[r.Zone] = true
		}
		if _, err := t.exec(enrolColumns+`VALUES `+one+strings.Repeat(","+one, len(fresh)-1)+` ON CONFLICT DO NOTHING`, args...); err != nil {
			return fmt.Errorf("enrol %d contacts in campaign %s: %w", len(fresh), id, err)
		}
		for zone := range zones {
			if _, err := t.exec(`INSERT INTO campaign_zones (campaign, zone) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, zone); err != nil {
				return err
			}
		}
	}
	return nil
}
