package dialog

import (
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/dialwright/dialwright/nlu/gazetteer"
)

// entity is a kind of value of the flow's own: a list of things with their
// names, or a pattern.
type entity struct {
	name    string
	at      pos
	values  []choice
	finder  Finder // of values
	pattern *regexp.Regexp
	used    bool
}

// Finder finds one of the things of a list in what was said.
type Finder interface {
	// Find gives the thing's own name. ok is false when none was named, or
	// more than one that fits as well.
	Find(text string) (name string, ok bool)
}

// Entry is a thing of a list with what people call it.
type Entry struct {
	Name  string
	Names []string // the same thing in other words
}

const (
	maxEntityValues = 20_000
	maxPattern      = 200 // characters
	maxPatternTries = 256 // characters of an utterance that are looked at
)

// entities reads the flow's own kinds of values. It comes before the slots,
// which name them.
func (l *loader) entities(o *object) {
	f, ok := o.get("entities")
	if !ok {
		return
	}
	all, ok := l.open(f.value, "entities")
	if !ok {
		return
	}
	l.flow.entities = map[string]*entity{}
	for _, e := range all.fields {
		switch {
		case !identifier(e.name):
			l.errorf(e.key, "letters, digits and _", "%q is no name for an entity", e.name)
		case slices.Contains(slotTypes, e.name) || e.name == string(EntitySlot):
			l.errorf(e.key, "choose another", "%q is a type of the language, not a name for an entity", e.name)
		default:
			if en := l.entity(e); en != nil {
				l.flow.entities[e.name] = en
			}
		}
	}
}

func (l *loader) entity(f field) *entity {
	o, ok := l.object(f.value, "entity "+f.name, "values", "pattern", "fuzzy")
	if !ok {
		return nil
	}
	en := &entity{name: f.name, at: f.key}
	values, hasValues := o.get("values")
	pattern, hasPattern := o.get("pattern")
	fuzzy, hasFuzzy := o.get("fuzzy")
	switch {
	case hasValues == hasPattern:
		l.errorf(f.key, "values: {gold: [gold card]} or pattern: '[A-Z]{2}[0-9]{6}'", "entity %s needs either values or a pattern", f.name)
		return nil
	case hasPattern:
		if hasFuzzy {
			l.errorf(fuzzy.key, "", "fuzzy does not apply to a pattern")
		}
		return l.pattern(en, pattern)
	}
	near := true
	if hasFuzzy {
		near, _ = l.boolean(fuzzy.value, "fuzzy")
	}
	all, ok := l.open(values.value, "values of entity "+f.name)
	if !ok {
		return nil
	}
	if len(all.fields) == 0 || len(all.fields) > maxEntityValues {
		l.errorf(values.key, "", "entity %s must have 1 to %d values, not %d", f.name, maxEntityValues, len(all.fields))
		return nil
	}
	entries := make([]Entry, 0, len(all.fields))
	for _, v := range all.fields {
		ch := choice{name: v.name}
		if !emptyNode(v.value) { // gold: — the name is all that it is called
			ch = l.choice(v, "value "+v.name)
		}
		en.values = append(en.values, ch)
		entries = append(entries, Entry{Name: ch.name, Names: ch.phrases})
	}
	var err error
	if en.finder, err = newFinder(entries, near, l.flow.Language); err != nil {
		l.errorf(values.key, "", "the values of entity %s cannot be found: %s", f.name, err)
		return nil
	}
	return en
}

func emptyNode(n ast.Node) bool {
	seq, ok := n.(*ast.SequenceNode)
	return isNull(n) || ok && len(seq.Values) == 0
}

func (l *loader) pattern(en *entity, f field) *entity {
	source, ok := l.word(f.value, "pattern")
	if !ok {
		return nil
	}
	if len([]rune(source)) > maxPattern {
		l.errorf(at(f.value), "", "the pattern is longer than %d characters", maxPattern)
		return nil
	}
	re, err := regexp.Compile(`(?i)` + source)
	if err != nil {
		message, _ := strings.CutPrefix(err.Error(), "error parsing regexp: ")
		l.errorf(at(f.value), "", "the pattern is wrong: %s", message)
		return nil
	}
	if re.MatchString("") {
		l.errorf(at(f.value), "", "the pattern fits nothing at all: it would be found everywhere")
		return nil
	}
	en.pattern = re
	return en
}

func (l *loader) entityRef(n ast.Node) (*entity, bool) {
	name, ok := l.word(n, "entity")
	if !ok {
		return nil, false
	}
	en := l.flow.entities[name]
	if en == nil {
		var known []string
		for k := range l.flow.entities {
			known = append(known, k)
		}
		l.errorf(at(n), orElse(hintAmong(name, known), "declare it under entities:"), "unknown entity %q", name)
		return nil, false
	}
	en.used = true
	return en, true
}

func (e *entity) label(value string) string {
	for _, v := range e.values {
		if v.name == value {
			return orElse(v.label, value)
		}
	}
	return value
}

func (e *entity) has(value string) bool {
	if e.pattern != nil {
		return e.pattern.FindString(value) == value && value != ""
	}
	return slices.ContainsFunc(e.values, func(c choice) bool { return c.name == value })
}

// find reads the entity out of what was said. A pattern is tried on the words
// as they are, and on letters and digits that were spoken one by one.
func (e *entity) find(text, language string) (string, bool) {
	if e.pattern == nil {
		return e.finder.Find(text)
	}
	if rs := []rune(text); len(rs) > maxPatternTries {
		text = string(rs[:maxPatternTries])
	}
	for _, t := range []string{strings.TrimSpace(text), spelled(text)} {
		if m := e.pattern.FindString(t); m != "" {
			return strings.ToUpper(m), true
		}
	}
	return "", false
}

// spelledWords are the digits as recognisers write them.
var spelledWords = map[string]string{"zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
	"eight": "8", "nine": "9", "dash": "-", "hyphen": "-", "dot": ".", "point": ".", "slash": "/"}

var spelledHan = strings.NewReplacer("零", "0", "〇", "0", "一", "1", "幺", "1", "二", "2", "两", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9",
	"杠", "-", "点", ".")

// spelled joins what was spelt out: "a b one two" is AB12.
func spelled(text string) string {
	var b strings.Builder
	for w := range strings.FieldsSeq(strings.ToLower(spelledHan.Replace(text))) {
		if d, ok := spelledWords[w]; ok {
			w = d
		}
		b.WriteString(w)
	}
	return strings.ToUpper(b.String())
}

func (e *entity) keyed(keys string) (string, bool) {
	if e.pattern != nil {
		return keys, e.has(keys)
	}
	for _, c := range e.values {
		if c.digits != "" && c.digits == keys {
			return c.name, true
		}
	}
	return "", false
}

func (e *entity) keySpec() keySpec {
	if e.pattern != nil {
		return keySpec{max: 20, terminator: "#"}
	}
	longest := 0
	for _, c := range e.values {
		longest = max(longest, len(c.digits))
	}
	return keySpec{max: longest}
}

func (e *entity) vocabulary() []string {
	var out []string
	for _, c := range e.values {
		out = append(out, c.name)
		out = append(out, c.phrases...)
	}
	return out
}

// nameFinder finds things by their names, as they are written or, with near,
// as a recogniser may have misheard them.
type nameFinder struct{ *gazetteer.Gazetteer }

func newFinder(entries []Entry, near bool, language string) (Finder, error) {
	all := make([]gazetteer.Entry, len(entries))
	for i, e := range entries {
		all[i] = gazetteer.Entry{Name: e.Name, Synonyms: e.Names}
	}
	g, err := gazetteer.New(all, gazetteer.Options{Language: language, Exact: !near})
	return nameFinder{g}, err
}

// Find implements Finder.
func (f nameFinder) Find(text string) (string, bool) {
	m, ok := f.Best(text)
	return m.Entry.Name, ok
}
