package onnx

import (
	"fmt"
	"slices"
)

// tensor is numbers in a shape, the last dimension lying together: either
// floats or integers; truths are the integers 0 and 1. Tensors do not change.
type tensor struct {
	shape []int
	f     []float32
	i     []int64
}

// maxElements of a tensor: 1 GB of floats.
const maxElements = 1 << 28

// count of the elements of a shape.
func count(shape []int) (int, error) {
	n := 1
	for _, d := range shape {
		if d < 0 || d > maxElements || n*d > maxElements {
			return 0, fmt.Errorf("the shape %v is not possible", shape)
		}
		n *= d
	}
	return n, nil
}

// fault is a panic with a message: what a graph asks for cannot be done. It is
// caught where graphs are run.
type fault string

func faultf(format string, args ...any) { panic(fault(fmt.Sprintf(format, args...))) }

func size(shape []int) int {
	n, err := count(shape)
	if err != nil {
		faultf("%v", err)
	}
	return n
}

func newFloats(shape ...int) *tensor {
	return &tensor{shape: slices.Clone(shape), f: make([]float32, size(shape))}
}

func newInts(shape ...int) *tensor {
	return &tensor{shape: slices.Clone(shape), i: make([]int64, size(shape))}
}

// like gives an empty tensor of the same kind.
func (t *tensor) like(shape []int) *tensor {
	if t.f != nil {
		return newFloats(shape...)
	}
	return newInts(shape...)
}

// copyTo copies n elements.
func (t *tensor) copyTo(dst *tensor, to, from, n int) {
	if t.f != nil {
		copy(dst.f[to:to+n], t.f[from:from+n])
		return
	}
	copy(dst.i[to:to+n], t.i[from:from+n])
}

// axis gives the number of a dimension that may be counted from the end.
func axis(a int64, rank int) int {
	if a < 0 {
		a += int64(rank)
	}
	if a < 0 || a >= int64(rank) {
		faultf("there is no dimension %d of %d", a, rank)
	}
	return int(a)
}

// reshaped has the same elements in another shape.
func (t *tensor) reshaped(shape []int) *tensor {
	if size(shape) != size(t.shape) {
		faultf("%v cannot be made %v", t.shape, shape)
	}
	return &tensor{shape: slices.Clone(shape), f: t.f, i: t.i}
}

// broadcast is the shape that two shapes are stretched to.
func broadcast(a, b []int) []int {
	out := make([]int, max(len(a), len(b)))
	for k := range out {
		x, y := 1, 1
		if i := len(a) - len(out) + k; i >= 0 {
			x = a[i]
		}
		if i := len(b) - len(out) + k; i >= 0 {
			y = b[i]
		}
		switch {
		case x == y || y == 1:
			out[k] = x
		case x == 1:
			out[k] = y
		default:
			faultf("the shapes %v and %v do not fit", a, b)
		}
	}
	return out
}

// steps are how far the elements of a shape lie apart along the dimensions of
// a larger one; 0 where it is stretched.
func steps(shape, to []int) []int {
	out := make([]int, len(to))
	step := 1
	for k := len(shape) - 1; k >= 0; k-- {
		if shape[k] != 1 {
			out[len(to)-len(shape)+k] = step
		}
		step *= shape[k]
	}
	return out
}

// walk calls f with the places of all elements of a shape, in order, under
// some steps.
func walk(shape []int, by [][]int, f func(n int, at []int)) {
	total := size(shape)
	index := make([]int, len(shape))
	at := make([]int, len(by))
	for n := range total {
		f(n, at)
		for k := len(shape) - 1; k >= 0; k-- {
			index[k]++
			for j := range by {
				at[j] += by[j][k]
			}
			if index[k] < shape[k] {
				break
			}
			for j := range by {
				at[j] -= by[j][k] * shape[k]
			}
			index[k] = 0
		}
	}
}

// expanded is stretched to a shape.
func (t *tensor) expanded(shape []int) *tensor {
	to := broadcast(t.shape, shape)
	out := t.like(to)
	walk(to, [][]int{steps(t.shape, to)}, func(n int, at []int) { t.copyTo(out, n, at[0], 1) })
	return out
}

// transposed has its dimensions in another order.
func (t *tensor) transposed(perm []int) *tensor {
	shape, by := make([]int, len(perm)), make([]int, len(perm))
	own := make([]int, len(perm))
	step := 1
	for k := len(t.shape) - 1; k >= 0; k-- {
		own[k] = step
		step *= t.shape[k]
	}
	for k, p := range perm {
		shape[k], by[k] = t.shape[p], own[p]
	}
	out := t.like(shape)
	walk(shape, [][]int{by}, func(n int, at []int) { t.copyTo(out, n, at[0], 1) })
	return out
}

// floats of a tensor that must have them.
func (t *tensor) floats() []float32 {
	if t.f == nil {
		faultf("whole numbers where fractions are wanted")
	}
	return t.f
}

// ints of a tensor that must have them.
func (t *tensor) ints() []int64 {
	if t.i == nil {
		faultf("fractions where whole numbers are wanted")
	}
	return t.i
}
