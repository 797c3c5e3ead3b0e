// Package aritest is an Asterisk in memory, as far as ARI shows one: it speaks the exact
// wire protocol (HTTP and websocket over in-memory connections, so that it can run
// inside a testing/synctest bubble), keeps channels and bridges, and can misbehave on
// request: cut the websocket, fall silent, restart, refuse, answer slowly or wrongly.
//
// It is for tests of what a real Asterisk cannot be made to do on demand; what Asterisk
// does by itself is tested with Asterisk.
package aritest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright/ari"
)

// Credentials that the fake accepts.
const (
	Username = "dialwright"
	Password = "secret"
)

// timeFormat is Asterisk's, with milliseconds and a zone without colon.
const timeFormat = "2006-01-02T15:04:05.000-0700"

// Request is one REST request as it came in.
type Request struct {
	Method, Path string // path below the ARI root, unescaped
	Query        url.Values
	Body         []byte
}

// Server is the fake Asterisk.
type Server struct {
	listener *listener
	http     *http.Server
	served   sync.WaitGroup

	mu        sync.Mutex
	version   string
	started   time.Time
	refuse    bool
	filterOff bool
	intercept func(http.ResponseWriter, *http.Request) bool
	requests  []Request
	channels  map[string]*Channel
	bridges   map[string]*bridge
	playing   map[string]string // playback id -> target URI
	apps      map[string]*app
	conns     map[net.Conn]bool
}

// app is a Stasis application; it outlives its websocket.
type app struct {
	ws         *socket
	channels   map[string]bool
	disallowed map[string]bool
}

// Channel is a channel of the fake.
type Channel struct {
	ID, Name, State string
	App, AppArgs    string // to enter on answer
	Stasis          bool   // has entered
	Variables       map[string]string
	Created         time.Time
}

type bridge struct {
	ID       string   `json:"id"`
	Tech     string   `json:"technology"`
	Type     string   `json:"bridge_type"`
	Class    string   `json:"bridge_class"`
	Creator  string   `json:"creator"`
	Name     string   `json:"name"`
	Channels []string `json:"channels"`
}

// New starts a fake Asterisk 22.10.1. Close it.
func New() *Server {
	s := &Server{
		listener: newListener(), version: "22.10.1", started: time.Now().Add(-time.Hour).Truncate(time.Second),
		channels: map[string]*Channel{}, bridges: map[string]*bridge{}, playing: map[string]string{},
		apps: map[string]*app{}, conns: map[net.Conn]bool{},
	}
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve), ReadHeaderTimeout: time.Minute, ConnState: s.track}
	s.served.Add(1)
	go func() {
		defer s.served.Done()
		_ = s.http.Serve(s.listener) // always ErrServerClosed
	}()
	return s
}

// Options connect a client to this server. Adjust and pass to ari.Dial.
func (s *Server) Options(app string) ari.Options {
	return ari.Options{
		URL: "http://asterisk.test:8088/ari", Username: Username, Password: Password, App: app,
		Logger:      zerolog.Nop(),
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return s.dial(ctx) },
	}
}

func (s *Server) dial(ctx context.Context) (net.Conn, error) {
	s.mu.Lock()
	refuse := s.refuse
	s.mu.Unlock()
	if refuse {
		return nil, errRefused
	}
	return s.listener.dial(ctx)
}

// track keeps the connections, so that Restart and Close can end them.
func (s *Server) track(c net.Conn, st http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch st {
	case http.StateNew:
		s.conns[c] = true
	case http.StateClosed, http.StateHijacked:
		delete(s.conns, c)
	}
}

// Close stops the server and waits for its goroutines.
func (s *Server) Close() {
	_ = s.http.Close()
	_ = s.listener.Close()
	s.Cut()
	s.served.Wait()
}

// SetVersion changes the version that Asterisk reports.
func (s *Server) SetVersion(v string) { s.locked(func() { s.version = v }) }

// SetNoEventFilter makes the event filter operation unknown (404), as before Asterisk 17.
func (s *Server) SetNoEventFilter() { s.locked(func() { s.filterOff = true }) }

// Refuse makes new connections fail, or succeed again.
func (s *Server) Refuse(refuse bool) { s.locked(func() { s.refuse = refuse }) }

// Intercept sees every request first; when it returns true it has answered. Requests it
// answers are recorded like the others. nil removes it.
func (s *Server) Intercept(f func(http.ResponseWriter, *http.Request) bool) {
	s.locked(func() { s.intercept = f })
}

// Requests returns the REST requests so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

func (s *Server) locked(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	path, ok := cutRoot(r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	if path != "/events" {
		s.requests = append(s.requests, Request{r.Method, path, r.URL.Query(), body})
	}
	intercept := s.intercept
	s.mu.Unlock()
	if intercept != nil && intercept(w, r) {
		return
	}
	if user, pass, ok := r.BasicAuth(); !ok || user != Username || pass != Password {
		reply(w, http.StatusUnauthorized, map[string]string{"message": "Authentication required"})
		return
	}
	if path == "/events" {
		s.websocket(w, r)
		return
	}
	s.rest().ServeHTTP(w, r)
}

func cutRoot(p string) (string, bool) {
	const root = "/ari"
	if len(p) <= len(root) || p[:len(root)] != root {
		return "", false
	}
	return p[len(root):], true
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if v != nil {
		_ = json.NewEncoder(w).Encode(v) // the client may have gone
	}
}

func fail(w http.ResponseWriter, status int, msg string) {
	reply(w, status, map[string]string{"message": msg})
}

func (s *Server) websocket(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("app")
	if name == "" {
		fail(w, http.StatusBadRequest, "HTTP request is missing param: [app]")
		return
	}
	// Asterisk registers the application, and keeps its events, before it accepts the
	// websocket.
	ws := newSocket()
	s.mu.Lock()
	a := s.app(name)
	old := a.ws
	a.ws = ws
	s.mu.Unlock()
	if old != nil {
		old.send(s.encode(map[string]any{"type": "ApplicationReplaced", "application": name}))
	}
	up := websocket.Upgrader{Subprotocols: []string{"ari"}}
	if conn, err := up.Upgrade(w, r, nil); err == nil && ws.attach(conn) {
		ws.run()
	}
	ws.cut()
	s.locked(func() {
		if a.ws == ws {
			a.ws = nil
		}
	})
}

// app returns the application, making it on first use; the mutex is held.
func (s *Server) app(name string) *app {
	a := s.apps[name]
	if a == nil {
		a = &app{channels: map[string]bool{}, disallowed: map[string]bool{}}
		s.apps[name] = a
	}
	return a
}
