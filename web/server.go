// Package web is the HTTP side of a running Dialwright: health, metrics, and
// the calls that are live now, to follow and to hear.
package web

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// Options say what a Server serves.
type Options struct {
	Listen string // address; default 127.0.0.1:8080
	// Token, where set, must come with every request to /v1 as
	// "Authorization: Bearer <token>". Without one, /v1 answers only requests
	// addressed to a loopback name, so that a web page cannot reach it by
	// letting its own name resolve to 127.0.0.1.
	Token   string
	Live    Live                // nil: no calls
	Metrics prometheus.Gatherer // nil: no /metrics
	// Ready are the checks behind /readyz, by name. Each gets two seconds.
	Ready  map[string]func(context.Context) error
	Logger zerolog.Logger
}

// Server is a running HTTP server. Shutdown stops it.
type Server struct {
	http    *http.Server
	addr    net.Addr
	streams context.CancelFunc // ends what would stream for ever
	done    sync.WaitGroup
	failed  chan error
}

// Start binds the address and serves until Shutdown.
func Start(o Options) (*Server, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:8080"
	}
	l, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("web: listen on %s: %w", o.Listen, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{addr: l.Addr(), streams: cancel, failed: make(chan error, 1)}
	s.http = &http.Server{
		Handler: newHandler(ctx, o),
		// No ReadTimeout: it would end a stream in its middle, and no request
		// here has a body that is read.
		ReadHeaderTimeout: 5 * time.Second,
		WriteTimeout:      30 * time.Second, // streams push their own deadline on
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(o.Logger, "", 0),
	}
	s.done.Go(func() {
		if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("web: serve on %s: %w", s.addr, err)
		}
	})
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.addr }

// Failed tells when the server stopped without being asked.
func (s *Server) Failed() <-chan error { return s.failed }

// Shutdown ends the streams, lets the running requests finish until ctx ends,
// and returns when everything has stopped.
func (s *Server) Shutdown(ctx context.Context) error {
	s.streams()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("web: shut down: %w", err), s.http.Close())
	}
	s.done.Wait()
	return err
}
