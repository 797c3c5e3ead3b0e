package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/converse/flowtest"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/dialog/graph"
)

func newFlowGraphCommand(a *app) *cobra.Command {
	var format, out string
	var coverage bool
	cmd := &cobra.Command{
		Use: "graph DIR", Short: "Draw a flow", Args: args("DIR"),
		Long: `Draw a flow as a page to walk through (html), as Mermaid for Markdown, as DOT
for Graphviz, or as JSON for other programs. The page is one file that needs
no network: zoom with the wheel, drag, search with "/", click a node for what
it says and listens for. What can be heard everywhere, and the flow's own
ladders, are drawn once and not at each node.

With --coverage the flow's tests are run first, and how often they came where
is shown as colour.`,
		Example: `  dialwright flow graph flows/offer --format html --out offer.html
  dialwright flow graph flows/offer --format html --coverage --out offer.html
  dialwright flow graph flows/offer                # Mermaid
  dialwright flow graph flows/offer --format dot | dot -Tsvg -o offer.svg`,
		RunE: func(cmd *cobra.Command, args []string) error {
			f := graph.Format(format)
			if a.json && !cmd.Flags().Changed("format") {
				f = graph.FormatJSON
			}
			if !slices.Contains(graph.Formats(), f) {
				return usagef("--format %s: one of mermaid, dot, html, json", format)
			}
			flow, path, err := a.loadFlow(args[0])
			if err != nil {
				return err
			}
			var c *graph.Coverage
			if coverage {
				if c, err = a.coverage(cmd.Context(), path); err != nil {
					return err
				}
			}
			drawn, err := graph.Draw(flow, c, f)
			if err != nil {
				return err
			}
			return a.deliver(out, drawn)
		},
	}
	cmd.Flags().StringVar(&format, "format", string(graph.FormatMermaid), "mermaid, dot, html or json")
	cmd.Flags().StringVar(&out, "out", "", "write to this `file` (default: standard output)")
	cmd.Flags().BoolVar(&coverage, "coverage", false, "run the flow's tests and show where they came")
	return cmd
}

// loadFlow loads the flow that somebody typed. What is wrong with it is told
// as flow check tells it.
func (a *app) loadFlow(typed string) (*dialog.Flow, string, error) {
	c, err := a.config()
	if err != nil {
		return nil, "", err
	}
	found, err := findFlow(c, typed)
	if err != nil {
		return nil, "", err
	}
	path := flowPath(c, found)
	if _, err := os.Stat(typed); err == nil {
		path = typed // shorter, and the same
	}
	flow, err := dialog.Load(path)
	var problems dialog.Problems
	if errors.As(err, &problems) {
		return nil, "", &exitError{exitConfig, fmt.Errorf("the flow cannot be used:\n%w", err)}
	}
	return flow, path, err
}

// coverage runs the tests of a flow. Tests that fail still came somewhere:
// they are told, and counted.
func (a *app) coverage(ctx context.Context, path string) (*graph.Coverage, error) {
	s, err := flowtest.Open(path)
	var problems dialog.Problems
	switch {
	case errors.As(err, &problems):
		return nil, &exitError{exitConfig, fmt.Errorf("the flow's tests cannot be used:\n%w", err)}
	case errors.Is(err, flowtest.ErrNoTests):
		return nil, notFoundf("%w", err)
	case err != nil:
		return nil, err
	}
	r := s.Run(ctx, flowtest.Options{})
	if n := r.Failed(); n > 0 {
		_, _ = fmt.Fprintf(a.err, "%d of %d tests fail: see dialwright flow test %s\n", n, len(r.Results), path)
	}
	c := &graph.Coverage{Tests: len(r.Results), Visits: r.Coverage.Visits}
	for _, t := range r.Coverage.Walked() {
		c.Walks = append(c.Walks, graph.Walk{From: t.From, To: t.To, Count: r.Coverage.Walks[t]})
	}
	return c, nil
}

// deliver writes something to a file, or to standard output.
func (a *app) deliver(file string, what []byte) error {
	if file == "" {
		_, err := a.out.Write(what)
		return err
	}
	if err := os.WriteFile(file, what, 0o644); err != nil {
		return fmt.Errorf("write %s: %w", file, strippedPath(err))
	}
	return nil
}

// strippedPath is the error without the path, which the caller names.
func strippedPath(err error) error {
	var where *os.PathError
	if errors.As(err, &where) {
		return where.Err
	}
	return errors.New(strings.TrimSpace(err.Error()))
}
