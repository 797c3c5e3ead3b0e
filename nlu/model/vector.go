package model

import (
	"math"
	"slices"
)

// count is how often an n-gram is in a sentence.
type count struct {
	id    int32
	block uint8
	n     uint16
}

// corpus is the training sentences as counts of n-grams; ids are given in the
// order of first appearance.
type corpus struct {
	ids   map[uint64]int32
	hash  []uint64
	block []uint8
	firm  []bool // short n-grams of Han characters, which mean something even if they are rare
	docs  [][]count
}

func newCorpus(examples []Example) *corpus {
	c := &corpus{ids: map[uint64]int32{}, docs: make([][]count, len(examples))}
	for i := range examples {
		var ids []int32
		g := gramWriter{emit: func(block int, gram []byte) {
			h := hashGram(gram)
			id, ok := c.ids[h]
			if !ok {
				id = int32(len(c.hash))
				c.ids[h] = id
				c.hash = append(c.hash, h)
				c.block = append(c.block, uint8(block))
				c.firm = append(c.firm, firm(gram))
			}
			ids = append(ids, id)
		}}
		g.write(splitWords(examples[i].Text))
		c.docs[i] = c.tally(ids)
	}
	return c
}

// firm tells whether an n-gram is a word, pair or skip-gram in Han characters.
func firm(gram []byte) bool {
	short := gram[0] == gramWord || gram[0] == gramPair || gram[0] == gramSkip
	return short && slices.ContainsFunc(gram, func(c byte) bool { return c >= 0x80 })
}

// tally sorts ids and counts those that are equal.
func (c *corpus) tally(ids []int32) []count {
	slices.Sort(ids)
	var out []count
	for i := 0; i < len(ids); {
		j := i
		for j < len(ids) && ids[j] == ids[i] {
			j++
		}
		out = append(out, count{ids[i], c.block[ids[i]], uint16(min(j-i, math.MaxUint16))})
		i = j
	}
	return out
}

// row is a sparse vector: ascending ids and their values.
type row struct {
	id  []int32
	val []float32
}

// space is what weighs n-grams: their inverse document frequency among some of
// the sentences. An n-gram that those do not have has weight 0.
type space struct {
	idf    []float32
	block  []uint8
	weight [blocks]float32 // how much of a vector's length a block gets
}

// newSpace weighs the n-grams of the sentences with numbers in use.
func newSpace(c *corpus, use []int32, minDocs int, weight [blocks]float32) *space {
	df := make([]int32, len(c.hash))
	for _, d := range use {
		for _, t := range c.docs[d] {
			df[t.id]++
		}
	}
	s := &space{idf: make([]float32, len(df)), block: c.block, weight: weight}
	for i, n := range df {
		if n > 0 && (int(n) >= minDocs || c.firm[i]) {
			s.idf[i] = float32(math.Log(float64(len(use)+1)/float64(n+1)) + 1)
		}
	}
	return s
}

// vector weighs the counts of a sentence and brings each block, and then the
// whole, to length 1. It also gives the share of the n-grams of words and
// letters that are unknown: new pairs of meanings are no sign of a new topic.
func (s *space) vector(counts []count) (r row, unseen float64) {
	var norm [blocks]float64
	known, all := 0, 0
	r.id = make([]int32, 0, len(counts))
	r.val = make([]float32, 0, len(counts))
	for _, t := range counts {
		if t.id < 0 || s.idf[t.id] == 0 {
			if t.block != blockConcepts {
				all++
			}
			continue
		}
		if t.block != blockConcepts {
			known++
			all++
		}
		v := s.idf[t.id] * (1 + float32(math.Log(float64(t.n))))
		norm[t.block] += float64(v) * float64(v)
		r.id, r.val = append(r.id, t.id), append(r.val, v)
	}
	if all == 0 {
		return r, 1
	}
	total := 0.0
	for b := range norm {
		if norm[b] > 0 {
			total += float64(s.weight[b] * s.weight[b])
		}
	}
	var scale [blocks]float32
	for b := range norm {
		if norm[b] > 0 {
			scale[b] = s.weight[b] / float32(math.Sqrt(norm[b]*total))
		}
	}
	for i, id := range r.id {
		r.val[i] *= scale[s.block[id]]
	}
	return r, 1 - float64(known)/float64(all)
}
