// Package knowledge answers questions from what a business has written down:
// questions with their answers, and a small graph of things, relations and
// facts ("what is the fee for early repayment of the Gold Loan?"). It is pure
// and read only: Parse once, Ask from any number of conversations.
//
// An answer is always a text somebody wrote, filled in from a fact somebody
// wrote, with its source. What is not known is not answered.
package knowledge

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dialwright/dialwright/nlu"
)

// Base is a body of knowledge in one language.
type Base struct {
	Name     string
	Language string // en or zh

	passages []passage // everything that can be said
	index    *index    // of the questions, to find passages by
	asked    []int     // index entry to passage
	things   map[string]*thing
	names    []name // of things, longest first
	relation map[string]*relation
	relIndex *index
	relOf    []string // relIndex entry to relation
	facts    map[factKey][]fact
}

// passage is an answer as it is written down.
type passage struct {
	question string // the first way it is asked
	answer   string
	source   string
}

type thing struct {
	id, name string
	kind     string // the thing whose facts it shares, empty: none
}

type name struct {
	tokens []string
	thing  string
}

type relation struct {
	id, name string
	say      string // with {subject} and {object}
}

type factKey struct{ subject, relation string }

type fact struct{ object, source string }

// Answer is what is known.
type Answer struct {
	Text   string
	Source string
	Score  float64 // 0..1: how well the question fits
}

// The least a question must have in common with one that is written down, and
// how much better it must fit than a question with another answer.
const (
	minScore  = 0.42
	minMargin = 0.04
)

// Ask answers a question. ok is false when nothing that is written down fits
// it, or two answers fit it equally well.
func (b *Base) Ask(question string) (a Answer, ok bool) {
	fromGraph, graph := b.askGraph(question)
	fromText, text := b.askPassages(question)
	switch {
	case graph && (!text || fromGraph.Score >= fromText.Score):
		return fromGraph, true
	case text:
		return fromText, true
	}
	return Answer{}, false
}

func (b *Base) askPassages(question string) (Answer, bool) {
	found := b.index.search(question, 8)
	if len(found) == 0 || found[0].score < minScore {
		return Answer{}, false
	}
	best := b.asked[found[0].entry]
	for _, f := range found[1:] {
		if b.asked[f.entry] != best && found[0].score-f.score < minMargin {
			return Answer{}, false
		}
	}
	p := b.passages[best]
	return Answer{Text: p.answer, Source: p.source, Score: found[0].score}, true
}

// askGraph looks for a thing and a relation in the question.
func (b *Base) askGraph(question string) (Answer, bool) {
	if len(b.facts) == 0 {
		return Answer{}, false
	}
	subject, rest, ok := b.findThing(question)
	if !ok {
		return Answer{}, false
	}
	found := b.relIndex.search(rest, 8)
	if len(found) == 0 || found[0].score < minScore {
		return Answer{}, false
	}
	for _, f := range found {
		if found[0].score-f.score >= minMargin && b.relOf[f.entry] != b.relOf[found[0].entry] {
			break
		}
		if a, known := b.fact(subject, b.relOf[f.entry]); known {
			a.Score = (1 + f.score) / 2 // the thing was named word for word
			return a, true
		}
	}
	return Answer{}, false
}

// findThing finds the thing a question names and gives the question without
// its name. Two things at once are not asked about in one question.
func (b *Base) findThing(question string) (id, rest string, ok bool) {
	tokens := nlu.Tokens(question)
	for _, n := range b.names {
		at := find(tokens, n.tokens)
		if at < 0 {
			continue
		}
		if id != "" && id != n.thing {
			return "", "", false
		}
		id = n.thing
		tokens = slices.Concat(tokens[:at], tokens[at+len(n.tokens):])
	}
	return id, strings.Join(tokens, " "), id != ""
}

func find(tokens, name []string) int {
	for i := 0; i+len(name) <= len(tokens); i++ {
		if slices.Equal(tokens[i:i+len(name)], name) {
			return i
		}
	}
	return -1
}

// maxKinds bounds the way up from a thing to what it is a kind of.
const maxKinds = 8

// fact looks a relation up for a thing, then for what it is a kind of.
func (b *Base) fact(subject, rel string) (Answer, bool) {
	r := b.relation[rel]
	at := subject
	for range maxKinds {
		if fs := b.facts[factKey{at, rel}]; len(fs) > 0 {
			objects := make([]string, len(fs))
			for i, f := range fs {
				objects[i] = f.object
				if t := b.things[f.object]; t != nil {
					objects[i] = t.name
				}
			}
			text := strings.NewReplacer("{subject}", b.things[subject].name, "{object}", b.list(objects)).Replace(r.say)
			return Answer{Text: text, Source: fs[0].source}, true
		}
		t := b.things[at]
		if t == nil || t.kind == "" {
			break
		}
		at = t.kind
	}
	return Answer{}, false
}

func (b *Base) list(items []string) string {
	if len(items) == 1 {
		return items[0]
	}
	last := len(items) - 1
	if nlu.IsChinese(b.Language) {
		return strings.Join(items[:last], "、") + "和" + items[last]
	}
	return strings.Join(items[:last], ", ") + " and " + items[last]
}

// Passage is a piece of knowledge as a model may be given it.
type Passage struct {
	Text   string
	Source string
	Score  float64
}

// Find gives the passages that have most to do with a text, best first: for a
// language model that must answer from them alone.
func (b *Base) Find(text string, most int) []Passage {
	var out []Passage
	seen := map[string]bool{}
	add := func(p Passage) {
		if !seen[p.Text] && len(out) < most {
			seen[p.Text] = true
			out = append(out, p)
		}
	}
	if subject, _, ok := b.findThing(text); ok {
		if a, known := b.askGraph(text); known {
			add(Passage(a))
		}
		for _, rel := range slices.Sorted(maps.Keys(b.relation)) {
			if a, known := b.fact(subject, rel); known {
				add(Passage{a.Text, a.Source, minScore})
			}
		}
	}
	for _, f := range b.index.search(text, most) {
		p := b.passages[b.asked[f.entry]]
		add(Passage{p.question + " " + p.answer, p.source, f.score})
	}
	return out
}

// Size says how much is known, for people.
func (b *Base) Size() string {
	n := 0
	for _, fs := range b.facts {
		n += len(fs)
	}
	return fmt.Sprintf("%d answers, %d things, %d facts", len(b.passages), len(b.things), n)
}
