package main

import (
	"context"
	"errors"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/converse/flowtest"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/internal/config"
)

// flowResult is what was found out about one flow file.
type flowResult struct {
	File     string          `json:"file"`
	OK       bool            `json:"ok"`
	Nodes    int             `json:"nodes"`
	Prompts  int             `json:"prompts"`
	Problems dialog.Problems `json:"problems"`
}

func newFlowCheckCommand(a *app) *cobra.Command {
	var look lintFlags
	cmd := &cobra.Command{
		Use: "check FILE...", Short: "Find everything that is wrong with a flow", Args: atLeastOne("FILE"),
		Long: `Find everything that is wrong with a flow: unknown keys, missing targets, nodes
that nothing leads to, wrong types, each with file, line, column and a hint.
Where the flow's directory has tests, also what is wrong with them, and nodes
that none of them comes to; and examples that two intents share, keys that are
announced and not taken, prompts too long to listen to.
The exit code is 3 when a flow cannot be used; warnings leave it at 0.`,
		Example: `  dialwright flow check flows/offer.yaml
  dialwright flow check flows/* --strict --sarif flows.sarif`,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.config()
			if err != nil {
				return err
			}
			results, bad := []flowResult{}, false
			for _, file := range args {
				found, err := findFlow(c, file)
				if err != nil {
					return err
				}
				r, err := checkFlow(cmd.Context(), c, flowPath(c, found), &look)
				if err != nil {
					return err
				}
				results, bad = append(results, r), bad || !r.OK
			}
			if err := errors.Join(look.report(results), a.showFlows(results)); err != nil {
				return err
			}
			if bad {
				return &exitError{exitConfig, errSilent}
			}
			return nil
		},
	}
	look.add(cmd.Flags())
	return cmd
}

func checkFlow(ctx context.Context, c *config.Config, path string, look *lintFlags) (flowResult, error) {
	r := flowResult{File: path, Problems: dialog.Problems{}}
	flow, err := dialog.Load(path)
	var problems dialog.Problems
	switch {
	case errors.As(err, &problems):
		r.Problems = problems
		return r, nil
	case err != nil:
		return r, err
	}
	r.OK, r.Nodes, r.Prompts = true, len(flow.Nodes()), len(flow.Prompts())
	r.Problems = append(r.Problems, flow.Warnings...)
	warnings, err := look.lint(c, path, flow)
	if err != nil {
		return r, err
	}
	r.Problems = append(r.Problems, warnings...)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		untested, err := flowtest.Untested(ctx, path)
		if err != nil {
			return r, err
		}
		r.Problems = append(r.Problems, untested...)
		r.OK = !untested.Fatal()
	}
	return r, nil
}

func (a *app) showFlows(results []flowResult) error {
	if a.json {
		return a.showJSON(results)
	}
	for _, r := range results {
		for _, p := range r.Problems {
			word := ""
			if p.Severity == dialog.SevWarning {
				word = "warning: "
			}
			p.Message = word + p.Message
			a.printf("%s\n", p)
		}
		if r.OK {
			a.printf("%s: good: %s nodes, %s fixed prompts\n", r.File, strconv.Itoa(r.Nodes), strconv.Itoa(r.Prompts))
		}
	}
	return nil
}
