package model

import (
	"context"
	"fmt"
	"slices"

	"github.com/dialwright/dialwright/nlu"
)

// Hybrid is the classifier of a flow: what was said nearly as an example says
// it is decided by the examples alone; all else by the examples and the
// model together, the model counting the more the more examples there are.
// It implements nlu.Classifier.
type Hybrid struct {
	phrases *nlu.Phrases
	model   *Model
	count   map[string]int // examples of an intent
}

// NewHybrid trains a model from the intents' examples. A few hundred take
// about a second, 10,000 take minutes.
func NewHybrid(ctx context.Context, intents []nlu.Intent, opt Options) (*Hybrid, error) {
	h := &Hybrid{phrases: nlu.NewPhrases(intents), count: map[string]int{}}
	var examples []Example
	for _, in := range intents {
		for _, ph := range in.Phrases {
			if ph != "" {
				examples = append(examples, Example{Text: ph, Intent: in.Name})
				h.count[in.Name]++
			}
		}
	}
	if len(examples) == 0 { // a flow may do without intents
		return h, nil
	}
	m, err := Train(ctx, append(examples, others(examples)...), opt)
	if err != nil {
		return nil, fmt.Errorf("learning %d intents: %w", len(intents), err)
	}
	h.model = m
	return h, nil
}

// HybridOf joins a model that was trained before with a flow's own phrases.
// Intents that only the model knows are the model's alone.
func HybridOf(m *Model, intents []nlu.Intent) *Hybrid {
	h := &Hybrid{phrases: nlu.NewPhrases(intents), model: m, count: map[string]int{}}
	for c, name := range m.intents {
		h.count[name] = len(m.byIntent[c])
	}
	return h
}

// Model is the statistical part; nil when there was nothing to learn from.
func (h *Hybrid) Model() *Model { return h.model }

const (
	// verbatim is the score of phrases that needs no second opinion.
	verbatim = 0.85
	// trusted is how many examples make the model as weighty as the phrases: on
	// real sentences with three examples an intent, it finds ten times as many.
	trusted = 1
)

// Classify implements nlu.Classifier.
func (h *Hybrid) Classify(q nlu.Query) []nlu.Candidate {
	said := h.phrases.Classify(q)
	if h.model == nil || len(said) > 0 && said[0].Score >= verbatim {
		return said
	}
	// Other competes with what is expected, on equal terms.
	among := q
	among.Among = append(slices.Clone(q.Among), other)
	learnt := h.model.Classify(among)
	out := make([]nlu.Candidate, 0, len(said)+len(learnt))
	at := map[string]int{}
	for _, c := range said {
		at[c.Intent] = len(out)
		c.Score *= 1 - h.weight(c.Intent)
		out = append(out, c)
	}
	for _, c := range learnt {
		if c.Intent == other {
			continue
		}
		c.Score *= h.weight(c.Intent)
		if h.phrases.Negated(q.Text, c.Intent) {
			c.Score *= negatedBy
		}
		i, ok := at[c.Intent]
		if !ok {
			out = append(out, c)
			continue
		}
		out[i].Score += c.Score
	}
	sortRanked(out)
	end := 0
	for end < len(out) && out[end].Score >= floorScore {
		end++
	}
	return out[:end]
}

// negatedBy is what is left of the model's score for an intent whose phrase
// was turned round.
const negatedBy = 0.25

// weight of the model's opinion of an intent.
func (h *Hybrid) weight(intent string) float64 {
	n := float64(h.count[intent])
	return n / (n + trusted)
}
