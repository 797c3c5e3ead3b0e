package asr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright/asr/internal/voskwire"
)

// VoskOptions configure the client of a Vosk websocket server. Only URL is required.
type VoskOptions struct {
	// URL is ws:// or wss://, for example ws://127.0.0.1:2700.
	URL string
	// Logger gets what no caller is told, such as a server that closes oddly. The zero value is silent.
	Logger zerolog.Logger
	// Header is sent with the websocket handshake, for proxies that want a token.
	Header http.Header
	// OpenTimeout bounds connecting besides the context of Open. Default 5 s.
	OpenTimeout time.Duration
	// ReplyTimeout is how long a message may stay unanswered before the server counts as gone. Default 10 s.
	ReplyTimeout time.Duration
	// CloseTimeout bounds the wait for the last words in Close. Default 2 s.
	CloseTimeout time.Duration
	// Queue is how much audio may wait for the network. Default 5 s.
	Queue time.Duration
	// Chunk is how much audio goes into one message. Smaller gives earlier partials, larger costs
	// less; a Finalize never waits for it. Default 60 ms.
	Chunk time.Duration
}

func (o *VoskOptions) setDefaults() {
	for p, d := range map[*time.Duration]time.Duration{
		&o.OpenTimeout: 5 * time.Second, &o.ReplyTimeout: 10 * time.Second, &o.CloseTimeout: 2 * time.Second,
		&o.Queue: 5 * time.Second, &o.Chunk: 60 * time.Millisecond,
	} {
		if *p <= 0 {
			*p = d
		}
	}
}

// VoskStats counts what an engine has done since it was made.
type VoskStats struct {
	// Open is the number of streams now; Opened, Failed and the rest only grow.
	Open, Opened, Failed int64
	// Samples is audio accepted, Overflowed audio dropped because the queue was full.
	Samples, Overflowed int64
	// Finals is the number of final results that were delivered.
	Finals int64
}

// Vosk is an Engine that speaks the Vosk websocket protocol to a server.
type Vosk struct {
	o      VoskOptions
	dialer websocket.Dialer

	mu      sync.Mutex
	streams map[*voskStream]struct{}
	closed  bool

	opened, failed, samples, overflowed, finals atomic.Int64
}

// NewVosk makes the client; nothing is connected before Open. A URL that cannot be one shows there, as ErrRejected.
func NewVosk(o VoskOptions) *Vosk {
	o.setDefaults()
	return &Vosk{
		o:       o,
		dialer:  websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: o.OpenTimeout},
		streams: map[*voskStream]struct{}{},
	}
}

// Name is "vosk".
func (v *Vosk) Name() string { return "vosk" }

// Stats is a snapshot of the counters.
func (v *Vosk) Stats() VoskStats {
	v.mu.Lock()
	open := int64(len(v.streams))
	v.mu.Unlock()
	return VoskStats{
		Open: open, Opened: v.opened.Load(), Failed: v.failed.Load(),
		Samples: v.samples.Load(), Overflowed: v.overflowed.Load(), Finals: v.finals.Load(),
	}
}

// Open connects and sends the config message. Since the protocol has no reply to that, a server
// that refuses a vocabulary or grammar says so by closing: the stream then delivers ErrRejected.
func (v *Vosk) Open(ctx context.Context, o Options) (Stream, error) {
	if o.Rate < 8000 || o.Rate > 48000 {
		return nil, fmt.Errorf("vosk %s: open a stream at %d Hz, want 8000 to 48000: %w", v.o.URL, o.Rate, ErrRejected)
	}
	config, err := wireConfig(o)
	if err != nil {
		return nil, fmt.Errorf("vosk %s: encode config: %w", v.o.URL, err)
	}
	conn, err := v.dial(ctx)
	if err != nil {
		return nil, err
	}
	_ = conn.SetWriteDeadline(time.Now().Add(v.o.ReplyTimeout)) // fails only on a closed socket, which the write then reports
	if err := conn.WriteMessage(websocket.TextMessage, config); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("vosk %s: send config: %w: %w", v.o.URL, ErrUnavailable, err)
	}
	s := newVoskStream(v, conn, o)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		_ = conn.Close()
		return nil, fmt.Errorf("vosk %s: open: %w", v.o.URL, ErrClosed)
	}
	v.streams[s] = struct{}{}
	v.opened.Add(1)
	s.start()
	return s, nil
}

func (v *Vosk) dial(ctx context.Context) (*websocket.Conn, error) {
	u, err := url.Parse(v.o.URL)
	if err != nil || (u.Scheme != "ws" && u.Scheme != "wss") || u.Host == "" {
		return nil, fmt.Errorf("vosk %q: not a ws:// or wss:// address: %w", v.o.URL, ErrRejected)
	}
	ctx, cancel := context.WithTimeout(ctx, v.o.OpenTimeout)
	defer cancel()
	conn, resp, err := v.dialer.DialContext(ctx, v.o.URL, v.o.Header)
	if err == nil {
		conn.SetReadLimit(maxReply)
		return conn, nil
	}
	if resp != nil { // the server speaks HTTP and said why not
		body, _ := io.ReadAll(io.LimitReader(resp.Body, 200))
		return nil, fmt.Errorf("vosk %s: connect: %w: HTTP status %s: %s", v.o.URL, ErrUnavailable, resp.Status, strings.TrimSpace(string(body)))
	}
	return nil, fmt.Errorf("vosk %s: connect: %w: %w", v.o.URL, ErrUnavailable, err)
}

func (v *Vosk) forget(s *voskStream) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.streams, s)
}

// Close ends all streams and waits for them.
func (v *Vosk) Close() error {
	v.mu.Lock()
	v.closed = true
	var open []*voskStream
	for s := range v.streams {
		open = append(open, s)
	}
	v.mu.Unlock()
	var wg sync.WaitGroup
	errs := make([]error, len(open))
	for i, s := range open {
		wg.Go(func() { errs[i] = s.Close() })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// wireConfig always asks for words, because without them the server gives no confidence. The
// protocol counts the best transcript among the alternatives. Asked for any, the original server
// gives no confidences at all; Dialwright's own gives the same as otherwise.
func wireConfig(o Options) ([]byte, error) {
	c := voskwire.Config{
		SampleRate: float64(o.Rate), Words: true, PhraseList: o.Vocabulary, Grammar: o.Grammar,
	}
	if o.Alternatives > 0 {
		c.MaxAlternatives = 1 + min(o.Alternatives, MaxAlternatives)
	}
	return c.Encode()
}
