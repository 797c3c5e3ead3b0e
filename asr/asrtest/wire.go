package asrtest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// WireConn is a scripted server's end of one connection: what the protocol forbids can be done with it.
type WireConn struct {
	t  testing.TB
	ws *websocket.Conn
	// Ended is closed when the test is over; a script that hangs on purpose waits for it.
	Ended <-chan struct{}
}

// Next reads one message; ok is false when the client has gone.
func (c *WireConn) Next() (text string, binary, ok bool) {
	kind, body, err := c.ws.ReadMessage()
	if err != nil {
		return "", false, false
	}
	return string(body), kind == websocket.BinaryMessage, true
}

// Send sends a text message. A client that has gone is no error: it may have had enough.
func (c *WireConn) Send(text string) {
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil && !gone(err) {
		c.t.Logf("wire: send %q: %v", text, err)
	}
}

func gone(err error) bool {
	var closed *websocket.CloseError
	return errors.As(err, &closed)
}

// Hangup sends a close frame and drops the connection.
func (c *WireConn) Hangup(code int, reason string) {
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second))
	_, _, _ = c.ws.ReadMessage() // until the client has seen it
}

// WireFake runs script for each connection to the URL it gives. A script's return drops the connection.
func WireFake(t testing.TB, script func(*WireConn)) string {
	t.Helper()
	ended := make(chan struct{})
	var conns sync.WaitGroup
	var upgrader websocket.Upgrader
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conns.Add(1)
		defer conns.Done()
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Errorf("wire: upgrade: %v", err)
			return
		}
		defer func() { _ = ws.Close() }()
		script(&WireConn{t: t, ws: ws, Ended: ended})
	}))
	t.Cleanup(func() {
		close(ended)
		srv.Close()
		conns.Wait()
	})
	return "ws" + strings.TrimPrefix(srv.URL, "http")
}
