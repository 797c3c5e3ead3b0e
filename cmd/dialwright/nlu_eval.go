package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/nlu/bench"
	"github.com/dialwright/dialwright/nlu/model"
)

type nluEvalFlags struct {
	train, test, oos []string
	seed             uint64
	seeds            int
	show             nluShow
}

// nluShow are the details that may be asked for.
type nluShow struct{ confusion, perIntent, risk bool }

func (s *nluShow) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&s.confusion, "confusion", false, "show which intents are taken for which")
	cmd.Flags().BoolVar(&s.perIntent, "per-intent", false, "show precision and recall of every intent")
	cmd.Flags().BoolVar(&s.risk, "risk", false, "show how many mistakes remain when unsure answers are refused")
}

func newNLUEvalCommand(a *app) *cobra.Command {
	var f nluEvalFlags
	cmd := &cobra.Command{
		Use: "eval --train FILE --test FILE", Short: "Train on some sentences, measure on others", Args: args(),
		Long: `Train on some sentences and measure on others, several times with different
seeds. The figures are printed as one JSON object:

  accuracy       share of intents that are right, mean over the seeds
  accuracy_std   its standard deviation
  macro_f1       mean F1 of the intents
  entity_f1      F1 of entities, name and bounds right; null if there are none
  ece            expected calibration error
  train_s        seconds of training, calibration included
  parse_us_p50   microseconds to understand a sentence
  parse_us_p99
  model_bytes    size of the model's file

With --oos, sentences that mean none of the intents, also auroc,
in_scope_accuracy and oos_recall, at the threshold that was found on the
training sentences alone. Nothing is ever learnt from --test or --oos.

An intent in --test that training has never seen is told on standard error and
counts as misunderstood.

` + examplesHelp,
		Example: `  dialwright nlu eval --train bank.train.jsonl --test bank.test.jsonl
  dialwright nlu eval --train a.jsonl --train b.jsonl --test t.jsonl --oos other.jsonl --seeds 1
  dialwright nlu eval --train a.jsonl --test t.jsonl --per-intent --confusion`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.nluEval(cmd.Context(), f) },
	}
	cmd.Flags().StringArrayVar(&f.train, "train", nil, "`file` of examples to learn from; may be repeated")
	cmd.Flags().StringArrayVar(&f.test, "test", nil, "`file` of examples to measure on; may be repeated")
	cmd.Flags().StringArrayVar(&f.oos, "oos", nil, "`file` of sentences that mean none of the intents; may be repeated")
	cmd.Flags().IntVar(&f.seeds, "seeds", 5, "how many `models` to train and average")
	cmd.Flags().Uint64Var(&f.seed, "seed", 0, "the first seed")
	f.show.flags(cmd)
	return cmd
}

// nluSets reads what an evaluation needs and refuses what is of no use.
func nluSets(f nluEvalFlags) (train, test, oos *bench.Set, err error) {
	if f.seeds < 1 || f.seeds > 1000 {
		return nil, nil, nil, usagef("--seeds %d: must be from 1 to 1000", f.seeds)
	}
	if train, err = loadExamples("train", f.train); err != nil {
		return nil, nil, nil, err
	}
	if test, err = loadExamples("test", f.test); err != nil {
		return nil, nil, nil, err
	}
	if len(f.oos) > 0 {
		if oos, err = loadExamples("oos", f.oos); err != nil {
			return nil, nil, nil, err
		}
	}
	if err = train.Trainable(); err == nil {
		err = test.Labelled()
	}
	return train, test, oos, badExamples(err)
}

func (a *app) nluEval(ctx context.Context, f nluEvalFlags) error {
	train, test, oos, err := nluSets(f)
	if err != nil {
		return err
	}
	intents, entities := train.Names()
	a.warnStrangers(test, intents, entities)
	w := a.wait()
	defer w.end()
	step := func(done, of int, soFar *model.Report) {
		so := ""
		if done > 0 {
			so = fmt.Sprintf("; so far accuracy %s, %.1f s to train", percent(soFar.Accuracy), soFar.TrainS)
		}
		w.say("training model %d of %d from %d sentences%s", done+1, of, len(train.Examples), so)
	}
	r, err := bench.Evaluate(ctx, train, test, oos, bench.Options{Seed: f.seed, Seeds: f.seeds}, step)
	if err != nil {
		return err
	}
	w.end()
	return a.showFigures(r, r, f.show)
}

// nluDetails is what may stand beside the figures in JSON.
type nluDetails struct {
	Intents   []model.IntentScore `json:"intents,omitempty"`
	Confusion []model.Confused    `json:"confusion,omitempty"`
	Risk      []model.Coverage    `json:"risk_coverage,omitempty"`
}

func (s nluShow) details(r *model.Report) (d nluDetails) {
	if s.perIntent {
		d.Intents = r.Details.Intents
	}
	if s.confusion {
		d.Confusion = r.Details.Confusion
	}
	if s.risk {
		d.Risk = r.Details.Coverage
	}
	return d
}

// showFigures prints the tables that were asked for and, as the last line, the
// figures; under --json, all in one object.
func (a *app) showFigures(r, figures *model.Report, show nluShow) error {
	if a.json {
		return a.showJSON(struct {
			*model.Report
			nluDetails
		}{figures, show.details(r)})
	}
	if err := a.showNLUTables(r, show); err != nil {
		return err
	}
	return a.jsonLine(figures)
}

func (a *app) showNLUTables(r *model.Report, show nluShow) error {
	var tables []*table
	if show.perIntent {
		t := newTable("INTENT", "PRECISION", "RECALL", "F1", "SENTENCES")
		for _, s := range r.Details.Intents {
			t.row(orNone(s.Intent), percent(s.Precision), percent(s.Recall), percent(s.F1), fmt.Sprint(s.Support))
		}
		tables = append(tables, t)
	}
	if show.confusion {
		t := newTable("TIMES", "INTENT", "TAKEN FOR")
		for _, c := range r.Details.Confusion {
			t.row(fmt.Sprint(c.Count), c.Want, orNone(c.Got))
		}
		tables = append(tables, t)
	}
	if show.risk {
		t := newTable("ANSWERED", "WRONG OF THESE", "PROBABILITY AT LEAST")
		for _, c := range r.Details.Coverage {
			t.row(percent(c.Coverage), percent(c.Risk), fmt.Sprintf("%.3f", c.Threshold))
		}
		tables = append(tables, t)
	}
	for _, t := range tables {
		if err := t.write(a.out); err != nil {
			return err
		}
		a.printf("\n")
	}
	return nil
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

func orNone(name string) string {
	if name == "" {
		return "(none)"
	}
	return name
}
