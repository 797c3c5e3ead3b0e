package knowledge

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dialwright/dialwright/nlu"
)

// graph checks and takes over things, relations and facts.
func (p *reader) graph(b *Base, doc document) error {
	for _, id := range slices.Sorted(maps.Keys(doc.Things)) {
		if err := p.thing(b, id, doc.Things[id]); err != nil {
			return err
		}
	}
	for id, t := range b.things {
		at := t
		for range maxKinds + 1 {
			if at.kind == "" {
				break
			}
			next := b.things[at.kind]
			if next == nil {
				return p.errorf("things/"+at.id, "the kind %q of %s is no thing", at.kind, at.id)
			}
			if at = next; at.id == id {
				return p.errorf("things/"+id, "%s is a kind of itself", id)
			}
		}
	}
	slices.SortStableFunc(b.names, func(a, b name) int { return cmp.Compare(len(b.tokens), len(a.tokens)) })
	if err := p.relations(b, doc); err != nil {
		return err
	}
	for i, f := range doc.Facts {
		if err := p.fact(b, i, f); err != nil {
			return err
		}
	}
	return nil
}

func (p *reader) thing(b *Base, id string, spec thingSpec) error {
	t := &thing{id: id, name: cmp.Or(strings.TrimSpace(spec.Name), id), kind: spec.Kind}
	b.things[id] = t
	for _, n := range append([]string{t.name}, spec.Also...) {
		tokens := nlu.Tokens(n)
		if len(tokens) == 0 {
			return p.errorf("things/"+id, "the name %q of %s has no words", n, id)
		}
		for _, other := range b.names {
			if slices.Equal(other.tokens, tokens) && other.thing != id {
				return p.errorf("things/"+id, "%s and %s are both called %q", other.thing, id, n)
			}
		}
		b.names = append(b.names, name{tokens, id})
	}
	return nil
}

func (p *reader) relations(b *Base, doc document) error {
	var texts []string
	for _, id := range slices.Sorted(maps.Keys(doc.Relations)) {
		spec := doc.Relations[id]
		r := &relation{id: id, name: strings.ReplaceAll(id, "_", " "), say: spec.Say}
		switch {
		case r.say == "" && nlu.IsChinese(b.Language):
			r.say = "{subject}的" + r.name + "是{object}。"
		case r.say == "":
			r.say = "The " + r.name + " of {subject} is {object}."
		case !strings.Contains(r.say, "{object}"):
			return p.errorf("relations/"+id, "say of %s does not say {object}", id)
		}
		b.relation[id] = r
		for _, a := range append(list{r.name}, spec.Ask...) {
			texts, b.relOf = append(texts, a), append(b.relOf, id)
		}
	}
	b.relIndex = newIndex(texts)
	return nil
}

func (p *reader) fact(b *Base, i int, f []string) error {
	key := fmt.Sprintf("facts/%d", i)
	if len(f) != 3 && len(f) != 4 {
		return p.errorf(key, "a fact is [thing, relation, value] or [thing, relation, value, source], not %d words", len(f))
	}
	if b.things[f[0]] == nil {
		return p.errorf(key, "the fact is about %q, which is no thing", f[0])
	}
	if b.relation[f[1]] == nil {
		return p.errorf(key, "the fact uses %q, which is no relation", f[1])
	}
	if strings.TrimSpace(f[2]) == "" {
		return p.errorf(key, "the fact has no value")
	}
	own := ""
	if len(f) == 4 {
		own = f[3]
	}
	k := factKey{f[0], f[1]}
	b.facts[k] = append(b.facts[k], fact{strings.TrimSpace(f[2]), p.source(own, key)})
	return nil
}
