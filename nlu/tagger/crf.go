package tagger

import "math"

// transitions are the weights between neighbouring states. Between entities it
// is a matrix from closed to open states; within one there are four steps.
type transitions struct {
	types  int
	n      int       // closed (and open) states: 2*types+1
	all    []float64 // across, then within
	across []float64 // [open*n+closed]
	within []float64 // [type*4 + step]
}

// Steps within an entity, by (from is inner)*2 + (to is last).
const (
	stepFirstInner = iota
	stepFirstLast
	stepInnerInner
	stepInnerLast
	steps
)

func newTransitions(types int) *transitions {
	n := 2*types + 1
	all := make([]float64, n*n+types*steps)
	return &transitions{types: types, n: n, all: all, across: all[:n*n], within: all[n*n:]}
}

// at gives the place in all of the weight from one state to the next, -1 when
// the step is illegal.
func (t *transitions) at(from, to int) int {
	if c, o := closedIndex(from), openIndex(to); c >= 0 && o >= 0 {
		return o*t.n + c
	}
	if from == outside || to == outside || typeOf(from) != typeOf(to) {
		return -1
	}
	step := 0
	switch partOf(from) {
	case first:
	case inner:
		step = 2
	default:
		return -1
	}
	switch partOf(to) {
	case inner:
	case last:
		step++
	default:
		return -1
	}
	return len(t.across) + typeOf(from)*steps + step
}

// viterbi finds the best legal sequence of states. scores has one row of
// states per token.
func (t *transitions) viterbi(scores []float64) []int {
	width := t.types*perType + 1
	length := len(scores) / width
	if length == 0 {
		return nil
	}
	best := make([]float64, width)
	next := make([]float64, width)
	back := make([]uint16, length*width)
	for s := range best {
		best[s] = math.Inf(-1)
		if openIndex(s) >= 0 {
			best[s] = scores[s]
		}
	}
	closed := make([]float64, t.n)
	for i := 1; i < length; i++ {
		row, from := scores[i*width:(i+1)*width], back[i*width:(i+1)*width]
		for c := range closed {
			closed[c] = best[closedState(c)]
		}
		for o := range t.n {
			s := openState(o)
			at, value := argmaxSum(t.across[o*t.n:(o+1)*t.n], closed)
			next[s], from[s] = value+row[s], uint16(closedState(at))
		}
		for k := range t.types {
			w := t.within[k*steps : k*steps+steps]
			b, in := state(k, first), state(k, inner)
			for part, step := range [2]int{stepFirstInner, stepFirstLast} {
				s := in + part
				next[s], from[s] = best[b]+w[step]+row[s], uint16(b)
				if v := best[in] + w[step+2] + row[s]; v > next[s] {
					next[s], from[s] = v, uint16(in)
				}
			}
		}
		best, next = next, best
	}
	return t.traceBack(best, back, length)
}

func (t *transitions) traceBack(best []float64, back []uint16, length int) []int {
	width := len(best)
	end := outside
	for c := range t.n {
		if s := closedState(c); best[s] > best[end] {
			end = s
		}
	}
	states := make([]int, length)
	for i := length - 1; ; i-- {
		states[i] = end
		if i == 0 {
			return states
		}
		end = int(back[i*width+end])
	}
}

// argmaxSum finds the largest w[i]+v[i].
func argmaxSum(w, v []float64) (at int, value float64) {
	value = math.Inf(-1)
	v = v[:len(w)]
	for i, x := range w {
		if s := x + v[i]; s > value {
			at, value = i, s
		}
	}
	return at, value
}
