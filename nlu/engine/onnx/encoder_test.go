package onnx

import (
	"math"
	"testing"
)

// pseudo gives numbers that look random and are always the same.
type pseudo uint32

func (p *pseudo) next() float32 {
	*p = *p*1664525 + 1013904223
	return float32(int32(*p)>>8) / (1 << 23)
}

func (p *pseudo) tensor(shape ...int) *tensor {
	t := newFloats(shape...)
	for i := range t.f {
		t.f[i] = p.next()
	}
	return t
}

// encoder is a BERT of one layer with two heads, in the operators that it is
// exported with: 12 pieces, 8 wide, 3 labels.
func encoder() []byte {
	var b built
	var p pseudo = 7
	b.input("input_ids")
	b.input("attention_mask")
	b.input("token_type_ids")
	for _, w := range []struct {
		name  string
		shape []int
	}{{"words", []int{12, 8}}, {"places", []int{16, 8}}, {"types", []int{2, 8}}, {"g0", []int{8}}, {"b0", []int{8}},
		{"wq", []int{8, 8}}, {"wk", []int{8, 8}}, {"wv", []int{8, 8}}, {"bq", []int{8}}, {"wo", []int{8, 8}}, {"g1", []int{8}}, {"b1", []int{8}},
		{"w1", []int{8, 16}}, {"c1", []int{16}}, {"w2", []int{16, 8}}, {"c2", []int{8}}, {"g2", []int{8}}, {"b2", []int{8}},
		{"wp", []int{8, 8}}, {"bp", []int{8}}, {"wc", []int{3, 8}}, {"bc", []int{3}}} {
		b.weights(w.name, p.tensor(w.shape...))
	}
	for name, t := range map[string]*tensor{"zero": whole([]int{}, 0), "from": whole([]int{1}, 0), "along": whole([]int{1}, 1), "masked": whole([]int{2}, 1, 2),
		"heads": whole([]int{4}, 0, 0, 2, 4), "joined": whole([]int{3}, 0, 0, 8), "allplaces": whole([]int{1, 16}, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
		"one": floats([]int{}, 1), "large": floats([]int{}, -10000), "root": floats([]int{}, 2), "sqrt2": floats([]int{}, float32(math.Sqrt2)), "half": floats([]int{}, 0.5)} {
		b.weights(name, t)
	}
	b.node("Gather", []string{"words", "input_ids"}, "e1")
	b.node("Gather", []string{"types", "token_type_ids"}, "e2")
	b.node("Shape", []string{"input_ids"}, "shape")
	b.node("Gather", []string{"shape", "along"}, "length")
	b.node("Slice", []string{"allplaces", "from", "length", "along"}, "position")
	b.node("Gather", []string{"places", "position"}, "e3")
	b.node("Add", []string{"e1", "e2"}, "e12")
	b.node("Add", []string{"e12", "e3"}, "e123")
	b.node("LayerNormalization", []string{"e123", "g0", "b0"}, "x", "axis", -1, "epsilon", float32(1e-12))
	b.node("Unsqueeze", []string{"attention_mask", "masked"}, "m4")
	b.node("Cast", []string{"m4"}, "mf", "to", typeFloat)
	b.node("Sub", []string{"one", "mf"}, "inverse")
	b.node("Mul", []string{"inverse", "large"}, "mask")
	for _, h := range []string{"q", "k", "v"} {
		b.node("MatMul", []string{"x", "w" + h}, h+"0")
		b.node("Add", []string{h + "0", "bq"}, h+"1")
		b.node("Reshape", []string{h + "1", "heads"}, h+"2")
		perm := []int64{0, 2, 1, 3}
		if h == "k" {
			perm = []int64{0, 2, 3, 1}
		}
		b.node("Transpose", []string{h + "2"}, h, "perm", perm)
	}
	b.node("MatMul", []string{"q", "k"}, "s0")
	b.node("Div", []string{"s0", "root"}, "s1")
	b.node("Add", []string{"s1", "mask"}, "s2")
	b.node("Softmax", []string{"s2"}, "s3", "axis", -1)
	b.node("MatMul", []string{"s3", "v"}, "a0")
	b.node("Transpose", []string{"a0"}, "a1", "perm", []int64{0, 2, 1, 3})
	b.node("Reshape", []string{"a1", "joined"}, "a2")
	b.node("MatMul", []string{"a2", "wo"}, "a3")
	b.node("Add", []string{"a3", "x"}, "a4")
	b.node("LayerNormalization", []string{"a4", "g1", "b1"}, "y", "axis", -1, "epsilon", float32(1e-12))
	b.node("MatMul", []string{"y", "w1"}, "f0")
	b.node("Add", []string{"f0", "c1"}, "f1")
	b.node("Div", []string{"f1", "sqrt2"}, "f2")
	b.node("Erf", []string{"f2"}, "f3")
	b.node("Add", []string{"f3", "one"}, "f4")
	b.node("Mul", []string{"f1", "f4"}, "f5")
	b.node("Mul", []string{"f5", "half"}, "f6")
	b.node("MatMul", []string{"f6", "w2"}, "f7")
	b.node("Add", []string{"f7", "c2"}, "f8")
	b.node("Add", []string{"f8", "y"}, "f9")
	b.node("LayerNormalization", []string{"f9", "g2", "b2"}, "z", "axis", -1, "epsilon", float32(1e-12))
	b.node("Gather", []string{"z", "zero"}, "cls", "axis", 1)
	b.node("Gemm", []string{"cls", "wp", "bp"}, "p0", "transB", 1)
	b.node("Tanh", []string{"p0"}, "pooled")
	b.node("Gemm", []string{"pooled", "wc", "bc"}, "logits", "transB", 1)
	b.output("logits")
	return b.bytes()
}

// TestEncoder compares with what github.com/gomlx/onnx-gomlx v0.3.4, which was
// written by others, computes of the same file.
func TestEncoder(t *testing.T) {
	g, err := parseModel(encoder())
	if err != nil {
		t.Fatal(err)
	}
	if err := g.prepare(); err != nil {
		t.Fatal(err)
	}
	got, err := g.run(t.Context(), map[string]*tensor{
		"input_ids": whole([]int{1, 6}, 2, 7, 11, 5, 3, 0), "attention_mask": whole([]int{1, 6}, 1, 1, 1, 1, 1, 0), "token_type_ids": whole([]int{1, 6}, 0, 0, 0, 1, 1, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := floats([]int{1, 3}, 1.619408, 0.8119981, -0.1440959); !alike(got, want) {
		t.Errorf("%v %v, want %v", got.shape, got.f, want.f)
	}
}
