package tts_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright/tts"
)

func engines(t *testing.T) (flite, espeak tts.Synthesizer) {
	t.Helper()
	f, err := tts.NewFlite(tts.ProcessOptions{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := tts.NewEspeak(tts.ProcessOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(f.Close(), e.Close()); err != nil {
			t.Error(err)
		}
	})
	return f, e
}

func seconds(a tts.Audio) float64 { return float64(len(a.PCM)) / float64(a.Rate) }

// rms of the loud part, in dB of full scale.
func rms(pcm []int16) float64 {
	var sum, n float64
	for _, v := range pcm {
		if v > 100 || v < -100 {
			sum += float64(v) * float64(v)
			n++
		}
	}
	if n == 0 {
		return -100
	}
	return 10 * math.Log10(sum/n/(32768*32768))
}

func TestEnginesSpeak(t *testing.T) {
	flite, espeak := engines(t)
	for _, c := range []struct {
		name   string
		engine tts.Synthesizer
		req    tts.Request
	}{
		{"flite", flite, tts.Request{Text: "Hello, this is a test.", Language: "en"}},
		{"flite voice", flite, tts.Request{Text: "Hello, this is a test.", Voice: "flite/slt"}},
		{"espeak english", espeak, tts.Request{Text: "Hello, this is a test.", Language: "en-GB"}},
		{"espeak mandarin", espeak, tts.Request{Text: "您好,这里是测试电话。", Language: "zh-CN"}},
		{"espeak voice", espeak, tts.Request{Text: "您好", Voice: "espeak-ng/cmn"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := c.engine.Synthesize(t.Context(), c.req)
			if err != nil {
				t.Fatal(err)
			}
			if s := seconds(a); s < 0.3 || s > 6 || rms(a.PCM) < -40 {
				t.Errorf("%.1f s at %d Hz, %.0f dB", s, a.Rate, rms(a.PCM))
			}
		})
	}
}

func TestFasterSpeechIsShorter(t *testing.T) {
	flite, espeak := engines(t)
	for _, e := range []tts.Synthesizer{flite, espeak} {
		text := "One two three four five six seven eight nine ten."
		slow, err := e.Synthesize(t.Context(), tts.Request{Text: text, Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		fast, err := e.Synthesize(t.Context(), tts.Request{Text: text, Language: "en", Rate: 1.5})
		if err != nil {
			t.Fatal(err)
		}
		if seconds(fast) > 0.85*seconds(slow) {
			t.Errorf("%s: %.2f s at speed 1.5, %.2f s at 1", e.Name(), seconds(fast), seconds(slow))
		}
	}
}

func TestHostileTextIsOnlyText(t *testing.T) {
	flite, espeak := engines(t)
	for _, text := range []string{"-h", "--version", "$(touch x) `id`", "one\x00two\x01three", "<speak>hi</speak>", "a\nb\r\nc", "[[[[a]]", "http://x/y.flitevox"} {
		for _, e := range []tts.Synthesizer{flite, espeak} {
			a, err := e.Synthesize(t.Context(), tts.Request{Text: text, Language: "en"})
			if err != nil || seconds(a) > 20 {
				t.Errorf("%s: %q: %.1f s, %v", e.Name(), text, seconds(a), err)
			}
		}
	}
	for _, c := range []struct {
		req  tts.Request
		want error
	}{
		{tts.Request{Text: "", Language: "en"}, tts.ErrText},
		{tts.Request{Text: " \n", Language: "en"}, tts.ErrText},
		{tts.Request{Text: "\xff\xfe", Language: "en"}, tts.ErrText},
		{tts.Request{Text: "... !", Language: "en"}, tts.ErrText},
		{tts.Request{Text: "hi", Rate: 100}, tts.ErrText},
		{tts.Request{Text: "hi", Rate: math.NaN()}, tts.ErrText},
		{tts.Request{Text: "hi", Voice: "x/nobody"}, tts.ErrVoice},
		{tts.Request{Text: "hi", Voice: "x/slt+nobody"}, tts.ErrVoice},
		{tts.Request{Text: "hi", Voice: "x/en-us+nobody"}, tts.ErrVoice},
		{tts.Request{Text: "hi", Voice: "x/us-mbrola-1"}, tts.ErrVoice},
		{tts.Request{Text: "hi", Language: "qq"}, tts.ErrVoice},
		{tts.Request{Text: strings.Repeat("a", tts.MaxText+1), Language: "en"}, tts.ErrText},
		{tts.Request{Text: "hi", Voice: "x/-oops"}, tts.ErrVoice},
		{tts.Request{Text: "hi", Voice: "x/../../etc"}, tts.ErrVoice},
	} {
		for _, e := range []tts.Synthesizer{flite, espeak} {
			if _, err := e.Synthesize(t.Context(), c.req); !errors.Is(err, c.want) {
				t.Errorf("%s: %.20q %q: %v, want %v", e.Name(), c.req.Text, c.req.Voice, err, c.want)
			}
		}
	}
}

func TestMissingProgramNamesItsPackage(t *testing.T) {
	_, err := tts.NewFlite(tts.ProcessOptions{Binary: "no-such-program"})
	if !errors.Is(err, tts.ErrEngine) || !strings.Contains(err.Error(), "apt install flite") {
		t.Errorf("%v", err)
	}
}

func TestCancelEndsTheProcess(t *testing.T) {
	_, espeak := engines(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	_, err := espeak.Synthesize(ctx, tts.Request{Text: strings.Repeat("word ", 2000), Language: "en"})
	if err == nil || !strings.Contains(err.Error(), "enough") {
		t.Errorf("%v", err)
	}
}

func TestUnknownVoicesAreNamed(t *testing.T) {
	flite, _ := engines(t)
	if _, err := flite.Synthesize(t.Context(), tts.Request{Text: "hi", Voice: "flite/nobody"}); err == nil || !strings.Contains(err.Error(), "rms, slt") && !strings.Contains(err.Error(), "rms slt") {
		t.Errorf("%v", err)
	}
	_, ferr := tts.NewFlite(tts.ProcessOptions{Voice: "nobody"})
	_, eerr := tts.NewEspeak(tts.ProcessOptions{Voice: "nobody"})
	if !errors.Is(ferr, tts.ErrVoice) || !errors.Is(eerr, tts.ErrVoice) {
		t.Errorf("default voices that do not exist: %v; %v", ferr, eerr)
	}
}

func TestPhonemeBracketsAreNotObeyed(t *testing.T) {
	_, espeak := engines(t)
	say := func(text string) float64 {
		a, err := espeak.Synthesize(t.Context(), tts.Request{Text: text, Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		return seconds(a)
	}
	// As phonemes this is a short "hello"; as text it is spelt out, character by character.
	if brackets, plain := say("[[h@l'oU]]"), say("hello"); brackets < 2*plain {
		t.Errorf("%.2f s, while hello takes %.2f s: phonemes were spoken", brackets, plain)
	}
}

func TestLongTextIsSpokenInPieces(t *testing.T) {
	flite, espeak := engines(t)
	sentence := "One two three four five six seven eight nine ten. "
	for _, e := range []tts.Synthesizer{flite, espeak} {
		one, err := e.Synthesize(t.Context(), tts.Request{Text: sentence, Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		n := 4000 / len(sentence)
		many, err := e.Synthesize(t.Context(), tts.Request{Text: strings.Repeat(sentence, n), Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		if want := float64(n) * seconds(one); seconds(many) < 0.8*want || seconds(many) > 1.2*want {
			t.Errorf("%s: %.1f s for %d sentences of %.1f s", e.Name(), seconds(many), n, seconds(one))
		}
	}
}

func TestNamesHaveTheVersion(t *testing.T) {
	flite, espeak := engines(t)
	for prefix, e := range map[string]tts.Synthesizer{"flite-": flite, "espeak-ng-": espeak} {
		if version, ok := strings.CutPrefix(e.Name(), prefix); !ok || !strings.Contains(version, ".") {
			t.Errorf("name %q", e.Name())
		}
	}
}

func TestFliteSweepsWhatACrashLeft(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	old := filepath.Join(dir, "dialwright-flite-1")
	if err := os.MkdirAll(filepath.Join(old, "in"), 0o700); err != nil {
		t.Fatal(err)
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	flite, _ := engines(t)
	if _, err := flite.Synthesize(t.Context(), tts.Request{Text: "hi"}); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "dialwright-flite-*")); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
