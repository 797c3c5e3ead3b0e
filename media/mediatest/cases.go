package mediatest

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dialwright/dialwright/media"
)

func testHears(t *testing.T, h Harness) {
	each(t, h, func(t *testing.T, c *call) {
		const n = 30
		began := time.Now()
		for i := range n {
			pcm := frame(c.f.In, i)
			if err := c.peer.Send(pcm); err != nil {
				t.Fatal(err)
			}
			f := c.hear()
			if f.Seq != uint64(i) || f.Rate != c.f.In.Rate() || f.Lost || f.At.Before(began) || f.At.After(time.Now()) {
				t.Fatalf("frame %d is number %d, rate %d, lost %v, at %v", i, f.Seq, f.Rate, f.Lost, f.At)
			}
			if !slices.Equal(f.PCM, afterWire(c.f.In, pcm)) {
				t.Fatalf("frame %d differs from what was sent: %d… for %d…", i, f.PCM[0], pcm[0])
			}
		}
		if s := c.leg.Stats(); s.Received != n || s.Lost != 0 {
			t.Errorf("stats %+v", s)
		}
	})
}

func testSpeaks(t *testing.T, h Harness) {
	each(t, h, func(t *testing.T, c *call) {
		pcm := speech(c.f.Out, 0, 10)
		pcm = append(pcm, pcm[:c.f.Out.FrameSamples()/2]...) // and 10 ms
		p, o := playout(pcm)
		began := time.Now()
		if err := c.leg.Play(p); err != nil {
			t.Fatal(err)
		}
		for i := range 11 {
			want := make([]int16, c.f.Out.FrameSamples())
			copy(want, pcm[i*len(want):])
			if got := c.receive(); !slices.Equal(got, afterWire(c.f.Out, want)) {
				t.Fatalf("frame %d differs: %d… for %d…", i, got[0], want[0])
			}
		}
		if r := o.wait(t); !r.completed || r.played != 210*time.Millisecond {
			t.Errorf("done: %+v", r)
		}
		c.quiet(60 * time.Millisecond)
		o.once(t, 1)
		if at := o.started[0]; at.Before(began.Add(-time.Millisecond)) || at.After(began.Add(patience)) {
			t.Errorf("started at %v, asked for at %v", at, began)
		}
		if s := c.leg.Stats(); s.Sent < 11 || s.SendErrors != 0 {
			t.Errorf("stats %+v", s)
		}
	})
}

// testPaces: audio is never sent faster than it lasts, but for a bounded catch-up.
func testPaces(t *testing.T, h Harness) {
	c := newCall(t, h, h.Formats[0], "paces", nil)
	const frames = 25
	p, o := playout(speech(c.f.Out, 0, frames))
	began := time.Now()
	if err := c.leg.Play(p); err != nil {
		t.Fatal(err)
	}
	o.wait(t)
	if took := time.Since(began); took < frames*media.FrameDuration-media.FrameDuration {
		t.Errorf("%d frames were sent in %v", frames, took)
	}
}

func testReplaces(t *testing.T, h Harness) {
	each(t, h, func(t *testing.T, c *call) {
		first, second := speech(c.f.Out, 0, 20), speech(c.f.Out, 40, 5)
		for range 5 {
			first = append(first, first...)
		}
		p1, o1 := playout(first)
		p2, o2 := playout(second)
		if err := c.leg.Play(p1); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			c.receive()
		}
		if err := c.leg.Play(p2); err != nil {
			t.Fatal(err)
		}
		if r := o1.wait(t); r.completed || r.played < 60*time.Millisecond || r.played > patience {
			t.Errorf("the first is done: %+v", r)
		}
		got := c.receive()
		for !slices.Equal(got, afterWire(c.f.Out, second[:len(got)])) {
			got = c.receive() // of the first, on its way still
		}
		for i := 1; i < 5; i++ {
			if got := c.receive(); !slices.Equal(got, afterWire(c.f.Out, second[i*len(got):(i+1)*len(got)])) {
				t.Fatalf("frame %d of the second differs: %d…", i, got[0])
			}
		}
		if r := o2.wait(t); !r.completed || r.played != 100*time.Millisecond {
			t.Errorf("the second is done: %+v", r)
		}
		o1.once(t, 1)
		o2.once(t, 1)
	})
}

func testStops(t *testing.T, h Harness) {
	c := newCall(t, h, h.Formats[0], "stops", nil)
	if d := c.leg.Stop(); d != 0 {
		t.Errorf("stopping silence gives %v", d)
	}
	p, o := playout(speech(c.f.Out, 0, 500))
	if err := c.leg.Play(p); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		c.receive()
	}
	played := c.leg.Stop()
	if r := o.wait(t); r.completed || r.played != played || played < 80*time.Millisecond {
		t.Errorf("stopped after %v, done %+v", played, r)
	}
	for got := 4; got < int(played/media.FrameDuration); got++ {
		c.receive()
	}
	c.quiet(150 * time.Millisecond)
	o.once(t, 1)
	if d := c.leg.Stop(); d != 0 {
		t.Errorf("stopping again gives %v", d)
	}
}

func testWaits(t *testing.T, h Harness) {
	peer, err := h.Peer(h.Formats[0])
	if err != nil {
		t.Fatal(err)
	}
	c := &call{t: t, f: h.Formats[0], peer: peer}
	defer func() {
		if err := peer.Close(); err != nil {
			t.Error(err)
		}
	}()
	if c.leg, err = h.Transport.Open(t.Context(), media.OpenOptions{ID: "waits", Format: c.f}); err != nil {
		t.Fatal(err)
	}
	p, o := playout(speech(c.f.Out, 0, 3))
	if err := c.leg.Play(p); err != nil {
		t.Fatal(err)
	}
	c.quiet(100 * time.Millisecond)
	o.once(t, 0)
	c.leg.SetRemote(peer.Addr())
	c.leg.SetRemote(peer.Addr()) // twice is as good
	for i := range 3 {
		if got := c.receive(); !slices.Equal(got, afterWire(c.f.Out, frame(c.f.Out, i))) {
			t.Fatalf("frame %d differs: %d…", i, got[0])
		}
	}
	if r := o.wait(t); !r.completed {
		t.Errorf("done: %+v", r)
	}
	o.once(t, 1)
	c.leg.SetRemote(netip.AddrPort{}) // not an address: nothing changes
}

func testChains(t *testing.T, h Harness) {
	c := newCall(t, h, h.Formats[0], "chains", nil)
	last := make(chan error, 1)
	var play func(i int)
	play = func(i int) {
		err := c.leg.Play(media.Playout{PCM: speech(c.f.Out, i, 2), Done: func(time.Duration, bool) {
			if i == 8 {
				c.leg.Stop()
				last <- c.leg.Close()
				return
			}
			play(i + 2)
		}})
		if err != nil {
			last <- err
		}
	}
	play(0)
	for i := range 10 {
		if got := c.receive(); !slices.Equal(got, afterWire(c.f.Out, frame(c.f.Out, i))) {
			t.Fatalf("frame %d differs: %d…", i, got[0])
		}
	}
	select {
	case err := <-last:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Fatal("the chain did not end")
	}
}

func testCloses(t *testing.T, h Harness) {
	c := newCall(t, h, h.Formats[0], "closes", nil)
	p, o := playout(speech(c.f.Out, 0, 500))
	if err := c.leg.Play(p); err != nil {
		t.Fatal(err)
	}
	c.receive()
	for range 2 {
		if err := c.leg.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if r := o.wait(t); r.completed || r.played < media.FrameDuration {
		t.Errorf("done: %+v", r)
	}
	heard := len(c.in)
	for i := range 5 {
		if err := c.peer.Send(frame(c.f.In, i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.leg.Play(p); !errors.Is(err, media.ErrClosed) {
		t.Errorf("a closed leg plays: %v", err)
	}
	if d := c.leg.Stop(); d != 0 {
		t.Errorf("a closed leg is stopped after %v", d)
	}
	c.leg.SetRemote(c.peer.Addr())
	for got := 1; got < int(c.leg.Stats().Sent); got++ { // what was on its way
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, _ = c.peer.Receive(ctx)
		cancel()
	}
	c.quiet(100 * time.Millisecond)
	if len(c.in) != heard {
		t.Error("the sink was called after Close")
	}
	o.once(t, 1)
}

func testClosesTransport(t *testing.T, h Harness) {
	c := newCall(t, h, h.Formats[0], "left open", nil)
	p, o := playout(speech(c.f.Out, 0, 500))
	if err := c.leg.Play(p); err != nil {
		t.Fatal(err)
	}
	c.receive()
	for range 2 {
		if err := h.Transport.Close(); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case r := <-o.done: // before Close has returned
		if r.completed {
			t.Errorf("done: %+v", r)
		}
	default:
		t.Error("Done was not called by the time Close returned")
	}
	if err := c.leg.Play(p); !errors.Is(err, media.ErrClosed) {
		t.Errorf("a leg of a closed transport plays: %v", err)
	}
	if _, err := h.Transport.Open(t.Context(), media.OpenOptions{ID: "new"}); !errors.Is(err, media.ErrClosed) {
		t.Errorf("a closed transport opens a leg: %v", err)
	}
	if err := c.leg.Close(); err != nil {
		t.Error(err)
	}
}

func testRefuses(t *testing.T, h Harness) {
	c := newCall(t, h, h.Formats[0], "refuses", nil)
	if err := c.leg.Play(media.Playout{Done: func(time.Duration, bool) { t.Error("Done of a refused playout") }}); !errors.Is(err, media.ErrEmpty) {
		t.Errorf("nothing was played: %v", err)
	}
	o := media.OpenOptions{ID: "refuses", Format: c.f}
	if _, err := h.Transport.Open(t.Context(), o); !errors.Is(err, media.ErrDuplicate) {
		t.Errorf("an id was taken twice: %v", err)
	}
	if _, err := h.Transport.Open(t.Context(), media.OpenOptions{ID: "odd", Format: media.Format{In: 99}}); !errors.Is(err, media.ErrFormat) {
		t.Errorf("an unknown codec was taken: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Transport.Open(ended, media.OpenOptions{ID: "late"}); !errors.Is(err, context.Canceled) {
		t.Errorf("opened with an ended context: %v", err)
	}
	if err := c.leg.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := h.Transport.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("the id of a closed leg is not free: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if !h.Transport.Addr().IsValid() {
		t.Error("the transport has no address")
	}
}

func testManyLegs(t *testing.T, h Harness) {
	const legs, frames = 30, 10
	var wg sync.WaitGroup
	for n := range legs {
		f := h.Formats[n%len(h.Formats)]
		c := newCall(t, h, f, fmt.Sprintf("leg-%d", n), nil)
		in, out := frame(f.In, n), frame(f.Out, n+35)
		wg.Go(func() {
			p, o := playout(slices.Repeat(out, frames))
			if err := c.leg.Play(p); err != nil {
				t.Error(err)
				return
			}
			for range frames {
				if err := c.peer.Send(in); err != nil {
					t.Error(err)
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			for i := 0; i < frames; {
				got, err := c.peer.Receive(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				if slices.Equal(got, afterWire(f.Out, make([]int16, len(got)))) {
					continue
				}
				if i++; !slices.Equal(got, afterWire(f.Out, out)) {
					t.Errorf("leg %d received %d…", n, got[0])
				}
			}
			for range frames {
				select {
				case g := <-c.in:
					if !slices.Equal(g.PCM, afterWire(f.In, in)) {
						t.Errorf("leg %d heard %d…", n, g.PCM[0])
					}
				case <-ctx.Done():
					t.Errorf("leg %d heard too little", n)
				}
			}
			select {
			case <-o.done:
			case <-ctx.Done():
				t.Errorf("leg %d is not done", n)
			}
		})
	}
	wg.Wait()
}

// testRaces gives the race detector something to look at.
func testRaces(t *testing.T, h Harness) {
	c := newCall(t, h, h.Formats[0], "races", func(media.Frame) {})
	var mu sync.Mutex
	var calls, accepted int
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for i := range 50 {
				switch (n + i) % 4 {
				case 0, 1:
					err := c.leg.Play(media.Playout{PCM: frame(c.f.Out, i), Done: func(time.Duration, bool) {
						mu.Lock()
						defer mu.Unlock()
						calls++
					}})
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					accepted++
					mu.Unlock()
				case 2:
					c.leg.Stop()
				case 3:
					c.leg.SetRemote(c.peer.Addr())
					c.leg.Stats()
				}
			}
		})
	}
	wg.Go(func() {
		for i := range 50 {
			if err := c.peer.Send(frame(c.f.In, i)); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	if err := h.Transport.Close(); err != nil {
		t.Fatal(err)
	}
	if calls != accepted {
		t.Errorf("%d playouts, %d times Done", accepted, calls)
	}
}

func testTap(t *testing.T, h Harness) {
	f := h.Formats[0]
	tapped := make(heard, 100)
	c := newCall(t, h, f, "tap", tapped.Frame)
	p, o := playout(speech(f.Out, 0, 5))
	if err := c.leg.Play(p); err != nil {
		t.Fatal(err)
	}
	o.wait(t)
	var last media.Frame
	for i := range 5 {
		g := <-tapped
		if !slices.Equal(g.PCM, frame(f.Out, i)) || g.Rate != f.Out.Rate() {
			t.Errorf("tapped frame %d: %d… at %d Hz", i, g.PCM[0], g.Rate)
		}
		if i > 0 && (g.Seq != last.Seq+1 && !g.At.After(last.At) || g.At.Sub(last.At) < media.FrameDuration) {
			t.Errorf("tapped frame %d is number %d, %v after the one before", i, g.Seq, g.At.Sub(last.At))
		}
		last = g
	}
	deaf, err := h.Transport.Open(t.Context(), media.OpenOptions{ID: "deaf", Format: f, Remote: c.peer.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := c.peer.Send(frame(f.In, i)); err != nil {
			t.Fatal(err)
		}
	}
	deadline := time.After(patience)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deaf.Stats().Received < 3 {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("stats %+v", deaf.Stats())
		}
	}
}
