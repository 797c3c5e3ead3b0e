package dialog

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/goccy/go-yaml/ast"

	"github.com/dialwright/dialwright/nlu"
)

// contactFields declares which fields of the contact the flow uses. Every
// contact has a name and a number.
func (l *loader) contactFields(o *object) {
	for _, name := range []string{"name", "number"} {
		l.flow.contact[name] = &slot{name: "contact." + name, typ: TextSlot}
	}
	f, ok := o.get("contact")
	if !ok {
		return
	}
	fields, ok := l.open(f.value, "contact")
	if !ok {
		return
	}
	for _, c := range fields.fields {
		if !identifier(c.name) {
			l.errorf(c.key, "letters, digits and _", "%q is no name for a field", c.name)
			continue
		}
		typ, ok := l.word(c.value, "the type of contact."+c.name)
		if !ok {
			continue
		}
		if !slices.Contains(slotTypes, typ) || typ == "choice" {
			known := slices.DeleteFunc(slices.Clone(slotTypes), func(s string) bool { return s == "choice" })
			l.errorf(at(c.value), hintAmong(typ, known), "unknown type %q", typ)
			continue
		}
		l.flow.contact[c.name] = &slot{name: "contact." + c.name, typ: SlotType(typ), at: c.key}
	}
}

func identifier(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

func (l *loader) slots(o *object) {
	f, ok := o.get("slots")
	if !ok {
		return
	}
	all, ok := l.open(f.value, "slots")
	if !ok {
		return
	}
	for _, s := range all.fields {
		switch {
		case !identifier(s.name):
			l.errorf(s.key, "letters, digits and _", "%q is no name for a slot", s.name)
		case slices.Contains(append(reserved(), allowedFunctions...), s.name):
			l.errorf(s.key, "choose another", "%q is a word of the language, not a name for a slot", s.name)
		default:
			if sl := l.slot(s); sl != nil {
				l.flow.slots[s.name] = sl
			}
		}
	}
}

func (l *loader) slot(f field) *slot {
	sl := &slot{name: f.name, at: f.key}
	if _, short := f.value.(*ast.StringNode); short { // callback_at: time
		if !l.slotType(sl, f.value) {
			return nil
		}
		if sl.typ == ChoiceSlot {
			l.errorf(f.key, "choices: {small: [small, the small one]}", "the choice %s has no choices", f.name)
		}
		return sl
	}
	o, ok := l.object(f.value, "slot "+f.name, "type", "min", "max", "choices")
	if !ok {
		return nil
	}
	t, ok := o.get("type")
	if !ok {
		l.errorf(f.key, hintAmong("", slotTypes), "slot %s has no type", f.name)
		return nil
	}
	if !l.slotType(sl, t.value) {
		return nil
	}
	for name, into := range map[string]**float64{"min": &sl.min, "max": &sl.max} {
		limit, ok := o.get(name)
		if !ok {
			continue
		}
		if sl.typ != NumberSlot && sl.typ != DigitsSlot {
			l.errorf(limit.key, "", "%s does not apply to a slot of type %s", name, sl.typ)
			continue
		}
		if v, ok := l.number(limit.value, name); ok {
			*into = &v
		}
	}
	if sl.min != nil && sl.max != nil && *sl.min > *sl.max {
		l.errorf(f.key, "", "the min of slot %s is more than its max", f.name)
	}
	l.choices(sl, o, f)
	return sl
}

func (l *loader) slotType(sl *slot, n ast.Node) bool {
	typ, ok := l.word(n, "the type of slot "+sl.name)
	if !ok {
		return false
	}
	if !slices.Contains(slotTypes, typ) {
		l.errorf(at(n), hintAmong(typ, slotTypes), "unknown type %q", typ)
		return false
	}
	sl.typ = SlotType(typ)
	return true
}

func (l *loader) choices(sl *slot, o *object, f field) {
	c, ok := o.get("choices")
	if ok != (sl.typ == ChoiceSlot) {
		if ok {
			l.errorf(c.key, "type: choice", "choices do not apply to a slot of type %s", sl.typ)
		} else {
			l.errorf(f.key, "choices: {small: [small, the small one]}", "the choice %s has no choices", f.name)
		}
		return
	}
	if !ok {
		return
	}
	all, ok := l.open(c.value, "choices")
	if !ok {
		return
	}
	var intents []nlu.Intent
	for _, e := range all.fields {
		ch := choice{name: e.name}
		if m, isMap := e.value.(*ast.MappingNode); isMap {
			if one, ok := l.object(m, "choice "+e.name, "phrases", "digits"); ok {
				ch.phrases, ch.digits = l.phrasesAndDigits(one, "choice "+e.name)
			}
		} else {
			ch.phrases = l.texts(e.value, "choice "+e.name)
		}
		sl.choices = append(sl.choices, ch)
		intents = append(intents, nlu.Intent{Name: ch.name, Phrases: ch.phrases})
	}
	sl.classifier = nlu.NewPhrases(intents)
}

// assignment reads a value: a literal, nothing (which clears the slot), or a
// text that begins with = and is an expression.
func (l *loader) assignment(sl *slot, n ast.Node) (assignment, bool) {
	a := assignment{slot: sl}
	var literal any
	switch v := n.(type) {
	case nil, *ast.NullNode:
		a.clear = true
		return a, true
	case *ast.BoolNode:
		literal = v.Value
	case *ast.IntegerNode, *ast.FloatNode:
		literal, _ = l.number(n, "the value")
	case *ast.StringNode, *ast.LiteralNode:
		text, _ := l.text(n, "the value")
		if source, isExpr := strings.CutPrefix(strings.TrimSpace(text), "="); isExpr {
			p := scalarAt(n)
			p.col += strings.Index(text, "=") + 1
			a.expr = l.compile(source, p, resultOption(sl.typ))
			return a, a.expr != nil
		}
		literal = text
	default:
		l.errorf(at(n), "", "the value of %s must be plain, not %s", sl.name, kindOf(n))
		return a, false
	}
	value, err := sl.accept(literal, utc)
	if err != nil || sl.typ == TextSlot && !isText(literal) {
		l.errorf(at(n), "an expression begins with =", "%v is no value for the %s %s", literal, sl.typ, sl.name)
		return a, false
	}
	a.value = value
	return a, true
}

func isText(v any) bool { _, ok := v.(string); return ok }

func resultOption(t SlotType) expr.Option {
	switch t {
	case NumberSlot:
		return expr.AsFloat64()
	case BooleanSlot:
		return expr.AsBool()
	case TimeSlot, DateSlot:
		return nil // checked when it runs
	}
	return expr.AsKind(stringKind)
}
