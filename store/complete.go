package store

import (
	"context"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
)

// Complete ends an attempt; see campaign.Queue.
func (d *DB) Complete(ctx context.Context, call dialwright.CallID, result campaign.Result, at time.Time) error {
	err := d.write(ctx, func(t *tx) error { return t.complete(call, result, at) })
	if err != nil {
		return fmt.Errorf("complete attempt %s: %w", call, err)
	}
	return nil
}

type attemptRow struct {
	Campaign    string `db:"campaign"`
	Contact     string `db:"contact"`
	Number      string `db:"number"`
	Claimed     int    `db:"claimed"`
	Disposition string `db:"disposition"`
	Outcome     string `db:"outcome"`
	EndedAt     int64  `db:"ended_at"`
	Tries       int    `db:"tries"`
}

func (t *tx) attempt(call dialwright.CallID) (attemptRow, error) {
	var row attemptRow
	found, err := t.get(&row, `SELECT campaign, contact, number, claimed, disposition, outcome, ended_at,
		(SELECT COUNT(*) FROM tries WHERE tries.call = calls.id) AS tries FROM calls WHERE id = ?`+t.lock("FOR UPDATE OF calls"), call)
	if err == nil && (!found || row.Claimed == 0) {
		err = campaign.ErrNotClaimed
	}
	return row, err
}

func (t *tx) complete(call dialwright.CallID, result campaign.Result, at time.Time) error {
	row, err := t.attempt(call)
	if err != nil {
		return err
	}
	if !result.Blocked && !result.Disposition.Valid() {
		return fmt.Errorf("%q is no disposition", result.Disposition)
	}
	if result.Callback.IsZero() {
		if result.Callback, err = t.promised(row, call); err != nil {
			return err
		}
	} else if err := t.promise(Appointment{Campaign: dialwright.CampaignID(row.Campaign), Contact: dialwright.ContactID(row.Contact),
		At: result.Callback, Call: call, MadeAt: at}); err != nil {
		return err
	}
	if err := t.advance(row, result, at); err != nil {
		return err
	}
	if result.Blocked && row.Tries == 0 && row.EndedAt == 0 {
		// Nothing was dialled: no attempt was made. The audit log says why.
		_, err = t.exec(`DELETE FROM calls WHERE id = ?`, call)
		return err
	}
	if _, err := t.exec(`UPDATE calls SET claimed = 0 WHERE id = ?`, call); err != nil || row.EndedAt != 0 {
		return err
	}
	d := result.Disposition
	if d == "" {
		d = dialwright.Cancelled
	}
	_, err = t.exec(`UPDATE calls SET ended_at = ?, disposition = ?, outcome = ? WHERE id = ?`, micros(at), d, result.Outcome, call)
	return err
}

// advance decides what becomes of the contact and writes it.
func (t *tx) advance(row attemptRow, result campaign.Result, at time.Time) error {
	c, err := t.campaign(dialwright.CampaignID(row.Campaign))
	if err != nil {
		return err
	}
	var pr progressRow
	found, err := t.get(&pr, `SELECT * FROM campaign_contacts WHERE campaign = ? AND contact = ?`+t.lock("FOR UPDATE"), row.Campaign, row.Contact)
	if err == nil && !found {
		err = fmt.Errorf("contact %s of campaign %s: %w", row.Contact, row.Campaign, campaign.ErrNotFound)
	}
	if err != nil {
		return err
	}
	people, err := t.contactsByID([]string{row.Contact})
	if err != nil {
		return err
	}
	pr.State = pr.Origin
	p, err := pr.progress()
	if err != nil {
		return err
	}
	numbers := people[row.Contact].Numbers
	if p.Number < len(numbers) && string(numbers[p.Number]) != row.Number && result.Disposition == dialwright.InvalidNumber {
		// The file was read again meanwhile, and the number is another now:
		// what was dialled says nothing about it.
		result.Disposition = dialwright.Cancelled
	}
	p = c.After(p, len(numbers), result, at)
	if err := t.putProgress(row, p); err != nil || result.Disposition != dialwright.Unwanted || result.Blocked {
		return err
	}
	_, err = t.exec(`UPDATE campaign_contacts SET state = 'done', next_at = 0, reason = ?, updated_at = ?
		WHERE contact = ? AND state IN ('pending', 'retry', 'appointment')`, p.Reason, micros(at), row.Contact)
	return err
}

func (t *tx) putProgress(row attemptRow, p campaign.Progress) error {
	counts := ""
	if len(p.Counts) > 0 {
		var err error
		if counts, err = jsonText(p.Counts); err != nil {
			return err
		}
	}
	_, err := t.exec(`UPDATE campaign_contacts SET state = ?, origin = '', attempts = ?, free = ?, number = ?, dead = ?, counts = ?, next_at = ?,
		last = ?, outcome = ?, reason = ?, call = '', updated_at = ? WHERE campaign = ? AND contact = ?`,
		p.State, p.Attempts, p.Free, p.Number, int64(p.Dead), counts, micros(p.NextAt), p.Last, p.Outcome, p.Reason, micros(p.UpdatedAt),
		row.Campaign, row.Contact)
	return err
}
