package pocketsphinx

import (
	"math"
	"slices"
	"testing"

	"github.com/dialwright/dialwright/asr"
)

func TestHypotheses(t *testing.T) {
	var h hypotheses
	for _, p := range []hypothesis{
		{"<s> here is calling </s>", -27791}, {"here is telling(2)", -28024}, {"here <sil> is calling", -28030},
		{"<sil>", -28100}, {"who is calling", -27700}, {"gear is calling", -28424},
	} {
		h.add(p.text, p.score)
	}
	if len(h) != 4 {
		t.Fatalf("hypotheses %+v", h)
	}
	got := h.besides("here is calling", 0.9, 2)
	if len(got) != 2 || got[0] != (asr.Alternative{Text: "who is calling", Confidence: 0.9}) || got[1].Text != "here is telling" ||
		math.Abs(got[1].Confidence-0.9*math.Exp(-233*0.00512)) > 1e-9 {
		t.Errorf("alternatives %+v", got)
	}
	got = h.besides("something else", 0.5, 8) // the best is not among them: what is likeliest stands for it
	if texts := []string{got[0].Text, got[3].Text}; !slices.Equal(texts, []string{"who is calling", "gear is calling"}) || got[0].Confidence != 0.5 {
		t.Errorf("alternatives %+v", got)
	}
	if got := hypotheses(nil).besides("x", 1, 8); got != nil {
		t.Errorf("of nothing: %+v", got)
	}
}
