package tagger

import "slices"

// linear is a sparse matrix of weights: features by labels. A feature has
// weights only for labels it was seen with in training.
type linear struct {
	index  map[uint64]int32
	start  []int32 // of feature f: start[f] to start[f+1]
	label  []uint16
	weight []float32
}

// example is what linear is built from: the features of one decision and the
// labels that are right.
type decision struct {
	features []uint64
	labels   []uint16
}

// newLinear makes room for all features seen at least minCount times.
func newLinear(each func(yield func(decision)), minCount int) *linear {
	counts := map[uint64]int32{}
	each(func(d decision) {
		for _, f := range d.features {
			counts[f]++
		}
	})
	m := &linear{index: make(map[uint64]int32, len(counts)/2)}
	keys := make([]uint64, 0, len(counts))
	for f, n := range counts {
		if int(n) >= minCount {
			keys = append(keys, f)
		}
	}
	slices.Sort(keys)
	for i, f := range keys {
		m.index[f] = int32(i)
	}
	seen := make([][]uint16, len(keys))
	each(func(d decision) {
		for _, f := range d.features {
			i, ok := m.index[f]
			if !ok {
				continue
			}
			for _, l := range d.labels {
				if !slices.Contains(seen[i], l) {
					seen[i] = append(seen[i], l)
				}
			}
		}
	})
	m.start = make([]int32, 1, len(keys)+1)
	for _, labels := range seen {
		slices.Sort(labels)
		m.label = append(m.label, labels...)
		m.start = append(m.start, int32(len(m.label)))
	}
	m.weight = make([]float32, len(m.label))
	return m
}

// lookup turns hashes into the numbers of known features.
func (m *linear) lookup(features []uint64, into []int32) []int32 {
	for _, f := range features {
		if i, ok := m.index[f]; ok {
			into = append(into, i)
		}
	}
	return into
}

// add adds the weights of features to the labels' scores.
func (m *linear) add(features []int32, scores []float64) {
	for _, f := range features {
		from, to := m.start[f], m.start[f+1]
		labels, weights := m.label[from:to], m.weight[from:to]
		for j, w := range weights {
			scores[labels[j]] += float64(w)
		}
	}
}

// prune drops weights that are nearly nothing, and features left without any.
func (m *linear) prune(limit float32) {
	keys := make([]uint64, len(m.start)-1)
	for f, i := range m.index {
		keys[i] = f
	}
	out := &linear{index: make(map[uint64]int32), start: []int32{0}}
	for i, key := range keys {
		for j := m.start[i]; j < m.start[i+1]; j++ {
			if w := m.weight[j]; w > limit || w < -limit {
				out.label, out.weight = append(out.label, m.label[j]), append(out.weight, w)
			}
		}
		if n := int32(len(out.label)); n > out.start[len(out.start)-1] {
			out.index[key] = int32(len(out.start) - 1)
			out.start = append(out.start, n)
		}
	}
	*m = *out
}
