package model

import (
	"testing"
)

func TestMeasure(t *testing.T) {
	test := []Example{
		{Text: "a", Intent: "x", Entities: []Entity{{0, 1, "n", "a"}}}, {Text: "b", Intent: "x"}, {Text: "c", Intent: "y"}, {Text: "d", Intent: "y"},
	}
	answers := map[string]Answer{
		"a": {Intent: "x", Score: 1, Entities: []Entity{{0, 1, "n", "a"}}}, "b": {Intent: "x", Score: 1}, "c": {Intent: "y", Score: 1}, "d": {Intent: "x", Score: 1, Refused: true},
	}
	r, wrong, err := Measure(t.Context(), test, func(text string) Answer { return answers[text] })
	if err != nil {
		t.Fatal(err)
	}
	if r.Accuracy != 0.75 || r.ECE != 0.25 || r.EntityF1 == nil || *r.EntityF1 != 1 || len(r.Details.Confusion) != 1 {
		t.Errorf("%+v", r)
	}
	if len(wrong) != 1 || wrong[0] != (Wrong{Number: 3, Text: "d", Want: "y", Got: "x", Score: 1, Refused: true}) {
		t.Errorf("%+v", wrong)
	}
	if _, _, err := Measure(t.Context(), nil, nil); err == nil {
		t.Error("nothing was measured")
	}
}

func TestRepeats(t *testing.T) {
	got := Repeats([]Example{{Text: "a", Intent: "x"}, {Text: "a", Intent: "y"}, {Text: "b", Intent: "x"}, {Text: "a", Intent: "x"}})
	if len(got) != 1 || got[0].Text != "a" || got[0].Intent != "x" || len(got[0].Numbers) != 2 || got[0].Numbers[1] != 3 {
		t.Errorf("%+v", got)
	}
}
