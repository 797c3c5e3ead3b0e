package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/report"
)

// saveKept writes what outlives a call: what flows remember of the contact,
// and what the customer agreed to or refused.
func (t *tx) saveKept(c report.Call) error {
	for _, name := range slices.Sorted(maps.Keys(c.Memory)) {
		text, err := jsonText(c.Memory[name])
		if err != nil {
			return fmt.Errorf("memory %s: %w", name, err)
		}
		// Records of a call may arrive after those of a later one.
		_, err = t.exec(`INSERT INTO contact_memory (contact, name, value, call, at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (contact, name) DO UPDATE SET value = excluded.value, call = excluded.call, at = excluded.at
			WHERE excluded.at >= contact_memory.at`, c.Contact, name, text, c.ID, micros(c.StartedAt))
		if err != nil {
			return fmt.Errorf("memory %s: %w", name, err)
		}
	}
	for _, x := range c.Consents {
		given := 0
		if x.Given {
			given = 1
		}
		_, err := t.exec(`INSERT INTO consents (call, slot, at, contact, number, scope, given, position_ms, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (call, slot, at) DO NOTHING`, c.ID, x.Slot, micros(x.At), c.Contact, c.Number, x.Scope, given, x.AtMS, x.Words)
		if err != nil {
			return fmt.Errorf("consent %s: %w", x.Slot, err)
		}
	}
	return nil
}

// Memory is what flows remember of a contact: what Remember was given in
// earlier calls, as JSON holds it. It is empty for a contact nothing is known
// of.
func (d *DB) Memory(ctx context.Context, contact dialwright.ContactID) (map[string]any, error) {
	var rows []struct {
		Name  string `db:"name"`
		Value string `db:"value"`
	}
	if err := d.pick(ctx, &rows, `SELECT name, value FROM contact_memory WHERE contact = ?`, contact); err != nil {
		return nil, fmt.Errorf("read the memory of contact %s: %w", contact, err)
	}
	out := make(map[string]any, len(rows))
	for _, r := range rows {
		var v any
		if err := fromJSON(r.Value, &v); err != nil {
			return nil, fmt.Errorf("read the memory of contact %s: %s: %w", contact, r.Name, err)
		}
		if v != nil {
			out[r.Name] = v
		}
	}
	return out, nil
}

// Consent is a customer's agreement or refusal, with its proof.
type Consent struct {
	Call    dialwright.CallID
	Contact dialwright.ContactID
	Number  dialwright.Number
	report.Consent
}

// Consents are all that a number's owner has agreed to or refused, the latest
// first.
func (d *DB) Consents(ctx context.Context, number dialwright.Number) ([]Consent, error) {
	var rows []struct {
		Call     string `db:"call"`
		Slot     string `db:"slot"`
		At       int64  `db:"at"`
		Contact  string `db:"contact"`
		Scope    string `db:"scope"`
		Given    int    `db:"given"`
		Position int64  `db:"position_ms"`
		Words    string `db:"words"`
	}
	err := d.pick(ctx, &rows, `SELECT call, slot, at, contact, scope, given, position_ms, words FROM consents
		WHERE number = ? ORDER BY at DESC, call, slot`, number)
	if err != nil {
		return nil, fmt.Errorf("read the consents of %s: %w", number, err)
	}
	out := make([]Consent, len(rows))
	for i, r := range rows {
		out[i] = Consent{Call: dialwright.CallID(r.Call), Contact: dialwright.ContactID(r.Contact), Number: number,
			Consent: report.Consent{Slot: r.Slot, Scope: r.Scope, Given: r.Given != 0, At: fromMicros(r.At), AtMS: r.Position, Words: r.Words}}
	}
	return out, nil
}
