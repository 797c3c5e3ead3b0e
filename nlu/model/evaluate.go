package model

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Tagger finds the entities of a sentence.
type Tagger interface {
	Tag(text string) []Entity
}

// EvalOptions of an evaluation.
type EvalOptions struct {
	Options
	Seeds       int                                                                        // models that are trained and averaged, with the seeds from Seed on; 0 is 5
	TrainTagger func(ctx context.Context, examples []Example, seed uint64) (Tagger, error) // nil: entities are not evaluated
}

// Report of an evaluation. Its JSON has the figures only; they are means over
// the seeds (or the folds).
type Report struct {
	Accuracy    float64  `json:"accuracy"`     // share of right intents, 0 to 1
	AccuracyStd float64  `json:"accuracy_std"` // its standard deviation over seeds (or folds)
	MacroF1     float64  `json:"macro_f1"`     // mean F1 of the intents that the test has or the model gave
	EntityF1    *float64 `json:"entity_f1"`    // of entities with the same name and bounds; null without a tagger or entities
	ECE         float64  `json:"ece"`          // expected calibration error, 15 bins
	TrainS      float64  `json:"train_s"`      // seconds of training, calibration included
	ParseP50    float64  `json:"parse_us_p50"` // µs to parse a sentence, entities included
	ParseP99    float64  `json:"parse_us_p99"`
	ModelBytes  int64    `json:"model_bytes"` // of the intent model's file

	AUROC           *float64 `json:"auroc,omitempty"`             // of telling in scope from out of scope; the rest only with sentences out of scope
	InScopeAccuracy *float64 `json:"in_scope_accuracy,omitempty"` // share of the test that is neither refused nor wrong
	OOSRecall       *float64 `json:"oos_recall,omitempty"`        // share of what is out of scope that is refused

	Details Details `json:"-"`
}

// Evaluate trains on train and measures on test; oos are sentences that mean
// none of the intents, and may be empty. Nothing is learnt from test or oos.
// ParseP50 and ParseP99 are measured on one goroutine.
func Evaluate(ctx context.Context, train, test, oos []Example, opt EvalOptions) (*Report, error) {
	if len(test) == 0 {
		return nil, errors.New("evaluating an intent model: no test examples")
	}
	if opt.Seeds <= 0 {
		opt.Seeds = 5
	}
	sum := &tally{}
	for s := range opt.Seeds {
		seed := opt.Seed + uint64(s)
		if err := sum.run(ctx, train, test, oos, opt, seed); err != nil {
			return nil, fmt.Errorf("evaluating an intent model with seed %d: %w", seed, err)
		}
	}
	r := sum.report()
	r.Details.Duplicates = Duplicates(train)
	return r, nil
}

// CrossValidate cuts the examples into k parts, each intent spread evenly, and
// evaluates each on a model of the others: the report is the mean over the
// parts, and its details are of all examples together. opt.Seeds does not count.
func CrossValidate(ctx context.Context, examples []Example, k int, opt EvalOptions) (*Report, error) {
	if k < 2 || k > len(examples) {
		return nil, fmt.Errorf("cross-validating an intent model: %d parts of %d examples", k, len(examples))
	}
	known := map[string]int32{}
	label := make([]int32, len(examples))
	for i, ex := range examples {
		if _, ok := known[ex.Intent]; !ok {
			known[ex.Intent] = int32(len(known))
		}
		label[i] = known[ex.Intent]
	}
	part := stratify(label, k, opt.Seed)
	sum := &tally{}
	for p := range k {
		var train, test []Example
		for i, ex := range examples {
			if part[i] == p {
				test = append(test, ex)
			} else {
				train = append(train, ex)
			}
		}
		if len(test) == 0 {
			continue
		}
		if err := sum.run(ctx, train, test, nil, opt, opt.Seed); err != nil {
			return nil, fmt.Errorf("cross-validating an intent model, part %d of %d: %w", p+1, k, err)
		}
	}
	r := sum.report()
	r.Details.Duplicates = Duplicates(examples)
	return r, nil
}

// judged is one test sentence with the model's answer.
type judged struct {
	text, want, got string
	score, inScope  float64
	refused         bool
}

// tally adds up runs.
type tally struct {
	accuracy, macroF1, ece, train       []float64
	p50, p99, auroc, inScope, oosRecall []float64
	entityF1                            []float64
	bytes                               int64
	all                                 []judged
	confusable                          []Confusable
}

func (t *tally) run(ctx context.Context, train, test, oos []Example, opt EvalOptions, seed uint64) error {
	o := opt.Options
	o.Seed = seed
	started := time.Now()
	m, err := Train(ctx, train, o)
	if err != nil {
		return err
	}
	var tagger Tagger
	if opt.TrainTagger != nil && hasEntities(train) {
		if tagger, err = opt.TrainTagger(ctx, train, seed); err != nil {
			return fmt.Errorf("training the tagger: %w", err)
		}
	}
	t.train = append(t.train, time.Since(started).Seconds())
	t.bytes = m.Len()
	list := make([]judged, len(test))
	took := make([]float64, len(test))
	spans := &spanCount{}
	for i, ex := range test {
		if err := ctx.Err(); err != nil {
			return err
		}
		before := time.Now()
		r := m.Parse(ex.Text)
		var found []Entity
		if tagger != nil {
			found = tagger.Tag(ex.Text)
		}
		took[i] = float64(time.Since(before).Nanoseconds()) / 1000
		list[i] = judged{ex.Text, ex.Intent, r.Intent, r.Score, r.InScope, r.Refused}
		spans.add(ex.Entities, found)
	}
	if tagger != nil && hasEntities(test) {
		t.entityF1 = append(t.entityF1, spans.f1())
	}
	t.measure(list, took)
	t.measureScope(m, list, oos)
	if t.confusable == nil {
		t.confusable = confusablePairs(m, list)
	}
	t.all = append(t.all, list...)
	return nil
}

func (t *tally) measure(list []judged, took []float64) {
	t.accuracy = append(t.accuracy, accuracyOf(list))
	t.macroF1 = append(t.macroF1, macroF1(perIntent(list)))
	t.ece = append(t.ece, calibrationError(list))
	slices.Sort(took)
	t.p50 = append(t.p50, percentile(took, 0.50))
	t.p99 = append(t.p99, percentile(took, 0.99))
}

func (t *tally) measureScope(m *Model, list []judged, oos []Example) {
	if len(oos) == 0 {
		return
	}
	var in, out []float64
	right, refused := 0, 0
	for _, j := range list {
		in = append(in, j.inScope)
		if j.want == j.got && !j.refused {
			right++
		}
	}
	for _, ex := range oos {
		r := m.Parse(ex.Text)
		out = append(out, r.InScope)
		if r.Refused {
			refused++
		}
	}
	t.auroc = append(t.auroc, auroc(in, out))
	t.inScope = append(t.inScope, float64(right)/float64(len(list)))
	t.oosRecall = append(t.oosRecall, float64(refused)/float64(len(oos)))
}

func (t *tally) report() *Report {
	r := &Report{MacroF1: mean(t.macroF1), ECE: mean(t.ece), TrainS: mean(t.train), ParseP50: mean(t.p50), ParseP99: mean(t.p99), ModelBytes: t.bytes}
	r.Accuracy, r.AccuracyStd = mean(t.accuracy), deviation(t.accuracy)
	r.EntityF1 = optional(t.entityF1)
	r.AUROC, r.InScopeAccuracy, r.OOSRecall = optional(t.auroc), optional(t.inScope), optional(t.oosRecall)
	r.Details = Details{Intents: perIntent(t.all), Confusion: confusion(t.all), Coverage: riskCoverage(t.all), Confusable: t.confusable}
	return r
}

func hasEntities(list []Example) bool {
	return slices.ContainsFunc(list, func(ex Example) bool { return len(ex.Entities) > 0 })
}

func optional(v []float64) *float64 {
	if len(v) == 0 {
		return nil
	}
	x := mean(v)
	return &x
}

// Split takes a share of the examples out for a test, each intent alike; what
// is left is for training.
func Split(examples []Example, share float64, seed uint64) (train, test []Example) {
	rng := rand.New(rand.NewPCG(seed, 0x5b117))
	byIntent := map[string][]int{}
	for _, i := range rng.Perm(len(examples)) {
		byIntent[examples[i].Intent] = append(byIntent[examples[i].Intent], i)
	}
	held := make([]bool, len(examples))
	for _, list := range byIntent {
		for _, i := range list[:int(math.Round(share*float64(len(list))))] {
			held[i] = true
		}
	}
	for i, ex := range examples {
		if held[i] {
			test = append(test, ex)
		} else {
			train = append(train, ex)
		}
	}
	return train, test
}
