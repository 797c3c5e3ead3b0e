package converse

import (
	"time"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

// spoken is a prompt that has not ended.
type spoken struct {
	say     dialog.Say
	since   time.Time // given to the mouth, then: started
	started bool
	stopped bool
}

func (m *Machine) promptStarted(ev turn.Event) {
	for i := range m.prompts {
		if p := &m.prompts[i]; !p.started && !p.stopped {
			p.started, p.since = true, ev.At
			break
		}
	}
	if m.timing != nil && m.timing.FirstAudio.IsZero() {
		m.timing.FirstAudio = ev.At
		m.flushTiming()
	}
}

// promptEnded writes the line of the transcript. Prompts that were dropped
// before they began may end before the one that was being said.
func (m *Machine) promptEnded(ev turn.Event) {
	at := -1
	for i, p := range m.prompts {
		if unsaid := ev.Played == 0 && !ev.Completed; at < 0 || unsaid && !p.started && p.stopped && m.prompts[at].started {
			at = i
		}
	}
	if at < 0 {
		return
	}
	p := m.prompts[at]
	m.prompts = append(m.prompts[:at], m.prompts[at+1:]...)
	if len(m.prompts) > 0 && !m.prompts[0].started {
		m.prompts[0].since = ev.At
	}
	if m.timing != nil && !m.timing.BargeIn.IsZero() && m.timing.Stopped.IsZero() {
		m.timing.Stopped = ev.At
	}
	if p.stopped && p.started {
		m.stopped = ev.At
	}
	m.hushed = len(m.prompts) == 0
	m.said(p, ev)
}

func (m *Machine) said(p spoken, ev turn.Event) {
	if !p.started && ev.Played == 0 {
		return // nobody heard it
	}
	u := Utterance{Who: "bot", At: p.since, Text: p.say.Text, Confidence: 1, Node: p.say.Node, Source: p.say.Source}
	if !ev.Completed {
		u.Interrupted = max(ev.Played, time.Millisecond)
	}
	m.o.Observer.Said(u)
}

func (m *Machine) markStopped() {
	for i := range m.prompts {
		m.prompts[i].stopped = true
	}
	m.stopped = time.Time{}
}

// lastStop is when the prompt that was interrupted at onset fell silent, if
// it has already.
func (m *Machine) lastStop(onset time.Time) time.Time {
	if onset.IsZero() || m.stopped.Before(onset) {
		return time.Time{}
	}
	return m.stopped
}

// hush stops the mouth for a reason of the flow's.
func (m *Machine) hush() {
	m.o.Hands.Stop()
	m.taker.Stopped()
	m.markStopped()
}

// flushPrompts writes down what was being said when the call ended.
func (m *Machine) flushPrompts() {
	now := m.o.Clock.Now()
	for _, p := range m.prompts {
		if p.started {
			m.said(p, turn.Event{At: now, Played: now.Sub(p.since)})
		}
	}
	m.prompts = nil
}
