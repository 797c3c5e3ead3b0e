package dialog

import (
	"fmt"
	"maps"
	"slices"
)

// check looks at the flow as a whole: every pointer leads somewhere, every
// node can be reached, and from every node the conversation can end.
func (l *loader) check() {
	f := l.flow
	missing := false
	for _, r := range l.refs {
		if f.nodes[r.node] == nil {
			missing = true
			l.errorf(r.at, hintAmong(r.node, f.order), "%s leads to an unknown node %q", r.from, r.node)
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
	if missing || l.holes || f.nodes[f.start] == nil {
		return // the graph has holes: what is unreachable now may not be then
	}
	reached := l.reachable()
	for _, name := range f.order {
		if !reached[name] {
			l.errorf(f.nodes[name].at, "", "node %s is never reached", name)
		}
	}
	l.returns()
	l.deadEnds(reached)
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
	var out []string
	add := func(r ref) {
		if r.node != "" && l.flow.nodes[r.node] != nil {
			out = append(out, r.node)
		}
	}
	add(n.next)
	for _, b := range n.choose {
		add(b.next)
	}
	if n.transfer != nil {
		for _, r := range n.transfer.on {
			add(r)
		}
	}
	if n.listen == nil {
		return out
	}
	for _, r := range n.listen.intents {
		add(r)
	}
	for _, r := range n.listen.digits {
		add(r)
	}
	if n.ask != nil {
		add(n.ask.next)
	}
	for _, ladder := range [][]rung{l.flow.ladder(n, true), l.flow.ladder(n, false)} {
		for _, r := range ladder {
			add(r.next)
		}
	}
	for _, g := range l.flow.globals {
		if _, own := n.listen.intents[g.intent]; !own && !g.back {
			add(g.next)
		}
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

func (l *loader) reachable() map[string]bool {
	roots := []string{l.flow.start, l.flow.onVoicemail, l.flow.onError}
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
		n := l.flow.nodes[name]
		if n.listen == nil {
			continue
		}
		for _, g := range l.flow.globals {
			if _, own := n.listen.intents[g.intent]; g.back && !own && g.next.node != "" {
				out = append(out, g.next.node)
			}
		}
	}
	return out
}

// returns makes sure that a node with return is only reached by a digression.
func (l *loader) returns() {
	for name := range l.walk(l.flow.start, l.flow.onVoicemail, l.flow.onError) {
		if n := l.flow.nodes[name]; n.returns {
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
	if n.ends || n.returns || n.transfer != nil && n.transfer.on[TransferConnected].node == "" {
		return true
	}
	if n.listen == nil {
		return false
	}
	leaves := func(r rung) bool { return r.ends }
	return slices.ContainsFunc(l.flow.ladder(n, true), leaves) || slices.ContainsFunc(l.flow.ladder(n, false), leaves)
}
