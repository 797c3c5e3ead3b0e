package dialog

import (
	"slices"

	"github.com/dialwright/dialwright/nlu"
)

// Examples are the flow's intents with their phrases, for a classifier.
func (f *Flow) Examples() []nlu.Intent {
	out := make([]nlu.Intent, 0, len(f.intentOrder))
	for _, name := range f.intentOrder {
		out = append(out, nlu.Intent{Name: name, Phrases: slices.Clone(f.intents[name].phrases)})
	}
	return out
}

// WithClassifier is the same flow with something else to understand for it.
// The flow itself does not change; sessions of the one resume on the other.
func (f *Flow) WithClassifier(c nlu.Classifier) *Flow {
	other := *f
	other.classifier = c
	return &other
}

// Classifier is what understands for the flow.
func (f *Flow) Classifier() nlu.Classifier { return f.classifier }
