package onnx

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/engine"
	"github.com/dialwright/dialwright/nlu/engine/enginetest"
)

func TestContract(t *testing.T) {
	dir := bagOfWords(t)
	enginetest.Run(t, func(t *testing.T) engine.Engine {
		e, err := Open(Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		return e
	})
}

func TestBadDirectory(t *testing.T) {
	for _, c := range []struct {
		name string
		ruin func(dir string)
		want string
	}{
		{"no labels", func(d string) { _ = os.Remove(filepath.Join(d, "labels.json")) }, "write the intents' names"},
		{"no vocabulary", func(d string) { _ = os.Remove(filepath.Join(d, "vocab.txt")) }, "neither tokenizer.json nor vocab.txt: copy it"},
		{"no model", func(d string) { _ = os.Remove(filepath.Join(d, "model.onnx")) }, "export the encoder to ONNX first"},
		{"labels are text", func(d string) { put(t, d, "labels.json", []byte("yes")) }, "labels.json: neither a list"},
		{"labels twice", func(d string) { put(t, d, "labels.json", []byte(`["a","a"]`)) }, "there twice"},
		{"one label", func(d string) { put(t, d, "labels.json", []byte(`["a"]`)) }, "at least two names"},
		{"labels with a gap", func(d string) { put(t, d, "labels.json", []byte(`{"0":"a","5":"b"}`)) }, `the number "5" of "b"`},
		{"too few labels", func(d string) { put(t, d, "labels.json", []byte(`["a","b"]`)) }, "[1 3], and there are 2 names"},
		{"no model at all", func(d string) { put(t, d, "model.onnx", []byte("hello")) }, "model.onnx: not an ONNX file"},
		{"an empty model", func(d string) { put(t, d, "model.onnx", nil) }, "not an ONNX file"},
		{"another tokenizer", func(d string) { put(t, d, "tokenizer.json", []byte(`{"model":{"type":"BPE","vocab":{}}}`)) }, `type "BPE", and only WordPiece`},
		{"a tokenizer without marks", func(d string) { put(t, d, "tokenizer.json", []byte(`{"model":{"type":"WordPiece","vocab":{"a":0}}}`)) }, "tokenizer.json: the vocabulary of 1 pieces has no ["},
		{"a larger vocabulary", func(d string) {
			put(t, d, "vocab.txt", []byte(strings.Repeat("x\n", 200)+"[CLS]\n[SEP]\n[UNK]\n"))
		}, "there is no row 200 in a table of"},
		{"an unknown operator", func(d string) {
			var b built
			b.input("input_ids")
			b.node("DynamicQuantizeLinear", []string{"input_ids"}, "x")
			b.output("x")
			put(t, d, "model.onnx", b.bytes())
		}, "operators that are not known here: DynamicQuantizeLinear"},
		{"an unknown input", func(d string) {
			var b built
			b.input("pixel_values")
			b.node("Identity", []string{"pixel_values"}, "x")
			b.output("x")
			put(t, d, "model.onnx", b.bytes())
		}, `it wants the input "pixel_values"`},
		{"a hole in the graph", func(d string) {
			var b built
			b.node("Identity", []string{"nothing"}, "x")
			b.output("x")
			put(t, d, "model.onnx", b.bytes())
		}, `needs "nothing", which nothing before it makes`},
		{"an old export", func(d string) {
			b := built{opset: 3}
			b.input("input_ids")
			b.output("input_ids")
			put(t, d, "model.onnx", b.bytes())
		}, "version 3 of ONNX's operators"},
	} {
		dir := bagOfWords(t)
		c.ruin(dir)
		if _, err := Open(Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), dir) && !strings.Contains(c.name, "large") {
			t.Errorf("%s: %v, want %q and the file", c.name, err, c.want)
		}
	}
	if _, err := Open(Options{Dir: "absent"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a directory that is not there: %v", err)
	}
	if _, err := Open(Options{Dir: bagOfWords(t), MaxTokens: 2}); err == nil {
		t.Error("two tokens were enough")
	}
}

func TestLabels(t *testing.T) {
	for _, text := range []string{`["a","b"]`, `{"1":"b","0":"a"}`, `{"id2label":{"0":"a","1":"b"},"hidden_size":3}`} {
		if got, err := parseLabels([]byte(text)); err != nil || !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("%s: %q %v", text, got, err)
		}
	}
}

func TestWordPieces(t *testing.T) {
	v := parseVocab([]byte("[PAD]\n[UNK]\n[CLS]\n[SEP]\nun\n##aff\n##able\n,\n我\n要\ncafe\n-\n"))
	if err := v.finish(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		most int
		want []int64
	}{
		{"UNaffable", 9, []int64{2, 4, 5, 6, 3}},
		{"un, affable", 9, []int64{2, 4, 7, 1, 3}},
		{"我要un我", 9, []int64{2, 8, 9, 4, 8, 3}},
		{"Café-un\u200b", 9, []int64{2, 10, 11, 4, 3}},
		{"un un un un", 4, []int64{2, 4, 4, 3}},
		{"unaffable", 4, []int64{2, 4, 5, 3}},
		{strings.Repeat("un", 60), 9, []int64{2, 1, 3}},
		{" \t\u200b\x00", 9, nil},
	} {
		if got := v.encode(c.text, c.most); !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, want %v", c.text, got, c.want)
		}
	}
	cased, err := parseTokenizer([]byte(`{"normalizer":{"type":"BertNormalizer","lowercase":false},"model":{"type":"WordPiece","unk_token":"<u>","vocab":{"<u>":0,"[CLS]":1,"[SEP]":2,"Un":3}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := cased.finish(); err != nil {
		t.Fatal(err)
	}
	if got := cased.encode("Un un", 9); !slices.Equal(got, []int64{1, 3, 0, 2}) {
		t.Errorf("%v", got)
	}
}

// calculated is what one node makes of some inputs.
func calculated(t *testing.T, op string, opset int64, attrs map[string]attribute, in ...*tensor) (*tensor, error) {
	t.Helper()
	f := operators()[op]
	if f == nil {
		t.Fatalf("no operator %s", op)
	}
	n := &node{op: op, attrs: attrs, run: f, outputs: []string{"x"}}
	out, err := n.try(opset, in)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

type attrs = map[string]attribute

func TestOperators(t *testing.T) {
	two := floats([]int{2, 2}, 1, 2, 3, 4)
	six := floats([]int{2, 3}, 1, 2, 3, 4, 5, 6)
	nums := whole([]int{2, 3}, 1, 2, 3, 4, 5, 6)
	for _, c := range []struct {
		op    string
		attrs attrs
		in    []*tensor
		want  *tensor
	}{
		{"MatMul", nil, []*tensor{two, six}, floats([]int{2, 3}, 9, 12, 15, 19, 26, 33)},
		{"MatMul", nil, []*tensor{floats([]int{2, 1, 2}, 1, 2, 3, 4), two}, floats([]int{2, 1, 2}, 7, 10, 15, 22)},
		{"MatMul", nil, []*tensor{floats([]int{5}, 1, 1, 1, 1, 1), floats([]int{5}, 1, 2, 3, 4, 5)}, floats([]int{}, 15)},
		{"Gemm", attrs{"transB": {i: 1}, "alpha": {f: 2}}, []*tensor{six, six, floats([]int{2}, 1, -1)}, floats([]int{2, 2}, 29, 63, 65, 153)},
		{"Transpose", attrs{"perm": {ints: []int64{1, 0}}}, []*tensor{six}, floats([]int{3, 2}, 1, 4, 2, 5, 3, 6)},
		{"Transpose", nil, []*tensor{nums}, whole([]int{3, 2}, 1, 4, 2, 5, 3, 6)},
		{"Gather", attrs{"axis": {i: 1}}, []*tensor{six, whole([]int{2}, 2, -3)}, floats([]int{2, 2}, 3, 1, 6, 4)},
		{"Slice", nil, []*tensor{six, whole([]int{1}, -1), whole([]int{1}, math.MinInt64+9), whole([]int{1}, 1), whole([]int{1}, -2)}, floats([]int{2, 2}, 3, 1, 6, 4)},
		{"Slice", nil, []*tensor{six, whole([]int{1}, 0), whole([]int{1}, math.MaxInt64), whole([]int{1}, 0)}, six},
		{"Concat", attrs{"axis": {i: -1}}, []*tensor{two, six}, floats([]int{2, 5}, 1, 2, 1, 2, 3, 3, 4, 4, 5, 6)},
		{"Reshape", nil, []*tensor{six, whole([]int{2}, -1, 2)}, floats([]int{3, 2}, 1, 2, 3, 4, 5, 6)},
		{"Reshape", nil, []*tensor{six, whole([]int{3}, 0, 1, -1)}, floats([]int{2, 1, 3}, 1, 2, 3, 4, 5, 6)},
		{"Unsqueeze", attrs{"axes": {ints: []int64{0, -1}}}, []*tensor{two}, floats([]int{1, 2, 2, 1}, 1, 2, 3, 4)},
		{"Squeeze", nil, []*tensor{floats([]int{1, 2, 1}, 1, 2)}, floats([]int{2}, 1, 2)},
		{"Expand", nil, []*tensor{floats([]int{2, 1}, 1, 2), whole([]int{2}, 1, 2)}, floats([]int{2, 2}, 1, 1, 2, 2)},
		{"Flatten", nil, []*tensor{floats([]int{1, 2, 2}, 1, 2, 3, 4)}, floats([]int{1, 4}, 1, 2, 3, 4)},
		{"Softmax", nil, []*tensor{floats([]int{1, 2}, 0, float32(math.Log(3)))}, floats([]int{1, 2}, 0.25, 0.75)},
		{"Softmax", attrs{"axis": {i: 0}}, []*tensor{floats([]int{2, 1}, 0, float32(math.Log(3)))}, floats([]int{2, 1}, 0.25, 0.75)},
		{"LayerNormalization", attrs{"epsilon": {f: 1e-12}}, []*tensor{floats([]int{1, 2}, 1, 3), floats([]int{2}, 2, 2), floats([]int{2}, 0, 1)}, floats([]int{1, 2}, -2, 3)},
		{"Where", nil, []*tensor{whole([]int{2}, 1, 0), floats([]int{}, 7), floats([]int{2}, 1, 2)}, floats([]int{2}, 7, 2)},
		{"Equal", nil, []*tensor{nums, whole([]int{}, 2)}, whole([]int{2, 3}, 0, 1, 0, 0, 0, 0)},
		{"ReduceMean", attrs{"axes": {ints: []int64{0}}}, []*tensor{six}, floats([]int{1, 3}, 2.5, 3.5, 4.5)},
		{"ReduceSum", attrs{"keepdims": {}}, []*tensor{six, whole([]int{1}, -1)}, floats([]int{2}, 6, 15)},
		{"Gelu", nil, []*tensor{floats([]int{2}, 0, 1)}, floats([]int{2}, 0, 0.8413447)},
		{"Pow", nil, []*tensor{floats([]int{2}, 2, 3), whole([]int{}, 2)}, floats([]int{2}, 4, 9)},
		{"Neg", nil, []*tensor{nums}, whole([]int{2, 3}, -1, -2, -3, -4, -5, -6)},
		{"Not", nil, []*tensor{whole([]int{2}, 1, 0)}, whole([]int{2}, 0, 1)},
		{"CumSum", nil, []*tensor{nums, whole([]int{}, 1)}, whole([]int{2, 3}, 1, 3, 6, 4, 9, 15)},
		{"Range", nil, []*tensor{whole([]int{}, 1), whole([]int{}, 6), whole([]int{}, 2)}, whole([]int{3}, 1, 3, 5)},
		{"Shape", nil, []*tensor{six}, whole([]int{2}, 2, 3)},
		{"ConstantOfShape", attrs{"value": {t: whole([]int{1}, 9)}}, []*tensor{whole([]int{1}, 2)}, whole([]int{2}, 9, 9)},
		{"Clip", nil, []*tensor{six, floats([]int{}, 2), floats([]int{}, 4)}, floats([]int{2, 3}, 2, 2, 3, 4, 4, 4)},
	} {
		got, err := calculated(t, c.op, 17, c.attrs, c.in...)
		if err != nil {
			t.Errorf("%s: %v", c.op, err)
			continue
		}
		if !alike(got, c.want) {
			t.Errorf("%s: %v %v %v, want %v %v %v", c.op, got.shape, got.f, got.i, c.want.shape, c.want.f, c.want.i)
		}
	}
}

func alike(a, b *tensor) bool {
	return slices.Equal(a.shape, b.shape) && slices.Equal(a.i, b.i) &&
		slices.EqualFunc(a.f, b.f, func(x, y float32) bool { return math.Abs(float64(x-y)) < 1e-4*(1+math.Abs(float64(y))) })
}

// TestImpossible asks operators for what cannot be done: an error, no panic.
func TestImpossible(t *testing.T) {
	six := floats([]int{2, 3}, 1, 2, 3, 4, 5, 6)
	for op, in := range map[string][]*tensor{
		"MatMul": {six, six}, "Add": {six, whole([]int{}, 1)}, "Gather": {six, whole([]int{1}, 9)}, "Div": {whole([]int{}, 1), whole([]int{}, 0)},
		"Reshape": {six, whole([]int{1}, 5)}, "Concat": {six, floats([]int{1}, 1)}, "LayerNormalization": {six, floats([]int{1}, 1)}, "Constant": nil,
		"Expand": {six, whole([]int{2}, 1<<40, 1)}, "ConstantOfShape": {whole([]int{2}, 1<<20, 1<<20)}, "Range": {whole([]int{}, 0), whole([]int{}, 1), whole([]int{}, 0)},
		"Sqrt": {nil}, "Softmax": {floats([]int{}, 1)}, "Unsqueeze": {six, whole([]int{1}, 9)},
	} {
		if out, err := calculated(t, op, 17, attrs{}, in...); err == nil {
			t.Errorf("%s gives %v", op, out)
		}
	}
}

func TestHalf(t *testing.T) {
	for h, want := range map[uint16]float32{0x3c00: 1, 0xc000: -2, 0x3555: 0.33325195, 0: 0, 1: 5.9604645e-8, 0x7bff: 65504} {
		if got := half(h); got != want {
			t.Errorf("%04x is %v, want %v", h, got, want)
		}
	}
}

// FuzzModel takes neither panic nor much memory from a file made to do harm.
func FuzzModel(f *testing.F) {
	dir := bagOfWords(f)
	data, err := os.ReadFile(filepath.Join(dir, "model.onnx"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte{0x3a, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := parseModel(data)
		if err != nil || g.prepare() != nil {
			return
		}
		in := map[string]*tensor{}
		for _, name := range g.inputs {
			in[name] = whole([]int{1, 3}, 2, 1, 3)
		}
		if _, err := g.run(t.Context(), in); err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}

// FuzzWords never gives a piece that is not in the vocabulary.
func FuzzWords(f *testing.F) {
	v := parseVocab([]byte("[UNK]\n[CLS]\n[SEP]\na\n##b\n我\n"))
	if err := v.finish(); err != nil {
		f.Fatal(err)
	}
	f.Add("ab 我a\u0301")
	f.Fuzz(func(t *testing.T, text string) {
		got := v.encode(text, 8)
		if len(got) > 8 || len(got) == 2 {
			t.Errorf("%q: %v", text, got)
		}
		for _, id := range got {
			if id < 0 || id > 5 {
				t.Errorf("%q: %v", text, got)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	e, err := Open(Options{Dir: bagOfWords(b)})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := e.Parse(b.Context(), nlu.Query{Text: "when do you open today", Among: []string{"opening"}}); err != nil {
			b.Fatal(err)
		}
	}
}
