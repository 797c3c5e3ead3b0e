package dialog

import (
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Node is a piece of a YAML document.
type Node = ast.Node

// Place is a place in a file, from 1.
type Place struct {
	Line   int `json:"line"`
	Column int `json:"column"` // in characters
}

// Field is one key of a mapping with its value.
type Field struct {
	Name  string
	At    Place // of the key
	Value Node
}

// Document reads a YAML file that goes with a flow by the flow's own rules: no
// anchors, no tags, nothing deeper or larger than people write; unknown keys
// and wrong types are problems with their place and a hint. What cannot be
// read comes back as a zero value, and as a problem.
type Document struct {
	Root Node // nil when the source is no YAML

	file string
	l    loader
}

// ReadDocument parses a source in memory; file names it in problems.
func ReadDocument(file string, src []byte) *Document {
	d := &Document{file: file}
	d.Root = d.l.parseYAML(src)
	return d
}

// Problems is everything that was wrong so far, in the order of the file; nil
// when nothing was.
func (d *Document) Problems() Problems {
	for i := range d.l.problems {
		d.l.problems[i].File = d.file
	}
	d.l.problems = d.l.problems.sorted()
	if len(d.l.problems) == 0 {
		return nil
	}
	return d.l.problems
}

// Errorf adds a problem.
func (d *Document) Errorf(p Place, hint, format string, args ...any) {
	d.l.errorf(pos{line: p.Line, col: p.Column}, hint, format, args...)
}

// PlaceOf is where a node begins.
func (d *Document) PlaceOf(n Node) Place {
	p := at(n)
	return Place{p.line, p.col}
}

// Fields reads a mapping. Keys that are not among known are refused; without
// known ones any key will do.
func (d *Document) Fields(n Node, what string, known ...string) ([]Field, bool) {
	read := func() (*object, bool) { return d.l.object(n, what, known...) }
	if len(known) == 0 {
		read = func() (*object, bool) { return d.l.open(n, what) }
	}
	o, ok := read()
	if !ok {
		return nil, false
	}
	out := make([]Field, len(o.fields))
	for i, f := range o.fields {
		out[i] = Field{f.name, Place{f.key.line, f.key.col}, f.value}
	}
	return out, true
}

// Only takes the single field of a mapping such as {text: …}, which must be
// one of known.
func (d *Document) Only(n Node, what string, known ...string) (Field, bool) {
	fields, ok := d.Fields(n, what)
	if !ok {
		return Field{}, false
	}
	if len(fields) != 1 {
		d.Errorf(d.PlaceOf(n), "quote texts that hold a comma or a colon", "%s must have one key, not %d", what, len(fields))
		return Field{}, false
	}
	if !slices.Contains(known, fields[0].Name) {
		d.Errorf(fields[0].At, hintAmong(fields[0].Name, known), "unknown key %q in %s", fields[0].Name, what)
		return Field{}, false
	}
	return fields[0], true
}

// Hint proposes the known word that was meant.
func (d *Document) Hint(written string, known ...string) string { return hintAmong(written, known) }

// IsMapping reports whether a node is a mapping.
func (d *Document) IsMapping(n Node) bool { return kindOf(n) == "a mapping" }

// IsList reports whether a node is a list.
func (d *Document) IsList(n Node) bool { return kindOf(n) == "a list" }

// IsBool reports whether a node is true or false.
func (d *Document) IsBool(n Node) bool { return kindOf(n) == "true or false" }

// Text reads a text that is not empty.
func (d *Document) Text(n Node, what string) string {
	s, _ := d.l.word(n, what)
	return s
}

// Texts reads a list of texts, or a single one.
func (d *Document) Texts(n Node, what string) []string { return d.l.texts(n, what) }

// Bool reads true or false.
func (d *Document) Bool(n Node, what string) bool {
	b, _ := d.l.boolean(n, what)
	return b
}

// Number reads a number.
func (d *Document) Number(n Node, what string) float64 {
	v, _ := d.l.number(n, what)
	return v
}

// Duration reads 800ms, 5s or 2m within limits.
func (d *Document) Duration(n Node, what string, least, most time.Duration) time.Duration {
	v, _ := d.l.duration(n, what, least, most)
	return v
}

// List reads a list.
func (d *Document) List(n Node, what string) []Node {
	items, _ := d.l.list(n, what)
	return items
}

// Keys reads what is pressed on a telephone.
func (d *Document) Keys(n Node, what string) string {
	s, ok := d.l.word(n, what)
	if p := at(n); ok && !d.l.keys(s, p, what) {
		return ""
	}
	return s
}

// Value reads anything as JSON would: nil, bool, float64, string, []any or
// map[string]any.
func (d *Document) Value(n Node, what string) any {
	switch kindOf(n) {
	case "nothing":
		return nil
	case "true or false":
		return d.Bool(n, what)
	case "a number":
		return d.Number(n, what)
	case "a list":
		out := []any{}
		for _, item := range d.List(n, what) {
			out = append(out, d.Value(item, "an entry of "+what))
		}
		return out
	case "a mapping":
		out := map[string]any{}
		fields, _ := d.Fields(n, what)
		for _, f := range fields {
			out[f.Name] = d.Value(f.Value, fmt.Sprintf("%s.%s", what, f.Name))
		}
		return out
	}
	s, _ := d.l.text(n, what)
	return s
}

// IsNull reports whether a node is null or not there.
func (d *Document) IsNull(n Node) bool { return isNull(n) }
