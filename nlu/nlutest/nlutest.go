// Package nlutest is the contract of nlu.Classifier as tests: every engine,
// built in or of one's own, is to pass it.
package nlutest

import (
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/dialwright/dialwright/nlu"
)

// Case is an utterance whose meaning a classifier must find.
type Case struct {
	Text   string
	Intent string
}

// Setup is a classifier and what it knows.
type Setup struct {
	Classifier nlu.Classifier
	Intents    []string // at least two that it knows
	Cases      []Case   // at least one; their intents are among Intents
}

// Run checks the contract. setup is called for every part of it, so that
// engines may be started and stopped; what it registers with t.Cleanup runs
// at that part's end.
func Run(t *testing.T, setup func(t *testing.T) Setup) {
	for name, check := range map[string]func(*testing.T, Setup){
		"understands":       understands,
		"respects Among":    respectsAmong,
		"sorted and finite": sortedAndFinite,
		"deterministic":     deterministic,
		"concurrent":        concurrent,
		"odd texts":         oddTexts,
		"confidence":        confidence,
	} {
		t.Run(name, func(t *testing.T) {
			s := setup(t)
			if len(s.Intents) < 2 || len(s.Cases) == 0 {
				t.Fatal("the setup needs two intents and a case")
			}
			check(t, s)
		})
	}
}

func understands(t *testing.T, s Setup) {
	for _, c := range s.Cases {
		got := s.Classifier.Classify(nlu.Query{Text: c.Text, Among: s.Intents})
		if len(got) == 0 || got[0].Intent != c.Intent {
			t.Errorf("%q: %v, want %s first", c.Text, got, c.Intent)
		}
	}
}

func respectsAmong(t *testing.T, s Setup) {
	for _, c := range s.Cases {
		for _, among := range [][]string{nil, {}, s.Intents[:1], s.Intents[1:], {"no such intent"}, {s.Intents[0], s.Intents[0], "no such intent"}} {
			allowed := map[string]bool{}
			for _, name := range among {
				allowed[name] = true
			}
			delete(allowed, "no such intent")
			for _, got := range s.Classifier.Classify(nlu.Query{Text: c.Text, Among: among}) {
				if !allowed[got.Intent] {
					t.Errorf("%q among %q: gave %q", c.Text, among, got.Intent)
				}
			}
		}
	}
}

func sortedAndFinite(t *testing.T, s Setup) {
	for _, q := range queries(s) {
		checkRanked(t, q, s.Classifier.Classify(q))
	}
}

func checkRanked(t *testing.T, q nlu.Query, got []nlu.Candidate) {
	t.Helper()
	seen := map[string]bool{}
	for i, c := range got {
		if math.IsNaN(c.Score) || c.Score <= 0 || c.Score > 1 {
			t.Errorf("%.40q: score %v of %s is not in (0, 1]", q.Text, c.Score, c.Intent)
		}
		if i > 0 && c.Score > got[i-1].Score {
			t.Errorf("%.40q: not the best first: %v", q.Text, got)
		}
		if seen[c.Intent] {
			t.Errorf("%.40q: %s is twice in the answer", q.Text, c.Intent)
		}
		seen[c.Intent] = true
	}
}

func deterministic(t *testing.T, s Setup) {
	for _, q := range queries(s) {
		first := s.Classifier.Classify(q)
		for range 3 {
			if again := s.Classifier.Classify(q); !same(first, again) {
				t.Fatalf("%.40q: first %v, then %v", q.Text, first, again)
			}
		}
	}
}

// concurrent use gives the same answers; the race detector sees the rest.
func concurrent(t *testing.T, s Setup) {
	list := queries(s)
	want := make([][]nlu.Candidate, len(list))
	for i, q := range list {
		want[i] = s.Classifier.Classify(q)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range list {
				k := (i + g) % len(list)
				if got := s.Classifier.Classify(list[k]); !same(got, want[k]) {
					t.Errorf("%.40q: %v together with others, %v alone", list[k].Text, got, want[k])
				}
			}
		})
	}
	wg.Wait()
}

func oddTexts(t *testing.T, s Setup) {
	for _, text := range []string{"", " ", "\n\t", "...", "?!。，", "\x00", "\xff\xfe", "👍", strings.Repeat("再", 200_000), strings.Repeat("please ", 50_000),
		strings.Repeat("x", 500_000), strings.Repeat("é", 1000), "\u202e\u0301\u0301"} {
		q := nlu.Query{Text: text, Among: s.Intents}
		got := s.Classifier.Classify(q)
		checkRanked(t, q, got)
		if strings.TrimSpace(text) == "" && len(got) > 0 {
			t.Errorf("%q means nothing, got %v", text, got)
		}
	}
}

// confidence of the recogniser never turns an answer into a surer one.
func confidence(t *testing.T, s Setup) {
	for _, c := range s.Cases {
		sure := s.Classifier.Classify(nlu.Query{Text: c.Text, Among: s.Intents, Confidence: 1})
		unsure := s.Classifier.Classify(nlu.Query{Text: c.Text, Among: s.Intents, Confidence: 0.2})
		if len(sure) > 0 && len(unsure) > 0 && unsure[0].Score > sure[0].Score+1e-9 {
			t.Errorf("%q: %.3f when the recogniser was unsure, %.3f when it was sure", c.Text, unsure[0].Score, sure[0].Score)
		}
		for _, odd := range []float64{-1, 2, math.NaN(), math.Inf(1)} {
			q := nlu.Query{Text: c.Text, Among: s.Intents, Confidence: odd}
			checkRanked(t, q, s.Classifier.Classify(q))
		}
	}
}

func queries(s Setup) []nlu.Query {
	var out []nlu.Query
	for _, c := range s.Cases {
		out = append(out, nlu.Query{Text: c.Text, Among: s.Intents}, nlu.Query{Text: c.Text + " " + c.Text, Among: s.Intents},
			nlu.Query{Text: c.Text, Among: s.Intents, Confidence: 0.5})
	}
	return append(out, nlu.Query{Text: "colourless green ideas sleep furiously", Among: s.Intents}, nlu.Query{Among: s.Intents})
}

func same(a, b []nlu.Candidate) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
