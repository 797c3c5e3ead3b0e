package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/compliance"
)

// Reserve decides about a try and writes the decision; see compliance.Ledger.
// Decisions about one number follow one another, so that two of them cannot
// both take the last place under a cap.
func (d *DB) Reserve(ctx context.Context, req compliance.Request, decide func(compliance.History) compliance.Decision) (compliance.Decision, error) {
	var out compliance.Decision
	err := d.write(ctx, func(t *tx) error {
		if t.postgres {
			if _, err := t.exec(`SELECT pg_advisory_xact_lock(hashtextextended(?, 0))`, req.Number); err != nil {
				return err
			}
		}
		h, err := history(t.ctx, t.Tx, req)
		if err != nil {
			return err
		}
		out = decide(h)
		err = t.audit(auditRow{Kind: "clearance", At: micros(req.At), Campaign: string(req.Campaign), Contact: string(req.Contact),
			Call: string(req.Call), Try: req.Try, Number: string(req.Number), Who: req.Operator,
			Allowed: bit(out.Allowed), Rule: out.Rule, Why: out.Why, RetryAt: micros(out.RetryAt)})
		if err != nil || !out.Allowed {
			return err
		}
		_, err = t.exec(`INSERT INTO reservations (call, try, number, campaign, at) VALUES (?, ?, ?, ?, ?)`,
			req.Call, req.Try, req.Number, req.Campaign, micros(req.At))
		return err
	})
	if err != nil {
		return compliance.Decision{}, fmt.Errorf("reserve try %d of call %s: %w", req.Try, req.Call, err)
	}
	return out, nil
}

// History is what the gate's rules look at; see compliance.Ledger.
func (d *DB) History(ctx context.Context, req compliance.Request) (compliance.History, error) {
	h, err := history(ctx, d.r, req)
	if err != nil {
		return h, fmt.Errorf("read the history of %s: %w", req.Number, err)
	}
	return h, nil
}

type reader interface {
	sqlx.QueryerContext
	Rebind(string) string
}

func history(ctx context.Context, r reader, req compliance.Request) (compliance.History, error) {
	var h compliance.History
	var stop string
	_, err := found1(sqlx.GetContext(ctx, r, &stop, r.Rebind(`SELECT value FROM settings WHERE name = ?`), stopAllSetting))
	if err != nil {
		return h, err
	}
	h.StopAll = stop == "on"
	var entry dncRow
	h.DNC, err = found1(sqlx.GetContext(ctx, r, &entry, r.Rebind(`SELECT * FROM dnc WHERE number = ?`), req.Number))
	if err != nil {
		return h, err
	}
	if h.DNC {
		h.DNCSince, h.DNCWhy = fromMicros(entry.AddedAt), entry.Why
	}
	var rows []struct {
		Call string `db:"call"`
		At   int64  `db:"at"`
	}
	// More than this within the window is over any sensible cap already.
	const most = 10_000
	since := req.At.Add(-req.Rules.LongestCap())
	err = sqlx.SelectContext(ctx, r, &rows, r.Rebind(`SELECT call, at FROM reservations WHERE number = ? AND at > ? ORDER BY at DESC LIMIT ?`),
		req.Number, micros(since), most)
	if err != nil {
		return h, err
	}
	for _, row := range rows {
		h.Tries = append(h.Tries, compliance.PastTry{Call: dialwright.CallID(row.Call), At: fromMicros(row.At)})
	}
	return h, nil
}

// Reservations gives how many tries the gate has cleared for a call, whether
// or not they were then dialled, and when the last was.
func (d *DB) Reservations(ctx context.Context, call dialwright.CallID) (n int, last time.Time, err error) {
	var row struct {
		N  int   `db:"n"`
		At int64 `db:"at"`
	}
	if _, err := d.get(ctx, &row, `SELECT COUNT(*) AS n, COALESCE(MAX(at), 0) AS at FROM reservations WHERE call = ?`, call); err != nil {
		return 0, time.Time{}, fmt.Errorf("count the reservations of call %s: %w", call, err)
	}
	return row.N, fromMicros(row.At), nil
}
