package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/routing"
)

const rootLong = `Dialwright calls people from campaigns through Asterisk, talks with them along
dialog flows written in YAML, and hands them to the right human agent.

Commands that change something write it into the database; a running
"dialwright serve" sees it there within a second.`

const rootExample = `  dialwright demo                                  a whole campaign, on this machine
  dialwright doctor                                is everything in place?
  dialwright contacts import people.csv --list spring
  dialwright campaign create spring --list spring --flow flows/offer.yaml --trunk trunk-a
  dialwright campaign start spring
  dialwright serve                                 place the calls`

// newRootCommand builds the whole command tree over one app.
func newRootCommand(a *app) *cobra.Command {
	root := &cobra.Command{
		Use: "dialwright", Short: "Call people, talk with them, hand them over",
		Long: rootLong, Example: rootExample,
		SilenceErrors: true, SilenceUsage: true,
		Args: noCommand, RunE: showHelp, SuggestionsMinimumDistance: 2,
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%w\nsee: %s --help", err, cmd.CommandPath())
	})
	f := root.PersistentFlags()
	f.StringVarP(&a.configPath, "config", "c", "", "configuration `file` (default dialwright.yaml if there is one)")
	f.StringVar(&a.database, "database", "", "database `address`, sqlite://path or postgres://…")
	f.StringArrayVar(&a.set, "set", nil, "override a key of the configuration, as in asterisk.url=…")
	f.BoolVar(&a.json, "json", false, "print JSON instead of tables")
	f.StringVar(&a.logLevel, "log-level", "", "trace, debug, info, warn or error")

	root.AddGroup(
		&cobra.Group{ID: "run", Title: "Placing calls:"},
		&cobra.Group{ID: "work", Title: "Campaigns and contacts:"},
		&cobra.Group{ID: "set", Title: "Setting up:"},
	)
	add := func(group string, cmds ...*cobra.Command) {
		for _, c := range cmds {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("run", runCommands(a)...)
	add("work", newCampaignCommand(a), newStopAllCommand(a), newContactsCommand(a), newCallsCommand(a), newDNCCommand(a), newAgentCommand(a))
	add("set", newFlowCommand(a), newNLUCommand(a), newConfigCommand(a), newAsteriskCommand(a), newASRCommand(a), newDoctorCommand(a),
		newMigrateCommand(a), newManCommand(a), newVersionCommand(a))
	root.AddCommand(newExitCodesTopic())
	root.SetHelpCommandGroupID("set")
	root.SetCompletionCommandGroupID("set")
	return root
}

// run executes a command line and gives its exit code.
func run(ctx context.Context, a *app, args []string) int {
	root := newRootCommand(a)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil && !errors.Is(err, errSilent) {
		_, _ = fmt.Fprintln(a.err, "dialwright: "+strings.ReplaceAll(err.Error(), "\n", "\n  "))
	}
	return exitCode(err)
}

func exitCode(err error) int {
	var coded *exitError
	var bad config.Errors
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &coded):
		return coded.code
	case errors.As(err, &bad):
		return exitConfig
	case errors.Is(err, campaign.ErrNotFound), errors.Is(err, routing.ErrNoGroup), errors.Is(err, fs.ErrNotExist):
		return exitNotFound
	case errors.Is(err, campaign.ErrOrder):
		return exitRefused
	case errors.Is(err, campaign.ErrCampaign):
		return exitConfig
	case strings.HasPrefix(err.Error(), "unknown command"), strings.HasPrefix(err.Error(), "required flag"):
		return exitUsage // cobra's own, which have no type
	}
	return exitFailure
}

func showHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// noCommand refuses what stands where a subcommand should.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = fmt.Sprintf("; did you mean %q?", near[0])
	}
	return usagef("unknown command %q for %q%s\nsee: %s --help", args[0], cmd.CommandPath(), hint, cmd.CommandPath())
}

// group is a command that only holds others.
func group(use, short string, cmds ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{Use: use, Short: short, Args: noCommand, RunE: showHelp, SuggestionsMinimumDistance: 2}
	g.AddCommand(cmds...)
	var lines []string
	for _, c := range cmds {
		first, _, _ := strings.Cut(strings.TrimSpace(c.Example), "\n")
		lines = append(lines, "  "+strings.TrimSpace(first))
	}
	g.Example = strings.Join(lines, "\n")
	return g
}

// args names what a command takes, in order, and refuses anything else.
func args(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, got []string) error {
		switch {
		case len(got) < len(names):
			return usagef("%s is missing\nusage: %s", names[len(got)], cmd.UseLine())
		case len(got) > len(names):
			return usagef("%q is one argument too many\nusage: %s", got[len(names)], cmd.UseLine())
		}
		return nil
	}
}

// oneOf refuses a flag's value that is not in the list.
func oneOf(flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return usagef("--%s %s: must be %s", flag, value, strings.Join(allowed, ", "))
}

func newExitCodesTopic() *cobra.Command {
	return &cobra.Command{
		Use: "exit-codes", Short: "What the exit codes mean",
		Long: `Exit codes:

  0  done
  1  something failed; the message says what
  2  the command line is wrong
  3  the configuration, a flow, a campaign's settings or examples are wrong
  4  no such campaign, contact, call, agent, number or file
  5  refused: a compliance rule, or the campaign's state, stands against it
  6  tests of a flow failed, or reach too little of it, or too few sentences
     were understood`,
		Example: "  dialwright dnc check +8613800138000 || echo \"exit code $?\"",
	}
}
