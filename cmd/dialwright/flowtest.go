package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/converse/flowtest"
	"github.com/dialwright/dialwright/dialog"
)

type flowTestFlags struct {
	run         string
	coverage    bool
	minCoverage float64
	junit       string
	verbose     bool
}

func newFlowTestCommand(a *app) *cobra.Command {
	var f flowTestFlags
	cmd := &cobra.Command{
		Use: "test DIR...", Short: "Hold a flow's test conversations", Args: atLeastOne("DIR"),
		Long: `Hold the test conversations of a flow, DIR/tests/*.yaml: what the customer says,
presses and does, what the bot is to say, and what the conversation comes to.
They run on a virtual clock, thousands a second. DIR may also be a single file
of tests.

The exit code is 6 when a conversation goes otherwise than its test says, or
when the tests reach less of the flow than --min-coverage.`,
		Example: `  dialwright flow test flows/offer
  dialwright flow test flows/offer --coverage --min-coverage 90
  dialwright flow test flows/* --junit report.xml`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.flowTest(cmd, f, args) },
	}
	cmd.Flags().StringVar(&f.run, "run", "", "only tests whose name matches this `regexp`")
	cmd.Flags().BoolVar(&f.coverage, "coverage", false, "show which nodes and transitions the tests reach")
	cmd.Flags().Float64Var(&f.minCoverage, "min-coverage", 0, "fail when less than so many `percent` of the nodes are reached")
	cmd.Flags().StringVar(&f.junit, "junit", "", "write a JUnit report to this `file`")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "show the tests that pass, too")
	return cmd
}

func (a *app) flowTest(cmd *cobra.Command, f flowTestFlags, args []string) error {
	o := flowtest.Options{}
	if f.run != "" {
		re, err := regexp.Compile(f.run)
		if err != nil {
			return usagef("--run %s: %w", f.run, err)
		}
		o.Run = re
	}
	if f.minCoverage < 0 || f.minCoverage > 100 {
		return usagef("--min-coverage %v: must be between 0 and 100", f.minCoverage)
	}
	suites, err := a.openSuites(args)
	if err != nil {
		return err
	}
	var reports []flowtest.Report
	count := 0
	for _, s := range suites {
		r := s.Run(cmd.Context(), o)
		count += len(r.Results)
		reports = append(reports, r)
	}
	if count == 0 {
		return notFoundf("no test has a name that matches --run %s", f.run)
	}
	if f.junit != "" {
		if err := writeJUnit(f.junit, reports); err != nil {
			return err
		}
	}
	if err := a.showReports(reports, f); err != nil {
		return err
	}
	for i := range reports {
		if reports[i].Failed() > 0 || reports[i].Coverage.Nodes.Percent() < f.minCoverage {
			return &exitError{exitTests, errSilent}
		}
	}
	return nil
}

// openSuites loads everything before anything runs. Problems are told as
// flow check tells them.
func (a *app) openSuites(args []string) ([]*flowtest.Suite, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	var suites []*flowtest.Suite
	bad := []flowResult{}
	for _, arg := range args {
		found, err := findFlow(c, arg)
		if err != nil {
			return nil, err
		}
		path := flowPath(c, found)
		s, err := flowtest.Open(shorter(path, arg))
		var problems dialog.Problems
		switch {
		case errors.As(err, &problems):
			bad = append(bad, flowResult{File: path, Problems: problems})
		case errors.Is(err, flowtest.ErrNoTests):
			return nil, notFoundf("%w", err)
		case err != nil:
			return nil, err
		default:
			suites = append(suites, s)
		}
	}
	if len(bad) > 0 {
		if err := a.showFlows(bad); err != nil {
			return nil, err
		}
		return nil, &exitError{exitConfig, errSilent}
	}
	return suites, nil
}

// shorter is what was typed, where it names the same file: it is easier to
// read than the whole path.
func shorter(path, typed string) string {
	if _, err := os.Stat(typed); err == nil {
		return typed
	}
	return path
}

func writeJUnit(path string, reports []flowtest.Report) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write the JUnit report: %w", err)
	}
	return errors.Join(flowtest.WriteJUnit(f, reports), f.Close())
}

func (a *app) showReports(reports []flowtest.Report, f flowTestFlags) error {
	if a.json {
		return a.showJSON(testReport(reports))
	}
	s := a.style()
	tests, failed := 0, 0
	var took time.Duration
	for i := range reports {
		r := &reports[i]
		for j := range r.Results {
			res := &r.Results[j]
			switch {
			case res.Failure != nil:
				a.showFailure(s, res.Failure)
			case f.verbose:
				a.printf("%s  %s (%.1f s)\n", s.good("ok  "), oneLine(res.Test.Name), res.Lasted.Seconds())
			}
		}
		if f.coverage {
			a.showCoverage(s, r)
		}
		a.showSuite(s, r, f)
		tests, failed, took = tests+len(r.Results), failed+r.Failed(), took+r.Took
	}
	if len(reports) > 1 {
		a.printf("%d conversations with %d flows, %d failed, in %s\n", tests, len(reports), failed, took.Round(time.Millisecond))
	}
	return nil
}

func (a *app) showSuite(s style, r *flowtest.Report, f flowTestFlags) {
	word := s.good("ok")
	if r.Failed() > 0 {
		word = s.bad(fmt.Sprintf("%d failed", r.Failed()))
	}
	a.printf("%s: %d conversations, %s, in %s\n  nodes %s", r.Flow, len(r.Results), word, r.Took.Round(100*time.Microsecond), share(r.Coverage.Nodes))
	if r.Coverage.Transitions.Total > 0 {
		a.printf(", transitions %s", share(r.Coverage.Transitions))
	}
	a.printf("\n")
	if got := r.Coverage.Nodes.Percent(); got < f.minCoverage {
		a.printf("%s\n", s.bad(fmt.Sprintf("the tests reach %.1f %% of the nodes, not %v: try --coverage", got, f.minCoverage)))
	}
}

func share(s flowtest.Share) string {
	return fmt.Sprintf("%d of %d (%.0f %%)", s.Covered, s.Total, s.Percent())
}

// showFailure fits a failure onto the page.
func (a *app) showFailure(s style, f *flowtest.Failure) {
	a.printf("%s  %s\n", s.bad("FAIL"), oneLine(f.Test))
	a.paragraph("      ", fmt.Sprintf("%s:%d:%d:", f.File, f.At.Line, f.At.Column))
	what := f.Message
	if f.Node != "" {
		what += " (at node " + f.Node + ")"
	}
	a.paragraph("      ", what)
	expected, said := f.Texts()
	if expected != "" {
		a.paragraph("      expected  ", s.good(oneLine(expected)))
	}
	if said != "" {
		a.paragraph("      it said   ", s.bad(oneLine(said)))
	}
	for i, l := range f.Transcript {
		if i == 0 {
			a.printf("      so far\n")
		}
		at := min(18, len(l)) // the time and who
		a.paragraph("      "+l[:at], l[at:])
	}
	a.printf("\n")
}

// paragraph prints a text behind a head, wrapped below itself.
func (a *app) paragraph(head, text string) {
	lines := wrap(text, pageWidth-len(head))
	a.printf("%s%s\n", head, strings.Join(lines, "\n"+strings.Repeat(" ", len(head))))
}

func (a *app) showCoverage(s style, r *flowtest.Report) {
	missing := func(what string, names []string) {
		if len(names) == 0 {
			return
		}
		a.printf("%s:\n", what)
		for _, n := range names {
			a.printf("  %s\n", s.bad(n))
		}
	}
	t := newTable("FROM", "TO", "TAKEN")
	for _, w := range r.Coverage.Walked() {
		t.row(w.From, w.To, fmt.Sprint(r.Coverage.Walks[w]))
	}
	_ = t.write(a.out) // a closed pipe is no error
	missing("no test reaches these nodes", r.Coverage.Nodes.Missing)
	missing("no test takes these transitions", r.Coverage.Transitions.Missing)
}
