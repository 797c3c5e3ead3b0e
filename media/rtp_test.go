package media_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/media/mediatest"
	"github.com/prometheus/client_golang/prometheus"
)

func newRTP(t testing.TB) *media.RTP {
	t.Helper()
	rtp, err := media.NewRTP(media.RTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rtp.Close(); err != nil {
			t.Error(err)
		}
	})
	return rtp
}

func newPeer(t testing.TB, rtp *media.RTP, f media.Format) *mediatest.RTPPeer {
	t.Helper()
	peer, err := mediatest.NewRTPPeer(f, rtp.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := peer.Close(); err != nil {
			t.Error(err)
		}
	})
	return peer
}

// until waits for something that another goroutine brings about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestRTPHeaders(t *testing.T) {
	rtp := newRTP(t)
	f := media.Format{In: media.ULaw, Out: media.SLin8}
	peer := newPeer(t, rtp, f)
	leg, err := rtp.Open(t.Context(), media.OpenOptions{ID: "a", Format: f, Remote: peer.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	receive := func() []int16 {
		pcm, err := peer.Receive(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return pcm
	}
	for i := range 5 { // silence from which Asterisk learns our address
		if pcm := receive(); pcm[0] != 0 || peer.Last.Marker != (i == 0) || peer.Last.PayloadType != 10 || len(pcm) != 160 {
			t.Fatalf("priming packet %d: %+v", i, peer.Last)
		}
	}
	done := make(chan time.Time, 1)
	for spurt := range 3 {
		before := peer.Last
		gap := time.Duration(spurt+1) * 150 * time.Millisecond
		<-time.After(gap)
		play := media.Playout{PCM: media.Beep(8000, 100*time.Millisecond), Done: func(time.Duration, bool) { done <- time.Now() }}
		if err := leg.Play(play); err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			receive()
			h := peer.Last
			if h.SequenceNumber != before.SequenceNumber+1 || h.SSRC != before.SSRC || h.Version != 2 {
				t.Fatalf("%+v after %+v", h, before)
			}
			step := h.Timestamp - before.Timestamp
			if i > 0 && (h.Marker || step != 160) {
				t.Fatalf("within a spurt: %+v after %+v", h, before)
			}
			if i == 0 && (!h.Marker || time.Duration(step)*time.Second/8000 < gap-media.FrameDuration) {
				t.Fatalf("after a pause of %v: marker %v, %d samples later", gap, h.Marker, step)
			}
			before = h
		}
		<-done
	}
}

func TestRTPCountsStrangersAndRubbish(t *testing.T) {
	rtp := newRTP(t)
	f := media.Format{}
	known, stranger := newPeer(t, rtp, f), newPeer(t, rtp, f)
	frames := make(chan media.Frame, 10)
	sink := media.SinkFunc(func(f media.Frame) { frames <- f })
	leg, err := rtp.Open(t.Context(), media.OpenOptions{ID: "a", Format: f, Remote: known.Addr(), Sink: sink})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		stranger.Send(make([]int16, 160)), stranger.SendRaw([]byte("hello")),
		known.SendRaw([]byte("rubbish")), known.SendRaw(nil), known.Send(make([]int16, 160)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	<-frames
	if s := rtp.Stats(); s.UnknownSource != 2 || s.Malformed != 2 || s.Legs != 1 || s.Total.Received != 1 {
		t.Errorf("stats %+v", s)
	}
	if s := leg.Stats(); s.Malformed != 2 || s.Received != 1 {
		t.Errorf("leg's stats %+v", s)
	}
	if err := leg.Close(); err != nil {
		t.Fatal(err)
	}
	if s := rtp.Stats(); s.Legs != 0 || s.Total.Received != 1 {
		t.Errorf("stats after the leg's end %+v", s)
	}
}

// TestRTPWaitEndsWithoutPackets: the last packet before a pause must not hang in the
// jitter buffer until the next one comes.
func TestRTPWaitEndsWithoutPackets(t *testing.T) {
	rtp := newRTP(t)
	f := media.Format{In: media.SLin16}
	peer := newPeer(t, rtp, f)
	frames := make(chan media.Frame, 10)
	sink := media.SinkFunc(func(f media.Frame) { f.PCM = nil; frames <- f })
	if _, err := rtp.Open(t.Context(), media.OpenOptions{ID: "a", Format: f, Remote: peer.Addr(), Sink: sink}); err != nil {
		t.Fatal(err)
	}
	for round := range 3 {
		if err := peer.Send(make([]int16, 320)); err != nil {
			t.Fatal(err)
		}
		peer.Header.SequenceNumber++
		peer.Header.Timestamp += 320
		sent := time.Now()
		if err := peer.Send(make([]int16, 320)); err != nil {
			t.Fatal(err)
		}
		for i, lost := range []bool{false, true, false} {
			f := <-frames
			if f.Seq != uint64(3*round+i) || f.Lost != lost {
				t.Fatalf("frame %d of round %d is number %d, lost %v", i, round, f.Seq, f.Lost)
			}
		}
		if d := time.Since(sent); d < 35*time.Millisecond {
			t.Errorf("waited %v only", d)
		}
	}
}

func TestRTPAddressGoesToTheNewLeg(t *testing.T) {
	rtp := newRTP(t)
	peer := newPeer(t, rtp, media.Format{})
	open := func(id string) (media.Leg, chan media.Frame) {
		frames := make(chan media.Frame, 10)
		leg, err := rtp.Open(t.Context(), media.OpenOptions{ID: id, Remote: peer.Addr(), Sink: media.SinkFunc(func(f media.Frame) { frames <- f })})
		if err != nil {
			t.Fatal(err)
		}
		return leg, frames
	}
	old, oldFrames := open("old")
	_, newFrames := open("new")
	if err := old.Close(); err != nil { // must not take the address away again
		t.Fatal(err)
	}
	if err := peer.Send(make([]int16, 160)); err != nil {
		t.Fatal(err)
	}
	<-newFrames
	if len(oldFrames) != 0 {
		t.Error("the old leg still hears")
	}
}

func TestRTPLegMoves(t *testing.T) {
	rtp := newRTP(t)
	first, second := newPeer(t, rtp, media.Format{}), newPeer(t, rtp, media.Format{})
	frames := make(chan media.Frame, 10)
	leg, err := rtp.Open(t.Context(), media.OpenOptions{ID: "a", Remote: first.Addr(), Sink: media.SinkFunc(func(f media.Frame) { frames <- f })})
	if err != nil {
		t.Fatal(err)
	}
	mapped := netip.AddrPortFrom(netip.AddrFrom16(second.Addr().Addr().As16()), second.Addr().Port())
	leg.SetRemote(mapped) // an IPv4 address in IPv6 notation is the same
	if err := first.Send(make([]int16, 160)); err != nil {
		t.Fatal(err)
	}
	until(t, "the old address to be a stranger", func() bool { return rtp.Stats().UnknownSource == 1 })
	if err := second.Send(make([]int16, 160)); err != nil {
		t.Fatal(err)
	}
	<-frames
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := second.Receive(ctx); err != nil {
		t.Errorf("nothing is sent to the new address: %v", err)
	}
}

func TestRTPRefusals(t *testing.T) {
	rtp := newRTP(t)
	_, err := rtp.Open(t.Context(), media.OpenOptions{ID: "a", Format: media.Format{Out: media.SLin16}})
	if err == nil || !strings.Contains(err.Error(), "ulaw, alaw or slin") {
		t.Errorf("slin16 towards Asterisk: %v", err)
	}
	if _, err := media.NewRTP(media.RTPOptions{Listen: rtp.Addr()}); err == nil || !strings.Contains(err.Error(), rtp.Addr().String()) {
		t.Errorf("a port in use: %v", err)
	}
	if _, err := media.NewRTP(media.RTPOptions{Listen: netip.MustParseAddrPort("0.0.0.0:0")}); err == nil {
		t.Error("listens on 0.0.0.0")
	}
}

// TestRTPCountsSendErrors: IPv6 from an IPv4 socket cannot be sent.
func TestRTPCountsSendErrors(t *testing.T) {
	rtp := newRTP(t)
	leg, err := rtp.Open(t.Context(), media.OpenOptions{ID: "a", Remote: netip.MustParseAddrPort("[2001:db8::1]:9")})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan bool, 1)
	if err := leg.Play(media.Playout{PCM: make([]int16, 480), Done: func(_ time.Duration, c bool) { done <- c }}); err != nil {
		t.Fatal(err)
	}
	if !<-done {
		t.Error("not completed")
	}
	if s := leg.Stats(); s.SendErrors < 3 || s.Sent != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestRTPMetrics(t *testing.T) {
	rtp := newRTP(t)
	peer := newPeer(t, rtp, media.Format{})
	leg, err := rtp.Open(t.Context(), media.OpenOptions{ID: "a", Remote: peer.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan bool, 1)
	if err := leg.Play(media.Playout{PCM: make([]int16, 1600), Done: func(time.Duration, bool) { done <- true }}); err != nil {
		t.Fatal(err)
	}
	<-done
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(rtp); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, f := range families {
		values[f.GetName()] = fmt.Sprint(f.GetMetric()[0])
	}
	if v := values["dialwright_media_legs"]; !strings.Contains(v, "gauge:{value:1}") {
		t.Errorf("legs: %s", v)
	}
	if v := values["dialwright_media_rtp_sent_total"]; !strings.Contains(v, "value:1") {
		t.Errorf("sent: %s", v)
	}
	if v := values["dialwright_media_pacer_lateness_seconds"]; !strings.Contains(v, "sample_count:") {
		t.Errorf("lateness: %s", v)
	}
}
