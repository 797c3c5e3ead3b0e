package ari_test

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// proxy carries TCP connections to Asterisk until it is told to cut or to stall them.
type proxy struct {
	target string
	l      net.Listener
	wg     sync.WaitGroup

	mu    sync.Mutex
	down  bool
	conns map[net.Conn]bool
	stall chan struct{} // closed: connections of this generation carry nothing more
	over  chan struct{}
}

func startProxy(t *testing.T, url string) (*proxy, string) {
	t.Helper()
	host := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/ari")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{target: host, l: l, conns: map[net.Conn]bool{}, stall: make(chan struct{}), over: make(chan struct{})}
	p.wg.Add(1)
	go p.accept()
	t.Cleanup(func() {
		close(p.over)
		_ = l.Close()
		p.setDown(true)
		p.wg.Wait()
	})
	return p, fmt.Sprintf("http://%s/ari", l.Addr())
}

func (p *proxy) accept() {
	defer p.wg.Done()
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
		stall, ok := p.add(in, out)
		if !ok {
			_ = in.Close()
			_ = out.Close()
			continue
		}
		for _, pair := range [][2]net.Conn{{in, out}, {out, in}} {
			p.wg.Add(1)
			go p.carry(pair[0], pair[1], stall)
		}
	}
}

// carry copies until either side ends, or until it stalls: then it holds what it has.
func (p *proxy) carry(to, from net.Conn, stall <-chan struct{}) {
	defer p.wg.Done()
	defer func() { _ = to.Close() }()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		select {
		case <-stall:
			<-p.over
			return
		default:
		}
		if err != nil {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (p *proxy) add(conns ...net.Conn) (<-chan struct{}, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		return nil, false
	}
	for _, c := range conns {
		p.conns[c] = true
	}
	return p.stall, true
}

// setDown cuts all connections and refuses new ones, or lets them through again.
func (p *proxy) setDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
	for c := range p.conns {
		_ = c.Close()
	}
	clear(p.conns)
}

// stallAll makes the connections of this moment carry nothing more, without ending
// them; new ones work.
func (p *proxy) stallAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.stall)
	p.stall = make(chan struct{})
}
