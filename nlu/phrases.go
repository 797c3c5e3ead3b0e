package nlu

import (
	"cmp"
	"slices"
)

// Phrases is a Classifier that compares an utterance with each intent's
// examples: words in their order, wrong letters forgiven, negations minded,
// longer agreements preferred. It needs no training, and three examples of an
// intent are enough to begin with.
type Phrases struct {
	intents map[string][]example
}

type example struct {
	text   string
	tokens []string
	weight float64
	rich   int // tokens that say something
}

// NewPhrases prepares the examples of intents.
func NewPhrases(intents []Intent) *Phrases {
	p := &Phrases{intents: make(map[string][]example, len(intents))}
	for _, in := range intents {
		for _, ph := range in.Phrases {
			tokens := Tokens(ph)
			if len(tokens) == 0 {
				continue
			}
			e := example{text: ph, tokens: tokens}
			for _, t := range tokens {
				e.weight += weight(t)
				if !light[t] {
					e.rich++
				}
			}
			p.intents[in.Name] = append(p.intents[in.Name], e)
		}
	}
	return p
}

// Classify implements Classifier.
func (p *Phrases) Classify(q Query) []Candidate {
	heard := Tokens(q.Text)
	if len(heard) == 0 {
		return nil
	}
	if len(heard) > maxTokens {
		heard = heard[:maxTokens]
	}
	total := 0.0
	for _, t := range heard {
		total += weight(t)
	}
	var out []Candidate
	for _, name := range q.Among {
		if c, ok := p.score(name, heard, total); ok {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return cmp.Compare(b.Score, a.Score) })
	return out
}

const (
	maxTokens  = 80   // of an utterance; more is a speech, not an answer
	negatedBy  = 0.25 // what is left of a score whose words stand after a negation
	floorScore = 0.15 // below this there is no support worth listing
)

// score of one intent: how much of its best example was heard, and how much of
// what was heard its examples explain together.
func (p *Phrases) score(name string, heard []string, total float64) (Candidate, bool) {
	best := Candidate{Intent: name}
	bestRecall, bestExplained := 0.0, 0.0
	explained := make([]bool, len(heard))
	for i := range p.intents[name] {
		e := &p.intents[name][i]
		at := align(heard, e.tokens)
		got, said := 0.0, 0.0
		for j, pos := range at {
			if pos >= 0 {
				got += weight(e.tokens[j])
				said += weight(heard[pos])
			}
		}
		recall := got / e.weight
		factor := 1.0
		if negated(heard, at, e) {
			factor = negatedBy
		} else if recall > 0.99 {
			for _, pos := range at {
				for k := range heard { // said twice is explained twice
					explained[k] = explained[k] || heard[k] == heard[pos]
				}
			}
		}
		if v := recall * recall * factor; v > bestRecall || v == bestRecall && said > bestExplained {
			bestRecall, bestExplained, best.Phrase = v, said, e.text
		}
	}
	union := 0.0
	for i, yes := range explained {
		if yes {
			union += weight(heard[i])
		}
	}
	best.Score = bestRecall * (0.35 + 0.65*max(union, bestExplained)/total)
	return best, best.Score >= floorScore
}

// Negated tells whether an utterance has the words of one of the intent's
// examples, but turned round by a negation that no example has: "do not call
// me" where the example is "call me".
func (p *Phrases) Negated(text, intent string) bool {
	heard := Tokens(text)
	if len(heard) > maxTokens {
		heard = heard[:maxTokens]
	}
	turned := false
	for i := range p.intents[intent] {
		e := &p.intents[intent][i]
		at := align(heard, e.tokens)
		got := 0.0
		for j, pos := range at {
			if pos >= 0 {
				got += weight(e.tokens[j])
			}
		}
		if got < 0.6*e.weight {
			continue
		}
		if !negated(heard, at, e) {
			return false
		}
		turned = true
	}
	return turned
}

// align finds, for each token of an example, where it was heard, keeping the
// order (the longest common subsequence by weight); -1 for those missing.
func align(heard, want []string) []int {
	n, m := len(heard), len(want)
	table := make([]float64, (n+1)*(m+1))
	at := func(i, j int) *float64 { return &table[i*(m+1)+j] }
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			v := max(*at(i+1, j), *at(i, j+1))
			if sameWord(heard[i], want[j]) {
				v = max(v, *at(i+1, j+1)+weight(want[j]))
			}
			*at(i, j) = v
		}
	}
	out := make([]int, m)
	for j := range out {
		out[j] = -1
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case sameWord(heard[i], want[j]) && *at(i, j) == *at(i+1, j+1)+weight(want[j]):
			out[j] = i
			i, j = i+1, j+1
		case *at(i, j) == *at(i+1, j):
			i++
		default:
			j++
		}
	}
	return out
}

// negated tells whether the words that agree are turned round by a negation
// that the example does not have: inside them, or up to two words before.
// A bare "no" counts only against one-word examples, because "no, call me
// tomorrow" is not a refusal to be called.
func negated(heard []string, at []int, e *example) bool {
	first, last := -1, -1
	matched := map[int]bool{}
	for _, pos := range at {
		if pos < 0 {
			continue
		}
		if first < 0 {
			first = pos
		}
		last = pos
		matched[pos] = true
	}
	if first < 0 {
		return false
	}
	for i := max(0, first-2); i < last; i++ {
		if matched[i] {
			continue
		}
		if negators[heard[i]] || heard[i] == "no" && e.rich <= 1 {
			return true
		}
	}
	return false
}
