package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// place is where a value came from.
type place struct {
	file         string
	line, column int
	variable     string // the environment variable or flag
}

func (p place) origin() string {
	switch {
	case p.variable != "":
		return p.variable
	case p.line > 0:
		return fmt.Sprintf("%s:%d", p.file, p.line)
	}
	return "default"
}

// loader gathers values, where each came from, and everything that is wrong.
type loader struct {
	file     string
	dir      string // relative paths of the file start here
	problems Errors
	places   map[string]place // by key path
}

func (l *loader) problem(at place, key, hint, format string, args ...any) {
	l.problems = append(l.problems, Problem{
		File: at.file, Line: at.line, Column: at.column, Key: key,
		Message: fmt.Sprintf(format, args...), Hint: hint,
	})
}

func (l *loader) at(n ast.Node) place {
	switch m := n.(type) {
	case *ast.MappingValueNode:
		n = m.Key
	case *ast.MappingNode:
		if len(m.Values) > 0 && !m.IsFlowStyle {
			n = m.Values[0].Key
		}
	}
	tok := n.GetToken()
	if tok == nil || tok.Position == nil {
		return place{file: l.file}
	}
	return place{file: l.file, line: tok.Position.Line, column: tok.Position.Column}
}

// node stores what n says in v.
func (l *loader) node(n ast.Node, v reflect.Value, key string) {
	at := l.at(n)
	switch m := n.(type) {
	case *ast.NullNode, nil:
		return // "asterisk:" with nothing under it keeps the defaults
	case *ast.AnchorNode, *ast.AliasNode:
		l.problem(at, key, "write the value out", "anchors and aliases are not supported here")
		return
	case *ast.TagNode:
		l.problem(at, key, "remove it", "the tag %s is not supported here", m.GetToken().Value)
		return
	}
	if _, ok := textTarget(v); !ok {
		switch v.Kind() {
		case reflect.Struct:
			l.mapping(n, v, key)
			return
		case reflect.Slice:
			l.sequence(n, v, key)
			return
		case reflect.Map:
			l.table(n, v, key)
			return
		}
	}
	l.places[key] = at
	text, ok := scalarText(n)
	if !ok {
		l.problem(at, key, "", "%s must be %s, not %s", key, describe(v), nodeKind(n))
		return
	}
	if err := setText(v, text); err != nil {
		l.problem(at, key, "", "%s: %v", key, err)
		return
	}
	l.resolve(v)
}

// resolve makes a path of the file relative to the file's directory.
func (l *loader) resolve(v reflect.Value) {
	switch p := v.Addr().Interface().(type) {
	case *Path:
		*p = Path(joinPath(l.dir, string(*p)))
	case *DSN:
		if rest, ok := strings.CutPrefix(string(*p), "sqlite://"); ok && !strings.HasPrefix(rest, ":") {
			*p = DSN("sqlite://" + joinPath(l.dir, rest))
		}
	}
}

func entries(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}, true
	}
	return nil, false
}

func (l *loader) mapping(n ast.Node, v reflect.Value, key string) {
	values, ok := entries(n)
	if !ok {
		l.problem(l.at(n), key, "", "%s must be a section of keys and values, not %s", orFile(key), nodeKind(n))
		return
	}
	if key != "" {
		l.places[key] = l.at(n)
	}
	fields := fieldsOf(v)
	seen := map[string]place{}
	for _, entry := range values {
		name, ok := scalarText(entry.Key)
		at := l.at(entry)
		if !ok {
			l.problem(at, key, "", "a key must be a word")
			continue
		}
		if first, twice := seen[name]; twice {
			l.problem(at, join(key, name), "", "%s is set twice, first in line %d", join(key, name), first.line)
			continue
		}
		seen[name] = at
		if i := slices.IndexFunc(fields, func(f field) bool { return f.name == name }); i >= 0 {
			l.node(entry.Value, fields[i].value, join(key, name))
			if _, set := l.places[join(key, name)]; !set {
				l.places[join(key, name)] = at
			}
			continue
		}
		if i := secretFileField(fields, name); i >= 0 {
			if _, both := seen[fields[i].name]; both {
				l.problem(at, join(key, name), "keep one", "both %s and %s are set", fields[i].name, name)
			}
			l.secretFile(entry.Value, fields[i].value, join(key, fields[i].name), join(key, name))
			continue
		}
		l.problem(at, join(key, name), didYouMean(name, names(fields)), "unknown key %q in %s", name, orFile(key))
	}
}

// secretFile reads a secret from the file its node names.
func (l *loader) secretFile(n ast.Node, v reflect.Value, key, fileKey string) {
	at := l.at(n)
	text, ok := scalarText(n)
	if !ok {
		l.problem(at, fileKey, "", "%s must be the path of a file", fileKey)
		return
	}
	l.places[key] = at
	l.readSecret(at, v, fileKey, joinPath(l.dir, text))
}

func (l *loader) sequence(n ast.Node, v reflect.Value, key string) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		l.problem(l.at(n), key, "begin each entry with a dash", "%s must be a list, not %s", key, nodeKind(n))
		return
	}
	l.places[key] = l.at(n)
	seen := map[string]bool{}
	out := reflect.MakeSlice(v.Type(), 0, len(seq.Values))
	for i, item := range seq.Values {
		elem := reflect.New(v.Type().Elem()).Elem()
		if d, ok := elementDefault(elem.Type()); ok {
			elem.Set(d)
		}
		name := elementName(item, i)
		if seen[name] {
			name = fmt.Sprint(i) // reported by validate; here each keeps its own place
		}
		seen[name] = true
		l.node(item, elem, join(key, name))
		out = reflect.Append(out, elem)
	}
	v.Set(out)
}

// elementName is the entry's name where it has one, else its place.
func elementName(item ast.Node, i int) string {
	values, _ := entries(item)
	for _, e := range values {
		if k, _ := scalarText(e.Key); k == "name" {
			if name, ok := scalarText(e.Value); ok && nameRE.MatchString(name) {
				return name
			}
		}
	}
	return fmt.Sprint(i)
}

func (l *loader) table(n ast.Node, v reflect.Value, key string) {
	values, ok := entries(n)
	if !ok {
		l.problem(l.at(n), key, "", "%s must be a section of keys and values, not %s", key, nodeKind(n))
		return
	}
	l.places[key] = l.at(n)
	out := reflect.MakeMap(v.Type())
	for _, entry := range values {
		name, ok := scalarText(entry.Key)
		if !ok {
			l.problem(l.at(entry), key, "", "a key must be a word")
			continue
		}
		if out.MapIndex(reflect.ValueOf(name)).IsValid() {
			l.problem(l.at(entry), join(key, name), "", "%s is set twice", join(key, name))
			continue
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		l.node(entry.Value, elem, join(key, name))
		out.SetMapIndex(reflect.ValueOf(name), elem)
	}
	v.Set(out)
}

// scalarText is the text of a scalar as it was written, so that a telephone
// number keeps its leading zeros.
func scalarText(n ast.Node) (string, bool) {
	switch m := n.(type) {
	case *ast.StringNode:
		return m.Value, true
	case *ast.LiteralNode:
		return m.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func nodeKind(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a section"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	case *ast.BoolNode:
		return "true or false"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.StringNode, *ast.LiteralNode:
		return "a text"
	}
	return "something else"
}

func orFile(key string) string {
	if key == "" {
		return "the file"
	}
	return key
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}
