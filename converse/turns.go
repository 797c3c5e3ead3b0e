package converse

import (
	"context"
	"errors"
	"slices"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

// decide carries out what the taker of turns decided.
func (m *Machine) decide(ctx context.Context, ds []turn.Decision) {
	for _, d := range ds {
		switch d.Act {
		case turn.StopPrompt:
			m.o.Hands.Stop()
			m.markStopped()
		case turn.Finalize:
			m.o.Hands.Finalize()
		case turn.Heard:
			m.heard(ctx, d)
		case turn.Digits:
			m.result.Turns++
			m.o.Observer.Said(Utterance{Who: "customer", At: d.At, Text: "[" + d.Digits + "]", Confidence: 1, Node: m.o.Session.Node()})
			m.turn(ctx, Timing{Decided: d.At}, dialog.Event{Kind: dialog.EvDigits, Digits: d.Digits})
		case turn.NoInput:
			m.step(ctx, dialog.Event{Kind: dialog.EvNoInput})
		}
	}
}

func (m *Machine) heard(ctx context.Context, d turn.Decision) {
	m.result.Turns++
	m.o.Observer.Said(Utterance{Who: "customer", At: d.Times.SpeechStart, Text: d.Text, Confidence: d.Confidence, Node: m.o.Session.Node()})
	ev := dialog.Event{Kind: dialog.EvHeard, Text: d.Text, Confidence: d.Confidence}
	if m.final.Text == d.Text { // of an utterance in several parts nobody knows the alternatives
		for _, a := range m.final.Alternatives {
			ev.Alternatives = append(ev.Alternatives, dialog.Alternative{Text: a.Text, Confidence: a.Confidence})
		}
	}
	m.final = turn.Event{}
	m.understand(ctx, Timing{SpeechStart: d.Times.SpeechStart, SpeechEnd: d.Times.SpeechEnd, Decided: d.Times.Decided, Final: d.Times.Final, BargeIn: d.Times.BargeIn}, ev)
}

// turn steps on the customer's input and keeps the time.
func (m *Machine) turn(ctx context.Context, t Timing, ev dialog.Event) {
	m.flushTiming()
	t.Stopped = m.lastStop(t.BargeIn)
	m.timing = &t
	m.step(ctx, ev)
	t.Stepped = m.o.Clock.Now()
	if !m.speaks() {
		m.flushTiming()
	}
}

func (m *Machine) speaks() bool {
	for _, a := range m.todo {
		switch a.(type) {
		case dialog.Say, dialog.Work: // work is to be answered with words
			return true
		}
	}
	return false
}

func (m *Machine) flushTiming() {
	if m.timing != nil {
		m.o.Observer.Turn(*m.timing)
		m.timing = nil
	}
}

// step asks the session what is to be done. Words that were still to be said
// are dropped for it, unless the session has nothing to say to this event;
// what else was promised is done.
func (m *Machine) step(ctx context.Context, ev dialog.Event) {
	ev.At = m.o.Clock.Now()
	actions, err := m.o.Session.Step(ev)
	switch {
	case err != nil: // an event of our own making: cannot be, and must not be lost
		m.errs = append(m.errs, err)
		m.close(ByFlow)
	case slices.ContainsFunc(actions, moves):
		m.taker.Disarm()
		m.asking = nil // the conversation has gone on without it
		m.afterwards(ctx)
		m.todo = actions
	default: // notes beside what goes on
		m.todo = append(actions[:len(actions):len(actions)], m.todo...)
	}
}

// moves tells whether an action changes what the conversation is doing. The
// others are notes: whoever listens goes on listening.
func moves(a dialog.Action) bool {
	switch a.(type) {
	case dialog.Say, dialog.Listen, dialog.Transfer, dialog.Work, dialog.End, dialog.Entered:
		return true
	}
	return false
}

// fail tells the flow that something of the outside failed. Where nothing but
// a goodbye was left, what the conversation came to stands.
func (m *Machine) fail(ctx context.Context, err error) {
	m.errs = append(m.errs, err)
	if m.o.Session.Ended() && !errors.Is(err, errDuty) {
		return
	}
	m.step(ctx, dialog.Event{Kind: dialog.EvFailed, Text: err.Error()})
}
