package model

import (
	"cmp"
	"math"
	"slices"

	"github.com/dialwright/dialwright/nlu"
)

// Model is a trained classifier. It does not change, and is safe for
// concurrent use. It holds its training sentences, to be able to explain
// itself.
type Model struct {
	intents  []string
	dict     map[uint64]int32
	hash     []uint64
	block    []uint8
	idf      []float32
	svm      table // [feature][intent]
	svmBias  []float32
	nets     []net
	mix      mix
	refusal  refusal
	examples []stored
}

type stored struct {
	text   string
	intent int32
}

// table is a matrix of bytes, each row with a scale of its own.
type table struct {
	width int
	scale []float32
	q     []int8
}

// net is a trained bag with its vectors in bytes.
type net struct {
	embed        table
	bias         []float32
	out, outBias []float32
}

// addRow adds a times a row to dst.
func (t *table) addRow(a float32, i int32, dst []float32) {
	a *= t.scale[i]
	q := t.q[int(i)*t.width : int(i)*t.width+t.width]
	dst = dst[:len(q)]
	for j, v := range q {
		dst[j] += a * float32(v)
	}
}

// setRow rounds a row to bytes.
func (t *table) setRow(i int, at func(j int) float32) {
	top := float32(0)
	for j := range t.width {
		top = max(top, at(j), -at(j))
	}
	if top == 0 {
		return
	}
	t.scale[i] = top / 127
	for j := range t.width {
		t.q[i*t.width+j] = int8(math.RoundToEven(float64(at(j) / t.scale[i])))
	}
}

func newTable(rows, width int) table {
	return table{width: width, scale: make([]float32, rows), q: make([]int8, rows*width)}
}

// pack brings what was learnt into the form that is kept.
func (e *trained) pack(t *trainer) *Model {
	m := &Model{intents: t.intents, dict: map[uint64]int32{}}
	var kept []int32
	for id, v := range e.space.idf {
		if v > 0 {
			kept = append(kept, int32(id))
		}
	}
	slices.SortFunc(kept, func(a, b int32) int { return cmp.Compare(t.corpus.hash[a], t.corpus.hash[b]) })
	m.svm = newTable(len(kept), len(t.intents))
	for i, id := range kept {
		m.dict[t.corpus.hash[id]] = int32(i)
		m.hash = append(m.hash, t.corpus.hash[id])
		m.block = append(m.block, t.corpus.block[id])
		m.idf = append(m.idf, e.space.idf[id])
		m.svm.setRow(i, func(c int) float32 { return e.svm[c][id] })
	}
	for _, w := range e.svm {
		m.svmBias = append(m.svmBias, w[len(w)-1])
	}
	for _, b := range e.nets {
		n := net{embed: newTable(len(kept), b.hidden), bias: b.bias, out: b.out, outBias: b.outBias}
		for i, id := range kept {
			n.embed.setRow(i, func(j int) float32 { return b.embed[int(id)*b.hidden+j] })
		}
		m.nets = append(m.nets, n)
	}
	return m
}

// Result of reading one sentence.
type Result struct {
	Intent  string          `json:"intent"`  // the most probable, also when refused; empty for a text without words
	Score   float64         `json:"score"`   // its probability among the model's intents
	InScope float64         `json:"inScope"` // probability that it is any of the intents
	Refused bool            `json:"refused"` // InScope is below the threshold found in training
	Unseen  float64         `json:"unseen"`  // share of the n-grams that no training sentence has
	Ranked  []nlu.Candidate `json:"ranked"`  // all intents, best first
}

// Intents are the names of the intents the model knows, sorted.
func (m *Model) Intents() []string { return slices.Clone(m.intents) }

// Parse reads a sentence.
func (m *Model) Parse(text string) Result {
	o, ok := m.judge(text)
	if !ok {
		return Result{Refused: true, Unseen: 1}
	}
	p := make([]float64, len(m.intents))
	m.mix.probabilities(&o.scores, p)
	res := Result{Unseen: o.unseen, Ranked: make([]nlu.Candidate, len(p))}
	for c, v := range p {
		res.Ranked[c] = nlu.Candidate{Intent: m.intents[c], Score: v}
	}
	sortRanked(res.Ranked)
	res.Intent, res.Score = res.Ranked[0].Intent, res.Ranked[0].Score
	res.InScope = m.refusal.inScope(signalsOf(p, o.scores[expertSVM], o.unseen, -1))
	res.Refused = res.InScope < m.refusal.threshold
	return res
}

func sortRanked(list []nlu.Candidate) {
	slices.SortStableFunc(list, func(a, b nlu.Candidate) int { return cmp.Compare(b.Score, a.Score) })
}

// counts of the n-grams of a text; those that are unknown have the number -1.
func (m *Model) counts(words []word) []count {
	ids := make([]int32, 0, 256)
	g := gramWriter{emit: func(_ int, gram []byte) {
		id, ok := m.dict[hashGram(gram)]
		if !ok {
			id = -1
		}
		ids = append(ids, id)
	}}
	g.write(words)
	slices.Sort(ids)
	out := make([]count, 0, len(ids))
	for i := 0; i < len(ids); {
		j := i + 1
		if ids[i] < 0 {
			out = append(out, count{id: -1, n: 1})
			i++
			continue
		}
		for j < len(ids) && ids[j] == ids[i] {
			j++
		}
		out = append(out, count{ids[i], m.block[ids[i]], uint16(min(j-i, math.MaxUint16))})
		i = j
	}
	return out
}

// judge asks the experts; ok is false for a text without any words.
func (m *Model) judge(text string) (o opinion, ok bool) {
	return m.judgeWords(splitWords(text))
}

func (m *Model) judgeWords(words []word) (o opinion, ok bool) {
	if len(words) == 0 {
		return o, false
	}
	s := space{idf: m.idf, block: m.block}
	r, unseen := s.vector(m.counts(words))
	o.unseen = unseen
	o.scores[expertSVM] = slices.Clone(m.svmBias)
	for k, id := range r.id {
		m.svm.addRow(r.val[k], id, o.scores[expertSVM])
	}
	o.scores[expertBag] = make([]float32, len(m.intents))
	one := make([]float32, len(m.intents))
	for i := range m.nets {
		m.nets[i].logits(r, one)
		addLogSoftmax(o.scores[expertBag], one, float32(len(m.nets)))
	}
	return o, true
}

func (n *net) logits(r row, dst []float32) {
	hid := slices.Clone(n.bias)
	for k, id := range r.id {
		n.embed.addRow(r.val[k], id, hid)
	}
	for j, v := range hid {
		hid[j] = max(v, 0)
	}
	h := len(hid)
	for c := range dst {
		dst[c] = n.outBias[c] + dot32(n.out[c*h:c*h+h], hid)
	}
}
