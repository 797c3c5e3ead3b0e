package bench

import (
	"context"
	"strings"
	"unicode"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/model"
	"github.com/dialwright/dialwright/nlu/sentiment"
	"github.com/dialwright/dialwright/nlu/tagger"
)

// Understander is what sentences are given to: a bundle, or what a flow
// understands with. It is safe for concurrent use.
type Understander struct {
	model    *model.Model // nil: a flow without intents
	tagger   *tagger.Tagger
	flow     nlu.Classifier // nil: no flow
	among    []string       // the intents that are possible, of a flow
	language string         // of the sentiment; empty: guessed from the text
	moods    moods
}

// OfBundle understands with a bundle.
func OfBundle(b *Bundle) (*Understander, error) {
	m, err := newMoods()
	if err != nil {
		return nil, err
	}
	return &Understander{model: b.Intents, tagger: b.Tagger, among: b.Intents.Intents(), moods: m}, nil
}

// OfFlow understands as a flow does with the intents it expects: first word by
// word, then with a model trained from the intents' phrases. among are the
// intents that are possible, as at one of its nodes; nil is all of them.
func OfFlow(ctx context.Context, intents []nlu.Intent, among []string, language string, seed uint64) (*Understander, error) {
	h, err := model.NewHybrid(ctx, intents, model.Options{Seed: seed})
	if err != nil {
		return nil, err
	}
	m, err := newMoods()
	if err != nil {
		return nil, err
	}
	if among == nil {
		for _, in := range intents {
			among = append(among, in.Name)
		}
	}
	return &Understander{model: h.Model(), flow: h, among: among, language: language, moods: m}, nil
}

// Among are the intents that sentences may mean.
func (u *Understander) Among() []string { return u.among }

// EntityNames are the kinds of entities that are found, sorted.
func (u *Understander) EntityNames() []string {
	if u.tagger == nil {
		return nil
	}
	return u.tagger.Names()
}

// Ranked is an intent that a sentence may mean.
type Ranked struct {
	Intent  string  `json:"intent"`
	Score   float64 `json:"score"`
	Example string  `json:"example,omitempty"` // the one that speaks for it
}

// Mood is how a sentence sounds.
type Mood struct {
	Label sentiment.Label `json:"label"`
	Score float64         `json:"score"` // -1 to 1
	Angry bool            `json:"angry"`
}

// Parsed is what was understood of a sentence.
type Parsed struct {
	Text      string         `json:"text"`
	Intent    string         `json:"intent"` // the best; empty if there is none
	Score     float64        `json:"score"`
	InScope   float64        `json:"in_scope"` // probability that it means any intent
	Refused   bool           `json:"refused"`  // not good enough, or not clearly better than the next
	Ranked    []Ranked       `json:"ranked"`   // the best first, at most ten
	Entities  []model.Entity `json:"entities"`
	Sentiment Mood           `json:"sentiment"`
}

// The bounds of package dialog, which decides whether a flow has understood.
const (
	minScore  = 0.5
	minMargin = 0.03
	mostShown = 10
)

// Parse tells what a sentence means.
func (u *Understander) Parse(text string) Parsed {
	p := u.intent(text)
	p.Entities = entities(u.tagger, text)
	if p.Entities == nil {
		p.Entities = []model.Entity{}
	}
	p.Sentiment = u.moods.of(u.language, text)
	return p
}

func (u *Understander) intent(text string) Parsed {
	p := Parsed{Text: text, Ranked: []Ranked{}, Refused: true}
	if u.model == nil {
		return p
	}
	r := u.model.Parse(text)
	p.InScope = r.InScope
	list := r.Ranked
	if u.flow != nil {
		list = u.flow.Classify(nlu.Query{Text: text, Among: u.among})
		_, ok := nlu.Decide(list, minScore, minMargin)
		p.Refused = !ok
	} else {
		p.Refused = r.Refused
	}
	for _, c := range list[:min(len(list), mostShown)] {
		p.Ranked = append(p.Ranked, Ranked{c.Intent, c.Score, c.Phrase})
	}
	if len(list) > 0 {
		p.Intent, p.Score = list[0].Intent, list[0].Score
	}
	return p
}

// Measure tells how well test sentences are understood, which are not, and
// what share is refused.
func (u *Understander) Measure(ctx context.Context, test []model.Example) (r *model.Report, wrong []model.Wrong, refused float64, err error) {
	r, wrong, err = model.Measure(ctx, test, func(text string) model.Answer {
		p := u.intent(text)
		if p.Refused {
			refused += 1 / float64(len(test))
		}
		return model.Answer{Intent: p.Intent, Score: p.Score, InScope: p.InScope, Refused: p.Refused, Entities: entities(u.tagger, text)}
	})
	return r, wrong, refused, err
}

// Explain tells why a sentence is understood as it is. ok is false where there
// is no model to explain.
func (u *Understander) Explain(text string) (e model.Explanation, ok bool) {
	if u.model == nil {
		return e, false
	}
	return u.model.Explain(text), true
}

// moods has the lexicons of the languages there are.
type moods map[string]*sentiment.Analyzer

func newMoods() (moods, error) {
	m := moods{}
	for _, language := range []string{"en", "zh"} {
		a, err := sentiment.New(language)
		if err != nil {
			return nil, err
		}
		m[language] = a
	}
	return m, nil
}

// of a text; its language is guessed when nobody tells it. A language without
// a lexicon has no feelings that are known.
func (m moods) of(language, text string) Mood {
	if language == "" {
		language = "en"
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			language = "zh"
		}
	}
	a := m[language]
	if a == nil {
		return Mood{Label: sentiment.Neutral}
	}
	s := a.Analyze(text)
	return Mood{s.Label, s.Score, s.Angry}
}
