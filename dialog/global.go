package dialog

import "strings"

const (
	slowerBy = 0.85
	slowest  = 0.6
)

// global does what an intent heard everywhere asks for.
func (s *Session) global(n *node, g global) {
	switch {
	case g.repeat:
		s.again(n)
		s.listen(n)
	case g.slower:
		if s.st.Slow == 0 {
			s.st.Slow = 1
		}
		s.st.Slow = max(s.st.Slow*slowerBy, slowest)
		s.again(n)
		s.listen(n)
	case g.wait > 0:
		if g.say == nil {
			s.speak(n, sentencesOf(s.flow.Language).wait, "", false)
		} else if err := s.say(n, g.say, false); err != nil {
			s.fault(err.Error())
			return
		}
		s.listenFor(n, g.wait)
	case g.say != nil:
		if err := s.say(n, g.say, false); err != nil {
			s.fault(err.Error())
			return
		}
		s.again(n)
		s.listen(n)
	case g.optOut:
		s.emit(OptOut{Node: n.name, Text: s.st.Text})
		s.speak(n, sentencesOf(s.flow.Language).optedOut, "", false)
		s.unwind()
		s.end(n.name, outcomeOptOut)
	case g.back:
		s.digress(n, g.next.node)
	default:
		s.leave(g.next.node)
	}
}

// digress goes to a node of the flow and remembers where it left.
func (s *Session) digress(n *node, target string) {
	if len(s.st.Stack) >= maxStack {
		var trail []string
		for _, fr := range s.st.Stack {
			trail = append(trail, fr.Node)
		}
		s.fault("digressions within digressions: " + strings.Join(append(trail, n.name), " → "))
		return
	}
	s.st.Stack = append(s.st.Stack, frame{Node: n.name, Level: s.st.Level, Spoken: s.st.Spoken})
	s.setLevel(0)
	s.follow(target)
}

// speak says words of ours, or of a model: nothing in them is filled in.
func (s *Session) speak(n *node, text, source string, keep bool) {
	if strings.TrimSpace(text) == "" {
		return
	}
	a := s.flow.say(n, &prompt{}, text, s.st.Defaults.BargeIn)
	a.Source = source
	if said := s.flow.voice.apply(text); said != text {
		a.Parts = []Part{{Text: said}}
	}
	s.emit(a)
	if keep {
		s.st.Spoken = append(s.st.Spoken, a)
	}
}
