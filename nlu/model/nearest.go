package model

import (
	"cmp"
	"slices"
)

// index prepares the training sentences for nearestOf.
func (m *Model) index() {
	m.byIntent = make([][]int32, len(m.intents))
	for i := range m.examples {
		ex := &m.examples[i]
		ex.words = wordHashes(splitWords(ex.text))
		m.byIntent[ex.intent] = append(m.byIntent[ex.intent], int32(i))
	}
}

func wordHashes(words []word) []uint64 {
	out := make([]uint64, 0, len(words))
	for _, w := range words {
		if w.kind != wordMark {
			out = append(out, hashGram([]byte(w.text)))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// nearestOf an intent's training sentences is the one that shares the largest
// part of its words (Dice's coefficient); the first of equals.
func (m *Model) nearestOf(intent string, words []uint64) string {
	c, ok := slices.BinarySearch(m.intents, intent)
	if !ok {
		return ""
	}
	text, most := "", -1.0
	for _, i := range m.byIntent[c] {
		ex := &m.examples[i]
		if s := dice(words, ex.words); s > most {
			text, most = ex.text, s
		}
	}
	return text
}

func dice(a, b []uint64) float64 {
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			both++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return 2 * float64(both) / float64(max(len(a)+len(b), 1))
}

// Neighbour is a training sentence and how similar it is: the cosine of the
// weighed n-grams, 0 to 1.
type Neighbour struct {
	Text       string  `json:"text"`
	Intent     string  `json:"intent"`
	Similarity float64 `json:"similarity"`
}

// nearest training sentences to a vector. It weighs all of them, which takes
// some 20 µs each.
func (m *Model) nearest(r row, n int) []Neighbour {
	of := make(map[int32]float32, len(r.id))
	for k, id := range r.id {
		of[id] = r.val[k]
	}
	s := m.space()
	var out []Neighbour
	for i := range m.examples {
		ex := &m.examples[i]
		v, _ := s.vector(m.counts(splitWords(ex.text)))
		sim := float32(0)
		for k, id := range v.id {
			sim += of[id] * v.val[k]
		}
		if sim > 0 {
			out = append(out, Neighbour{ex.text, m.intents[ex.intent], float64(min(sim, 1))})
		}
	}
	slices.SortStableFunc(out, func(a, b Neighbour) int { return cmp.Compare(b.Similarity, a.Similarity) })
	return out[:min(n, len(out))]
}
