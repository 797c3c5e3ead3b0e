package dialog

import "fmt"

// startSub goes into a sub-flow.
func (s *Session) startSub(n *node) error {
	sf := s.flow.subs[n.run.flow]
	if len(s.st.Scopes) >= maxScopes {
		return fmt.Errorf("node %s: sub-flows within sub-flows, more than %d deep", n.name, maxScopes)
	}
	given := make([]any, len(n.run.with))
	for i, a := range n.run.with { // in the slots of the one that runs it
		v, err := s.assigned(a, nil)
		if err != nil {
			return err
		}
		given[i] = v
	}
	s.st.Scopes = append(s.st.Scopes, scope{Sub: sf.name, Run: n.name, Parent: s.st.Level})
	s.setLevel(len(s.st.Scopes) - 1)
	for i, a := range n.run.with {
		if err := s.setSlot(a.slot, given[i]); err != nil {
			return err
		}
	}
	s.next = sf.start
	return nil
}

// endSub comes back from a sub-flow, with its results.
func (s *Session) endSub(n *node) {
	sc := s.st.Scopes[s.st.Level]
	run := s.flow.nodes[sc.Run].run
	s.st.Scopes = s.st.Scopes[:s.st.Level]
	s.setLevel(sc.Parent)
	for _, r := range run.into {
		if v := sc.Slots[r.from.name]; v != nil {
			if err := s.setSlot(r.to, v); err != nil {
				s.fault(err.Error())
				return
			}
		}
	}
	s.next = run.next.node
	if on, ok := run.on[n.end]; ok {
		s.next = on.node
	}
}
