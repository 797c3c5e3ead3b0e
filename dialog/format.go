package dialog

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// format is a text for machines, with {{expressions}} in it. Values go in as
// programs read them, not as people say them.
type format struct {
	source string
	pieces []formatPiece
}

type formatPiece struct {
	text string
	expr *expression
}

// jsonFormat is a value for machines: a plain one, a list, a mapping, or a text
// with places in it. A text that begins with = is an expression and keeps its
// type.
type jsonFormat struct {
	plain  any
	text   *format
	expr   *expression
	list   []*jsonFormat
	fields []jsonField
	kind   byte // p, t, e, l, f
}

type jsonField struct {
	name  string
	value *jsonFormat
}

// format reads a text with places.
func (l *loader) format(n ast.Node, what string) *format {
	text, ok := l.word(n, what)
	if !ok {
		return nil
	}
	return l.formatText(text, scalarAt(n))
}

func (l *loader) formatText(text string, p pos) *format {
	f := &format{source: text}
	column := func(offset int) pos {
		if strings.Contains(text, "\n") {
			return p
		}
		return pos{p.line, p.col + utf8.RuneCountInString(text[:offset])}
	}
	for offset := 0; offset < len(text); {
		open := strings.Index(text[offset:], "{{")
		if open < 0 {
			f.pieces = append(f.pieces, formatPiece{text: text[offset:]})
			break
		}
		if open > 0 {
			f.pieces = append(f.pieces, formatPiece{text: text[offset : offset+open]})
		}
		start := offset + open + 2
		length := strings.Index(text[start:], "}}")
		if length < 0 {
			l.errorf(column(offset+open), "", "a {{ without its }}")
			return nil
		}
		e := l.compile(text[start:start+length], column(start), nil)
		if e == nil {
			return nil
		}
		f.pieces = append(f.pieces, formatPiece{expr: e})
		offset = start + length + 2
	}
	return f
}

// maxJSONDepth of a body that a flow writes down.
const maxJSONDepth = 8

func (l *loader) jsonFormat(n ast.Node, what string, depth int) *jsonFormat {
	if depth > maxJSONDepth {
		l.errorf(at(n), "", "%s is nested too deeply", what)
		return nil
	}
	switch v := n.(type) {
	case nil, *ast.NullNode:
		return &jsonFormat{kind: 'p'}
	case *ast.BoolNode:
		return &jsonFormat{kind: 'p', plain: v.Value}
	case *ast.IntegerNode, *ast.FloatNode:
		f, ok := l.number(n, what)
		if !ok {
			return nil
		}
		return &jsonFormat{kind: 'p', plain: f}
	case *ast.StringNode, *ast.LiteralNode:
		text, _ := l.text(n, what)
		if source, isExpr := strings.CutPrefix(strings.TrimSpace(text), "="); isExpr {
			p := scalarAt(n)
			p.col += strings.Index(text, "=") + 1
			if e := l.compile(source, p, nil); e != nil {
				return &jsonFormat{kind: 'e', expr: e}
			}
			return nil
		}
		if t := l.formatText(text, scalarAt(n)); t != nil {
			return &jsonFormat{kind: 't', text: t}
		}
		return nil
	case *ast.SequenceNode:
		out := &jsonFormat{kind: 'l'}
		for _, item := range v.Values {
			if j := l.jsonFormat(item, what, depth+1); j != nil {
				out.list = append(out.list, j)
			}
		}
		return out
	}
	o, ok := l.open(n, what)
	if !ok {
		return nil
	}
	out := &jsonFormat{kind: 'f'}
	for _, f := range o.fields {
		if j := l.jsonFormat(f.value, what, depth+1); j != nil {
			out.fields = append(out.fields, jsonField{f.name, j})
		}
	}
	return out
}

// fill puts the values in; escape, where given, is applied to values only.
func (s *Session) fill(f *format, escape func(string) string) (string, error) {
	var b strings.Builder
	for _, p := range f.pieces {
		if p.expr == nil {
			b.WriteString(p.text)
			continue
		}
		v, err := s.eval(p.expr)
		if err != nil {
			return "", err
		}
		text := variable(v)
		if escape != nil {
			text = escape(text)
		}
		b.WriteString(text)
		if b.Len() > maxFormat {
			return "", fmt.Errorf("%q fills to more than %d bytes", clip(f.source), maxFormat)
		}
	}
	return b.String(), nil
}

// maxFormat is how long a filled text for machines may be.
const maxFormat = 64 << 10

func (s *Session) fillJSON(j *jsonFormat) (any, error) {
	switch j.kind {
	case 't':
		return s.fill(j.text, nil)
	case 'e':
		v, err := s.eval(j.expr)
		if t, isTime := v.(time.Time); isTime {
			return t.Format(time.RFC3339), err
		}
		return v, err
	case 'l':
		out := make([]any, len(j.list))
		for i, item := range j.list {
			v, err := s.fillJSON(item)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case 'f':
		out := make(map[string]any, len(j.fields))
		for _, f := range j.fields {
			v, err := s.fillJSON(f.value)
			if err != nil {
				return nil, err
			}
			out[f.name] = v
		}
		return out, nil
	}
	return j.plain, nil
}

// httpRequest fills a request in.
func (s *Session) httpRequest(h *httpSpec) (HTTPRequest, error) {
	r := HTTPRequest{Method: h.method}
	var err error
	if r.URL, err = s.fill(h.url, url.PathEscape); err != nil {
		return r, err
	}
	query := url.Values{}
	for _, q := range h.query {
		v, err := s.fill(q.value, nil)
		if err != nil {
			return r, err
		}
		query.Add(q.name, v)
	}
	if len(query) > 0 {
		join := "?"
		if strings.Contains(r.URL, "?") {
			join = "&"
		}
		r.URL += join + query.Encode()
	}
	for _, field := range h.header {
		v, err := s.fill(field.value, nil)
		if err != nil {
			return r, err
		}
		if r.Header == nil {
			r.Header = map[string]string{}
		}
		r.Header[field.name] = oneLine(v)
	}
	switch {
	case h.text != nil:
		text, err := s.fill(h.text, nil)
		if err != nil {
			return r, err
		}
		r.Body, r.ContentType = []byte(text), h.content
	case h.body != nil:
		v, err := s.fillJSON(h.body)
		if err != nil {
			return r, err
		}
		if r.Body, err = json.Marshal(v); err != nil {
			return r, fmt.Errorf("write the body of the request: %w", err)
		}
		r.ContentType = h.content
	}
	return r, nil
}

// oneLine keeps a value from ending a header early.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == 0 {
			return ' '
		}
		return r
	}, s)
}

// variable is a value as other programs read it.
func variable(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case time.Time:
		if x.IsZero() {
			return ""
		}
		return x.Format(time.RFC3339)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case string:
		return x
	case map[string]any, []any:
		if b, err := json.Marshal(v); err == nil {
			return string(b)
		}
	}
	return fmt.Sprint(v)
}
