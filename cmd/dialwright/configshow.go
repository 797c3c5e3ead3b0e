package main

import (
	"github.com/spf13/cobra"
)

func newConfigCommand(a *app) *cobra.Command {
	return group("config", "The configuration that is in force", newConfigShowCommand(a))
}

func newConfigShowCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "Every value and where it comes from, secrets masked", Args: args(),
		Long: `Show every value that is in force and where it comes from: the default, a line
of the file, a DIALWRIGHT_ variable, or a flag. Secrets are masked. A wrong
configuration is told with file, line and column, and exit code 3.`,
		Example: "  dialwright config show\n  dialwright config show --json\n  DIALWRIGHT_ASTERISK_URL=http://pbx:8088/ari dialwright config show",
		RunE: func(*cobra.Command, []string) error {
			c, err := a.config()
			if err != nil {
				return err
			}
			entries := c.Show()
			t := newTable("KEY", "VALUE", "FROM")
			for _, e := range entries {
				t.row(e.Key, e.Value, e.Origin)
			}
			return a.show(entries, t)
		},
	}
}
