package lint

import (
	"slices"
	"strings"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu"
)

const (
	// nearScore is from where an example of one intent stands for another.
	nearScore = 0.9
	// fewest examples an intent should have.
	fewest = 3
)

// examples finds intents that can be heard at the same node and that their
// examples do not separate: one that the flow itself would take for the other
// intent, or that is nearly one of the other's.
func (c *checker) examples() {
	intents := map[string]dialog.IntentInfo{}
	near := make([]nlu.Intent, 0)
	for _, in := range c.flow.Intents() {
		intents[in.Name] = in
		near = append(near, nlu.Intent{Name: in.Name, Phrases: in.Phrases})
	}
	phrases := nlu.NewPhrases(near)
	done := map[string]bool{} // sets of intents, and what was told
	for _, n := range c.nodes {
		among := c.flow.IntentsAt(n.Name)
		sorted := slices.Sorted(slices.Values(among))
		if key := strings.Join(sorted, "\x00"); len(among) < 2 || done[key] {
			continue
		} else {
			done[key] = true
		}
		for _, name := range among {
			in := intents[name]
			if in.Builtin {
				continue
			}
			for _, p := range in.Phrases {
				other, how := c.taken(phrases, p, name, among)
				if key := name + "\x01" + other + "\x01" + p; other == "" || done[key] {
					continue
				} else {
					done[key] = true
				}
				c.warn(in.File, in.Line, 1, "both are heard at node "+n.Name, "the example %q of intent %s %s intent %s", clip(p), name, how, other)
			}
		}
	}
}

// taken is the other intent for which an example may be taken.
func (c *checker) taken(phrases *nlu.Phrases, example, name string, among []string) (other, how string) {
	ranked := c.flow.Classifier().Classify(nlu.Query{Text: example, Confidence: 1, Among: among})
	if len(ranked) > 0 && ranked[0].Intent != name {
		own := 0.0
		for _, r := range ranked {
			if r.Intent == name {
				own = r.Score
			}
		}
		if ranked[0].Score > own {
			return ranked[0].Intent, "is understood as"
		}
	}
	others := slices.DeleteFunc(slices.Clone(among), func(s string) bool { return s == name })
	near := phrases.Classify(nlu.Query{Text: example, Confidence: 1, Among: others})
	if len(near) > 0 && near[0].Score >= nearScore && !slices.Equal(nlu.Tokens(near[0].Phrase), nlu.Tokens(example)) { // the same is told by the loader
		return near[0].Intent, "is nearly an example of"
	}
	return "", ""
}

func (c *checker) fewExamples() {
	for _, in := range c.flow.Intents() {
		if n := len(in.Phrases); !in.Builtin && n > 0 && n < fewest {
			c.warn(in.File, in.Line, 1, "people say things in many ways", "intent %s has only %d examples", in.Name, n)
		}
	}
}
