package call

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/report"
)

const keepFlow = `
flow: keep
slots:
  plan: {type: choice, choices: {basic: {phrases: [basic], digits: "1"}, gold: {phrases: [gold], digits: "2"}}, remember: contact}
  offers: {type: consent, scope: marketing}
experiments: {opening: {warm: 1, short: 1}}
disclosure: This is a machine.
defaults:
  no_input: [{end: no_input}]
  no_match: [{end: not_understood}]
nodes:
  greet: {say: {experiment: opening, warm: Basic or gold?, short: Gold or basic?}, ask: {slot: plan, goto: offers}}
  offers: {say: May we tell you about offers?, ask: {slot: offers, goto: bye}}
  bye: {say: Thank you., end: done}
on_hangup: {outcome: hung_up}
`

// TestKeeps: what the customer agreed to, what is kept of him and which
// variant he heard are in the record at once, not only at the call's end.
func TestKeeps(t *testing.T) {
	flow, err := dialog.Parse("keep.yaml", []byte(keepFlow))
	if err != nil {
		t.Fatal(err)
	}
	inWorld(t, func(t *testing.T, w *world) {
		w.order.Flow = flow
		done := w.place(t.Context())
		w.asterisk.SetState(firstTry, "Ringing")
		w.asterisk.Answer(firstTry)
		time.Sleep(5 * time.Second) // in the bubble, as the following
		w.asterisk.Digit(firstTry, "2")
		time.Sleep(5 * time.Second)
		w.asterisk.Digit(firstTry, "1")
		synctest.Wait()
		got := w.records.last(t)
		if !got.EndedAt.IsZero() || got.Memory["plan"] != "gold" || len(got.Consents) != 1 || !slices.Contains([]string{"warm", "short"}, got.Experiments["opening"]) {
			t.Errorf("while it is talked: %+v", got)
		}
		if res := <-done; res.Outcome != "done" || res.Err != nil {
			t.Errorf("result %+v", res)
		}
		got = w.records.last(t)
		if c := got.Consents; len(c) != 1 || !c[0].Given || c[0].Scope != "marketing" || c[0].AtMS < 5000 || c[0].Words != "1" {
			t.Errorf("consents %+v", c)
		}
		for _, kind := range []string{"disclosed", "remember", "consent", "experiment"} {
			if !slices.ContainsFunc(got.Events, func(ev report.Event) bool { return ev.Kind == kind }) {
				t.Errorf("no event %q: %+v", kind, got.Events)
			}
		}
	})
}
