package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/nlu/bench"
	"github.com/dialwright/dialwright/nlu/model"
)

func newNLUExplainCommand(a *app) *cobra.Command {
	var m mind
	cmd := &cobra.Command{
		Use: "explain {MODEL|--flow DIR} TEXT", Short: "Tell why a sentence is understood as it is",
		Args: func(cmd *cobra.Command, got []string) error { return m.args("TEXT")(cmd, got) },
		Long: `Tell why a sentence is understood as it is: how much each word speaks for the
best intent against the second, which n-grams weigh most, which words no
training example has, and the examples that look most like the sentence.

Weights are log odds: what the advantage of the best intent loses without the
word. With --flow, what is said word by word as a phrase has it is decided by
the phrase alone; the weights are those of the model beside it.`,
		Example: `  dialwright nlu explain bank.nlu "my card has not arrived"
  dialwright nlu explain --flow flows/offer "why should i"`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.nluExplain(cmd.Context(), &m, args) },
	}
	m.flags(cmd, true)
	return cmd
}

func (a *app) nluExplain(ctx context.Context, m *mind, args []string) error {
	u, texts, err := m.open(ctx, a, args)
	if err != nil {
		return err
	}
	e, ok := u.Explain(texts[0])
	if !ok {
		return notFoundf("flow %s: it has no intents, so there is nothing to explain", m.flow)
	}
	p := u.Parse(texts[0])
	if a.json {
		return a.showJSON(struct {
			Parsed      bench.Parsed      `json:"parsed"`
			Explanation model.Explanation `json:"explanation"`
		}{p, e})
	}
	if err := a.showParsed(p); err != nil {
		return err
	}
	a.printf("%-13s%.2f; refused below %.2f\n\n", "in scope", e.Limits[0], e.Limits[1])
	return a.showExplanation(&e)
}

func (a *app) showExplanation(e *model.Explanation) error {
	weigh := func(title string, list []model.Decided) error {
		if len(list) == 0 {
			return nil
		}
		t := newTable("WEIGHT", title, "KIND")
		for _, d := range list {
			t.row(fmt.Sprintf("%+.2f", d.Weight), d.Text, d.Kind)
		}
		err := t.write(a.out)
		a.printf("\n")
		return err
	}
	if e.Against != "" {
		a.printf("for %s, against %s:\n\n", oneLine(e.Intent), oneLine(e.Against))
	}
	if err := weigh("WORD", e.Words); err != nil {
		return err
	}
	if err := weigh("PART", e.Grams); err != nil {
		return err
	}
	if len(e.Unknown) > 0 {
		a.paragraph("no example has: ", oneLine(fmt.Sprint(e.Unknown)))
		a.printf("\n")
	}
	if len(e.Nearest) == 0 {
		return nil
	}
	t := newTable("ALIKE", "EXAMPLE", "INTENT")
	for _, n := range e.Nearest {
		t.row(fmt.Sprintf("%.2f", n.Similarity), n.Text, n.Intent)
	}
	return t.write(a.out)
}
