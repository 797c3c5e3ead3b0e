package main

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/dialog/starter"
)

type flowNewFlags struct {
	template, language, dir string
	list                    bool
}

func newFlowNewCommand(a *app) *cobra.Command {
	var f flowNewFlags
	cmd := &cobra.Command{
		Use: "new NAME --template T", Short: "Start a flow from a complete, tested one",
		Long: `Start a flow from a complete, tested one: a directory with flow.yaml, what it
includes and conversations that test every node. Nothing that is there already
is written over. --list shows the templates.`,
		Example: `  dialwright flow new --list
  dialwright flow new reminders --template collections --language en
  dialwright flow new huifang --template survey --language zh --dir flows/huifang`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case f.list && len(args) > 0:
				return usagef("--list takes no NAME")
			case !f.list && len(args) != 1:
				return usagef("give the new flow one NAME, or see --list")
			case !f.list && f.template == "":
				return usagef("--template is missing; see --list")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if f.list {
				return a.showTemplates()
			}
			return a.newFlow(args[0], f)
		},
	}
	cmd.Flags().StringVar(&f.template, "template", "", "the `template` to start from")
	cmd.Flags().StringVar(&f.language, "language", "en", "its `language`: en or zh")
	cmd.Flags().StringVar(&f.dir, "dir", "", "`directory` to make (default: NAME)")
	cmd.Flags().BoolVar(&f.list, "list", false, "show the templates there are")
	return cmd
}

func (a *app) newFlow(name string, f flowNewFlags) error {
	dir := f.dir
	if dir == "" {
		dir = name
	}
	written, err := starter.Write(f.template, f.language, dir, starter.Options{Name: name})
	switch {
	case errors.Is(err, starter.ErrNoTemplate):
		return notFoundf("%w; dialwright flow new --list shows those there are", err)
	case errors.Is(err, starter.ErrName):
		return &exitError{exitUsage, err}
	case errors.Is(err, starter.ErrExists):
		return &exitError{exitRefused, err}
	case err != nil:
		return err
	}
	return a.say(map[string]any{"directory": dir, "flow": name, "files": written}, "%d files in %s: next, read %s and try: dialwright flow test %[2]s", len(written), dir, filepath.Join(dir, "flow.yaml"))
}

func (a *app) showTemplates() error {
	all, err := starter.List()
	if err != nil {
		return err
	}
	if a.json {
		return a.showJSON(all)
	}
	tb := newTable("TEMPLATE", "LANGUAGE", "NODES", "TESTS", "WHAT")
	for _, t := range all {
		tb.row(t.Name, t.Language, strconv.Itoa(t.Nodes), strconv.Itoa(t.Tests), strings.TrimSpace(t.Title))
	}
	return tb.write(a.out)
}
