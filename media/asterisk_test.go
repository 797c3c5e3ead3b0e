//go:build unix

package media_test

import (
	"context"
	"math"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/internal/asterisktest"
	"github.com/dialwright/dialwright/media"
)

// external is an externalMedia channel of a real Asterisk and the leg behind it.
type external struct {
	leg media.Leg
	mu  sync.Mutex
	// tones is how long each of the two tones of the test has been heard.
	tones map[float64]time.Duration
	lost  int
	rate  int
}

func (e *external) Frame(f media.Frame) {
	level, hz := media.Tonal(f.PCM, f.Rate)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.rate = f.Rate
	if f.Lost {
		e.lost++
	}
	for known := range e.tones {
		if level > -30 && math.Abs(hz-known) < 20 {
			e.tones[known] += media.FrameDuration
		}
	}
}

func (e *external) heard(hz float64) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.tones[hz]
}

func newExternal(t *testing.T, c *ari.Client, rtp *media.RTP, id string, f media.Format, rec func(media.Frame)) *external {
	t.Helper()
	w := c.Channel(id)
	t.Cleanup(w.Close)
	ch, err := c.ExternalMedia(t.Context(), ari.ExternalMediaRequest{
		ID: id, ExternalHost: rtp.Addr().String(), Format: f.In.String(), MaxDuration: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	e := &external{tones: map[float64]time.Duration{450: 0, 1004: 0}}
	e.leg, err = rtp.Open(t.Context(), media.OpenOptions{ID: id, Format: f, Remote: ch.Local, Sink: e, OutTap: rec})
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.After(20 * time.Second)
	for {
		select {
		case ev, ok := <-w.Events():
			if !ok || ev.Type == "ChannelDestroyed" {
				t.Fatalf("%s ended before it had begun", id)
			}
			if ev.Type == "StasisStart" {
				return e
			}
		case <-deadline:
			t.Fatalf("%s does not enter Stasis", id)
		}
	}
}

// TestAsterisk plays a tone into each of two externalMedia channels that share a bridge,
// and listens at the other: the audio of both directions passes a real Asterisk.
func TestAsterisk(t *testing.T) {
	pbx := asterisktest.Start(t, asterisktest.Options{})
	c, err := ari.Dial(t.Context(), ari.Options{URL: pbx.ARIURL, Username: pbx.User, Password: pbx.Password, App: "media.test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	go func() { // nobody else reads it; it ends with the client
		for range c.Unclaimed() {
		}
	}()
	for name, f := range map[string]media.Format{
		"ulaw":   {In: media.ULaw, Out: media.ULaw},
		"alaw":   {In: media.ALaw, Out: media.ALaw},
		"slin":   {In: media.SLin8, Out: media.SLin8},
		"slin16": {In: media.SLin16, Out: media.ULaw},
	} {
		t.Run(name, func(t *testing.T) { bothWays(t, c, name, f) })
	}
}

func bothWays(t *testing.T, c *ari.Client, name string, f media.Format) {
	rtp := newRTP(t)
	path := filepath.Join(t.TempDir(), "call.wav")
	rec, err := media.OpenRecorder(path, 8000, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	one := newExternal(t, c, rtp, name+"-media-1", f, rec.WriteRight)
	two := newExternal(t, c, rtp, name+"-media-2", f, rec.WriteLeft)
	bridge := name + "-br"
	if _, err := c.CreateBridge(t.Context(), bridge, "mixing"); err != nil {
		t.Fatal(err)
	}
	defer func() { // the test's context is over by then if it failed
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		for _, id := range []string{name + "-media-1", name + "-media-2"} {
			if err := c.Hangup(ctx, id, "normal"); err != nil {
				t.Error(err)
			}
		}
		if err := c.DestroyBridge(ctx, bridge); err != nil {
			t.Error(err)
		}
	}()
	if err := c.AddToBridge(t.Context(), bridge, name+"-media-1", name+"-media-2"); err != nil {
		t.Fatal(err)
	}
	const length = 2 * time.Second
	var done sync.WaitGroup
	for hz, e := range map[float64]*external{1004: one, 450: two} {
		done.Add(1)
		pcm := media.Tone(f.Out.Rate(), length, media.Component{Hz: hz, Level: -10})
		if err := e.leg.Play(media.Playout{PCM: pcm, Done: func(time.Duration, bool) { done.Done() }}); err != nil {
			t.Fatal(err)
		}
	}
	done.Wait()
	enough := length - 200*time.Millisecond
	until(t, "both tones to have come through Asterisk", func() bool { return one.heard(450) >= enough && two.heard(1004) >= enough })
	for n, e := range map[string]*external{"one": one, "two": two} {
		s := e.leg.Stats()
		if s.UnknownPayload != 0 || s.Malformed != 0 || s.SendErrors != 0 || s.Lost != 0 || e.rate != f.In.Rate() {
			t.Errorf("leg %s at %d Hz: %+v", n, e.rate, s)
		}
	}
	if one.heard(1004) > 0 || two.heard(450) > 0 {
		t.Error("a leg hears itself")
	}
	if err := rec.Close(); err != nil {
		t.Fatal(err)
	}
	checkRecording(t, path)
}

func checkRecording(t *testing.T, path string) {
	t.Helper()
	a, err := media.ReadWAV(path)
	if err != nil {
		t.Fatal(err)
	}
	for channel, hz := range []float64{450, 1004} {
		pcm := a.Channels[channel]
		if _, share := media.TonePower(pcm[len(pcm)/2:], 8000, hz); share < 0.5 {
			t.Errorf("channel %d of the recording has %.2f of its power at %v Hz", channel, share, hz)
		}
	}
}
