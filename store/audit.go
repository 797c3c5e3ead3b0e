package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dialwright/dialwright"
)

// AuditEntry is one line of the audit log, which is only ever added to.
type AuditEntry struct {
	At       time.Time             `json:"at"`
	Kind     string                `json:"kind"` // clearance, dnc, order
	Campaign dialwright.CampaignID `json:"campaign,omitempty"`
	Contact  dialwright.ContactID  `json:"contact,omitempty"`
	Call     dialwright.CallID     `json:"call,omitempty"`
	Try      int                   `json:"try,omitempty"`
	Number   dialwright.Number     `json:"number,omitempty"`
	Who      string                `json:"who,omitempty"`
	Allowed  bool                  `json:"allowed"`
	Rule     string                `json:"rule"`
	Why      string                `json:"why"`
	RetryAt  time.Time             `json:"retry_at,omitzero"`
}

type auditRow struct {
	ID       string `db:"id"`
	At       int64  `db:"at"`
	Kind     string `db:"kind"`
	Campaign string `db:"campaign"`
	Contact  string `db:"contact"`
	Call     string `db:"call"`
	Try      int    `db:"try"`
	Number   string `db:"number"`
	Who      string `db:"who"`
	Allowed  int    `db:"allowed"`
	Rule     string `db:"rule"`
	Why      string `db:"why"`
	RetryAt  int64  `db:"retry_at"`
}

func (t *tx) audit(r auditRow) error {
	r.ID = string(dialwright.NewCallID(fromMicros(r.At)))
	_, err := t.NamedExecContext(t.ctx, `INSERT INTO audit
		(id, at, kind, campaign, contact, call, try, number, who, allowed, rule, why, retry_at) VALUES
		(:id, :at, :kind, :campaign, :contact, :call, :try, :number, :who, :allowed, :rule, :why, :retry_at)`, r)
	if err != nil {
		return fmt.Errorf("write the audit log: %w", err)
	}
	return nil
}

// AuditFilter picks entries. Zero fields pick all.
type AuditFilter struct {
	Number dialwright.Number
	Call   dialwright.CallID
	Since  time.Time
	Limit  int // 0: 100
}

// Audit gives entries of the audit log, newest first.
func (d *DB) Audit(ctx context.Context, f AuditFilter) ([]AuditEntry, error) {
	where, args := []string{"at >= ?"}, []any{micros(f.Since)}
	if f.Number != "" {
		where, args = append(where, "number = ?"), append(args, f.Number)
	}
	if f.Call != "" {
		where, args = append(where, "call = ?"), append(args, f.Call)
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	var rows []auditRow
	err := d.pick(ctx, &rows, `SELECT * FROM audit WHERE `+strings.Join(where, " AND ")+` ORDER BY at DESC, id DESC LIMIT ?`, append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("read the audit log: %w", err)
	}
	entries := make([]AuditEntry, len(rows))
	for i, r := range rows {
		entries[i] = AuditEntry{
			At: fromMicros(r.At), Kind: r.Kind, Campaign: dialwright.CampaignID(r.Campaign), Contact: dialwright.ContactID(r.Contact),
			Call: dialwright.CallID(r.Call), Try: r.Try, Number: dialwright.Number(r.Number), Who: r.Who,
			Allowed: r.Allowed == 1, Rule: r.Rule, Why: r.Why, RetryAt: fromMicros(r.RetryAt),
		}
	}
	return entries, nil
}
