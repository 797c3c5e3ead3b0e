package converse_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dialwright/dialwright/converse"
	ct "github.com/dialwright/dialwright/converse/conversetest"
	"github.com/dialwright/dialwright/dialog"
)

// after answers work after a while, unless it is given up before.
func after(d time.Duration, res dialog.WorkResult) func(context.Context, dialog.Work, func(string)) dialog.WorkResult {
	return func(ctx context.Context, _ dialog.Work, _ func(string)) dialog.WorkResult {
		select {
		case <-time.After(d):
			return res
		case <-ctx.Done():
			return dialog.WorkResult{Class: dialog.WorkFailed, Detail: ctx.Err().Error()}
		}
	}
}

func balance(v float64) dialog.WorkResult {
	return dialog.WorkResult{Class: dialog.WorkOK, Status: 200, Body: map[string]any{"balance": v}}
}

func TestWork(t *testing.T) {
	ask, bye := ct.Press("1"), ct.Say("goodbye")
	for _, c := range []struct {
		name   string
		work   func(context.Context, dialog.Work, func(string)) dialog.WorkResult
		script []ct.Step
		says   []string
		gaveUp int
		by     converse.EndedBy
	}{
		{name: "an answer", work: after(time.Second/10, balance(5)), script: []ct.Step{ask, bye}, says: []string{"[1]\nbot: You owe 5 euros.", "Goodbye"}, by: converse.ByFlow},
		{name: "a late answer", work: after(2*time.Second, balance(5)), script: []ct.Step{ask, bye}, says: []string{"One moment please.\nbot: You owe 5 euros"}, by: converse.ByFlow},
		{name: "no answer", work: after(time.Hour, balance(5)), script: []ct.Step{ask, bye}, says: []string{"One moment please.\nbot: That takes too long"}, gaveUp: 1, by: converse.ByFlow},
		{name: "no outside", script: []ct.Step{ask, bye}, says: []string{"Our system is not well."}, by: converse.ByFlow},
		{name: "hangs up meanwhile", work: after(time.Hour, balance(5)), script: []ct.Step{ask, {Hangup: true, During: time.Second / 2}}, says: []string{"One moment please. -- cut off"}, gaveUp: 1, by: converse.ByCustomer},
	} {
		t.Run(c.name, func(t *testing.T) {
			gaveUp := 0
			prepare := func(p *ct.Phone) {
				if c.work != nil {
					p.Work = func(ctx context.Context, w dialog.Work, sentence func(string)) dialog.WorkResult {
						defer func() {
							if ctx.Err() != nil {
								gaveUp++
							}
						}()
						return c.work(ctx, w, sentence)
					}
				}
			}
			res, log, err := try(t, "helpdesk", prepare, c.script...)
			text := transcript(log)
			for _, s := range c.says {
				if !strings.Contains(text, s) {
					t.Errorf("want %q in\n%s", s, text)
				}
			}
			if err != nil || res.EndedBy != c.by || gaveUp != c.gaveUp || len(log.Works) != 1 || len(res.Faults) > 0 {
				t.Errorf("%v: %+v, %d given up, %+v", err, res, gaveUp, log.Works)
			}
		})
	}
}

// TestNoOutside: a Runner without one fails work and says so.
func TestNoOutside(t *testing.T) {
	f := flow(t, "helpdesk")
	synctest.Test(t, func(t *testing.T) {
		p := ct.NewPhone(ct.Press("2"), ct.Say("goodbye"))
		defer p.Close()
		s, err := dialog.NewSession(f, dialog.StartOptions{})
		if err != nil {
			t.Fatal(err)
		}
		r := converse.Runner{Session: s, Mouth: p, Ears: p, Line: p, Duties: p, Observer: p}
		if _, err := r.Run(t.Context()); err != nil {
			t.Error(err)
		}
		if text := transcript(p.Log()); !strings.Contains(text, "Our system is not well.") {
			t.Error(text)
		}
	})
}

// TestSentences are said while the rest of an answer is still to come, and
// what comes after the work was given up is not.
func TestSentences(t *testing.T) {
	told := 0
	model := func(ctx context.Context, w dialog.Work, sentence func(string)) dialog.WorkResult {
		if w.Kind != dialog.WorkLLM {
			return dialog.WorkResult{Class: dialog.WorkOK}
		}
		if told++; told > 1 {
			return dialog.WorkResult{Class: dialog.WorkOK, Text: "Good.", Tool: "done", Slots: map[string]any{"plan": "gold"}}
		}
		sentence("There are two plans.")
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
		sentence("Which one would you like?")
		return dialog.WorkResult{Class: dialog.WorkOK}
	}
	_, log, err := try(t, "helpdesk", func(p *ct.Phone) { p.Work = model }, ct.Press("3"), ct.Say("gold"), ct.Say("goodbye"))
	text := transcript(log)
	if err != nil || !strings.Contains(text, "bot: There are two plans.\nbot: Which one would you like?\ncustomer: gold\nbot: Good.\nbot: Anything else?") {
		t.Errorf("%v\n%s", err, text)
	}
	if len(log.Remembered) != 1 || log.Remembered[0].Value != "gold" {
		t.Errorf("remembered %+v", log.Remembered)
	}
	_, log, _ = try(t, "helpdesk", func(p *ct.Phone) { p.Work = model; told = 0 }, ct.Press("3"), ct.Step{Hangup: true, During: time.Second / 2})
	if text := transcript(log); strings.Contains(text, "Which one") || !strings.Contains(text, "There are two") {
		t.Error(text)
	}
}

// TestConsent is recorded with where it is in the recording, before the
// conversation goes on.
func TestConsent(t *testing.T) {
	_, log, err := try(t, "helpdesk", nil, ct.Press("7"), ct.Say("gold"), ct.Say("yes"))
	if err != nil || len(log.Consents) != 1 {
		t.Fatalf("%v, %+v", err, log.Consents)
	}
	if c := log.Consents[0]; !c.Given || c.Text != "yes" || c.Position < time.Second {
		t.Errorf("%+v", c)
	}
}

// TestRecordAfterSpeech: a message is recorded once all has been said.
func TestRecordAfterSpeech(t *testing.T) {
	f, err := dialog.Parse("flow.yaml", []byte(`flow: memo
opt_out: true
slots: {message: recording}
nodes:
  ask: {say: Please leave your message after the tone., record: {slot: message, goto: done, failed: done}}
  done: {say: Thank you., end: left}
on_hangup: {outcome: hung_up}
`))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		p := ct.NewPhone()
		defer p.Close()
		said := 0
		p.Work = func(context.Context, dialog.Work, func(string)) dialog.WorkResult {
			said = len(p.Log().Lines)
			return dialog.WorkResult{Class: dialog.WorkOK, Audio: "a.wav"}
		}
		res, err := p.Run(t.Context(), f, dialog.StartOptions{})
		if err != nil || res.Outcome != "left" || said != 1 {
			t.Errorf("%v %+v, recorded after %d lines", err, res, said)
		}
	})
}
