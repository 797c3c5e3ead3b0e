// Package engine has the engines that understand utterances, behind one small
// interface: the embedded one, and those of other machines in packages below
// this one. enginetest is the contract they all keep.
package engine

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/dialwright/dialwright/nlu"
)

// Engine understands utterances. Implementations are safe for concurrent use
// and keep nothing of one utterance for the next.
type Engine interface {
	// Name of the engine, for messages.
	Name() string
	// Parse ranks the intents among q.Among that the text may mean, best first,
	// with scores from 0 to 1, and finds entities. Nothing ranked means: none
	// of these. The error is for an engine that could not be asked, or answered
	// nonsense.
	Parse(ctx context.Context, q nlu.Query) (Parsed, error)
	// Close ends what the engine holds; Parse must have returned.
	Close() error
}

// Parsed is what an engine made of an utterance.
type Parsed struct {
	Ranked   []nlu.Candidate
	Entities []Entity
}

// Entity is something named in the text.
type Entity struct {
	Start, End int // in characters; End exclusive
	Name       string
	Value      string
	Score      float64 // 0..1; 0 when the engine gives none
}

// Local is the embedded engine: a classifier in this process.
func Local(name string, c nlu.Classifier) Engine { return local{name, c} }

type local struct {
	name       string
	classifier nlu.Classifier
}

func (l local) Name() string { return l.name }

func (l local) Parse(ctx context.Context, q nlu.Query) (Parsed, error) {
	if err := ctx.Err(); err != nil {
		return Parsed{}, fmt.Errorf("%s: %w", l.name, err)
	}
	return Parsed{Ranked: l.classifier.Classify(q)}, nil
}

func (local) Close() error { return nil }

// Restrict keeps what may be meant now and sorts it, for engines that rank
// everything they know. A score that is none, or an intent that comes twice,
// is an error.
func Restrict(q nlu.Query, ranked []nlu.Candidate) ([]nlu.Candidate, error) {
	seen := map[string]bool{}
	var out []nlu.Candidate
	for _, c := range ranked {
		switch {
		case math.IsNaN(c.Score) || c.Score < 0 || c.Score > 1.0001:
			return nil, fmt.Errorf("the score of intent %q is %v, not from 0 to 1", c.Intent, c.Score)
		case seen[c.Intent]:
			return nil, fmt.Errorf("the intent %q is ranked twice", c.Intent)
		}
		seen[c.Intent] = true
		if slices.Contains(q.Among, c.Intent) && c.Score > 0 {
			c.Score = min(c.Score, 1)
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b nlu.Candidate) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return out, nil
}
