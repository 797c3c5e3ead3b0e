package converse

import (
	"context"
	"errors"
	"fmt"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

// goOn does what is to be done, in order, as far as it can be done now, and
// tells the session when all has been said.
func (m *Machine) goOn(ctx context.Context) {
	for {
		m.work(ctx)
		if m.over || !m.hushed || len(m.prompts) > 0 || len(m.todo) > 0 || m.transfer || m.gone {
			return
		}
		m.hushed = false
		m.step(ctx, dialog.Event{Kind: dialog.EvSaid})
	}
}

func (m *Machine) work(ctx context.Context) {
	for len(m.todo) > 0 && !m.over && !m.transfer {
		a := m.todo[0]
		if afterSpeech(a) && len(m.prompts) > 0 {
			return // all must be said first
		}
		m.todo = m.todo[1:]
		m.o.Observer.Action(m.o.Clock.Now(), a)
		if err := m.do(ctx, a); err != nil {
			m.fail(ctx, err)
		}
	}
	if len(m.todo) == 0 && len(m.works) == 0 && m.gone && !m.transfer && !m.over {
		m.close(ByCustomer)
	}
}

// afterSpeech tells whether an action must wait for what is being said: a
// recording of the customer would have our own voice in it.
func afterSpeech(a dialog.Action) bool {
	switch a := a.(type) {
	case dialog.Transfer, dialog.End:
		return true
	case dialog.Work:
		return a.Kind == dialog.WorkRecord
	}
	return false
}

func (m *Machine) do(ctx context.Context, a dialog.Action) error {
	switch a := a.(type) {
	case dialog.Say:
		if m.gone {
			return nil
		}
		if err := m.o.Hands.Say(ctx, a); err != nil {
			return fmt.Errorf("mouth: %w", err)
		}
		m.taker.Queue(a.BargeIn, turn.Interrupt(a.Interrupt))
		m.hushed = false
		m.prompts = append(m.prompts, spoken{say: a, since: m.o.Clock.Now()})
	case dialog.Listen:
		return m.listen(ctx, a)
	case dialog.Transfer:
		m.transfer = true
		m.o.Hands.Transfer(ctx, a)
	case dialog.Work:
		limit := a.Timeout
		if limit <= 0 {
			limit = maxWork
		}
		m.works[a.ID] = m.o.Clock.Now().Add(limit)
		m.o.Hands.Work(ctx, a)
	case dialog.End:
		m.close(ByFlow)
	default:
		return m.keep(ctx, a)
	}
	return nil
}

func (m *Machine) listen(ctx context.Context, a dialog.Listen) error {
	if m.gone {
		return nil
	}
	if err := m.o.Hands.Listen(ctx, a); err != nil {
		return fmt.Errorf("ears: %w", err)
	}
	l := turn.Listen{NoInput: a.NoInput, EndSilence: a.EndSilence, MaxSpeech: a.MaxSpeech,
		MaxDigits: a.Digits.Max, Terminator: a.Digits.Terminator, Between: a.Digits.Between}
	if m.o.Patient {
		l.NoInput, l.EndSilence, l.Between = 0, min(l.EndSilence, 1), min(l.Between, 1)
	}
	m.decide(ctx, m.taker.Arm(m.o.Clock.Now(), l))
	return nil
}

// errDuty marks a promise that could not be kept: the flow must not go on as
// if it had been.
var errDuty = errors.New("duty")

// keep does what needs neither mouth nor ears.
func (m *Machine) keep(ctx context.Context, a dialog.Action) error {
	promise := func(what string, err error) error {
		if err != nil {
			return fmt.Errorf("%w: %s: %w", errDuty, what, err)
		}
		return nil
	}
	switch a := a.(type) {
	case dialog.OptOut:
		return promise("opt out", m.o.Duties.OptOut(ctx, a))
	case dialog.Callback:
		return promise("keep a callback", m.o.Duties.Callback(ctx, a))
	case dialog.Remember:
		return promise("remember "+a.Name, m.o.Duties.Remember(ctx, a))
	case dialog.Consented:
		return promise("record a consent", m.o.Duties.Consent(ctx, a))
	case dialog.StartTimer:
		m.timers[a.Name] = m.o.Clock.Now().Add(a.After)
	case dialog.StopTimer:
		delete(m.timers, a.Name)
	case dialog.CancelWork:
		m.cancelWork(a.ID)
	case dialog.Fault:
		m.result.Faults = append(m.result.Faults, a.Node+": "+a.Message)
	}
	// The observer has the others: Slot, Outcome, Entered, Assigned.
	return nil
}

func (m *Machine) cancelWork(id string) {
	if _, running := m.works[id]; running {
		delete(m.works, id)
		m.o.Hands.StopWork(id)
	}
}

// afterwards does what is left to do when no more words are to be said:
// duties and records.
func (m *Machine) afterwards(ctx context.Context) {
	left := m.todo
	m.todo = nil
	for _, a := range left {
		switch a.(type) {
		case dialog.Say, dialog.Listen, dialog.Transfer, dialog.Work, dialog.End:
			continue
		}
		m.o.Observer.Action(m.o.Clock.Now(), a)
		if err := m.keep(ctx, a); err != nil {
			m.errs = append(m.errs, err)
		}
	}
}
