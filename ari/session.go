package ari

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// maxMessage bounds one event. An event is about 1 kB; user events may carry more.
const maxMessage = 16 << 20

// session is one event websocket, from opening to its end.
type session struct {
	c      *Client
	conn   *websocket.Conn
	failed chan struct{} // closed when the reader has ended
	err    error         // why; read after failed
	quit   chan struct{}
	once   sync.Once
	work   sync.WaitGroup
}

// connect opens the websocket and brings everything into step with it.
func (c *Client) connect(ctx context.Context) (*session, *Reconnected, error) {
	in, err := c.identify(ctx)
	if err != nil {
		return nil, nil, err
	}
	old := c.info.Load()
	// Asterisk gives its start in whole seconds; a restart within one is not possible.
	restarted := old != nil && !in.StartedAt.Equal(old.StartedAt)
	s, err := c.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := c.filter(ctx, in); err != nil {
		s.close()
		return nil, nil, err
	}
	// The reader runs already: reconciling takes requests, and a websocket that is not
	// read for 100 ms is cut.
	made, err := c.reconcile(ctx, restarted)
	if err == nil && s.broken() {
		err = s.err
	}
	if err != nil {
		s.close()
		return nil, nil, err
	}
	c.info.Store(in)
	return s, &Reconnected{Restarted: restarted, Synthetic: made}, nil
}

// filter keeps the two kinds of event from coming that make up most of the stream and
// that nobody reads.
func (c *Client) filter(ctx context.Context, in *Info) error {
	if !in.Features.EventFilter {
		return nil
	}
	err := c.EventFilter(ctx, c.opts.App, nil, []string{"ChannelVarset", "ChannelDialplan"})
	if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrForbidden) {
		return err
	}
	if err != nil {
		c.opts.Logger.Warn().Err(err).Msg("no event filter: more events than needed will come")
	}
	return nil
}

// open dials the websocket and starts reading it.
func (c *Client) open(ctx context.Context) (*session, error) {
	u := *c.api.base
	u.Scheme = map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	u.Path += "/events"
	// subscribeAll stays false: a stalled websocket with it can deadlock all of ARI
	// (asterisk#2170).
	u.RawQuery = url.Values{"app": {c.opts.App}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("ari: open event websocket: %w", err)
	}
	req.SetBasicAuth(c.opts.Username, c.opts.Password)
	d := websocket.Dialer{
		NetDialContext: c.opts.DialContext, TLSClientConfig: c.opts.TLS,
		HandshakeTimeout: c.opts.RequestTimeout, ReadBufferSize: 64 << 10, Subprotocols: []string{"ari"},
	}
	conn, resp, err := d.DialContext(ctx, u.String(), req.Header)
	if err != nil {
		return nil, handshakeError(ctx, resp, err)
	}
	s := &session{c: c, conn: conn, failed: make(chan struct{}), quit: make(chan struct{})}
	conn.SetReadLimit(maxMessage)
	if err := s.alive(); err != nil {
		return nil, errors.Join(fmt.Errorf("ari: open event websocket: %w", err), conn.Close())
	}
	conn.SetPongHandler(func(string) error { return s.alive() })
	s.work.Add(2)
	go s.read()
	go s.ping()
	return s, nil
}

func handshakeError(ctx context.Context, resp *http.Response, err error) error {
	if resp == nil || !errors.Is(err, websocket.ErrBadHandshake) {
		return transportError(ctx, "ari: open event websocket", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, rerr := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if rerr != nil {
		body = nil // the status says enough
	}
	return fmt.Errorf("ari: open event websocket: %w", &APIError{
		Method: http.MethodGet, Path: "/events", Status: resp.StatusCode, Message: errorMessage(body),
	})
}

// alive moves the moment at which silence counts as death.
func (s *session) alive() error {
	return s.conn.SetReadDeadline(time.Now().Add(s.c.opts.PongTimeout))
}

func (s *session) broken() bool {
	select {
	case <-s.failed:
		return true
	default:
		return false
	}
}

// wait returns when the session has failed or ctx ended, with the reason.
func (s *session) wait(ctx context.Context) error {
	select {
	case <-s.failed:
		return s.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// close ends the session and waits for its goroutines.
func (s *session) close() {
	s.once.Do(func() {
		close(s.quit)
		// A polite end: Asterisk logs an abrupt one as a warning. Errors only say that the
		// connection is gone already.
		if !s.broken() && s.conn.WriteControl(websocket.CloseMessage,
			websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second)) == nil {
			farewell := time.NewTimer(time.Second)
			defer farewell.Stop()
			select {
			case <-s.failed: // the peer's own close frame has come
			case <-farewell.C:
			}
		}
		_ = s.conn.Close()
	})
	s.work.Wait()
}

// read takes messages off the wire as fast as they come, parses and routes them.
func (s *session) read() {
	defer s.work.Done()
	defer close(s.failed)
	for {
		_, data, err := s.conn.ReadMessage()
		if err != nil {
			s.err = readError(err)
			return
		}
		if err := s.alive(); err != nil {
			s.err = fmt.Errorf("ari: read events: %w", err)
			return
		}
		if s.c.take(data) {
			s.err = ErrReplaced
			return
		}
	}
}

func readError(err error) error {
	var ne net.Error
	if errors.As(err, &ne) && ne.Timeout() {
		return fmt.Errorf("ari: read events: %w: %w", ErrTimeout, err)
	}
	return fmt.Errorf("ari: read events: %w: %w", ErrUnavailable, err)
}

// take handles one message; true means that the application was taken over.
func (c *Client) take(data []byte) (replaced bool) {
	c.stats.events.Add(1)
	ev, err := decodeEvent(data)
	if err != nil {
		c.stats.malformed.Add(1)
		c.opts.Logger.Warn().Err(err).Bytes("message", bytes.ToValidUTF8(data[:min(len(data), 256)], []byte("?"))).
			Msg("message on the event websocket is not an event")
		ev = malformed(data)
	}
	if ev.At.IsZero() {
		ev.At = time.Now()
	}
	replaced = ev.Type == "ApplicationReplaced" && ev.V6.GetApplication() == c.opts.App
	c.router.route(ev)
	return replaced
}

// ping asks for signs of life; the read deadline acts on their absence.
func (s *session) ping() {
	defer s.work.Done()
	t := time.NewTicker(s.c.opts.PingInterval)
	defer t.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-s.failed:
			return
		case <-t.C:
			// A failed write means a broken connection, which the reader sees as well.
			if err := s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(s.c.opts.PingInterval)); err != nil {
				_ = s.conn.Close()
				return
			}
		}
	}
}
