package onnx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/engine"
)

// Options of an encoder.
type Options struct {
	Dir       string // with model.onnx, tokenizer.json or vocab.txt, labels.json or config.json
	MaxTokens int    // word pieces of an utterance that are read; 0 is 128
}

// Engine is an encoder that is loaded.
type Engine struct {
	graph  *graph
	words  *vocabulary
	labels []string
	most   int
}

const (
	maxModel  = 2 << 30
	maxLabels = 16 << 20
)

// Open loads an encoder and tries it once. Errors name the file and what may
// be done about it.
func Open(o Options) (*Engine, error) {
	e := &Engine{most: o.MaxTokens}
	if e.most == 0 {
		e.most = 128
	}
	if e.most < 3 || e.most > 512 {
		return nil, fmt.Errorf("onnx: %d tokens: must be from 3 to 512", o.MaxTokens)
	}
	var err error
	if e.labels, err = loadLabels(o.Dir); err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	if e.words, err = loadVocabulary(o.Dir); err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	path := filepath.Join(o.Dir, "model.onnx")
	if e.graph, err = loadGraph(path); err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	if _, err = e.logits(context.Background(), []int64{e.words.cls, e.words.unknown, e.words.sep}); err != nil {
		return nil, fmt.Errorf("onnx: trying %s: %w", path, err)
	}
	return e, nil
}

func loadGraph(path string) (*graph, error) {
	data, err := readFile(path, maxModel)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("export the encoder to ONNX first (text classification, opset 17): %w", err)
	}
	if err != nil {
		return nil, err
	}
	g, err := parseModel(data)
	if err == nil {
		err = g.prepare()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, name := range g.inputs {
		switch name {
		case "input_ids", "attention_mask", "token_type_ids", "position_ids":
		default:
			return nil, fmt.Errorf("%s: it wants the input %q; input_ids, attention_mask, token_type_ids and position_ids are known", path, name)
		}
	}
	return g, nil
}

// loadLabels reads the intents' names: a list, or an object of their numbers
// as id2label has them.
func loadLabels(dir string) ([]string, error) {
	path := filepath.Join(dir, "labels.json")
	data, err := readFile(path, maxLabels)
	if errors.Is(err, fs.ErrNotExist) {
		path = filepath.Join(dir, "config.json")
		if data, err = readFile(path, maxLabels); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: there is neither labels.json nor config.json: write the intents' names, in the model's order, as a list into labels.json: %w", dir, err)
		}
	}
	if err != nil {
		return nil, err
	}
	list, err := parseLabels(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return list, nil
}

func parseLabels(data []byte) ([]string, error) {
	var list []string
	if json.Unmarshal(data, &list) != nil {
		var config struct {
			ByID map[string]string `json:"id2label"`
		}
		byID := map[string]string{}
		if json.Unmarshal(data, &config) == nil && config.ByID != nil {
			byID = config.ByID
		} else if err := json.Unmarshal(data, &byID); err != nil {
			return nil, errors.New(`neither a list of names nor an object like {"0":"yes","1":"no"}, nor one with "id2label"`)
		}
		list = make([]string, len(byID))
		for key, name := range byID {
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(list) {
				return nil, fmt.Errorf("the number %q of %q is not one of 0 to %d", key, name, len(list)-1)
			}
			list[i] = name
		}
	}
	seen := map[string]bool{}
	for i, name := range list {
		if name == "" || seen[name] {
			return nil, fmt.Errorf("the name %q of number %d is empty or there twice", name, i)
		}
		seen[name] = true
	}
	if len(list) < 2 {
		return nil, errors.New("at least two names are needed")
	}
	return list, nil
}

// Name implements engine.Engine.
func (e *Engine) Name() string { return "onnx" }

// Close implements engine.Engine. There is nothing to end.
func (e *Engine) Close() error { return nil }

// Labels are the intents' names, in the model's order.
func (e *Engine) Labels() []string { return append([]string(nil), e.labels...) }

// maxText is how many bytes of an utterance are looked at.
const maxText = 16 << 10

// Parse implements engine.Engine. The scores are the model's probabilities
// among all its labels.
func (e *Engine) Parse(ctx context.Context, q nlu.Query) (engine.Parsed, error) {
	if err := ctx.Err(); err != nil {
		return engine.Parsed{}, fmt.Errorf("onnx: %w", err)
	}
	text := q.Text
	if len(text) > maxText {
		for text = text[:maxText]; len(text) > 0 && !utf8.RuneStart(q.Text[len(text)]); {
			text = text[:len(text)-1]
		}
	}
	ids := e.words.encode(strings.ToValidUTF8(text, ""), e.most)
	if len(ids) == 0 {
		return engine.Parsed{}, nil
	}
	logits, err := e.logits(ctx, ids)
	if err != nil {
		return engine.Parsed{}, fmt.Errorf("onnx: %w", err)
	}
	p := make([]float32, len(logits))
	softmaxRow(p, logits, false)
	all := make([]nlu.Candidate, len(p))
	for i, score := range p {
		all[i] = nlu.Candidate{Intent: e.labels[i], Score: float64(score)}
	}
	var out engine.Parsed
	if out.Ranked, err = engine.Restrict(q, all); err != nil {
		return engine.Parsed{}, fmt.Errorf("onnx: %w", err)
	}
	return out, nil
}

// logits runs the graph on one utterance.
func (e *Engine) logits(ctx context.Context, ids []int64) ([]float32, error) {
	inputs := map[string]*tensor{}
	for _, name := range e.graph.inputs {
		t := newInts(1, len(ids))
		for i, id := range ids {
			switch name {
			case "input_ids":
				t.i[i] = id
			case "attention_mask":
				t.i[i] = 1
			case "position_ids":
				t.i[i] = int64(i)
			}
		}
		inputs[name] = t
	}
	out, err := e.graph.run(ctx, inputs)
	if err != nil {
		return nil, err
	}
	if out.f == nil || len(out.f) != len(e.labels) || len(out.shape) != 2 {
		return nil, fmt.Errorf("the model's output has the shape %v, and there are %d names: export it for text classification, with a name for every output", out.shape, len(e.labels))
	}
	for _, v := range out.f {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, errors.New("the model's answer is not a number")
		}
	}
	return out.f, nil
}
