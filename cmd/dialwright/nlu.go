package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/nlu/bench"
)

func newNLUCommand(a *app) *cobra.Command {
	return group("nlu", "Train, measure and question what understands people",
		newNLUTrainCommand(a), newNLUTestCommand(a), newNLUEvalCommand(a), newNLUParseCommand(a), newNLUExplainCommand(a))
}

const examplesHelp = `Examples are JSON lines, a sentence each:

  {"text":"fly to Oslo","intent":"book","entities":[
     {"start":7,"end":11,"name":"city","value":"Oslo"}]}   (on one line)

start and end count characters from 0; end is the one after the last.`

// mind is where understanding comes from: a model file or a flow.
type mind struct {
	flow string
	node string
	seed uint64
}

func (m *mind) flags(cmd *cobra.Command, node bool) {
	cmd.Flags().StringVar(&m.flow, "flow", "", "understand as the flow in this `directory` does, instead of with a model file")
	cmd.Flags().Uint64Var(&m.seed, "seed", 0, "of all that is random in training with --flow")
	if node {
		cmd.Flags().StringVar(&m.node, "node", "", "only the intents that this `node` of the flow expects")
	}
}

// args refuses what does not fit MODEL|--flow DIR and the names that follow.
// The last name may end in "..." and then stands for none or more.
func (m *mind) args(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, got []string) error {
		want := names
		if m.flow == "" {
			want = append([]string{"MODEL"}, names...)
		}
		if m.node != "" && m.flow == "" {
			return usagef("--node needs --flow: only a flow has nodes")
		}
		rest := len(want) > 0 && want[len(want)-1] == "TEXT..."
		if rest {
			want = want[:len(want)-1]
		}
		switch {
		case len(got) < len(want):
			hint := ""
			if want[len(got)] == "MODEL" {
				hint = " (or --flow DIR)"
			}
			return usagef("%s is missing%s\nusage: %s", want[len(got)], hint, cmd.UseLine())
		case len(got) > len(want) && !rest:
			return usagef("%q is one argument too many\nusage: %s", got[len(want)], cmd.UseLine())
		}
		return nil
	}
}

// open makes ready what understands, and gives the arguments behind MODEL.
func (m *mind) open(ctx context.Context, a *app, args []string) (*bench.Understander, []string, error) {
	if m.flow == "" {
		b, err := bench.Open(args[0])
		if err != nil {
			return nil, nil, badExamples(err)
		}
		u, err := bench.OfBundle(b)
		return u, args[1:], err
	}
	flow, _, err := a.loadFlow(m.flow)
	if err != nil {
		return nil, nil, err
	}
	var among []string
	if m.node != "" {
		if among = flow.IntentsAt(m.node); among == nil {
			return nil, nil, notFoundf("flow %s: no node %q listens", flow.Name, m.node)
		}
	}
	w := a.wait()
	defer w.end()
	w.say("learning the phrases of flow %s", flow.Name)
	u, err := bench.OfFlow(ctx, flow.Examples(), among, flow.Language, m.seed)
	return u, args, err
}

// badExamples gives the exit code for what is wrong in a file.
func badExamples(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bench.ErrExamples):
		return &exitError{exitConfig, err}
	case errors.Is(err, os.ErrNotExist):
		return &exitError{exitNotFound, err}
	}
	return err
}

// loadExamples reads files of examples.
func loadExamples(flag string, files []string) (*bench.Set, error) {
	if len(files) == 0 {
		return nil, usagef("--%s is missing: give at least one file of examples", flag)
	}
	s, err := bench.Load(files...)
	return s, badExamples(err)
}

// warnStrangers tells of names in a test that nothing was learnt of.
func (a *app) warnStrangers(test *bench.Set, intents, entities []string) {
	for _, s := range test.Strangers(intents, entities) {
		_, _ = fmt.Fprintf(a.err, "warning: %s\n", s)
	}
}

// waiting tells people on standard error, line by line, what takes longer than
// two seconds.
type waiting struct {
	a     *app
	began time.Time
	now   chan string
	gone  chan struct{}
}

// wait begins to wait; end must be called.
func (a *app) wait() *waiting {
	w := &waiting{a: a, began: time.Now(), now: make(chan string), gone: make(chan struct{})}
	go w.run()
	return w
}

// heartbeat is how long a line may stand before the next one says that work
// goes on.
const heartbeat = 15 * time.Second

func (w *waiting) run() {
	defer close(w.gone)
	timer := time.NewTimer(progressAfter)
	defer timer.Stop()
	what, shown := "", false
	for {
		select {
		case next, ok := <-w.now:
			if !ok {
				return
			}
			what = next
			if !shown {
				continue
			}
		case <-timer.C:
			shown = true
		}
		timer.Reset(heartbeat)
		_, _ = fmt.Fprintf(w.a.err, "%s … (%s)\n", what, time.Since(w.began).Round(time.Second))
	}
}

// say what is done now.
func (w *waiting) say(format string, args ...any) { w.now <- fmt.Sprintf(format, args...) }

// end waits for the last line. It may be called twice.
func (w *waiting) end() {
	select {
	case <-w.gone:
	default:
		close(w.now)
		<-w.gone
	}
}
