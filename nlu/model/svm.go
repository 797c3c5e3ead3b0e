package model

import "math/rand/v2"

// svm is a linear support vector machine for each intent against the rest:
// squared hinge loss, solved in the dual by coordinate descent (Hsieh et al.,
// "A dual coordinate descent method for large-scale linear SVM", 2008), with
// shrinking.
type svmSettings struct {
	c        float64 // cost of a mistake
	positive float64 // how many times dearer an intent's own examples are
	rounds   int
	epsilon  float64
}

// trainBinary gives the weights of one intent against the rest; the last is
// the bias.
func trainBinary(rows []row, mine []bool, features int, set svmSettings, rng *rand.Rand) []float32 {
	w := make([]float64, features+1)
	n := len(rows)
	alpha := make([]float64, n)
	square := make([]float64, n)
	for i := range rows {
		square[i] = 1 // the bias
		for _, v := range rows[i].val {
			square[i] += float64(v) * float64(v)
		}
	}
	cost := func(i int) (y, diag float64) {
		if mine[i] {
			return 1, 0.5 / (set.c * set.positive)
		}
		return -1, 0.5 / set.c
	}
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	active := n
	limit := 1e30
	for range set.rounds {
		rng.Shuffle(active, func(i, j int) { order[i], order[j] = order[j], order[i] })
		high, low := -1e30, 1e30
		for s := 0; s < active; s++ {
			i := order[s]
			y, diag := cost(int(i))
			g := y*(dot64(w, rows[i])+w[features]) - 1 + alpha[i]*diag
			pg := g
			if alpha[i] == 0 {
				if g > limit {
					active--
					order[s], order[active] = order[active], order[s]
					s--
					continue
				}
				pg = min(g, 0)
			}
			high, low = max(high, pg), min(low, pg)
			if pg < 1e-12 && pg > -1e-12 {
				continue
			}
			old := alpha[i]
			alpha[i] = max(old-g/(square[i]+diag), 0)
			step := (alpha[i] - old) * y
			for k, id := range rows[i].id {
				w[id] += step * float64(rows[i].val[k])
			}
			w[features] += step
		}
		if high-low <= set.epsilon {
			if active == n {
				break
			}
			active, limit = n, 1e30
			continue
		}
		if limit = high; high <= 0 {
			limit = 1e30
		}
	}
	out := make([]float32, len(w))
	for i, v := range w {
		out[i] = float32(v)
	}
	return out
}

func dot64(w []float64, r row) float64 {
	s := 0.0
	val := r.val[:len(r.id)]
	for k, id := range r.id {
		s += w[id] * float64(val[k])
	}
	return s
}
