// Package sentiment tells how somebody on the phone feels about what they
// say: content, indifferent, annoyed. It counts words of a lexicon with their
// negations and degrees, needs no training and says which words decided. A
// classifier learnt from labelled utterances of one's own calls is better and
// belongs to package nlu/model; this one is there on the first day. It is
// pure, and knows English (en) and Mandarin (zh).
package sentiment

import (
	"fmt"
	"math"
	"strings"
)

// Label is the coarse answer.
type Label string

// The labels. An utterance without any word of the lexicon is neutral.
const (
	Negative Label = "negative"
	Neutral  Label = "neutral"
	Positive Label = "positive"
)

// Kind of a word in the lexicon.
type Kind string

// The kinds of words. Anger is threats and loss of temper, Insult abuse of
// the person or company, Complaint what goes to a supervisor or the authorities.
const (
	Praise    Kind = "praise"
	Dislike   Kind = "dislike"
	Complaint Kind = "complaint"
	Anger     Kind = "anger"
	Insult    Kind = "insult"
)

// Term is a word or phrase that counted. Start and End count characters of
// the text, End exclusive; Weight is from −4 to 4 with negation and degree in.
type Term struct {
	Text       string
	Start, End int
	Kind       Kind
	Weight     float64
}

// Result is how an utterance sounds. Score is from −1 to 1; Angry is set when
// a word of anger or an insult counted, or a complaint with other bad words.
type Result struct {
	Score float64
	Label Label
	Angry bool
	Terms []Term
}

// Analyzer scores utterances of one language. It is safe for concurrent use.
type Analyzer struct {
	words   map[string]word
	longest int // words of the longest phrase
	reach   int // tokens that a negation or degree looks ahead
}

// role of a phrase in the lexicon.
type role uint8

const (
	roleFeeling role = iota
	roleNegation
	roleDegree
	roleTurn    // "but": what came before counts less
	roleNothing // a phrase that only looks like a feeling
)

type word struct {
	role   role
	kind   Kind
	weight float64
}

// entry is a line of a lexicon: phrases, parted by commas, that weigh the same.
type entry struct {
	word
	phrases string
}

// New prepares the lexicon of a language (a BCP 47 tag).
func New(language string) (*Analyzer, error) {
	lang, _, _ := strings.Cut(strings.ToLower(language), "-")
	var lexicon []entry
	a := &Analyzer{words: map[string]word{}}
	switch lang {
	case "en":
		lexicon, a.reach = english(), 3
	case "zh", "cmn":
		lexicon, a.reach = chinese(), 3
	default:
		return nil, fmt.Errorf("sentiment: no lexicon for language %q; there are en and zh", language)
	}
	for _, e := range lexicon {
		for phrase := range strings.SplitSeq(e.phrases, ",") {
			tokens := tokenize(phrase)
			a.words[join(tokens)] = e.word
			a.longest = max(a.longest, len(tokens))
		}
	}
	return a, nil
}

const (
	neutralBand = 0.15 // scores nearer to nothing are neutral
	softness    = 5.0  // one word of weight 2 gives a score of 0.67
	beforeTurn  = 0.4  // what is left of the words before "but"
)

// Analyze scores an utterance. Text beyond 2000 tokens is not looked at.
func (a *Analyzer) Analyze(text string) Result {
	tokens := tokenize(text)
	if len(tokens) > maxTokens {
		tokens = tokens[:maxTokens]
	}
	var r Result
	s := scan{reach: a.reach}
	for i := 0; i < len(tokens); {
		w, n := a.longestAt(tokens[i:])
		if n == 0 {
			s.gap++
			i++
			continue
		}
		if w.role == roleFeeling {
			t := Term{Start: tokens[i].start, End: tokens[i+n-1].end, Kind: w.kind, Weight: s.weigh(w)}
			t.Text = join(tokens[i : i+n])
			r.Terms = append(r.Terms, t)
		} else {
			s.see(w, &r)
		}
		i += n
	}
	r.conclude()
	return r
}

// longestAt finds the longest phrase of the lexicon that tokens begin with.
func (a *Analyzer) longestAt(tokens []token) (word, int) {
	for n := min(a.longest, len(tokens)); n > 0; n-- {
		if w, ok := a.words[join(tokens[:n])]; ok {
			return w, n
		}
	}
	return word{}, 0
}

// scan remembers the negations and degrees that stand before a word.
type scan struct {
	negations int
	degree    float64 // 0: none
	gap       int     // tokens since the last of them
	reach     int
}

func (s *scan) see(w word, r *Result) {
	if s.gap > s.reach {
		s.reset()
	}
	switch w.role {
	case roleNegation:
		s.negations++
		s.gap = 0
	case roleDegree:
		s.degree = max(s.degree, 1) * w.weight
		if s.degree == 0 {
			s.degree = w.weight
		}
		s.gap = 0
	case roleTurn:
		s.reset()
		for i := range r.Terms {
			r.Terms[i].Weight *= beforeTurn
		}
	default:
		s.gap++
	}
}

func (s *scan) reset() { s.negations, s.degree, s.gap = 0, 0, 0 }

// weigh gives a word its weight here. "Not good" is bad, "not bad" only fair;
// an insult stays one whatever stands before it.
func (s *scan) weigh(w word) float64 {
	if s.gap > s.reach {
		s.reset()
	}
	v := w.weight
	if s.degree > 0 {
		v *= s.degree
	}
	if s.negations%2 == 1 {
		switch {
		case w.kind == Insult || w.kind == Anger:
			v *= 0.7
		case v > 0:
			v *= -0.8
		default:
			v *= -0.35
		}
	}
	s.reset()
	return max(-4, min(4, v))
}

func (r *Result) conclude() {
	sum := 0.0
	bad, complaint := 0, false
	for _, t := range r.Terms {
		sum += t.Weight
		if t.Weight < 0 {
			bad++
			r.Angry = r.Angry || t.Kind == Anger || t.Kind == Insult
			complaint = complaint || t.Kind == Complaint
		}
	}
	r.Angry = r.Angry || complaint && bad > 1
	r.Score = sum / math.Sqrt(sum*sum+softness)
	switch {
	case r.Score <= -neutralBand:
		r.Label = Negative
	case r.Score >= neutralBand:
		r.Label = Positive
	default:
		r.Label = Neutral
	}
}
