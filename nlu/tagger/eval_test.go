package tagger

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var dataDir = flag.String("data", "", "directory of NAME.train.jsonl, NAME.valid.jsonl, NAME.test.jsonl for BenchmarkEval")
var dataPart = flag.String("part", "test", "the part BenchmarkEval judges on")
var dataSets = flag.String("sets", "*", "glob of the names of the sets BenchmarkEval uses")
var seed = flag.Uint64("seed", 1, "seed of BenchmarkEval")
var override = flag.String("set", "", "settings to try in BenchmarkEval: epochs=12,rate=0.1 and so on")
var verbose = flag.Bool("errors", false, "print wrong entities")

func readExamples(tb testing.TB, path string) []Example {
	f, err := os.Open(path)
	if err != nil {
		tb.Fatalf("reading examples: %v", err)
	}
	defer f.Close()
	var out []Example
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var e Example
		if err := json.Unmarshal(sc.Bytes(), &e); err != nil {
			tb.Fatalf("reading %s: %v", path, err)
		}
		out = append(out, e)
	}
	return out
}

// f1 is the micro-average in percent over entities whose place and name are
// both right.
func f1(t *Tagger, examples []Example) float64 {
	right, found, there := 0, 0, 0
	for _, e := range examples {
		got := t.Tag(e.Text)
		found, there = found+len(got), there+len(e.Entities)
		ok := 0
		for _, g := range got {
			if slices.ContainsFunc(e.Entities, func(x Entity) bool { return x.Start == g.Start && x.End == g.End && x.Name == g.Name }) {
				ok++
			}
		}
		right += ok
		if *verbose && (ok < len(got) || ok < len(e.Entities)) {
			fmt.Fprintf(os.Stderr, "%s [%s]\n   want %v\n   got  %v\n", e.Text, e.Intent, e.Entities, got)
		}
	}
	return 200 * float64(right) / float64(max(1, found+there))
}

func BenchmarkEval(b *testing.B) {
	paths, err := filepath.Glob(filepath.Join(*dataDir, *dataSets+".train.jsonl"))
	if err != nil || *dataDir == "" || len(paths) == 0 {
		b.Fatalf("no training sets: give -data DIR with NAME.train.jsonl and NAME.%s.jsonl", *dataPart)
	}
	for _, path := range paths {
		name := filepath.Base(path[:len(path)-len(".train.jsonl")])
		b.Run(name, func(b *testing.B) {
			judged := readExamples(b, filepath.Join(*dataDir, name+"."+*dataPart+".jsonl"))
			examples := readExamples(b, path)
			for b.Loop() {
				begin := time.Now()
				t, err := train(b.Context(), examples, Options{Seed: *seed}, overridden(b))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(time.Since(begin).Seconds(), "train_s")
				b.ReportMetric(f1(t, judged), "F1")
				b.ReportMetric(float64(len(save(b, t))), "model_bytes")
				var took []time.Duration
				for _, e := range judged {
					begin := time.Now()
					t.Tag(e.Text)
					took = append(took, time.Since(begin))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99_us")
				b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50_us")
			}
		})
	}
}

// overridden are the default settings with those of -set put in.
func overridden(tb testing.TB) settings {
	set := defaults()
	for pair := range strings.SplitSeq(*override, ",") {
		key, text, ok := strings.Cut(pair, "=")
		value, err := strconv.ParseFloat(text, 64)
		if pair == "" {
			continue
		}
		if !ok || err != nil {
			tb.Fatalf("-set %q: want name=number", pair)
		}
		switch key {
		case "epochs":
			set.epochs = int(value)
		case "averageFrom":
			set.averageFrom = int(value)
		case "rate":
			set.rate = value
		case "dropout":
			set.dropout = value
		case "unknown":
			set.unknown = value
		case "minCount":
			set.minCount = int(value)
		case "prune":
			set.prune = float32(value)
		default:
			tb.Fatalf("-set %q: no such setting", pair)
		}
	}
	return set
}
