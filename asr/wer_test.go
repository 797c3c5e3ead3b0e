package asr_test

import (
	"slices"
	"testing"

	"github.com/dialwright/dialwright/asr"
)

func TestWER(t *testing.T) {
	for _, tt := range []struct {
		ref, hyp    string
		errs, words int
	}{
		{"Yes, please!", "yes please", 0, 2},
		{"I don't know", "i don’t know", 0, 3},
		{"'quoted'", "quoted", 0, 1},
		{"call me at three", "call at three", 1, 4},
		{"call me", "please call me now", 2, 2},
		{"call me", "", 2, 2},
		{"", "noise", 1, 0},
		{"", "", 0, 0},
		{"明天三点打给我", "明天四点打我", 2, 7},
		{"a b c d", "d c b a", 4, 4},
	} {
		if errs, words := asr.WER(tt.ref, tt.hyp); errs != tt.errs || words != tt.words {
			t.Errorf("WER(%q, %q) = %d of %d; want %d of %d", tt.ref, tt.hyp, errs, words, tt.errs, tt.words)
		}
	}
}

func FuzzWER(f *testing.F) {
	f.Add("Yes, please!", "yes")
	f.Add("明天 3pm", "\xff'")
	f.Fuzz(func(t *testing.T, a, b string) {
		errs, words := asr.WER(a, b)
		back, n := asr.WER(b, a)
		if errs != back || errs > max(words, n) || errs < max(words, n)-min(words, n) {
			t.Errorf("WER(%q, %q) = %d of %d, reversed %d of %d", a, b, errs, words, back, n)
		}
		if e, _ := asr.WER(a, a); e != 0 {
			t.Errorf("%q differs from itself", a)
		}
		if w := asr.Normalize(a); !slices.Equal(w, asr.Normalize(a+" ")) {
			t.Errorf("a blank changes the words of %q", a)
		}
	})
}
