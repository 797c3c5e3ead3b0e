package store

import (
	"context"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
)

// Appointment is a call that was promised to a contact.
type Appointment struct {
	Campaign dialwright.CampaignID `json:"campaign"`
	Contact  dialwright.ContactID  `json:"contact"`
	At       time.Time             `json:"at"`
	Words    string                `json:"words,omitempty"` // the customer's
	Call     dialwright.CallID     `json:"call"`            // in which it was promised
	MadeAt   time.Time             `json:"made_at"`
	State    string                `json:"state"`               // open, kept
	KeptCall dialwright.CallID     `json:"kept_call,omitempty"` // the call that kept it
}

type appointmentRow struct {
	Campaign string `db:"campaign"`
	Contact  string `db:"contact"`
	At       int64  `db:"at"`
	Words    string `db:"words"`
	Call     string `db:"call"`
	MadeAt   int64  `db:"made_at"`
	State    string `db:"state"`
	KeptCall string `db:"kept_call"`
}

// MakeAppointment keeps a promise made in a call that is still running. The
// contact is called then even if this process dies before the call ends. A
// later promise replaces an earlier one. A contact that no call has claimed is
// due at once by the appointment.
func (d *DB) MakeAppointment(ctx context.Context, a Appointment) error {
	err := d.write(ctx, func(t *tx) error {
		if err := t.promise(a); err != nil {
			return err
		}
		_, err := t.exec(`UPDATE campaign_contacts SET state = 'appointment', next_at = ?, updated_at = ?
			WHERE campaign = ? AND contact = ? AND state <> 'claimed'`, micros(a.At), micros(a.MadeAt), a.Campaign, a.Contact)
		return err
	})
	if err != nil {
		return fmt.Errorf("make an appointment with contact %s: %w", a.Contact, err)
	}
	return nil
}

// PromiseCallback is MakeAppointment with the contact of an attempt that is in
// progress; campaign.ErrNotClaimed when the call is none, as with a call
// placed by hand.
func (d *DB) PromiseCallback(ctx context.Context, call dialwright.CallID, at time.Time, words string) error {
	err := d.write(ctx, func(t *tx) error {
		var row struct {
			Campaign  string `db:"campaign"`
			Contact   string `db:"contact"`
			StartedAt int64  `db:"started_at"`
		}
		found, err := t.get(&row, `SELECT campaign, contact, started_at FROM calls WHERE id = ? AND claimed = 1`, call)
		if err == nil && !found {
			err = campaign.ErrNotClaimed
		}
		if err != nil {
			return err
		}
		return t.promise(Appointment{Campaign: dialwright.CampaignID(row.Campaign), Contact: dialwright.ContactID(row.Contact),
			At: at, Words: words, Call: call, MadeAt: fromMicros(row.StartedAt)})
	})
	if err != nil {
		return fmt.Errorf("promise a callback in call %s: %w", call, err)
	}
	return nil
}

func (t *tx) promise(a Appointment) error {
	_, err := t.exec(`INSERT INTO appointments (campaign, contact, at, words, call, made_at, state, kept_call) VALUES (?, ?, ?, ?, ?, ?, 'open', '')
		ON CONFLICT (campaign, contact) DO UPDATE SET at = excluded.at, words = excluded.words, call = excluded.call,
		made_at = excluded.made_at, state = 'open', kept_call = ''`,
		a.Campaign, a.Contact, micros(a.At), a.Words, a.Call, micros(a.MadeAt))
	return err
}

// promised is the time that was agreed on in a call.
func (t *tx) promised(row attemptRow, call dialwright.CallID) (time.Time, error) {
	var at int64
	_, err := t.get(&at, `SELECT at FROM appointments WHERE campaign = ? AND contact = ? AND call = ? AND state = 'open'`, row.Campaign, row.Contact, call)
	return fromMicros(at), err
}

// Appointments gives a campaign's appointments, by time.
func (d *DB) Appointments(ctx context.Context, id dialwright.CampaignID) ([]Appointment, error) {
	var rows []appointmentRow
	if err := d.pick(ctx, &rows, `SELECT * FROM appointments WHERE campaign = ? ORDER BY at, contact`, id); err != nil {
		return nil, fmt.Errorf("list the appointments of campaign %s: %w", id, err)
	}
	out := make([]Appointment, len(rows))
	for i, r := range rows {
		out[i] = Appointment{Campaign: dialwright.CampaignID(r.Campaign), Contact: dialwright.ContactID(r.Contact), At: fromMicros(r.At), Words: r.Words,
			Call: dialwright.CallID(r.Call), MadeAt: fromMicros(r.MadeAt), State: r.State, KeptCall: dialwright.CallID(r.KeptCall)}
	}
	return out, nil
}

// Standings gives where a number stands; see campaign.Standings.
func (d *DB) Standings(ctx context.Context, number dialwright.Number) ([]campaign.Standing, bool, error) {
	people, err := d.FindContacts(ctx, number)
	if err != nil {
		return nil, false, err
	}
	all, stopped, err := d.Campaigns(ctx)
	if err != nil {
		return nil, false, err
	}
	var out []campaign.Standing
	for _, person := range people {
		for _, c := range all {
			if c.List != person.List {
				continue
			}
			s := campaign.Standing{Campaign: c, Contact: person}
			var row progressRow
			s.Enrolled, err = d.get(ctx, &row, `SELECT * FROM campaign_contacts WHERE campaign = ? AND contact = ?`, c.ID, person.ID)
			if err == nil && s.Enrolled {
				s.Call = dialwright.CallID(row.Call)
				s.Progress, err = row.progress()
			}
			if err == nil {
				_, err = d.get(ctx, &s.Live, `SELECT COUNT(*) FROM calls WHERE campaign = ? AND claimed = 1`, c.ID)
			}
			if err != nil {
				return nil, false, fmt.Errorf("where %s stands in campaign %s: %w", number, c.ID, err)
			}
			out = append(out, s)
		}
	}
	return out, stopped, nil
}
