package model

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The sets are not part of the project: people who have them say where.
var (
	dataDir   = flag.String("data", "", "directory of NAME.train.jsonl and NAME.test.jsonl files, for BenchmarkEval")
	dataSets  = flag.String("sets", "", "names of sets to evaluate, with commas between; empty is all in -data")
	dataSeeds = flag.Int("seeds", 5, "models that BenchmarkEval averages")
	dataFew   = flag.Int("few", 0, "examples an intent that BenchmarkEval trains with; 0 is all")
)

// BenchmarkEval prints the figures of the sets in -data:
//
//	go test ./nlu/model -run '^$' -bench Eval -benchtime 1x -data DIR [-sets a,b] [-seeds 5] [-few 10]
//
// NAME.train.jsonl and NAME.test.jsonl are trained on and tested with; of
// NAME.all.jsonl, five parts are cross-validated. Without -data, it evaluates
// the model on the sentences of its own tests, so that it cannot rot.
func BenchmarkEval(b *testing.B) {
	if *dataDir == "" {
		b.Log("no -data DIR with NAME.train.jsonl and NAME.test.jsonl: evaluating the sentences of the tests instead")
		train, test := Split(small(), 0.3, 1)
		for b.Loop() {
			show(b, "small", func() (*Report, error) {
				return Evaluate(context.Background(), train, test, nil, EvalOptions{Seeds: 1})
			})
		}
		return
	}
	for b.Loop() {
		for _, name := range setNames(b) {
			b.Run(name, func(b *testing.B) {
				show(b, name, func() (*Report, error) { return evalSet(b, name) })
			})
		}
	}
}

func setNames(b *testing.B) []string {
	if *dataSets != "" {
		return strings.Split(*dataSets, ",")
	}
	var out []string
	for _, kind := range []string{".train.jsonl", ".all.jsonl"} {
		files, err := filepath.Glob(filepath.Join(*dataDir, "*"+kind))
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range files {
			out = append(out, strings.TrimSuffix(filepath.Base(f), kind))
		}
	}
	if len(out) == 0 {
		b.Fatalf("no NAME.train.jsonl or NAME.all.jsonl in %s", *dataDir)
	}
	slices.Sort(out)
	return out
}

func evalSet(b *testing.B, name string) (*Report, error) {
	opt := EvalOptions{Seeds: *dataSeeds}
	whole := filepath.Join(*dataDir, name+".all.jsonl")
	if _, err := os.Stat(whole); err == nil {
		return CrossValidate(context.Background(), readSet(b, whole), 5, opt)
	}
	train := readSet(b, filepath.Join(*dataDir, name+".train.jsonl"))
	if *dataFew > 0 {
		train = firstOfEach(train, *dataFew)
	}
	return Evaluate(context.Background(), train, readSet(b, filepath.Join(*dataDir, name+".test.jsonl")), nil, opt)
}

func firstOfEach(all []Example, n int) []Example {
	count := map[string]int{}
	var out []Example
	for _, ex := range all {
		if count[ex.Intent]++; count[ex.Intent] <= n {
			out = append(out, ex)
		}
	}
	return out
}

func readSet(b *testing.B, path string) []Example {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	list, err := ReadJSONLines(f, path)
	if err != nil {
		b.Fatal(err)
	}
	return list
}

func show(b *testing.B, name string, eval func() (*Report, error)) {
	r, err := eval()
	if err != nil {
		b.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%s %s", name, text)
	b.ReportMetric(100*r.Accuracy, "%right")
	b.ReportMetric(100*r.MacroF1, "%macroF1")
	b.ReportMetric(r.ParseP99, "µs/parse-p99")
}
