package onnx

import (
	"encoding/binary"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// The types of elements, numbered as in TensorProto.DataType.
const (
	typeFloat   = 1
	typeInt32   = 6
	typeInt64   = 7
	typeBool    = 9
	typeFloat16 = 10
	typeDouble  = 11
)

func isFloat(typ int64) bool { return typ == typeFloat || typ == typeFloat16 || typ == typeDouble }

// rawTensor is a TensorProto before it is understood.
type rawTensor struct {
	name     string
	typ      int64
	dims     []int
	floats   []float32
	ints     []int64
	raw      []byte
	external bool
}

func parseTensor(b []byte) (string, *tensor, error) {
	var r rawTensor
	err := fields(b, func(num protowire.Number, typ protowire.Type, v []byte, x uint64) error {
		switch num {
		case 1:
			return unpack(typ, v, x, protowire.VarintType, func(x uint64) { r.dims = append(r.dims, int(int64(x))) })
		case 2:
			r.typ = int64(x)
		case 4:
			return unpack(typ, v, x, protowire.Fixed32Type, func(x uint64) { r.floats = append(r.floats, math.Float32frombits(uint32(x))) })
		case 5:
			return unpack(typ, v, x, protowire.VarintType, func(x uint64) { r.ints = append(r.ints, int64(int32(x))) })
		case 7:
			return unpack(typ, v, x, protowire.VarintType, func(x uint64) { r.ints = append(r.ints, int64(x)) })
		case 8:
			r.name = string(v)
		case 9:
			r.raw = v
		case 10:
			return unpack(typ, v, x, protowire.Fixed64Type, func(x uint64) { r.floats = append(r.floats, float32(math.Float64frombits(x))) })
		case 13:
			r.external = true
		case 14:
			r.external = r.external || x == 1
		}
		return nil
	})
	if err != nil {
		return "", nil, err
	}
	t, err := r.tensor()
	if err != nil {
		return "", nil, fmt.Errorf("the weights %q: %w", r.name, err)
	}
	return r.name, t, nil
}

func (r *rawTensor) tensor() (*tensor, error) {
	n, err := count(r.dims)
	switch {
	case err != nil:
		return nil, err
	case r.external:
		return nil, fmt.Errorf("are in a file of their own: save the model with all its data in one file")
	case r.typ == typeFloat16 && r.raw == nil:
		for _, x := range r.ints {
			r.floats = append(r.floats, half(uint16(x)))
		}
	}
	t := &tensor{shape: r.dims}
	if isFloat(r.typ) {
		t.f = r.floats
		if r.raw != nil {
			t.f, err = rawFloats(r.typ, r.raw, n)
		}
		if t.f == nil {
			t.f = []float32{}
		}
		if err == nil && len(t.f) != n {
			err = fmt.Errorf("have %d numbers for the shape %v", len(t.f), r.dims)
		}
		return t, err
	}
	t.i = r.ints
	if r.raw != nil {
		t.i, err = rawInts(r.typ, r.raw, n)
	} else if r.typ != typeInt64 && r.typ != typeInt32 && r.typ != typeBool {
		err = fmt.Errorf("have elements of type %d: export the model in 32-bit floats, not quantised", r.typ)
	}
	if t.i == nil {
		t.i = []int64{}
	}
	if err == nil && len(t.i) != n {
		err = fmt.Errorf("have %d numbers for the shape %v", len(t.i), r.dims)
	}
	return t, err
}

func rawFloats(typ int64, raw []byte, n int) ([]float32, error) {
	size := map[int64]int{typeFloat: 4, typeFloat16: 2, typeDouble: 8}[typ]
	if len(raw) != n*size {
		return nil, fmt.Errorf("have %d bytes for %d numbers of %d", len(raw), n, size)
	}
	out := make([]float32, n)
	for i := range out {
		b := raw[i*size:]
		switch typ {
		case typeFloat:
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b))
		case typeFloat16:
			out[i] = half(binary.LittleEndian.Uint16(b))
		default:
			out[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}
	}
	return out, nil
}

func rawInts(typ int64, raw []byte, n int) ([]int64, error) {
	size := map[int64]int{typeInt64: 8, typeInt32: 4, typeBool: 1}[typ]
	if size == 0 {
		return nil, fmt.Errorf("have elements of type %d: export the model in 32-bit floats, not quantised", typ)
	}
	if len(raw) != n*size {
		return nil, fmt.Errorf("have %d bytes for %d numbers of %d", len(raw), n, size)
	}
	out := make([]int64, n)
	for i := range out {
		b := raw[i*size:]
		switch typ {
		case typeInt64:
			out[i] = int64(binary.LittleEndian.Uint64(b))
		case typeInt32:
			out[i] = int64(int32(binary.LittleEndian.Uint32(b)))
		default:
			out[i] = int64(b[0])
		}
	}
	return out, nil
}

// half is a 16-bit float of IEEE 754.
func half(h uint16) float32 {
	exp, frac := int(h>>10&31), float64(h&1023)
	v := math.Ldexp(frac, -24)
	switch {
	case exp == 31 && frac == 0:
		v = math.Inf(1)
	case exp == 31:
		v = math.NaN()
	case exp > 0:
		v = math.Ldexp(1024+frac, exp-25)
	}
	if h&0x8000 != 0 {
		v = -v
	}
	return float32(v)
}
