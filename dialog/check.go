package dialog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// check looks at the flow as a whole: every pointer leads somewhere, every
// node can be reached, and from every node the conversation can end.
func (l *loader) check() {
	f := l.flow
	missing := false
	for _, r := range l.refs {
		if f.nodes[r.node] == nil {
			missing = true
			l.errorf(r.at, hintAmong(r.written, l.siblings(r.node)), "%s leads to an unknown node %q", r.from, r.written)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.intents)) {
		if in := f.intents[name]; !in.used && !l.holes {
			l.warnf(in.at, "", "intent %s is never listened for", name)
		}
	}
	for _, name := range f.order {
		n := f.nodes[name]
		if !n.listens() {
			continue
		}
		l.ladders(n)
		l.finishListen(n)
	}
	if len(f.counted) > maxCounted {
		l.errorf(pos{1, 1}, "", "attempts and asked count more than %d nodes and slots", maxCounted)
	}
	if len(f.experiments) > maxExperiments {
		l.errorf(pos{1, 1}, "", "the flow has more than %d experiments", maxExperiments)
	}
	l.recursion()
	l.allWays, l.next = make(map[string][]way, len(f.order)), make(map[string][]string, len(f.order))
	if missing || l.holes || f.nodes[f.start] == nil {
		return // the graph has holes: what is unreachable now may not be then
	}
	reached := l.reachable()
	for _, name := range f.order {
		if n := f.nodes[name]; !reached[name] && (n.sub == "" || f.subs[n.sub].used) {
			l.errorf(n.at, "", "node %s is never reached", name)
		}
	}
	l.returns()
	l.deadEnds(reached)
	if !l.problems.Fatal() {
		l.advise(reached)
	}
}

// siblings are the names of the nodes a pointer may have meant, as they are
// written where it stands.
func (l *loader) siblings(node string) []string {
	sub, _, _ := strings.Cut(node, subSeparator)
	if l.flow.subs[sub] == nil {
		sub = ""
	}
	var out []string
	for _, name := range l.flow.order {
		if n := l.flow.nodes[name]; n.sub == sub {
			out = append(out, strings.TrimPrefix(name, sub+subSeparator))
		}
	}
	return out
}

// ladders must be there for a node that listens, its own or the flow's.
func (l *loader) ladders(n *node) {
	for name, has := range map[string]bool{
		"no_input": len(n.settings.noInput)+len(l.flow.defaults.noInput) > 0,
		"no_match": len(n.settings.noMatch)+len(l.flow.defaults.noMatch) > 0,
	} {
		if !has {
			l.errorf(n.at, fmt.Sprintf("defaults: {%s: [{repeat: true}, {end: %s}]}", name, name), "node %s has no %s ladder, and the flow has no default", n.name, name)
		}
	}
}

// edges are the nodes that may follow n, digressions that return left out.
func (l *loader) edges(n *node) []string {
	if out, known := l.next[n.name]; known {
		return out
	}
	var out []string
	for _, w := range l.ways(n) {
		if w.kind != EdgeDigress && l.flow.nodes[w.to] != nil {
			out = append(out, w.to)
		}
	}
	l.next[n.name] = out
	return out
}

// ways are all that lead away from n; they are gathered once.
func (l *loader) ways(n *node) []way {
	out, known := l.allWays[n.name]
	if !known {
		out = slices.Concat(l.flow.waysOn(n), l.flow.ladderWays(n), l.flow.globalWays(n))
		l.allWays[n.name] = out
	}
	return out
}

// ladder in force at a node.
func (f *Flow) ladder(n *node, noInput bool) []rung {
	own, inherited := n.settings.noMatch, f.defaults.noMatch
	if noInput {
		own, inherited = n.settings.noInput, f.defaults.noInput
	}
	if own != nil {
		return own
	}
	return inherited
}

func (l *loader) walk(from ...string) map[string]bool {
	seen := map[string]bool{}
	from = slices.Clone(from)
	for len(from) > 0 {
		name := from[len(from)-1]
		from = from[:len(from)-1]
		if name == "" || seen[name] || l.flow.nodes[name] == nil {
			continue
		}
		seen[name] = true
		from = append(from, l.edges(l.flow.nodes[name])...)
	}
	return seen
}

// roots are the nodes a conversation begins at, or an event leads to.
func (l *loader) roots() []string {
	var out []string
	for _, w := range l.flow.eventWays() {
		out = append(out, w.to)
	}
	return out
}

func (l *loader) reachable() map[string]bool {
	roots := l.roots()
	for {
		seen := l.walk(roots...)
		more := l.digressions(seen)
		if !slices.ContainsFunc(more, func(n string) bool { return !seen[n] }) {
			return seen
		}
		roots = append(roots, more...)
	}
}

// digressions are the targets of returning global intents that a listening
// node among seen can hear.
func (l *loader) digressions(seen map[string]bool) []string {
	var out []string
	for name := range seen {
		for _, w := range l.flow.globalWays(l.flow.nodes[name]) {
			if w.kind == EdgeDigress {
				out = append(out, w.to)
			}
		}
	}
	return out
}

// returns makes sure that a node with return is only reached by a digression.
func (l *loader) returns() {
	for name := range l.walk(l.roots()...) {
		n := l.flow.nodes[name]
		if n.answers() {
			l.errorf(n.work.at, "goto: NODE, or reach it only by a global intent with return", "answer of node %s has no goto, and is also reached by an ordinary way", name)
		}
		if n.returns {
			l.errorf(n.at, "use goto or end, or reach it only by a global intent with return", "node %s returns, but is also reached by an ordinary way", name)
		}
	}
}

// deadEnds finds nodes from which no end and no return can be reached.
func (l *loader) deadEnds(reached map[string]bool) {
	before := map[string][]string{} // the graph with its arrows turned round
	var ending []string
	for name := range reached {
		n := l.flow.nodes[name]
		for _, next := range l.edges(n) {
			before[next] = append(before[next], name)
		}
		if l.mayEnd(n) {
			ending = append(ending, name)
		}
	}
	ends := map[string]bool{}
	for len(ending) > 0 {
		name := ending[len(ending)-1]
		ending = ending[:len(ending)-1]
		if !ends[name] {
			ends[name] = true
			ending = append(ending, before[name]...)
		}
	}
	for _, name := range l.flow.order {
		if reached[name] && !ends[name] {
			l.errorf(l.flow.nodes[name].at, "let one of the nodes after it end", "from node %s the conversation can never end", name)
		}
	}
}

// mayEnd tells whether the conversation can end, or return, at n itself.
func (l *loader) mayEnd(n *node) bool {
	if n.ends || n.returns || n.answers() || n.transfer != nil && n.transfer.on[TransferConnected].node == "" {
		return true
	}
	if n.listen == nil {
		return false
	}
	leaves := func(r rung) bool { return r.ends }
	return slices.ContainsFunc(l.flow.ladder(n, true), leaves) || slices.ContainsFunc(l.flow.ladder(n, false), leaves)
}
