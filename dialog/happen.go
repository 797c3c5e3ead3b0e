package dialog

import (
	"strings"
	"time"
)

// answer begins: what must be said first, the timers, the first node.
func (s *Session) answer(start string) {
	ev := s.flow.events
	if s.st.Answered.IsZero() {
		s.st.Answered = s.now
	}
	since := s.now.Sub(s.st.Answered)
	arm := func(t timer) {
		if t.after > 0 {
			s.emit(StartTimer{Name: t.name, After: max(t.after-since, time.Millisecond)})
		}
	}
	if ev.silence.next.node != "" {
		arm(ev.silence)
	}
	arm(ev.maxLength)
	for _, t := range ev.timers {
		arm(t)
	}
	if s.disclose() {
		s.next = start
	}
}

// disclose says what must be said before anything else. false: it cannot be
// said, and the session is on its way to on_error.
func (s *Session) disclose() bool {
	p := s.flow.events.disclosure
	if p == nil || s.st.Disclosed {
		return true
	}
	s.st.Disclosed = true
	before := len(s.out)
	if err := s.say(nil, p, false); err != nil {
		s.fault(err.Error())
		return false
	}
	for i, a := range s.out[before:] {
		if say, ok := a.(Say); ok {
			say.BargeIn, say.Interrupt = false, Interrupt{}
			s.out[before+i] = say
			s.emit(Disclosed{Text: say.Text})
		}
	}
	return true
}

// voicemail goes on for a machine. While the customer is being handed over, or
// gone, it is too late.
func (s *Session) voicemail() {
	switch s.st.Phase {
	case phaseNew, phaseListening, phaseWorking:
		if s.flow.onVoicemail == "" {
			s.unwind()
			s.end(s.st.Node, outcomeVoicemail)
			return
		}
		s.leave(s.flow.onVoicemail)
		s.disclose()
	}
}

// screening goes on for a call screener, where the flow knows what to say.
func (s *Session) screening() {
	target := s.flow.events.onScreening
	if target == "" {
		return
	}
	switch s.st.Phase {
	case phaseNew, phaseListening, phaseWorking:
		s.leave(target)
		s.disclose()
	}
}

// timer is one of the flow's, or a guard of ours.
func (s *Session) timer(name string) {
	switch s.st.Phase {
	case phaseNew, phaseGone, phaseEnded, phaseClosed:
		return
	}
	ev := s.flow.events
	switch name {
	case timerSilence:
		if !s.st.SpokeUp && ev.silence.next.node != "" {
			s.due(ev.silence.next.node)
		}
		return
	case timerLength:
		if ev.maxLength.after > 0 && !s.st.Overtime {
			s.st.Closing, s.st.Overtime = true, true
			s.emit(StartTimer{Name: timerHard, After: afterLimit})
		}
		return
	case timerHard:
		if s.st.Overtime && s.st.Phase != phaseTransferring {
			s.cancelWork()
			s.close()
		}
		return
	}
	if id, ok := strings.CutPrefix(name, timerFiller); ok {
		s.fillerDue(id)
		return
	}
	if id, ok := strings.CutPrefix(name, timerWork); ok {
		if s.current(id) { // it should have ended by itself
			s.emit(CancelWork{ID: id})
			s.worked(WorkResult{ID: id, Class: WorkTimeout, Detail: "no answer in time"})
		}
		return
	}
	for _, t := range ev.timers {
		if t.name == name {
			s.due(t.next.node)
			return
		}
	}
}

// due goes to a node now, or as soon as the customer's turn comes.
func (s *Session) due(target string) {
	if s.st.Phase == phaseListening {
		s.leave(target)
		return
	}
	if s.st.Due == "" {
		s.st.Due = target
	}
}

// overdue does instead of listening what a timer asked for in between.
func (s *Session) overdue() bool {
	ev := s.flow.events
	if s.st.Closing {
		s.st.Closing = false
		n := s.flow.nodes[s.st.Node]
		switch {
		case ev.maxSay != nil:
			if err := s.say(n, ev.maxSay, false); err != nil {
				s.fault(err.Error())
				return true
			}
		case ev.maxLength.next.node == "":
			s.speak(n, sentencesOf(s.flow.Language).goodbye, "", false)
		}
		if ev.maxLength.next.node != "" {
			s.leave(ev.maxLength.next.node)
			return true
		}
		s.close()
		return true
	}
	if target := s.st.Due; target != "" {
		s.st.Due = ""
		s.leave(target)
		return true
	}
	return false
}

// close ends because the time is over.
func (s *Session) close() {
	s.unwind()
	outcome := ""
	if s.st.Outcome == "" {
		outcome = outcomeLength
	}
	s.end(s.st.Node, outcome)
}
