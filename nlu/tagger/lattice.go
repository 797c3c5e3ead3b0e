package tagger

import "math"

// lattice computes, for one sentence, the probability of every state at every
// token (forward-backward, scaled per token). Its room is used again and again.
type lattice struct {
	tr     *transitions
	exp    *transitions // exp of tr's weights
	width  int
	length int
	node   []float64 // exp(score - row's maximum)
	alpha  []float64
	beta   []float64
	prob   []float64 // the result: [token*width+state]
	closed []float64
	open   []float64
}

func newLattice(tr *transitions) *lattice {
	l := &lattice{tr: tr, exp: newTransitions(tr.types), width: tr.types*perType + 1,
		closed: make([]float64, tr.n), open: make([]float64, tr.n)}
	for i, w := range tr.all {
		l.exp.all[i] = math.Exp(w)
	}
	return l
}

func grow(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}

// run fills prob from scores.
func (l *lattice) run(scores []float64) {
	w := l.width
	l.length = len(scores) / w
	l.node, l.alpha = grow(l.node, len(scores)), grow(l.alpha, len(scores))
	l.beta, l.prob = grow(l.beta, len(scores)), grow(l.prob, len(scores))
	for i := range l.length {
		row, node := scores[i*w:(i+1)*w], l.node[i*w:(i+1)*w]
		top := row[0]
		for _, v := range row {
			top = max(top, v)
		}
		for s, v := range row {
			node[s] = math.Exp(v - top)
		}
	}
	l.forward()
	l.backward()
	for i := range l.length {
		alpha, beta, prob := l.alpha[i*w:(i+1)*w], l.beta[i*w:(i+1)*w], l.prob[i*w:(i+1)*w]
		sum := 0.0
		for s := range prob {
			prob[s] = alpha[s] * beta[s]
			sum += prob[s]
		}
		for s := range prob {
			prob[s] /= sum
		}
	}
}

func (l *lattice) forward() {
	w := l.width
	for s := range w {
		l.alpha[s] = 0
		if openIndex(s) >= 0 {
			l.alpha[s] = l.node[s]
		}
	}
	scale(l.alpha[:w])
	for i := 1; i < l.length; i++ {
		before, alpha, node := l.alpha[(i-1)*w:i*w], l.alpha[i*w:(i+1)*w], l.node[i*w:(i+1)*w]
		gather(l.closed, before)
		n := l.exp.n
		for o := range n {
			s := openState(o)
			alpha[s] = dot(l.exp.across[o*n:(o+1)*n], l.closed) * node[s]
		}
		for k := range l.exp.types {
			e := l.exp.within[k*steps : k*steps+steps]
			b, in, la := state(k, first), state(k, inner), state(k, last)
			alpha[in] = (before[b]*e[stepFirstInner] + before[in]*e[stepInnerInner]) * node[in]
			alpha[la] = (before[b]*e[stepFirstLast] + before[in]*e[stepInnerLast]) * node[la]
		}
		scale(alpha)
	}
}

func (l *lattice) backward() {
	w := l.width
	end := l.beta[(l.length-1)*w : l.length*w]
	for s := range end {
		end[s] = 0
		if closedIndex(s) >= 0 {
			end[s] = 1
		}
	}
	for i := l.length - 1; i > 0; i-- {
		after, node, beta := l.beta[i*w:(i+1)*w], l.node[i*w:(i+1)*w], l.beta[(i-1)*w:i*w]
		n := l.exp.n
		for c := range l.closed {
			l.closed[c] = 0
		}
		for o := range n {
			s := openState(o)
			if v := after[s] * node[s]; v > 0 {
				addScaled(l.closed, l.exp.across[o*n:(o+1)*n], v)
			}
		}
		for c, v := range l.closed {
			beta[closedState(c)] = v
		}
		for k := range l.exp.types {
			e := l.exp.within[k*steps : k*steps+steps]
			in, la := state(k, inner), state(k, last)
			vi, vl := after[in]*node[in], after[la]*node[la]
			beta[state(k, first)] = e[stepFirstInner]*vi + e[stepFirstLast]*vl
			beta[in] = e[stepInnerInner]*vi + e[stepInnerLast]*vl
		}
		scale(beta)
	}
}

// negligible probabilities move no transition.
const negligible = 1e-4

// eachStep calls f with every step between tokens i-1 and i, by its place in
// the transitions, whose probability is not negligible.
func (l *lattice) eachStep(i int, f func(at int, p float64)) {
	w, n := l.width, l.exp.n
	before, after, node := l.alpha[(i-1)*w:i*w], l.beta[i*w:(i+1)*w], l.node[i*w:(i+1)*w]
	gather(l.closed, before)
	// The scale of this product is that of prob at i, up to one factor.
	total := 0.0
	for o := range n {
		s := openState(o)
		l.open[o] = after[s] * node[s]
		total += l.open[o] * dot(l.exp.across[o*n:(o+1)*n], l.closed)
	}
	inside := make([]float64, steps*l.exp.types)
	for k := range l.exp.types {
		e := l.exp.within[k*steps : k*steps+steps]
		b, in, la := state(k, first), state(k, inner), state(k, last)
		vi, vl := after[in]*node[in], after[la]*node[la]
		p := inside[k*steps : k*steps+steps]
		p[stepFirstInner], p[stepFirstLast] = before[b]*e[stepFirstInner]*vi, before[b]*e[stepFirstLast]*vl
		p[stepInnerInner], p[stepInnerLast] = before[in]*e[stepInnerInner]*vi, before[in]*e[stepInnerLast]*vl
		total += p[0] + p[1] + p[2] + p[3]
	}
	if !(total > 0) {
		return
	}
	for o := range n {
		if l.prob[i*w+openState(o)] < negligible {
			continue
		}
		row := l.exp.across[o*n : (o+1)*n]
		for c, v := range l.closed {
			if p := v * row[c] * l.open[o] / total; p > negligible {
				f(o*n+c, p)
			}
		}
	}
	for j, p := range inside {
		if p /= total; p > negligible {
			f(n*n+j, p)
		}
	}
}

func gather(dst, states []float64) {
	for c := range dst {
		dst[c] = states[closedState(c)]
	}
}

func dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64 // four chains, so that additions need not wait for each other
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + (s2 + s3)
}

func addScaled(dst, src []float64, f float64) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] += src[i] * f
	}
}

func scale(v []float64) {
	s := 0.0
	for _, x := range v {
		s += x
	}
	if s > 0 {
		for i := range v {
			v[i] /= s
		}
	}
}
