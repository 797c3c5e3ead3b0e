package converse_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

// hands count what they are asked for, and do nothing.
type hands struct {
	now      time.Time
	works    []string
	transfer bool
	hangups  int
	saying   int
	fail     bool
}

func (h *hands) Now() time.Time { return h.now }
func (h *hands) Say(context.Context, dialog.Say) error {
	if h.fail {
		return errors.New("no voice")
	}
	h.saying++
	return nil
}
func (h *hands) Stop()                                       {}
func (h *hands) Listen(context.Context, dialog.Listen) error { return nil }
func (h *hands) Finalize()                                   {}
func (h *hands) Transfer(context.Context, dialog.Transfer)   { h.transfer = true }
func (h *hands) StopTransfer() dialog.TransferResult {
	h.transfer = false
	return dialog.TransferResult{Status: dialog.TransferFailed}
}
func (h *hands) Work(_ context.Context, w dialog.Work)           { h.works = append(h.works, w.ID) }
func (h *hands) StopWork(string)                                 {}
func (h *hands) Hangup(context.Context) error                    { h.hangups++; return nil }
func (h *hands) OptOut(context.Context, dialog.OptOut) error     { return nil }
func (h *hands) Callback(context.Context, dialog.Callback) error { return nil }
func (h *hands) Remember(context.Context, dialog.Remember) error { return nil }
func (h *hands) Consent(context.Context, dialog.Consented) error { return nil }
func (h *hands) Said(converse.Utterance)                         {}
func (h *hands) Turn(converse.Timing)                            {}
func (h *hands) Action(time.Time, dialog.Action)                 {}

// TestAnyOrder: whatever happens in whatever order, late, twice or without
// having been asked for, a conversation comes to an end in good order: on_hangup
// has run, and the line is hung up once, unless the customer was faster.
func TestAnyOrder(t *testing.T) {
	flows := []*dialog.Flow{flow(t, "renewal"), flow(t, "helpdesk")}
	words := []string{"yes", "no", "speak to a person", "what do i owe", "i have a question", "my line is broken", "purple", "mm", "", "call me tomorrow at three", "goodbye"}
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(flows).Draw(t, "flow")
		h := &hands{now: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)}
		s, err := dialog.NewSession(f, dialog.StartOptions{})
		if err != nil {
			t.Fatal(err)
		}
		m := converse.NewMachine(converse.Setup{Session: s, Hands: h, Duties: h, Observer: h, Clock: h})
		m.Begin(t.Context())
		gone := false
		for i := 0; i < 60 && !m.Over(); i++ {
			gone = anything(t, m, h, words) || gone
		}
		began := h.now
		for moves := 0; !m.Over() && !gone; moves++ { // left alone, it ends
			at, ok := m.Deadline()
			if !ok || moves > 10000 || at.Sub(began) > 24*time.Hour {
				m.Handle(t.Context(), turn.Event{Kind: turn.Gone, At: h.now})
				break
			}
			if at.After(h.now) {
				h.now = at
			}
			m.Tick(t.Context())
		}
		res, _ := m.Finish(t.Context())
		if res.Outcome == "" && res.EndedBy != converse.ByFlow || res.EndedBy == "" {
			t.Fatalf("%+v", res)
		}
		if h.hangups > 1 || h.hangups == 0 && res.EndedBy != converse.ByCustomer || h.transfer && res.EndedBy == converse.ByFlow {
			t.Fatalf("hung up %d times: %+v", h.hangups, res)
		}
	})
}

// anything happens once. It tells whether the customer hung up.
func anything(t *rapid.T, m *converse.Machine, h *hands, words []string) (gone bool) {
	ctx := t.Context()
	h.now = h.now.Add(time.Duration(rapid.IntRange(0, 4000).Draw(t, "ms")) * time.Millisecond)
	text := rapid.SampledFrom(words).Draw(t, "text")
	id := fmt.Sprint("w", rapid.IntRange(0, 4).Draw(t, "id"))
	line := func(ev turn.Event) { ev.At = h.now; m.Handle(ctx, ev) }
	switch rapid.IntRange(0, 18).Draw(t, "what") {
	case 0, 1:
		line(turn.Event{Kind: turn.PromptStart})
	case 2, 3, 4:
		line(turn.Event{Kind: turn.PromptEnd, Completed: true, Played: time.Second})
	case 5:
		line(turn.Event{Kind: turn.SpeechStart, From: h.now})
		line(turn.Event{Kind: turn.SpeechEnd, From: h.now})
	case 6, 7:
		line(turn.Event{Kind: turn.Final, Text: text, Confidence: 0.9, Alternatives: []turn.Alternative{{Text: "yes"}}})
	case 8:
		line(turn.Event{Kind: turn.Partial, Text: text})
	case 9:
		line(turn.Event{Kind: turn.Digit, Digit: rapid.SampledFrom([]string{"1", "2", "#", "x", "", "12#"}).Draw(t, "keys")})
	case 10:
		line(turn.Event{Kind: turn.Silence})
	case 11:
		m.Worked(ctx, dialog.WorkResult{ID: id, Class: dialog.WorkOK, Text: text, Body: map[string]any{"balance": 3.0}, Tool: "done"})
	case 12:
		m.Sentence(ctx, id, text)
	case 13:
		res := dialog.TransferResult{Status: rapid.SampledFrom([]string{dialog.TransferConnected, dialog.TransferNobody, "?"}).Draw(t, "status"), CustomerThere: rapid.Bool().Draw(t, "there")}
		if h.transfer {
			h.transfer = false
			gone = !res.CustomerThere
		}
		m.Transferred(ctx, res)
	case 14:
		line(turn.Event{Kind: rapid.SampledFrom([]turn.Kind{turn.Machine, turn.Screening}).Draw(t, "kind")})
	case 15:
		h.fail = !h.fail && rapid.IntRange(0, 3).Draw(t, "fail") == 0
	case 16:
		if rapid.IntRange(0, 9).Draw(t, "gone") == 0 {
			line(turn.Event{Kind: turn.Gone})
			return true
		}
	case 17:
		line(turn.Event{Kind: turn.EarsFailed})
	case 18:
		m.Tick(ctx)
	}
	return gone
}
