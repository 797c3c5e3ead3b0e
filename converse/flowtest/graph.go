package flowtest

import (
	"context"
	"errors"

	"github.com/dialwright/dialwright/dialog"
)

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

// Untested warns of every node of a flow's directory that its tests do not
// reach, at the place where the node is written. A directory without tests has
// no warnings; tests that cannot be read have their problems.
func Untested(ctx context.Context, dir string) (dialog.Problems, error) {
	names, err := Dir(dir)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	s, err := Open(dir)
	var wrong dialog.Problems
	switch {
	case errors.As(err, &wrong):
		return wrong, nil
	case err != nil:
		return nil, err
	}
	visits := s.Run(ctx, Options{}).Coverage.Visits
	var out dialog.Problems
	for _, n := range s.Flow.Graph().Nodes {
		if visits[n.Name] == 0 {
			out = append(out, dialog.Problem{File: n.File, Line: n.Line, Column: n.Column, Severity: dialog.SevWarning,
				Message: "no test comes to node " + n.Name})
		}
	}
	return out, nil
}
