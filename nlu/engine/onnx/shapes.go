package onnx

import "slices"

// addShapes adds what moves numbers about and leaves them as they are.
func addShapes(all map[string]operator) {
	one := func(f func(n *node, in []*tensor) *tensor) operator {
		return func(n *node, _ int64, in []*tensor) []*tensor { return []*tensor{f(n, in)} }
	}
	all["Identity"] = one(func(_ *node, in []*tensor) *tensor { return in[0] })
	all["Dropout"] = all["Identity"]
	all["Constant"] = one(constant)
	all["ConstantOfShape"] = one(constantOfShape)
	all["Shape"] = one(func(_ *node, in []*tensor) *tensor { return ofInts(in[0].shape) })
	all["Size"] = one(func(_ *node, in []*tensor) *tensor {
		return &tensor{shape: []int{}, i: []int64{int64(size(in[0].shape))}}
	})
	all["Reshape"] = one(reshape)
	all["Flatten"] = one(func(n *node, in []*tensor) *tensor {
		k := int(n.number("axis", 1))
		if k < 0 {
			k += len(in[0].shape)
		}
		return in[0].reshaped([]int{size(in[0].shape[:k]), size(in[0].shape[k:])})
	})
	all["Squeeze"] = one(squeeze)
	all["Unsqueeze"] = one(unsqueeze)
	all["Transpose"] = one(func(n *node, in []*tensor) *tensor {
		perm := []int{}
		for k := range in[0].shape {
			perm = append(perm, len(in[0].shape)-1-k)
		}
		if a, ok := n.attrs["perm"]; ok {
			perm = toInts(a.ints)
		}
		return in[0].transposed(perm)
	})
	all["Expand"] = one(func(_ *node, in []*tensor) *tensor { return in[0].expanded(toInts(in[1].ints())) })
	all["Concat"] = one(concat)
	all["Gather"] = one(gather)
	all["Slice"] = one(slice)
	all["Split"] = func(n *node, _ int64, in []*tensor) []*tensor { return split(n, in) }
	all["Range"] = one(func(_ *node, in []*tensor) *tensor {
		from, to, by := in[0].ints()[0], in[1].ints()[0], in[2].ints()[0]
		if by == 0 || (to-from)/by > maxElements {
			faultf("a range from %d to %d in steps of %d", from, to, by)
		}
		t := newInts(0)
		for v := from; by > 0 && v < to || by < 0 && v > to; v += by {
			t.i = append(t.i, v)
		}
		t.shape[0] = len(t.i)
		return t
	})
}

func ofInts(list []int) *tensor {
	t := newInts(len(list))
	for i, v := range list {
		t.i[i] = int64(v)
	}
	return t
}

func toInts(list []int64) []int {
	out := make([]int, len(list))
	for i, v := range list {
		out[i] = int(v)
	}
	return out
}

func constant(n *node, _ []*tensor) *tensor {
	for name, a := range n.attrs {
		switch name {
		case "value":
			if a.t != nil {
				return a.t
			}
		case "value_int":
			return &tensor{shape: []int{}, i: []int64{a.i}}
		case "value_float":
			return &tensor{shape: []int{}, f: []float32{a.f}}
		case "value_ints":
			return &tensor{shape: []int{len(a.ints)}, i: slices.Clip(append([]int64{}, a.ints...))}
		case "value_floats":
			return &tensor{shape: []int{len(a.floats)}, f: append([]float32{}, a.floats...)}
		}
	}
	faultf("a constant without a value")
	return nil
}

func constantOfShape(n *node, in []*tensor) *tensor {
	v := n.attrs["value"].t
	if v == nil {
		return newFloats(toInts(in[0].ints())...)
	}
	out := v.like(toInts(in[0].ints()))
	for i := range size(out.shape) {
		v.copyTo(out, i, 0, 1)
	}
	return out
}

func reshape(n *node, in []*tensor) *tensor {
	want := toInts(in[1].ints())
	open, rest := -1, 1
	for k, d := range want {
		switch {
		case d == 0 && n.number("allowzero", 0) == 0:
			want[k] = in[0].shape[k]
			rest *= want[k]
		case d == -1 && open < 0:
			open = k
		default:
			rest *= d
		}
	}
	if open >= 0 {
		if rest <= 0 || size(in[0].shape)%rest != 0 {
			faultf("%v cannot be made %v", in[0].shape, want)
		}
		want[open] = size(in[0].shape) / rest
	}
	return in[0].reshaped(want)
}

func squeeze(n *node, in []*tensor) *tensor {
	axes, some := n.ints("axes", in, 1)
	gone := map[int]bool{}
	for _, a := range axes {
		gone[axis(a, len(in[0].shape))] = true
	}
	shape := []int{}
	for k, d := range in[0].shape {
		if gone[k] && d != 1 {
			faultf("the dimension %d of %v is not 1", k, in[0].shape)
		}
		if !gone[k] && (some || d != 1) {
			shape = append(shape, d)
		}
	}
	return in[0].reshaped(shape)
}

func unsqueeze(n *node, in []*tensor) *tensor {
	axes, _ := n.ints("axes", in, 1)
	rank := len(in[0].shape) + len(axes)
	fresh := map[int]bool{}
	for _, a := range axes {
		fresh[axis(a, rank)] = true
	}
	shape, rest := []int{}, in[0].shape
	for k := range rank {
		if fresh[k] {
			shape = append(shape, 1)
			continue
		}
		shape, rest = append(shape, rest[0]), rest[1:]
	}
	return in[0].reshaped(shape)
}

// around gives what a shape is before and behind a dimension, multiplied.
func around(shape []int, k int) (before, behind int) { return size(shape[:k]), size(shape[k+1:]) }

func concat(n *node, in []*tensor) *tensor {
	k := axis(n.number("axis", 0), len(in[0].shape))
	shape := slices.Clone(in[0].shape)
	for _, t := range in[1:] {
		shape[k] += t.shape[k]
	}
	out := in[0].like(shape)
	before, behind := around(shape, k)
	at := 0
	for _, t := range in {
		same := slices.Clone(t.shape)
		same[k] = shape[k]
		if !slices.Equal(same, shape) || (t.f == nil) != (out.f == nil) {
			faultf("%v cannot be joined to %v", t.shape, in[0].shape)
		}
		n := t.shape[k] * behind
		for b := range before {
			t.copyTo(out, b*shape[k]*behind+at, b*n, n)
		}
		at += n
	}
	return out
}

func gather(n *node, in []*tensor) *tensor {
	data, index := in[0], in[1]
	k := axis(n.number("axis", 0), len(data.shape))
	shape := slices.Concat(data.shape[:k], index.shape, data.shape[k+1:])
	out := data.like(shape)
	before, behind := around(data.shape, k)
	list := index.ints()
	for b := range before {
		for j, i := range list {
			row := i
			if row < 0 {
				row += int64(data.shape[k])
			}
			if row < 0 || row >= int64(data.shape[k]) {
				faultf("there is no row %d in a table of %d", i, data.shape[k])
			}
			data.copyTo(out, (b*len(list)+j)*behind, (b*data.shape[k]+int(row))*behind, behind)
		}
	}
	return out
}

func slice(n *node, in []*tensor) *tensor {
	starts, _ := n.ints("starts", in, 1)
	ends, _ := n.ints("ends", in, 2)
	axes, some := n.ints("axes", in, 3)
	t := in[0]
	for j := range starts {
		k, by := j, int64(1)
		if some {
			k = axis(axes[j], len(t.shape))
		}
		if len(in) > 4 && in[4] != nil {
			by = in[4].ints()[j]
		}
		t = t.sliced(k, starts[j], ends[j], by)
	}
	return t
}

// sliced takes every by-th from start until end along a dimension.
func (t *tensor) sliced(k int, start, end, by int64) *tensor {
	d := int64(t.shape[k])
	fit := func(v, low, high int64) int64 {
		if v < 0 {
			v += d
		}
		return min(max(v, low), high)
	}
	var rows []int
	switch {
	case by > 0:
		for i, e := fit(start, 0, d), fit(end, 0, d); i < e; i += by {
			rows = append(rows, int(i))
		}
	case by < 0:
		for i, e := fit(start, -1, d-1), fit(end, -1, d-1); i > e; i += by {
			rows = append(rows, int(i))
		}
	default:
		faultf("a slice in steps of 0")
	}
	shape := slices.Clone(t.shape)
	shape[k] = len(rows)
	out := t.like(shape)
	before, behind := around(t.shape, k)
	for b := range before {
		for j, row := range rows {
			t.copyTo(out, (b*len(rows)+j)*behind, (b*int(d)+row)*behind, behind)
		}
	}
	return out
}

func split(n *node, in []*tensor) []*tensor {
	k := axis(n.number("axis", 0), len(in[0].shape))
	parts, ok := n.ints("split", in, 1)
	if !ok {
		each := (in[0].shape[k] + len(n.outputs) - 1) / len(n.outputs)
		for range n.outputs {
			parts = append(parts, int64(each))
		}
	}
	var out []*tensor
	at := int64(0)
	for _, p := range parts {
		out = append(out, in[0].sliced(k, at, at+p, 1))
		at += p
	}
	return out
}
