package flowtest

import "github.com/dialwright/dialwright/dialog"

// anywhere stands for the node that a global intent is heard at: it is one
// transition, not one for every node.
const anywhere = "(anywhere)"

// transitions are the ways of a flow, each once, as its graph has them. How
// events of the line and failures lead on is left out: it happens anywhere.
func transitions(f *dialog.Flow) (all []Transition, global map[Transition]bool) {
	global = map[Transition]bool{}
	seen := map[Transition]bool{}
	for _, e := range f.Graph().Edges {
		t := Transition{e.From, e.To}
		switch e.Kind {
		case dialog.EdgeEvent:
			continue
		case dialog.EdgeGlobal, dialog.EdgeDigress:
			t.From = anywhere
			global[t] = true
		}
		if t.To != "" && !seen[t] {
			seen[t] = true
			all = append(all, t)
		}
	}
	return all, global
}
