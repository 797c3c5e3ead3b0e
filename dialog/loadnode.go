package dialog

import (
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

var settingKeys = []string{"barge_in", "no_input_after", "end_silence", "max_speech", "between_keys", "no_input", "no_match",
	"min_confidence", "verify", "corrections"}

// continuations are the keys of a node that say how it goes on.
var continuations = []string{"listen", "ask", "collect", "confirm", "choose", "call", "llm", "answer", "record", "send", "transfer", "run",
	"goto", "end", "return"}

// maxName is how long the name of a node may be.
const maxName = 64

func (l *loader) nodes(o *object) {
	f, ok := o.get("nodes")
	if !ok {
		what := "the flow"
		if l.sub != "" {
			what = "flow " + l.sub
		}
		l.errorf(o.at, "nodes: {greet: {say: Hello, end: done}}", "%s has no nodes", what)
		return
	}
	all, ok := l.open(f.value, "nodes")
	if !ok {
		return
	}
	if len(all.fields) == 0 {
		l.errorf(f.key, "", "nodes is empty")
	}
	for _, e := range all.fields {
		if e.name == "" || strings.ContainsAny(e.name, " \t\n{}") {
			l.errorf(e.key, "use _", "%q is no name for a node", e.name)
			continue
		}
		if len(e.name) > maxName {
			l.errorf(e.key, "", "the name of node %s is longer than %d bytes", clip(e.name), maxName)
			continue
		}
		name := l.qualified(e.name)
		if first := l.flow.nodes[name]; first != nil { // a/b, and b of the flow a
			l.errorf(e.key, "", "node %s is already there, at %s", name, l.where(first.at))
			continue
		}
		l.flow.order = append(l.flow.order, name)
		n := l.node(e)
		n.name, n.sub, n.index = name, l.sub, len(l.flow.order)-1
		l.flow.nodes[name] = n
	}
}

var nodeKeys = append([]string{"set", "opt_out", "callback", "outcome", "consent", "play", "say", "barge_in"}, continuations...)

func (l *loader) node(f field) *node {
	n := &node{name: f.name, at: f.key}
	o, ok := l.object(f.value, "node "+f.name, nodeKeys...)
	if !ok {
		return n
	}
	if b, ok := o.get("barge_in"); ok {
		n.settings.bargeIn = l.bargeIn(b.value)
	}
	if s, ok := o.get("set"); ok {
		n.set = l.assignments(s.value)
	}
	if s, ok := o.get("opt_out"); ok {
		n.optOut, _ = l.boolean(s.value, "opt_out")
	}
	if s, ok := o.get("callback"); ok {
		l.callback(n, s)
	}
	if s, ok := o.get("outcome"); ok {
		n.outcome, _ = l.word(s.value, "outcome")
	}
	if s, ok := o.get("consent"); ok {
		n.consent = l.consent(s)
	}
	if s, ok := o.get("play"); ok {
		n.play = l.play(s.value)
	}
	if s, ok := o.get("say"); ok {
		n.say = l.prompt(s.value)
	}
	l.continuation(n, o)
	return n
}

// continuation reads the one part that says how a node goes on.
func (l *loader) continuation(n *node, o *object) {
	var found []field
	for _, name := range continuations {
		if f, ok := o.get(name); ok {
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		l.errorf(n.at, "add goto, listen, ask, choose, transfer, return or end", "node %s leads nowhere", n.name)
		l.holes = true
		return
	}
	for _, extra := range found[1:] {
		l.errorf(extra.key, "make two nodes of it", "node %s has both %s and %s", n.name, found[0].name, extra.name)
	}
	f := found[0]
	switch f.name {
	case "goto":
		n.next, _ = l.ref(f.value, "goto")
	case "end":
		n.ends = true
		if !isNull(f.value) {
			n.end, _ = l.word(f.value, "end")
		}
	case "return":
		if v, ok := l.boolean(f.value, "return"); ok && !v {
			l.errorf(at(f.value), "return: true", "return can only be true")
		}
		n.returns = true
	case "listen":
		n.listen = l.listen(n, f.value)
	case "ask":
		l.ask(n, f)
	case "collect":
		l.collect(n, f)
	case "confirm":
		l.confirm(n, f)
	case "call":
		l.call(n, f)
	case "llm":
		l.llm(n, f)
	case "answer":
		l.answer(n, f)
	case "record":
		l.record(n, f)
	case "send":
		l.send(n, f)
	case "run":
		l.run(n, f)
	case "choose":
		n.choose = l.branches(f, false)
	case "transfer":
		n.transfer = l.transfer(f)
	}
}

// slotOf reads the name of a slot of a certain type.
func (l *loader) slotOf(n ast.Node, what string, want SlotType) string {
	names := l.slotRefs(n, what)
	if len(names) != 1 {
		l.noSlot(n, what)
		if len(names) > 1 {
			l.errorf(at(n), "", "%s takes one slot", what)
		}
		return ""
	}
	if got := l.flow.slots[names[0]].typ; got != want {
		l.errorf(at(n), "", "%s needs a slot of type %s, and %s is of type %s", what, want, names[0], got)
		return ""
	}
	return names[0]
}

// noSlot reports an empty list where a slot should stand.
func (l *loader) noSlot(n ast.Node, what string) {
	if seq, ok := n.(*ast.SequenceNode); ok && len(seq.Values) == 0 {
		l.errorf(at(n), "", "%s is an empty list", what)
	}
}

func (l *loader) assignments(n ast.Node) []assignment {
	o, ok := l.open(n, "set")
	if !ok {
		return nil
	}
	var out []assignment
	for _, f := range o.fields {
		sl := l.flow.slots[f.name]
		if sl == nil {
			l.errorf(f.key, hintAmong(f.name, l.slotNames()), "set names an unknown slot %q", f.name)
			continue
		}
		if a, ok := l.assignment(sl, f.value); ok {
			out = append(out, a)
		}
	}
	return out
}

// branches reads choose. In on_hangup a branch sets an outcome and slots
// instead of going anywhere.
func (l *loader) branches(f field, atEnd bool) []branch {
	items, ok := l.list(f.value, "choose")
	if !ok {
		return nil
	}
	known := []string{"if", "goto"}
	if atEnd {
		known = []string{"if", "set", "outcome"}
	}
	var out []branch
	for i, item := range items {
		o, ok := l.object(item, "an entry of choose", known...)
		if !ok {
			continue
		}
		var b branch
		if c, ok := o.get("if"); ok {
			b.cond = l.condition(c.value)
		} else if i < len(items)-1 {
			l.errorf(o.at, "only the last entry may lack if", "the entries of choose after this one are never reached")
		}
		if !atEnd {
			g, ok := o.get("goto")
			if !ok {
				l.holes = true
				l.errorf(o.at, "goto: NODE", "an entry of choose has no goto")
				continue
			}
			b.next, _ = l.ref(g.value, "goto")
		}
		if s, ok := o.get("outcome"); ok && atEnd {
			b.outcome, _ = l.word(s.value, "outcome")
		}
		if s, ok := o.get("set"); ok && atEnd {
			b.set = l.assignments(s.value)
		}
		out = append(out, b)
		if _, conditional := o.get("if"); conditional && i == len(items)-1 && !atEnd {
			l.errorf(f.key, "end the list with: - goto: NODE", "choose leads nowhere when no condition holds")
		}
	}
	if len(items) == 0 {
		l.errorf(f.key, "", "choose is empty")
	}
	return out
}

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{4,14}$`)

func (l *loader) transfer(f field) *transfer {
	o, ok := l.object(f.value, "transfer", "group", "number", "queue", "ring_timeout", "max_wait", "variables", "on")
	if !ok {
		return nil
	}
	t := &transfer{on: map[string]ref{}}
	for _, kind := range []TransferKind{ToGroup, ToNumber, ToQueue} {
		k, ok := o.get(string(kind))
		if !ok {
			continue
		}
		if t.kind != "" {
			l.errorf(k.key, "choose one", "transfer has both %s and %s", t.kind, kind)
			continue
		}
		t.kind = kind
		t.target, _ = l.word(k.value, string(kind))
		if kind == ToNumber && t.target != "" && !e164.MatchString(t.target) {
			l.errorf(at(k.value), "for example \"+442079460123\"", "%q is no number in E.164 form", t.target)
		}
	}
	if t.kind == "" {
		l.errorf(f.key, "group, number or queue", "transfer does not say where to")
	}
	t.ringTimeout, t.maxWait = defaultRing, defaultWait
	if d, ok := o.get("ring_timeout"); ok {
		t.ringTimeout, _ = l.duration(d.value, "ring_timeout", shortest, longest)
	}
	if d, ok := o.get("max_wait"); ok {
		t.maxWait, _ = l.duration(d.value, "max_wait", shortest, longest)
	}
	if v, ok := o.get("variables"); ok {
		t.variables = l.slotRefs(v.value, "variables")
	}
	l.transferOn(t, o, f)
	return t
}

var transferStatuses = []string{TransferConnected, TransferNobody, TransferBusy, TransferFailed, TransferAbandoned}

func (l *loader) transferOn(t *transfer, o *object, f field) {
	if on, ok := o.get("on"); ok {
		if targets, ok := l.object(on.value, "on", transferStatuses...); ok {
			for _, e := range targets.fields {
				if slices.Contains(transferStatuses, e.name) {
					t.on[e.name], _ = l.ref(e.value, "on."+e.name)
				}
			}
		}
	}
	if _, ok := t.on[TransferNobody]; !ok {
		l.errorf(f.key, "on: {nobody: NODE}", "transfer does not say what happens when nobody answers")
	}
}

func (l *loader) finale(n ast.Node) *finale {
	o, ok := l.object(n, "on_hangup", "set", "choose", "outcome")
	if !ok {
		return nil
	}
	fin := &finale{}
	if s, ok := o.get("set"); ok {
		fin.set = l.assignments(s.value)
	}
	if s, ok := o.get("choose"); ok {
		fin.choose = l.branches(s, true)
	}
	if s, ok := o.get("outcome"); ok {
		fin.outcome, _ = l.word(s.value, "outcome")
	}
	return fin
}
