package dialog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml/ast"
)

// template is a text with {{places}} in it and, when it is spoken, markup.
type template struct {
	source string
	pieces []piece
}

// piece is literal text, a place to fill, or what a mark stands for.
type piece struct {
	text   string   // literal
	path   []string // of a place: contact name, or one word
	slot   *slot    // what stands in the place
	filter []filterCall
	mark   mark
}

// mark is what the markup around a piece does to it.
type mark struct {
	pause  time.Duration // instead of a text: silence
	rate   float64       // factor to the prompt's; 0: none
	said   string        // spoken instead of the literal text; empty: the text itself
	silent bool          // shown, not spoken: something else is said for it
	unseen bool          // spoken, not shown
}

type filterCall struct {
	name string
	args []string
	n    int // args[0] as a number
}

func (t *template) fixed() bool {
	return !slices.ContainsFunc(t.pieces, func(p piece) bool { return len(p.path) > 0 })
}

// byContact tells whether nothing but the contact's fields is needed.
func (t *template) byContact() bool {
	return !slices.ContainsFunc(t.pieces, func(p piece) bool {
		return len(p.path) > 0 && (p.path[0] != "contact" || p.needsClock())
	})
}

// needsClock tells whether the text depends on the day it is said.
func (p piece) needsClock() bool {
	return p.slot.isMoment() || slices.ContainsFunc(p.filter, func(f filterCall) bool { return filters[f.name].clock })
}

// template parses a text without markup; where is at.
func (l *loader) template(text string, at place) *template {
	t := &template{source: text}
	ok := l.scan(text, at, func(literal string, _ int) bool {
		t.pieces = append(t.pieces, piece{text: literal})
		return true
	}, func(pc piece, _ pos) bool {
		t.pieces = append(t.pieces, pc)
		return true
	})
	if !ok {
		return nil
	}
	return t
}

// scan cuts a text at its places. offset is in bytes.
func (l *loader) scan(text string, at place, literal func(s string, offset int) bool, place func(piece, pos) bool) bool {
	rest, offset := text, 0
	for {
		before, after, found := strings.Cut(rest, "{{")
		if before != "" {
			if strings.Contains(before, "}}") {
				l.errorf(at(text, 0), "", "a }} without its {{ in %q", clip(text))
				return false
			}
			if !literal(before, offset) {
				return false
			}
		}
		if !found {
			return true
		}
		inner, tail, closed := strings.Cut(after, "}}")
		where := at(text, offset+len(before))
		if !closed {
			l.errorf(where, "", "a {{ without its }}")
			return false
		}
		pc, ok := l.slotPlace(inner, where)
		if !ok || !place(pc, where) {
			return false
		}
		offset += len(before) + 2 + len(inner) + 2
		rest = tail
	}
}

// place tells where in the flow's files a byte of a text is. The text may have
// lost blanks at its ends since it was read.
type place func(text string, offset int) pos

// placeOf is the place of a scalar's text. What is written on several lines is
// found by counting the signs that are no blanks: lines may have been joined.
func placeOf(n ast.Node) place {
	p := scalarAt(n)
	raw, line, col := "", p.line, p.col
	switch v := n.(type) {
	case *ast.LiteralNode:
		raw, line, col = v.Value.GetToken().Origin, v.Start.Position.Line+1, 1
	case *ast.StringNode:
		origin := v.GetToken().Origin
		raw = strings.TrimLeft(origin, " \t\n")
		if strings.Contains(strings.TrimSpace(raw), "\n") {
			if raw[0] == '"' || raw[0] == '\'' {
				raw = raw[1:]
			}
		} else {
			raw = ""
		}
	}
	return func(text string, offset int) pos {
		if raw == "" {
			return pos{p.line, p.col + len([]rune(text[:offset]))}
		}
		return signAt(raw, signs(text[:offset]), line, col)
	}
}

// signs counts the characters that are no blanks.
func signs(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// signAt is where in raw, which begins at line and col, the n-th sign stands.
func signAt(raw string, n, line, col int) pos {
	last := pos{line, col}
	for _, r := range raw {
		switch {
		case r == '\n':
			line, col = line+1, 1
			continue
		case unicode.IsSpace(r):
		case n == 0:
			return pos{line, col}
		default:
			last = pos{line, col}
			n--
		}
		col++
	}
	return last
}

func clip(s string) string {
	if rs := []rune(s); len(rs) > 40 {
		return string(rs[:40]) + "…"
	}
	return s
}

// Slots that are none: the other values a template knows.
var (
	nowPlace  = &slot{name: "now", typ: TimeSlot}
	textPlace = &slot{typ: TextSlot}
)

// slotPlace parses what stands between {{ and }}: a name and its filters.
func (l *loader) slotPlace(inner string, p pos) (piece, bool) {
	parts := splitFilters(inner)
	name := strings.TrimSpace(parts[0])
	var pc piece
	known := append(l.slotNames(), "outcome", "text", "now", "transfer.agent")
	for _, f := range slices.Sorted(maps.Keys(l.flow.contact)) {
		known = append(known, "contact."+f)
	}
	switch field, isContact := strings.CutPrefix(name, "contact."); {
	case isContact && l.flow.contact[field] != nil:
		pc.path, pc.slot = []string{"contact", field}, l.flow.contact[field]
	case name == "now":
		pc.path, pc.slot = []string{name}, nowPlace
	case name == "outcome" || name == "text" || name == "transfer.agent":
		pc.path, pc.slot = []string{name}, textPlace
	case l.flow.slots[name] != nil:
		pc.path, pc.slot = []string{name}, l.flow.slots[name]
	default:
		hint := hintAmong(name, known)
		if isContact {
			hint = orElse(didYouMean(name, known), "declare it under contact:")
		}
		l.errorf(p, hint, "the template names an unknown value %q", name)
		return pc, false
	}
	for _, part := range parts[1:] {
		if !l.addFilter(&pc, part, p) {
			return pc, false
		}
	}
	if pc.said() == RecordingSlot {
		l.errorf(p, "", "%s is a recording, and has no words", strings.Join(pc.path, "."))
		return pc, false
	}
	return pc, true
}

// said is the type of what the filters make of a piece.
func (p piece) said() SlotType {
	typ := p.slot.typ
	for _, f := range p.filter {
		if to := filters[f.name].to; to != "" {
			typ = to
		}
	}
	return typ
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// splitFilters cuts at the bars that are not inside quotes.
func splitFilters(s string) []string { return splitQuoted(s, '|') }

func splitQuoted(s string, at byte) []string {
	var out []string
	start, quoted := 0, false
	for i := range len(s) {
		switch s[i] {
		case '"':
			quoted = !quoted
		case at:
			if !quoted {
				out = append(out, s[start:i])
				start = i + 1
			}
		}
	}
	return append(out, s[start:])
}

// render fills a template in, as a transcript shows it.
func (t *template) render(lookup func(path []string) any, sp speaker) (string, error) {
	var out utterance
	if err := t.speak(lookup, sp, &out); err != nil {
		return "", err
	}
	return out.shown.String(), nil
}

// speak fills a template in. A value that is missing, and has no default, is
// an error: better another prompt than a gap in a sentence.
func (t *template) speak(lookup func(path []string) any, sp speaker, out *utterance) error {
	for _, p := range t.pieces {
		if len(p.path) == 0 {
			out.add(p.text, orElse(p.mark.said, p.text), p.mark)
			continue
		}
		text, err := p.fill(lookup(p.path), sp)
		if err != nil {
			return fmt.Errorf("the prompt %q needs %w", clip(t.source), err)
		}
		out.add(text, sp.voice.apply(text), p.mark)
	}
	return nil
}

// fill puts a value into words.
func (p piece) fill(v any, sp speaker) (string, error) {
	typ := p.slot.typ
	spoken := false
	for _, f := range p.filter {
		def := filters[f.name]
		if f.name == "default" {
			if v == nil || v == "" {
				v, spoken = f.args[0], true
			}
			continue
		}
		if v == nil || spoken && !def.onText {
			continue // no value, or the default says it already
		}
		v = def.apply(sp, v, f, p.slot)
		if def.to != "" {
			typ = def.to
		}
		spoken = spoken || typ == spokenText
	}
	if v == nil || v == "" {
		return "", fmt.Errorf("%s, which has no value", strings.Join(p.path, "."))
	}
	if !spoken {
		v = sp.plain(v, typ, p.slot)
	}
	return fmt.Sprint(v), nil
}
