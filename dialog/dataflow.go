package dialog

import (
	"maps"
	"slices"
)

// bits is a set of slots.
type bits []uint64

func (b bits) add(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

// join adds what is in o, and tells whether there was anything new.
func (b bits) join(o bits) bool {
	more := false
	for i, w := range o {
		if b[i]|w != b[i] {
			b[i] |= w
			more = true
		}
	}
	return more
}

// flowOfValues finds out which slots may have a value at each node: what any
// way there may have set. It looks at one scope, the flow's or a sub-flow's.
type flowOfValues struct {
	f     *Flow
	ways  func(*node) []way
	sub   string
	index map[string]int
	in    map[string]bits
	words int
	queue []string
	ends  []*node // that a digression comes back from
}

// readTooEarly warns of slots that are read where no way can have set them.
func (l *loader) readTooEarly(reached map[string]bool) {
	l.valuesOf("", l.flow.slots, nil, reached)
	for _, name := range l.flow.subOrder {
		sf := l.flow.subs[name]
		l.valuesOf(name, sf.slots, sf.params, reached)
	}
}

func (l *loader) valuesOf(sub string, slots map[string]*slot, given []string, reached map[string]bool) {
	v := &flowOfValues{f: l.flow, ways: l.ways, sub: sub, index: map[string]int{}, in: map[string]bits{}, words: len(slots)/64 + 1}
	for i, name := range slices.Sorted(maps.Keys(slots)) {
		v.index[name] = i
	}
	if len(slots) == 0 {
		return
	}
	for _, name := range l.flow.order {
		if n := l.flow.nodes[name]; n.returns || n.answers() {
			v.ends = append(v.ends, n)
		}
	}
	begin := v.none()
	for name, sl := range slots {
		if sl.remember || slices.Contains(given, name) {
			begin.add(v.index[name])
		}
	}
	v.begin(begin)
	for len(v.queue) > 0 {
		n := l.flow.nodes[v.queue[len(v.queue)-1]]
		v.queue = v.queue[:len(v.queue)-1]
		v.pass(n)
	}
	for _, name := range l.flow.order {
		if n := l.flow.nodes[name]; n.sub == sub && reached[name] {
			l.reads(n, v)
		}
	}
}

func (v *flowOfValues) none() bits { return make(bits, v.words) }

func (v *flowOfValues) all() bits {
	b := v.none()
	for _, i := range v.index {
		b.add(i)
	}
	return b
}

// begin puts the first values in. What an event leads to may have any.
func (v *flowOfValues) begin(given bits) {
	if v.sub != "" {
		v.reach(v.f.subs[v.sub].start, given)
		return
	}
	for _, w := range v.f.eventWays() {
		if w.label == "start" {
			v.reach(w.to, given)
		} else {
			v.reach(w.to, v.all())
		}
	}
}

func (v *flowOfValues) reach(node string, values bits) {
	n := v.f.nodes[node]
	if n == nil || n.sub != v.sub {
		return
	}
	have, seen := v.in[node]
	if !seen {
		have = v.none()
		v.in[node] = have
	}
	if have.join(values) || !seen {
		v.queue = append(v.queue, node)
	}
}

// pass takes the values of a node on to those that follow.
func (v *flowOfValues) pass(n *node) {
	out := v.none()
	out.join(v.in[n.name])
	for _, sl := range v.f.sets(n) {
		v.put(out, sl)
	}
	for _, w := range v.ways(n) {
		if w.kind == EdgeRun {
			continue
		}
		with := out
		if len(w.fills) > 0 || w.kind == EdgeResult {
			with = slices.Clone(out)
			for _, sl := range w.fills {
				v.put(with, sl)
			}
		}
		if w.kind == EdgeResult {
			for _, r := range n.run.into {
				v.put(with, r.to)
			}
		}
		v.reach(w.to, with)
	}
	if n.listen != nil { // a digression comes back with more
		for _, w := range v.ways(n) {
			if w.kind == EdgeDigress && v.digressed(w, n) {
				v.queue = append(v.queue, n.name)
			}
		}
	}
}

// digressed adds what a digression has set to where it began.
func (v *flowOfValues) digressed(w way, n *node) bool {
	more := v.none()
	for _, sl := range w.fills {
		v.put(more, sl)
	}
	if target := v.in[w.to]; target != nil {
		for _, end := range v.ends { // what its ends have may have been set on the way
			if v.in[end.name] != nil {
				more.join(v.in[end.name])
				for _, sl := range v.f.sets(end) {
					v.put(more, sl)
				}
			}
		}
	}
	return v.in[n.name].join(more)
}

func (v *flowOfValues) put(b bits, sl *slot) {
	if i, ok := v.index[sl.name]; ok {
		b.add(i)
	}
}

// sets are the slots a node may set by itself.
func (f *Flow) sets(n *node) []*slot {
	var out []*slot
	for _, a := range n.set {
		if !a.clear {
			out = append(out, a.slot)
		}
	}
	if n.consent != nil {
		out = append(out, n.consent.slot)
	}
	if n.outside.node != "" {
		if sl := f.slots[callbackNext]; sl != nil {
			out = append(out, sl)
		}
	}
	if n.work != nil && n.work.llm != nil {
		out = append(out, n.work.llm.slots...)
	}
	if n.listen != nil {
		out = append(out, n.listen.slots...)
	}
	return out
}

// reads warns of what n reads and cannot have. What a global intent's prompt
// reads, or a ladder's of the flow, is not looked at: it is heard everywhere.
func (l *loader) reads(n *node, v *flowOfValues) {
	have := v.none()
	have.join(v.in[n.name])
	for _, a := range n.set { // n reads its own values when it comes round again
		v.put(have, a.slot)
	}
	told := map[string]bool{}
	warn := func(name string, p pos) {
		i, ok := v.index[name]
		if !ok || have.has(i) || told[name] {
			return
		}
		told[name] = true
		l.warnf(p, "set it, ask for it, or give it a default", "node %s reads %s, which cannot have a value there yet", n.name, name)
	}
	for _, e := range n.expressions() {
		for _, name := range e.reads {
			warn(name, e.at)
		}
	}
	for _, sl := range l.flow.sets(n) {
		v.put(have, sl)
	}
	if n.callback != "" {
		warn(n.callback, n.at)
	}
	for _, p := range n.prompts() {
		if n.ask != nil && p == n.ask.outOfRange {
			continue
		}
		p.eachRead(func(name string) { warn(name, p.at) })
	}
	if n.confirm != nil && n.confirm.say == nil {
		for _, sl := range n.confirm.slots {
			warn(sl.name, n.at)
		}
	}
}

// eachRead visits the names whose values a prompt cannot do without.
func (p *prompt) eachRead(visit func(name string)) {
	for _, ln := range p.lines {
		for _, part := range ln.parts {
			if part.text == nil {
				continue
			}
			for _, pc := range part.text.pieces {
				if len(pc.path) == 1 && !slices.ContainsFunc(pc.filter, func(f filterCall) bool { return f.name == "default" }) {
					visit(pc.path[0])
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.arms)) {
		p.arms[name].eachRead(visit)
	}
}

// expressions are all that a node evaluates before it waits.
func (n *node) expressions() []*expression {
	var out []*expression
	assigned := func(set []assignment) {
		for _, a := range set {
			if a.expr != nil {
				out = append(out, a.expr)
			}
		}
	}
	assigned(n.set)
	for _, b := range n.choose {
		if b.cond != nil {
			out = append(out, b.cond)
		}
	}
	if n.run != nil {
		assigned(n.run.with)
	}
	if n.work != nil && n.work.question != nil {
		out = append(out, n.work.question)
	}
	return out
}
