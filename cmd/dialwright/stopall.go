package main

import (
	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/store"
)

func newStopAllCommand(a *app) *cobra.Command {
	var lift bool
	cmd := &cobra.Command{
		Use: "stop-all", Short: "End every call now and place no more", Args: args(),
		Long: `End every call of every campaign and every worker now, and place no more until
the switch is cleared. The campaigns keep their state: clearing the switch
lets the running ones go on.`,
		Example: "  dialwright stop-all\n  dialwright stop-all --clear",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withDatabase(cmd.Context(), func(_ *config.Config, db *store.DB) error {
				if err := db.SetStopAll(cmd.Context(), !lift, operator(), a.clock.Now()); err != nil {
					return err
				}
				result := map[string]any{"stop_all": !lift}
				if lift {
					return a.say(result, "calling is allowed again; running campaigns go on")
				}
				return a.say(result, "all calling is stopped; lift that with: dialwright stop-all --clear")
			})
		},
	}
	cmd.Flags().BoolVar(&lift, "clear", false, "allow calling again")
	return cmd
}
