package dialog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// template is a text with {{places}} in it.
type template struct {
	source string
	pieces []piece
}

// piece is either literal text or a place to fill.
type piece struct {
	text   string
	path   []string // contact name, or one word
	typ    SlotType
	filter []filterCall
}

type filterCall struct {
	name string
	arg  string
}

func (t *template) fixed() bool {
	return !slices.ContainsFunc(t.pieces, func(p piece) bool { return len(p.path) > 0 })
}

// byContact tells whether nothing but the contact's fields is needed.
func (t *template) byContact() bool {
	return !slices.ContainsFunc(t.pieces, func(p piece) bool {
		return len(p.path) > 0 && (p.path[0] != "contact" || slices.ContainsFunc(p.filter, func(f filterCall) bool { return filters[f.name].clock }) || p.needsClock())
	})
}

// needsClock tells whether the text depends on the day it is said.
func (p piece) needsClock() bool { return p.typ == TimeSlot || p.typ == DateSlot }

// template parses text; p is where it begins in the file.
func (l *loader) template(text string, p pos) *template {
	t := &template{source: text}
	rest, offset := text, 0
	for {
		before, after, found := strings.Cut(rest, "{{")
		if before != "" {
			if strings.Contains(before, "}}") {
				l.errorf(p, "", "a }} without its {{ in %q", clip(text))
				return nil
			}
			t.pieces = append(t.pieces, piece{text: before})
		}
		if !found {
			return t
		}
		inner, tail, closed := strings.Cut(after, "}}")
		where := pos{p.line, p.col + len([]rune(text[:offset+len(before)]))}
		if strings.Contains(text, "\n") {
			where = p
		}
		if !closed {
			l.errorf(where, "", "a {{ without its }}")
			return nil
		}
		pc, ok := l.place(inner, where)
		if !ok {
			return nil
		}
		t.pieces = append(t.pieces, pc)
		offset += len(before) + 2 + len(inner) + 2
		rest = tail
	}
}

func clip(s string) string {
	if rs := []rune(s); len(rs) > 40 {
		return string(rs[:40]) + "…"
	}
	return s
}

// place parses what stands between {{ and }}: a name and its filters.
func (l *loader) place(inner string, p pos) (piece, bool) {
	parts := splitFilters(inner)
	name := strings.TrimSpace(parts[0])
	var pc piece
	known := append(l.slotNames(), "outcome", "text", "now", "transfer.agent")
	for _, f := range slices.Sorted(maps.Keys(l.flow.contact)) {
		known = append(known, "contact."+f)
	}
	switch field, isContact := strings.CutPrefix(name, "contact."); {
	case isContact && l.flow.contact[field] != nil:
		pc.path, pc.typ = []string{"contact", field}, l.flow.contact[field].typ
	case name == "now":
		pc.path, pc.typ = []string{name}, TimeSlot
	case name == "outcome" || name == "text" || name == "transfer.agent":
		pc.path, pc.typ = []string{name}, TextSlot
	case l.flow.slots[name] != nil:
		pc.path, pc.typ = []string{name}, l.flow.slots[name].typ
	default:
		hint := hintAmong(name, known)
		if isContact {
			hint = orElse(didYouMean(name, known), "declare it under contact:")
		}
		l.errorf(p, hint, "the template names an unknown value %q", name)
		return pc, false
	}
	for _, part := range parts[1:] {
		call, ok := l.filterCall(part, pc, p)
		if !ok {
			return pc, false
		}
		pc.filter = append(pc.filter, call)
	}
	return pc, true
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// splitFilters cuts at the bars that are not inside quotes.
func splitFilters(s string) []string {
	var out []string
	start, quoted := 0, false
	for i := range len(s) {
		switch s[i] {
		case '"':
			quoted = !quoted
		case '|':
			if !quoted {
				out = append(out, s[start:i])
				start = i + 1
			}
		}
	}
	return append(out, s[start:])
}

func (l *loader) filterCall(text string, pc piece, p pos) (filterCall, bool) {
	name, arg, hasArg := strings.Cut(strings.TrimSpace(text), "(")
	name = strings.TrimSpace(name)
	def, ok := filters[name]
	if !ok {
		l.errorf(p, hintAmong(name, slices.Collect(maps.Keys(filters))), "unknown filter %q", name)
		return filterCall{}, false
	}
	if hasArg {
		arg = strings.TrimSpace(arg)
		inside, closed := strings.CutSuffix(arg, ")")
		inside = strings.TrimSpace(inside)
		if !closed || len(inside) < 2 || inside[0] != '"' || inside[len(inside)-1] != '"' {
			l.errorf(p, `for example money("USD")`, "the filter %s wants its argument in brackets and quotes", name)
			return filterCall{}, false
		}
		arg = inside[1 : len(inside)-1]
	}
	if hasArg != (def.arg == argNeeded) && def.arg != argOptional {
		l.errorf(p, "", "the filter %s takes %s", name, map[argRule]string{argNone: "no argument", argNeeded: "one argument"}[def.arg])
		return filterCall{}, false
	}
	if len(def.types) > 0 && !slices.Contains(def.types, pc.typ) {
		l.errorf(p, "", "the filter %s does not apply to %s, which is of type %s", name, strings.Join(pc.path, "."), pc.typ)
		return filterCall{}, false
	}
	return filterCall{name, arg}, true
}

// render fills a template in. A value that is missing, and has no default, is
// an error: better another prompt than a gap in a sentence.
func (t *template) render(lookup func(path []string) any, sp speaker) (string, error) {
	var b strings.Builder
	for _, p := range t.pieces {
		if len(p.path) == 0 {
			b.WriteString(p.text)
			continue
		}
		v := lookup(p.path)
		said := false
		for _, f := range p.filter {
			if f.name == "default" {
				if v == nil || v == "" {
					v, said = f.arg, true
				}
				continue
			}
			if v != nil && !said {
				v, said = filters[f.name].apply(sp, v, f.arg), true
			}
		}
		if v == nil || v == "" {
			return "", fmt.Errorf("the prompt %q needs %s, which has no value", clip(t.source), strings.Join(p.path, "."))
		}
		if !said {
			v = sp.plain(v, p.typ)
		}
		fmt.Fprint(&b, v)
	}
	return b.String(), nil
}

// speaker puts values into spoken words.
type speaker struct {
	chinese bool
	now     time.Time
}

type argRule uint8

const (
	argNone argRule = iota
	argOptional
	argNeeded
)

type filterDef struct {
	types []SlotType // empty: any
	arg   argRule
	clock bool // its text depends on today
	apply func(sp speaker, v any, arg string) string
}

// filters of templates. Read only.
var filters = map[string]filterDef{
	"default":  {arg: argNeeded},
	"money":    {types: []SlotType{NumberSlot}, arg: argOptional, apply: func(sp speaker, v any, arg string) string { return sp.money(v.(float64), arg) }},
	"number":   {types: []SlotType{NumberSlot}, apply: func(sp speaker, v any, _ string) string { return sp.number(v.(float64)) }},
	"digits":   {types: []SlotType{DigitsSlot, PhoneSlot, TextSlot, NumberSlot}, apply: func(sp speaker, v any, _ string) string { return sp.digits(fmt.Sprint(v)) }},
	"date":     {types: []SlotType{TimeSlot, DateSlot}, clock: true, apply: func(sp speaker, v any, _ string) string { return sp.date(v.(time.Time)) }},
	"time":     {types: []SlotType{TimeSlot}, apply: func(sp speaker, v any, _ string) string { return sp.clockTime(v.(time.Time)) }},
	"datetime": {types: []SlotType{TimeSlot}, clock: true, apply: func(sp speaker, v any, _ string) string { return sp.datetime(v.(time.Time)) }},
}
