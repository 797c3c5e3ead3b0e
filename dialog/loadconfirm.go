package dialog

import (
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// collect reads keys.
func (l *loader) collect(n *node, f field) {
	keys := slices.DeleteFunc(slices.Clone(listenKeys), func(k string) bool { return k == "slots" })
	o, ok := l.object(f.value, "collect of node "+n.name, append([]string{"slot", "goto", "always", "min", "max", "terminator", "out_of_range"}, keys...)...)
	if !ok {
		return
	}
	a := &ask{only: true}
	s, ok := o.get("slot")
	if ok {
		l.noSlot(s.value, "slot")
	}
	if !ok {
		l.errorf(f.key, "slot: NAME", "collect of node %s names no slot", n.name)
	} else if names := l.slotRefs(s.value, "slot"); len(names) > 0 {
		a.slot = l.flow.slots[names[0]]
		if a.keys = a.slot.keySpec(); a.slot.typ == TextSlot {
			a.keys = keySpec{max: 20, terminator: "#"}
		}
		if a.keys.max == 0 {
			l.errorf(at(s.value), "", "%s is of type %s, which cannot be keyed in", names[0], a.slot.typ)
		}
	}
	l.askParts(n, a, o, f)
	if v, ok := o.get("max"); ok {
		a.keys.max = l.whole(v.value, "max", 1, 64)
	}
	if v, ok := o.get("min"); ok {
		if a.keys.min = l.whole(v.value, "min", 1, 64); a.keys.min > a.keys.max {
			l.errorf(v.key, "", "the min of collect is more than its max")
		}
	}
	if v, ok := o.get("terminator"); ok {
		a.keys.terminator = l.terminator(v.value)
	}
	if a.slot == nil {
		l.holes = true
		return
	}
	n.listen, n.ask = l.listenParts(n, o), a
}

// askParts are what ask and collect have in common.
func (l *loader) askParts(n *node, a *ask, o *object, f field) {
	if g, ok := o.get("goto"); ok {
		a.next, _ = l.ref(g.value, "goto")
	} else {
		l.holes = true
		l.errorf(f.key, "goto: NODE", "%s of node %s does not say where to go on", f.name, n.name)
	}
	if s, ok := o.get("always"); ok {
		a.always, _ = l.boolean(s.value, "always")
	}
	if s, ok := o.get("out_of_range"); ok {
		a.outOfRange = l.prompt(s.value)
	}
}

var confirmKeys = append([]string{"slots", "say", "goto", "denied"},
	slices.DeleteFunc(slices.Clone(listenKeys), func(k string) bool { return k == "slots" || k == "goto" })...)

// confirm asks whether values are right.
func (l *loader) confirm(n *node, f field) {
	o, ok := l.object(f.value, "confirm of node "+n.name, confirmKeys...)
	if !ok {
		return
	}
	c := &confirm{corrections: true}
	if s, ok := o.get("slots"); ok {
		for _, name := range l.slotRefs(s.value, "slots") {
			c.slots = append(c.slots, l.flow.slots[name])
		}
	}
	if len(c.slots) == 0 {
		l.errorf(f.key, "slots: [NAME]", "confirm of node %s names no slot", n.name)
	}
	if s, ok := o.get("say"); ok {
		c.say = l.prompt(s.value)
	}
	if d, ok := o.get("denied"); ok {
		c.denied, _ = l.ref(d.value, "denied")
	}
	if g, ok := o.get("goto"); ok {
		c.next, _ = l.ref(g.value, "goto")
	} else {
		l.holes = true
		l.errorf(f.key, "goto: NODE", "confirm of node %s does not say where to go on", n.name)
	}
	n.listen, n.confirm = l.listenParts(n, o), c
	if n.settings.corrections != nil {
		c.corrections = *n.settings.corrections
	}
}

// consent reads what is agreed to by coming here.
func (l *loader) consent(f field) *consent {
	o, ok := l.object(f.value, "consent", "slot", "scope")
	if !ok {
		return nil
	}
	c := &consent{}
	if s, ok := o.get("slot"); ok {
		c.slot = l.flow.slots[l.slotOf(s.value, "consent", ConsentSlot)]
	} else {
		l.errorf(f.key, "slot: NAME", "consent names no slot")
	}
	if s, ok := o.get("scope"); ok {
		c.scope, _ = l.word(s.value, "scope")
	}
	if c.scope == "" && c.slot != nil {
		c.scope = c.slot.name
	}
	return c
}

// callback reads an appointment: a slot, or with a way out where nobody may be
// called at that time.
func (l *loader) callback(n *node, f field) {
	if _, isMap := f.value.(*ast.MappingNode); !isMap {
		n.callback = l.slotOf(f.value, "callback", TimeSlot)
		return
	}
	o, ok := l.object(f.value, "callback", "slot", "outside")
	if !ok {
		return
	}
	if s, ok := o.get("slot"); ok {
		n.callback = l.slotOf(s.value, "callback", TimeSlot)
	} else {
		l.errorf(f.key, "slot: NAME", "callback names no slot")
	}
	if s, ok := o.get("outside"); ok {
		n.outside, _ = l.ref(s.value, "outside")
	}
}
