package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"

	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/store"
)

// withDatabase opens the configured database, brings a new one up to this
// program's schema, and closes it after fn.
func (a *app) withDatabase(ctx context.Context, fn func(*config.Config, *store.DB) error) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	db, err := a.openDatabase(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(fn(c, db), db.Close())
}

// openDatabase opens the database. An empty one gets its schema at once; one
// with an older schema is left as it is, because an upgrade is for somebody
// to decide: `dialwright migrate`.
func (a *app) openDatabase(ctx context.Context, c *config.Config) (*store.DB, error) {
	db, err := store.Open(ctx, string(c.Database))
	if err != nil {
		return nil, err
	}
	have, want, err := db.Version(ctx)
	switch {
	case err != nil:
	case have == 0:
		err = db.Migrate(ctx)
	case have != want:
		err = fmt.Errorf("the database %s has schema version %d, this program needs %d: %w", c.Database, have, want, store.ErrSchema)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// operator is who gives an order, for the audit log.
func operator() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "operator"
}
