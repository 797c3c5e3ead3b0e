package dialog

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// experiment tries variants of a prompt or a branch on different contacts.
type experiment struct {
	name  string
	at    pos
	order []string // variants by name: the order in the file changes nothing
	share []int
	used  bool
}

func (e *experiment) variants() []string { return e.order }

// pick assigns a variant: always the same for the same key, in the proportions
// of the weights over many keys, and independent of other experiments.
func (e *experiment) pick(key string) string {
	sum := sha256.Sum256([]byte(e.name + "\x00" + key))
	total := 0
	for _, w := range e.share {
		total += w
	}
	n := int(binary.BigEndian.Uint64(sum[:8]) % uint64(total))
	for i, w := range e.share {
		if n -= w; n < 0 {
			return e.order[i]
		}
	}
	return e.order[len(e.order)-1]
}

// experiments reads the weights of all variants.
func (l *loader) experiments(o *object) {
	f, ok := o.get("experiments")
	if !ok {
		return
	}
	all, ok := l.open(f.value, "experiments")
	if !ok {
		return
	}
	l.flow.speech.experiments = map[string]*experiment{}
	for _, e := range all.fields {
		if !identifier(e.name) {
			l.errorf(e.key, "letters, digits and _", "%q is no name for an experiment", e.name)
			continue
		}
		ex := &experiment{name: e.name, at: e.key}
		l.flow.speech.experiments[e.name] = ex
		one, ok := l.open(e.value, "experiment "+e.name)
		if !ok {
			continue
		}
		slices.SortFunc(one.fields, func(a, b field) int {
			if a.name < b.name {
				return -1
			}
			return 1
		})
		for _, v := range one.fields {
			if slices.Contains(slices.Concat(manners, []string{"experiment"}), v.name) || !identifier(v.name) {
				l.errorf(v.key, "choose another", "%q is no name for a variant", v.name)
				continue
			}
			ex.order = append(ex.order, v.name)
			ex.share = append(ex.share, l.weight(v))
		}
		if len(one.fields) < 2 {
			l.errorf(e.key, "experiments: {opening: {warm: 2, short: 1}}", "experiment %s needs at least two variants", e.name)
		}
	}
}

func (l *loader) experimentRef(n ast.Node) *experiment {
	name, ok := l.word(n, "experiment")
	if !ok {
		return nil
	}
	e := l.flow.speech.experiments[name]
	if e == nil {
		l.errorf(at(n), orElse(hintAmong(name, slices.Collect(maps.Keys(l.flow.speech.experiments))), "declare it under experiments:"), "unknown experiment %q", name)
		return nil
	}
	e.used = true
	return e
}

// arms reads what is said in each variant of an experiment.
func (l *loader) arms(p *prompt, o *object) bool {
	p.arms = map[string]*prompt{}
	whole := true
	for _, name := range p.experiment.order {
		f, ok := o.get(name)
		if !ok {
			l.errorf(o.at, name+": what is said then", "say has nothing for the variant %s of experiment %s", name, p.experiment.name)
			whole = false
			continue
		}
		if p.arms[name] = l.prompt(f.value); p.arms[name] == nil {
			whole = false
			continue
		}
		p.arms[name].inherit(p)
	}
	return whole
}

// variant is the contact's variant of an experiment; empty when there is no
// such experiment. The first time it is asked for it is told as Assigned. In
// expressions it is the function variant("NAME").
func (s *Session) variant(name string) string {
	if v := s.st.Assigned[name]; v != "" {
		return v
	}
	e := s.flow.speech.experiments[name]
	if e == nil || len(e.order) == 0 {
		return ""
	}
	v := e.pick(s.st.ContactKey)
	if s.st.Assigned == nil {
		s.st.Assigned = map[string]string{}
	}
	s.st.Assigned[name] = v
	s.emit(Assigned{Experiment: name, Variant: v})
	return v
}
