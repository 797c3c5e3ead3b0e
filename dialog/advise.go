package dialog

// advise warns of what lets a flow run and will disappoint somebody.
func (l *loader) advise(reached map[string]bool) {
	l.noFailureWay(reached)
	l.readTooEarly(reached)
	l.noOptOut(reached)
}

// noFailureWay warns of work whose failure nobody deals with.
func (l *loader) noFailureWay(reached map[string]bool) {
	for _, name := range l.flow.order {
		n := l.flow.nodes[name]
		if !reached[name] || n.work == nil || n.work.failed.node != "" || l.flow.onError != "" {
			continue
		}
		switch n.work.kind {
		case WorkLLM, WorkKnowledge: // the ladder, and unknown
			continue
		}
		l.warnf(n.work.at, "failed: NODE, or on_error", "node %s does not say what happens when it fails: the call ends with the outcome error", name)
	}
}

// noOptOut warns of a flow in which nobody can ask not to be called again.
func (l *loader) noOptOut(reached map[string]bool) {
	for _, g := range l.flow.globals {
		if g.optOut {
			return
		}
	}
	for name := range reached {
		if l.flow.nodes[name].optOut {
			return
		}
	}
	l.warnf(pos{1, 1}, "opt_out: true", "nobody can ask this flow not to be called again")
}
