package model

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
)

// Options of training. The zero value is good for everything.
type Options struct {
	Seed    uint64 // of all that is random; the same seed gives the same model
	Workers int    // goroutines that train; 0 is one a processor. It does not change the model
}

// The bounds of what can be trained.
const (
	maxIntents  = 5000
	maxFeatures = 4_000_000
	maxWeights  = 1 << 30 // features × intents
)

// Train learns a model from examples. It ends early, with the context's error,
// when ctx is done. Examples without an intent, or a text, are an error.
func Train(ctx context.Context, examples []Example, opt Options) (*Model, error) {
	t, err := newTrainer(examples, opt)
	if err != nil {
		return nil, fmt.Errorf("training an intent model: %w", err)
	}
	all := make([]int32, len(t.label))
	for i := range all {
		all[i] = int32(i)
	}
	seen, err := t.outOfFold(ctx)
	if err != nil {
		return nil, fmt.Errorf("training an intent model: calibrating: %w", err)
	}
	e, err := t.train(ctx, all, 0)
	if err != nil {
		return nil, fmt.Errorf("training an intent model: %w", err)
	}
	m := e.pack(t)
	m.mix = fitMix(seen, len(t.intents))
	m.refusal = fitRefusal(seen, m.mix)
	for i := range examples {
		m.examples = append(m.examples, stored{text: examples[i].Text, intent: t.label[i]})
	}
	m.index()
	return m, nil
}

// trainer holds what all folds share.
type trainer struct {
	set     settings
	opt     Options
	corpus  *corpus
	label   []int32 // of the examples, and of the names of the intents
	intents []string
}

// spokenName is an intent's name as words. Names are examples, too, as far as
// those who give them choose words that say what is meant.
func spokenName(name string) string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		switch {
		case unicode.IsUpper(r) && lower:
			b.WriteByte(' ')
		case r == '_' || r == '-' || r == '.' || r == '/':
			r = ' '
		}
		b.WriteRune(unicode.ToLower(r))
		lower = unicode.IsLower(r)
	}
	return b.String()
}

func newTrainer(examples []Example, opt Options) (*trainer, error) {
	if len(examples) == 0 {
		return nil, errors.New("no examples")
	}
	if len(examples) > maxExamples {
		return nil, fmt.Errorf("%d examples, at most %d", len(examples), maxExamples)
	}
	t := &trainer{opt: opt, label: make([]int32, len(examples)), set: settingsFor(len(examples))}
	if t.opt.Workers <= 0 {
		t.opt.Workers = runtime.GOMAXPROCS(0)
	}
	known := map[string]int32{}
	for i := range examples {
		ex := &examples[i]
		if ex.Intent == "" {
			return nil, fmt.Errorf("example %d (%q) has no intent", i+1, ex.Text)
		}
		if err := ex.check(); err != nil {
			return nil, fmt.Errorf("example %d: %w", i+1, err)
		}
		if _, ok := known[ex.Intent]; !ok {
			known[ex.Intent] = 0
			t.intents = append(t.intents, ex.Intent)
		}
	}
	slices.Sort(t.intents)
	for i, name := range t.intents {
		known[name] = int32(i)
	}
	for i := range examples {
		t.label[i] = known[examples[i].Intent]
	}
	sentences := slices.Clone(examples)
	for i, name := range t.intents {
		sentences = append(sentences, Example{Text: spokenName(name), Intent: name})
		t.label = append(t.label, int32(i))
	}
	t.corpus = newCorpus(sentences)
	if len(t.intents) > maxIntents || len(t.corpus.hash) > maxFeatures || len(t.corpus.hash)*len(t.intents) > maxWeights {
		return nil, fmt.Errorf("%d intents with %d n-grams are too many", len(t.intents), len(t.corpus.hash))
	}
	return t, nil
}

// settings are the same for every set of examples; only their number counts.
type settings struct {
	minDocs int
	weight  [blocks]float32
	svm     svmSettings
	bag     bagSettings
	nets    int
	folds   int
}

func settingsFor(n int) settings {
	s := settings{
		minDocs: 1,
		weight:  [blocks]float32{blockWords: 1, blockLetters: 1, blockConcepts: 1},
		svm:     svmSettings{c: 1, rounds: 30, epsilon: 0.1},
		bag:     bagSettings{hidden: 64, rate: 0.03, smoothing: 0.1, dropout: 0.6},
		nets:    3,
		folds:   3,
	}
	if n < 3000 {
		s.bag.rate = 0.05
		if n >= 600 {
			s.folds = 4
		}
	} else {
		s.minDocs = 2
		s.weight[blockConcepts] = 0.6 // many examples say themselves what else is said
	}
	s.bag.epochs = min(max(12_000/n, 12), 30)
	return s
}

// trained is what was learnt from some of the sentences.
type trained struct {
	space *space
	svm   [][]float32 // [intent][feature], the last is the bias
	nets  []*bag
}

// train learns from the sentences with numbers in use. fold only chooses the
// random numbers.
func (t *trainer) train(ctx context.Context, use []int32, fold int) (*trained, error) {
	e := &trained{space: newSpace(t.corpus, use, t.set.minDocs, t.set.weight), svm: make([][]float32, len(t.intents)), nets: make([]*bag, t.set.nets)}
	rows := make([]row, len(use))
	label := make([]int32, len(use))
	for i, d := range use {
		rows[i], _ = e.space.vector(t.corpus.docs[d])
		label[i] = t.label[d]
	}
	features := len(t.corpus.hash)
	job := func(j int) {
		rng := rand.New(rand.NewPCG(t.opt.Seed, uint64(fold)<<32|uint64(j)))
		if j < len(e.nets) { // the long jobs first
			e.nets[j] = trainBag(ctx, rows, label, features, len(t.intents), t.set.bag, rng)
			return
		}
		c := j - len(e.nets)
		mine := make([]bool, len(use))
		for i := range mine {
			mine[i] = label[i] == int32(c)
		}
		e.svm[c] = trainBinary(rows, mine, features, t.set.svm, rng)
	}
	if err := inParallel(ctx, t.opt.Workers, len(e.nets)+len(t.intents), job); err != nil {
		return nil, err
	}
	return e, nil
}

// inParallel runs jobs 0 to n-1 on some goroutines and waits for them all.
func inParallel(ctx context.Context, workers, n int, job func(i int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				job(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// opinion is what the trained parts say of a sentence.
type opinion struct {
	scores [experts][]float32 // [expert][intent]
	unseen float64            // share of n-grams not in the training sentences
	label  int32              // what it really is
}

// The parts that have an opinion.
const (
	expertSVM = iota
	expertBag
	experts
)

// outOfFold asks, for each sentence, an expert that has not seen it.
func (t *trainer) outOfFold(ctx context.Context) ([]opinion, error) {
	fold := stratify(t.label[:len(t.label)-len(t.intents)], t.set.folds, t.opt.Seed)
	var out []opinion
	for k := range t.set.folds {
		var use, held []int32
		for i, f := range fold {
			if f == k {
				held = append(held, int32(i))
			} else {
				use = append(use, int32(i))
			}
		}
		if len(use) == 0 || len(held) == 0 {
			continue
		}
		present := make([]bool, len(t.intents))
		for _, i := range use {
			present[t.label[i]] = true
		}
		for c := range t.intents { // names are known to all
			use = append(use, int32(len(t.label)-len(t.intents)+c))
		}
		e, err := t.train(ctx, use, k+1)
		if err != nil {
			return nil, err
		}
		got := make([]opinion, len(held))
		err = inParallel(ctx, t.opt.Workers, len(held), func(i int) { got[i] = e.judge(t.corpus.docs[held[i]], t.label[held[i]]) })
		if err != nil {
			return nil, err
		}
		for i := range got {
			if present[got[i].label] { // an intent of one example cannot be known without it
				out = append(out, got[i])
			}
		}
	}
	return out, nil
}

func (e *trained) judge(doc []count, label int32) opinion {
	r, unseen := e.space.vector(doc)
	o := opinion{unseen: unseen, label: label}
	for i := range o.scores {
		o.scores[i] = make([]float32, len(e.svm))
	}
	for c, w := range e.svm {
		s := w[len(w)-1]
		for k, id := range r.id {
			s += w[id] * r.val[k]
		}
		o.scores[expertSVM][c] = s
	}
	one := make([]float32, len(e.svm))
	for _, n := range e.nets {
		n.logits(r, one)
		addLogSoftmax(o.scores[expertBag], one, float32(len(e.nets)))
	}
	return o
}

// stratify gives each sentence a fold, so that each intent is spread evenly.
func stratify(label []int32, folds int, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, 0x5f01d5))
	order := rng.Perm(len(label))
	next := map[int32]int{}
	out := make([]int, len(label))
	for _, i := range order {
		l := label[i]
		if _, ok := next[l]; !ok {
			next[l] = len(next) // small intents do not all begin with the first fold
		}
		out[i] = next[l] % folds
		next[l]++
	}
	return out
}
