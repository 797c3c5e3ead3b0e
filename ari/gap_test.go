package ari_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/ari/aritest"
)

func back(t *testing.T, c *ari.Client) *ari.Reconnected {
	t.Helper()
	re, ok := next(t, c.Unclaimed(), ari.TypeReconnected).V6.(*ari.Reconnected)
	if !ok {
		t.Fatal("Reconnected of another type")
	}
	return re
}

// TestGap lets everything happen that can happen unseen.
func TestGap(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		ended, lives, answered := originate(t, c, "ended"), originate(t, c, "lives"), originate(t, c, "answered")
		left, unasked := originate(t, c, "left"), c.Channel("unasked")
		s.Answer("lives")
		next(t, lives.Events(), "ChannelStateChange")
		next(t, lives.Events(), "StasisStart")
		s.Answer("left")
		next(t, left.Events(), "ChannelStateChange")
		next(t, left.Events(), "StasisStart")
		if _, err := c.Play(t.Context(), "lives", "pb", "sound:hello"); err != nil {
			t.Fatal(err)
		}
		next(t, lives.Events(), "PlaybackStarted")
		br := c.Bridge("b")
		if _, err := c.CreateBridge(t.Context(), "b", "mixing"); err != nil {
			t.Fatal(err)
		}

		s.Cut()
		s.Vanish("ended")
		s.VanishBridge("b")
		s.FinishPlayback("pb", true)
		s.AddChannel(aritest.Channel{ID: "answered", State: "Up", Stasis: true, App: "camp.w1", AppArgs: "a,b"})
		s.AddChannel(aritest.Channel{ID: "left", State: "Up", App: "camp.w1"})
		s.AddChannel(aritest.Channel{ID: "inbound", State: "Ring", Stasis: true, App: "camp.w1"})
		s.AddChannel(aritest.Channel{ID: "foreign", State: "Up", Stasis: true, App: "someone.else"})

		ev := next(t, c.Unclaimed(), "StasisStart")
		if ev.ChannelID != "inbound" || !ev.Synthetic {
			t.Errorf("orphan %+v", ev)
		}
		re := back(t, c)
		if re.Restarted || re.Synthetic != 7 {
			t.Errorf("reconnected %+v", re)
		}
		end := next(t, ended.Events(), "ChannelDestroyed")
		if !end.Synthetic || end.Cause != 0 || end.TechCause != 0 || end.ChannelID != "ended" || end.V6.GetType() != "ChannelDestroyed" {
			t.Errorf("end %+v", end)
		}
		if st := next(t, answered.Events(), "ChannelStateChange"); st.State != "Up" || !st.Synthetic {
			t.Errorf("state %+v", st)
		}
		next(t, answered.Events(), "StasisStart")
		next(t, left.Events(), "StasisEnd")
		next(t, br.Events(), "BridgeDestroyed")
		next(t, lives.Events(), "PlaybackFinished")
		s.Digit("lives", "7")
		next(t, lives.Events(), "ChannelDtmfReceived")
		for _, w := range []*ari.Watch{ended, lives, answered, left, unasked, br} {
			none(t, w.Events())
			w.Close()
		}
		none(t, c.Unclaimed())
		if st := c.Stats(); st.Reconnects != 1 || st.Synthetic != 7 || !st.Connected {
			t.Errorf("stats %+v", st)
		}
	})
}

func TestRestart(t *testing.T) {
	var states []ari.State
	adjust := func(_ *aritest.Server, o *ari.Options) {
		o.OnState = func(st ari.State) { states = append(states, st) }
	}
	bubble(t, adjust, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		w, unasked := originate(t, c, "x"), c.Channel("unasked")
		defer w.Close()
		defer unasked.Close()
		s.Refuse(true)
		s.SetVersion("23.1.0")
		s.Restart()
		time.Sleep(20 * time.Second) // simulated
		none(t, w.Events())
		s.Refuse(false)
		if ev := next(t, w.Events(), "ChannelDestroyed"); !ev.Synthetic {
			t.Errorf("end %+v", ev)
		}
		if re := back(t, c); !re.Restarted || re.GapMS < 20000 || re.GapMS > 28000 {
			t.Errorf("reconnected %+v", re)
		}
		none(t, unasked.Events())
		if in := c.Info(); in.Major != 23 {
			t.Errorf("version after the restart: %+v", in)
		}
		synctest.Wait()
		last := states[len(states)-1]
		if !last.Connected || !last.Restarted || last.Attempt < 4 || len(states) < 5 || states[1].Connected || states[1].Err == nil {
			t.Errorf("states %+v", states)
		}
	})
}

// TestDeadPeer: a connection that is up but silent is found out by its missing pongs.
func TestDeadPeer(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		w := originate(t, c, "x")
		defer w.Close()
		time.Sleep(10 * time.Minute) // quiet but alive
		if st := c.Stats(); st.Reconnects != 0 {
			t.Fatalf("a quiet connection was given up: %+v", st)
		}
		release := s.Silence()
		s.Vanish("x")
		start := time.Now()
		next(t, w.Events(), "ChannelDestroyed")
		back(t, c)
		release()
		if took := time.Since(start); took > ari.DefaultPongTimeout+2*time.Second {
			t.Errorf("noticed after %s", took)
		}
	})
}

func TestReplaced(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		w := originate(t, c, "x")
		other, err := ari.Dial(t.Context(), s.Options("camp.w1"))
		if err != nil {
			t.Fatal(err)
		}
		<-c.Done()
		if !errors.Is(c.Err(), ari.ErrReplaced) {
			t.Errorf("ended with %v", c.Err())
		}
		for range w.Events() {
		}
		if err := c.Hangup(t.Context(), "x", ""); !errors.Is(err, ari.ErrReplaced) {
			t.Errorf("a replaced client still acts: %v", err)
		}
		time.Sleep(time.Minute)
		if err := other.Ping(t.Context()); err != nil || other.Stats().Reconnects != 0 {
			t.Errorf("the new owner: %v %+v", err, other.Stats())
		}
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestFence(t *testing.T) {
	asked := 0
	adjust := func(_ *aritest.Server, o *ari.Options) {
		o.Fence = func(context.Context) error {
			if asked++; asked < 3 {
				return errors.New("database away")
			}
			return ari.ErrReplaced
		}
	}
	bubble(t, adjust, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		s.Cut()
		<-c.Done()
		if !errors.Is(c.Err(), ari.ErrReplaced) || asked != 3 {
			t.Errorf("ended with %v after asking %d times", c.Err(), asked)
		}
	})
}

// TestOriginateDuringGap: the answer to the originate comes after the reconnect, the
// channel lived and died unseen.
func TestOriginateDuringGap(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		arrived, proceed := make(chan struct{}), make(chan struct{})
		s.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == "POST" && strings.HasSuffix(r.URL.Path, "/channels") {
				close(arrived)
				<-proceed
				_, _ = w.Write([]byte(`{"id":"x","state":"Down","creationtime":"2025-01-01T00:00:00.000+0000"}`))
				return true
			}
			return false
		})
		w := c.Channel("x")
		defer w.Close()
		result := make(chan error)
		go func() {
			_, err := c.Originate(t.Context(), ari.OriginateRequest{ID: "x", Endpoint: "e"})
			result <- err
		}()
		<-arrived
		s.Cut()
		back(t, c)
		none(t, w.Events())
		close(proceed)
		if err := <-result; err != nil {
			t.Fatal(err)
		}
		if ev := next(t, w.Events(), "ChannelDestroyed"); !ev.Synthetic {
			t.Errorf("end %+v", ev)
		}
	})
}

// TestRealEndWins: what ends right after the reconnect is told by Asterisk, with cause.
func TestRealEndWins(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		w := originate(t, c, "x")
		defer w.Close()
		listed := false
		s.Intercept(func(rw http.ResponseWriter, r *http.Request) bool {
			if r.Method == "GET" && strings.HasSuffix(r.URL.Path, "/channels") && !listed {
				listed = true
				_, _ = rw.Write([]byte("[]")) // the event is still on its way
				time.AfterFunc(50*time.Millisecond, func() { s.End("x", 17, 486) })
				return true
			}
			return false
		})
		s.Cut()
		if ev := next(t, w.Events(), "ChannelDestroyed"); ev.Synthetic || ev.TechCause != 486 {
			t.Errorf("end %+v", ev)
		}
		back(t, c)
		none(t, w.Events())
	})
}

// TestAdopt: whoever takes an application over is told of the channels in it.
func TestAdopt(t *testing.T) {
	adjust := func(s *aritest.Server, _ *ari.Options) {
		s.AddChannel(aritest.Channel{ID: "old", State: "Up", Stasis: true, App: "camp.w1"})
	}
	bubble(t, adjust, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		ev := next(t, c.Unclaimed(), "StasisStart")
		if ev.ChannelID != "old" || !ev.Synthetic {
			t.Errorf("orphan %+v", ev)
		}
		w := c.Channel("old")
		defer w.Close()
		s.End("old", 16, 0)
		next(t, w.Events(), "StasisEnd")
		next(t, w.Events(), "ChannelDestroyed")
	})
}

func TestNoEventFilter(t *testing.T) {
	adjust := func(s *aritest.Server, _ *ari.Options) { s.SetNoEventFilter() }
	bubble(t, adjust, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		s.Emit("camp.w1", map[string]any{"type": "ChannelVarset", "variable": "X", "value": "1"})
		next(t, c.Unclaimed(), "ChannelVarset")
	})
}

// TestGoneBeforeSubscription: a call that came in and was gone before the application
// could subscribe to it. Asterisk says StasisEnd at most; the client finds the end out.
func TestGoneBeforeSubscription(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		s.Emit("camp.w1", map[string]any{"type": "StasisStart", "args": []string{}, "channel": map[string]any{"id": "short"}})
		next(t, c.Unclaimed(), "StasisStart")
		if ev := next(t, c.Unclaimed(), "ChannelDestroyed"); !ev.Synthetic || ev.ChannelID != "short" {
			t.Errorf("end %+v", ev)
		}
		none(t, c.Unclaimed())
	})
}

// TestSubscriptionTriedAgain: Asterisk may not find a channel at first whose StasisStart
// it has just sent.
func TestSubscriptionTriedAgain(t *testing.T) {
	refused := 0
	adjust := func(s *aritest.Server, _ *ari.Options) {
		s.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/subscription") && refused < 3 {
				refused++
				w.WriteHeader(http.StatusUnprocessableEntity)
				return true
			}
			return false
		})
	}
	bubble(t, adjust, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		s.AddChannel(aritest.Channel{ID: "in", State: "Up", App: "camp.w1"})
		s.Enter("in")
		next(t, c.Unclaimed(), "StasisStart")
		time.Sleep(10 * time.Second)
		tried := 0
		for _, r := range s.Requests() {
			if strings.HasSuffix(r.Path, "/subscription") && r.Query.Get("eventSource") == "channel:in" {
				tried++
			}
		}
		if tried != 4 {
			t.Errorf("tried %d times, want 3 refusals and a success", tried)
		}
	})
}
