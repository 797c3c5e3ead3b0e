package voskserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/rs/zerolog"
)

// Options limit a server. The zero value has sensible ones.
type Options struct {
	Logger zerolog.Logger
	// MaxStreams is how many connections may be open at once; more are answered with HTTP 503. Default 64.
	MaxStreams int
	// MaxMessage is the largest message in bytes; a larger one closes the connection. Default 1 MiB,
	// which is half a minute of audio at 16 kHz.
	MaxMessage int64
	// IdleTimeout closes a connection that sends nothing. Default 5 min.
	IdleTimeout time.Duration
	// Grace is how long open connections may go on after the context of Serve has ended. Default 0.
	Grace time.Duration
}

func (o *Options) setDefaults() {
	if o.MaxStreams <= 0 {
		o.MaxStreams = 64
	}
	if o.MaxMessage <= 0 {
		o.MaxMessage = 1 << 20
	}
	if o.IdleTimeout <= 0 {
		o.IdleTimeout = 5 * time.Minute
	}
}

// Stats counts what a server has done since it was made.
type Stats struct {
	// Open is the number of connections now; the others only grow.
	Open int64
	// Accepted connections; Refused ones beyond MaxStreams; Violations are connections closed for
	// breaking the protocol; Errors those closed for a failing backend.
	Accepted, Refused, Violations, Errors int64
	// Finals is the number of final replies, Samples the audio heard.
	Finals, Samples int64
}

// Server serves one backend. Make it with New.
type Server struct {
	backend  Backend
	o        Options
	upgrader websocket.Upgrader

	slots chan struct{}

	mu       sync.Mutex // orders new connections before or after the end of serving
	stopping bool
	conns    sync.WaitGroup

	open, accepted, refused, violations, errors, finals, samples atomic.Int64
}

// New makes a server; the backend stays the caller's to close, after Serve has returned.
func New(backend Backend, o Options) *Server {
	o.setDefaults()
	return &Server{
		backend: backend, o: o, slots: make(chan struct{}, o.MaxStreams),
		// A browser page of any origin could otherwise use a recogniser on its user's machine, so
		// the upgrader's own check of the Origin header stays on.
		upgrader: websocket.Upgrader{HandshakeTimeout: 5 * time.Second, ReadBufferSize: 8192, WriteBufferSize: 8192},
	}
}

// Stats is a snapshot of the counters.
func (s *Server) Stats() Stats {
	return Stats{
		Open: s.open.Load(), Accepted: s.accepted.Load(), Refused: s.refused.Load(),
		Violations: s.violations.Load(), Errors: s.errors.Load(),
		Finals: s.finals.Load(), Samples: s.samples.Load(),
	}
}

// Serve serves backend on ln with default options until ctx ends. See Server.Serve.
func Serve(ctx context.Context, ln net.Listener, backend Backend) error {
	return New(backend, Options{}).Serve(ctx, ln)
}

// Serve answers on ln until ctx ends, then lets open connections finish within Options.Grace, closes
// what is left with code 1001 (going away) and returns nil when all has ended. It closes ln. A
// Server serves once.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	// hard ends the connections, soft only the listening.
	hard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	srv := &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.handle(hard, w, r) }),
		ReadHeaderTimeout: 5 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	var serveErr error
	select {
	case <-ctx.Done():
		_ = srv.Close()     // ends Serve and requests that are not yet websockets; a listener's close error helps nobody
		serveErr = <-failed // http.ErrServerClosed, as a rule
	case serveErr = <-failed:
	}
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	s.drain(cancel, ctx.Err() != nil)
	if serveErr != nil && !errors.Is(serveErr, http.ErrServerClosed) {
		return fmt.Errorf("voskserver: serve on %s: %w", ln.Addr(), serveErr)
	}
	return nil
}

// drain returns when all connections have ended: by themselves within the grace, if the end was
// wanted, or because cancel interrupted them.
func (s *Server) drain(cancel context.CancelFunc, wanted bool) {
	done := make(chan struct{})
	go func() { s.conns.Wait(); close(done) }()
	if wanted && s.o.Grace > 0 {
		limit := time.NewTimer(s.o.Grace)
		defer limit.Stop()
		select {
		case <-done:
		case <-limit.C:
		}
	}
	cancel()
	<-done
}

// enter counts a connection in, unless the server is ending.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return false
	}
	s.conns.Add(1)
	return true
}

func (s *Server) handle(ctx context.Context, w http.ResponseWriter, r *http.Request) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		s.refused.Add(1)
		w.Header().Set("Retry-After", "1")
		http.Error(w, fmt.Sprintf("all %d recognition streams are in use", s.o.MaxStreams), http.StatusServiceUnavailable)
		return
	}
	if !s.enter() {
		http.Error(w, "the recogniser is shutting down", http.StatusServiceUnavailable)
		return
	}
	defer s.conns.Done()
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil { // Upgrade has answered the client
		s.o.Logger.Debug().Err(err).Str("from", r.RemoteAddr).Msg("not a websocket handshake")
		return
	}
	s.accepted.Add(1)
	s.open.Add(1)
	defer s.open.Add(-1)
	c := &connection{s: s, ws: conn, from: r.RemoteAddr}
	c.run(ctx)
}
