package dialog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	minScore  = 0.5  // of an understood utterance
	minMargin = 0.03 // to the second-best
	maxStack  = 8    // digressions within digressions

	// Language defaults, below what call, flow and node say.
	noInputAfter = 5 * time.Second
	endSilence   = 700 * time.Millisecond
	maxSpeech    = 20 * time.Second
	betweenKeys  = 3 * time.Second

	outcomeError     = "error"
	outcomeHungUp    = "hung_up"
	outcomeVoicemail = "voicemail"
)

// maxVisits of nodes in one step: more than any flow has in a row without
// waiting for the customer.
const maxVisits = 100

// Step takes one event and answers with what is to be done. Events that do not
// fit what the session waits for are ignored, because they may be late. The
// error is for an event that no session can take: a kind that does not exist,
// or no time. Whatever goes wrong within the flow is a Fault among the actions.
func (s *Session) Step(ev Event) ([]Action, error) {
	if ev.At.IsZero() {
		return nil, fmt.Errorf("step of flow %s: the event %q has no time", s.flow.Name, ev.Kind)
	}
	s.now, s.out, s.next, s.steps, s.trail = ev.At.In(s.zone), nil, "", 0, nil
	s.via = ""
	if s.st.Phase == phaseClosed {
		return nil, nil
	}
	switch ev.Kind {
	case EvAnswered:
		if s.st.Phase == phaseNew {
			s.next = s.flow.start
		}
	case EvVoicemail:
		s.voicemail()
	case EvHeard:
		if s.st.Phase == phaseListening {
			s.heard(ev.Text, ev.Confidence)
		}
	case EvDigits:
		if s.st.Phase == phaseListening {
			s.digits(ev.Digits)
		}
	case EvNoInput:
		if s.st.Phase == phaseListening {
			s.failed(true)
		}
	case EvTransferred:
		if s.st.Phase == phaseTransferring {
			s.transferred(ev.Transfer)
		}
	case EvFailed:
		if s.st.Phase == phaseEnded { // what it ended with has not been done
			s.st.Phase, s.st.Ended = phaseNew, false
		}
		s.fault(ev.Text)
	case EvSaid, EvTimer:
		// Nothing of the language waits for these yet.
	case EvHangup:
		s.hangup()
		return s.out, nil
	default:
		return nil, fmt.Errorf("step of flow %s: unknown event %q", s.flow.Name, ev.Kind)
	}
	s.run()
	return s.out, nil
}

func (s *Session) emit(a Action) { s.out = append(s.out, a) }

// run visits nodes until one waits for something.
func (s *Session) run() {
	for s.next != "" {
		n := s.flow.nodes[s.next]
		s.next = ""
		s.steps++
		s.trail = append(s.trail, n.name)
		if s.steps > maxVisits {
			s.steps = 0
			s.fault("the flow goes round in circles: " + cycle(s.trail))
			continue
		}
		if err := s.visit(n); err != nil {
			s.fault(err.Error())
		}
	}
}

// cycle is the shortest repetition at the end of a trail.
func cycle(trail []string) string {
	last := trail[len(trail)-1]
	for i := len(trail) - 2; i >= 0; i-- {
		if trail[i] == last {
			return strings.Join(trail[i:], " → ")
		}
	}
	return strings.Join(trail[max(0, len(trail)-10):], " → ")
}

// visit does a node's parts in their order and then goes on.
func (s *Session) visit(n *node) error {
	gone := s.st.Phase == phaseGone
	s.st.Node, s.st.Silences, s.st.Misses = n.name, 0, 0
	s.emit(Entered{Node: n.name, Intent: s.via})
	s.via = ""
	if n.ask != nil && !n.ask.always && s.st.Slots[n.ask.slot.name] != nil {
		s.next = n.ask.next.node // nothing to ask
		return nil
	}
	if err := s.assign(n.set); err != nil {
		return err
	}
	if n.optOut {
		s.emit(OptOut{Node: n.name, Text: s.st.Text})
	}
	if n.callback != "" {
		if err := s.callback(n); err != nil {
			return err
		}
	}
	if n.outcome != "" {
		s.outcome(n.outcome)
	}
	if n.say != nil && !gone {
		if err := s.say(n, n.say, true); err != nil {
			return err
		}
	}
	return s.goOn(n, gone)
}

func (s *Session) goOn(n *node, gone bool) error {
	switch {
	case n.ends:
		s.end(n.name, n.end)
	case n.returns:
		return s.back()
	case n.choose != nil:
		for _, b := range n.choose {
			ok, err := s.holds(b.cond)
			if err != nil {
				return err
			}
			if ok {
				s.next = b.next.node
				return nil
			}
		}
	case n.next.node != "":
		s.next = n.next.node
	case gone: // nobody to listen to, nobody to transfer
	case n.transfer != nil:
		s.transfer(n)
	case n.listen != nil:
		s.listen(n)
	}
	return nil
}

func (s *Session) holds(cond *expression) (bool, error) {
	if cond == nil {
		return true, nil
	}
	v, err := s.eval(cond)
	if err != nil {
		return false, err
	}
	b, _ := v.(bool)
	return b, nil
}

func (s *Session) assign(set []assignment) error {
	for _, a := range set {
		if a.clear {
			delete(s.st.Slots, a.slot.name)
			s.emit(Slot{Node: s.st.Node, Name: a.slot.name})
			s.took(a.slot, nil)
			continue
		}
		value := a.value
		if a.expr != nil {
			v, err := s.eval(a.expr)
			if err != nil {
				return err
			}
			if value, err = a.slot.accept(v, s.zone); err != nil {
				return fmt.Errorf("set %s: %w", a.slot.name, err)
			}
		} else if a.slot.typ == TimeSlot || a.slot.typ == DateSlot {
			t := value.(time.Time) // a literal is meant in the contact's zone
			value = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, s.zone)
		}
		s.setSlot(a.slot, value)
	}
	return nil
}

func (s *Session) setSlot(sl *slot, value any) {
	s.st.Slots[sl.name] = value
	s.emit(Slot{Node: s.st.Node, Name: sl.name, Value: value})
	s.took(sl, value)
}

func (s *Session) callback(n *node) error {
	when, ok := s.st.Slots[n.callback].(time.Time)
	if !ok {
		return fmt.Errorf("node %s wants to call back, but %s has no value", n.name, n.callback)
	}
	s.emit(Callback{Node: n.name, At: when, Text: s.st.Text})
	return nil
}

func (s *Session) outcome(name string) {
	s.st.Outcome = name
	s.emit(Outcome{Name: name})
}

func (s *Session) end(node, outcome string) {
	if outcome != "" {
		s.outcome(outcome)
	}
	s.st.Ended, s.st.Phase = true, phaseEnded
	s.emit(End{Node: node})
}

// back returns from a digression: the node that was left begins again.
func (s *Session) back() error {
	if len(s.st.Stack) == 0 {
		return errors.New("return without a digression to return from")
	}
	last := len(s.st.Stack) - 1
	s.next = s.st.Stack[last]
	s.st.Stack = s.st.Stack[:last]
	s.st.Spoken = nil
	return nil
}

// fault goes to on_error, or ends. A second fault on the way ends.
func (s *Session) fault(message string) {
	s.emit(Fault{Node: s.st.Node, Message: message})
	s.next = ""
	if s.flow.onError != "" && !s.st.Failing && s.st.Phase != phaseGone {
		s.st.Failing = true
		s.st.Stack = nil
		s.next = s.flow.onError
		return
	}
	if s.st.Phase == phaseGone {
		s.outcome(outcomeError)
		return
	}
	s.end(s.st.Node, outcomeError)
}

func (s *Session) voicemail() {
	switch s.st.Phase {
	case phaseNew, phaseListening:
		if s.flow.onVoicemail == "" {
			s.end(s.st.Node, outcomeVoicemail)
			return
		}
		s.st.Stack = nil
		s.st.Phase = phaseNew
		s.next = s.flow.onVoicemail
	}
}

// hangup runs on_hangup, exactly once. Nothing can keep it from running: what
// fails in it is told and the rest goes on.
func (s *Session) hangup() {
	s.st.Phase = phaseClosed
	fin := s.flow.onHangup
	if fin == nil {
		if s.st.Outcome == "" && !s.st.Ended {
			s.outcome(outcomeHungUp)
		}
		return
	}
	report := func(err error) {
		if err != nil {
			s.emit(Fault{Node: "on_hangup", Message: err.Error()})
		}
	}
	report(s.assign(fin.set))
	for _, b := range fin.choose {
		ok, err := s.holds(b.cond)
		report(err)
		if !ok {
			continue
		}
		report(s.assign(b.set))
		if b.outcome != "" {
			s.outcome(b.outcome)
		}
		break
	}
	if s.st.Outcome == "" && !s.st.Ended && fin.outcome != "" {
		s.outcome(fin.outcome)
	}
}

func (s *Session) transfer(n *node) {
	vars := map[string]string{}
	for _, name := range n.transfer.variables {
		if v := s.st.Slots[name]; v != nil {
			vars[name] = variable(v)
		}
	}
	s.st.Phase = phaseTransferring
	s.emit(Transfer{Node: n.name, Kind: n.transfer.kind, Target: n.transfer.target,
		RingTimeout: n.transfer.ringTimeout, MaxWait: n.transfer.maxWait, Variables: vars})
}

func (s *Session) transferred(r TransferResult) {
	s.st.Transfer = r
	on := s.flow.nodes[s.st.Node].transfer.on
	target, ok := on[r.Status]
	if !ok && slices.Contains([]string{TransferBusy, TransferFailed}, r.Status) {
		target, ok = on[TransferNobody]
	}
	s.st.Phase = phaseNew
	if !r.CustomerThere {
		s.st.Phase = phaseGone
	}
	switch {
	case ok:
		s.next = target.node
	case r.CustomerThere: // talked with the agent, who has left
		s.end(s.st.Node, "")
	}
}
