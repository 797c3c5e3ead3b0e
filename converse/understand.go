package converse

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/engine"
)

// Understanding is an engine on another machine that ranks what the customer
// may have meant. When it fails, or takes too long, the flow's own classifier
// understands instead, and the result says so.
type Understanding struct {
	Engine engine.Engine
	Within time.Duration // 0: 400 ms
}

// understandWithin leaves most of a turn's 800 ms to the rest of it.
const understandWithin = 400 * time.Millisecond

// asking is an utterance that is being understood elsewhere.
type asking struct {
	id     string
	until  time.Time
	timing Timing
	ev     dialog.Event
}

// understand asks for an utterance, or steps on it at once where nobody is to
// be asked.
func (m *Machine) understand(ctx context.Context, t Timing, ev dialog.Event) {
	if m.o.Understand == nil {
		m.turn(ctx, t, ev)
		return
	}
	within := m.o.UnderstandWithin
	if within <= 0 {
		within = understandWithin
	}
	m.asked++
	m.asking = &asking{id: strconv.Itoa(m.asked), until: m.o.Clock.Now().Add(within), timing: t, ev: ev}
	m.o.Understand(ctx, m.asking.id, nlu.Query{Text: ev.Text, Confidence: ev.Confidence,
		Among: m.o.Session.Flow().IntentsAt(m.o.Session.Node())})
}

// Understood answers Setup.Understand. What comes too late, or for something
// the conversation has left behind, is ignored.
func (m *Machine) Understood(ctx context.Context, id string, p engine.Parsed, err error) {
	if m.asking == nil || m.asking.id != id {
		return
	}
	m.answerWith(ctx, p, err)
	m.goOn(ctx)
}

func (m *Machine) answerWith(ctx context.Context, p engine.Parsed, err error) {
	a := m.asking
	m.asking = nil
	if err != nil {
		m.result.Faults = append(m.result.Faults, fmt.Sprintf("understanding %q: %v; the flow's own classifier decided", a.ev.Text, err))
	} else {
		a.ev.Ranked = append([]nlu.Candidate{}, p.Ranked...)
	}
	m.turn(ctx, a.timing, a.ev)
}

// understood is what an engine has to tell.
type understood struct {
	id     string
	parsed engine.Parsed
	err    error
}

// understand asks the engine in a goroutine of its own.
func (s *shell) understand(ctx context.Context, id string, q nlu.Query) {
	within := s.r.Understanding.Within
	if within <= 0 {
		within = understandWithin
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	s.running.Go(func() {
		defer cancel()
		p, err := s.r.Understanding.Engine.Parse(ctx, q)
		select {
		case s.meant <- understood{id, p, err}:
		case <-s.ended:
		}
	})
}
