//go:build unix

package ari_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/internal/asterisktest"
	"github.com/dialwright/dialwright/sim/pbx"
)

// dialplan is what the tests call: Local/echo@test and so on.
const dialplan = `[general]
static = yes

[test]
exten => echo,1,Answer()
 same => n,Echo()
exten => ring,1,Ringing()
 same => n,Wait(120)
exten => soon,1,Ringing()
 same => n,Wait(1)
 same => n,Answer()
 same => n,Echo()
exten => busy,1,Ringing()
 same => n,Hangup(17)
exten => in,1,Stasis(inbound.w1,inbound)
 same => n,Hangup()
exten => leave,1,Set(LEFT=yes)
 same => n,Wait(60)
`

func startAsterisk(t *testing.T, allow ...string) *asterisktest.Instance {
	t.Helper()
	return asterisktest.Start(t, asterisktest.Options{
		Files: func(*pbx.Instance) map[string][]byte {
			return map[string][]byte{"extensions.conf": []byte(dialplan)}
		},
		// On a busy machine Asterisk keeps the first events until the websocket's own thread runs.
		AllowWarnings: append(allow, "websocket is not ready"),
	})
}

func realOptions(t *testing.T, a *asterisktest.Instance, app string) ari.Options {
	return ari.Options{
		URL: a.ARIURL, Username: a.User, Password: a.Password, App: app,
		Logger: zerolog.New(zerolog.NewTestWriter(t)),
	}
}

func dialReal(t *testing.T, o ari.Options) *ari.Client {
	t.Helper()
	c, err := ari.Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	// Nobody else reads it here; it ends with the client.
	go func() {
		for range c.Unclaimed() {
		}
	}()
	return c
}

// await reads until an event of the given type comes.
func await(t *testing.T, w *ari.Watch, kind string) ari.Event {
	t.Helper()
	deadline := time.After(30 * time.Second)
	var seen []string
	for {
		select {
		case ev, ok := <-w.Events():
			if !ok {
				t.Fatalf("%s: events ended before %s, after %v", w.ID(), kind, seen)
			}
			if ev.Type == kind {
				return ev
			}
			seen = append(seen, ev.Type)
			if ev.Type == "ChannelDestroyed" {
				t.Fatalf("%s: destroyed (cause %d) before %s, after %v", w.ID(), ev.Cause, kind, seen)
			}
		case <-deadline:
			t.Fatalf("%s: no %s, only %v", w.ID(), kind, seen)
		}
	}
}

// answered originates a Local channel and waits until it is in Stasis.
func answered(t *testing.T, c *ari.Client, id, exten string, limit time.Duration) *ari.Watch {
	t.Helper()
	w := c.Channel(id)
	t.Cleanup(w.Close)
	_, err := c.Originate(t.Context(), ari.OriginateRequest{
		ID: id, Endpoint: "Local/" + exten + "@test", AppArgs: "one,two", MaxDuration: limit,
		CallerID: `"Test" <100>`, Formats: []string{"ulaw"}, Variables: map[string]string{"WHO": "a b+c&d"},
	})
	if err != nil {
		t.Fatal(err)
	}
	await(t, w, "StasisStart")
	return w
}

func nothingLeft(t *testing.T, c *ari.Client) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		chans, err := c.ListChannels(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		bridges, err := c.ListBridges(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(chans)+len(bridges) == 0 {
			return
		}
		if time.Now().After(deadline) {
			for _, ch := range chans {
				t.Errorf("left over: channel %s %s", ch.ID, ch.Name)
			}
			t.Fatalf("left over: bridges %+v", bridges)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// TestAbsoluteLimit proves that TIMEOUT(absolute), given as a variable of the request,
// ends a channel in every situation in which our program may die and leave it.
func TestAbsoluteLimit(t *testing.T) {
	a := startAsterisk(t, "Playback failed for tone:ring") // cut short by the limit
	c := dialReal(t, realOptions(t, a, "limit.w1"))
	const limit = 2 * time.Second
	situations := talking(c, limit)
	maps.Copy(situations, others(c, limit))
	for name, begin := range situations {
		t.Run(name, func(t *testing.T) {
			id := "limit-" + strings.NewReplacer(" ", "-", ",", "").Replace(name)
			start := time.Now()
			w := begin(t, id)
			var end ari.Event
			for end.Type != "ChannelDestroyed" {
				select {
				case end = <-w.Events():
				case <-time.After(20 * time.Second):
					t.Fatalf("still there %s after a limit of %s", time.Since(start), limit)
				}
			}
			took := time.Since(start)
			t.Logf("ended after %s with cause %d", took.Round(time.Millisecond), end.Cause)
			if took < limit-100*time.Millisecond || took > limit+8*time.Second {
				t.Errorf("ended after %s, limit %s", took, limit)
			}
		})
	}
	nothingLeft(t, c)
}

// situation brings a channel with an absolute limit about.
type situation = func(t *testing.T, id string) *ari.Watch

func talking(c *ari.Client, limit time.Duration) map[string]situation {
	return map[string]situation{
		"in Stasis": func(t *testing.T, id string) *ari.Watch { return answered(t, c, id, "echo", limit) },
		"ringing": func(t *testing.T, id string) *ari.Watch {
			w := c.Channel(id)
			t.Cleanup(w.Close)
			if _, err := c.Originate(t.Context(), ari.OriginateRequest{ID: id, Endpoint: "Local/ring@test",
				Timeout: time.Minute, MaxDuration: limit}); err != nil {
				t.Fatal(err)
			}
			return w
		},
		"hold music": func(t *testing.T, id string) *ari.Watch {
			w := answered(t, c, id, "echo", limit)
			if err := c.StartMOH(t.Context(), id, ""); err != nil {
				t.Fatal(err)
			}
			return w
		},
		"playing": func(t *testing.T, id string) *ari.Watch {
			w := answered(t, c, id, "echo", limit)
			if _, err := c.Play(t.Context(), id, "p-"+id, "tone:ring"); err != nil {
				t.Fatal(err)
			}
			return w
		},
	}
}

func others(c *ari.Client, limit time.Duration) map[string]situation {
	return map[string]situation{
		"bridged": func(t *testing.T, id string) *ari.Watch {
			w := answered(t, c, id, "echo", limit)
			other := answered(t, c, id+"-other", "echo", 4*time.Second)
			bridgeUp(t, c, id+"-br", id, other.ID())
			return w
		},
		"alone in a holding bridge": func(t *testing.T, id string) *ari.Watch {
			w := answered(t, c, id, "echo", limit)
			if _, err := c.CreateBridge(t.Context(), id+"-br", "holding"); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { destroy(t, c, id+"-br") })
			if err := c.AddToBridge(t.Context(), id+"-br", id); err != nil {
				t.Fatal(err)
			}
			return w
		},
		"media": func(t *testing.T, id string) *ari.Watch {
			w := c.Channel(id)
			t.Cleanup(w.Close)
			if _, err := c.ExternalMedia(t.Context(), ari.ExternalMediaRequest{ID: id, ExternalHost: "127.0.0.1:9",
				Format: "ulaw", MaxDuration: limit}); err != nil {
				t.Fatal(err)
			}
			return w
		},
		"created, never dialled": func(t *testing.T, id string) *ari.Watch { return created(t, c, id, limit) },
		"created and ringing": func(t *testing.T, id string) *ari.Watch {
			w := created(t, c, id, limit)
			if err := c.DialChannel(t.Context(), id, "", time.Minute); err != nil {
				t.Fatal(err)
			}
			return w
		},
	}
}

func created(t *testing.T, c *ari.Client, id string, limit time.Duration) *ari.Watch {
	t.Helper()
	w := c.Channel(id)
	t.Cleanup(w.Close)
	if _, err := c.Create(t.Context(), ari.CreateRequest{ID: id, Endpoint: "Local/ring@test", MaxDuration: limit}); err != nil {
		t.Fatal(err)
	}
	await(t, w, "StasisStart")
	return w
}

func bridgeUp(t *testing.T, c *ari.Client, id string, channels ...string) {
	t.Helper()
	if _, err := c.CreateBridge(t.Context(), id, "mixing"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { destroy(t, c, id) })
	if err := c.AddToBridge(t.Context(), id, channels...); err != nil {
		t.Fatal(err)
	}
}

func destroy(t *testing.T, c *ari.Client, bridge string) {
	t.Helper()
	// Cleanups run after the test's context has ended.
	if err := c.DestroyBridge(background(t), bridge); err != nil && !errors.Is(err, ari.ErrNotFound) {
		t.Error(err)
	}
}
