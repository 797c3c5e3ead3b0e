package bench

import (
	"context"
	"io"

	"github.com/dialwright/dialwright/nlu/model"
	"github.com/dialwright/dialwright/nlu/tagger"
)

// Options of a measurement.
type Options struct {
	Seed    uint64 // the first
	Seeds   int    // models that are averaged; 0 is 5
	Workers int    // goroutines that train; 0 is one a processor
}

// spans is a tagger as package model wants it.
type spans struct{ *tagger.Tagger }

func (s spans) Tag(text string) []model.Entity { return entities(s.Tagger, text) }

// evalOptions trains taggers, too; the size of the last one goes to bytes.
func (o Options) evalOptions(bytes *int64) model.EvalOptions {
	return model.EvalOptions{
		Options: model.Options{Seed: o.Seed, Workers: o.Workers}, Seeds: o.Seeds,
		TrainTagger: func(ctx context.Context, examples []model.Example, seed uint64) (model.Tagger, error) {
			t, err := trainTagger(ctx, examples, seed)
			if err != nil {
				return nil, err
			}
			if *bytes, err = t.WriteTo(io.Discard); err != nil {
				return nil, err
			}
			return spans{t}, nil
		},
	}
}

// Evaluate trains on train and measures on test and, where there is any, on
// what is out of scope. Nothing is learnt from test or oos. step is told,
// before each model is trained, how many are done and what they came to.
// ModelBytes of the report is of both parts of the model's file.
func Evaluate(ctx context.Context, train, test, oos *Set, o Options, step func(done, of int, soFar *model.Report)) (*model.Report, error) {
	var list []model.Example
	if oos != nil {
		list = oos.Examples
	}
	var tagger int64
	r, err := model.EvaluateInSteps(ctx, train.Examples, test.Examples, list, o.evalOptions(&tagger), step)
	if err != nil {
		return nil, err
	}
	r.ModelBytes += tagger
	return r, nil
}

// CrossValidate measures on each of k parts of the set what is learnt from the
// others.
func CrossValidate(ctx context.Context, s *Set, k int, o Options) (*model.Report, error) {
	var tagger int64
	r, err := model.CrossValidate(ctx, s.Examples, k, o.evalOptions(&tagger))
	if err != nil {
		return nil, err
	}
	r.ModelBytes += tagger
	return r, nil
}
