package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// tx is a writing transaction, with statements written for either database.
type tx struct {
	*sqlx.Tx
	ctx      context.Context
	postgres bool
}

// write runs fn in one transaction, which on SQLite holds the write lock from
// its start. On PostgreSQL fn runs again after a deadlock, so it must leave
// nothing behind but what it wrote.
func (d *DB) write(ctx context.Context, fn func(t *tx) error) error {
	for try := 1; ; try++ {
		err := d.writeOnce(ctx, fn)
		if err == nil || try == 5 || !again(err) {
			return err
		}
	}
}

func (d *DB) writeOnce(ctx context.Context, fn func(t *tx) error) error {
	t, err := d.w.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	if err := fn(&tx{Tx: t, ctx: ctx, postgres: d.src.postgres}); err != nil {
		if rollback := t.Rollback(); rollback != nil && !errors.Is(rollback, sql.ErrTxDone) {
			err = errors.Join(err, rollback)
		}
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// exec runs a statement and gives how many rows it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	res, err := t.ExecContext(t.ctx, t.Rebind(query), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// get reads one row; found is false when there is none.
func (t *tx) get(to any, query string, args ...any) (found bool, err error) {
	return found1(t.GetContext(t.ctx, to, t.Rebind(query), args...))
}

// pick reads rows.
func (t *tx) pick(to any, query string, args ...any) error {
	return t.SelectContext(t.ctx, to, t.Rebind(query), args...)
}

// lock is what makes a SELECT keep its rows from other transactions. SQLite
// has one writer only and needs nothing.
func (t *tx) lock(clause string) string {
	if t.postgres {
		return " " + clause
	}
	return ""
}

func (d *DB) get(ctx context.Context, to any, query string, args ...any) (found bool, err error) {
	return found1(d.r.GetContext(ctx, to, d.r.Rebind(query), args...))
}

func (d *DB) pick(ctx context.Context, to any, query string, args ...any) error {
	return d.r.SelectContext(ctx, to, d.r.Rebind(query), args...)
}

func found1(err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// micros is a time as it is stored.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// fromMicros is a stored time.
func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// jsonText is a document as it is stored.
func jsonText(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode %T: %w", v, err)
	}
	return string(b), nil
}

// fromJSON reads a stored document; an empty one leaves v as it is.
func fromJSON(text string, v any) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("decode %T from the database: %w", v, err)
	}
	return nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
