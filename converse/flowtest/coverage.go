package flowtest

import (
	"cmp"
	"slices"

	"github.com/dialwright/dialwright/dialog"
)

// Coverage is how much of a flow its tests have walked through.
type Coverage struct {
	Nodes       Share
	Transitions Share
	// Visits counts how often each node was entered, Walks how often each
	// transition was taken, with ones the flow's graph does not name.
	Visits map[string]int
	Walks  map[Transition]int
}

// Share is a part of a whole.
type Share struct {
	Total   int      `json:"total"`
	Covered int      `json:"covered"`
	Missing []string `json:"missing"` // in the order of the flow
}

// Percent is 100 for a whole of nothing.
func (s Share) Percent() float64 {
	if s.Total == 0 {
		return 100
	}
	return 100 * float64(s.Covered) / float64(s.Total)
}

// Transition leads from one node to the next.
type Transition struct{ From, To string }

// String is from → to.
func (t Transition) String() string { return t.From + " → " + t.To }

func cover(f *dialog.Flow, results []Result) Coverage {
	c := Coverage{Visits: map[string]int{}, Walks: map[Transition]int{}}
	for i := range results {
		from := ""
		for _, e := range results[i].entered {
			c.Visits[e.Node]++
			if from != "" {
				c.Walks[Transition{from, e.Node}]++
			}
			from = e.Node
		}
	}
	for _, node := range f.Nodes() {
		c.Nodes.count(node, c.Visits[node] > 0)
	}
	reached := map[string]bool{} // from anywhere
	for t := range c.Walks {
		reached[t.To] = true
	}
	all, global := transitions(f)
	for _, t := range all {
		c.Transitions.count(t.String(), c.Walks[t] > 0 || global[t] && reached[t.To])
	}
	return c
}

func (s *Share) count(name string, covered bool) {
	s.Total++
	if covered {
		s.Covered++
	} else {
		s.Missing = append(s.Missing, name)
	}
}

// Walked lists the transitions that were taken, in order.
func (c Coverage) Walked() []Transition {
	out := make([]Transition, 0, len(c.Walks))
	for t := range c.Walks {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b Transition) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return out
}
