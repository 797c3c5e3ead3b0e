package tts_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

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
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	altered := bytes.Clone(whole)
	altered[len(altered)/2] ^= 1
	want := from.made.Load()
	for name, broken := range map[string][]byte{
		"text": []byte("RIFF broken"), "empty": {}, "cut off": whole[:len(whole)-100], "header only": whole[:44],
		"altered": altered, "longer": append(bytes.Clone(whole), 0),
	} {
		if err := os.WriteFile(files[0], broken, 0o600); err != nil {
			t.Fatal(err)
		}
		want++
		if cache(t, dir, from).Has(req) {
			t.Errorf("%s: counts as cached", name)
		}
		if _, err := cache(t, dir, from).Synthesize(t.Context(), req); err != nil || from.made.Load() != want {
			t.Errorf("%s: made %d times, want %d; %v", name, from.made.Load(), want, err)
		}
		if again, err := os.ReadFile(files[0]); err != nil || !bytes.Equal(again, whole) {
			t.Errorf("%s: the file was not made again: %v", name, err)
		}
	}
}

func TestCacheSweepsWhatACrashLeft(t *testing.T) {
	dir := t.TempDir()
	old, fresh := filepath.Join(dir, "ab", ".new-1"), filepath.Join(dir, "ab", ".new-2")
	if err := os.Mkdir(filepath.Dir(old), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{old, fresh} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	cache(t, dir, &counter{})
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old one: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("one that may be in work: %v", err)
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

// twoWaiting starts a second request while the first is under way, and waits until it waits.
func twoWaiting(t *testing.T, c *tts.Cache, first context.Context) (one, two chan error) {
	t.Helper()
	one, two = make(chan error, 1), make(chan error, 1)
	ask := func(ctx context.Context, answer chan error) {
		_, err := c.Synthesize(ctx, tts.Request{Text: "hello"})
		answer <- err
	}
	go ask(first, one)
	synctest.Wait()
	go ask(t.Context(), two)
	synctest.Wait()
	return one, two
}

func TestOneWhoGivesUpDoesNotSpoilItForOthers(t *testing.T) {
	for name, limit := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"cancelled": context.WithCancel,
		"too late": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				from := &counter{block: make(chan struct{})}
				c := cache(t, t.TempDir(), from)
				ctx, cancel := limit(t.Context())
				first, second := twoWaiting(t, c, ctx)
				if _, ends := ctx.Deadline(); !ends {
					cancel()
				}
				if err := <-first; !errors.Is(err, ctx.Err()) || ctx.Err() == nil {
					t.Errorf("who gave up: %v", err)
				}
				cancel()
				close(from.block)
				if err := <-second; err != nil {
					t.Errorf("who did not give up: %v", err)
				}
				if n := from.made.Load(); n != 1 {
					t.Errorf("synthesised %d times", n)
				}
			})
		})
	}
}

func TestWhatNobodyWaitsForEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := &counter{block: make(chan struct{})}
		c := cache(t, t.TempDir(), from)
		ctx, cancel := context.WithCancel(t.Context())
		answer := make(chan error, 1)
		go func() {
			_, err := c.Synthesize(ctx, tts.Request{Text: "hello"})
			answer <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-answer; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		synctest.Wait() // the test would hang in the end if the engine were still at it
		close(from.block)
		if _, err := c.Synthesize(t.Context(), tts.Request{Text: "hello"}); err != nil || from.made.Load() != 2 {
			t.Errorf("asked again: made %d times, %v", from.made.Load(), err)
		}
	})
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := cache(t, t.TempDir(), &counter{block: make(chan struct{})})
		first, second := twoWaiting(t, c, t.Context())
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		for _, answer := range []chan error{first, second} {
			if err := <-answer; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		if _, err := c.Synthesize(t.Context(), tts.Request{Text: "hello"}); !errors.Is(err, tts.ErrEngine) {
			t.Errorf("after Close: %v", err)
		}
	})
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
