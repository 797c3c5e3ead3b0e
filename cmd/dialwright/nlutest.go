package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/nlu/bench"
	"github.com/dialwright/dialwright/nlu/model"
)

type nluTestFlags struct {
	mind        mind
	minAccuracy float64
	show        nluShow
}

func newNLUTestCommand(a *app) *cobra.Command {
	var f nluTestFlags
	cmd := &cobra.Command{
		Use: "test {MODEL|--flow DIR} FILE", Short: "Measure a model, or a flow, on sentences of your own",
		Args: func(cmd *cobra.Command, got []string) error { return f.mind.args("FILE")(cmd, got) },
		Long: `Measure what a model file, or a flow, understands of the sentences in FILE, and
list those it gets wrong. With --flow and --node, only the intents that the node
expects are possible.

The exit code is 6 when less than --min-accuracy percent are right.

` + examplesHelp,
		Example: `  dialwright nlu test bank.nlu held-out.jsonl --min-accuracy 90
  dialwright nlu test --flow flows/offer said.jsonl --per-intent --confusion`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.nluTest(cmd.Context(), &f, args) },
	}
	f.mind.flags(cmd, true)
	cmd.Flags().Float64Var(&f.minAccuracy, "min-accuracy", 0, "fail when less than so many `percent` of the intents are right")
	f.show.flags(cmd)
	return cmd
}

// nluMeasured is the answer of nlu test in JSON.
type nluMeasured struct {
	Sentences int      `json:"sentences"`
	Accuracy  float64  `json:"accuracy"`
	MacroF1   float64  `json:"macro_f1"`
	EntityF1  *float64 `json:"entity_f1"`
	ECE       float64  `json:"ece"`
	Refused   float64  `json:"refused"` // share of the sentences
	ParseP50  float64  `json:"parse_us_p50"`
	ParseP99  float64  `json:"parse_us_p99"`
	nluDetails
	Wrong []nluWrong `json:"wrong"`
}

type nluWrong struct {
	bench.Place
	model.Wrong
}

func (a *app) nluTest(ctx context.Context, f *nluTestFlags, args []string) error {
	if f.minAccuracy < 0 || f.minAccuracy > 100 {
		return usagef("--min-accuracy %v: must be between 0 and 100", f.minAccuracy)
	}
	test, err := loadExamples("test", args[len(args)-1:])
	if err != nil {
		return err
	}
	if err := test.Labelled(); err != nil {
		return badExamples(err)
	}
	u, _, err := f.mind.open(ctx, a, args)
	if err != nil {
		return err
	}
	a.warnStrangers(test, u.Among(), u.EntityNames())
	r, wrong, refused, err := u.Measure(ctx, test.Examples)
	if err != nil {
		return err
	}
	m := nluMeasured{Sentences: len(test.Examples), Accuracy: r.Accuracy, MacroF1: r.MacroF1, EntityF1: r.EntityF1, ECE: r.ECE,
		Refused: refused, ParseP50: r.ParseP50, ParseP99: r.ParseP99, nluDetails: f.show.details(r), Wrong: []nluWrong{}}
	for _, w := range wrong {
		m.Wrong = append(m.Wrong, nluWrong{test.Places[w.Number], w})
	}
	if err := a.showMeasured(&m, r, f.show); err != nil {
		return err
	}
	if 100*r.Accuracy < f.minAccuracy {
		if !a.json {
			a.printf("%s\n", a.style().bad(fmt.Sprintf("%.1f %% are right, not %v", 100*r.Accuracy, f.minAccuracy)))
		}
		return &exitError{exitTests, errSilent}
	}
	return nil
}

func (a *app) showMeasured(m *nluMeasured, r *model.Report, show nluShow) error {
	if a.json {
		return a.showJSON(m)
	}
	if err := a.showNLUTables(r, show); err != nil {
		return err
	}
	if len(m.Wrong) > 0 {
		t := newTable("LINE", "SENTENCE", "MEANS", "TAKEN FOR", "SCORE")
		for _, w := range m.Wrong {
			got := orNone(w.Got)
			if w.Refused && w.Got != "" {
				got += " (refused)"
			}
			t.row(fmt.Sprint(w.Line), w.Text, w.Want, got, fmt.Sprintf("%.2f", w.Score))
		}
		if err := t.write(a.out); err != nil {
			return err
		}
		a.printf("\n")
	}
	a.printf("%d sentences: %s right, macro F1 %s, %s refused\n", m.Sentences, percent(m.Accuracy), percent(m.MacroF1), percent(m.Refused))
	entities := ""
	if m.EntityF1 != nil {
		entities = fmt.Sprintf("entities F1 %s, ", percent(*m.EntityF1))
	}
	a.printf("%scalibration error %.3f, %.0f µs a sentence (p99 %.0f µs)\n", entities, m.ECE, m.ParseP50, m.ParseP99)
	return nil
}
