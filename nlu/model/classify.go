package model

import (
	"slices"

	"github.com/dialwright/dialwright/nlu"
)

const (
	// unexpected is the prior of an intent that is not expected now, compared
	// with one that is: what such an intent would explain better is not
	// pressed into the expected ones.
	unexpected = 0.15
	// floorScore is what nlu.Phrases takes for no support, too.
	floorScore = 0.15
)

// Classify implements nlu.Classifier: the probabilities of the intents in
// q.Among, which are expected and therefore more likely than the others, times
// the probability that the sentence means any intent at all. Intents that the
// model does not know, and those with hardly any probability, are left out; a
// recogniser that was not sure of its words brings all scores closer to chance.
func (m *Model) Classify(q nlu.Query) []nlu.Candidate {
	o, ok := m.judge(q.Text)
	if !ok {
		return nil
	}
	p := make([]float64, len(m.intents))
	m.mix.probabilities(&o.scores, p)
	in := m.refusal.inScope(signalsOf(p, o.scores[expertSVM], o.unseen, -1))
	var out []nlu.Candidate
	sum, rest := 0.0, 1.0
	for _, name := range q.Among {
		i, known := slices.BinarySearch(m.intents, name)
		if !known || slices.ContainsFunc(out, func(c nlu.Candidate) bool { return c.Intent == name }) {
			continue
		}
		out = append(out, nlu.Candidate{Intent: name, Score: p[i]})
		sum += p[i]
		rest -= p[i]
	}
	if len(out) == 0 || sum <= 0 {
		return nil
	}
	scale := in / (sum + unexpected*max(rest, 0))
	trust := trustIn(q.Confidence)
	for i := range out {
		out[i].Score *= scale
		out[i].Score = min(trust*out[i].Score+(1-trust)*in/float64(len(out)+1), 1)
	}
	sortRanked(out)
	end := 0
	for end < len(out) && out[end].Score >= floorScore {
		end++
	}
	out = out[:end]
	words := wordHashes(splitWords(q.Text))
	for i := range out[:min(len(out), illustrated)] {
		out[i].Phrase = m.nearestOf(out[i].Intent, words)
	}
	return out
}

// illustrated is how many candidates are given an example sentence.
const illustrated = 3

// trustIn the words, given the recogniser's confidence in them (0 is unknown):
// half of the words wrong often leave the meaning.
func trustIn(confidence float64) float64 {
	if !(confidence > 0 && confidence < 1) {
		return 1
	}
	return 0.5 + 0.5*confidence
}
