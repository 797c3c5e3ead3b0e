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
	weight   [blocks]float32
	rows     table // [feature][intents of the SVM, hidden units of each net]
	svmBias  []float32
	nets     []net
	mix      mix
	refusal  refusal
	examples []stored
	byIntent [][]int32 // numbers of examples
}

// stored is a training sentence, and the hashes of its words, sorted.
type stored struct {
	text   string
	intent int32
	words  []uint64
}

// table is a matrix of bytes. A row is made of parts, each with a scale of its own.
type table struct {
	parts []int // widths
	width int   // their sum
	scale []float32
	q     []int8
}

// net is a trained bag; its n-grams' vectors are in the model's table.
type net struct {
	bias         []float32
	out, outBias []float32
}

// addRow adds a times a row to dst.
func (t *table) addRow(a float32, i int32, dst []float32) {
	q := t.q[int(i)*t.width : int(i)*t.width+t.width]
	scale := t.scale[int(i)*len(t.parts):]
	at := 0
	for p, n := range t.parts {
		addBytes(a*scale[p], q[at:at+n], dst[at:at+n])
		at += n
	}
}

func addBytes(a float32, q []int8, dst []float32) {
	dst = dst[:len(q)]
	i := 0
	for ; i+8 <= len(q); i += 8 {
		x, y := q[i:i+8:i+8], dst[i:i+8:i+8]
		y[0] += a * float32(x[0])
		y[1] += a * float32(x[1])
		y[2] += a * float32(x[2])
		y[3] += a * float32(x[3])
		y[4] += a * float32(x[4])
		y[5] += a * float32(x[5])
		y[6] += a * float32(x[6])
		y[7] += a * float32(x[7])
	}
	for ; i < len(q); i++ {
		dst[i] += a * float32(q[i])
	}
}

// setRow rounds a row to bytes.
func (t *table) setRow(i int, row []float32) {
	at := 0
	for p, n := range t.parts {
		top := float32(0)
		for _, v := range row[at : at+n] {
			top = max(top, v, -v)
		}
		if top > 0 {
			scale := top / 127
			t.scale[i*len(t.parts)+p] = scale
			for j, v := range row[at : at+n] {
				t.q[i*t.width+at+j] = int8(math.RoundToEven(float64(v / scale)))
			}
		}
		at += n
	}
}

func newTable(rows int, parts []int) table {
	t := table{parts: parts}
	for _, n := range parts {
		t.width += n
	}
	t.scale, t.q = make([]float32, rows*len(parts)), make([]int8, rows*t.width)
	return t
}

// pack brings what was learnt into the form that is kept.
func (e *trained) pack(t *trainer) *Model {
	m := &Model{intents: t.intents, dict: map[uint64]int32{}, weight: e.space.weight}
	var kept []int32
	for id, v := range e.space.idf {
		if v > 0 {
			kept = append(kept, int32(id))
		}
	}
	slices.SortFunc(kept, func(a, b int32) int { return cmp.Compare(t.corpus.hash[a], t.corpus.hash[b]) })
	parts := []int{len(t.intents)}
	for _, b := range e.nets {
		parts = append(parts, b.hidden)
		m.nets = append(m.nets, net{bias: b.bias, out: b.out, outBias: b.outBias})
	}
	m.rows = newTable(len(kept), parts)
	row := make([]float32, m.rows.width)
	for i, id := range kept {
		m.dict[t.corpus.hash[id]] = int32(i)
		m.hash = append(m.hash, t.corpus.hash[id])
		m.block = append(m.block, t.corpus.block[id])
		m.idf = append(m.idf, e.space.idf[id])
		for c, w := range e.svm {
			row[c] = w[id]
		}
		at := len(e.svm)
		for _, b := range e.nets {
			at += copy(row[at:], b.embed[int(id)*b.hidden:int(id+1)*b.hidden])
		}
		m.rows.setRow(i, row)
	}
	for _, w := range e.svm {
		m.svmBias = append(m.svmBias, w[len(w)-1])
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
	out := make([]count, 0, 256)
	g := gramWriter{emit: func(block int, gram []byte) {
		if id, ok := m.dict[hashGram(gram)]; ok {
			ids = append(ids, id)
		} else {
			out = append(out, count{id: -1, block: uint8(block), n: 1})
		}
	}}
	g.write(words)
	slices.Sort(ids)
	for i := 0; i < len(ids); {
		j := i + 1
		for j < len(ids) && ids[j] == ids[i] {
			j++
		}
		out = append(out, count{ids[i], m.block[ids[i]], uint16(min(j-i, math.MaxUint16))})
		i = j
	}
	return out
}

func (m *Model) space() *space { return &space{idf: m.idf, block: m.block, weight: m.weight} }

// judge asks the experts; ok is false for a text without any words.
func (m *Model) judge(text string) (o opinion, ok bool) {
	return m.judgeWords(splitWords(text))
}

func (m *Model) judgeWords(words []word) (o opinion, ok bool) {
	if len(words) == 0 {
		return o, false
	}
	s := m.space()
	r, unseen := s.vector(m.counts(words))
	o.unseen = unseen
	sum := make([]float32, m.rows.width)
	at := copy(sum, m.svmBias)
	for i := range m.nets {
		at += copy(sum[at:], m.nets[i].bias)
	}
	for k, id := range r.id {
		m.rows.addRow(r.val[k], id, sum)
	}
	at = len(m.intents)
	o.scores[expertSVM] = sum[:at:at]
	o.scores[expertBag] = make([]float32, len(m.intents))
	one := make([]float32, len(m.intents))
	for i := range m.nets {
		n := &m.nets[i]
		n.logits(sum[at:at+len(n.bias)], one)
		at += len(n.bias)
		addLogSoftmax(o.scores[expertBag], one, float32(len(m.nets)))
	}
	return o, true
}

// logits of the sums that came into the hidden units, which it rectifies.
func (n *net) logits(hid, dst []float32) {
	for j, v := range hid {
		hid[j] = max(v, 0)
	}
	h := len(hid)
	for c := range dst {
		dst[c] = n.outBias[c] + dot32(n.out[c*h:c*h+h], hid)
	}
}
