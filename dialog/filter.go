package dialog

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// spokenText is what a filter leaves behind that puts a value into words.
const spokenText SlotType = "words"

// filterDef is a filter of templates.
type filterDef struct {
	types    []SlotType // it applies to; empty: any
	to       SlotType   // it makes; empty: what it was
	min, max int        // arguments
	number   bool       // its argument is a whole number
	onText   bool       // it also changes the words of other filters
	clock    bool       // its text depends on today
	apply    func(sp speaker, v any, f filterCall, s *slot) any
}

var (
	numeric   = []SlotType{NumberSlot, MoneySlot, PercentSlot, OrdinalSlot}
	moments   = []SlotType{TimeSlot, DateSlot}
	digitLike = []SlotType{DigitsSlot, PhoneSlot, TextSlot, NumberSlot, IDSlot, PlateSlot, EntitySlot}
	wordLike  = []SlotType{TextSlot, NameSlot, AddressSlot, EmailSlot, PlateSlot, IDSlot, ChoiceSlot, EntitySlot, spokenText}
)

// filters of templates. Read only.
var filters = map[string]filterDef{
	"default":  {min: 1, max: 1, onText: true},
	"money":    {types: numeric, to: spokenText, max: 1, apply: filterMoney},
	"number":   {types: numeric, to: spokenText, apply: func(sp speaker, v any, _ filterCall, _ *slot) any { return sp.number(v.(float64)) }},
	"words":    {types: numeric, to: spokenText, apply: func(sp speaker, v any, _ filterCall, _ *slot) any { return sp.words(v.(float64)) }},
	"ordinal":  {types: numeric, to: spokenText, apply: func(sp speaker, v any, _ filterCall, _ *slot) any { return sp.ordinal(v.(float64)) }},
	"percent":  {types: numeric, to: spokenText, apply: func(sp speaker, v any, _ filterCall, _ *slot) any { return sp.percent(v.(float64)) }},
	"digits":   {types: digitLike, to: spokenText, max: 1, number: true, apply: filterDigits},
	"grouped":  {types: digitLike, to: spokenText, min: 1, max: 1, apply: func(sp speaker, v any, f filterCall, _ *slot) any { return sp.groups(said(v), groupSizes(f.args[0])) }},
	"phone":    {types: digitLike, to: spokenText, apply: func(sp speaker, v any, _ filterCall, _ *slot) any { return sp.phone(said(v)) }},
	"last4":    {types: digitLike, to: DigitsSlot, apply: func(_ speaker, v any, _ filterCall, _ *slot) any { return last(said(v), 4) }},
	"date":     {types: moments, to: spokenText, clock: true, apply: func(sp speaker, v any, _ filterCall, _ *slot) any { return sp.date(v.(time.Time)) }},
	"time":     {types: []SlotType{TimeSlot}, to: spokenText, apply: func(sp speaker, v any, _ filterCall, _ *slot) any { return sp.clockTime(v.(time.Time)) }},
	"datetime": {types: []SlotType{TimeSlot}, to: spokenText, clock: true, apply: func(sp speaker, v any, _ filterCall, _ *slot) any { return sp.datetime(v.(time.Time)) }},
	"weekday":  {types: moments, to: spokenText, apply: func(sp speaker, v any, _ filterCall, _ *slot) any { return sp.weekday(v.(time.Time)) }},
	"duration": {types: []SlotType{DurationSlot, NumberSlot}, to: spokenText, apply: filterDuration},
	"choice":   {types: []SlotType{ChoiceSlot, EntitySlot}, to: spokenText, apply: func(_ speaker, v any, _ filterCall, s *slot) any { return s.label(said(v)) }},
	"plural":   {types: numeric, to: spokenText, min: 2, max: 2, apply: filterPlural},
	"join":     {types: []SlotType{TextSlot}, to: spokenText, max: 1, apply: filterJoin},
	"characters": {types: append([]SlotType{EmailSlot, NameSlot}, digitLike...), to: spokenText,
		apply: func(sp speaker, v any, _ filterCall, _ *slot) any { return sp.characters(said(v)) }},
	"upper":   {types: wordLike, to: spokenText, onText: true, apply: func(_ speaker, v any, _ filterCall, s *slot) any { return strings.ToUpper(s.label(said(v))) }},
	"lower":   {types: wordLike, to: spokenText, onText: true, apply: func(_ speaker, v any, _ filterCall, s *slot) any { return strings.ToLower(s.label(said(v))) }},
	"capital": {types: wordLike, to: spokenText, onText: true, apply: func(_ speaker, v any, _ filterCall, s *slot) any { return capital(s.label(said(v))) }},
}

// said is a value as plain text.
func said(v any) string { return variable(v) }

func filterMoney(sp speaker, v any, f filterCall, s *slot) any {
	currency := s.currency
	if len(f.args) > 0 {
		currency = f.args[0]
	}
	return sp.money(v.(float64), currency)
}

func filterDigits(sp speaker, v any, f filterCall, _ *slot) any {
	if len(f.args) == 0 {
		return sp.digits(said(v))
	}
	return sp.groups(said(v), []int{f.n})
}

func filterDuration(sp speaker, v any, _ filterCall, _ *slot) any {
	if seconds, ok := v.(float64); ok {
		return sp.duration(secondsSpan(seconds))
	}
	return sp.duration(v.(Span))
}

func filterPlural(sp speaker, v any, f filterCall, _ *slot) any {
	if n := v.(float64); sp.chinese || n == 1 || n == -1 {
		return f.args[0]
	}
	return f.args[1]
}

// filterJoin reads out a list that is written with commas.
func filterJoin(sp speaker, v any, f filterCall, _ *slot) any {
	items := strings.FieldsFunc(said(v), func(r rune) bool { return strings.ContainsRune(",，、;；", r) })
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	items = slices.DeleteFunc(items, func(s string) bool { return s == "" })
	word := "and"
	if sp.chinese {
		word = "和"
	}
	if len(f.args) > 0 {
		word = f.args[0]
	}
	return sp.list(items, word)
}

// list reads out several things.
func (sp speaker) list(items []string, word string) string {
	comma, gap := ", ", " "
	if sp.chinese {
		comma, gap = "、", ""
	}
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], comma) + gap + word + gap + items[last]
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[size:]
}

// last is the last n characters of a value, without the blanks in it.
func last(s string, n int) string {
	rs := []rune(strings.Join(strings.Fields(s), ""))
	return string(rs[max(0, len(rs)-n):])
}

// groupSizes reads 3-4-4; what is no size is left out.
func groupSizes(s string) []int {
	var out []int
	for part := range strings.SplitSeq(s, "-") {
		if n, err := strconv.Atoi(strings.TrimSpace(part)); err == nil && n > 0 && n <= 32 {
			out = append(out, n)
		} else {
			return nil
		}
	}
	return out
}

// addFilter parses one filter and checks it against what it is applied to.
func (l *loader) addFilter(pc *piece, text string, p pos) bool {
	f, ok := l.filterCall(text, p)
	if !ok {
		return false
	}
	def := filters[f.name]
	if typ := pc.said(); len(def.types) > 0 && !slices.Contains(def.types, typ) {
		name := strings.Join(pc.path, ".")
		if typ == spokenText {
			l.errorf(p, "put it first", "the filter %s does not apply to words, which the filters before it have made of %s", f.name, name)
		} else {
			l.errorf(p, hintForType(typ), "the filter %s does not apply to %s, which is of type %s", f.name, name, typ)
		}
		return false
	}
	pc.filter = append(pc.filter, f)
	return true
}

// hintForType lists the filters that are made for a type.
func hintForType(typ SlotType) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(filters)) {
		if slices.Contains(filters[name].types, typ) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "for it: " + strings.Join(names, ", ")
}

func (l *loader) filterCall(text string, p pos) (filterCall, bool) {
	name, arg, hasArg := strings.Cut(strings.TrimSpace(text), "(")
	f := filterCall{name: strings.TrimSpace(name)}
	def, ok := filters[f.name]
	if !ok {
		l.errorf(p, hintAmong(f.name, slices.Collect(maps.Keys(filters))), "unknown filter %q", f.name)
		return f, false
	}
	if hasArg {
		inside, closed := strings.CutSuffix(strings.TrimSpace(arg), ")")
		if !closed || !f.arguments(inside, def) {
			hint, what := `for example money("USD")`, "its argument in brackets and quotes"
			if def.number {
				hint, what = "for example digits(4)", "a whole number from 1 to 32 in brackets"
			}
			l.errorf(p, hint, "the filter %s wants %s", f.name, what)
			return f, false
		}
	}
	if n := len(f.args); n < def.min || n > def.max {
		takes := "no argument"
		switch {
		case def.min == 1 || def.min == 0 && def.max == 1:
			takes = "one argument"
		case def.max > 1:
			takes = fmt.Sprintf("%d arguments", def.max)
		}
		l.errorf(p, "", "the filter %s takes %s", f.name, takes)
		return f, false
	}
	if f.name == "grouped" && groupSizes(f.args[0]) == nil {
		l.errorf(p, `for example grouped("3-4-4")`, "the filter grouped wants the sizes of the groups")
		return f, false
	}
	return f, true
}

func (f *filterCall) arguments(inside string, def filterDef) bool {
	for _, part := range splitQuoted(inside, ',') {
		part = strings.TrimSpace(part)
		if def.number {
			n, err := strconv.Atoi(part)
			if err != nil || n < 1 || n > 32 {
				return false
			}
			f.n = n
			f.args = append(f.args, part)
			continue
		}
		if len(part) < 2 || part[0] != '"' || part[len(part)-1] != '"' {
			return false
		}
		f.args = append(f.args, part[1:len(part)-1])
	}
	return true
}
