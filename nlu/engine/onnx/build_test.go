package onnx

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/dialwright/dialwright/nlu/engine/enginetest"
)

// built writes an ONNX file, message by message.
type built struct {
	body  []byte // of the graph
	opset uint64
}

func message(b []byte, num protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), v)
}

func varint(b []byte, num protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), v)
}

func tensorOf(name string, t *tensor) []byte {
	var b []byte
	for _, d := range t.shape {
		b = varint(b, 1, uint64(d))
	}
	var raw []byte
	if t.f != nil {
		b = varint(b, 2, typeFloat)
		for _, v := range t.f {
			raw = protowire.AppendFixed32(raw, math.Float32bits(v))
		}
	} else {
		b = varint(b, 2, typeInt64)
		for _, v := range t.i {
			raw = protowire.AppendFixed64(raw, uint64(v))
		}
	}
	return message(message(b, 8, []byte(name)), 9, raw)
}

func (b *built) weights(name string, t *tensor) { b.body = message(b.body, 5, tensorOf(name, t)) }

func (b *built) input(name string)  { b.body = message(b.body, 11, declared(name, typeInt64)) }
func (b *built) output(name string) { b.body = message(b.body, 12, declared(name, typeFloat)) }

// declared is a name with a type and two open dimensions.
func declared(name string, typ uint64) []byte {
	shape := message(nil, 1, message(nil, 2, []byte("rows")))
	shape = message(shape, 1, message(nil, 2, []byte("columns")))
	return message(message(nil, 1, []byte(name)), 2, message(nil, 1, message(varint(nil, 1, typ), 2, shape)))
}

// node adds a node; attrs are pairs of a name and an int, a float32, an
// []int64, a string or a *tensor.
func (b *built) node(op string, in []string, out string, attrs ...any) {
	var n []byte
	for _, name := range in {
		n = message(n, 1, []byte(name))
	}
	n = message(message(message(n, 2, []byte(out)), 3, []byte("the "+op)), 4, []byte(op))
	for i := 0; i < len(attrs); i += 2 {
		a := message(nil, 1, []byte(attrs[i].(string)))
		switch v := attrs[i+1].(type) {
		case int:
			a = varint(varint(a, 20, 2), 3, uint64(int64(v)))
		case float32:
			a = protowire.AppendFixed32(protowire.AppendTag(varint(a, 20, 1), 2, protowire.Fixed32Type), math.Float32bits(v))
		case string:
			a = message(varint(a, 20, 3), 4, []byte(v))
		case *tensor:
			a = message(varint(a, 20, 4), 5, tensorOf("", v))
		case []int64:
			a = varint(a, 20, 7)
			for _, x := range v {
				a = varint(a, 8, uint64(x))
			}
		}
		n = message(n, 5, a)
	}
	b.body = message(b.body, 1, n)
}

func (b *built) bytes() []byte {
	if b.opset == 0 {
		b.opset = 17
	}
	out := varint(nil, 1, 8)
	out = message(out, 8, varint(message(nil, 1, nil), 2, b.opset))
	return message(out, 7, b.body)
}

func floats(shape []int, v ...float32) *tensor { return &tensor{shape: shape, f: v} }
func whole(shape []int, v ...int64) *tensor    { return &tensor{shape: shape, i: v} }

// bagOfWords is a directory with a model that knows the intents of the
// contract: each piece's vector says how often the intents' examples have it.
func bagOfWords(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	vocab := []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]"}
	var labels []string
	for _, in := range enginetest.Intents() {
		labels = append(labels, in.Name)
		for _, p := range in.Phrases {
			for _, w := range strings.Fields(p) {
				if !slices.Contains(vocab, w) {
					vocab = append(vocab, w)
				}
			}
		}
	}
	table := newFloats(len(vocab), len(labels))
	for c, in := range enginetest.Intents() {
		for _, p := range in.Phrases {
			for _, w := range strings.Fields(p) {
				table.f[slices.Index(vocab, w)*len(labels)+c]++
			}
		}
	}
	for i := 0; i < len(table.f); i += len(labels) { // what an intent alone has counts most
		row := table.f[i : i+len(labels)]
		sum := total32(row)
		for c := range row {
			row[c] = row[c] / max(sum, 1) * 4
		}
	}
	var b built
	b.input("input_ids")
	b.input("attention_mask")
	b.weights("table", table)
	b.weights("axes", whole([]int{1}, 2))
	b.weights("w", floats([]int{len(labels), len(labels)}, 3, 0, 0, 0, 3, 0, 0, 0, 3))
	b.weights("bias", floats([]int{len(labels)}, 0.1, 0, -0.1))
	b.node("Gather", []string{"table", "input_ids"}, "embedded")
	b.node("Cast", []string{"attention_mask"}, "mask", "to", typeFloat)
	b.node("Unsqueeze", []string{"mask", "axes"}, "mask3")
	b.node("Mul", []string{"embedded", "mask3"}, "masked")
	b.node("ReduceMean", []string{"masked"}, "mean", "axes", []int64{1}, "keepdims", 0)
	b.node("MatMul", []string{"mean", "w"}, "product")
	b.node("Add", []string{"product", "bias"}, "logits")
	b.output("logits")
	put(t, dir, "model.onnx", b.bytes())
	put(t, dir, "vocab.txt", []byte(strings.Join(vocab, "\n")+"\n"))
	names, err := json.Marshal(labels)
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "labels.json", names)
	return dir
}

func put(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
