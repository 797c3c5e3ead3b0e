package dialog

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/goccy/go-yaml/ast"
)

const (
	stringKind  = reflect.String
	defaultRing = 20 * time.Second
	defaultWait = 90 * time.Second
)

var utc = time.UTC

// settings reads the keys that are inherited from flow to node.
func (l *loader) settings(o *object, what string) settings {
	var s settings
	if f, ok := o.get("barge_in"); ok {
		s.bargeIn = l.bargeIn(f.value)
	}
	for name, into := range map[string]*time.Duration{"no_input_after": &s.noInputAfter, "end_silence": &s.endSilence,
		"max_speech": &s.maxSpeech, "between_keys": &s.betweenKeys} {
		if f, ok := o.get(name); ok {
			*into, _ = l.duration(f.value, name, shortest, longest)
		}
	}
	if f, ok := o.get("min_confidence"); ok {
		if s.minConfidence, _ = l.number(f.value, "min_confidence"); s.minConfidence < 0 || s.minConfidence > 1 {
			l.errorf(at(f.value), "", "min_confidence must be between 0 and 1")
		}
		if s.minConfidence == 0 {
			s.minConfidence = -1 // said: whatever is heard counts
		}
	}
	for name, into := range map[string]**bool{"verify": &s.verify, "corrections": &s.corrections} {
		if f, ok := o.get(name); ok {
			if v, ok := l.boolean(f.value, name); ok {
				*into = &v
			}
		}
	}
	for name, into := range map[string]*[]rung{"no_input": &s.noInput, "no_match": &s.noMatch} {
		if f, ok := o.get(name); ok {
			*into = l.ladder(f, name+" of "+what)
		}
	}
	return s
}

// ladder reads what happens at the first, second, … failure in a row.
func (l *loader) ladder(f field, what string) []rung {
	items, ok := l.list(f.value, what)
	if !ok {
		return nil
	}
	if len(items) == 0 {
		l.errorf(f.key, "", "%s is empty", what)
		return nil
	}
	var out []rung
	for i, item := range items {
		o, ok := l.object(item, "a rung of "+what, "say", "repeat", "goto", "end")
		if !ok {
			continue
		}
		var r rung
		if s, ok := o.get("say"); ok {
			r.say = l.prompt(s.value)
		}
		if s, ok := o.get("repeat"); ok {
			r.repeat, _ = l.boolean(s.value, "repeat")
		}
		if s, ok := o.get("goto"); ok {
			r.next, _ = l.ref(s.value, "goto")
		}
		if s, ok := o.get("end"); ok {
			r.ends = true
			if !isNull(s.value) {
				r.end, _ = l.word(s.value, "end")
			}
		}
		_, says := o.get("say")
		switch {
		case r.ends && r.next.node != "":
			l.errorf(o.at, "", "a rung of %s has both goto and end", what)
		case r.leaves() && i < len(items)-1:
			l.errorf(o.at, "", "the rungs of %s after this one are never reached", what)
		case !r.leaves() && !says && !r.repeat:
			l.errorf(o.at, "say, repeat, goto or end", "a rung of %s does nothing", what)
		case !r.leaves() && i == len(items)-1:
			l.errorf(o.at, "the last rung needs goto or end", "%s has no way out", what)
		}
		out = append(out, r)
	}
	return out
}

var listenKeys = append([]string{"intents", "digits", "hints", "slots"}, settingKeys...)

func (l *loader) listen(n *node, value ast.Node) *listen {
	o, ok := l.object(value, "listen of node "+n.name, append([]string{"goto"}, listenKeys...)...)
	if !ok {
		return nil
	}
	li := l.listenParts(n, o)
	l.mixed(li, o)
	if g, ok := o.get("goto"); ok {
		li.next, _ = l.ref(g.value, "goto")
		if len(li.slots) == 0 {
			l.errorf(g.key, "slots: [NAME]", "goto of listen is for what fills slots, and it names none")
		}
	}
	if len(li.slots) > 0 && li.next.node == "" {
		l.holes = true
		l.errorf(o.at, "goto: NODE", "listen of node %s fills slots, and does not say where to go on then", n.name)
	}
	if len(li.intents) == 0 && len(li.digits) == 0 && len(li.slots) == 0 {
		l.holes = true
		l.errorf(o.at, "intents: {yes: NODE}", "listen of node %s expects nothing", n.name)
	}
	return li
}

// mixed reads the slots that are filled from whatever is said.
func (l *loader) mixed(li *listen, o *object) {
	if f, ok := o.get("slots"); ok {
		for _, name := range l.slotRefs(f.value, "slots") {
			li.slots = append(li.slots, l.flow.slots[name])
		}
	}
}

// listenParts reads what listen and ask have in common.
func (l *loader) listenParts(n *node, o *object) *listen {
	li := &listen{intents: map[string]ref{}, digits: map[string]ref{}}
	barge := n.settings.bargeIn
	n.settings = l.settings(o, "node "+n.name)
	if n.settings.bargeIn == nil {
		n.settings.bargeIn = barge
	}
	if f, ok := o.get("hints"); ok {
		li.hints = l.texts(f.value, "hints")
	}
	if f, ok := o.get("intents"); ok {
		if all, ok := l.open(f.value, "intents of node "+n.name); ok {
			for _, e := range all.fields {
				r, ok := l.ref(e.value, "intents."+e.name)
				in := l.intent(e.name)
				if in == nil {
					l.holes = true
					l.errorf(e.key, hintAmong(e.name, l.intentNames()), "unknown intent %q", e.name)
					continue
				}
				in.used = true
				if ok {
					li.intents[e.name] = r
					li.order = append(li.order, e.name)
				}
			}
		}
	}
	if f, ok := o.get("digits"); ok {
		if all, ok := l.open(f.value, "digits of node "+n.name); ok {
			for _, e := range all.fields {
				if !l.keys(e.name, e.key, "an entry of digits") {
					continue
				}
				if r, ok := l.ref(e.value, "digits."+e.name); ok {
					li.digits[e.name] = r
				}
			}
		}
	}
	for _, name := range li.order {
		if d := l.flow.intents[name].digits; d != "" {
			if other, taken := li.digits[d]; taken && other.node != li.intents[name].node {
				l.warnf(other.at, "", "key %s leads to %s here, and intent %s is keyed %s too", d, other.node, name, d)
				continue
			}
			li.digits[d] = li.intents[name]
		}
	}
	return li
}

func (l *loader) ask(n *node, f field) {
	o, ok := l.object(f.value, "ask of node "+n.name, append([]string{"slot", "goto", "always", "keys", "out_of_range"}, listenKeys...)...)
	if !ok {
		return
	}
	a := &ask{}
	if s, ok := o.get("slot"); ok {
		l.noSlot(s.value, "slot")
		if names := l.slotRefs(s.value, "slot"); len(names) > 0 {
			a.slot = l.flow.slots[names[0]]
			a.keys = a.slot.keySpec()
		}
	} else {
		l.errorf(f.key, "slot: NAME", "ask of node %s names no slot", n.name)
	}
	l.askParts(n, a, o, f)
	if k, ok := o.get("keys"); ok {
		if spec, ok := l.object(k.value, "keys", "max", "terminator"); ok {
			if m, ok := spec.get("max"); ok {
				v, _ := l.number(m.value, "max")
				if a.keys.max = int(v); v != float64(a.keys.max) || v < 1 || v > 64 {
					l.errorf(at(m.value), "", "max must be a whole number from 1 to 64")
				}
			}
			if t, ok := spec.get("terminator"); ok {
				a.keys.terminator = l.terminator(t.value)
			}
		}
	}
	if a.slot == nil {
		l.holes = true
		return
	}
	n.listen, n.ask = l.listenParts(n, o), a
	l.mixed(n.listen, o)
}

func (l *loader) globals(o *object) {
	f, ok := o.get("global")
	if !ok {
		return
	}
	all, ok := l.open(f.value, "global")
	if !ok {
		return
	}
	for _, e := range all.fields {
		in := l.intent(e.name)
		if in == nil {
			l.holes = true
			l.errorf(e.key, hintAmong(e.name, l.intentNames()), "unknown intent %q", e.name)
			continue
		}
		in.used = true
		if g, ok := l.global(e); ok {
			l.flow.globals = append(l.flow.globals, g)
		}
	}
}

// global reads what happens when an intent is heard anywhere: the name of a
// node, or goto (with return), repeat, or say.
func (l *loader) global(f field) (global, bool) {
	g := global{intent: f.name, at: f.key}
	if _, short := f.value.(*ast.StringNode); short {
		g.next, _ = l.ref(f.value, "global."+f.name)
		return g, g.next.node != ""
	}
	o, ok := l.object(f.value, "global "+f.name, "goto", "return", "repeat", "slower", "wait", "say")
	if !ok {
		return g, false
	}
	ways := 0
	if s, ok := o.get("goto"); ok {
		g.next, _ = l.ref(s.value, "goto")
		ways++
	}
	if s, ok := o.get("repeat"); ok {
		g.repeat, _ = l.boolean(s.value, "repeat")
		ways++
	}
	if s, ok := o.get("slower"); ok {
		g.slower, _ = l.boolean(s.value, "slower")
		ways++
	}
	if s, ok := o.get("wait"); ok {
		g.wait, _ = l.duration(s.value, "wait", time.Second, 5*time.Minute)
		ways++
	}
	if s, ok := o.get("say"); ok {
		g.say = l.prompt(s.value)
		if g.wait == 0 { // what is said before waiting
			ways++
		}
	}
	if s, ok := o.get("return"); ok {
		g.back, _ = l.boolean(s.value, "return")
		if g.next.node == "" {
			l.errorf(s.key, "", "return of global %s needs a goto", f.name)
		}
	}
	if ways != 1 {
		l.errorf(f.key, "one of goto, repeat, slower, wait, say", "global %s must do exactly one thing", f.name)
		return g, false
	}
	return g, true
}

// finishListen gathers what a node hears: its own intents and the global ones.
func (l *loader) finishListen(n *node) {
	li := n.listen
	seen := map[string]bool{}
	add := func(phrases ...string) {
		for _, p := range phrases {
			if !seen[p] {
				seen[p] = true
				li.phrases = append(li.phrases, p)
			}
		}
	}
	addIntent := func(name string) {
		li.among = append(li.among, name)
		in := l.flow.intents[name]
		add(in.phrases...)
		for _, s := range in.fill {
			add(s.vocabulary(l.flow.Language)...)
		}
	}
	for _, name := range li.order {
		addIntent(name)
	}
	for _, g := range l.flow.globals {
		if _, own := li.intents[g.intent]; own {
			continue
		}
		addIntent(g.intent)
		d := l.flow.intents[g.intent].digits
		if _, taken := li.digits[d]; d != "" && !taken && (n.ask == nil || n.ask.keys.max == 0) {
			li.digits[d] = ref{node: globalKey(g.intent)}
		}
	}
	if n.ask != nil {
		if !n.ask.only {
			add(n.ask.slot.vocabulary(l.flow.Language)...)
		}
		li.maxKeys = n.ask.keys.max
	}
	if n.confirm != nil {
		add((&slot{typ: BooleanSlot}).vocabulary(l.flow.Language)...)
		li.maxKeys = 1
		for _, sl := range n.confirm.slots {
			add(sl.vocabulary(l.flow.Language)...)
		}
	}
	for _, sl := range li.slots {
		add(sl.vocabulary(l.flow.Language)...)
	}
	add(li.hints...)
	for _, d := range slices.Sorted(maps.Keys(li.digits)) {
		li.maxKeys = max(li.maxKeys, len(d))
	}
}

// globalKey marks a key that stands for a global intent, not for a node. A
// node cannot be named so.
func globalKey(intent string) string { return fmt.Sprintf("{%s}", intent) }
