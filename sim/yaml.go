package sim

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Problem is one mistake in a persona file.
type Problem struct {
	File         string
	Line, Column int
	Message      string
	Hint         string // may be empty
}

func (p *Problem) Error() string {
	s := fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// reader walks a YAML tree and collects problems.
type reader struct {
	file string
	errs []error
}

func (r *reader) err() error { return errors.Join(r.errs...) }

func (r *reader) fail(n ast.Node, hint, format string, args ...any) {
	p := &Problem{File: r.file, Line: 1, Column: 1, Message: fmt.Sprintf(format, args...), Hint: hint}
	if t := n.GetToken(); t != nil && t.Position != nil {
		p.Line, p.Column = t.Position.Line, t.Position.Column
		if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 { // its own token is the colon
			p.Column = m.Values[0].Key.GetToken().Position.Column
		}
	}
	r.errs = append(r.errs, p)
}

func lineOf(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// fields calls the function of each key. Keys that have none, and keys given
// twice, are problems.
func (r *reader) fields(n ast.Node, what string, known map[string]func(ast.Node)) bool {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		r.fail(n, "", "%s must be a mapping, not %s", what, kindOf(n))
		return false
	}
	seen := map[string]bool{}
	for _, v := range values {
		key := v.Key.GetToken().Value
		read, ok := known[key]
		switch {
		case !ok:
			r.fail(v.Key, "known: "+strings.Join(sortedKeys(known), ", "), "%s has no key %q", what, key)
		case seen[key]:
			r.fail(v.Key, "", "%s has the key %q twice", what, key)
		default:
			read(v.Value)
		}
		seen[key] = true
	}
	return true
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (r *reader) list(n ast.Node, what string, each func(ast.Node)) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		r.fail(n, "", "%s must be a list, not %s", what, kindOf(n))
		return
	}
	for _, v := range s.Values {
		each(v)
	}
}

// text reads a scalar as it is written: a number in quotes or not is text.
func (r *reader) text(n ast.Node, what string) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value
	case *ast.LiteralNode:
		return n.Value.Value
	}
	r.fail(n, "", "%s must be text, not %s", what, kindOf(n))
	return ""
}

func (r *reader) duration(n ast.Node, what string) time.Duration {
	s := r.text(n, what)
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > time.Hour {
		r.fail(n, "as in 1.5s or 800ms, at most 1h", "%s: %q is not a duration", what, s)
		return 0
	}
	return d
}

func (r *reader) integer(n ast.Node, what string) int {
	v, err := strconv.Atoi(r.text(n, what))
	if err != nil || v < 0 || v > 1000 {
		r.fail(n, "", "%s must be a whole number from 0 to 1000", what)
		return 0
	}
	return v
}

func (r *reader) boolean(n ast.Node, what string) bool {
	if b, ok := n.(*ast.BoolNode); ok {
		return b.Value
	}
	r.fail(n, "", "%s must be true or false, not %s", what, kindOf(n))
	return false
}

func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode, *ast.FloatNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	}
	return "a YAML feature that is not supported here"
}
