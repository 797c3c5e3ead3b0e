package ari

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// Defaults of Options.
const (
	DefaultRequestTimeout = 10 * time.Second
	DefaultMaxConns       = 8
	DefaultPingInterval   = 5 * time.Second
	DefaultPongTimeout    = 12 * time.Second
	// DefaultMaxDuration limits a channel whose request names no limit.
	DefaultMaxDuration = time.Hour
)

// Options say which Asterisk to connect to, and how.
type Options struct {
	URL      string // ARI root, as in http://127.0.0.1:8088/ari
	Username string // user of ari.conf
	Password string
	App      string // Stasis application; it belongs to one connection at a time
	Logger   zerolog.Logger

	RequestTimeout time.Duration // limit of one REST request
	MaxConns       int           // size of the persistent HTTP pool, the websocket not counted
	PingInterval   time.Duration // between two pings on the websocket
	PongTimeout    time.Duration // silence after which the websocket counts as dead
	MinBackoff     time.Duration // before the first reconnect; default 100 ms
	MaxBackoff     time.Duration // between later ones; default 5 s
	// Grace is how long an end that Asterisk reports itself may still arrive after a
	// reconnect before a missing channel is given a synthetic end. Default 250 ms.
	Grace time.Duration

	TLS *tls.Config // for https
	// DialContext opens network connections; nil for the operating system's.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
	// Fence is asked before each reconnect whether the application still belongs to us:
	// opening a websocket takes it from whoever has it now. An error that is ErrReplaced
	// stops the client for good; any other delays the reconnect. May be nil.
	Fence func(ctx context.Context) error
	// OnState is told when the connection comes up, breaks and ends. It runs on the
	// client's own goroutine: it must return soon and must not call Close. May be nil.
	OnState func(State)
	// Metrics, if set, gets the client's metrics; they are unregistered by Close.
	Metrics prometheus.Registerer
}

// State describes the event connection at the moment it changed.
type State struct {
	Connected bool
	Restarted bool          // Asterisk was restarted during the gap
	Attempt   int           // reconnects tried since the connection broke
	Gap       time.Duration // how long the connection was down
	Err       error         // why it is down; nil when connected
}

func (o Options) withDefaults() (Options, *url.URL, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return o, nil, fmt.Errorf("ari: parse URL: %w", err)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return o, nil, fmt.Errorf("ari: URL %q must look like http://127.0.0.1:8088/ari", u.Redacted())
	}
	if u.User != nil || u.RawQuery != "" {
		return o, nil, fmt.Errorf("ari: URL %q must not carry credentials or a query", u.Redacted())
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	if o.App == "" || strings.ContainsAny(o.App, ", \t\r\n/") {
		return o, nil, fmt.Errorf("ari: application name %q must be one word without comma or slash", o.App)
	}
	if o.Username == "" || strings.Contains(o.Username, ":") {
		return o, nil, fmt.Errorf("ari: user name %q must be set and have no colon", o.Username)
	}
	setDefault(&o.RequestTimeout, DefaultRequestTimeout)
	setDefault(&o.PingInterval, DefaultPingInterval)
	setDefault(&o.PongTimeout, DefaultPongTimeout)
	setDefault(&o.MinBackoff, 100*time.Millisecond)
	setDefault(&o.MaxBackoff, 5*time.Second)
	setDefault(&o.Grace, 250*time.Millisecond)
	if o.MaxConns <= 0 {
		o.MaxConns = DefaultMaxConns
	}
	if o.PongTimeout <= o.PingInterval {
		return o, nil, fmt.Errorf("ari: pong timeout %s must exceed the ping interval %s", o.PongTimeout, o.PingInterval)
	}
	if o.DialContext == nil {
		o.DialContext = (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}).DialContext
	}
	return o, u, nil
}

func setDefault(d *time.Duration, v time.Duration) {
	if *d <= 0 {
		*d = v
	}
}
