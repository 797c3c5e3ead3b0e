package onnx

import (
	"math"
	"slices"
)

// addMatrices adds products, softmax and normalisation.
func addMatrices(all map[string]operator) {
	all["MatMul"] = func(_ *node, _ int64, in []*tensor) []*tensor { return []*tensor{matMul(in[0], in[1])} }
	all["Gemm"] = func(n *node, _ int64, in []*tensor) []*tensor { return []*tensor{gemm(n, in)} }
	all["Softmax"] = func(n *node, opset int64, in []*tensor) []*tensor {
		return []*tensor{softmax(n, opset, in[0], false)}
	}
	all["LogSoftmax"] = func(n *node, opset int64, in []*tensor) []*tensor {
		return []*tensor{softmax(n, opset, in[0], true)}
	}
	all["LayerNormalization"] = func(n *node, _ int64, in []*tensor) []*tensor { return []*tensor{layerNorm(n, in)} }
}

// multiply adds the product of a [m,k] and b [k,n] to c [m,n]. Rows of b are
// read as they lie; four at a time, as c's row then goes less often through
// memory.
func multiply(c, a, b []float32, m, k, n int) {
	for i := range m {
		row := c[i*n : (i+1)*n]
		of := a[i*k : (i+1)*k]
		j := 0
		for ; j+4 <= k; j += 4 {
			x0, x1, x2, x3 := of[j], of[j+1], of[j+2], of[j+3]
			b0 := b[j*n : j*n+n][:len(row)]
			b1 := b[(j+1)*n : (j+1)*n+n][:len(row)]
			b2 := b[(j+2)*n : (j+2)*n+n][:len(row)]
			b3 := b[(j+3)*n : (j+3)*n+n][:len(row)]
			for p := range row {
				row[p] += x0*b0[p] + x1*b1[p] + x2*b2[p] + x3*b3[p]
			}
		}
		for ; j < k; j++ {
			x := of[j]
			for p, y := range b[j*n : j*n+n] {
				row[p] += x * y
			}
		}
	}
}

func matMul(a, b *tensor) *tensor {
	ashape, bshape := slices.Clone(a.shape), slices.Clone(b.shape)
	if len(ashape) == 1 {
		ashape = []int{1, ashape[0]}
	}
	if len(bshape) == 1 {
		bshape = []int{bshape[0], 1}
	}
	ra, rb := len(ashape), len(bshape)
	if ra < 2 || rb < 2 || ashape[ra-1] != bshape[rb-2] {
		faultf("the product of %v and %v", a.shape, b.shape)
	}
	m, k, n := ashape[ra-2], ashape[ra-1], bshape[rb-1]
	outer := broadcast(ashape[:ra-2], bshape[:rb-2])
	out := newFloats(append(slices.Clone(outer), m, n)...)
	x, y := a.floats(), b.floats()
	walk(outer, [][]int{steps(ashape[:ra-2], outer), steps(bshape[:rb-2], outer)}, func(i int, at []int) {
		multiply(out.f[i*m*n:(i+1)*m*n], x[at[0]*m*k:(at[0]+1)*m*k], y[at[1]*k*n:(at[1]+1)*k*n], m, k, n)
	})
	shape := slices.Clone(outer)
	if len(a.shape) > 1 {
		shape = append(shape, m)
	}
	if len(b.shape) > 1 {
		shape = append(shape, n)
	}
	return out.reshaped(shape)
}

func gemm(n *node, in []*tensor) *tensor {
	a, b := in[0], in[1]
	if len(a.shape) != 2 || len(b.shape) != 2 {
		faultf("the product of %v and %v", a.shape, b.shape)
	}
	if n.number("transA", 0) != 0 {
		a = a.transposed([]int{1, 0})
	}
	if n.number("transB", 0) != 0 {
		b = b.transposed([]int{1, 0})
	}
	out := scaled(matMul(a, b), n.fraction("alpha", 1))
	if len(in) > 2 && in[2] != nil {
		out = pairs(out, scaled(in[2], n.fraction("beta", 1)), func(x, y float32) float32 { return x + y }, nil)
	}
	return out
}

func scaled(t *tensor, by float32) *tensor {
	if by == 1 {
		return t
	}
	return pairs(t, &tensor{shape: []int{}, f: []float32{by}}, func(x, y float32) float32 { return x * y }, nil)
}

// softmax along one dimension; before version 13, along all from that one on.
func softmax(n *node, opset int64, t *tensor, logs bool) *tensor {
	usual := int64(-1)
	if opset < 13 {
		usual = 1
	}
	k := axis(n.number("axis", usual), len(t.shape))
	width := t.shape[k]
	if opset < 13 {
		width = size(t.shape[k:])
	} else if k != len(t.shape)-1 {
		perm := make([]int, len(t.shape))
		for i := range perm {
			perm[i] = i
		}
		perm[k], perm[len(perm)-1] = perm[len(perm)-1], perm[k]
		swapped := t.transposed(perm)
		return softmax(&node{}, opset, swapped, logs).transposed(perm)
	}
	out := newFloats(t.shape...)
	in := t.floats()
	for at := 0; width > 0 && at < len(in); at += width {
		softmaxRow(out.f[at:at+width], in[at:at+width], logs)
	}
	return out
}

func softmaxRow(dst, row []float32, logs bool) {
	top, sum := float64(slices.Max(row)), 0.0
	for _, v := range row {
		sum += math.Exp(float64(v) - top)
	}
	for i, v := range row {
		if logs {
			dst[i] = float32(float64(v) - top - math.Log(sum))
		} else {
			dst[i] = float32(math.Exp(float64(v)-top) / sum)
		}
	}
}

func layerNorm(n *node, in []*tensor) *tensor {
	t := in[0]
	k := axis(n.number("axis", -1), len(t.shape))
	width := size(t.shape[k:])
	scale := in[1].floats()
	var bias []float32
	if len(in) > 2 && in[2] != nil {
		bias = in[2].floats()
	}
	if len(scale) != width || bias != nil && len(bias) != width {
		faultf("%d weights for rows of %d", len(scale), width)
	}
	epsilon := float64(n.fraction("epsilon", 1e-5))
	out := newFloats(t.shape...)
	x := t.floats()
	for at := 0; at+width <= len(x) && width > 0; at += width {
		row := x[at : at+width]
		mean := float64(total32(row)) / float64(width)
		sum := 0.0
		for _, v := range row {
			sum += (float64(v) - mean) * (float64(v) - mean)
		}
		by := 1 / math.Sqrt(sum/float64(width)+epsilon)
		for i, v := range row {
			y := float32((float64(v)-mean)*by) * scale[i]
			if bias != nil {
				y += bias[i]
			}
			out.f[at+i] = y
		}
	}
	return out
}
