package store

import (
	"context"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
)

// DNCEntry is one number that must not be called.
type DNCEntry struct {
	Number dialwright.Number `json:"number"`
	At     time.Time         `json:"at"`
	Why    string            `json:"why,omitempty"`  // the customer's words, or the operator's
	Source string            `json:"source"`         // customer, operator, import
	Call   dialwright.CallID `json:"call,omitempty"` // in which the customer said so
}

type dncRow struct {
	Number  string `db:"number"`
	AddedAt int64  `db:"added_at"`
	Why     string `db:"why"`
	Source  string `db:"source"`
	Call    string `db:"call"`
}

func (r dncRow) entry() DNCEntry {
	return DNCEntry{Number: dialwright.Number(r.Number), At: fromMicros(r.AddedAt), Why: r.Why, Source: r.Source, Call: dialwright.CallID(r.Call)}
}

// AddDNC enters a number into the Do-Not-Call list; it is in force when AddDNC
// returns. A number that is there already keeps its first entry, and added is
// false.
func (d *DB) AddDNC(ctx context.Context, e DNCEntry) (added bool, err error) {
	err = d.write(ctx, func(t *tx) error {
		n, err := t.exec(`INSERT INTO dnc (number, added_at, why, source, call) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			e.Number, micros(e.At), e.Why, e.Source, e.Call)
		if err != nil {
			return err
		}
		added = n == 1
		return t.audit(auditRow{Kind: "dnc", At: micros(e.At), Number: string(e.Number), Call: string(e.Call), Who: e.Source,
			Allowed: bit(added), Rule: "add", Why: e.Why})
	})
	if err != nil {
		return false, fmt.Errorf("add %s to the Do-Not-Call list: %w", e.Number, err)
	}
	return added, nil
}

// RemoveDNC takes a number off the Do-Not-Call list and notes who did.
func (d *DB) RemoveDNC(ctx context.Context, number dialwright.Number, who, why string, at time.Time) (removed bool, err error) {
	err = d.write(ctx, func(t *tx) error {
		n, err := t.exec(`DELETE FROM dnc WHERE number = ?`, number)
		if err != nil {
			return err
		}
		removed = n == 1
		return t.audit(auditRow{Kind: "dnc", At: micros(at), Number: string(number), Who: who, Allowed: bit(removed), Rule: "remove", Why: why})
	})
	if err != nil {
		return false, fmt.Errorf("remove %s from the Do-Not-Call list: %w", number, err)
	}
	return removed, nil
}

// CheckDNC tells whether a number is on the Do-Not-Call list.
func (d *DB) CheckDNC(ctx context.Context, number dialwright.Number) (DNCEntry, bool, error) {
	var row dncRow
	found, err := d.get(ctx, &row, `SELECT * FROM dnc WHERE number = ?`, number)
	if err != nil {
		return DNCEntry{}, false, fmt.Errorf("look %s up in the Do-Not-Call list: %w", number, err)
	}
	return row.entry(), found, nil
}

// ListDNC gives the Do-Not-Call list in pages, by number, starting after one.
func (d *DB) ListDNC(ctx context.Context, after dialwright.Number, limit int) ([]DNCEntry, error) {
	var rows []dncRow
	if err := d.pick(ctx, &rows, `SELECT * FROM dnc WHERE number > ? ORDER BY number LIMIT ?`, after, limit); err != nil {
		return nil, fmt.Errorf("list the Do-Not-Call list: %w", err)
	}
	entries := make([]DNCEntry, len(rows))
	for i, r := range rows {
		entries[i] = r.entry()
	}
	return entries, nil
}
