package call

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/dialwright/dialwright/media"
)

func TestLiveListeners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &live{}
		ctx, cancel := context.WithCancel(t.Context())
		leaves, err := subscribe(ctx, l, &l.events, 4)
		if err != nil {
			t.Fatal(err)
		}
		stays, err := subscribe(t.Context(), l, &l.events, 4)
		if err != nil {
			t.Fatal(err)
		}
		l.publish(LiveEvent{Text: "1"})
		cancel()
		synctest.Wait()
		l.publish(LiveEvent{Text: "2"})
		var got string
		for ev := range leaves {
			got += ev.Text
		}
		if got != "1" {
			t.Errorf("who left heard %q", got)
		}
		for range 10 { // one who does not read loses events, the call goes on
			l.publish(LiveEvent{Text: "x"})
		}
		if l.dropped != 8 {
			t.Errorf("%d events dropped, want 8", l.dropped)
		}
		l.end()
		n := 0
		for range stays {
			n++
		}
		if n != 4 {
			t.Errorf("who stayed heard %d events, want 4", n)
		}
		if _, err := subscribe(t.Context(), l, &l.audio, 1); !errors.Is(err, ErrNotLive) {
			t.Errorf("following an ended call: %v", err)
		}
	})
}

func TestLiveAudioIsCopied(t *testing.T) {
	l := &live{}
	frames, err := subscribe(t.Context(), l, &l.audio, 4)
	if err != nil {
		t.Fatal(err)
	}
	pcm := []int16{1, 2, 3}
	l.hear(true, media.Frame{PCM: pcm, Rate: 8000})
	pcm[0] = 99 // the transport reuses its buffer
	if f := <-frames; !f.Customer || f.Rate != 8000 || f.PCM[0] != 1 {
		t.Errorf("heard %+v", f)
	}
	if n := testing.AllocsPerRun(100, func() { (&live{}).hear(false, media.Frame{PCM: pcm}) }); n > 1 {
		t.Errorf("a call nobody hears allocates %v times a frame", n)
	}
}
