package model

import "math/rand/v2"

// svmSettings of the support vector machines.
type svmSettings struct {
	c       float64 // cost of a mistake
	rounds  int     // at most
	epsilon float64 // how far from the optimum it may stop
}

// dual is a linear support vector machine of one intent against the rest:
// squared hinge loss, solved in the dual by coordinate descent with shrinking
// (Hsieh et al., "A dual coordinate descent method for large-scale linear
// SVM", 2008).
type dual struct {
	rows   []row
	mine   []bool
	diag   float64
	w      []float64 // the last is the bias
	alpha  []float64
	square []float64 // of the rows' lengths, with the bias
	order  []int32
	active int     // of order; the rest is not worth looking at for now
	limit  float64 // of the gradient, beyond which a sentence is put aside
}

const unlimited = 1e30

// trainBinary gives the weights of one intent against the rest; the last is
// the bias.
func trainBinary(rows []row, mine []bool, features int, set svmSettings, rng *rand.Rand) []float32 {
	n := len(rows)
	d := &dual{rows: rows, mine: mine, diag: 0.5 / set.c, w: make([]float64, features+1), alpha: make([]float64, n),
		square: make([]float64, n), order: make([]int32, n), active: n, limit: unlimited}
	for i := range rows {
		d.order[i] = int32(i)
		d.square[i] = 1
		for _, v := range rows[i].val {
			d.square[i] += float64(v) * float64(v)
		}
	}
	for range set.rounds {
		rng.Shuffle(d.active, func(i, j int) { d.order[i], d.order[j] = d.order[j], d.order[i] })
		high, low := d.round()
		if high-low > set.epsilon {
			if d.limit = high; high <= 0 {
				d.limit = unlimited
			}
			continue
		}
		if d.active == n {
			break
		}
		d.active, d.limit = n, unlimited // what was put aside is checked at the end
	}
	out := make([]float32, len(d.w))
	for i, v := range d.w {
		out[i] = float32(v)
	}
	return out
}

// round visits each active sentence once, and gives the range of the
// projected gradients.
func (d *dual) round() (high, low float64) {
	high, low = -unlimited, unlimited
	bias := len(d.w) - 1
	for s := 0; s < d.active; s++ {
		i := d.order[s]
		y := -1.0
		if d.mine[i] {
			y = 1
		}
		g := y*(dot64(d.w, d.rows[i])+d.w[bias]) - 1 + d.alpha[i]*d.diag
		projected := g
		if d.alpha[i] == 0 {
			if g > d.limit {
				d.active--
				d.order[s], d.order[d.active] = d.order[d.active], d.order[s]
				s--
				continue
			}
			projected = min(g, 0)
		}
		high, low = max(high, projected), min(low, projected)
		if projected < 1e-12 && projected > -1e-12 {
			continue
		}
		old := d.alpha[i]
		d.alpha[i] = max(old-g/(d.square[i]+d.diag), 0)
		step := (d.alpha[i] - old) * y
		for k, id := range d.rows[i].id {
			d.w[id] += step * float64(d.rows[i].val[k])
		}
		d.w[bias] += step
	}
	return high, low
}

func dot64(w []float64, r row) float64 {
	s := 0.0
	val := r.val[:len(r.id)]
	for k, id := range r.id {
		s += w[id] * float64(val[k])
	}
	return s
}
