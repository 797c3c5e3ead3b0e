package dialog

import (
	"regexp"
	"slices"
	"strings"
	"time"

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
		if sl := l.contactField(c); sl != nil {
			l.flow.contact[c.name] = sl
		}
	}
}

// contactField is a type, or a mapping with a type, as for money in a currency.
func (l *loader) contactField(c field) *slot {
	sl := &slot{name: "contact." + c.name, at: c.key, confirm: confirmNever}
	value, o := c.value, (*object)(nil)
	if m, isMap := c.value.(*ast.MappingNode); isMap {
		var ok bool
		if o, ok = l.object(m, sl.name, "type", "currency", "region"); !ok {
			return nil
		}
		t, ok := o.get("type")
		if !ok {
			l.errorf(c.key, hintAmong("", contactTypes), "%s has no type", sl.name)
			return nil
		}
		value = t.value
	}
	typ, ok := l.word(value, "the type of "+sl.name)
	if !ok {
		return nil
	}
	if !slices.Contains(contactTypes, typ) {
		l.errorf(at(value), hintAmong(typ, contactTypes), "unknown type %q", typ)
		return nil
	}
	sl.typ = SlotType(typ)
	l.slotDefaults(sl)
	if o != nil {
		l.slotKind(sl, o)
	}
	return sl
}

// contactTypes are what a contact's field can be.
var contactTypes = slices.DeleteFunc(slices.Clone(slotTypes), func(s string) bool { return s == "choice" || s == "recording" })

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
	for _, read := range l.late {
		read()
	}
	l.late = nil
}

func (l *loader) slot(f field) *slot {
	sl := &slot{name: f.name, at: f.key, confirm: confirmNever}
	if _, short := f.value.(*ast.StringNode); short { // callback_at: time
		if !l.slotType(sl, f.value) {
			return nil
		}
		if sl.typ == ChoiceSlot {
			l.errorf(f.key, "choices: {small: [small, the small one]}", "the choice %s has no choices", f.name)
		}
		l.slotDefaults(sl)
		return sl
	}
	o, ok := l.object(f.value, "slot "+f.name, "type", "entity", "min", "max", "choices", "currency", "region", "scope", "past", "confirm", "remember", "example", "out_of_range")
	if !ok {
		return nil
	}
	t, ok := o.get("type")
	if e, custom := o.get("entity"); custom {
		if ok {
			l.errorf(t.key, "leave type out", "slot %s has both type and entity", f.name)
		}
		sl.typ = EntitySlot
		if sl.entity, ok = l.entityRef(e.value); !ok {
			return nil
		}
	} else if !ok {
		l.errorf(f.key, hintAmong("", slotTypes), "slot %s has no type", f.name)
		return nil
	} else if !l.slotType(sl, t.value) {
		return nil
	}
	l.slotDefaults(sl)
	l.slotKind(sl, o)
	l.limits(sl, o, f)
	l.choices(sl, o, f)
	l.slotManner(sl, o)
	return sl
}

// slotDefaults are what the flow's language suggests.
func (l *loader) slotDefaults(sl *slot) {
	sl.currency, sl.region = "USD", "US"
	if l.flow.Language == "zh" {
		sl.currency, sl.region = "CNY", "CN"
	}
	if sl.typ == ConsentSlot {
		sl.scope = sl.name
	}
}

var (
	currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
	regionCode   = regexp.MustCompile(`^[A-Z]{2}$`)
)

// slotKind reads the keys that belong to one type each.
func (l *loader) slotKind(sl *slot, o *object) {
	only := func(key string, types ...SlotType) (field, bool) {
		f, ok := o.get(key)
		if ok && !slices.Contains(types, sl.typ) {
			l.errorf(f.key, "", "%s does not apply to a slot of type %s", key, sl.typ)
			return f, false
		}
		return f, ok
	}
	if f, ok := only("currency", MoneySlot); ok {
		if s, ok := l.word(f.value, "currency"); ok {
			if sl.currency = s; !currencyCode.MatchString(s) {
				l.errorf(at(f.value), "for example EUR", "%q is no currency", s)
			}
		}
	}
	if f, ok := only("region", PhoneSlot, IDSlot, PlateSlot, AddressSlot); ok {
		if s, ok := l.word(f.value, "region"); ok {
			if sl.region = s; !regionCode.MatchString(s) {
				l.errorf(at(f.value), "for example GB", "%q is no region", s)
			}
		}
	}
	if f, ok := only("scope", ConsentSlot); ok {
		sl.scope, _ = l.word(f.value, "scope")
	}
	if f, ok := only("past", TimeSlot); ok {
		sl.past, _ = l.boolean(f.value, "past")
	}
}

// slotManner reads how a slot is asked for and kept.
func (l *loader) slotManner(sl *slot, o *object) {
	if f, ok := o.get("confirm"); ok {
		if s, ok := l.word(f.value, "confirm"); ok {
			sl.confirm = confirmMode(s)
			if !slices.Contains([]confirmMode{confirmNever, confirmUnsure, confirmAlways}, sl.confirm) {
				l.errorf(at(f.value), "always, unsure or never", "confirm cannot be %q", s)
			} else if sl.typ == RecordingSlot {
				l.errorf(f.key, "", "confirm does not apply to a slot of type %s", sl.typ)
			}
		}
	}
	if f, ok := o.get("remember"); ok {
		if s, ok := l.word(f.value, "remember"); ok {
			if sl.remember = s == "contact"; !sl.remember && s != "call" {
				l.errorf(at(f.value), "call or contact", "remember cannot be %q", s)
			}
		}
	}
	if f, ok := o.get("example"); ok {
		sl.example, _ = l.word(f.value, "example")
	}
	if f, ok := o.get("out_of_range"); ok {
		l.late = append(l.late, func() { sl.outOfRange = l.prompt(f.value) }) // it may name slots that come later
	}
}

// limits reads min and max: a number, a length, a moment, as the type has it.
func (l *loader) limits(sl *slot, o *object, f field) {
	for name, into := range map[string]**float64{"min": &sl.min, "max": &sl.max} {
		limit, ok := o.get(name)
		if !ok {
			continue
		}
		switch sl.typ {
		case NumberSlot, DigitsSlot, MoneySlot, PercentSlot, OrdinalSlot:
			if v, ok := l.limitNumber(sl, limit, name); ok {
				*into = &v
			}
		case DurationSlot:
			if s, ok := l.word(limit.value, name); ok {
				span, err := ParseSpan(s)
				if err != nil {
					l.errorf(at(limit.value), "for example 30m, 3 days or 6 months", "%s must be a length of time, not %q", name, s)
					continue
				}
				v := span.InSeconds()
				*into = &v
			}
		case TimeSlot, DateSlot:
			l.limitMoment(sl, limit, name)
		default:
			l.errorf(limit.key, "", "%s does not apply to a slot of type %s", name, sl.typ)
		}
	}
	if sl.min != nil && sl.max != nil && *sl.min > *sl.max {
		l.errorf(f.key, "", "the min of slot %s is more than its max", f.name)
	}
	low, hasLow := sl.limit(sl.from, limitBase)
	if high, ok := sl.limit(sl.to, limitBase); ok && hasLow && low.After(high) {
		l.errorf(f.key, "", "the min of slot %s is later than its max", f.name)
	}
}

// limitBase stands for now where only the order of two limits counts.
var limitBase = time.Date(2025, 6, 4, 10, 0, 0, 0, time.UTC)

func (l *loader) limitNumber(sl *slot, f field, name string) (float64, bool) {
	if s, ok := f.value.(*ast.StringNode); ok && sl.typ == PercentSlot {
		if v, ok := sl.acceptNumber(s.Value); ok {
			return v, true
		}
	}
	v, ok := l.number(f.value, name)
	if ok && sl.typ == DigitsSlot && (v < 0 || v != float64(int(v)) || v > 500) {
		l.errorf(at(f.value), "", "%s of a slot of type %s is a length, a whole number up to 500", name, sl.typ)
		return 0, false
	}
	return v, ok
}

func (l *loader) limitMoment(sl *slot, f field, name string) {
	s, ok := l.word(f.value, name)
	if !ok {
		return
	}
	if _, ok := sl.limit(s, limitBase); !ok {
		l.errorf(at(f.value), `today, "+30 days" or "2025-12-31"`, "%s must be a day, not %q", name, s)
		return
	}
	if name == "min" {
		sl.from = s
	} else {
		sl.to = s
	}
}

// limit is the moment a limit means at now.
func (s *slot) limit(text string, now time.Time) (time.Time, bool) {
	y, m, d := now.Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, now.Location())
	start := now
	if s.typ == DateSlot {
		start = today
	}
	switch {
	case text == "":
		return time.Time{}, false
	case text == "now":
		return start, true
	case text == "today":
		return today, true
	case text == "tomorrow":
		return today.AddDate(0, 0, 1), true
	case text == "yesterday":
		return today.AddDate(0, 0, -1), true
	case text[0] == '+' || text[0] == '-':
		span, err := ParseSpan(text[1:])
		if err != nil {
			return time.Time{}, false
		}
		if text[0] == '-' {
			span.Years, span.Months, span.Days, span.Clock = -span.Years, -span.Months, -span.Days, -span.Clock
		}
		return span.After(start), true
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func (l *loader) slotType(sl *slot, n ast.Node) bool {
	typ, ok := l.word(n, "the type of slot "+sl.name)
	if !ok {
		return false
	}
	if !slices.Contains(slotTypes, typ) {
		hint := hintAmong(typ, slotTypes)
		if l.flow.entities[typ] != nil {
			hint = "for an entity of the flow: {entity: " + typ + "}"
		}
		l.errorf(at(n), hint, "unknown type %q", typ)
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
		ch := l.choice(e, "choice "+e.name)
		sl.choices = append(sl.choices, ch)
		intents = append(intents, nlu.Intent{Name: ch.name, Phrases: ch.phrases})
	}
	sl.classifier = nlu.NewPhrases(intents)
}

// choice reads a name with its phrases, its key, and how it is said.
func (l *loader) choice(e field, what string) choice {
	ch := choice{name: e.name}
	m, isMap := e.value.(*ast.MappingNode)
	if !isMap {
		ch.phrases = l.texts(e.value, what)
		return ch
	}
	if one, ok := l.object(m, what, "phrases", "digits", "say"); ok {
		ch.phrases, ch.digits = l.phrasesAndDigits(one, what)
		if s, ok := one.get("say"); ok {
			ch.label, _ = l.word(s.value, "say of "+what)
		}
	}
	return ch
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
	case NumberSlot, MoneySlot, PercentSlot, OrdinalSlot:
		return expr.AsFloat64()
	case BooleanSlot:
		return expr.AsBool()
	case TimeSlot, DateSlot, DurationSlot, ConsentSlot:
		return nil // checked when it runs
	}
	return expr.AsKind(stringKind)
}
