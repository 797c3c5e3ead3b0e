package tagger

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// everyPath calls f with every legal sequence of states and its score.
func everyPath(tr *transitions, scores []float64, f func(states []int, score float64)) {
	width := tr.types*perType + 1
	length := len(scores) / width
	var walk func(states []int, score float64)
	walk = func(states []int, score float64) {
		i := len(states)
		if i == length {
			if closedIndex(states[i-1]) >= 0 {
				f(states, score)
			}
			return
		}
		for s := range width {
			step := 0.0
			if i == 0 {
				if openIndex(s) < 0 {
					continue
				}
			} else if at := tr.at(states[i-1], s); at < 0 {
				continue
			} else {
				step = tr.all[at]
			}
			walk(append(slices.Clone(states), s), score+step+scores[i*width+s])
		}
	}
	walk(nil, 0)
}

func TestInferenceAgainstEveryPath(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for types := range 3 {
		for length := 1; length <= 4; length++ {
			tr := newTransitions(types)
			for i := range tr.all {
				tr.all[i] = rng.NormFloat64()
			}
			width := types*perType + 1
			scores := make([]float64, width*length)
			for i := range scores {
				scores[i] = rng.NormFloat64() * 2
			}
			var best []int
			top, total := math.Inf(-1), 0.0
			marginal := make([]float64, len(scores))
			steps := make([]float64, len(tr.all)) // between the first two tokens
			everyPath(tr, scores, func(states []int, score float64) {
				if score > top {
					top, best = score, states
				}
				p := math.Exp(score)
				total += p
				for i, s := range states {
					marginal[i*width+s] += p
				}
				if length > 1 {
					steps[tr.at(states[0], states[1])] += p
				}
			})
			if got := tr.viterbi(scores); !reflect.DeepEqual(got, best) {
				t.Errorf("%d types, %d tokens: best path %v, want %v", types, length, got, best)
			}
			l := newLattice(tr)
			l.run(scores)
			for i := range marginal {
				if want := marginal[i] / total; math.Abs(l.prob[i]-want) > 1e-9 {
					t.Fatalf("%d types, %d tokens: probability %d is %g, want %g", types, length, i, l.prob[i], want)
				}
			}
			if length > 1 {
				got := make([]float64, len(steps))
				l.eachStep(1, func(at int, p float64) { got[at] = p })
				for i := range steps {
					if want := steps[i] / total; math.Abs(got[i]-want) > 2*negligible {
						t.Fatalf("%d types, %d tokens: step %d is %g, want %g", types, length, i, got[i], want)
					}
				}
			}
		}
	}
}

func TestStatesAndTheirNumbers(t *testing.T) {
	for typ := range 5 {
		for part := first; part <= only; part++ {
			s := state(typ, part)
			if typeOf(s) != typ || partOf(s) != part {
				t.Errorf("state %d: type %d, part %d", s, typeOf(s), partOf(s))
			}
			if i := openIndex(s); i >= 0 && openState(i) != s {
				t.Errorf("open state %d becomes %d", s, openState(i))
			}
			if i := closedIndex(s); i >= 0 && closedState(i) != s {
				t.Errorf("closed state %d becomes %d", s, closedState(i))
			}
		}
	}
	if typeOf(outside) != -1 || openState(openIndex(outside)) != outside || closedState(closedIndex(outside)) != outside {
		t.Error("outside is not itself")
	}
}

// Chunks written as states are read back.
func TestChunksThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens := make([]token, rapid.IntRange(1, 12).Draw(t, "tokens"))
		for i := range tokens {
			tokens[i].start, tokens[i].end = 2*i, 2*i+1
		}
		var want []chunk
		var entities []Entity
		for at := 0; at < len(tokens); {
			size := rapid.IntRange(1, 4).Draw(t, "size")
			if at+size <= len(tokens) && rapid.Bool().Draw(t, "entity") {
				typ := rapid.IntRange(0, 1).Draw(t, "type")
				want = append(want, chunk{at, at + size, typ})
				entities = append(entities, Entity{Start: 2 * at, End: 2*(at+size) - 1, Name: string(rune('a' + typ))})
			}
			at += size
		}
		if got := chunks(goldStates(tokens, entities, map[string]int{"a": 0, "b": 1})); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestTokenize(t *testing.T) {
	for text, want := range map[string][]string{
		"play U2 at 7:30":        {"play", "u2", "at", "7:30"},
		"我要听Beyond的歌。":           {"我", "要", "听", "beyond", "的", "歌", "。"},
		"john's r&b jean-michel": {"john", "'s", "r&b", "jean-michel"},
		"ＡＢＣ　１２":                 {"abc", "12"},
		"a, b-":                  {"a", ",", "b", "-"},
		"naïve 3.5.":             {"naïve", "3.5", "."},
		"' '":                    {"'", "'"},
	} {
		var got []string
		runes := []rune(text)
		for _, tok := range tokenize(text) {
			got = append(got, string(tok.letters))
			if tok.end-tok.start != len(tok.letters) || tok.end > len(runes) {
				t.Errorf("%q: token %+v", text, tok)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// What only one sentence tells does not count while that sentence is read.
func TestOwnShareIsLeftOut(t *testing.T) {
	var examples []Example
	for _, m := range []string{"fly to [city oslo]", "fly to [city oslo]", "fly to [city lima]"} {
		examples = append(examples, mark(t, "", m))
	}
	sentences := prepare(examples, []string{"city"}, nil)
	know, shares := learn(sentences)
	nameOf := func(i int) uint64 { return finish(nameHash(nameSeed, sentences[i].tokens[2])) }
	if s := look(know.names[nameOf(0)], shares[0].names[nameOf(0)]); s.often != 1 || s.label != 1 {
		t.Errorf("oslo, seen in one other sentence: %+v", s)
	}
	if s := look(know.names[nameOf(2)], shares[2].names[nameOf(2)]); s.often != 0 {
		t.Errorf("lima, seen nowhere else: %+v", s)
	}
	if s := look(know.names[nameOf(2)], nil); s.often != 1 || s.label != 1 {
		t.Errorf("lima, when tagging: %+v", s)
	}
}
