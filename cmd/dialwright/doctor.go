package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/internal/doctor"
)

func newDoctorCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Check that everything is in place, and say how to mend what is not", Args: args(),
		Long: `Check the configuration, the clock, directories and the database; Asterisk, its
version, the ARI user's rights and the modules; the media path, by sending a
tone through Asterisk and hearing it; trunks, synthesisers and the recogniser.
What fails is named with its remedy. Nobody is called and nothing is left
behind. The exit code is 1 when a check fails, 3 when the configuration does.`,
		Example: "  dialwright doctor\n  dialwright doctor --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.config()
			if err != nil {
				return err
			}
			if !a.json {
				a.printf("%-8s %-14s %s\n", "ok", "configuration", "every value is good (dialwright config show)")
			}
			checks := doctor.Run(cmd.Context(), doctor.Options{
				Config: c, Clock: a.clock, Logger: a.logger(c), Voice: doctor.Engines, Each: a.showCheck,
			})
			if a.json {
				if err := a.showJSON(checks); err != nil {
					return err
				}
			}
			if !doctor.Healthy(checks) {
				return errSilent
			}
			return nil
		},
	}
}

// showCheck prints a check when it is done: some take seconds.
func (a *app) showCheck(c doctor.Check) {
	if a.json {
		return
	}
	const indent = 24
	margin := "\n" + strings.Repeat(" ", indent)
	a.printf("%-8s %-14s %s\n", c.Status, c.Name, strings.Join(wrap(oneLine(c.Detail), pageWidth-indent), margin))
	if c.Remedy != "" {
		a.printf("%*s%s\n", indent, "", strings.Join(wrap("→ "+oneLine(c.Remedy), pageWidth-indent), margin+"  "))
	}
}
