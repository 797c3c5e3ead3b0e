package dialog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dialwright/dialwright/nlu"
)

// Severity tells whether a flow with this problem may run.
type Severity string

// The severities.
const (
	SevError   Severity = "error"   // the flow does not load
	SevWarning Severity = "warning" // it loads; somebody should look at it
)

// Problem is one thing that is wrong with a flow.
type Problem struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`   // from 1
	Column   int      `json:"column"` // in characters, from 1
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"`
}

// String is file:line:col: message (hint).
func (p Problem) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// Problems is everything that is wrong with a flow, in the order of the file.
// As an error it holds at least one of severity error.
type Problems []Problem

// Error lists the problems one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Fatal reports whether any problem keeps the flow from running.
func (ps Problems) Fatal() bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return p.Severity == SevError })
}

func (ps Problems) sorted() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(ps)
}

// didYouMean proposes the known word that looks most like the one written.
func didYouMean(written string, known []string) string {
	best, bestDistance := "", max(1, min(3, len(written)/3))+1
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := nlu.EditDistance(strings.ToLower(written), strings.ToLower(k), bestDistance-1); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return ""
}

// hintAmong is didYouMean, or the list itself when nothing looks alike and the
// list is short.
func hintAmong(written string, known []string) string {
	if h := didYouMean(written, known); h != "" {
		return h
	}
	if len(known) == 0 || len(known) > 24 {
		return ""
	}
	return "known: " + strings.Join(slices.Sorted(slices.Values(known)), ", ")
}
