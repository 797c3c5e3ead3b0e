package onnx

import (
	"math"
	"slices"
)

// addArithmetic adds what is done number by number, and sums.
func addArithmetic(all map[string]operator) {
	for name, f := range map[string]func(x float64) float64{
		"Sqrt": math.Sqrt, "Exp": math.Exp, "Log": math.Log, "Erf": math.Erf, "Tanh": math.Tanh, "Abs": math.Abs,
		"Relu":       func(x float64) float64 { return max(x, 0) },
		"Sigmoid":    func(x float64) float64 { return 1 / (1 + math.Exp(-x)) },
		"Reciprocal": func(x float64) float64 { return 1 / x },
		"Floor":      math.Floor, "Ceil": math.Ceil,
	} {
		all[name] = each(f)
	}
	all["Gelu"] = func(n *node, opset int64, in []*tensor) []*tensor {
		if n.attrs["approximate"].s == "tanh" {
			return each(func(x float64) float64 {
				return 0.5 * x * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
			})(n, opset, in)
		}
		return each(func(x float64) float64 { return 0.5 * x * (1 + math.Erf(x/math.Sqrt2)) })(n, opset, in)
	}
	all["Neg"] = func(_ *node, _ int64, in []*tensor) []*tensor {
		return []*tensor{pairs(newLike(in[0], 0), in[0], func(x, y float32) float32 { return x - y }, func(x, y int64) int64 { return x - y })}
	}
	all["Not"] = func(_ *node, _ int64, in []*tensor) []*tensor {
		return []*tensor{pairs(newLike(in[0], 1), in[0], nil, func(x, y int64) int64 { return x - y })}
	}
	all["IsNaN"] = func(_ *node, _ int64, in []*tensor) []*tensor {
		return compared(func(x, _ float64) bool { return math.IsNaN(x) })(nil, 0, []*tensor{in[0], in[0]})
	}
	addPairs(all)
	addSums(all)
	all["Cast"] = func(n *node, _ int64, in []*tensor) []*tensor {
		return []*tensor{cast(in[0], n.number("to", typeFloat))}
	}
	all["Where"] = func(_ *node, _ int64, in []*tensor) []*tensor { return []*tensor{where(in[0], in[1], in[2])} }
}

// each applies a function to every float.
func each(f func(x float64) float64) operator {
	return func(_ *node, _ int64, in []*tensor) []*tensor {
		out := newFloats(in[0].shape...)
		for i, x := range in[0].floats() {
			out.f[i] = float32(f(float64(x)))
		}
		return []*tensor{out}
	}
}

// newLike is one number of a tensor's kind.
func newLike(t *tensor, v int64) *tensor {
	if t.f != nil {
		return &tensor{shape: []int{}, f: []float32{float32(v)}}
	}
	return &tensor{shape: []int{}, i: []int64{v}}
}

func addPairs(all map[string]operator) {
	two := func(f func(x, y float32) float32, g func(x, y int64) int64) operator {
		return func(_ *node, _ int64, in []*tensor) []*tensor {
			out := in[0]
			for _, t := range in[1:] {
				out = pairs(out, t, f, g)
			}
			return []*tensor{out}
		}
	}
	all["Add"] = two(func(x, y float32) float32 { return x + y }, func(x, y int64) int64 { return x + y })
	all["Sub"] = two(func(x, y float32) float32 { return x - y }, func(x, y int64) int64 { return x - y })
	all["Mul"] = two(func(x, y float32) float32 { return x * y }, func(x, y int64) int64 { return x * y })
	all["Div"] = two(func(x, y float32) float32 { return x / y }, func(x, y int64) int64 { return x / y })
	all["Pow"] = func(_ *node, _ int64, in []*tensor) []*tensor {
		pow := func(x, y float32) float32 { return float32(math.Pow(float64(x), float64(y))) }
		return []*tensor{pairs(in[0], cast(in[1], typeFloat), pow, nil)}
	}
	all["Min"] = two(func(x, y float32) float32 { return min(x, y) }, func(x, y int64) int64 { return min(x, y) })
	all["Max"] = two(func(x, y float32) float32 { return max(x, y) }, func(x, y int64) int64 { return max(x, y) })
	all["And"] = two(nil, func(x, y int64) int64 { return x & y })
	all["Or"] = two(nil, func(x, y int64) int64 { return x | y })
	all["Equal"] = compared(func(x, y float64) bool { return x == y })
	all["Less"] = compared(func(x, y float64) bool { return x < y })
	all["LessOrEqual"] = compared(func(x, y float64) bool { return x <= y })
	all["Greater"] = compared(func(x, y float64) bool { return x > y })
	all["GreaterOrEqual"] = compared(func(x, y float64) bool { return x >= y })
	all["Clip"] = func(n *node, _ int64, in []*tensor) []*tensor {
		out := in[0]
		low, high := n.fraction("min", -math.MaxFloat32), n.fraction("max", math.MaxFloat32)
		if len(in) > 1 && in[1] != nil {
			low = in[1].floats()[0]
		}
		if len(in) > 2 && in[2] != nil {
			high = in[2].floats()[0]
		}
		bound := &tensor{shape: []int{}, f: []float32{0}}
		return []*tensor{pairs(out, bound, func(x, _ float32) float32 { return min(max(x, low), high) }, nil)}
	}
}

// pairs applies a function to the numbers of two tensors, stretched to fit.
// f or g is nil where the kind of number makes no sense.
func pairs(a, b *tensor, f func(x, y float32) float32, g func(x, y int64) int64) *tensor {
	if (a.f == nil) != (b.f == nil) || a.f != nil && f == nil || a.f == nil && g == nil {
		faultf("whole numbers and fractions do not mix here")
	}
	shape := broadcast(a.shape, b.shape)
	out := a.like(shape)
	if a.f != nil && slices.Equal(shape, a.shape) && fitsTail(b.shape, shape) && len(b.f) > 0 {
		for i := 0; i < len(a.f); i += len(b.f) {
			for j, y := range b.f {
				out.f[i+j] = f(a.f[i+j], y)
			}
		}
		return out
	}
	walk(shape, [][]int{steps(a.shape, shape), steps(b.shape, shape)}, func(n int, at []int) {
		if a.f != nil {
			out.f[n] = f(a.f[at[0]], b.f[at[1]])
		} else {
			out.i[n] = g(a.i[at[0]], b.i[at[1]])
		}
	})
	return out
}

// fitsTail tells whether a shape is repeated as a whole within another.
func fitsTail(b, shape []int) bool {
	return len(b) <= len(shape) && slices.Equal(b, shape[len(shape)-len(b):])
}

func compared(f func(x, y float64) bool) operator {
	return func(_ *node, _ int64, in []*tensor) []*tensor {
		a, b := in[0], in[1]
		shape := broadcast(a.shape, b.shape)
		out := newInts(shape...)
		walk(shape, [][]int{steps(a.shape, shape), steps(b.shape, shape)}, func(n int, at []int) {
			if f(a.at(at[0]), b.at(at[1])) {
				out.i[n] = 1
			}
		})
		return []*tensor{out}
	}
}

func (t *tensor) at(i int) float64 {
	if t.f != nil {
		return float64(t.f[i])
	}
	return float64(t.i[i])
}

func cast(t *tensor, to int64) *tensor {
	switch {
	case isFloat(to) && t.f == nil:
		out := newFloats(t.shape...)
		for i, v := range t.i {
			out.f[i] = float32(v)
		}
		return out
	case to == typeBool:
		out := newInts(t.shape...)
		for i := range out.i {
			if t.at(i) != 0 {
				out.i[i] = 1
			}
		}
		return out
	case !isFloat(to) && t.f != nil:
		out := newInts(t.shape...)
		for i, v := range t.f {
			out.i[i] = int64(v)
		}
		return out
	}
	return t
}

func where(c, a, b *tensor) *tensor {
	if (a.f == nil) != (b.f == nil) {
		faultf("whole numbers and fractions do not mix here")
	}
	shape := broadcast(broadcast(c.shape, a.shape), b.shape)
	out := a.like(shape)
	truth := c.ints()
	walk(shape, [][]int{steps(c.shape, shape), steps(a.shape, shape), steps(b.shape, shape)}, func(n int, at []int) {
		if truth[at[0]] != 0 {
			a.copyTo(out, n, at[1], 1)
		} else {
			b.copyTo(out, n, at[2], 1)
		}
	})
	return out
}

func addSums(all map[string]operator) {
	all["ReduceMean"] = reduced(func(row []float32) float32 { return total32(row) / float32(len(row)) })
	all["CumSum"] = cumulated
	all["ReduceSum"] = reduced(total32)
	all["ReduceMax"] = reduced(func(row []float32) float32 { return slices.Max(row) })
	all["ReduceMin"] = reduced(func(row []float32) float32 { return slices.Min(row) })
	all["ReduceL2"] = reduced(func(row []float32) float32 {
		s := 0.0
		for _, v := range row {
			s += float64(v) * float64(v)
		}
		return float32(math.Sqrt(s))
	})
}

// cumulated sums up along a dimension, as positions are counted from a mask.
func cumulated(_ *node, _ int64, in []*tensor) []*tensor {
	t := in[0]
	k := axis(in[1].ints()[0], len(t.shape))
	out := newInts(t.shape...)
	copy(out.i, t.ints())
	before, behind := around(t.shape, k)
	for b := range before {
		for j := behind; j < t.shape[k]*behind; j++ {
			at := b*t.shape[k]*behind + j
			out.i[at] += out.i[at-behind]
		}
	}
	return []*tensor{out}
}

func total32(row []float32) float32 {
	s := 0.0
	for _, v := range row {
		s += float64(v)
	}
	return float32(s)
}

// reduced makes one number of those along some dimensions.
func reduced(f func(row []float32) float32) operator {
	return func(n *node, _ int64, in []*tensor) []*tensor {
		t := in[0]
		axes, _ := n.ints("axes", in, 1)
		gone := map[int]bool{}
		for _, a := range axes {
			gone[axis(a, len(t.shape))] = true
		}
		if len(axes) == 0 {
			if n.number("noop_with_empty_axes", 0) != 0 {
				return []*tensor{t}
			}
			for k := range t.shape {
				gone[k] = true
			}
		}
		var kept, last []int
		shape, full := []int{}, []int{}
		width := 1
		for k, d := range t.shape {
			switch {
			case !gone[k]:
				kept = append(kept, k)
				shape, full = append(shape, d), append(full, d)
			default:
				last = append(last, k)
				width *= d
				full = append(full, 1)
			}
		}
		if n.number("keepdims", 1) != 0 {
			shape = full
		}
		rows := t.transposed(append(kept, last...)).floats()
		out := newFloats(shape...)
		if width == 0 {
			faultf("nothing to sum up in %v", t.shape)
		}
		for i := range out.f {
			out.f[i] = f(rows[i*width : (i+1)*width])
		}
		return []*tensor{out}
	}
}
