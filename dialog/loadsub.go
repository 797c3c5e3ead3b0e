package dialog

import (
	"errors"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dialwright/dialwright/nlu/knowledge"
)

const maxSubFlows = 100

// subSeparator stands between the names of a sub-flow and its node.
const subSeparator = "/"

// declareSubs reads what sub-flows take and give, before any node runs them.
func (l *loader) declareSubs(o *object) *object {
	f, ok := o.get("flows")
	if !ok {
		return nil
	}
	all, ok := l.open(f.value, "flows")
	if !ok {
		return nil
	}
	if len(all.fields) > maxSubFlows {
		l.errorf(f.key, "", "more than %d sub-flows", maxSubFlows)
		return nil
	}
	for _, e := range all.fields {
		if !identifier(e.name) {
			l.errorf(e.key, "letters, digits and _", "%q is no name for a sub-flow", e.name)
			continue
		}
		sub, ok := l.object(e.value, "flow "+e.name, "params", "slots", "nodes", "start", "result")
		if !ok {
			continue
		}
		sf := &subFlow{name: e.name, at: e.key, slots: map[string]*slot{}}
		l.inSub(sf, func() {
			if p, ok := sub.get("params"); ok {
				l.slots(&object{at: sub.at, fields: []field{{name: "slots", key: p.key, value: p.value}}})
				sf.params = slices.Sorted(maps.Keys(sf.slots))
			}
			if s, ok := sub.get("slots"); ok {
				if own, ok := l.open(s.value, "slots"); ok {
					for _, e := range own.fields {
						if sf.slots[e.name] != nil {
							l.errorf(e.key, "", "%s is both a parameter and a slot", e.name)
						}
					}
				}
			}
			l.slots(sub)
			if r, ok := sub.get("result"); ok {
				sf.result = l.slotRefs(r.value, "result")
			}
		})
		l.flow.subs[e.name] = sf
		l.flow.subOrder = append(l.flow.subOrder, e.name)
	}
	return all
}

// inSub does something with the names of a sub-flow in force.
func (l *loader) inSub(sf *subFlow, do func()) {
	slots, scope := l.flow.slots, l.scope
	l.flow.slots, l.sub = sf.slots, sf.name
	l.scope = l.flow.scope()
	do()
	l.flow.slots, l.scope, l.sub = slots, scope, ""
}

// subNodes reads the nodes of all sub-flows.
func (l *loader) subNodes(all *object) {
	if all == nil {
		return
	}
	for _, e := range all.fields {
		sf := l.flow.subs[e.name]
		if sf == nil {
			continue
		}
		sub, ok := l.open(e.value, "flow "+e.name)
		if !ok {
			continue
		}
		l.inSub(sf, func() {
			first := len(l.flow.order)
			l.nodes(sub)
			if len(l.flow.order) > first {
				sf.start = l.flow.order[first]
			}
			if s, ok := sub.get("start"); ok {
				if r, ok := l.ref(s.value, "start"); ok {
					sf.start = r.node
				}
			}
		})
	}
}

// run goes through a sub-flow.
func (l *loader) run(n *node, f field) {
	o, ok := l.object(f.value, "run of node "+n.name, "flow", "with", "into", "on", "goto")
	if !ok {
		return
	}
	r := &run{on: map[string]ref{}, at: f.key}
	name, ok := o.get("flow")
	if !ok {
		l.holes = true
		l.errorf(f.key, "flow: NAME", "run of node %s names no flow", n.name)
		return
	}
	if r.flow, ok = l.word(name.value, "flow"); !ok {
		l.holes = true
		return
	}
	sf := l.flow.subs[r.flow]
	if sf == nil {
		l.holes = true
		l.errorf(at(name.value), hintAmong(r.flow, l.flow.subOrder), "run names an unknown flow %q", r.flow)
		return
	}
	sf.used = true
	l.runWith(r, sf, o)
	l.runInto(r, sf, o)
	if on, ok := o.get("on"); ok {
		if ways, ok := l.open(on.value, "on"); ok {
			for _, e := range ways.fields {
				r.on[e.name], _ = l.ref(e.value, "on."+e.name)
			}
		}
	}
	if g, ok := o.get("goto"); ok {
		r.next, _ = l.ref(g.value, "goto")
	} else {
		l.holes = true
		l.errorf(f.key, "goto: NODE", "run of node %s does not say where to go on", n.name)
	}
	n.run = r
}

func (l *loader) runWith(r *run, sf *subFlow, o *object) {
	f, ok := o.get("with")
	given := &object{}
	if ok {
		if given, ok = l.open(f.value, "with"); !ok {
			return
		}
	}
	for _, e := range given.fields {
		if !slices.Contains(sf.params, e.name) {
			l.errorf(e.key, hintAmong(e.name, sf.params), "flow %s has no parameter %q", sf.name, e.name)
			continue
		}
		if a, ok := l.assignment(sf.slots[e.name], e.value); ok {
			r.with = append(r.with, a)
		}
	}
	for _, p := range sf.params {
		if _, ok := given.get(p); !ok {
			l.errorf(r.at, "with: {"+p+": …}", "run of flow %s lacks its parameter %s", sf.name, p)
		}
	}
}

func (l *loader) runInto(r *run, sf *subFlow, o *object) {
	f, ok := o.get("into")
	if !ok {
		return
	}
	all, ok := l.open(f.value, "into")
	if !ok {
		return
	}
	for _, e := range all.fields {
		to := l.flow.slots[e.name]
		from, ok := l.word(e.value, "into."+e.name)
		switch {
		case !ok:
		case to == nil:
			l.errorf(e.key, hintAmong(e.name, l.slotNames()), "into names an unknown slot %q", e.name)
		case !slices.Contains(sf.result, from):
			l.errorf(at(e.value), orElse(hintAmong(from, sf.result), "result: ["+from+"]"), "flow %s has no result %q", sf.name, from)
		case sf.slots[from].typ != to.typ:
			l.errorf(at(e.value), "", "%s is of type %s, and %s of type %s", from, sf.slots[from].typ, e.name, to.typ)
		default:
			r.into = append(r.into, result{to, sf.slots[from]})
		}
	}
}

// recursion refuses sub-flows that run themselves, directly or not, and
// nesting deeper than a session keeps.
func (l *loader) recursion() {
	runs := map[string][]string{} // flow → flows it runs
	for _, name := range l.flow.order {
		if n := l.flow.nodes[name]; n.run != nil {
			runs[n.sub] = append(runs[n.sub], n.run.flow)
		}
	}
	done := map[string]int{}
	var depth func(name string, trail []string) int
	depth = func(name string, trail []string) int {
		if i := slices.Index(trail, name); i >= 0 {
			l.errorf(l.flow.subs[name].at, "", "flow %s runs itself: %s", name, strings.Join(append(trail[i:], name), " → "))
			done[name] = 1
			return 1
		}
		if d, ok := done[name]; ok {
			return d
		}
		d := 0
		for _, next := range runs[name] {
			if _, known := done[next]; !known || slices.Contains(trail, next) {
				d = max(d, depth(next, append(slices.Clone(trail), name)))
			} else {
				d = max(d, done[next])
			}
		}
		done[name] = d + 1
		return d + 1
	}
	for _, name := range l.flow.subOrder {
		sf := l.flow.subs[name]
		if depth(name, nil) > maxSubDepth {
			l.errorf(sf.at, "", "flow %s runs flows that run flows, more than %d deep", name, maxSubDepth)
		}
		if !sf.used {
			l.warnf(sf.at, "", "flow %s is never run", name)
		}
	}
}

// maxSubDepth is how deep sub-flows may run sub-flows.
const maxSubDepth = 8

// knowledgeFiles reads which files each knowledge is made of.
func (l *loader) knowledgeFiles(o *object) {
	f, ok := o.get("knowledge")
	if !ok {
		return
	}
	all, ok := l.open(f.value, "knowledge")
	if !ok {
		return
	}
	for _, e := range all.fields {
		if !identifier(e.name) {
			l.errorf(e.key, "letters, digits and _", "%q is no name for knowledge", e.name)
			continue
		}
		files := l.texts(e.value, "knowledge "+e.name)
		l.flow.knowledge[e.name] = append([]string{}, files...)
		l.knowledge(e.name, files, at(e.value))
	}
}

// knowledge reads one body of knowledge, so that what is wrong with it is
// told now and not when a customer asks. A flow without a directory is
// believed.
func (l *loader) knowledge(name string, files []string, p pos) {
	if l.fsys == nil {
		return
	}
	var read []knowledge.File
	for _, file := range files {
		if !l.asset(file, p) {
			return
		}
		if data, ok := l.read(file, p, knowledge.MaxBytes); ok {
			read = append(read, knowledge.File{Name: file, Source: data})
		}
	}
	if len(read) == 0 || len(read) < len(files) {
		return
	}
	base, err := knowledge.Parse(l.flow.Language, read...)
	var wrong *knowledge.Problem
	switch {
	case errors.As(err, &wrong):
		l.files = append(l.files, path.Join(path.Dir(filepath.ToSlash(l.files[0])), wrong.File)) // the flow does not load: nobody else sees it
		l.errorf(pos{(len(l.files)-1)<<fileShift | wrong.Line, wrong.Column}, "", "%s", wrong.Message)
	case err != nil:
		l.errorf(p, "", "the knowledge %s cannot be read: %s", name, err)
	default:
		l.flow.bases[name] = base
	}
}
