package aritest

import (
	"context"
	"errors"
	"net"
	"sync"
)

// listener hands out net.Pipe connections: no socket, no port, and blocking on it is
// seen by testing/synctest.
type listener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newListener() *listener {
	return &listener{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }

func (l *listener) Addr() net.Addr { return pipeAddr{} }

var errRefused = errors.New("connection refused by the fake Asterisk")

func (l *listener) dial(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.done:
	case <-ctx.Done():
	}
	return nil, errors.Join(errRefused, here.Close(), there.Close())
}
