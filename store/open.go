package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DB is an open database. All its methods may be used concurrently.
type DB struct {
	src source
	// w is where writing transactions run: for SQLite a single connection,
	// so that writers queue here and not in the file's lock.
	w *sqlx.DB
	// r is where reading runs; for PostgreSQL the same as w.
	r *sqlx.DB
}

// Open connects to sqlite://path or postgres://user:password@host:port/name.
// The schema may be older or newer than this program's: see Version and
// Migrate. Close must be called.
func Open(ctx context.Context, dsn string) (*DB, error) {
	src, err := parseDSN(dsn)
	if err != nil {
		return nil, err
	}
	d := &DB{src: src}
	if src.postgres {
		d.w, err = sqlx.Open("postgres", src.dsn)
		if err == nil {
			d.w.SetMaxOpenConns(16)
			d.w.SetMaxIdleConns(8)
			d.r = d.w
		}
	} else {
		err = d.openSQLite()
	}
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", Masked(dsn), err)
	}
	if err := d.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", Masked(dsn), err), d.Close())
	}
	return d, nil
}

func (d *DB) openSQLite() error {
	w, err := sqlx.Open("sqlite", d.src.sqliteURI(true))
	if err != nil {
		return err
	}
	r, err := sqlx.Open("sqlite", d.src.sqliteURI(false))
	if err != nil {
		return errors.Join(err, w.Close())
	}
	w.SetMaxOpenConns(1)
	r.SetMaxOpenConns(4)
	d.w, d.r = w, r
	return nil
}

// Ping asks whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	if err := d.w.GetContext(ctx, &one, `SELECT 1`); err != nil {
		return fmt.Errorf("ping the database: %w", err)
	}
	return nil
}

// Close ends all connections.
func (d *DB) Close() error {
	var errs []error
	if d.r != nil && d.r != d.w {
		errs = append(errs, d.r.Close())
	}
	if d.w != nil {
		errs = append(errs, d.w.Close())
	}
	return errors.Join(errs...)
}

// Postgres reports whether this is PostgreSQL, which several workers may
// share, or SQLite.
func (d *DB) Postgres() bool { return d.src.postgres }

func (d *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	dialect := goose.DialectSQLite3
	var opts []goose.ProviderOption
	if d.src.postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker() // two workers may start at once
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, d.w.DB, files, opts...)
}

// Migrate brings the schema up to this program's.
func (d *DB) Migrate(ctx context.Context) error {
	p, err := d.provider()
	if err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	have, want, err := d.Version(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("migrate the database: its schema is version %d, made by a newer program; this one knows %d: %w", have, want, ErrSchema)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database from version %d to %d: %w", have, want, err)
	}
	return nil
}

// ErrSchema means that the schema is not this program's.
var ErrSchema = errors.New("wrong schema version; run dialwright migrate")

// Version gives the schema's version and the one this program needs.
func (d *DB) Version(ctx context.Context) (have, want int64, err error) {
	p, err := d.provider()
	if err != nil {
		return 0, 0, fmt.Errorf("read the schema's version: %w", err)
	}
	have, want, err = p.GetVersions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return have, want, nil
}

// unique reports whether an error says that a row with that key exists.
func unique(err error) bool {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return e.Code == "23505"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
	}
	return false
}

// again reports whether a transaction failed only because of another one.
func again(err error) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}
