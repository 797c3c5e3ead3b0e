//go:build unix

package ari_test

import (
	"context"
	"testing"
	"time"

	"github.com/dialwright/dialwright/ari"
)

func background(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// TestRealGap cuts the websocket under calls that ring, talk and end, with a second
// client that steers Asterisk meanwhile.
func TestRealGap(t *testing.T) {
	a := startAsterisk(t, "Web socket closed abruptly", "WebSocket read error", "Stasis app 'gap.w1' not active")
	p, url := startProxy(t, a.ARIURL)
	o := realOptions(t, a, "gap.w1")
	o.URL = url
	states := make(chan ari.State, 1000)
	o.OnState = func(s ari.State) { states <- s }
	c := dialReal(t, o)
	<-states
	hand := dialReal(t, realOptions(t, a, "hand.w1"))
	ctx := t.Context()

	ends, lives := answered(t, c, "ends", "echo", 0), answered(t, c, "lives", "echo", 0)
	leaves := answered(t, c, "leaves", "echo", 0)
	rings, answers := ringing(t, c, "rings", "ring"), ringing(t, c, "answers", "soon")
	br := c.Bridge("br")
	t.Cleanup(br.Close)
	bridgeUp(t, c, "br", "lives")
	_, err := c.Play(ctx, "lives", "pb", "tone:ring")
	must(t, err)
	await(t, lives, "PlaybackStarted")

	p.setDown(true)
	if s := <-states; s.Connected || s.Err == nil {
		t.Fatalf("state %+v", s)
	}
	for _, err := range []error{
		hand.Hangup(ctx, "ends", ""), hand.Hangup(ctx, "rings", ""), hand.StopPlayback(ctx, "pb"),
		hand.DestroyBridge(ctx, "br"), hand.Continue(ctx, "leaves", "test", "leave", 1),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	waitUp(t, hand, "answers")
	p.setDown(false)

	for _, w := range []*ari.Watch{ends, rings} {
		if ev := await(t, w, "ChannelDestroyed"); !ev.Synthetic {
			t.Errorf("%s: end %+v", w.ID(), ev)
		}
	}
	// The application is inactive when this channel is answered: Asterisk lets it go.
	t.Logf("answered while we were away: %s", await2(t, answers))
	if ev := await(t, br, "BridgeDestroyed"); !ev.Synthetic {
		t.Errorf("bridge %+v", ev)
	}
	if ev := await(t, lives, "PlaybackFinished"); !ev.Synthetic {
		t.Errorf("playback %+v", ev)
	}
	if ev := await(t, leaves, "StasisEnd"); !ev.Synthetic {
		t.Errorf("leaving %+v", ev)
	}
	goesOn(t, hand, lives, leaves)
	if st := c.Stats(); st.Reconnects != 1 || st.Malformed != 0 {
		t.Errorf("stats %+v", st)
	}
	nothingLeft(t, hand)
}

func ringing(t *testing.T, c *ari.Client, id, exten string) *ari.Watch {
	t.Helper()
	w := c.Channel(id)
	t.Cleanup(w.Close)
	if _, err := c.Originate(t.Context(), ari.OriginateRequest{ID: id, Endpoint: "Local/" + exten + "@test"}); err != nil {
		t.Fatal(err)
	}
	return w
}

// goesOn: what lived through the gap is heard of as before.
func goesOn(t *testing.T, hand *ari.Client, lives, leaves *ari.Watch) {
	t.Helper()
	ctx := t.Context()
	if err := hand.Hangup(ctx, "lives", ""); err != nil {
		t.Fatal(err)
	}
	if ev := await(t, lives, "ChannelDestroyed"); ev.Synthetic || ev.Cause == 0 {
		t.Errorf("end %+v", ev)
	}
	if err := hand.Hangup(ctx, "leaves", ""); err != nil {
		t.Fatal(err)
	}
	await(t, leaves, "ChannelDestroyed")
}

// await2 returns the next significant event of a channel.
func await2(t *testing.T, w *ari.Watch) string {
	t.Helper()
	for {
		select {
		case ev := <-w.Events():
			if ev.Type == "StasisStart" || ev.Type == "ChannelDestroyed" {
				if !ev.Synthetic {
					t.Errorf("%s: %s was not missed: %s", w.ID(), ev.Type, ev.Raw)
				}
				return ev.Type
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: neither in Stasis nor ended", w.ID())
		}
	}
}

// waitUp returns when a channel has been answered, or has gone for it.
func waitUp(t *testing.T, c *ari.Client, id string) {
	t.Helper()
	for {
		ch, err := c.GetChannel(t.Context(), id)
		if err != nil || ch.State == "Up" {
			t.Logf("%s: state %q app %s(%s), %v", id, ch.State, ch.AppName, ch.AppData, err)
			return
		}
		<-time.After(50 * time.Millisecond)
	}
}

// TestRealStall: the network swallows everything without ending the connection. To
// Asterisk the application looks alive, so a channel that is answered enters it, and
// nobody hears.
func TestRealStall(t *testing.T) {
	a := startAsterisk(t, "Error reading from web socket", "Web socket closed abruptly", "WebSocket read error")
	p, url := startProxy(t, a.ARIURL)
	o := realOptions(t, a, "stall.w1")
	o.URL, o.PingInterval, o.PongTimeout = url, 300*time.Millisecond, 2*time.Second
	o.RequestTimeout = 3 * time.Second
	c := dialReal(t, o)
	hand := dialReal(t, realOptions(t, a, "hand.w1"))
	w := c.Channel("x")
	t.Cleanup(w.Close)
	if _, err := c.Originate(t.Context(), ari.OriginateRequest{ID: "x", Endpoint: "Local/soon@test", AppArgs: "one"}); err != nil {
		t.Fatal(err)
	}
	p.stallAll()
	waitUp(t, hand, "x")
	if ev := await(t, w, "StasisStart"); !ev.Synthetic || ev.State != "Up" {
		t.Errorf("start %+v", ev)
	}
	if err := c.Hangup(t.Context(), "x", ""); err != nil {
		t.Fatal(err)
	}
	if ev := await(t, w, "ChannelDestroyed"); ev.Synthetic {
		t.Errorf("end %+v", ev)
	}
	if c.Err() != nil || c.Stats().Reconnects != 1 {
		t.Errorf("after the stall: %v %+v", c.Err(), c.Stats())
	}
	nothingLeft(t, hand)
}

func TestRealRestart(t *testing.T) {
	a := startAsterisk(t)
	o := realOptions(t, a, "restart.w1")
	states := make(chan ari.State, 1000)
	o.OnState = func(s ari.State) { states <- s }
	c := dialReal(t, o)
	<-states
	w, unasked := answered(t, c, "gone", "echo", 0), c.Channel("unasked")
	t.Cleanup(unasked.Close)
	if err := a.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := a.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ev := await(t, w, "ChannelDestroyed"); !ev.Synthetic {
		t.Errorf("end %+v", ev)
	}
	s := <-states
	for !s.Connected {
		s = <-states
	}
	if !s.Restarted {
		t.Errorf("state %+v", s)
	}
	again := answered(t, c, "again", "echo", 0)
	if err := c.Hangup(t.Context(), "again", "busy"); err != nil {
		t.Fatal(err)
	}
	await(t, again, "ChannelDestroyed")
	if n := unasked.Pending(); n != 0 {
		t.Errorf("%d events of a channel that was never asked for", n)
	}
	nothingLeft(t, c)
}

// TestRealEnds: whatever way a channel came into the application, its end is told.
func TestRealEnds(t *testing.T) {
	a := startAsterisk(t, "Event source not found: channel:") // for a moment after StasisStart
	o := realOptions(t, a, "inbound.w1")
	c, err := ari.Dial(t.Context(), o)
	must(t, err)
	defer func() { must(t, c.Close()) }()
	hand := dialReal(t, realOptions(t, a, "hand.w1"))
	ctx := t.Context()
	caller := hand.Channel("caller")
	defer caller.Close()
	_, err = hand.Originate(ctx, ari.OriginateRequest{ID: "caller", OtherID: "in", Endpoint: "Local/in@test"})
	must(t, err)
	start := <-c.Unclaimed()
	if start.Type != "StasisStart" || start.ChannelID != "in" || start.Synthetic {
		t.Fatalf("inbound %s: %s", start.Type, start.Raw)
	}
	in := c.Channel(start.ChannelID)
	defer in.Close()
	must(t, c.Answer(ctx, "in"))
	await(t, caller, "StasisStart")
	snoop := c.Channel("snoop")
	defer snoop.Close()
	_, err = c.Snoop(ctx, "in", ari.SnoopRequest{ID: "snoop", Spy: "both"})
	must(t, err)
	await(t, snoop, "StasisStart")
	must(t, hand.HangupCause(ctx, "caller", 17))
	if ev := await(t, in, "ChannelDestroyed"); ev.Synthetic || ev.Cause != 17 {
		t.Errorf("inbound end %s", ev.Raw)
	}
	await(t, snoop, "ChannelDestroyed")
	await(t, caller, "ChannelDestroyed")
	nothingLeft(t, hand)
}
