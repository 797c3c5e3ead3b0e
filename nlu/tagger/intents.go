package tagger

import (
	"math"
	"math/rand/v2"
)

// intentModel guesses the intent of a sentence by multinomial logistic
// regression, only as a hint for the tagger.
type intentModel struct {
	n     int // intents
	model *linear
}

const (
	tplIntentModel = 101
	intentEpochs   = 8
	intentRate     = 0.1
)

// intentFeaturesOf are the tokens of a sentence, their pairs and triples.
func intentFeaturesOf(tokens []token) []uint64 {
	v := view{tokens: tokens}
	out := make([]uint64, 0, 3*len(tokens)+1)
	out = append(out, finish(seedOf(tplIntentModel, 0)))
	for i := range tokens {
		out = append(out, finish(mix(seedOf(tplIntentModel, 1), v.word(i))))
		out = append(out, finish(mix(mix(seedOf(tplIntentModel, 2), v.word(i-1)), v.word(i))))
		out = append(out, finish(mix(mix(mix(seedOf(tplIntentModel, 3), v.word(i-2)), v.word(i-1)), v.word(i))))
	}
	return out
}

// guess gives the number of the likeliest intent, -1 when there are none.
func (m *intentModel) guess(tokens []token) int {
	if m == nil || m.n < 2 {
		return -1
	}
	scores := make([]float64, m.n)
	m.model.add(m.model.lookup(intentFeaturesOf(tokens), nil), scores)
	best := 0
	for i, s := range scores {
		if s > scores[best] {
			best = i
		}
	}
	return best
}

// trainIntents learns from the sentences that use names true of.
func trainIntents(sentences []sentence, n int, use func(i int) bool, rng *rand.Rand) *intentModel {
	var rows [][]uint64
	var gold []int
	for i, s := range sentences {
		if s.intent >= 0 && use(i) {
			rows, gold = append(rows, intentFeaturesOf(s.tokens)), append(gold, s.intent)
		}
	}
	m := &intentModel{n: n}
	m.model = newLinear(func(yield func(decision)) {
		for i, r := range rows {
			yield(decision{r, []uint16{uint16(gold[i])}})
		}
	}, 2)
	known := make([][]int32, len(rows))
	order := make([]int, len(rows))
	for i, r := range rows {
		known[i], order[i] = m.model.lookup(r, nil), i
	}
	scores := make([]float64, n)
	for epoch := range intentEpochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			clear(scores)
			m.model.add(known[i], scores)
			softmax(scores)
			scores[gold[i]]--
			m.model.descend(known[i], scores, intentRate/(1+float64(epoch)))
		}
	}
	return m
}

func softmax(v []float64) {
	top := v[0]
	for _, x := range v {
		top = max(top, x)
	}
	sum := 0.0
	for i, x := range v {
		v[i] = math.Exp(x - top)
		sum += v[i]
	}
	for i := range v {
		v[i] /= sum
	}
}

// folds of the training sentences, so that each one's intent is guessed by a
// model that has not seen it.
const folds = 5

// guessIntents trains the model for use, and gives a guess for each training
// sentence by models trained without it.
func guessIntents(sentences []sentence, n int, rng *rand.Rand) (*intentModel, []int) {
	out := make([]int, len(sentences))
	if n < 2 {
		for i := range out {
			out[i] = -1
		}
		return &intentModel{n: n, model: &linear{start: []int32{0}}}, out
	}
	fold := make([]int, len(sentences))
	for i := range fold {
		fold[i] = i % folds
	}
	rng.Shuffle(len(fold), func(i, j int) { fold[i], fold[j] = fold[j], fold[i] })
	for f := range folds {
		m := trainIntents(sentences, n, func(i int) bool { return fold[i] != f }, rng)
		for i, s := range sentences {
			if fold[i] == f {
				out[i] = m.guess(s.tokens)
			}
		}
	}
	m := trainIntents(sentences, n, func(int) bool { return true }, rng)
	m.model.prune(0.02)
	m.model.quantize()
	return m, out
}
