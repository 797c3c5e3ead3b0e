package dialog

import (
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

const (
	defaultTurns  = 6
	defaultTokens = 300
	maxTools      = 16
)

var llmKeys = append([]string{"prompt", "say_first", "knowledge", "tools", "slots", "exits", "max_turns", "max_tokens", "max_time", "max_cost",
	"timeout", "filler", "filler_after", "failed"}, settingKeys...)

// llm reads a stretch of conversation that a language model leads.
func (l *loader) llm(n *node, f field) {
	o, ok := l.object(f.value, "llm of node "+n.name, llmKeys...)
	if !ok {
		return
	}
	spec := &llmSpec{maxTurns: defaultTurns, maxTokens: defaultTokens, maxTime: time.Minute}
	w := &work{at: f.key, kind: WorkLLM, llm: spec}
	l.workParts(w, o, defaultLLMTimeout)
	if p, ok := o.get("prompt"); ok {
		spec.system = l.instructions(p.value)
	} else {
		l.errorf(f.key, "prompt: You are …", "llm of node %s has no prompt", n.name)
	}
	if p, ok := o.get("say_first"); ok {
		spec.sayFirst = l.prompt(p.value)
	}
	if k, ok := o.get("knowledge"); ok {
		w.knowledge = l.knowledgeName(k.value)
	}
	if s, ok := o.get("slots"); ok {
		for _, name := range l.slotRefs(s.value, "slots") {
			spec.slots = append(spec.slots, l.flow.slots[name])
		}
	}
	for name, limit := range map[string]struct {
		into *int
		most int
	}{"max_turns": {&spec.maxTurns, 50}, "max_tokens": {&spec.maxTokens, 4096}} {
		if v, ok := o.get(name); ok {
			*limit.into = l.whole(v.value, name, 1, limit.most)
		}
	}
	if v, ok := o.get("max_time"); ok {
		spec.maxTime, _ = l.duration(v.value, "max_time", time.Second, longest)
	}
	if v, ok := o.get("max_cost"); ok {
		if spec.maxCost, _ = l.number(v.value, "max_cost"); spec.maxCost <= 0 {
			l.errorf(at(v.value), "", "max_cost must be more than 0")
		}
	}
	l.llmTools(spec, o)
	if !slices.ContainsFunc(spec.tools, func(t llmTool) bool { return t.next.node != "" }) {
		l.holes = true
		l.errorf(f.key, "exits: {done: NODE}", "llm of node %s has no way on: no exits, no tools with goto", n.name)
	}
	n.work = w
	n.listen = l.listenParts(n, o)
}

// instructions are the flow's own words. What the customer says in words of
// his own must not get into them.
func (l *loader) instructions(node ast.Node) *format {
	f := l.format(node, "prompt")
	if f == nil {
		return nil
	}
	for _, p := range f.pieces {
		if p.expr == nil {
			continue
		}
		for _, name := range p.expr.names {
			sl := l.flow.slots[name]
			if name == "text" || sl != nil && slices.Contains([]SlotType{TextSlot, NameSlot, AddressSlot, EmailSlot}, sl.typ) {
				l.errorf(at(node), "only values that have a type of their own: number, date, choice …", "the instructions of a model must not contain the customer's words, as %s does", name)
			}
		}
	}
	return f
}

func (l *loader) whole(n ast.Node, what string, least, most int) int {
	v, ok := l.number(n, what)
	if ok && (v != float64(int(v)) || int(v) < least || int(v) > most) {
		l.errorf(at(n), "", "%s must be a whole number from %d to %d", what, least, most)
	}
	return int(v)
}

func (l *loader) llmTools(spec *llmSpec, o *object) {
	add := func(t llmTool, p pos) {
		switch {
		case !identifier(t.name):
			l.errorf(p, "letters, digits and _", "%q is no name for a tool", t.name)
		case slices.ContainsFunc(spec.tools, func(have llmTool) bool { return have.name == t.name }):
			l.errorf(p, "", "%q is both a tool and an exit", t.name)
		case len(spec.tools) == maxTools:
			l.errorf(p, "", "more than %d tools and exits", maxTools)
		default:
			spec.tools = append(spec.tools, t)
		}
	}
	if f, ok := o.get("tools"); ok {
		if all, ok := l.open(f.value, "tools"); ok {
			for _, e := range all.fields {
				t := llmTool{name: e.name}
				one, ok := l.object(e.value, "tool "+e.name, "description", "goto", "function")
				if !ok {
					continue
				}
				if d, ok := one.get("description"); ok {
					t.description, _ = l.word(d.value, "description")
				} else {
					l.errorf(e.key, "description: when to use it", "tool %s has no description", e.name)
				}
				if g, ok := one.get("goto"); ok {
					t.next, _ = l.ref(g.value, "goto")
				}
				if g, ok := one.get("function"); ok {
					t.function, _ = l.word(g.value, "function")
				}
				if (t.next.node == "") == (t.function == "") {
					l.errorf(e.key, "goto or function", "tool %s must do exactly one thing", e.name)
				}
				add(t, e.key)
			}
		}
	}
	if f, ok := o.get("exits"); ok {
		if all, ok := l.open(f.value, "exits"); ok {
			for _, e := range all.fields {
				t := llmTool{name: e.name, description: strings.ReplaceAll(e.name, "_", " ")}
				t.next, _ = l.ref(e.value, "exits."+e.name)
				add(t, e.key)
			}
		}
	}
}
