package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/dialwright/dialwright"
)

// writeLimit is how long one write to a listener may take before he counts
// as gone.
const writeLimit = 10 * time.Second

// keepAlive is how often an event stream says something when nothing happens,
// so that proxies leave it open and a listener who is gone is noticed.
const keepAlive = 15 * time.Second

// stream is an answer that goes on until the call, the listener or the server
// has ended. Its header is sent with the first write, so that a call that is
// not there can still be answered with 404.
type stream struct {
	w       http.ResponseWriter
	rc      *http.ResponseController
	kind    string
	mu      sync.Mutex
	started bool
	err     error
}

func newStream(w http.ResponseWriter, kind string) *stream {
	return &stream{w: w, rc: http.NewResponseController(w), kind: kind}
}

func (s *stream) write(b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	if !s.started {
		s.started = true
		s.w.Header().Set("Content-Type", s.kind)
		s.w.Header().Set("Cache-Control", "no-store")
		s.w.Header().Set("X-Content-Type-Options", "nosniff")
	}
	if s.err = s.rc.SetWriteDeadline(time.Now().Add(writeLimit)); s.err == nil {
		if _, s.err = s.w.Write(b); s.err == nil {
			s.err = s.rc.Flush()
		}
	}
	return s.err
}

// until gives a context that ends with the request and with the server.
func (h *handler) until(r *http.Request) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(h.stop, cancel)
	return ctx, func() { stop(); cancel() }
}

// find gives the call's id, or answers that no such call runs. Asking first
// lets a stream begin at once, before there is anything to say.
func (h *handler) find(w http.ResponseWriter, r *http.Request) (dialwright.CallID, bool) {
	id := dialwright.CallID(chi.URLParam(r, "id"))
	if h.Live != nil {
		for _, c := range h.Live.Calls() {
			if c.Call == id {
				return id, true
			}
		}
	}
	failLive(w, fmt.Errorf("%w: %s", ErrNotLive, id))
	return "", false
}

// events streams a call's events: text/event-stream, one JSON object each,
// and an event named "end" once the call is over.
func (h *handler) events(w http.ResponseWriter, r *http.Request) {
	id, ok := h.find(w, r)
	if !ok {
		return
	}
	ctx, cancel := h.until(r)
	defer cancel()
	s := newStream(w, "text/event-stream")
	if s.write([]byte(": following "+string(id)+"\n\n")) != nil {
		return
	}
	var beat sync.WaitGroup
	defer beat.Wait()
	beat.Go(func() {
		tick := time.NewTicker(keepAlive)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if s.write([]byte(": still here\n\n")) != nil {
					cancel()
				}
			}
		}
	})
	err := h.Live.Follow(ctx, id, func(ev LiveEvent) {
		b, err := json.Marshal(ev)
		if err == nil {
			err = s.write(fmt.Appendf(nil, "event: %s\ndata: %s\n\n", eventName(ev.Kind), b))
		}
		if err != nil {
			cancel()
		}
	})
	if err == nil && ctx.Err() == nil {
		_ = s.write([]byte("event: end\ndata: {}\n\n")) // the listener may be gone
	}
	cancel()
}

// eventName keeps a line end out of the stream's framing.
func eventName(kind string) string {
	for _, r := range kind {
		if r < 'a' || r > 'z' {
			if r != '_' {
				return "message"
			}
		}
	}
	return kind
}

// audio streams a call as a stereo WAV file without an end: the customer
// left, Dialwright or the agent right.
func (h *handler) audio(w http.ResponseWriter, r *http.Request) {
	id, ok := h.find(w, r)
	if !ok {
		return
	}
	ctx, cancel := h.until(r)
	defer cancel()
	s := newStream(w, "audio/wav")
	if s.write(wavHeader()) != nil {
		return
	}
	var m mixer
	var clock sync.WaitGroup
	clock.Go(func() {
		tick := time.NewTicker(chunk)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if s.write(m.next()) != nil {
					cancel()
				}
			}
		}
	})
	if err := h.Live.Listen(ctx, id, m.put); err != nil {
		h.Logger.Debug().Err(err).Str("call", string(id)).Msg("listening ended")
	}
	cancel()
	clock.Wait()
	_ = s.write(m.rest()) // the listener may be gone
}
