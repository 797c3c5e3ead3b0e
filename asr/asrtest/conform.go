package asrtest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dialwright/dialwright/asr"
)

// patience bounds every wait of the suite; a real recogniser on a busy machine stays far below.
const patience = 60 * time.Second

// Utterance is audio and what is said in it.
type Utterance struct {
	PCM  []int16
	Text string
}

// Subject is an engine to be tested, with something to say to it.
type Subject struct {
	Engine asr.Engine
	Rate   int
	// Said is heard by every stream from its beginning, in this order.
	Said []Utterance
	// MaxWER is the word error rate allowed over all of Said; 0 for a scripted engine.
	MaxWER float64
	// Others: the engine has alternatives for at least one of Said.
	Others bool
	// BadRate is one the engine refuses; 0 when there is none.
	BadRate int
}

// Conform checks that an engine keeps what asr.Engine and asr.Stream promise. factory is called for
// each part; it closes nothing, since Conform closes the engine. The engine's queue must hold all of
// Said, because it is written faster than real time.
func Conform(t *testing.T, factory func(t *testing.T) Subject) {
	for name, check := range map[string]func(*testing.T, Subject){
		"one final per Finalize":     checkFinals,
		"silence has an empty final": checkSilence,
		"words":                      checkWords,
		"alternatives":               checkAlternatives,
		"strange phrases":            checkStrangePhrases,
		"Close gives the last words": checkLastWords,
		"after Close":                checkClosed,
		"cancelled Open":             checkCancelled,
		"a refused rate":             checkRate,
		"streams are separate":       checkParallel,
		"a slow reader":              checkSlowReader,
		"overflow":                   checkOverflow,
		"Engine.Close ends streams":  checkEngineClose,
	} {
		t.Run(name, func(t *testing.T) {
			s := factory(t)
			t.Cleanup(func() {
				if err := s.Engine.Close(); err != nil {
					t.Errorf("close engine: %v", err)
				}
			})
			check(t, s)
		})
	}
}

func open(t testing.TB, s Subject, words bool) asr.Stream {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	st, err := s.Engine.Open(ctx, asr.Options{Rate: s.Rate, Words: words})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = st.Close() }) // what it has to say was checked where it matters
	return st
}

// Say writes audio in 20 ms frames with silence around it, as a call would.
func Say(t testing.TB, st asr.Stream, rate int, pcm []int16) {
	t.Helper()
	for _, part := range [][]int16{Silence(rate, 400*time.Millisecond), pcm, Silence(rate, 300*time.Millisecond)} {
		for _, f := range Frames(rate, part) {
			if err := st.Write(f); err != nil {
				t.Fatalf("write: %v", err)
			}
		}
	}
}

func finalize(t testing.TB, st asr.Stream) {
	t.Helper()
	if err := st.Finalize(); err != nil {
		t.Fatalf("finalize: %v", err)
	}
}

// Final reads on to the next final result and counts the partials with text before it.
func Final(t testing.TB, st asr.Stream) (r asr.Result, partials int) {
	t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		select {
		case r, ok := <-st.Results():
			switch {
			case !ok:
				t.Fatal("results ended before a final one")
			case r.Err != nil:
				t.Fatalf("stream failed: %v", r.Err)
			case r.Final:
				return r, partials
			case r.Text != "":
				partials++
			}
		case <-limit.C:
			t.Fatal("no final result")
		}
	}
}

func awaitPartial(t testing.TB, st asr.Stream) {
	t.Helper()
	limit := time.After(patience)
	for {
		select {
		case r, ok := <-st.Results():
			switch {
			case !ok || r.Err != nil || r.Final:
				t.Fatalf("%+v where a partial result was due", r)
			case r.Text != "":
				return
			}
		case <-limit:
			t.Fatal("no partial result in all that speech")
		}
	}
}

// Rest closes the stream and reads what is left.
func Rest(t testing.TB, st asr.Stream) []asr.Result {
	t.Helper()
	if err := st.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	var out []asr.Result
	for r := range st.Results() {
		out = append(out, r)
	}
	return out
}

func checkFinals(t *testing.T, s Subject) {
	st := open(t, s, false)
	errs, words, seen := 0, 0, 0
	for i, u := range s.Said {
		Say(t, st, s.Rate, u.PCM)
		if seen == 0 && i == len(s.Said)-1 { // on a busy machine the finals may have overtaken all others
			awaitPartial(t, st)
			seen++
		}
		finalize(t, st)
		r, partials := Final(t, st)
		seen += partials
		e, n := asr.WER(u.Text, r.Text)
		errs, words = errs+e, words+n
		if e > 0 {
			t.Logf("said %q, understood %q", u.Text, r.Text)
		}
		if r.Words != nil || r.Alternatives != nil {
			t.Errorf("words %v or alternatives %v were not asked for", r.Words, r.Alternatives)
		}
		if r.Text != "" && (r.Confidence <= 0 || r.Confidence > 1) {
			t.Errorf("%q: confidence %g", r.Text, r.Confidence)
		}
	}
	t.Logf("%d word errors in %d words (%.1f %%)", errs, words, 100*float64(errs)/float64(words))
	if float64(errs) > s.MaxWER*float64(words) {
		t.Errorf("word error rate above %.0f %%", 100*s.MaxWER)
	}
	for _, r := range Rest(t, st) {
		if r.Final {
			t.Errorf("a final %q that no Finalize asked for", r.Text)
		}
	}
}

// checkStrangePhrases: a word that no dictionary has must not cost the caller the recogniser.
func checkStrangePhrases(t *testing.T, s Subject) {
	for name, vocabulary := range map[string][]string{
		"one of three": {s.Said[0].Text, "qxqzzk " + s.Said[0].Text, "?!"}, "all": {"qxqzzk"},
	} {
		st, err := s.Engine.Open(context.Background(), asr.Options{Rate: s.Rate, Vocabulary: vocabulary})
		if err != nil {
			t.Fatalf("%s: open: %v", name, err)
		}
		Say(t, st, s.Rate, s.Said[0].PCM)
		finalize(t, st)
		if r, _ := Final(t, st); r.Text == "" || r.Text == asr.Unknown {
			t.Errorf("%s: said %q, understood %q", name, s.Said[0].Text, r.Text)
		}
		Rest(t, st)
	}
}

func checkSilence(t *testing.T, s Subject) {
	st := open(t, s, false)
	for range 2 { // nothing at all, and again
		finalize(t, st)
	}
	Say(t, st, s.Rate, Silence(s.Rate, time.Second))
	finalize(t, st)
	for range 3 {
		if r, _ := Final(t, st); r.Text != "" || r.Confidence != 0 {
			t.Errorf("silence was understood as %q (%g)", r.Text, r.Confidence)
		}
	}
	if rest := Rest(t, st); len(rest) > 0 {
		t.Errorf("left over: %v", rest)
	}
}

func checkWords(t *testing.T, s Subject) {
	st := open(t, s, true)
	var end time.Duration
	for _, u := range s.Said {
		Say(t, st, s.Rate, u.PCM)
		finalize(t, st)
		r, _ := Final(t, st)
		if r.Text != "" && len(r.Words) == 0 {
			t.Fatalf("%q without words", r.Text)
		}
		for _, w := range r.Words {
			if w.Start < end || w.End < w.Start || w.Confidence < 0 || w.Confidence > 1 || w.Text == "" {
				t.Errorf("word %+v after %s", w, end)
			}
			end = w.Start
		}
	}
	total := 0
	for _, u := range s.Said {
		total += len(u.PCM) + s.Rate*7/10
	}
	if length := time.Duration(total) * time.Second / time.Duration(s.Rate); end == 0 || end > length {
		t.Errorf("the last word begins at %s of %s", end, length)
	}
}

// checkAlternatives: asked for them or not, the best transcript and its confidences are the same.
func checkAlternatives(t *testing.T, s Subject) {
	ask := func(n int) []asr.Result {
		st, err := s.Engine.Open(context.Background(), asr.Options{Rate: s.Rate, Words: true, Alternatives: n})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		var out []asr.Result
		for _, u := range s.Said[:min(len(s.Said), 3)] {
			Say(t, st, s.Rate, u.PCM)
			finalize(t, st)
			r, _ := Final(t, st)
			out = append(out, r)
		}
		Rest(t, st)
		return out
	}
	without, seen := ask(0), 0
	for _, n := range []int{2, 1000} {
		for i, r := range ask(n) {
			if r.Text != without[i].Text || r.Confidence != without[i].Confidence || !slices.Equal(r.Words, without[i].Words) {
				t.Errorf("with %d alternatives: %+v; without %+v", n, r, without[i])
			}
			seen += len(r.Alternatives)
			if len(r.Alternatives) > min(n, asr.MaxAlternatives) {
				t.Errorf("%d alternatives of %d", len(r.Alternatives), n)
			}
			had := map[string]bool{"": true, r.Text: true}
			for _, a := range r.Alternatives {
				if had[a.Text] || a.Confidence < 0 || a.Confidence > 1 {
					t.Errorf("%q: alternative %+v among %+v", r.Text, a, r.Alternatives)
				}
				had[a.Text] = true
			}
		}
	}
	if s.Others && seen == 0 {
		t.Error("no alternatives at all")
	}
}

func checkLastWords(t *testing.T, s Subject) {
	st := open(t, s, false)
	Say(t, st, s.Rate, s.Said[0].PCM)
	var finals []asr.Result
	for _, r := range Rest(t, st) {
		if r.Final {
			finals = append(finals, r)
		}
	}
	if len(finals) != 1 || finals[0].Text == "" {
		t.Errorf("finals after Close: %v", finals)
	}
}

func checkClosed(t *testing.T, s Subject) {
	st := open(t, s, false)
	if rest := Rest(t, st); len(rest) > 0 {
		t.Errorf("results of an unused stream: %v", rest)
	}
	if err := st.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if err := st.Write(make([]int16, 160)); !errors.Is(err, asr.ErrClosed) {
		t.Errorf("write after Close: %v", err)
	}
	if err := st.Finalize(); !errors.Is(err, asr.ErrClosed) {
		t.Errorf("finalize after Close: %v", err)
	}
}

func checkCancelled(t *testing.T, s Subject) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Engine.Open(ctx, asr.Options{Rate: s.Rate}); !errors.Is(err, context.Canceled) {
		t.Errorf("open with a cancelled context: %v", err)
	}
	st := func() asr.Stream { // the context of Open must not end the stream
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		st, err := s.Engine.Open(ctx, asr.Options{Rate: s.Rate})
		if err != nil {
			t.Fatalf("open: %v", err)
		}
		return st
	}()
	finalize(t, st)
	Final(t, st)
	Rest(t, st)
}

func checkRate(t *testing.T, s Subject) {
	if _, err := s.Engine.Open(context.Background(), asr.Options{Rate: 4}); !errors.Is(err, asr.ErrRejected) {
		t.Errorf("open at 4 Hz: %v", err)
	}
	if s.BadRate == 0 {
		return
	}
	st, err := s.Engine.Open(context.Background(), asr.Options{Rate: s.BadRate})
	if err != nil {
		if !errors.Is(err, asr.ErrRejected) {
			t.Errorf("open at %d Hz: %v", s.BadRate, err)
		}
		return
	}
	_ = st.Write(make([]int16, s.BadRate)) // may fail already
	_ = st.Finalize()
	var last asr.Result
	for r := range st.Results() {
		last = r
	}
	if !errors.Is(last.Err, asr.ErrRejected) {
		t.Errorf("stream at %d Hz ended with %+v", s.BadRate, last)
	}
	if err := st.Close(); !errors.Is(err, asr.ErrRejected) {
		t.Errorf("close of the refused stream: %v", err)
	}
}

func checkParallel(t *testing.T, s Subject) {
	const streams = 4
	texts := make([][]string, streams)
	var wg sync.WaitGroup
	for i := range streams {
		st := open(t, s, false)
		wg.Go(func() {
			for _, u := range s.Said[:min(2, len(s.Said))] {
				for _, f := range Frames(s.Rate, u.PCM) {
					if err := st.Write(f); err != nil {
						t.Errorf("write: %v", err)
						return
					}
				}
				if err := st.Finalize(); err != nil {
					t.Errorf("finalize: %v", err)
					return
				}
				for r := range st.Results() {
					if r.Err != nil {
						t.Errorf("stream %d: %v", i, r.Err)
					}
					if r.Final {
						texts[i] = append(texts[i], r.Text)
						break
					}
				}
			}
		})
	}
	wg.Wait()
	for i := range texts {
		if !slices.Equal(texts[i], texts[0]) || len(texts[i]) == 0 {
			t.Errorf("the same audio was understood as %q and %q", texts[0], texts[i])
		}
	}
}

func checkSlowReader(t *testing.T, s Subject) {
	st := open(t, s, false)
	for range 40 {
		for _, f := range Frames(s.Rate, Tone(s.Rate, 60*time.Millisecond)) {
			if err := st.Write(f); err != nil {
				t.Fatalf("write: %v", err)
			}
		}
		finalize(t, st)
	}
	for range 40 { // nothing was read until now
		Final(t, st)
	}
}

func checkOverflow(t *testing.T, s Subject) {
	st := open(t, s, false)
	if err := st.Write(make([]int16, 3600*s.Rate)); !errors.Is(err, asr.ErrOverflow) {
		t.Errorf("an hour at once: %v", err)
	}
	finalize(t, st)
	Final(t, st)
}

func checkEngineClose(t *testing.T, s Subject) {
	st := open(t, s, false)
	if err := s.Engine.Close(); err != nil {
		t.Errorf("close engine: %v", err)
	}
	for r := range st.Results() {
		t.Errorf("result %+v of an unused stream", r)
	}
	if err := st.Write(make([]int16, 160)); !errors.Is(err, asr.ErrClosed) {
		t.Errorf("write: %v", err)
	}
	if _, err := s.Engine.Open(context.Background(), asr.Options{Rate: s.Rate}); !errors.Is(err, asr.ErrClosed) {
		t.Errorf("open: %v", err)
	}
}
