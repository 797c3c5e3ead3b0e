package tts_test

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dialwright/dialwright/tts"
)

// counter makes half a second of tone between silences and counts how often.
type counter struct {
	made  atomic.Int64
	fail  atomic.Bool
	block chan struct{} // nil: does not wait
}

func (c *counter) Name() string { return "counter-1" }
func (c *counter) Close() error { return nil }
func (c *counter) Synthesize(ctx context.Context, _ tts.Request) (tts.Audio, error) {
	c.made.Add(1)
	if c.block != nil {
		select {
		case <-c.block:
		case <-ctx.Done():
			return tts.Audio{}, ctx.Err()
		}
	}
	if c.fail.Load() {
		return tts.Audio{}, tts.ErrEngine
	}
	pcm := make([]int16, 32000)
	for i := 12000; i < 20000; i++ {
		pcm[i] = int16(2000 * math.Sin(float64(i)*0.3))
	}
	return tts.Audio{PCM: pcm, Rate: 16000}, nil
}

func cache(t *testing.T, dir string, from tts.Synthesizer) *tts.Cache {
	t.Helper()
	c, err := tts.NewCache(dir, from, 8000)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCacheMakesOnceAndPrepares(t *testing.T) {
	dir, from := t.TempDir(), &counter{}
	req := tts.Request{Text: "hello", Language: "en"}
	c := cache(t, dir, from)
	if c.Has(req) {
		t.Error("it has what nobody made")
	}
	a, err := c.Synthesize(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if s := seconds(a); a.Rate != 8000 || s < .55 || s > .65 {
		t.Errorf("%.2f s at %d Hz, want 0.5 s and 50 ms on both sides", s, a.Rate)
	}
	if db := rms(a.PCM); db < -21 || db > -19 {
		t.Errorf("level %.1f dB", db)
	}
	for _, again := range []*tts.Cache{c, cache(t, dir, from)} { // from memory, from disk
		b, err := again.Synthesize(t.Context(), req)
		if err != nil || len(b.PCM) != len(a.PCM) || !again.Has(req) {
			t.Errorf("again: %d samples, %v", len(b.PCM), err)
		}
	}
	if n := from.made.Load(); n != 1 {
		t.Errorf("synthesised %d times", n)
	}
	if _, err := c.Synthesize(t.Context(), tts.Request{Text: "hello", Language: "en", Rate: 2}); err != nil || from.made.Load() != 2 {
		t.Errorf("another speed is the same audio: %v", err)
	}
}

func TestCacheRemakesABrokenFile(t *testing.T) {
	dir, from := t.TempDir(), &counter{}
	req := tts.Request{Text: "hello"}
	if _, err := cache(t, dir, from).Synthesize(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.wav"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	if err := os.WriteFile(files[0], []byte("RIFF broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := cache(t, dir, from).Synthesize(t.Context(), req); err != nil || from.made.Load() != 2 {
		t.Errorf("made %d times, %v", from.made.Load(), err)
	}
}

func TestCacheSharesWork(t *testing.T) {
	from := &counter{block: make(chan struct{})}
	c := cache(t, t.TempDir(), from)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if _, err := c.Synthesize(t.Context(), tts.Request{Text: "hello"}); err != nil {
				t.Error(err)
			}
		})
	}
	close(from.block)
	wait.Wait()
	if n := from.made.Load(); n != 1 {
		t.Errorf("synthesised %d times", n)
	}
}

func TestOneWhoGivesUpDoesNotSpoilItForOthers(t *testing.T) {
	from := &counter{block: make(chan struct{})}
	c := cache(t, t.TempDir(), from)
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error)
	go func() {
		_, err := c.Synthesize(ctx, tts.Request{Text: "hello"})
		first <- err
	}()
	for from.made.Load() == 0 {
		continue
	}
	second := make(chan error)
	go func() {
		_, err := c.Synthesize(t.Context(), tts.Request{Text: "hello"})
		second <- err
	}()
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up: %v", err)
	}
	close(from.block)
	if err := <-second; err != nil {
		t.Errorf("who did not give up: %v", err)
	}
}

func TestPrepareReportsFailure(t *testing.T) {
	from := &counter{}
	c := cache(t, t.TempDir(), from)
	all := []tts.Request{{Text: "a"}, {Text: "b"}, {Text: "c"}, {Text: "a"}}
	var told atomic.Int64
	if err := tts.Prepare(t.Context(), c, all, func(_, total int) { told.Add(1) }); err != nil || told.Load() != 4 || from.made.Load() != 3 {
		t.Errorf("told %d, made %d, %v", told.Load(), from.made.Load(), err)
	}
	from.fail.Store(true)
	if err := tts.Prepare(t.Context(), c, []tts.Request{{Text: "d"}}, nil); !errors.Is(err, tts.ErrEngine) {
		t.Errorf("%v", err)
	}
}

func TestRouter(t *testing.T) {
	a, b := &counter{}, &counter{}
	r, err := tts.NewRouter(map[string]tts.Synthesizer{"a": a, "b": b}, map[string]string{"en": "a/x", "zh": "b/y"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		req  tts.Request
		want *counter
	}{
		{tts.Request{Text: "x", Language: "en-US"}, a}, {tts.Request{Text: "x", Language: "zh_CN"}, b},
		{tts.Request{Text: "x", Language: "en", Voice: "b/z"}, b},
	} {
		before := c.want.made.Load()
		if _, err := r.Synthesize(t.Context(), c.req); err != nil || c.want.made.Load() != before+1 {
			t.Errorf("%+v: %v", c.req, err)
		}
	}
	for _, req := range []tts.Request{{Text: "x", Language: "fr"}, {Text: "x", Voice: "c/x"}, {Text: "x", Voice: "x"}} {
		if _, err := r.Synthesize(t.Context(), req); !errors.Is(err, tts.ErrVoice) {
			t.Errorf("%+v: %v", req, err)
		}
	}
	if _, err := tts.NewRouter(map[string]tts.Synthesizer{"a": a}, map[string]string{"en": "q/x"}); !errors.Is(err, tts.ErrVoice) {
		t.Errorf("a default that no engine has: %v", err)
	}
}
