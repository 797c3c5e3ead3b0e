package model

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// keywordTagger finds a word.
type keywordTagger string

func (k keywordTagger) Tag(text string) []Entity {
	at := strings.Index(text, string(k))
	if at < 0 {
		return nil
	}
	start := len([]rune(text[:at]))
	return []Entity{{Start: start, End: start + len([]rune(string(k))), Name: "when", Value: string(k)}}
}

func withEntities(list []Example) []Example {
	out := slices.Clone(list)
	for i := range out {
		out[i].Entities = keywordTagger("tomorrow").Tag(out[i].Text)
	}
	return out
}

func TestEvaluateHasTheFigures(t *testing.T) {
	train := withEntities(small())
	oos := []Example{{Text: "the weather is fine over the mountains"}, {Text: "烤鸭怎么做"}, {Text: "penguins cannot fly"}}
	opt := EvalOptions{Seeds: 2, TrainTagger: func(_ context.Context, list []Example, _ uint64) (Tagger, error) {
		if len(list) != len(train) {
			t.Errorf("%d examples for the tagger", len(list))
		}
		return keywordTagger("tomorrow"), nil
	}}
	r, err := Evaluate(context.Background(), train, train, oos, opt)
	if err != nil {
		t.Fatal(err)
	}
	if r.Accuracy < 0.95 || r.MacroF1 < 0.95 || *r.EntityF1 != 1 || r.ModelBytes < 1000 || r.ParseP99 < r.ParseP50 || r.TrainS <= 0 {
		t.Errorf("%+v", r)
	}
	if *r.AUROC < 0.9 || *r.OOSRecall < 0.5 || *r.InScopeAccuracy < 0.5 {
		t.Errorf("scope: auroc %v, recall %v, in scope %v", *r.AUROC, *r.OOSRecall, *r.InScopeAccuracy)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(text, &keys); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"accuracy", "accuracy_std", "macro_f1", "entity_f1", "ece", "train_s", "parse_us_p50", "parse_us_p99", "model_bytes", "auroc", "in_scope_accuracy", "oos_recall"} {
		if _, ok := keys[k]; !ok {
			t.Errorf("no %s in %s", k, text)
		}
		delete(keys, k)
	}
	if len(keys) > 0 {
		t.Errorf("unexpected keys %v", keys)
	}
}

func TestCrossValidate(t *testing.T) {
	r, err := CrossValidate(context.Background(), small(), 3, EvalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	support := 0
	for _, s := range r.Details.Intents {
		support += s.Support
	}
	if support != len(small()) {
		t.Errorf("%d sentences tested of %d", support, len(small()))
	}
	if n := len(r.Details.Coverage); n != 20 || r.Details.Coverage[n-1].Coverage != 1 || math.Abs(1-r.Details.Coverage[n-1].Risk-r.Accuracy) > 0.05 {
		t.Errorf("coverage %v with accuracy %v", r.Details.Coverage, r.Accuracy)
	}
	for _, k := range []int{0, 1, 1000} {
		if _, err := CrossValidate(context.Background(), small(), k, EvalOptions{}); err == nil {
			t.Errorf("%d parts are possible", k)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := CrossValidate(ctx, small(), 3, EvalOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := Evaluate(context.Background(), small(), nil, nil, EvalOptions{}); err == nil {
		t.Error("no test examples, no error")
	}
}

func TestMetrics(t *testing.T) {
	list := []judged{{want: "a", got: "a", score: 1}, {want: "a", got: "b", score: 0.6}, {want: "b", got: "b", score: 0.8}, {want: "b", got: "b", score: 0.8}}
	if got := accuracyOf(list); got != 0.75 {
		t.Errorf("accuracy %v", got)
	}
	scores := perIntent(list)
	if scores[0].Precision != 1 || scores[0].Recall != 0.5 || math.Abs(scores[1].Precision-2./3) > 1e-9 || scores[1].Recall != 1 {
		t.Errorf("%+v", scores)
	}
	if got := macroF1(scores); math.Abs(got-(2./3+0.8)/2) > 1e-9 {
		t.Errorf("macro F1 %v", got)
	}
	if got := calibrationError(list); math.Abs(got-(0.6+0.4)/4) > 1e-9 {
		t.Errorf("ECE %v", got)
	}
	if got := auroc([]float64{0.9, 0.5}, []float64{0.5, 0.1}); got != 0.875 {
		t.Errorf("AUROC %v", got)
	}
	if got := confusion(list); len(got) != 1 || got[0] != (Confused{"a", "b", 1}) {
		t.Errorf("confusion %v", got)
	}
	if got := percentile([]float64{1, 2, 3, 4}, 0.5); got != 2 {
		t.Errorf("median %v", got)
	}
	if got := deviation([]float64{1, 3}); math.Abs(got-math.Sqrt2) > 1e-9 {
		t.Errorf("deviation %v", got)
	}
}

func TestDuplicates(t *testing.T) {
	got := Duplicates([]Example{{Text: "Call me!", Intent: "a"}, {Text: "call me", Intent: "b"}, {Text: "call me", Intent: "b"}, {Text: "other", Intent: "a"}})
	if len(got) != 1 || got[0].Text != "Call me!" || !slices.Equal(got[0].Intents, []string{"a", "b"}) {
		t.Errorf("%+v", got)
	}
}

func TestSplitIsStratified(t *testing.T) {
	train, test := Split(small(), 0.5, 1)
	count := map[string]int{}
	for _, ex := range test {
		count[ex.Intent]++
	}
	for intent, n := range count {
		if n != 3 {
			t.Errorf("%s: %d in the test", intent, n)
		}
	}
	if len(train)+len(test) != len(small()) {
		t.Errorf("%d and %d", len(train), len(test))
	}
}

func TestExplain(t *testing.T) {
	m := trainSmall(t, Options{})
	e := m.Explain("please how much do I owe xylophone")
	if e.Intent != "how" || e.Against == "" || e.Against == "how" {
		t.Errorf("%s against %s", e.Intent, e.Against)
	}
	if !slices.Equal(e.Unknown, []string{"xylophone"}) {
		t.Errorf("unknown %q", e.Unknown)
	}
	if len(e.Nearest) == 0 || e.Nearest[0].Text != "how much do I owe you" || e.Nearest[0].Similarity <= 0 {
		t.Errorf("nearest %v", e.Nearest)
	}
	top := slices.MaxFunc(e.Words, func(a, b Decided) int { return int(1000 * (a.Weight - b.Weight)) })
	if top.Text != "how" && top.Text != "much" && top.Text != "owe" {
		t.Errorf("decided by %v", e.Words)
	}
	if len(e.Grams) == 0 || len(e.Experts) != 2 {
		t.Errorf("%+v", e)
	}
	if empty := m.Explain(""); !empty.Refused || empty.Intent != "" || len(empty.Words) != 0 {
		t.Errorf("of nothing: %+v", empty)
	}
}

func TestConceptsJoinWordsOfTheSameMeaning(t *testing.T) {
	for a, b := range map[string]string{"my card was stolen": "the cards got nicked or stolen", "还款": "还钱", "cancelling": "cancelled"} {
		x, y := conceptWords(splitWords(a)), conceptWords(splitWords(b))
		if len(x) == 0 || !slices.ContainsFunc(x, func(c string) bool { return slices.Contains(y, c) }) {
			t.Errorf("%q is %q, %q is %q", a, x, b, y)
		}
	}
}

func TestUnsureWordsAreNoSureMeaning(t *testing.T) {
	if trustIn(0) != 1 || trustIn(1) != 1 || trustIn(0.5) != 0.75 || trustIn(math.NaN()) != 1 {
		t.Error("trust in the recogniser")
	}
}
