package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/internal/demo"
)

// maxWER is the share of words that the demo's recogniser may get wrong.
const maxWER = 0.15

func newDemoCommand(a *app) *cobra.Command {
	var o demo.Options
	var examine bool
	cmd := &cobra.Command{
		Use: "demo", Short: "Run a whole campaign on this machine", Args: args(),
		Long: `Run two campaigns against a telephone network in a box: simulated customers
and agents on a second Asterisk, real SIP, real speech, a real recogniser.
At the end every call is checked against what its customer was scripted to
do. The exit code is 1 if anything differs.

Everything the demo makes, report.json among it, is in the directory --out;
the dialwright.yaml there lets every other command look at it. It needs a
build with the tag "pocketsphinx" and a private Asterisk: "make demo" makes
both.`,
		Example: `  dialwright demo
  dialwright -c out/demo/dialwright.yaml calls list
  dialwright -c out/demo/dialwright.yaml calls show CALL`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if examine {
				o.Examine = a.showCheck
			}
			return a.demo(cmd, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Out, "out", filepath.Join("out", "demo"), "`directory` of everything the demo makes")
	f.StringVar(&o.Personas, "personas", filepath.Join("testdata", "personas", "demo.yaml"), "`file` of simulated customers and agents")
	f.StringVar(&o.Flows, "flows", filepath.Join("testdata", "flows"), "`directory` of the flows renewal and renewal-zh")
	f.BoolVar(&examine, "doctor", false, "look at everything as \"dialwright doctor\" does, and place no calls")
	f.IntVar(&o.Concurrent, "concurrent", 10, "calls at once")
	return cmd
}

func (a *app) demo(cmd *cobra.Command, o demo.Options) error {
	if o.Concurrent < 1 || o.Concurrent > 50 {
		return usagef("--concurrent %d: from 1 to 50", o.Concurrent)
	}
	report, err := a.stageCalls(cmd, o)
	if err != nil {
		return err
	}
	switch {
	case o.Examine != nil:
	case a.json:
		if err := a.showJSON(report); err != nil {
			return err
		}
	default:
		a.demoTable(report, o)
	}
	return demoVerdict(report)
}

// demoVerdict is the demo's exit code as an error.
func demoVerdict(r *demo.Report) error {
	var bad []string
	if n := len(r.Truth.Wrong); n > 0 {
		bad = append(bad, fmt.Sprintf("%d things differ from the script:\n%s", n, strings.Join(r.Truth.Wrong, "\n")))
	}
	if n := len(r.Summary.Leftovers); n > 0 {
		bad = append(bad, fmt.Sprintf("%d things were left behind:\n%s", n, strings.Join(r.Summary.Leftovers, "\n")))
	}
	if r.Summary.WER > maxWER {
		bad = append(bad, fmt.Sprintf("%.1f %% of the words were misunderstood, at most %.0f %% may be", 100*r.Summary.WER, 100*maxWER))
	}
	if len(bad) == 0 {
		return nil
	}
	return errors.New(strings.Join(bad, "\n"))
}

// demoTable prints the report for 80 columns.
func (a *app) demoTable(r *demo.Report, o demo.Options) {
	t := newTable("CUSTOMER", "TRIES", "DISPOSITION", "OUTCOME", "AGENT", "")
	for _, c := range r.Calls {
		var tries []string
		for _, at := range c.Attempts {
			tries = append(tries, strconv.Itoa(len(at.Tries)))
		}
		agent, verdict := "", "ok"
		if c.Transfer != nil {
			agent = c.Transfer.Agent
		}
		for _, w := range r.Truth.Wrong {
			if strings.HasPrefix(w, c.Contact+":") {
				verdict = "WRONG"
			}
		}
		t.row(c.Contact, strings.Join(tries, "+"), string(c.Disposition), c.Outcome, agent, verdict)
	}
	_ = t.write(a.out)
	s := r.Summary
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(a.out, format+"\n", args...) }
	p("")
	p("%d customers, %d attempts, %d tries, %d at once, %d handed to agents, %.0f s",
		r.Truth.Checked, s.Attempts, s.Tries, s.MaxConcurrent, s.Transfers, s.Seconds)
	if s.Words > 0 {
		p("words misunderstood        %d of %d (%.1f %%)", s.WordErrors, s.Words, 100*s.WER)
	}
	if s.FarTurnMS.N > 0 {
		p("end of speech to answer    p50 %4.0f ms, p95 %4.0f ms  %2d turns, far recordings", s.FarTurnMS.P50, s.FarTurnMS.P95, s.FarTurnMS.N)
	}
	if s.FarBargeInMS.N > 0 {
		p("interruption to silence    p50 %4.0f ms, max %4.0f ms  %2d times, far recordings", s.FarBargeInMS.P50, s.FarBargeInMS.Max, s.FarBargeInMS.N)
	}
	p("transcript to first frame  p50 %4.0f ms, p95 %4.0f ms  %2d cached prompts", s.OwnMS.P50, s.OwnMS.P95, s.OwnMS.N)
	p("truth                      %d customers checked, %d wrong, %d things left behind",
		r.Truth.Checked, len(r.Truth.Wrong), len(s.Leftovers))
	p("")
	p("report   %s", filepath.Join(o.Out, "report.json"))
	for _, c := range r.Calls {
		if c.Transfer != nil && c.Transfer.Agent != "" {
			p("look     bin/dialwright -c %s \\\n           calls show %s", filepath.Join(o.Out, "dialwright.yaml"), c.CallID)
			break
		}
	}
}

// statusLine is the last line of a terminal, rewritten as things change;
// elsewhere it is a line now and then.
type statusLine struct {
	a    *app
	last time.Time
	open bool
}

func (l *statusLine) say(format string, args ...any) {
	l.wipe()
	_, _ = fmt.Fprintln(l.a.err, strings.TrimRight(fmt.Sprintf(format, args...), " "))
}

func (l *statusLine) now(s demo.Status) {
	every := 10 * time.Second
	if l.a.terminal() {
		every = 0
	}
	if time.Since(l.last) < every {
		return
	}
	l.last = time.Now()
	text := fmt.Sprintf("%3.0f s  %2d calls now  %2d of %d customers done  %d handed over", s.Elapsed.Seconds(), s.Live, s.Done, s.All, s.Handed)
	if !l.a.terminal() {
		_, _ = fmt.Fprintln(l.a.err, text)
		return
	}
	l.wipe()
	_, _ = fmt.Fprint(l.a.err, text)
	l.open = true
}

func (l *statusLine) wipe() {
	if l.open {
		_, _ = fmt.Fprint(l.a.err, "\r\x1b[K")
		l.open = false
	}
}

func (l *statusLine) end() { l.wipe() }
