package tagger

// Entity is a stretch of a text that names something. Start and End count
// characters (not bytes), End exclusive; Value is the text between them.
type Entity struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Name  string `json:"name"` // the kind of thing, as the examples call it
	Value string `json:"value"`
}

// Example is a sentence with its entities marked. Intent may be empty.
type Example struct {
	Text     string   `json:"text"`
	Intent   string   `json:"intent"`
	Entities []Entity `json:"entities"`
}

// maxTokens of a text are read; more is a speech, not an answer.
const maxTokens = 400

// Tagger is a trained model. It is safe for concurrent use.
type Tagger struct {
	types   []string
	intents *intentModel
	know    *knowledge
	model   *linear
	steps   *transitions
}

// Names are the kinds of entities the tagger knows, sorted.
func (t *Tagger) Names() []string { return append([]string(nil), t.types...) }

// Tag finds the entities in text, from left to right; they do not overlap.
// Of a text of more than 400 words or Han characters only those are read.
func (t *Tagger) Tag(text string) []Entity {
	if len(t.types) == 0 {
		return nil
	}
	tokens := tokenize(text)
	if len(tokens) > maxTokens {
		tokens = tokens[:maxTokens]
	}
	if len(tokens) == 0 {
		return nil
	}
	v := &view{tokens: tokens, know: t.know, intent: t.intents.guess(tokens)}
	v.prepare()
	width := len(t.types)*perType + 1
	scores := make([]float64, len(tokens)*width)
	var known []int32
	room := make([]float64, width+len(t.types))
	for i := range tokens {
		clear(room)
		known = t.model.lookup(v.describe(i), known[:0])
		t.model.add(known, room)
		fold(room, scores[i*width:(i+1)*width])
	}
	runes := []rune(text)
	var out []Entity
	for _, c := range chunks(t.steps.viterbi(scores)) {
		from, to := tokens[c.from].start, tokens[c.to-1].end
		out = append(out, Entity{Start: from, End: to, Name: t.types[c.typ], Value: string(runes[from:to])})
	}
	return out
}

// fold adds the scores of types, which stand behind those of states, to their
// four states.
func fold(room, scores []float64) {
	copy(scores, room)
	for k, w := range room[len(scores):] {
		for part := first; part <= only; part++ {
			scores[state(k, part)] += w
		}
	}
}
