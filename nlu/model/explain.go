package model

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Explanation of a result.
type Explanation struct {
	Result
	Against string       `json:"against"` // the second best intent, which the weights compare with; empty if there is none
	Words   []Decided    `json:"words"`   // the words in their order; Weight is what the advantage loses without the word
	Grams   []Decided    `json:"grams"`   // the n-grams with the most weight in the linear part, those against included
	Unknown []string     `json:"unknown"` // words that no training sentence has
	Nearest []Neighbour  `json:"nearest"` // training sentences, the most similar first
	Limits  [2]float64   `json:"limits"`  // InScope, and the threshold below which it is refused
	Experts []ExpertView `json:"experts"` // what each part of the model would have said
}

// Decided is a part of a sentence and its weight for the best intent against
// the second, in log odds.
type Decided struct {
	Kind   string  `json:"kind"` // word, words, letters, meaning, meanings
	Text   string  `json:"text"`
	Weight float64 `json:"weight"`
}

// ExpertView is what one part of the model says.
type ExpertView struct {
	Name   string `json:"name"` // linear, network
	Intent string `json:"intent"`
}

const (
	explainedWords = 60 // of a sentence; each costs a parse
	explainedGrams = 12
	neighbours     = 5
)

// Explain tells why Parse answers as it does: which words and n-grams decided,
// and the training sentences nearest to the text. It takes some milliseconds
// for each thousand training sentences.
func (m *Model) Explain(text string) Explanation {
	e := Explanation{Result: m.Parse(text), Words: []Decided{}, Grams: []Decided{}, Unknown: []string{}, Nearest: []Neighbour{}}
	e.Limits = [2]float64{e.InScope, m.refusal.threshold}
	words := splitWords(text)
	o, ok := m.judgeWords(words)
	if !ok {
		return e
	}
	first, second := m.leaders(&e.Result)
	if second >= 0 {
		e.Against = m.intents[second]
	}
	whole := m.advantage(&o, first, second)
	without := make([]word, 0, len(words))
	for i, w := range words {
		if w.kind != wordMark {
			if _, known := m.dict[hashGram(append([]byte{gramWord}, w.text...))]; !known {
				e.Unknown = append(e.Unknown, w.text)
			}
		}
		if i >= explainedWords {
			continue
		}
		without = append(append(without[:0], words[:i]...), words[i+1:]...)
		weight := whole
		if rest, ok := m.judgeWords(without); ok {
			weight -= m.advantage(&rest, first, second)
		}
		e.Words = append(e.Words, Decided{"word", w.text, tidy(weight)})
	}
	s := m.space()
	r, _ := s.vector(m.counts(words))
	e.Grams = m.deciding(words, r, first, second)
	e.Nearest = m.nearest(r, neighbours)
	for i, name := range [experts]string{"linear", "network"} {
		p := make([]float64, len(m.intents))
		for c, v := range o.scores[i] {
			p[c] = float64(v)
		}
		e.Experts = append(e.Experts, ExpertView{name, m.intents[best(p)]})
	}
	return e
}

// leaders are the numbers of the best two intents; -1 where there is no second.
func (m *Model) leaders(r *Result) (first, second int) {
	first, _ = slices.BinarySearch(m.intents, r.Ranked[0].Intent)
	if len(r.Ranked) < 2 {
		return first, -1
	}
	second, _ = slices.BinarySearch(m.intents, r.Ranked[1].Intent)
	return first, second
}

// advantage of the first intent over the second in log odds.
func (m *Model) advantage(o *opinion, first, second int) float64 {
	z := 0.0
	for i, w := range m.mix {
		z += w * float64(o.scores[i][first])
		if second >= 0 {
			z -= w * float64(o.scores[i][second])
		}
	}
	return z
}

// deciding are the n-grams that weigh most in the linear part.
func (m *Model) deciding(words []word, r row, first, second int) []Decided {
	val := make(map[int32]float32, len(r.id))
	for k, id := range r.id {
		val[id] = r.val[k]
	}
	list := []Decided{}
	seen := map[int32]bool{}
	sum := make([]float32, m.rows.width)
	g := gramWriter{emit: func(_ int, gram []byte) {
		id, ok := m.dict[hashGram(gram)]
		if !ok || seen[id] {
			return
		}
		seen[id] = true
		clear(sum)
		m.rows.addRow(val[id], id, sum)
		w := sum[first]
		if second >= 0 {
			w -= sum[second]
		}
		list = append(list, describe(gram, tidy(float64(w)*m.mix[expertSVM])))
	}}
	g.write(words)
	slices.SortStableFunc(list, func(a, b Decided) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) })
	return list[:min(len(list), explainedGrams)]
}

// describe an n-gram for people.
func describe(gram []byte, weight float64) Decided {
	text := strings.ReplaceAll(string(gram[1:]), edge, "|")
	d := Decided{"words", text, weight}
	switch gram[0] {
	case gramWord:
		d.Kind = "word"
	case gramSkip:
		d.Text = strings.Replace(text, " ", " … ", 1)
	case gramLetters:
		d.Kind = "letters"
	case gramConcept:
		d.Kind = "meaning"
	case gramConceptPair, gramConceptTriple:
		d.Kind, d.Text = "meanings", strings.ReplaceAll(text, " ", " + ")
	}
	return d
}

// tidy rounds to a thousandth, which is more than anyone reads.
func tidy(v float64) float64 { return math.Round(v*1000) / 1000 }
