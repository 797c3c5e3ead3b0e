package tts

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"plain [1] text":                 "plain [1] text",
		"[[h@loU]] [[[x":                 "[ [h@loU]] [ [ [x",
		" a\n\tb\x00c\x01\u0085d\ufeff ": "a b c d",
		"[\n[x":                          "[ [x",
	} {
		if got := clean(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestPiecesEndWithSentences(t *testing.T) {
	text := strings.Repeat(strings.Repeat("word ", 20)+"end. ", 60)
	all := pieces(text)
	if len(all) < 4 {
		t.Fatalf("%d pieces", len(all))
	}
	for _, p := range all {
		if len(p) > pieceBytes || !strings.HasSuffix(p, "end.") {
			t.Errorf("piece of %d bytes ends in %q", len(p), p[max(0, len(p)-20):])
		}
	}
	if got := pieces(strings.Repeat("好", 1000)); len(got) != 2 || len(got[0]) != pieceBytes {
		t.Errorf("text without a blank: %d pieces", len(got))
	}
}

// FuzzText: nothing that an engine would obey stays in a text, and nothing that
// would be spoken gets lost, whole or in pieces.
func FuzzText(f *testing.F) {
	f.Add("Hello, this is a test. [[h@loU]]")
	f.Add(strings.Repeat("您好。", 600))
	f.Add(strings.Repeat("[", 1499) + "\u00e9\x00[\n[")
	f.Fuzz(func(t *testing.T, text string) {
		if (Request{Text: text}).check() != nil {
			return
		}
		got := clean(text)
		if !utf8.ValidString(got) || strings.Contains(got, "[[") || strings.IndexFunc(got, unicode.IsControl) >= 0 {
			t.Fatalf("%q became %q", text, got)
		}
		if again := clean(got); again != got {
			t.Fatalf("%q is not clean: %q", got, again)
		}
		spoken := func(r rune) rune {
			if speakable(r) {
				return r
			}
			return -1
		}
		all := pieces(got)
		if slices.ContainsFunc(all, func(p string) bool { return p == "" || len(p) > pieceBytes || !utf8.ValidString(p) }) {
			t.Fatalf("%q has pieces %q", got, all)
		}
		if want := strings.Map(spoken, text); strings.Map(spoken, strings.Join(all, "")) != want {
			t.Fatalf("%q is spoken as %q", text, all)
		}
	})
}

// FuzzCacheFile: any bytes are either damaged or exactly what was written.
func FuzzCacheFile(f *testing.F) {
	f.Add(encode(Audio{PCM: []int16{1, -2, 3}, Rate: 8000}))
	f.Add([]byte("RIFF"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := decode(data, 8000)
		if err != nil {
			if !errors.Is(err, errDamaged) {
				t.Fatal(err)
			}
			return
		}
		if len(encode(a)) != len(data) {
			t.Fatalf("%d bytes give %d samples", len(data), len(a.PCM))
		}
	})
}
