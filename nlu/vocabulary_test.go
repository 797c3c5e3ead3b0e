package nlu_test

import (
	"testing"

	"github.com/dialwright/dialwright/nlu"
)

// TestVocabulary: what a recogniser is told to expect is understood.
func TestVocabulary(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		for _, text := range nlu.TimeVocabulary(lang) {
			if _, ok := nlu.ParseTime(text, nlu.TimeOptions{Language: lang, Now: ref}); !ok {
				t.Errorf("%s: %q is no time", lang, text)
			}
		}
		for _, text := range nlu.BooleanVocabulary(lang) {
			if _, ok := nlu.ParseBoolean(text); !ok && text != "嗯" {
				t.Errorf("%s: %q is neither yes nor no", lang, text)
			}
		}
		if len(nlu.NumberVocabulary(lang)) < 15 {
			t.Errorf("%s: too few words for numbers", lang)
		}
	}
}

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b        string
		limit, want int
	}{{"say", "sya", 2, 1}, {"", "abc", 5, 3}, {"kitten", "sitting", 5, 3}, {"kitten", "sitting", 1, 2}, {"same", "same", 0, 0}, {"ab", "ba", 1, 1}} {
		if got := nlu.EditDistance(c.a, c.b, c.limit); got != c.want {
			t.Errorf("%s %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
