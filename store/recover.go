package store

import (
	"context"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
)

type orphanRow struct {
	ID          string `db:"id"`
	Campaign    string `db:"campaign"`
	Contact     string `db:"contact"`
	Number      string `db:"number"`
	Worker      string `db:"worker"`
	Epoch       int64  `db:"epoch"`
	Attempt     int    `db:"attempt"`
	Appointment int    `db:"appointment"`
	EndedAt     int64  `db:"ended_at"`
	AnsweredAt  int64  `db:"answered_at"`
	Disposition string `db:"disposition"`
	Outcome     string `db:"outcome"`
	LastTry     int    `db:"last_try"`
	Cleared     int    `db:"cleared"`
}

// Recover makes the attempts of dead workers this worker's own to close: those
// of its former incarnations, and those of workers whose lease has run out. It
// gives all attempts that this incarnation now holds without having claimed
// them, so that it may be called again until each was closed. The dead workers
// lose their leases for good.
func (d *DB) Recover(ctx context.Context, l campaign.Lease, now time.Time) ([]campaign.Orphan, error) {
	var out []campaign.Orphan
	err := d.write(ctx, func(t *tx) error {
		out = nil
		if err := t.hold(l, now); err != nil {
			return err
		}
		var dead []string
		err := t.pick(&dead, `SELECT id FROM workers WHERE id <> ? AND expires_at <= ?
			AND EXISTS (SELECT 1 FROM calls WHERE claimed = 1 AND holder = workers.id)`+t.lock("FOR UPDATE"), l.Worker, micros(now))
		if err != nil {
			return err
		}
		for _, id := range dead {
			if _, err := t.exec(`UPDATE workers SET epoch = epoch + 1 WHERE id = ?`, id); err != nil {
				return err
			}
			if _, err := t.exec(`UPDATE calls SET holder = ?, holder_epoch = ? WHERE claimed = 1 AND holder = ?`, l.Worker, l.Epoch, id); err != nil {
				return err
			}
		}
		if _, err := t.exec(`UPDATE calls SET holder_epoch = ? WHERE claimed = 1 AND holder = ? AND holder_epoch < ?`, l.Epoch, l.Worker, l.Epoch); err != nil {
			return err
		}
		out, err = t.orphans(l)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("recover attempts for worker %s: %w", l.Worker, err)
	}
	return out, nil
}

func (t *tx) orphans(l campaign.Lease) ([]campaign.Orphan, error) {
	var rows []orphanRow
	err := t.pick(&rows, `SELECT id, campaign, contact, number, worker, epoch, attempt, appointment, ended_at, answered_at, disposition, outcome,
		(SELECT COALESCE(MAX(n), 0) FROM tries WHERE tries.call = calls.id) AS last_try,
		(SELECT COUNT(*) FROM reservations r WHERE r.call = calls.id) AS cleared
		FROM calls WHERE claimed = 1 AND holder = ? AND holder_epoch = ? AND NOT (worker = ? AND epoch = ?) ORDER BY id`,
		l.Worker, l.Epoch, l.Worker, l.Epoch)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.Contact
	}
	people, err := t.contactsByID(ids)
	if err != nil {
		return nil, err
	}
	var out []campaign.Orphan
	for _, r := range rows {
		c, err := t.campaign(dialwright.CampaignID(r.Campaign))
		if err != nil {
			return nil, err
		}
		out = append(out, campaign.Orphan{
			Job: campaign.Job{Call: dialwright.CallID(r.ID), Campaign: c, Contact: people[r.Contact], Number: dialwright.Number(r.Number),
				Attempt: r.Attempt, Appointment: r.Appointment == 1},
			Lease: campaign.Lease{Worker: dialwright.WorkerID(r.Worker), Epoch: r.Epoch}, Try: r.LastTry, Cleared: r.Cleared,
			Answered: r.AnsweredAt != 0, Ended: r.EndedAt != 0,
			Result: campaign.Result{Disposition: dialwright.Disposition(r.Disposition), Outcome: r.Outcome},
		})
	}
	return out, nil
}

// CloseOrphan ends an attempt that a dead worker left behind. Where its record
// has an end already, that counts; otherwise it, and its open tries, end in the
// disposition given. What the customer said before counts too: an opt-out, an
// appointment. campaign.ErrNotClaimed when it was closed before.
func (d *DB) CloseOrphan(ctx context.Context, call dialwright.CallID, disposition dialwright.Disposition, at time.Time) error {
	err := d.write(ctx, func(t *tx) error {
		row, err := t.attempt(call)
		if err != nil {
			return err
		}
		result := campaign.Result{Disposition: disposition, Outcome: row.Outcome}
		if row.EndedAt != 0 && row.Disposition != "" {
			result.Disposition = dialwright.Disposition(row.Disposition)
		} else {
			if _, err = t.exec(`UPDATE tries SET ended_at = ?, disposition = ? WHERE call = ? AND ended_at = 0`, micros(at), disposition, call); err != nil {
				return err
			}
			_, err = t.exec(`UPDATE calls SET ended_at = ?, disposition = ?, hung_up_by = 'system', error = ? WHERE id = ?`,
				micros(at), disposition, "the worker that carried the call died", call)
			if err != nil {
				return err
			}
		}
		if _, err := t.get(&result.OptedOut, `SELECT EXISTS (SELECT 1 FROM dnc WHERE call = ?)`, call); err != nil {
			return err
		}
		return t.complete(call, result, at)
	})
	if err != nil {
		return fmt.Errorf("close orphaned attempt %s: %w", call, err)
	}
	return nil
}
