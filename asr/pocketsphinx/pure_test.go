package pocketsphinx

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/internal/jsgf"
)

func all(string) bool { return true }

func TestCompileVocabulary(t *testing.T) {
	c, err := compile(asr.Options{Vocabulary: []string{"Yes!", "yes", "don't <b>|*;", "[unk]", "e-mail me"}}, all)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(c.text, "= ( don't b | e mail me | yes | /0.000001/ unk_AA |") {
		t.Errorf("grammar %s", c.text)
	}
	if got := strings.Join(c.words, " "); got != "b don't e mail me yes" {
		t.Errorf("words %q", got)
	}
	for _, bad := range [][]string{{"[unk]"}, make([]string, maxPhrases+1)} {
		if _, err := compile(asr.Options{Vocabulary: bad}, all); !errors.Is(err, asr.ErrRejected) {
			t.Errorf("%.3q: %v", bad, err)
		}
	}
	few := func(w string) bool { return w == "yes" || w == "please" }
	c, err = compile(asr.Options{Vocabulary: []string{"yes", "yes zork", "zork blah please", "?!", "yes please"}}, few)
	if err != nil || !strings.Contains(c.text, "= ( yes | yes please | /") || strings.Contains(c.text, "zork") {
		t.Errorf("unknown words: %v, grammar %s", err, c.text)
	}
	if got := strings.Join(c.ignored, " "); got != `"?!" blah zork` {
		t.Errorf("ignored %s", got)
	}
	if c, err := compile(asr.Options{Vocabulary: []string{"zork", "[unk]"}}, few); err != nil || c.text != "" || len(c.ignored) != 1 {
		t.Errorf("no known phrase: %+v, %v", c, err)
	}
	_, err = compile(asr.Options{Grammar: "#JSGF V1.0; grammar g; public <x> = a b c d e f g h i j k l;"}, func(w string) bool { return w == "a" })
	if !errors.Is(err, asr.ErrRejected) || !strings.Contains(err.Error(), "b, c, d, e, f, g, h, i, j, k, …") {
		t.Errorf("words missing from a grammar: %v", err)
	}
	if c, err := compile(asr.Options{}, all); err != nil || c.text != "" {
		t.Errorf("free speech: %+v, %v", c, err)
	}
}

// FuzzVocabulary: no phrase may become grammar syntax.
func FuzzVocabulary(f *testing.F) {
	f.Add("yes", "<a> | (b)*; public <c>")
	f.Add("it's 5", "\"quote\" /1/ {t} \\ é 你")
	f.Fuzz(func(t *testing.T, a, b string) {
		c, err := compile(asr.Options{Vocabulary: []string{a, b}}, all)
		if err != nil || c.text == "" {
			return // no word in it: free speech
		}
		if strings.Count(c.text, "\n") != 3 || strings.Count(c.text, ";") != 3 || strings.Count(c.text, "<") != 1 {
			t.Fatalf("grammar %q", c.text)
		}
		// The phone words have a prefix with an underscore, which no phrase can.
		for _, w := range c.words {
			if strings.ContainsAny(w, "_<>()[]{}|*+/;=\"\\ ") {
				t.Fatalf("word %q", w)
			}
		}
		if len(c.text) > jsgf.MaxBytes {
			return
		}
		if _, err := jsgf.Parse(strings.ReplaceAll(c.text, "unk_", "unk-")); err != nil && !strings.Contains(err.Error(), "has no meaning") {
			t.Fatalf("grammar %q: %v", c.text, err)
		}
	})
}

func wave(amplitude float64, d time.Duration) []int16 {
	pcm := make([]int16, int(d.Seconds()*Rate))
	for i := range pcm {
		pcm[i] = int16(amplitude * math.Sin(float64(i)*0.3))
	}
	return pcm
}

func TestGate(t *testing.T) {
	g := newGate()
	var begun []int64
	heard := 0
	feed := func(pcm []int16) {
		t.Helper()
		for len(pcm) > 0 { // odd sizes: blocks must be put together
			n := min(217, len(pcm))
			err := g.feed(pcm[:n], func(at int64) error { begun = append(begun, at); return nil },
				func(b []int16) error { heard += len(b); return nil })
			if err != nil {
				t.Fatal(err)
			}
			pcm = pcm[n:]
		}
	}
	feed(wave(30, 20*time.Second)) // a quiet line
	feed(wave(3000, 20*time.Millisecond))
	feed(wave(30, time.Second)) // that was a click
	if len(begun) != 0 || heard != 0 {
		t.Fatalf("an utterance at %v, %d samples", begun, heard)
	}
	feed(wave(3000, time.Second))
	if len(begun) != 1 || !g.open {
		t.Fatalf("speech opened %v", begun)
	}
	at := time.Duration(begun[0]) * time.Second / Rate
	if want := 21*time.Second + 20*time.Millisecond - preRoll; at < want || at > want+60*time.Millisecond {
		t.Errorf("utterance from %s; want about %s", at, want)
	}
	if got := int64(heard); got != g.samples-begun[0] {
		t.Errorf("heard %d samples of %d", got, g.samples-begun[0])
	}
	feed(wave(30, 500*time.Millisecond))
	if g.silence < 480*time.Millisecond || g.silence > 520*time.Millisecond || g.voiced < 950*time.Millisecond {
		t.Errorf("silence %s, voiced %s", g.silence, g.voiced)
	}
	if got := g.loudWithin(0, len(g.loud)); got != g.voiced {
		t.Errorf("%s of the blocks are loud, %s in all", got, g.voiced)
	}
	g.shut()
	begun = nil
	feed(wave(800, 60*time.Second)) // a noise that stays becomes background …
	if g.open {
		g.shut()
	}
	begun = nil
	feed(wave(800, 5*time.Second))
	if len(begun) != 0 {
		t.Error("a steady noise still opens utterances")
	}
	feed(wave(9000, 300*time.Millisecond)) // … which speech stands out from
	if len(begun) != 1 {
		t.Error("speech over noise opened nothing")
	}
}

func TestWords(t *testing.T) {
	loud := func(from, to int) time.Duration { return time.Duration(to-from) * frameTime }
	path := []segment{
		{word: "<sil>", end: 9},
		{word: "unk_AA", start: 10, end: 19}, {word: "unk_K", start: 20, end: 29}, // too short
		{word: "(NULL)", start: 30, end: 30},
		{word: "to(2)", start: 30, end: 49, acoustic: -10, prob: 0.5},
		{word: "++NOISE++", start: 50, end: 59},
		{word: "unk_S", start: 60, end: 79}, {word: "unk_T", start: 80, end: 99},
	}
	words := wordsOf(path, time.Second, true, loud)
	if len(words) != 2 || textOf(words) != "to [unk]" {
		t.Fatalf("words %+v", words)
	}
	if w := words[0]; w.Start != 1300*time.Millisecond || w.End != 1500*time.Millisecond || w.Confidence < 0.9 {
		t.Errorf("word %+v", w)
	}
	if w := words[1]; w.Confidence != 0 || w.Start != 1600*time.Millisecond || w.End != 2*time.Second {
		t.Errorf("unknown %+v", w)
	}
	drawn := []segment{{word: "three", end: 29}, {word: "unk_IY", start: 30, end: 59}, {word: "<sil>", start: 60, end: 90}}
	if words := wordsOf(drawn, 0, true, loud); len(words) != 1 || words[0].End != 600*time.Millisecond {
		t.Errorf("a word drawn out: %+v", words)
	}
	if words := wordsOf(drawn[1:], 0, true, loud); textOf(words) != "[unk]" {
		t.Errorf("a long sound that ends no word: %+v", words)
	}
	if w := wordsOf(path, 0, false, loud)[0]; w.Confidence != 0.5 {
		t.Errorf("free speech: confidence %g", w.Confidence)
	}
	if got := partialText("<s> unk_A unk_B to(2) [noise] unk_A unk_B unk_C unk_D unk_E"); got != "to [unk]" {
		t.Errorf("partial %q", got)
	}
}
