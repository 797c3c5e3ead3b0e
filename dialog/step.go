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
	outcomeOptOut    = "opt_out"
	outcomeLength    = "max_length"
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
	s.via, s.unsure = "", false
	if s.st.Phase == phaseClosed {
		return nil, nil
	}
	if !s.take(ev) {
		return nil, fmt.Errorf("step of flow %s: unknown event %q", s.flow.Name, ev.Kind)
	}
	s.run()
	s.bound()
	return s.out, nil
}

// take looks at an event. false: there is no such event.
func (s *Session) take(ev Event) bool {
	switch ev.Kind {
	case EvAnswered:
		if s.st.Phase == phaseNew {
			s.answer(s.flow.start)
		}
	case EvVoicemail:
		s.voicemail()
	case EvScreening:
		s.screening()
	case EvHeard:
		s.customerSpoke(ev)
	case EvDigits:
		s.customerPressed(ev.Digits)
	case EvNoInput:
		if s.st.Phase == phaseListening {
			s.failed(true)
		}
	case EvTransferred:
		if s.st.Phase == phaseTransferring {
			s.transferred(ev.Transfer)
		}
	case EvTimer:
		s.timer(ev.Timer)
	case EvSentence:
		s.sentence(ev.Work)
	case EvWorked:
		s.worked(ev.Work)
	case EvFailed:
		if s.st.Phase == phaseEnded { // what it ended with has not been done
			s.st.Phase, s.st.Ended = phaseNew, false
		}
		s.fault(clean(ev.Text))
	case EvSaid: // nothing of the language waits for it
	case EvHangup:
		s.hangup()
	default:
		return false
	}
	return true
}

func (s *Session) emit(a Action) {
	if say, ok := a.(Say); ok && s.st.Slow > 0 {
		a = say.slower(s.st.Slow)
	}
	s.out = append(s.out, a)
}

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

// enter makes n the place where the session stands.
func (s *Session) enter(n *node) {
	s.st.Node, s.st.Silences, s.st.Misses = n.name, 0, 0
	s.st.Verify, s.st.Asking, s.st.Rounds, s.st.Checking = "", "", 0, false
	s.emit(Entered{Node: n.name, Intent: s.via})
	s.via = ""
}

// visit does a node's parts in their order and then goes on.
func (s *Session) visit(n *node) error {
	gone := s.st.Phase == phaseGone
	s.enter(n)
	s.count("node " + n.name)
	if n.ask != nil && !n.ask.always && s.value(n.ask.slot.name) != nil {
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
		if elsewhere, err := s.callback(n); err != nil || elsewhere {
			return err
		}
	}
	if n.outcome != "" {
		s.outcome(n.outcome)
	}
	if n.consent != nil {
		if err := s.consented(n.consent.slot, n.consent.scope, true); err != nil {
			return err
		}
	}
	for _, p := range []*prompt{n.play, n.say} {
		if p == nil || gone {
			continue
		}
		if err := s.say(n, p, true); err != nil {
			return err
		}
	}
	return s.goOn(n, gone)
}

func (s *Session) goOn(n *node, gone bool) error {
	switch {
	case n.ends && n.sub != "":
		s.endSub(n)
	case n.ends:
		s.end(n.name, n.end)
	case n.returns:
		return s.back()
	case n.choose != nil:
		return s.branch(n)
	case n.next.node != "":
		s.next = n.next.node
	case n.run != nil:
		return s.startSub(n)
	case gone: // nobody to listen to, nobody to wait for
	case n.transfer != nil:
		s.transfer(n)
	case n.work != nil && n.work.kind == WorkLLM:
		return s.startLLM(n)
	case n.work != nil:
		return s.startWork(n)
	case n.confirm != nil:
		if err := s.sayConfirm(n, n.confirm); err != nil {
			return err
		}
		s.listen(n)
	case n.listen != nil:
		if n.ask != nil {
			s.count("slot " + n.ask.slot.name)
		}
		s.listen(n)
	}
	return nil
}

func (s *Session) branch(n *node) error {
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
	return nil
}

// count counts what an expression of the flow asks for.
func (s *Session) count(what string) {
	if !s.flow.counted[what] {
		return
	}
	if s.st.Counts == nil {
		s.st.Counts = map[string]int{}
	}
	s.st.Counts[what]++
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
		value, err := s.assigned(a, nil)
		if err != nil {
			return err
		}
		if err := s.setSlot(a.slot, value); err != nil {
			return err
		}
	}
	return nil
}

// assigned is the value of an assignment.
func (s *Session) assigned(a assignment, result any) (any, error) {
	if a.expr == nil {
		if t, isTime := a.value.(time.Time); isTime { // a literal is meant in the contact's zone
			return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, s.zone), nil
		}
		return a.value, nil
	}
	v, err := s.evalWith(a.expr, result)
	if err != nil {
		return nil, err
	}
	value, err := a.slot.accept(clipValue(v), s.zone)
	if err != nil {
		return nil, fmt.Errorf("set %s: %w", a.slot.name, err)
	}
	return value, nil
}

// setSlot gives a slot of the level in force a value.
func (s *Session) setSlot(sl *slot, value any) error {
	value, err := s.fitting(sl.name, clipValue(value))
	if err != nil {
		return err
	}
	s.st.Slots[sl.name] = value
	s.emit(Slot{Node: s.st.Node, Name: sl.name, Value: value})
	if s.flow.slots[sl.name] == sl {
		s.took(sl, value)
	}
	return nil
}

// callback keeps an appointment. It goes elsewhere where nobody may be called
// at that time and the flow says what to do then.
func (s *Session) callback(n *node) (elsewhere bool, err error) {
	when, ok := s.value(n.callback).(time.Time)
	if !ok {
		return false, fmt.Errorf("node %s wants to call back, but %s has no value", n.name, n.callback)
	}
	if s.hours != nil && n.outside.node != "" {
		if may, next := s.hours(when); !may {
			if sl := s.slotNamed(callbackNext); sl != nil && sl.typ == TimeSlot && !next.IsZero() {
				if err := s.setSlot(sl, next.In(s.zone)); err != nil {
					return false, err
				}
			}
			s.next = n.outside.node
			return true, nil
		}
	}
	s.emit(Callback{Node: n.name, At: when, Text: s.st.Text})
	return false, nil
}

// callbackNext is the slot that gets the next time somebody may be called,
// where a flow has it.
const callbackNext = "callback_next"

// consented records an agreement or a refusal.
func (s *Session) consented(sl *slot, scope string, given bool) error {
	value := Consent{Given: given, At: s.now, Words: s.st.Text}
	if !s.st.Answered.IsZero() {
		value.Position = s.now.Sub(s.st.Answered)
	}
	if err := s.setSlot(sl, value); err != nil {
		return err
	}
	c := Consented{Node: s.st.Node, Slot: sl.name, Scope: scope, Given: given, At: s.now, Position: value.Position, Text: s.st.Text}
	s.emit(c)
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

// back returns from a digression: what was said before it is said again. A
// node whose question the digression has answered is passed over.
func (s *Session) back() error {
	if len(s.st.Stack) == 0 {
		return errors.New("return without a digression to return from")
	}
	last := len(s.st.Stack) - 1
	fr := s.st.Stack[last]
	s.st.Stack = s.st.Stack[:last]
	s.st.Scopes = s.st.Scopes[:max(fr.Level, s.deepest())+1]
	s.setLevel(fr.Level)
	n := s.flow.nodes[fr.Node]
	s.st.Spoken = nil
	if len(fr.Spoken) == 0 || n.ask != nil && !n.ask.always && s.value(n.ask.slot.name) != nil {
		s.next = n.name
		return nil
	}
	s.enter(n)
	s.st.Spoken = fr.Spoken
	s.again(n)
	s.listen(n)
	return nil
}

// deepest is the highest level a digression still returns to.
func (s *Session) deepest() int {
	level := 0
	for _, fr := range s.st.Stack {
		level = max(level, fr.Level)
	}
	return level
}

// leave goes to a node of the flow, whatever runs: digressions and sub-flows
// are over.
func (s *Session) leave(target string) {
	s.unwind()
	s.follow(target)
}

func (s *Session) unwind() {
	s.cancelWork()
	s.st.Stack = nil
	s.st.Scopes = s.st.Scopes[:1]
	s.setLevel(0)
}

// fault goes to on_error, or ends. A second fault on the way ends.
func (s *Session) fault(message string) {
	s.emit(Fault{Node: s.st.Node, Message: message})
	s.next = ""
	if s.flow.onError != "" && !s.st.Failing && s.st.Phase != phaseGone {
		s.st.Failing = true
		s.unwind()
		s.next = s.flow.onError
		return
	}
	s.cancelWork()
	if s.st.Phase == phaseGone {
		s.outcome(outcomeError)
		return
	}
	s.end(s.st.Node, outcomeError)
}

// hangup runs on_hangup, exactly once. Nothing can keep it from running: what
// fails in it is told and the rest goes on.
func (s *Session) hangup() {
	s.unwind()
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
		if v := s.value(name); v != nil {
			vars[name] = variable(v)
		}
	}
	s.st.Phase = phaseTransferring
	s.emit(Transfer{Node: n.name, Kind: n.transfer.kind, Target: n.transfer.target,
		RingTimeout: n.transfer.ringTimeout, MaxWait: n.transfer.maxWait, Variables: vars})
}

func (s *Session) transferred(r TransferResult) {
	r.Agent, r.Detail, r.Status = clipText(clean(r.Agent), maxID), clipText(clean(r.Detail), maxID), clipText(r.Status, maxID)
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
