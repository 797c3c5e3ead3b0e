package converse_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dialwright/dialwright/converse"
	ct "github.com/dialwright/dialwright/converse/conversetest"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/engine"
)

// elsewhere is an engine on another machine.
type elsewhere func(ctx context.Context, q nlu.Query) (engine.Parsed, error)

func (elsewhere) Name() string { return "elsewhere" }

func (e elsewhere) Parse(ctx context.Context, q nlu.Query) (engine.Parsed, error) { return e(ctx, q) }

func (elsewhere) Close() error { return nil }

func TestUnderstanding(t *testing.T) {
	meant := func(intent string) elsewhere {
		return func(ctx context.Context, q nlu.Query) (engine.Parsed, error) {
			select {
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
			}
			return engine.Parsed{Ranked: []nlu.Candidate{{Intent: intent, Score: 0.9}}}, nil
		}
	}
	for name, c := range map[string]struct {
		engine  elsewhere
		says    string
		outcome string
		fault   string
	}{
		"it knows what no phrase says":      {meant("yes"), "why the devil not", "agreed", ""},
		"word for word needs nobody":        {meant("yes"), "no thank you", "refused", ""},
		"it means what is not possible now": {meant("weather"), "why the devil not", "lost", ""},
		"it fails": {func(context.Context, nlu.Query) (engine.Parsed, error) {
			return engine.Parsed{}, errors.New("no route")
		},
			"yes please do", "agreed", "no route; the flow's own classifier decided"},
		"it hangs": {func(ctx context.Context, _ nlu.Query) (engine.Parsed, error) {
			<-ctx.Done()
			return engine.Parsed{}, ctx.Err()
		},
			"yes please do", "agreed", "own classifier decided"},
		"it is mad": {func(context.Context, nlu.Query) (engine.Parsed, error) {
			return engine.Parsed{Ranked: []nlu.Candidate{{Intent: "yes", Score: 7}}}, nil
		}, "why the devil not", "lost", "not from 0 to 1"},
	} {
		t.Run(name, func(t *testing.T) { asked(t, c.engine, c.says, c.outcome, c.fault) })
	}
}

const question = `flow: question
opt_out: true
intents: {"yes": [yes please, sure go ahead], "no": [no thank you]}
nodes:
  ask: {say: May I?, listen: {intents: {"yes": agreed, "no": refused}, no_input: [{end: silent}], no_match: [{end: lost}]}}
  agreed: {end: agreed}
  refused: {end: refused}
on_hangup: {outcome: hung_up}
`

func asked(t *testing.T, e elsewhere, says, outcome, fault string) {
	f, err := dialog.Parse("flow.yaml", []byte(question))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		p := ct.NewPhone(ct.Say(says))
		defer p.Close()
		s, err := dialog.NewSession(f, dialog.StartOptions{})
		if err != nil {
			t.Fatal(err)
		}
		r := converse.Runner{Session: s, Mouth: p, Ears: p, Line: p, Duties: p, Observer: p, Understanding: &converse.Understanding{Engine: e}}
		res, err := r.Run(t.Context())
		if err != nil || res.Outcome != outcome || (len(res.Faults) > 0) != (fault != "") || !strings.Contains(strings.Join(res.Faults, "\n"), fault) {
			t.Errorf("%v %+v", err, res)
		}
	})
}
