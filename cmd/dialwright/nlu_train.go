package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu/bench"
	"github.com/dialwright/dialwright/nlu/model"
)

type nluTrainFlags struct {
	flow  string
	train []string
	out   string
	seed  uint64
	parts int
	show  nluShow
}

func newNLUTrainCommand(a *app) *cobra.Command {
	var f nluTrainFlags
	cmd := &cobra.Command{
		Use: "train {--flow DIR|--train FILE} --out MODEL", Short: "Learn intents and entities from examples into one file", Args: args(),
		Long: `Learn intents and entities from examples into one file. The same examples and
seed give the same file, byte by byte; its SHA-256 is its name.

With --cross-validate K the examples are cut into K parts, and each is judged by
what was learnt from the others: precision and recall of every intent, and the
sentences that are taken for another intent, with the example that misled. With
--flow, phrases are also judged at each node that expects their intent.
Texts that two intents have, or one has twice, are always listed.

` + examplesHelp,
		Example: `  dialwright nlu train --train bank.jsonl --out bank.nlu --cross-validate 5
  dialwright nlu train --flow flows/offer --out offer.nlu --seed 7`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.nluTrain(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.flow, "flow", "", "learn the phrases of the flow in this `directory`")
	cmd.Flags().StringArrayVar(&f.train, "train", nil, "`file` of examples; may be repeated")
	cmd.Flags().StringVar(&f.out, "out", "", "`file` to write the model to")
	cmd.Flags().Uint64Var(&f.seed, "seed", 0, "of all that is random")
	cmd.Flags().IntVar(&f.parts, "cross-validate", 0, "measure on so many `parts`, each in turn")
	cmd.Flags().BoolVar(&f.show.confusion, "confusion", false, "with --cross-validate: show which intents are taken for which")
	cmd.Flags().BoolVar(&f.show.risk, "risk", false, "with --cross-validate: show how many mistakes remain when unsure answers are refused")
	return cmd
}

// nluTrained is the answer of nlu train in JSON.
type nluTrained struct {
	File       string            `json:"file"`
	Intents    int               `json:"intents"`
	Examples   int               `json:"examples"`
	Entities   []string          `json:"entities"`
	Bytes      int64             `json:"bytes"`
	Hash       string            `json:"hash"`
	TrainS     float64           `json:"train_s"`
	Duplicates []model.Duplicate `json:"duplicates"`
	Repeated   []nluRepeated     `json:"repeated"`
	Validation *nluValidation    `json:"cross_validation,omitempty"`
}

type nluRepeated struct {
	Text   string   `json:"text"`
	Intent string   `json:"intent"`
	Places []string `json:"places"`
}

type nluValidation struct {
	Parts    int     `json:"parts"`
	Accuracy float64 `json:"accuracy"`
	Std      float64 `json:"accuracy_std"`
	MacroF1  float64 `json:"macro_f1"`
	// EntityF1 is null without entities.
	EntityF1   *float64           `json:"entity_f1"`
	ECE        float64            `json:"ece"`
	Confusable []model.Confusable `json:"confusable"`
	Nodes      []bench.NodeScore  `json:"nodes,omitempty"` // of a flow, all together last
	nluDetails
}

// trainingSet is where the examples of nlu train come from.
func (a *app) trainingSet(f nluTrainFlags) (*bench.Set, *dialog.Flow, error) {
	switch {
	case f.flow == "" && len(f.train) == 0:
		return nil, nil, usagef("give --flow DIR or --train FILE: what is to be learnt?")
	case f.flow != "" && len(f.train) > 0:
		return nil, nil, usagef("give either --flow or --train, not both")
	case f.out == "":
		return nil, nil, usagef("--out is missing: where is the model to go?")
	case f.parts < 0 || f.parts == 1 || f.parts > 100:
		return nil, nil, usagef("--cross-validate %d: must be from 2 to 100", f.parts)
	}
	if f.flow == "" {
		s, err := loadExamples("train", f.train)
		if err != nil {
			return nil, nil, err
		}
		return s, nil, badExamples(s.Trainable())
	}
	flow, _, err := a.loadFlow(f.flow)
	if err != nil {
		return nil, nil, err
	}
	s := bench.OfIntents(flow.Examples(), f.flow)
	return s, flow, badExamples(s.Trainable())
}

func (a *app) nluTrain(ctx context.Context, f nluTrainFlags) error {
	s, flow, err := a.trainingSet(f)
	if err != nil {
		return err
	}
	if f.parts > len(s.Examples) {
		return usagef("--cross-validate %d: there are only %d examples", f.parts, len(s.Examples))
	}
	w := a.wait()
	defer w.end()
	w.say("training from %d examples", len(s.Examples))
	began := time.Now()
	b, err := bench.Train(ctx, s.Examples, f.seed)
	if err != nil {
		return err
	}
	out := nluTrained{File: f.out, Intents: len(b.Intents.Intents()), Examples: len(s.Examples), Entities: b.EntityNames(),
		TrainS: time.Since(began).Seconds(), Duplicates: model.Duplicates(s.Examples), Repeated: repeated(s)}
	if out.Entities == nil {
		out.Entities = []string{}
	}
	if out.Bytes, out.Hash, err = b.Stamp(); err != nil {
		return err
	}
	if err := b.Save(f.out); err != nil {
		return err
	}
	var report *model.Report
	if f.parts > 0 {
		if report, err = validate(ctx, s, flow, f, &out, w); err != nil {
			return err
		}
	}
	w.end()
	if a.json {
		return a.showJSON(out)
	}
	return a.showTrained(&out, report, f.show)
}

// validate measures on parts of the examples what is learnt from the others;
// a flow also node by node.
func validate(ctx context.Context, s *bench.Set, flow *dialog.Flow, f nluTrainFlags, out *nluTrained, w *waiting) (*model.Report, error) {
	w.say("cross-validating in %d parts, some %.0f s", f.parts, out.TrainS*float64(f.parts))
	r, err := bench.CrossValidate(ctx, s, f.parts, bench.Options{Seed: f.seed})
	if err != nil {
		return nil, err
	}
	show := f.show
	show.perIntent = true
	out.Validation = &nluValidation{Parts: f.parts, Accuracy: r.Accuracy, Std: r.AccuracyStd, MacroF1: r.MacroF1,
		EntityF1: r.EntityF1, ECE: r.ECE, Confusable: r.Details.Confusable, nluDetails: show.details(r)}
	if flow == nil {
		return r, nil
	}
	var nodes []bench.Node
	for _, name := range flow.Nodes() {
		if among := flow.IntentsAt(name); len(among) > 1 {
			nodes = append(nodes, bench.Node{Name: name, Among: among})
		}
	}
	w.say("cross-validating the %d nodes that listen", len(nodes))
	by, all, err := bench.CrossValidateNodes(ctx, flow.Examples(), nodes, f.parts, f.seed)
	out.Validation.Nodes = append(by, all)
	return r, err
}

// repeated lists texts that one intent has more than once, and where.
func repeated(s *bench.Set) []nluRepeated {
	out := []nluRepeated{}
	for _, r := range model.Repeats(s.Examples) {
		one := nluRepeated{Text: r.Text, Intent: r.Intent}
		for _, n := range r.Numbers {
			one.Places = append(one.Places, s.Places[n].String())
		}
		out = append(out, one)
	}
	return out
}

func (a *app) showTrained(t *nluTrained, r *model.Report, show nluShow) error {
	a.printf("%s: %d intents and %d kinds of entities from %d examples, %s, in %.1f s\nsha256 %s\n",
		t.File, t.Intents, len(t.Entities), t.Examples, megabytes(t.Bytes), t.TrainS, t.Hash)
	if err := a.showDuplicates(t); err != nil || t.Validation == nil {
		return err
	}
	v := t.Validation
	a.printf("\nCross-validated in %d parts: %s right (± %.1f),\nmacro F1 %s", v.Parts, percent(v.Accuracy), 100*v.Std, percent(v.MacroF1))
	if v.EntityF1 != nil {
		a.printf(", entities F1 %s", percent(*v.EntityF1))
	}
	a.printf(", calibration error %.3f\n\n", v.ECE)
	show.perIntent = true
	if err := a.showNLUTables(r, show); err != nil {
		return err
	}
	if len(v.Nodes) > 0 {
		n := newTable("NODE", "INTENTS", "PHRASES", "RIGHT", "NOT UNDERSTOOD", "CAME FIRST")
		for _, x := range v.Nodes {
			n.row(x.Node, fmt.Sprint(x.Intents), fmt.Sprint(x.Phrases), percent(x.Accuracy), percent(x.Refused), percent(x.First))
		}
		a.printf("Within what a node expects\n\n")
		if err := n.write(a.out); err != nil {
			return err
		}
		a.printf("\n")
	}
	if len(v.Confusable) == 0 {
		return nil
	}
	a.printf("Confusable: examples that were taken for another intent, the surest first\n\n")
	c := newTable("EXAMPLE", "MEANS", "TAKEN FOR", "FOR IT LOOKS LIKE")
	for _, x := range v.Confusable[:min(len(v.Confusable), 20)] {
		c.row(x.Text, x.Want, x.Got, x.Example)
	}
	return c.write(a.out)
}

func (a *app) showDuplicates(t *nluTrained) error {
	if len(t.Duplicates) > 0 {
		a.printf("\nTexts that several intents have: no model can tell them apart\n\n")
		d := newTable("TEXT", "INTENTS")
		for _, x := range t.Duplicates {
			d.row(x.Text, fmt.Sprint(x.Intents))
		}
		if err := d.write(a.out); err != nil {
			return err
		}
	}
	if len(t.Repeated) == 0 {
		return nil
	}
	a.printf("\nTexts that an intent has more than once\n\n")
	d := newTable("TEXT", "INTENT", "AT")
	for _, x := range t.Repeated[:min(len(t.Repeated), 20)] {
		d.row(x.Text, x.Intent, fmt.Sprint(x.Places))
	}
	if n := len(t.Repeated) - 20; n > 0 {
		d.row(fmt.Sprintf("and %d more", n), "", "")
	}
	return d.write(a.out)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
