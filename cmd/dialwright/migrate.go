package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/store"
)

func newMigrateCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the database's schema up to this version", Args: args(),
		Long: `Bring the database's schema up to this version. A new database gets its schema
from the first command that uses it; this is for upgrades. Back up first:
there is no way back.`,
		Example: "  dialwright migrate\n  DIALWRIGHT_DATABASE=postgres://dialwright@db/dialwright dialwright migrate",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.config()
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			db, err := store.Open(ctx, string(c.Database))
			if err != nil {
				return err
			}
			from, to, err := db.Version(ctx)
			if err == nil {
				err = db.Migrate(ctx)
			}
			if err = errors.Join(err, db.Close()); err != nil {
				return err
			}
			result := map[string]any{"database": c.Database.String(), "from": from, "to": to}
			if from == to {
				return a.say(result, "%s is at schema version %d, nothing to do", c.Database, to)
			}
			return a.say(result, "%s went from schema version %d to %d", c.Database, from, to)
		},
	}
}
