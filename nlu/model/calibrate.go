package model

import (
	"cmp"
	"math"
	"slices"
)

// mix weighs the experts' scores: the probabilities are the softmax of the
// weighted sum.
type mix [experts]float64

// fitMix finds the weights that make the true intents of unseen sentences
// likely: each expert is first calibrated on its own, which makes them equals,
// and then their sum is. To fit all weights at once would favour the one that
// is best calibrated over the one that is right.
func fitMix(seen []opinion, intents int) mix {
	m := mix{expertSVM: 4, expertBag: 1.5}
	if len(seen) == 0 || intents < 2 {
		m[expertSVM], m[expertBag] = m[expertSVM]/2, m[expertBag]/2
		return m
	}
	for i := range m {
		var alone mix
		alone[i] = m[i]
		m[i] *= fitScale(seen, alone, intents)
	}
	scale := fitScale(seen, mix{m[0] / experts, m[1] / experts}, intents) / experts
	for i := range m {
		m[i] *= scale
	}
	return m
}

// fitScale finds the factor that makes the true intents likeliest, by golden
// section on its logarithm; with few sentences it stays near 1.
func fitScale(seen []opinion, m mix, intents int) float64 {
	p := make([]float64, intents)
	loss := func(log float64) float64 {
		scaled := m
		for i := range scaled {
			scaled[i] *= math.Exp(log)
		}
		sum := 4 * log * log
		for i := range seen {
			scaled.probabilities(&seen[i].scores, p)
			sum -= math.Log(max(p[seen[i].label], 1e-12))
		}
		return sum
	}
	const golden = 0.6180339887498949
	low, high := -2.5, 2.5
	x, y := high-golden*(high-low), low+golden*(high-low)
	fx, fy := loss(x), loss(y)
	for high-low > 0.01 {
		if fx < fy {
			high, y, fy = y, x, fx
			x = high - golden*(high-low)
			fx = loss(x)
		} else {
			low, x, fx = x, y, fy
			y = low + golden*(high-low)
			fy = loss(y)
		}
	}
	return math.Exp((low + high) / 2)
}

// probabilities of all intents, into p.
func (m mix) probabilities(scores *[experts][]float32, p []float64) {
	top := math.Inf(-1)
	for c := range p {
		z := 0.0
		for i, w := range m {
			z += w * float64(scores[i][c])
		}
		p[c] = z
		top = max(top, z)
	}
	sum := 0.0
	for c, z := range p {
		p[c] = math.Exp(z - top)
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
}

// solve a small system of linear equations by elimination with pivots. What
// has no solution is answered with zeros.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	m := make([][]float64, n)
	for i := range m {
		m[i] = append(slices.Clone(a[i]), b[i])
	}
	for c := range n {
		pivot := c
		for r := c + 1; r < n; r++ {
			if math.Abs(m[r][c]) > math.Abs(m[pivot][c]) {
				pivot = r
			}
		}
		if math.Abs(m[pivot][c]) < 1e-12 {
			return make([]float64, n)
		}
		m[c], m[pivot] = m[pivot], m[c]
		for r := range n {
			if r == c {
				continue
			}
			f := m[r][c] / m[c][c]
			for k := c; k <= n; k++ {
				m[r][k] -= f * m[c][k]
			}
		}
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = m[i][n] / m[i][i]
	}
	return out
}

// refusal decides whether a sentence means any of the intents at all.
type refusal struct {
	weight    [signals]float64
	threshold float64 // of the probability of being in scope
}

// The signals of a sentence's being in scope.
const (
	signalBias   = iota
	signalTop    // log odds of the best intent
	signalMargin // to the second
	signalUnseen // share of n-grams not in the training sentences
	signalRaw    // the best score of the support vector machines, which do not have to add up to 1
	signals
)

// usualRefusal is for models with too few examples to learn from.
var usualRefusal = refusal{weight: [signals]float64{0.6, 0.25, 1, -2.5, 1}, threshold: 0.5}

func signalsOf(p []float64, svm []float32, unseen float64, without int) (s [signals]float64) {
	first, second := 0.0, 0.0
	raw := -1.5
	kept := 1.0
	if without >= 0 {
		kept = max(1-p[without], 1e-9)
	}
	for c, v := range p {
		if c == without {
			continue
		}
		v /= kept
		if v > first {
			first, second = v, first
		} else if v > second {
			second = v
		}
		raw = max(raw, float64(svm[c]))
	}
	first = min(max(first, 1e-4), 1-1e-4)
	return [signals]float64{1, math.Log(first / (1 - first)), first - second, unseen, min(raw, 1.5)}
}

// inScope is the probability that a sentence with these signals means one of the intents.
func (r *refusal) inScope(s [signals]float64) float64 {
	z := 0.0
	for i, w := range r.weight {
		z += w * s[i]
	}
	return 1 / (1 + math.Exp(-z))
}

// scopePoint is a sentence that is in scope, or imitates one that is not.
type scopePoint struct {
	s       [signals]float64
	in      bool
	correct bool // in scope, and understood
}

// fitRefusal learns from sentences that the experts had not seen. What is out
// of scope is imitated: the sentence's own intent is taken away from what the
// experts may choose.
func fitRefusal(seen []opinion, m mix) refusal {
	var points []scopePoint
	var p []float64
	for i := range seen {
		o := &seen[i]
		n := len(o.scores[expertSVM])
		if n < 3 {
			return usualRefusal
		}
		p = slices.Grow(p[:0], n)[:n]
		m.probabilities(&o.scores, p)
		points = append(points,
			scopePoint{s: signalsOf(p, o.scores[expertSVM], o.unseen, -1), in: true, correct: best(p) == int(o.label)},
			scopePoint{s: signalsOf(p, o.scores[expertSVM], o.unseen, int(o.label))})
	}
	r := usualRefusal
	if len(points) < 40 {
		return r
	}
	r.fitWeights(points)
	r.fitThreshold(points)
	return r
}

// fitWeights is logistic regression by Newton's method, held near the usual
// weights where there are few points.
func (r *refusal) fitWeights(points []scopePoint) {
	const firmness = 3
	for range 25 {
		grad := make([]float64, signals)
		hess := make([][]float64, signals)
		for i := range hess {
			hess[i] = make([]float64, signals)
			grad[i] = firmness * (r.weight[i] - usualRefusal.weight[i])
			hess[i][i] = firmness
		}
		for _, pt := range points {
			q := r.inScope(pt.s)
			d := q
			if pt.in {
				d--
			}
			for i := range grad {
				grad[i] += d * pt.s[i]
				for j := range grad {
					hess[i][j] += q * (1 - q) * pt.s[i] * pt.s[j]
				}
			}
		}
		moved := 0.0
		for i, step := range solve(hess, grad) {
			r.weight[i] -= step
			moved += math.Abs(step)
		}
		if moved < 1e-6 {
			return
		}
	}
}

// fitThreshold chooses the threshold at which most sentences are treated
// rightly: what is out of scope refused, what is understood not.
func (r *refusal) fitThreshold(points []scopePoint) {
	type scored struct {
		q    float64
		gain int // of refusing it
	}
	list := make([]scored, len(points))
	for i, pt := range points {
		list[i].q = r.inScope(pt.s)
		switch {
		case !pt.in:
			list[i].gain = 1
		case pt.correct:
			list[i].gain = -1
		}
	}
	slices.SortFunc(list, func(a, b scored) int { return cmp.Compare(a.q, b.q) })
	r.threshold = 0
	sum, most := 0, 0
	for i, x := range list {
		sum += x.gain
		if sum <= most || i+1 < len(list) && list[i+1].q == x.q {
			continue
		}
		most, r.threshold = sum, x.q
		if i+1 < len(list) {
			r.threshold = (x.q + list[i+1].q) / 2
		}
	}
}

func best(p []float64) int {
	b := 0
	for c, v := range p {
		if v > p[b] {
			b = c
		}
	}
	return b
}

// addLogSoftmax adds the logarithms of the softmax of logits, divided by n.
func addLogSoftmax(dst, logits []float32, n float32) {
	top := float32(math.Inf(-1))
	for _, x := range logits {
		top = max(top, x)
	}
	sum := 0.0
	for _, x := range logits {
		sum += math.Exp(float64(x - top))
	}
	log := top + float32(math.Log(sum))
	for i, x := range logits {
		dst[i] += (x - log) / n
	}
}
