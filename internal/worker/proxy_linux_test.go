package worker_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// proxy carries TCP connections to Asterisk until it is told to cut them.
type proxy struct {
	target string
	l      net.Listener
	wg     sync.WaitGroup

	mu    sync.Mutex
	down  bool
	conns map[net.Conn]bool
}

// through puts the proxy in front of ARI and gives ARI's address behind it.
func (p *proxy) through(t testing.TB, url string) string {
	t.Helper()
	p.target = strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/ari")
	p.conns = map[net.Conn]bool{}
	var err error
	p.l, err = net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p.wg.Go(p.accept)
	t.Cleanup(func() {
		must(t, p.l.Close())
		p.set(true)
		p.wg.Wait()
	})
	return fmt.Sprintf("http://%s/ari", p.l.Addr())
}

func (p *proxy) accept() {
	for {
		in, err := p.l.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = in.Close()
			continue
		}
		p.mu.Lock()
		if p.down {
			_, _ = in.Close(), out.Close()
		}
		p.conns[in], p.conns[out] = true, true
		p.mu.Unlock()
		p.wg.Go(func() { p.carry(in, out) })
		p.wg.Go(func() { p.carry(out, in) })
	}
}

func (p *proxy) carry(to, from net.Conn) {
	_, _ = io.Copy(to, from) // its end is the connection's
	_ = to.Close()
}

// set cuts all connections and refuses new ones, or lets them through again.
func (p *proxy) set(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
	for c := range p.conns {
		_ = c.Close()
	}
	clear(p.conns)
}
