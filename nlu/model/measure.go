package model

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Answer is what something that understands sentences made of one.
type Answer struct {
	Intent   string  // empty: none
	Score    float64 // its probability, 0 to 1
	InScope  float64 // probability that it means any intent
	Refused  bool
	Entities []Entity
}

// Wrong is a test sentence that was taken for something else.
type Wrong struct {
	Number  int     `json:"number"` // of the sentence among the test's, from 0
	Text    string  `json:"text"`
	Want    string  `json:"want"`
	Got     string  `json:"got"`
	Score   float64 `json:"score"`
	Refused bool    `json:"refused"`
}

// Measure tells how well something that is trained already understands test
// sentences. Nothing is trained, so TrainS and ModelBytes of the report are 0.
// An answer that was refused still counts by its intent.
func Measure(ctx context.Context, test []Example, answer func(text string) Answer) (*Report, []Wrong, error) {
	if len(test) == 0 {
		return nil, nil, errors.New("measuring on test examples: there are none")
	}
	sum, spans := &tally{}, &spanCount{}
	list := make([]judged, len(test))
	took := make([]float64, len(test))
	wrong := []Wrong{}
	tagged := false
	for i, ex := range test {
		if err := ctx.Err(); err != nil {
			return nil, nil, fmt.Errorf("measuring on test examples: %w", err)
		}
		before := time.Now()
		a := answer(ex.Text)
		took[i] = float64(time.Since(before).Nanoseconds()) / 1000
		list[i] = judged{ex.Text, ex.Intent, a.Intent, a.Score, a.InScope, a.Refused}
		spans.add(ex.Entities, a.Entities)
		tagged = tagged || len(a.Entities) > 0
		if a.Intent != ex.Intent {
			wrong = append(wrong, Wrong{i, ex.Text, ex.Intent, a.Intent, a.Score, a.Refused})
		}
	}
	if tagged || hasEntities(test) {
		sum.entityF1 = []float64{spans.f1()}
	}
	sum.measure(list, took)
	sum.all = list
	return sum.report(), wrong, nil
}

// EvaluateInSteps is Evaluate for those who wait: step is told before each
// model is trained how many are done, and the figures of those. nil is for
// nobody.
func EvaluateInSteps(ctx context.Context, train, test, oos []Example, opt EvalOptions, step func(done, of int, soFar *Report)) (*Report, error) {
	if step == nil {
		return Evaluate(ctx, train, test, oos, opt)
	}
	if len(test) == 0 {
		return nil, errors.New("evaluating an intent model: no test examples")
	}
	if opt.Seeds <= 0 {
		opt.Seeds = 5
	}
	sum := &tally{}
	for s := range opt.Seeds {
		step(s, opt.Seeds, sum.report())
		seed := opt.Seed + uint64(s)
		if err := sum.run(ctx, train, test, oos, opt, seed); err != nil {
			return nil, fmt.Errorf("evaluating an intent model with seed %d: %w", seed, err)
		}
	}
	r := sum.report()
	r.Details.Duplicates = Duplicates(train)
	return r, nil
}

// Repeated is a text that the examples of one intent have more than once.
type Repeated struct {
	Text    string `json:"text"`
	Intent  string `json:"intent"`
	Numbers []int  `json:"numbers"` // of the examples, from 0
}

// Repeats finds the texts that examples of the same intent have more than
// once, letter by letter: they count twice in training, and in no test.
func Repeats(examples []Example) []Repeated {
	at := map[[2]string]int{}
	all := make([]Repeated, 0, len(examples))
	for n, ex := range examples {
		key := [2]string{ex.Text, ex.Intent}
		i, ok := at[key]
		if !ok {
			i = len(all)
			at[key] = i
			all = append(all, Repeated{Text: ex.Text, Intent: ex.Intent})
		}
		all[i].Numbers = append(all[i].Numbers, n)
	}
	return slices.DeleteFunc(all, func(r Repeated) bool { return len(r.Numbers) < 2 })
}
