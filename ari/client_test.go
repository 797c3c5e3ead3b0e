package ari_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/ari/aritest"
)

// bubble runs f with a fake Asterisk and a client in simulated time.
func bubble(t *testing.T, adjust func(*aritest.Server, *ari.Options), f func(t *testing.T, s *aritest.Server, c *ari.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := aritest.New()
		defer s.Close()
		o := s.Options("camp.w1")
		if adjust != nil {
			adjust(s, &o)
		}
		c, err := ari.Dial(t.Context(), o)
		if err != nil {
			t.Fatalf("Dial: %v", err)
		}
		defer func() {
			if err := c.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}()
		f(t, s, c)
	})
}

// next takes the next event, which must be of the given type.
func next(t *testing.T, ch <-chan ari.Event, kind string) ari.Event {
	t.Helper()
	select {
	case ev, ok := <-ch:
		if !ok {
			t.Fatalf("events ended, want %s", kind)
		}
		if ev.Type != kind {
			t.Fatalf("event %s (%s), want %s", ev.Type, ev.Raw, kind)
		}
		return ev
	case <-time.After(time.Minute):
		t.Fatalf("no %s came", kind)
	}
	panic("unreachable")
}

func none(t *testing.T, ch <-chan ari.Event) {
	t.Helper()
	synctest.Wait()
	select {
	case ev := <-ch:
		t.Fatalf("unexpected event %s: %s", ev.Type, ev.Raw)
	default:
	}
}

func originate(t *testing.T, c *ari.Client, id string) *ari.Watch {
	t.Helper()
	w := c.Channel(id)
	if _, err := c.Originate(t.Context(), ari.OriginateRequest{ID: id, Endpoint: "PJSIP/1@trunk", AppArgs: "a,b"}); err != nil {
		t.Fatalf("Originate: %v", err)
	}
	next(t, w.Events(), "ChannelCreated")
	return w
}

func TestCallLife(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		w := originate(t, c, "c1-cust-1")
		defer w.Close()
		s.SetState("c1-cust-1", "Ringing")
		s.Answer("c1-cust-1")
		s.Digit("c1-cust-1", "5")
		s.Emit("camp.w1", map[string]any{"type": "ChannelVarset", "variable": "X"})
		s.End("c1-cust-1", 17, 486)
		if ev := next(t, w.Events(), "ChannelStateChange"); ev.State != "Ringing" {
			t.Errorf("state %q, want Ringing", ev.State)
		}
		next(t, w.Events(), "ChannelStateChange")
		next(t, w.Events(), "StasisStart")
		next(t, w.Events(), "ChannelDtmfReceived")
		next(t, w.Events(), "StasisEnd")
		ev := next(t, w.Events(), "ChannelDestroyed")
		if ev.Cause != 17 || ev.TechCause != 486 || ev.Synthetic || ev.At.IsZero() || ev.ChannelID != "c1-cust-1" {
			t.Errorf("end %+v", ev)
		}
		none(t, c.Unclaimed()) // ChannelVarset is filtered at the source
		var vars string
		for _, r := range s.Requests() {
			if r.Method == "POST" && r.Path == "/channels" {
				vars = string(r.Body)
			}
		}
		if !strings.Contains(vars, `"TIMEOUT(absolute)":"3600"`) {
			t.Errorf("originate without absolute limit: %s", vars)
		}
		if in := c.Info(); in.Major != 22 || in.Minor != 10 || in.Described || !in.Features.TechCause || in.Features.AudioSocket {
			t.Errorf("info %+v", in)
		}
	})
}

func TestDialErrors(t *testing.T) {
	for _, tc := range []struct {
		name   string
		adjust func(*aritest.Server, *ari.Options)
		want   error
	}{
		{"password", func(_ *aritest.Server, o *ari.Options) { o.Password = "wrong" }, ari.ErrUnauthorized},
		{"version", func(s *aritest.Server, _ *ari.Options) { s.SetVersion("13.38.3") }, ari.ErrVersion},
		{"refused", func(s *aritest.Server, _ *ari.Options) { s.Refuse(true) }, ari.ErrUnavailable},
		{"no ari", func(_ *aritest.Server, o *ari.Options) { o.URL = "http://asterisk.test/other" }, ari.ErrNotFound},
		{"slow", func(s *aritest.Server, o *ari.Options) {
			s.Intercept(func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true })
		}, ari.ErrTimeout},
		{"booting", func(s *aritest.Server, o *ari.Options) {
			s.Intercept(func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(503); return true })
		}, ari.ErrUnavailable},
		{"websocket forbidden", func(s *aritest.Server, o *ari.Options) {
			s.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasSuffix(r.URL.Path, "/events") {
					w.WriteHeader(403)
					return true
				}
				return false
			})
		}, ari.ErrForbidden},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := aritest.New()
				defer s.Close()
				o := s.Options("camp.w1")
				tc.adjust(s, &o)
				c, err := ari.Dial(t.Context(), o)
				if !errors.Is(err, tc.want) {
					t.Errorf("error %v, want %v", err, tc.want)
				}
				if c != nil {
					t.Error("a client came with the error")
				}
			})
		})
	}
}

func TestBadOptions(t *testing.T) {
	good := ari.Options{URL: "http://127.0.0.1:8088/ari", Username: "u", Password: "p", App: "a"}
	for name, spoil := range map[string]func(*ari.Options){
		"scheme":      func(o *ari.Options) { o.URL = "ws://127.0.0.1/ari" },
		"no host":     func(o *ari.Options) { o.URL = "http:///ari" },
		"secret":      func(o *ari.Options) { o.URL = "http://u:p@127.0.0.1/ari" },
		"control":     func(o *ari.Options) { o.URL = "http://127.0.0.1\x00/" },
		"two apps":    func(o *ari.Options) { o.App = "a,b" },
		"no app":      func(o *ari.Options) { o.App = "" },
		"no user":     func(o *ari.Options) { o.Username = "" },
		"colon":       func(o *ari.Options) { o.Username = "a:b" },
		"no patience": func(o *ari.Options) { o.PingInterval, o.PongTimeout = time.Minute, time.Second },
	} {
		o := good
		spoil(&o)
		if c, err := ari.Dial(t.Context(), o); err == nil {
			t.Errorf("%s: accepted", name)
			_ = c.Close()
		} else if strings.Contains(err.Error(), ":p@") {
			t.Errorf("%s: error shows the password: %v", name, err)
		}
	}
}

func TestRequestErrors(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		ctx := t.Context()
		w := originate(t, c, "x")
		defer w.Close()
		_, err := c.Originate(ctx, ari.OriginateRequest{ID: "x", Endpoint: "PJSIP/1"})
		var api *ari.APIError
		if !errors.Is(err, ari.ErrConflict) || !errors.As(err, &api) || api.Status != 409 || !strings.Contains(api.Message, "already exists") {
			t.Errorf("id in use: %v", err)
		}
		if err := c.Hangup(ctx, "nobody", ""); !errors.Is(err, ari.ErrNotFound) {
			t.Errorf("hang up nobody: %v", err)
		}
		if _, err := c.CreateBridge(ctx, "b", ""); err != nil {
			t.Fatal(err)
		}
		if err := c.AddToBridge(ctx, "b", "x"); !errors.Is(err, ari.ErrNotInStasis) {
			t.Errorf("bridge before Stasis: %v", err)
		}
		big := ari.OriginateRequest{ID: "y", Endpoint: "e", Variables: map[string]string{"V": strings.Repeat("x", 41000)}}
		if _, err := c.Originate(ctx, big); !errors.Is(err, ari.ErrTooLarge) {
			t.Errorf("41 kB of variables: %v", err)
		}
		s.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
			http.Error(w, `{"message": "Bridge not in Stasis application"}`, http.StatusConflict)
			return true
		})
		if err := c.DestroyBridge(ctx, "b"); !errors.Is(err, ari.ErrNotFound) || !errors.Is(err, ari.ErrConflict) {
			t.Errorf("a bridge that is on its way out: %v", err)
		}
		mine, cancel := context.WithCancel(ctx)
		s.Intercept(func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true })
		time.AfterFunc(time.Second, cancel)
		if err := c.Ping(mine); !errors.Is(err, context.Canceled) || errors.Is(err, ari.ErrTimeout) {
			t.Errorf("cancelled by its caller: %v", err)
		}
		start := time.Now()
		if err := c.Ping(ctx); !errors.Is(err, ari.ErrTimeout) || time.Since(start) != ari.DefaultRequestTimeout {
			t.Errorf("slow server: %v after %s", err, time.Since(start))
		}
		s.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = w.Write([]byte("<html>not JSON"))
			return true
		})
		if err := c.Ping(ctx); err == nil || errors.Is(err, ari.ErrUnavailable) {
			t.Errorf("answer that is no JSON: %v", err)
		}
		s.Intercept(nil)
		if err := c.Ping(ctx); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// TestEscaping sends ids and values with every troublesome character through.
func TestEscaping(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		id := "a/b c?d&e=f#%2F+ü"
		w := originate(t, c, id)
		defer w.Close()
		for _, v := range []string{"plain", "a+b c&d=e;f", "\"quoted\"\n", "中文", "100%"} {
			if err := c.SetVariable(t.Context(), id, "X(a b,c+d)", v); err != nil {
				t.Fatal(err)
			}
			if got, err := c.GetVariable(t.Context(), id, "X(a b,c+d)"); err != nil || got != v {
				t.Errorf("%q came back as %q, %v", v, got, err)
			}
		}
		for _, r := range s.Requests() {
			if strings.Contains(r.Path+r.Query.Encode(), aritest.Password) {
				t.Errorf("credentials in %s", r.Path)
			}
		}
	})
}

func TestExternalMediaAddress(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		w := c.Channel("m")
		defer w.Close()
		em, err := c.ExternalMedia(t.Context(), ari.ExternalMediaRequest{ID: "m", ExternalHost: "127.0.0.1:9", Format: "ulaw"})
		if err != nil || em.Local.String() != "127.0.0.1:14000" {
			t.Errorf("local address %v, %v", em.Local, err)
		}
		next(t, w.Events(), "ChannelCreated")
		next(t, w.Events(), "StasisStart")
		_, err = c.ExternalMedia(t.Context(), ari.ExternalMediaRequest{ID: "n", ExternalHost: "127.0.0.1:9", Format: "slin16", Encapsulation: "audiosocket", Transport: "tcp"})
		if !errors.Is(err, ari.ErrUnsupported) {
			t.Errorf("AudioSocket, whose module does not run: %v", err)
		}
	})
}

func TestMalformedAndHugeEvents(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		w := originate(t, c, "x")
		defer w.Close()
		for _, bad := range []string{"", "{", "null", "[]", `{"type":""}`, `{"type":7}`, "\xff\xfe"} {
			s.EmitRaw("camp.w1", []byte(bad))
			ev := next(t, c.Unclaimed(), ari.TypeMalformed)
			if ev.V6 == nil || len(ev.Raw) < 2 {
				t.Errorf("%q: event %+v", bad, ev)
			}
		}
		// A field of the wrong kind costs the typed value, not the event.
		s.EmitRaw("camp.w1", []byte(`{"type":"ChannelDtmfReceived","timestamp":"yesterday","channel":{"id":"x"},"digit":5}`))
		ev := next(t, w.Events(), "ChannelDtmfReceived")
		if _, ok := ev.V6.(*ari.GenericEvent); !ok || ev.At.IsZero() {
			t.Errorf("event %+v", ev)
		}
		s.EmitRaw("camp.w1", []byte(`{"type":"ChannelUserevent","eventname":"big","channel":{"id":"x"},"userevent":{"v":"`+strings.Repeat("y", 4<<20)+`"}}`))
		if ev := next(t, w.Events(), "ChannelUserevent"); len(ev.Raw) < 4<<20 {
			t.Errorf("event of %d bytes", len(ev.Raw))
		}
		if st := c.Stats(); st.Malformed != 7 || st.Reconnects != 0 {
			t.Errorf("stats %+v", st)
		}
	})
}

// TestNobodyReads: a consumer that sleeps delays neither the connection nor others.
func TestNobodyReads(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		lazy, busy := originate(t, c, "lazy"), originate(t, c, "busy")
		defer lazy.Close()
		defer busy.Close()
		const n = 3000
		for i := range n {
			s.Digit("lazy", fmt.Sprint(i%10))
			if i%100 == 0 {
				s.Digit("busy", "1")
				next(t, busy.Events(), "ChannelDtmfReceived")
			}
		}
		synctest.Wait()
		if st := c.Stats(); st.Queued != n || st.DeepestQueue < n-1 || lazy.Pending() < n-1 {
			t.Errorf("stats %+v, pending %d", st, lazy.Pending())
		}
		for i := range n {
			if ev := next(t, lazy.Events(), "ChannelDtmfReceived"); !strings.Contains(string(ev.Raw), fmt.Sprintf(`"digit":"%d"`, i%10)) {
				t.Fatalf("event %d out of order: %s", i, ev.Raw)
			}
		}
		synctest.Wait()
		if st := c.Stats(); st.Queued != 0 {
			t.Errorf("%d events left over", st.Queued)
		}
	})
}

func TestClaimTakesWaitingEvents(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		s.AddChannel(aritest.Channel{ID: "in", State: "Ring", App: "camp.w1"})
		s.Enter("in")
		next(t, c.Unclaimed(), "StasisStart")
		s.AddChannel(aritest.Channel{ID: "other", State: "Ring", App: "camp.w1"})
		s.Enter("other") // in the hand of Unclaimed; what follows waits behind it
		s.Digit("in", "1")
		s.Digit("in", "2")
		s.Digit("other", "3")
		synctest.Wait()
		w := c.Channel("in")
		defer w.Close()
		next(t, w.Events(), "ChannelDtmfReceived")
		next(t, w.Events(), "ChannelDtmfReceived")
		next(t, c.Unclaimed(), "StasisStart")
		next(t, c.Unclaimed(), "ChannelDtmfReceived")
		none(t, c.Unclaimed())
	})
}

func TestCloseEndsEverything(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		w := originate(t, c, "x")
		s.Digit("x", "1")
		s.Intercept(func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true })
		failed := make(chan error)
		go func() { failed <- c.Ping(context.Background()) }()
		synctest.Wait()
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-failed; !errors.Is(err, ari.ErrClosed) {
			t.Errorf("request under way: %v", err)
		}
		for range w.Events() {
		}
		w.Close()
		w.Close()
		if _, open := <-c.Unclaimed(); open {
			t.Error("Unclaimed still open")
		}
		if _, open := <-c.Channel("later").Events(); open {
			t.Error("a watch after Close is open")
		}
		if err := c.Ping(t.Context()); !errors.Is(err, ari.ErrClosed) || !errors.Is(c.Err(), ari.ErrClosed) {
			t.Errorf("after Close: %v, %v", err, c.Err())
		}
	})
}
