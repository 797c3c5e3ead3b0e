package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/store"
)

func newDNCCommand(a *app) *cobra.Command {
	return group("dnc", "The Do-Not-Call list", newDNCAddCommand(a), newDNCRemoveCommand(a), newDNCCheckCommand(a), newDNCListCommand(a))
}

// number reads a number as people write it, in the configured region.
func number(c *config.Config, region, text string) (dialwright.Number, error) {
	n, err := dialwright.ParseNumber(text, firstOf(region, c.Compliance.Region))
	if err != nil {
		return "", usagef("%w (--region or compliance.region names the country of local numbers)", err)
	}
	return n, nil
}

func newDNCAddCommand(a *app) *cobra.Command {
	var why, region string
	cmd := &cobra.Command{
		Use: "add NUMBER...", Short: "Never call these numbers again", Args: atLeastOne("NUMBER"),
		Example: "  dialwright dnc add +8613800138000 --why \"asked by letter\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.eachNumber(cmd, region, args, func(db *store.DB, n dialwright.Number, at time.Time) (any, string, error) {
				added, err := db.AddDNC(cmd.Context(), store.DNCEntry{Number: n, At: at, Why: why, Source: "operator"})
				text := "is on the Do-Not-Call list"
				if !added {
					text = "was on the Do-Not-Call list already"
				}
				return map[string]any{"number": n, "added": added}, text, err
			})
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "reason, kept with the entry")
	cmd.Flags().StringVar(&region, "region", "", "country of numbers without a country code")
	return cmd
}

func newDNCRemoveCommand(a *app) *cobra.Command {
	var why, region string
	cmd := &cobra.Command{
		Use: "remove NUMBER...", Short: "Take numbers off the list; the audit log keeps who and why", Args: atLeastOne("NUMBER"),
		Example: "  dialwright dnc remove +8613800138000 --why \"consent given on 3 March\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			missing := false
			err := a.eachNumber(cmd, region, args, func(db *store.DB, n dialwright.Number, at time.Time) (any, string, error) {
				removed, err := db.RemoveDNC(cmd.Context(), n, operator(), why, at)
				text := "may be called again"
				if !removed {
					missing, text = true, "was not on the Do-Not-Call list"
				}
				return map[string]any{"number": n, "removed": removed}, text, err
			})
			if err == nil && missing {
				return &exitError{exitNotFound, errSilent}
			}
			return err
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "reason, kept in the audit log")
	cmd.Flags().StringVar(&region, "region", "", "country of numbers without a country code")
	_ = cmd.MarkFlagRequired("why") // fails only for a flag that does not exist
	return cmd
}

func newDNCCheckCommand(a *app) *cobra.Command {
	var region string
	cmd := &cobra.Command{
		Use: "check NUMBER...", Short: "Is this number on the list?", Args: atLeastOne("NUMBER"),
		Long:    "Is this number on the list? The exit code is 5 when any is, 0 when none is.",
		Example: "  dialwright dnc check +8613800138000",
		RunE: func(cmd *cobra.Command, args []string) error {
			listed := false
			err := a.eachNumber(cmd, region, args, func(db *store.DB, n dialwright.Number, _ time.Time) (any, string, error) {
				e, found, err := db.CheckDNC(cmd.Context(), n)
				if !found {
					return map[string]any{"number": n, "listed": false}, "is not on the Do-Not-Call list", err
				}
				listed = true
				text := "is on the Do-Not-Call list since " + e.At.UTC().Format(time.RFC3339) + ", by " + e.Source + prefixed(": ", e.Why)
				return map[string]any{"number": n, "listed": true, "entry": e}, text, err
			})
			if err == nil && listed {
				return &exitError{exitRefused, errSilent}
			}
			return err
		},
	}
	cmd.Flags().StringVar(&region, "region", "", "country of numbers without a country code")
	return cmd
}

func newDNCListCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "All numbers on the list", Args: args(),
		Example: "  dialwright dnc list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withDatabase(cmd.Context(), func(_ *config.Config, db *store.DB) error {
				all := []store.DNCEntry{}
				t := newTable("NUMBER", "SINCE", "BY", "WHY")
				t.whole = 1
				for after := dialwright.Number(""); ; {
					page, err := db.ListDNC(cmd.Context(), after, 1000)
					if err != nil {
						return err
					}
					for _, e := range page {
						t.row(string(e.Number), e.At.UTC().Format(time.RFC3339), e.Source, e.Why)
					}
					all = append(all, page...)
					if len(page) < 1000 {
						return a.show(all, t)
					}
					after = page[len(page)-1].Number
				}
			})
		},
	}
}

// eachNumber reads all numbers before it does anything, then does it to each.
func (a *app) eachNumber(cmd *cobra.Command, region string, texts []string,
	do func(*store.DB, dialwright.Number, time.Time) (result any, text string, err error)) error {
	return a.withDatabase(cmd.Context(), func(c *config.Config, db *store.DB) error {
		numbers := make([]dialwright.Number, 0, len(texts))
		for _, text := range texts {
			n, err := number(c, region, text)
			if err != nil {
				return err
			}
			numbers = append(numbers, n)
		}
		results := []any{}
		for _, n := range numbers {
			result, text, err := do(db, n, a.clock.Now())
			if err != nil {
				return err
			}
			results = append(results, result)
			if !a.json {
				a.printf("%s %s\n", n, text)
			}
		}
		if a.json {
			return a.showJSON(results)
		}
		return nil
	})
}

func atLeastOne(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, got []string) error {
		if len(got) == 0 {
			return usagef("%s is missing\nusage: %s", name, cmd.UseLine())
		}
		return nil
	}
}
