package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/nlu/bench"
)

func newNLUParseCommand(a *app) *cobra.Command {
	var m mind
	cmd := &cobra.Command{
		Use: "parse {MODEL|--flow DIR} [TEXT...]", Short: "Tell what sentences mean",
		Args: func(cmd *cobra.Command, got []string) error { return m.args("TEXT...")(cmd, got) },
		Long: `Tell what sentences mean: the intents with their probabilities, the entities,
and how the speaker feels. Each TEXT is one sentence; without any, each line of
the standard input is. With --json, each answer is one line.

MODEL is a file from "dialwright nlu train". With --flow, the phrases of the
flow are learnt first, and the answer is what the flow would take it for.`,
		Example: `  dialwright nlu parse bank.nlu "my card has not arrived"
  dialwright nlu parse --flow flows/offer --node greet "yes please" "no way"
  cat sentences.txt | dialwright nlu parse bank.nlu --json`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.nluParse(cmd.Context(), &m, args) },
	}
	m.flags(cmd, true)
	return cmd
}

func (a *app) nluParse(ctx context.Context, m *mind, args []string) error {
	u, texts, err := m.open(ctx, a, args)
	if err != nil {
		return err
	}
	if len(texts) > 0 {
		for i, text := range texts {
			if i > 0 && !a.json {
				a.printf("\n")
			}
			if err := a.showParsed(u.Parse(text)); err != nil {
				return err
			}
		}
		return nil
	}
	const longest = 1 << 20
	in := bufio.NewScanner(a.in)
	in.Buffer(nil, longest)
	line := 0
	for in.Scan() && ctx.Err() == nil {
		line++
		if line > 1 && !a.json {
			a.printf("\n")
		}
		if err := a.showParsed(u.Parse(strings.TrimSuffix(in.Text(), "\r"))); err != nil {
			return err
		}
	}
	switch err := in.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("reading the standard input: line %d is longer than %d bytes", line+1, longest)
	case err != nil:
		return fmt.Errorf("reading the standard input: %w", err)
	}
	return ctx.Err()
}

// jsonLine prints v as one line of JSON.
func (a *app) jsonLine(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

func (a *app) showParsed(p bench.Parsed) error {
	if a.json {
		return a.jsonLine(p)
	}
	var d details
	d.row("text", p.Text)
	d.row("intent", verdict(p))
	for _, r := range p.Ranked[min(1, len(p.Ranked)):min(3, len(p.Ranked))] {
		if r.Score >= 0.005 {
			d.row("", fmt.Sprintf("%.2f  %s", r.Score, r.Intent))
		}
	}
	for i, e := range p.Entities {
		head := "entities"
		if i > 0 {
			head = ""
		}
		d.row(head, fmt.Sprintf("%s: %s (%d to %d)", e.Name, e.Value, e.Start, e.End))
	}
	mood := fmt.Sprintf("%s (%+.2f)", p.Sentiment.Label, p.Sentiment.Score)
	if p.Sentiment.Angry {
		mood += ", angry"
	}
	d.row("sentiment", mood)
	a.showDetails(d)
	return nil
}

// verdict is the best intent and whether it counts.
func verdict(p bench.Parsed) string {
	if len(p.Ranked) == 0 {
		return "none"
	}
	text := fmt.Sprintf("%.2f  %s", p.Score, p.Intent)
	if ex := p.Ranked[0].Example; ex != "" {
		text += fmt.Sprintf(", as in %q", ex)
	}
	if p.Refused {
		text += fmt.Sprintf("; refused: in scope with only %.2f, or not clear", p.InScope)
	}
	return text
}
