package conversetest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/dialwright/dialwright/converse/conversetest"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestPhone plays a prompt and answers it, at the pace it promises.
func TestPhone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := conversetest.NewPhone(conversetest.Say("yes"))
		defer p.Close()
		began := time.Now()
		if err := p.Say(t.Context(), dialog.Say{Text: "Hello."}); err != nil {
			t.Fatal(err)
		}
		if err := p.Listen(t.Context(), dialog.Listen{}); err != nil {
			t.Fatal(err)
		}
		said := conversetest.Synthesis + 6*conversetest.PerRune
		speaks := said + conversetest.Reaction
		for _, want := range []struct {
			kind turn.Kind
			at   time.Duration
		}{
			{turn.PromptStart, conversetest.Synthesis},
			{turn.PromptEnd, said},
			{turn.SpeechStart, speaks},
			{turn.Partial, speaks + 2*conversetest.PerRune},
			{turn.SpeechEnd, speaks + 3*conversetest.PerRune + conversetest.Hang},
		} {
			ev := <-p.Events()
			if ev.Kind != want.kind || ev.At.Sub(began) != want.at {
				t.Errorf("event %d after %s, want %d after %s", ev.Kind, ev.At.Sub(began), want.kind, want.at)
			}
		}
		p.Finalize()
		if ev := <-p.Events(); ev.Kind != turn.Final || ev.Text != "yes" {
			t.Errorf("final: %+v", ev)
		}
	})
}
