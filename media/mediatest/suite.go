package mediatest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dialwright/dialwright/media"
)

// patience bounds every wait of the suite; nothing is asserted about how much of it
// is used.
const patience = 10 * time.Second

// Harness is what the suite is run with.
type Harness struct {
	// Transport is new for each test; the suite closes it.
	Transport media.Transport
	// Peer makes a far end for a leg of the transport; the suite closes it.
	Peer func(media.Format) (Peer, error)
	// Formats are those that the transport carries.
	Formats []media.Format
}

// Run checks that a transport keeps the contract of media.Transport. Each test is
// given a harness of its own.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for name, test := range map[string]func(*testing.T, Harness){
		"hears in order":                      testHears,
		"speaks":                              testSpeaks,
		"paces":                               testPaces,
		"replaces":                            testReplaces,
		"stops":                               testStops,
		"waits for the address":               testWaits,
		"goes on from within Done":            testChains,
		"closes a leg":                        testCloses,
		"closes the transport":                testClosesTransport,
		"refuses":                             testRefuses,
		"keeps legs apart":                    testManyLegs,
		"is used by many goroutines at once":  testRaces,
		"hears without sink, speaks to a tap": testTap,
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			t.Cleanup(func() {
				if err := h.Transport.Close(); err != nil {
					t.Error(err)
				}
			})
			test(t, h)
		})
	}
}

// heard is a sink that hands copies of frames on.
type heard chan media.Frame

func (h heard) Frame(f media.Frame) {
	f.PCM = slices.Clone(f.PCM)
	select {
	case h <- f:
	default: // a test that does not look
	}
}

// call is a leg with its far end.
type call struct {
	t    *testing.T
	f    media.Format
	leg  media.Leg
	peer Peer
	in   heard
}

func newCall(t *testing.T, h Harness, f media.Format, id string, tap func(media.Frame)) *call {
	t.Helper()
	c := &call{t: t, f: f, in: make(heard, 1000)}
	var err error
	if c.peer, err = h.Peer(f); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.peer.Close(); err != nil {
			t.Error(err)
		}
	})
	c.leg, err = h.Transport.Open(t.Context(), media.OpenOptions{ID: id, Format: f, Remote: c.peer.Addr(), Sink: c.in, OutTap: tap})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// speech is n frames, each of one value, none silent.
func speech(c media.Codec, from, n int) []int16 {
	var pcm []int16
	for i := range n {
		pcm = append(pcm, frame(c, from+i)...)
	}
	return pcm
}

func frame(c media.Codec, i int) []int16 {
	pcm := make([]int16, c.FrameSamples())
	for k := range pcm {
		pcm[k] = int16(400 * (1 + i%75))
	}
	return pcm
}

// afterWire is what a frame is after having been encoded and decoded.
func afterWire(c media.Codec, pcm []int16) []int16 { return c.Decode(nil, c.Encode(nil, pcm)) }

// receive is the next frame that is not silence.
func (c *call) receive() []int16 {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	quiet := afterWire(c.f.Out, make([]int16, c.f.Out.FrameSamples()))
	for {
		pcm, err := c.peer.Receive(ctx)
		if err != nil {
			c.t.Fatalf("nothing was received: %v", err)
		}
		if !slices.Equal(pcm, quiet) {
			return pcm
		}
	}
}

// quiet checks that nothing but silence is received for a while.
func (c *call) quiet(d time.Duration) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), d)
	defer cancel()
	quiet := afterWire(c.f.Out, make([]int16, c.f.Out.FrameSamples()))
	for {
		pcm, err := c.peer.Receive(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			return
		}
		if err != nil {
			c.t.Fatal(err)
		}
		if !slices.Equal(pcm, quiet) {
			c.t.Fatalf("received %d… where silence was due", pcm[0])
		}
	}
}

// hear is the next frame of the sink.
func (c *call) hear() media.Frame {
	c.t.Helper()
	select {
	case f := <-c.in:
		return f
	case <-time.After(patience):
		c.t.Fatal("the sink was given nothing")
		return media.Frame{}
	}
}

// outcome is what a playout's functions were told.
type outcome struct {
	mu      sync.Mutex
	started []time.Time
	done    chan result
}

type result struct {
	played    time.Duration
	completed bool
}

// playout is a Playout that remembers.
func playout(pcm []int16) (media.Playout, *outcome) {
	o := &outcome{done: make(chan result, 10)}
	return media.Playout{
		PCM: pcm,
		Started: func(at time.Time) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.started = append(o.started, at)
		},
		Done: func(played time.Duration, completed bool) { o.done <- result{played, completed} },
	}, o
}

// wait is what Done was told.
func (o *outcome) wait(t *testing.T) result {
	t.Helper()
	select {
	case r := <-o.done:
		return r
	case <-time.After(patience):
		t.Fatal("Done was not called")
		return result{}
	}
}

// once checks, when all is over, that Done was not called again and Started as often
// as it should have been.
func (o *outcome) once(t *testing.T, started int) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.done) != 0 || len(o.started) != started {
		t.Errorf("Done was called %d times too often, Started %d times instead of %d", len(o.done), len(o.started), started)
	}
}

// each runs a test for every format of a transport.
func each(t *testing.T, h Harness, test func(*testing.T, *call)) {
	for _, f := range h.Formats {
		t.Run(f.String(), func(t *testing.T) {
			c := newCall(t, h, f, fmt.Sprintf("leg-%s", f), nil)
			test(t, c)
			if err := c.leg.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
