package tagger

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"unicode/utf8"
)

// Options of training.
type Options struct {
	Seed uint64 // the same seed and examples give the same model, bit by bit
}

// sentence is an example made ready.
type sentence struct {
	tokens []token
	gold   []int
	intent int // -1: none given
}

// settings of the model and of its training.
type settings struct {
	epochs, averageFrom int     // the weights after each epoch from averageFrom on are averaged
	rate                float64 // of the first epoch; it falls
	dropout             float64 // share of features left out at each look at a token
	unknown             float64 // share of names that are to be unknown when they are looked at
	minCount            int     // features seen less often are left out
	prune               float32 // weights smaller than that are left out in the end
}

// defaults were found on validation parts only; they are the same for every
// language and set.
func defaults() settings {
	return settings{epochs: 6, averageFrom: 3, rate: 0.02, dropout: 0.2, unknown: 0.2, minCount: 1, prune: 0.01}
}

// cooling is how fast the rate of descent falls from epoch to epoch.
const cooling = 0.3

// settled tokens, whose right state has all but this much of the probability,
// move nothing: that halves the work of the later epochs.
const settled = 0.003

// maxTypes of entities can be told apart.
const maxTypes = 300

// Train learns a tagger. It fails on examples whose entities lie outside of
// their text, and when ctx ends. Examples without any entity at all give a
// tagger that finds none.
func Train(ctx context.Context, examples []Example, o Options) (*Tagger, error) {
	return train(ctx, examples, o, defaults())
}

func train(ctx context.Context, examples []Example, o Options, set settings) (*Tagger, error) {
	types, intents, err := inventory(examples)
	if err != nil {
		return nil, err
	}
	t := &Tagger{types: types, steps: newTransitions(len(types))}
	sentences := prepare(examples, types, intents)
	rng := rand.New(rand.NewPCG(o.Seed, 0x7A66))
	if len(types) == 0 {
		sentences = nil
		intents = nil
	}
	var guesses []int
	t.intents, guesses = guessIntents(sentences, len(intents), rng)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("training the tagger: %w", err)
	}
	know, shares := learn(sentences)
	t.know = know
	described := describeAll(sentences, know, shares, guesses)
	t.model = newLinear(decisions(sentences, described, len(types)), set.minCount)
	tr := newTrainer(t, rng, set)
	tr.known = t.numbered(described)
	masked := make([]sentence, len(sentences))
	for i, s := range sentences {
		masked[i] = disguise(s, rng)
	}
	tr.disguise = max(0, set.unknown-strangers(sentences, know, shares))
	tr.masked = t.numbered(describeAll(masked, know, shares, guesses))
	if err := tr.fit(ctx, sentences); err != nil {
		return nil, fmt.Errorf("training the tagger: %w", err)
	}
	t.model.prune(set.prune)
	t.model.quantize()
	for i, w := range t.steps.all {
		t.steps.all[i] = float64(float32(w))
	}
	return t, nil
}

// inventory checks the examples and lists their entity types and intents.
func inventory(examples []Example) (types, intents []string, err error) {
	for i, e := range examples {
		n := utf8.RuneCountInString(e.Text)
		for _, en := range e.Entities {
			if en.Start < 0 || en.End <= en.Start || en.End > n {
				return nil, nil, fmt.Errorf("example %d, %q: entity %q at %d to %d is not within its %d characters", i+1, e.Text, en.Name, en.Start, en.End, n)
			}
			if en.Name == "" {
				return nil, nil, fmt.Errorf("example %d, %q: the entity at %d to %d has no name", i+1, e.Text, en.Start, en.End)
			}
			types = append(types, en.Name)
		}
		if e.Intent != "" {
			intents = append(intents, e.Intent)
		}
	}
	types, intents = distinct(types), distinct(intents)
	if len(types) > maxTypes {
		return nil, nil, fmt.Errorf("%d kinds of entities; at most %d can be told apart", len(types), maxTypes)
	}
	return types, intents, nil
}

func distinct(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

func prepare(examples []Example, types, intents []string) []sentence {
	number := make(map[string]int, len(types))
	for i, name := range types {
		number[name] = i
	}
	out := make([]sentence, 0, len(examples))
	for _, e := range examples {
		tokens := tokenize(e.Text)
		if len(tokens) > maxTokens {
			tokens = tokens[:maxTokens]
		}
		if len(tokens) == 0 {
			continue
		}
		intent, found := slices.BinarySearch(intents, e.Intent)
		if !found {
			intent = -1
		}
		out = append(out, sentence{tokens: tokens, gold: goldStates(tokens, e.Entities, number), intent: intent})
	}
	return out
}

// describeAll gives the features of every token of every sentence, each
// sentence described as if it were not known.
func describeAll(sentences []sentence, know *knowledge, shares []own, guesses []int) [][][]uint64 {
	out := make([][][]uint64, len(sentences))
	for i, s := range sentences {
		v := &view{tokens: s.tokens, know: know, mine: shares[i], intent: guesses[i]}
		v.prepare()
		out[i] = make([][]uint64, len(s.tokens))
		for j := range s.tokens {
			out[i][j] = slices.Clone(v.describe(j))
		}
	}
	return out
}

// disguise gives a sentence with the words of its entities made unknown, as
// names that no example has. Without such the tagger of a flow with few names
// would know those by heart and learn nothing of what stands around them.
func disguise(s sentence, rng *rand.Rand) sentence {
	tokens := slices.Clone(s.tokens)
	for i := range tokens {
		if s.gold[i] != outside && tokens[i].kind != kindDigits {
			tokens[i].id, tokens[i].masked = rng.Uint64()|1<<hashBits, true // a hash of no word
		}
	}
	return sentence{tokens: tokens, gold: s.gold, intent: s.intent}
}

// strangers is the share of names that no other sentence has, and that are
// thus unknown already while their own is looked at.
func strangers(sentences []sentence, know *knowledge, shares []own) float64 {
	names, alone := 0, 0
	for i, s := range sentences {
		for _, c := range chunks(s.gold) {
			h := uint64(nameSeed)
			for _, t := range s.tokens[c.from:c.to] {
				h = nameHash(h, t)
			}
			key := finish(h)
			names++
			if look(know.names[key], shares[i].names[key]).often == 0 {
				alone++
			}
		}
	}
	return float64(alone) / float64(max(1, names))
}

func decisions(sentences []sentence, described [][][]uint64, types int) func(func(decision)) {
	width := types*perType + 1
	return func(yield func(decision)) {
		for i, s := range sentences {
			for j, g := range s.gold {
				labels := []uint16{uint16(g)}
				if g != outside {
					labels = append(labels, uint16(width+typeOf(g)))
				}
				yield(decision{described[i][j], labels})
			}
		}
	}
}

// trainer holds what a descent needs besides the model.
type trainer struct {
	t        *Tagger
	set      settings
	lattice  *lattice
	known    [][][]int32 // features of each token of each sentence
	masked   [][][]int32 // the same of the disguised sentences
	rng      *rand.Rand
	room     []float64
	scores   []float64
	gradient []float64
	kept     [][]int32

	rate     float64 // of this epoch
	disguise float64 // share of looks at disguised sentences
}

func newTrainer(t *Tagger, rng *rand.Rand, set settings) *trainer {
	labels := len(t.types)*perType + 1 + len(t.types)
	return &trainer{t: t, set: set, lattice: newLattice(t.steps), rng: rng, room: make([]float64, labels), gradient: make([]float64, labels)}
}

// numbered gives the numbers of the known ones among features.
func (t *Tagger) numbered(described [][][]uint64) [][][]int32 {
	out := make([][][]int32, len(described))
	for i, d := range described {
		out[i] = make([][]int32, len(d))
		for j, f := range d {
			out[i][j] = t.model.lookup(f, make([]int32, 0, len(f)))
		}
	}
	return out
}

func (tr *trainer) fit(ctx context.Context, sentences []sentence) error {
	t, rng, set := tr.t, tr.rng, tr.set
	order := make([]int, len(sentences))
	for i := range order {
		order[i] = i
	}
	sum := newAverage(t)
	for epoch := range set.epochs {
		tr.rate = set.rate / (1 + cooling*float64(epoch))
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for n, i := range order {
			if n%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			known := tr.known[i]
			if rng.Float64() < tr.disguise {
				known = tr.masked[i]
			}
			tr.sentence(sentences[i], known)
		}
		if epoch >= set.averageFrom {
			sum.add(t)
		}
	}
	// Nothing is left out when tagging, so what features add up to grows; the
	// steps between states, never left out, would weigh too little beside it.
	sum.store(t, 1-set.dropout)
	return nil
}

// sentence makes one step of descent.
func (tr *trainer) sentence(s sentence, known [][]int32) {
	width := tr.lattice.width
	tr.scores = grow(tr.scores, len(s.gold)*width)
	for len(tr.kept) < len(s.gold) {
		tr.kept = append(tr.kept, nil)
	}
	for i := range s.gold {
		tr.kept[i] = tr.kept[i][:0]
		for _, f := range known[i] {
			if tr.rng.Float64() >= tr.set.dropout {
				tr.kept[i] = append(tr.kept[i], f)
			}
		}
		clear(tr.room)
		tr.t.model.add(tr.kept[i], tr.room)
		fold(tr.room, tr.scores[i*width:(i+1)*width])
	}
	tr.lattice.run(tr.scores)
	for i := 1; i < len(s.gold); i++ {
		tr.steps(i, s.gold[i-1], s.gold[i])
	}
	for i, g := range s.gold {
		copy(tr.gradient, tr.lattice.prob[i*width:(i+1)*width])
		tr.gradient[g]--
		if tr.gradient[g] > -settled {
			continue
		}
		for k := range tr.t.types {
			b := state(k, first)
			tr.gradient[width+k] = tr.gradient[b] + tr.gradient[b+1] + tr.gradient[b+2] + tr.gradient[b+3]
		}
		tr.t.model.descend(tr.kept[i], tr.gradient, tr.rate)
	}
}

// steps moves the weights of transitions into token i.
func (tr *trainer) steps(i, from, to int) {
	right := tr.t.steps.at(from, to)
	moved := false
	tr.lattice.eachStep(i, func(at int, p float64) {
		if at == right {
			p--
			moved = true
		}
		tr.step(at, p)
	})
	if !moved {
		tr.step(right, -1)
	}
}

func (tr *trainer) step(at int, gradient float64) {
	w := &tr.t.steps.all[at]
	*w -= tr.rate * gradient
	tr.lattice.exp.all[at] = math.Exp(*w)
}

// descend moves the weights of features against a gradient over labels. The
// step is the same for all, so that rare features weigh little: steps that
// adapt to each weight overrate what was seen once.
func (m *linear) descend(features []int32, gradient []float64, rate float64) {
	for _, f := range features {
		from, to := m.start[f], m.start[f+1]
		labels, weights := m.label[from:to], m.weight[from:to]
		for j, l := range labels {
			weights[j] -= float32(rate * gradient[l])
		}
	}
}

// average sums weights over epochs; the mean of several is better than the last.
type average struct {
	weight []float64
	steps  []float64
	n      float64
}

func newAverage(t *Tagger) *average {
	return &average{weight: make([]float64, len(t.model.weight)), steps: make([]float64, len(t.steps.all))}
}

func (a *average) add(t *Tagger) {
	a.n++
	for i, w := range t.model.weight {
		a.weight[i] += float64(w)
	}
	addScaled(a.steps, t.steps.all, 1)
}

// store gives the model the means, those of features times keep.
func (a *average) store(t *Tagger, keep float64) {
	for i, w := range a.weight {
		t.model.weight[i] = float32(keep * w / a.n)
	}
	for i, w := range a.steps {
		t.steps.all[i] = w / a.n
	}
}
