package store

import (
	"context"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
)

// AcquireLease begins a new incarnation of a worker. A former one of the same
// name has lost its lease from then on, whether it is dead or not: names must
// belong to one process.
func (d *DB) AcquireLease(ctx context.Context, worker dialwright.WorkerID, now time.Time, ttl time.Duration) (campaign.Lease, error) {
	lease := campaign.Lease{Worker: worker}
	err := d.write(ctx, func(t *tx) error {
		_, err := t.get(&lease.Epoch, `INSERT INTO workers (id, epoch, heartbeat_at, expires_at) VALUES (?, 1, ?, ?)
			ON CONFLICT (id) DO UPDATE SET epoch = workers.epoch + 1, heartbeat_at = excluded.heartbeat_at, expires_at = excluded.expires_at
			RETURNING epoch`, worker, micros(now), micros(now.Add(ttl)))
		return err
	})
	if err != nil {
		return campaign.Lease{}, fmt.Errorf("acquire the lease of worker %s: %w", worker, err)
	}
	return lease, nil
}

// RenewLease is the worker's heartbeat; campaign.ErrLeaseLost when a later
// incarnation, or a worker that took over, has the name, and also when the
// lease ran out: others may have taken over what it protected.
func (d *DB) RenewLease(ctx context.Context, l campaign.Lease, now time.Time, ttl time.Duration) error {
	return d.moveLease(ctx, "renew", l, now, now.Add(ttl))
}

// ReleaseLease ends the lease now; what is still claimed may be recovered by
// anybody.
func (d *DB) ReleaseLease(ctx context.Context, l campaign.Lease, now time.Time) error {
	return d.moveLease(ctx, "release", l, now, now)
}

func (d *DB) moveLease(ctx context.Context, what string, l campaign.Lease, now, expires time.Time) error {
	err := d.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE workers SET heartbeat_at = ?, expires_at = ? WHERE id = ? AND epoch = ? AND expires_at > ?`,
			micros(now), micros(expires), l.Worker, l.Epoch, micros(now))
		if err == nil && n == 0 {
			err = campaign.ErrLeaseLost
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s the lease of worker %s (incarnation %d): %w", what, l.Worker, l.Epoch, err)
	}
	return nil
}

// hold makes sure that the lease lasts until the transaction ends.
func (t *tx) hold(l campaign.Lease, now time.Time) error {
	var valid bool
	found, err := t.get(&valid, `SELECT epoch = ? AND expires_at > ? FROM workers WHERE id = ?`+t.lock("FOR SHARE"),
		l.Epoch, micros(now), l.Worker)
	if err != nil {
		return err
	}
	if !found || !valid {
		return fmt.Errorf("worker %s (incarnation %d): %w", l.Worker, l.Epoch, campaign.ErrLeaseLost)
	}
	return nil
}

// Worker is one worker as its lease shows it.
type Worker struct {
	ID          dialwright.WorkerID `json:"id"`
	Epoch       int64               `json:"epoch"`
	HeartbeatAt time.Time           `json:"heartbeat_at"`
	ExpiresAt   time.Time           `json:"expires_at"`
}

// Workers gives all workers that ever had a lease, by name.
func (d *DB) Workers(ctx context.Context) ([]Worker, error) {
	var rows []struct {
		ID          string `db:"id"`
		Epoch       int64  `db:"epoch"`
		HeartbeatAt int64  `db:"heartbeat_at"`
		ExpiresAt   int64  `db:"expires_at"`
	}
	if err := d.pick(ctx, &rows, `SELECT * FROM workers ORDER BY id`); err != nil {
		return nil, fmt.Errorf("list workers: %w", err)
	}
	workers := make([]Worker, len(rows))
	for i, r := range rows {
		workers[i] = Worker{ID: dialwright.WorkerID(r.ID), Epoch: r.Epoch, HeartbeatAt: fromMicros(r.HeartbeatAt), ExpiresAt: fromMicros(r.ExpiresAt)}
	}
	return workers, nil
}
