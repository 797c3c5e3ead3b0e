package nlu

// Intent is a meaning and examples of how people say it.
type Intent struct {
	Name    string
	Phrases []string
}

// Candidate is one intent an utterance may mean.
type Candidate struct {
	Intent string
	Score  float64 // 0..1; 1 means word for word
	Phrase string  // the example that speaks for it
}

// Query is one utterance to be classified.
type Query struct {
	Text       string   // the transcript
	Confidence float64  // of the recogniser, 0..1; 0 when unknown
	Among      []string // the intents that are possible now; others are not considered
}

// Classifier ranks the intents an utterance may mean, best first. Candidates
// without any support are left out, so that an empty answer means: none of
// these. Implementations are safe for concurrent use and keep no state between
// calls.
type Classifier interface {
	Classify(q Query) []Candidate
}

// Decide takes the best candidate if it is good enough and clearly better than
// the second. minScore and margin are on the scale of Candidate.Score.
func Decide(ranked []Candidate, minScore, margin float64) (Candidate, bool) {
	if len(ranked) == 0 || ranked[0].Score < minScore {
		return Candidate{}, false
	}
	if len(ranked) > 1 && ranked[0].Score-ranked[1].Score < margin {
		return Candidate{}, false
	}
	return ranked[0], true
}
