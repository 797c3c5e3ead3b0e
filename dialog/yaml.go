package dialog

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	maxFileBytes = 4 << 20
	maxDepth     = 32  // brackets inside brackets
	maxIndent    = 400 // columns; block nesting cannot be deeper than this
)

// pos is a place in the flow's file.
type pos struct{ line, col int }

func at(n ast.Node) pos {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return pos{1, 1}
	}
	t := n.GetToken()
	switch v := n.(type) {
	case *ast.MappingNode: // its token is the first colon
		if len(v.Values) > 0 && t.Type == token.MappingValueType {
			return at(v.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return at(v.Key)
	}
	return pos{t.Position.Line, t.Position.Column}
}

// parseYAML turns source into the root node of its only document. What the
// parser itself would choke on (depth, size) is refused before it starts.
func (l *loader) parseYAML(src []byte) ast.Node {
	if len(src) > maxFileBytes {
		l.errorf(pos{1, 1}, "", "the file is %d bytes long, more than %d", len(src), maxFileBytes)
		return nil
	}
	tokens := lexer.Tokenize(string(src))
	if !l.shallow(tokens) {
		return nil
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) && syntax.GetToken() != nil {
			p := syntax.GetToken().Position
			l.errorf(pos{p.Line, p.Column}, "", "not valid YAML: %s", syntax.Message)
		} else {
			l.errorf(pos{1, 1}, "", "not valid YAML: %s", firstLine(err.Error()))
		}
		return nil
	}
	var root ast.Node
	for _, d := range file.Docs {
		if d.Body == nil {
			continue
		}
		if root != nil {
			l.errorf(at(d.Body), "one file is one flow", "a second YAML document begins here")
			return nil
		}
		root = d.Body
	}
	if root == nil {
		l.errorf(pos{1, 1}, "it begins with: flow: NAME", "the file is empty")
	}
	return root
}

// shallow refuses nesting that no flow needs and that costs a recursive parser
// its stack.
func (l *loader) shallow(tokens token.Tokens) bool {
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType:
			if t.Position.Column > maxIndent && t.Type != token.MappingValueType {
				depth = maxDepth + 1
			}
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			l.errorf(pos{t.Position.Line, t.Position.Column}, "write it out", "anchors and aliases are not part of the flow language")
			return false
		case token.TagType:
			l.errorf(pos{t.Position.Line, t.Position.Column}, "remove it", "tags are not part of the flow language")
			return false
		}
		if depth > maxDepth {
			l.errorf(pos{t.Position.Line, t.Position.Column}, "", "nested deeper than any flow needs")
			return false
		}
	}
	return true
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// field is one key of a mapping with its value.
type field struct {
	name  string
	key   pos
	value ast.Node
}

// object is a mapping whose keys have been checked.
type object struct {
	at     pos
	fields []field
}

func (o *object) get(name string) (field, bool) {
	for _, f := range o.fields {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}

// open reads a mapping with any keys; what names it in messages.
func (l *loader) open(n ast.Node, what string) (*object, bool) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		if one, single := n.(*ast.MappingValueNode); single {
			m = &ast.MappingNode{Values: []*ast.MappingValueNode{one}}
		} else {
			l.holes = true
			l.errorf(at(n), "", "%s must be a mapping, not %s", what, kindOf(n))
			return nil, false
		}
	}
	o := &object{at: at(n)}
	for _, v := range m.Values {
		key, ok := keyText(v.Key)
		if !ok {
			l.errorf(at(v.Key), "", "a key of %s must be a plain word", what)
			continue
		}
		o.fields = append(o.fields, field{name: key, key: at(v.Key), value: v.Value})
	}
	return o, true
}

// object reads a mapping and refuses keys that are not among known.
func (l *loader) object(n ast.Node, what string, known ...string) (*object, bool) {
	o, ok := l.open(n, what)
	if !ok {
		return nil, false
	}
	for _, f := range o.fields {
		if !slices.Contains(known, f.name) {
			l.holes = true
			l.errorf(f.key, hintAmong(f.name, known), "unknown key %q in %s", f.name, what)
		}
	}
	return o, true
}

func keyText(k ast.MapKeyNode) (string, bool) {
	switch k.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.BoolNode, *ast.NullNode, *ast.FloatNode:
		return k.GetToken().Value, true
	}
	return "", false
}

func kindOf(n ast.Node) string {
	switch n.(type) {
	case nil, *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	}
	return "this"
}

func isNull(n ast.Node) bool {
	if n == nil {
		return true
	}
	_, ok := n.(*ast.NullNode)
	return ok
}

// text reads a string. Numbers and booleans are refused, so that nobody is
// surprised by 007 or no.
func (l *loader) text(n ast.Node, what string) (string, bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(v.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		l.errorf(at(n), fmt.Sprintf("write it in quotes: %q", n.GetToken().Value), "%s must be text, not %s", what, kindOf(n))
		return "", false
	}
	l.errorf(at(n), "", "%s must be text, not %s", what, kindOf(n))
	return "", false
}

// word reads a text that is not empty.
func (l *loader) word(n ast.Node, what string) (string, bool) {
	s, ok := l.text(n, what)
	if ok && strings.TrimSpace(s) == "" {
		l.errorf(at(n), "", "%s is empty", what)
		return "", false
	}
	return s, ok
}

// keys reads what is pressed on a telephone: digits, * and #.
func (l *loader) keys(s string, p pos, what string) bool {
	if s == "" || strings.Trim(s, "0123456789*#") != "" {
		l.errorf(p, "0 to 9, * and #", "%s must be telephone keys, not %q", what, s)
		return false
	}
	return true
}

func (l *loader) boolean(n ast.Node, what string) (value, ok bool) {
	if b, isBool := n.(*ast.BoolNode); isBool {
		return b.Value, true
	}
	l.errorf(at(n), "", "%s must be true or false, not %s", what, kindOf(n))
	return false, false
}

func (l *loader) number(n ast.Node, what string) (float64, bool) {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		if v, err := strconv.ParseFloat(strings.ReplaceAll(n.GetToken().Value, "_", ""), 64); err == nil {
			return v, true
		}
	}
	l.errorf(at(n), "", "%s must be a number, not %s", what, kindOf(n))
	return 0, false
}

// duration reads 800ms, 5s, 2m, within limits.
func (l *loader) duration(n ast.Node, what string, least, most time.Duration) (time.Duration, bool) {
	if _, numeric := n.(*ast.IntegerNode); numeric {
		l.errorf(at(n), fmt.Sprintf("write %ss or %sms", n.GetToken().Value, n.GetToken().Value), "%s needs a unit", what)
		return 0, false
	}
	s, ok := l.text(n, what)
	if !ok {
		return 0, false
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		l.errorf(at(n), "for example 800ms, 5s or 2m", "%s must be a duration, not %q", what, s)
		return 0, false
	}
	if d < least || d > most {
		l.errorf(at(n), "", "%s must be between %s and %s, not %s", what, least, most, d)
		return 0, false
	}
	return d, true
}

// list reads a sequence.
func (l *loader) list(n ast.Node, what string) ([]ast.Node, bool) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		l.holes = true
		l.errorf(at(n), "", "%s must be a list, not %s", what, kindOf(n))
		return nil, false
	}
	return s.Values, true
}

// texts reads a list of strings, or a single one.
func (l *loader) texts(n ast.Node, what string) []string {
	if _, isList := n.(*ast.SequenceNode); !isList {
		if s, ok := l.word(n, what); ok {
			return []string{s}
		}
		return nil
	}
	items, _ := l.list(n, what)
	if len(items) == 0 {
		l.errorf(at(n), "", "%s is an empty list", what)
	}
	var out []string
	for _, item := range items {
		if s, ok := l.word(item, "an entry of "+what); ok {
			out = append(out, s)
		}
	}
	return out
}

func (l *loader) errorf(p pos, hint, format string, args ...any) {
	l.problems = append(l.problems, Problem{Line: p.line, Column: p.col, Severity: SevError, Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (l *loader) warnf(p pos, hint, format string, args ...any) {
	l.problems = append(l.problems, Problem{Line: p.line, Column: p.col, Severity: SevWarning, Message: fmt.Sprintf(format, args...), Hint: hint})
}
