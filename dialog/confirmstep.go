package dialog

import (
	"fmt"
	"strings"

	"github.com/dialwright/dialwright/nlu"
)

const (
	maxRounds = 3   // of corrections
	anySlot   = "*" // a confirmation was denied, and it is open which value is wrong
)

// confirmAt is the confirmation that is asked for at n: its own, or that of
// the value it asks for.
func (s *Session) confirmAt(n *node) *confirm {
	if n.confirm == nil && s.st.Checking && n.ask != nil {
		return &confirm{slots: []*slot{n.ask.slot}, next: n.ask.next, corrections: true}
	}
	return n.confirm
}

// sayConfirm reads the values back.
func (s *Session) sayConfirm(n *node, c *confirm) error {
	if c.say != nil {
		return s.say(n, c.say, true)
	}
	values := s.readBack(c.slots...)
	if values == "" {
		return fmt.Errorf("node %s wants to confirm %s, which has no value", n.name, slotList(c.slots))
	}
	words := sentencesOf(s.flow.Language)
	s.speak(n, words.confirm[0]+values+words.confirm[1], "", true)
	return nil
}

// confirmation reads the answer to a confirmation: a new value, yes or no.
func (s *Session) confirmation(n *node, c *confirm, text string) func() {
	rest, strength := cueOf(text, s.flow.Language)
	if c.corrections || s.st.Asking != "" {
		if do := s.newValue(n, c, rest, strength); do != nil {
			return do
		}
	}
	if s.st.Asking == anySlot {
		for _, sl := range c.slots {
			if names(rest, sl.name) {
				return func() { s.askFor(n, sl) }
			}
		}
	}
	yes, ok := nlu.ParseBoolean(text)
	if !ok {
		return nil
	}
	return func() { s.confirmed(n, c, yes) }
}

// newValue finds a value for one of the slots that differs from what it has.
func (s *Session) newValue(n *node, c *confirm, words string, strength int) func() {
	var candidates []*slot
	for _, sl := range c.slots {
		if s.st.Asking == sl.name || names(words, sl.name) {
			candidates = append(candidates, sl)
		}
	}
	candidates = append(candidates, c.slots...)
	for _, sl := range candidates {
		asked := s.st.Asking == sl.name || s.st.Asking == anySlot && len(c.slots) == 1
		if !asked && !fits(sl, words, max(strength, 1)) {
			continue
		}
		value, ok := sl.understand(words, s.hearing(asked || strength > 0))
		if !ok || value == s.value(sl.name) {
			continue
		}
		return func() { s.changed(n, c, sl, value) }
	}
	return nil
}

// changed takes a corrected value and asks again, a few times at most.
func (s *Session) changed(n *node, c *confirm, sl *slot, value any) {
	if !s.fillSlot(sl, value) {
		return
	}
	s.st.Asking = ""
	if s.st.Rounds++; s.st.Rounds > maxRounds {
		s.failed(false)
		return
	}
	s.confirmAgain(n, c)
}

func (s *Session) confirmAgain(n *node, c *confirm) {
	s.st.Spoken = nil
	if err := s.sayConfirm(n, c); err != nil {
		s.fault(err.Error())
		return
	}
	s.listen(n)
}

func (s *Session) confirmed(n *node, c *confirm, yes bool) {
	switch {
	case yes:
		s.follow(c.next.node)
	case c.denied.node != "":
		s.follow(c.denied.node)
	case s.st.Asking != "": // no, and no value either
		s.failed(false)
	case len(c.slots) == 1:
		s.askFor(n, c.slots[0])
	default:
		s.st.Asking = anySlot
		s.speak(n, sentencesOf(s.flow.Language).which, "", false)
		s.listen(n)
	}
}

// askFor asks for the value that was denied.
func (s *Session) askFor(n *node, sl *slot) {
	words := sentencesOf(s.flow.Language)
	text := words.what
	if s.st.Asking == anySlot {
		text = words.whatIs[0] + strings.ReplaceAll(sl.name, "_", " ") + words.whatIs[1]
	}
	s.st.Asking = sl.name
	s.speak(n, text, "", false)
	s.listen(n)
}

// confirmKeys are 1 for yes and 2 for no, or the value that was denied.
func (s *Session) confirmKeys(n *node, c *confirm, keys string) {
	for _, sl := range c.slots {
		if s.st.Asking == sl.name {
			if v, ok := sl.keyed(keys, s.now); ok {
				s.changed(n, c, sl, v)
				return
			}
		}
	}
	switch keys {
	case "1", "2":
		s.confirmed(n, c, keys == "1")
	default:
		s.failed(false)
	}
}

// beyondRange reads a value of the kind that was asked for that the slot does
// not take, so that the customer can be told.
func (s *Session) beyondRange(n *node, text string) func() {
	if n.ask == nil || n.ask.only {
		return nil
	}
	if _, f := n.ask.slot.read(text, s.hearing(true)); f != valueOut {
		return nil
	}
	return func() { s.refuse(n, n.ask) }
}
