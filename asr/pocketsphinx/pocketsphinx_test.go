//go:build pocketsphinx

package pocketsphinx_test

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/asrtest"
	"github.com/dialwright/dialwright/asr/pocketsphinx"
	"github.com/dialwright/dialwright/asr/voskserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shared keeps a backend's Close from ending what other parts of a suite still use.
type shared struct{ voskserver.Backend }

func (shared) Close() error { return nil }

func backend(t testing.TB, streams int) voskserver.Backend {
	t.Helper()
	b, err := pocketsphinx.New(pocketsphinx.Options{Streams: streams})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

var sentences = []string{
	"yes please", "i would like to speak to a person", "no i am not interested", "can you repeat that please",
	"who is calling", "you have the wrong number", "please do not call me again", "next monday is fine",
	"i already paid the bill last week", "i want to cancel my order",
}

func spoken(t testing.TB) []asrtest.Utterance {
	var out []asrtest.Utterance
	for _, s := range sentences {
		out = append(out, asrtest.Utterance{PCM: asrtest.Speech(t, s), Text: s})
	}
	return out
}

func TestConforms(t *testing.T) {
	b := backend(t, 4)
	said := spoken(t)
	asrtest.Conform(t, func(t *testing.T) asrtest.Subject {
		url := asrtest.ServeVosk(t, shared{b}, voskserver.Options{})
		return asrtest.Subject{
			Engine: asr.NewVosk(asr.VoskOptions{URL: url, Queue: 2 * time.Minute, CloseTimeout: time.Minute, ReplyTimeout: time.Minute}),
			Rate:   16000, Said: said, MaxWER: 0.20, BadRate: 8000, Others: true,
		}
	})
}

// say gives the final result for a sentence, and the longest pause a caller would have waited for it.
func say(t testing.TB, r voskserver.Recognizer, pcm []int16) asr.Result {
	t.Helper()
	for _, part := range [][]int16{asrtest.Silence(16000, 400*time.Millisecond), pcm, asrtest.Silence(16000, 300*time.Millisecond)} {
		for _, f := range asrtest.Frames(16000, part) {
			if _, err := r.Write(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	res, err := r.Finalize()
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func recognizer(t testing.TB, b voskserver.Backend, o asr.Options) voskserver.Recognizer {
	t.Helper()
	o.Rate = 16000
	r, err := b.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func TestVocabulary(t *testing.T) {
	r := recognizer(t, backend(t, 1), asr.Options{Vocabulary: []string{
		"Yes", "no", "no, thank you", "call me back", "tomorrow", "speak to a human", "Can you repeat that?",
	}})
	for said, want := range map[string]string{
		"yes":                                    "yes",
		"no":                                     "no",
		"no thank you":                           "no thank you",
		"call me back tomorrow":                  "call me back tomorrow",
		"can you repeat that":                    "can you repeat that",
		"the red car is parked behind the house": asr.Unknown,
		"yes i suppose that would be alright":    "yes " + asr.Unknown,
		"i already paid the bill last week":      asr.Unknown,
	} {
		res := say(t, r, asrtest.Speech(t, said))
		t.Logf("said %q: %q %.2f %+v", said, res.Text, res.Confidence, res.Words)
		if strings.Contains(want, asr.Unknown) {
			if !strings.Contains(res.Text, asr.Unknown) || res.Text == asr.Unknown && res.Confidence != 0 {
				t.Errorf("said %q: understood %q with confidence %.2f", said, res.Text, res.Confidence)
			}
		} else if res.Text != want || res.Confidence < 0.6 {
			t.Errorf("said %q: understood %q with confidence %.2f", said, res.Text, res.Confidence)
		}
	}
}

func TestGrammar(t *testing.T) {
	const grammar = `#JSGF V1.0;
		grammar pay;
		public <answer> = [i (can|will)] pay [<amount> dollars] {pay} <day>;
		<amount> = two hundred | fifty;
		<day> = on friday | today | next week;`
	r := recognizer(t, backend(t, 1), asr.Options{Grammar: grammar})
	for said, want := range map[string]string{
		"i will pay two hundred dollars on friday": "i will pay two hundred dollars on friday",
		"i can pay today":                          "i can pay today",
		"the red car is parked":                    asr.Unknown,
	} {
		if res := say(t, r, asrtest.Speech(t, said)); res.Text != want {
			t.Errorf("said %q: understood %q (%.2f)", said, res.Text, res.Confidence)
		}
	}
	if err := r.Configure(asr.Options{Vocabulary: []string{"yes", "no"}}); err != nil {
		t.Fatal(err)
	}
	if res := say(t, r, asrtest.Speech(t, "yes")); res.Text != "yes" {
		t.Errorf("after switching to a vocabulary: %+v", res)
	}
	for range 2 { // more grammars than a decoder keeps, twice round
		for i := range 20 {
			if err := r.Configure(asr.Options{Vocabulary: []string{"yes", "no", sentences[i%len(sentences)], strings.Fields("one two three")[i%3]}}); err != nil {
				t.Fatal(err)
			}
			if res := say(t, r, asrtest.Speech(t, "yes")); res.Text != "yes" {
				t.Errorf("grammar %d: %+v", i, res)
			}
		}
	}
	if err := r.Configure(asr.Options{}); err != nil {
		t.Fatal(err)
	}
	if res := say(t, r, asrtest.Speech(t, "the red car is parked")); strings.Contains(res.Text, asr.Unknown) || res.Text == "" {
		t.Errorf("back to free speech: %+v", res)
	}
}

// TestAlternatives: free speech has them and they cost next to nothing, however long it was; a
// vocabulary has none.
func TestAlternatives(t *testing.T) {
	b := backend(t, 1)
	r := recognizer(t, b, asr.Options{Alternatives: 3})
	long := asrtest.Speech(t, strings.Join(sentences, " "))
	for _, pcm := range [][]int16{asrtest.Speech(t, "who is calling"), asrtest.Speech(t, "you have the wrong number"), long} {
		res := say(t, r, pcm)
		t.Logf("%q %.2f: %+v", res.Text, res.Confidence, res.Alternatives)
		if len(res.Alternatives) != 3 {
			t.Errorf("%q: alternatives %+v", res.Text, res.Alternatives)
		}
		for i, a := range res.Alternatives {
			if a.Confidence <= 0 || a.Confidence > res.Confidence || i > 0 && a.Confidence > res.Alternatives[i-1].Confidence {
				t.Errorf("%q %.2f: alternative %+v", res.Text, res.Confidence, a)
			}
		}
	}
	for _, o := range []asr.Options{{Alternatives: 3, Vocabulary: []string{"yes", "no thank you"}}, {}} {
		if err := r.Configure(o); err != nil {
			t.Fatal(err)
		}
		if res := say(t, r, asrtest.Speech(t, "no thank you")); res.Text != "no thank you" || res.Alternatives != nil {
			t.Errorf("%+v: %+v", o, res)
		}
	}
}

// BenchmarkAlternatives is what they add to the final result of a quarter of a minute of speech.
func BenchmarkAlternatives(b *testing.B) {
	pcm := asrtest.Speech(b, strings.Join(sentences, " "))
	for _, n := range []int{0, 8} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			r := recognizer(b, backend(b, 1), asr.Options{Alternatives: n})
			var took time.Duration
			for b.Loop() {
				for _, f := range asrtest.Frames(16000, pcm) {
					if _, err := r.Write(f); err != nil {
						b.Fatal(err)
					}
				}
				started := time.Now()
				if _, err := r.Finalize(); err != nil {
					b.Fatal(err)
				}
				took += time.Since(started)
			}
			b.ReportMetric(took.Seconds()*1000/float64(b.N), "final-ms")
		})
	}
}

// A decoder on loan for the second time must hear as if for the first.
func TestStreamsStartAfresh(t *testing.T) {
	b := backend(t, 1)
	pcm := asrtest.Speech(t, sentences[1])
	var first asr.Result
	for i := range 3 {
		r, err := b.Open(context.Background(), asr.Options{Rate: 16000})
		if err != nil {
			t.Fatal(err)
		}
		res := say(t, r, pcm)
		if i == 0 {
			first = res
		}
		if res.Text != first.Text || res.Confidence != first.Confidence || res.Words[0] != first.Words[0] {
			t.Errorf("loan %d: %+v; first %+v", i, res, first)
		}
		for _, f := range asrtest.Frames(16000, asrtest.Speech(t, "what is this about")) { // and leave in mid-utterance
			for j := range f {
				f[j] /= 4
			}
			if _, err := r.Write(f); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEndpointAndLongSilence(t *testing.T) {
	r := recognizer(t, backend(t, 1), asr.Options{Words: true})
	for _, f := range asrtest.Frames(16000, asrtest.Silence(16000, 5*time.Minute)) {
		if res, err := r.Write(f); err != nil || res.Text != "" || res.Final {
			t.Fatalf("silence: %+v, %v", res, err)
		}
	}
	var finals []asr.Result
	audio := append(asrtest.Speech(t, "yes please"), asrtest.Silence(16000, 2*time.Second)...)
	for _, f := range asrtest.Frames(16000, audio) {
		res, err := r.Write(f)
		if err != nil {
			t.Fatal(err)
		}
		if res.Final {
			finals = append(finals, res)
		}
	}
	if len(finals) != 1 || finals[0].Text != "yes please" {
		t.Fatalf("finals: %+v", finals)
	}
	if at := finals[0].Words[0].Start; at < 5*time.Minute || at > 5*time.Minute+400*time.Millisecond {
		t.Errorf("the first word begins at %s", at)
	}
	if res, err := r.Finalize(); err != nil || !res.Final || res.Text != "" {
		t.Errorf("finalize after the endpoint: %+v, %v", res, err)
	}
}

func TestRefusals(t *testing.T) {
	b := backend(t, 1)
	for name, tt := range map[string]struct {
		o    asr.Options
		says string
	}{
		"narrow band":  {asr.Options{Rate: 8000}, "16000 Hz only"},
		"nothing":      {asr.Options{Rate: 16000, Vocabulary: []string{asr.Unknown}}, "no phrase"},
		"bad grammar":  {asr.Options{Rate: 16000, Grammar: "#JSGF V1.0;\ngrammar g;\npublic <a> = yes | ;"}, "line 3, column 20"},
		"word missing": {asr.Options{Rate: 16000, Grammar: "#JSGF V1.0; grammar g; public <a> = yes | qwertz;"}, "qwertz"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.Open(context.Background(), tt.o)
			if !errors.Is(err, asr.ErrRejected) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v; want a rejection saying %q", err, tt.says)
			}
		})
	}
	r := recognizer(t, b, asr.Options{})
	_ = r
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.Open(ctx, asr.Options{Rate: 16000}); !errors.Is(err, asr.ErrUnavailable) {
		t.Errorf("one stream too many: %v", err)
	}
	if _, err := pocketsphinx.New(pocketsphinx.Options{ModelDir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "pocketsphinx-en-us") {
		t.Errorf("without a model: %v", err)
	}
}

func TestUnknownWordsAreIgnored(t *testing.T) {
	var log bytes.Buffer
	b, err := pocketsphinx.New(pocketsphinx.Options{Streams: 1, Logger: zerolog.New(&log)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}()
	r := recognizer(t, b, asr.Options{Vocabulary: []string{"yes", "no thank you", "Dialwrighting flows", "您好", "?!"}})
	if res := say(t, r, asrtest.Speech(t, "no thank you")); res.Text != "no thank you" {
		t.Errorf("the phrases that are left: %+v", res)
	}
	for range 2 {
		if err := r.Configure(asr.Options{Vocabulary: []string{"dialwrighting", "qwertz"}}); err != nil {
			t.Fatal(err)
		}
		if res := say(t, r, asrtest.Speech(t, "no thank you")); res.Text != "no thank you" {
			t.Errorf("free speech, since no phrase is left: %+v", res)
		}
	}
	for _, word := range []string{"dialwrighting", "您", "qwertz", "?!"} {
		if n := strings.Count(log.String(), word); n != 1 {
			t.Errorf("%s is named %d times in %s", word, n, log.String())
		}
	}
}

func TestManyStreamsAtOnce(t *testing.T) {
	b := backend(t, 3)
	pcm := asrtest.Speech(t, "no thank you")
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range 3 {
				r, err := b.Open(context.Background(), asr.Options{Rate: 16000, Vocabulary: []string{"yes", "no thank you"}})
				if err != nil {
					t.Error(err)
					return
				}
				if res := say(t, r, pcm); res.Text != "no thank you" {
					t.Errorf("understood %q", res.Text)
				}
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
