package media

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/rs/zerolog"
)

const (
	defaultSocketBuffer = 4 << 20 // bytes; 1000 calls for more than a second
	readErrorPause      = 10 * time.Millisecond
)

// RTPOptions configure an RTP transport. The zero value listens on a free port of
// the loopback interface and logs nothing.
type RTPOptions struct {
	// Listen is the address of the one socket; zero means 127.0.0.1:0. It must be
	// one that Asterisk can reach, not 0.0.0.0, since it is given as external_host.
	Listen netip.AddrPort
	// Logger is told of addresses that change hands and of socket errors.
	Logger zerolog.Logger
	// SocketBuffer is asked for in each direction, in bytes; 0 means 4 MiB. The
	// kernel may give less (net.core.rmem_max).
	SocketBuffer int
}

// RTPStats are the counts of a transport over all its legs.
type RTPStats struct {
	Legs          int      // open now
	UnknownSource uint64   // packets from addresses that no leg has, dropped
	Malformed     uint64   // packets that are not RTP, dropped
	ReadErrors    uint64   // errors of the socket
	Lateness      Lateness // of frames sent by the pacer
	Total         Stats    // over all legs, open and closed
}

// RTP is the transport for Asterisk's externalMedia over UDP: one socket for all
// calls, told apart by the address they come from. It also is a
// prometheus.Collector.
type RTP struct {
	log      zerolog.Logger
	conn     *net.UDPConn
	addr     netip.AddrPort
	pacer    *pacer
	notifier *notifier

	mu       sync.RWMutex
	byRemote map[netip.AddrPort]*rtpLeg
	byID     map[string]*rtpLeg
	past     Stats // of closed legs
	closed   bool

	unknownSource, malformed, readErrors atomic.Uint64

	quit chan struct{}
	done chan struct{} // receiver has ended

	// The receiving goroutine's own.
	header   rtp.Header
	holding  []*rtpLeg // legs whose jitter buffer waits
	deadline time.Time // of the socket
}

var _ Transport = (*RTP)(nil)

// NewRTP opens the socket and starts the transport's goroutines.
func NewRTP(o RTPOptions) (*RTP, error) {
	if !o.Listen.IsValid() {
		o.Listen = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 0)
	}
	if o.Listen.Addr().IsUnspecified() {
		return nil, fmt.Errorf("media: RTP cannot listen on %s: Asterisk needs an address it can send to; name the interface's own", o.Listen)
	}
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(o.Listen))
	if err != nil {
		return nil, fmt.Errorf("media: opening the RTP socket on %s: %w", o.Listen, err)
	}
	size := o.SocketBuffer
	if size == 0 {
		size = defaultSocketBuffer
	}
	if err := errors.Join(conn.SetReadBuffer(size), conn.SetWriteBuffer(size)); err != nil {
		o.Logger.Warn().Err(err).Int("bytes", size).Msg("RTP socket keeps its default buffers")
	}
	local := conn.LocalAddr().(*net.UDPAddr).AddrPort()
	t := &RTP{
		log: o.Logger, conn: conn,
		addr:     netip.AddrPortFrom(local.Addr().Unmap(), local.Port()),
		pacer:    newPacer(),
		notifier: newNotifier(),
		byRemote: make(map[netip.AddrPort]*rtpLeg),
		byID:     make(map[string]*rtpLeg),
		quit:     make(chan struct{}),
		done:     make(chan struct{}),
	}
	go t.receive()
	return t, nil
}

// Addr is the address of the socket.
func (t *RTP) Addr() netip.AddrPort { return t.addr }

// Open makes a leg. It fails with ErrFormat for a format whose Out is SLin16,
// which Asterisk cannot take over RTP.
func (t *RTP) Open(ctx context.Context, o OpenOptions) (Leg, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("media: opening leg %s: %w", o.ID, err)
	}
	if o.Format.In > SLin16 || o.Format.Out >= SLin16 {
		return nil, fmt.Errorf("media: opening leg %s as %s: %w: towards Asterisk RTP carries ulaw, alaw or slin", o.ID, o.Format, ErrFormat)
	}
	l := &rtpLeg{id: o.ID, t: t}
	l.in = newReceiver(o.Format.In, o.Sink, &l.counters)
	l.out = newSender(o.Format.Out, t.conn, t.pacer, t.notifier, &l.counters, o.OutTap)
	if err := t.register(l); err != nil {
		return nil, fmt.Errorf("media: opening leg %s: %w", o.ID, err)
	}
	if o.Remote.IsValid() {
		l.SetRemote(o.Remote)
	}
	return l, nil
}

func (t *RTP) register(l *rtpLeg) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return ErrClosed
	}
	if t.byID[l.id] != nil {
		return ErrDuplicate
	}
	t.byID[l.id] = l
	return nil
}

// claim gives an address to a leg that is open, and says whether it is.
func (t *RTP) claim(l *rtpLeg, remote netip.AddrPort) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byID[l.id] != l {
		return false
	}
	if t.byRemote[l.remote] == l {
		delete(t.byRemote, l.remote)
	}
	if other := t.byRemote[remote]; other != nil {
		t.log.Warn().Str("leg", l.id).Str("from", other.id).Stringer("remote", remote).Msg("media address taken over from a leg that has not been closed")
	}
	t.byRemote[remote] = l
	l.remote = remote
	return true
}

// forget takes a leg out of the maps and keeps its counts.
func (t *RTP) forget(l *rtpLeg) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byID[l.id] != l {
		return
	}
	delete(t.byID, l.id)
	if t.byRemote[l.remote] == l {
		delete(t.byRemote, l.remote)
	}
	t.past = t.past.add(l.counters.stats())
}

// Stats are the counts so far.
func (t *RTP) Stats() RTPStats {
	t.mu.RLock()
	defer t.mu.RUnlock()
	s := RTPStats{
		Legs:          len(t.byID),
		UnknownSource: t.unknownSource.Load(),
		Malformed:     t.malformed.Load(),
		ReadErrors:    t.readErrors.Load(),
		Lateness:      t.pacer.lateness.load(),
		Total:         t.past,
	}
	for _, l := range t.byID {
		s.Total = s.Total.add(l.counters.stats())
	}
	return s
}

// Close closes all legs and returns when nothing of the transport runs any more.
func (t *RTP) Close() error {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		<-t.done
		return nil
	}
	t.closed = true
	legs := make([]*rtpLeg, 0, len(t.byID))
	for _, l := range t.byID {
		legs = append(legs, l)
	}
	t.mu.Unlock()
	for _, l := range legs {
		l.shut()
	}
	t.pacer.close()
	close(t.quit)
	err := t.conn.Close()
	<-t.done
	t.notifier.close()
	if err != nil {
		return fmt.Errorf("media: closing the RTP socket on %s: %w", t.addr, err)
	}
	return nil
}

// receive is the goroutine that reads the socket.
func (t *RTP) receive() {
	defer close(t.done)
	buf := make([]byte, 2048)
	for {
		size, from, err := t.conn.ReadFromUDPAddrPort(buf)
		now := time.Now()
		switch {
		case err == nil:
			t.packet(buf[:size], from, now)
		case errors.Is(err, os.ErrDeadlineExceeded):
		case errors.Is(err, net.ErrClosed):
			return
		default:
			t.readErrors.Add(1)
			t.log.Warn().Err(err).Stringer("addr", t.addr).Msg("reading the RTP socket")
			select { // an error that stays must not take a whole core
			case <-t.quit:
				return
			case <-time.After(readErrorPause):
			}
		}
		t.expire(now)
	}
}

// packet finds the leg of a packet and gives it to it.
func (t *RTP) packet(b []byte, from netip.AddrPort, now time.Time) {
	t.mu.RLock()
	l := t.byRemote[netip.AddrPortFrom(from.Addr().Unmap(), from.Port())]
	t.mu.RUnlock()
	if l == nil {
		t.unknownSource.Add(1)
		return
	}
	payload, ok := parseRTP(&t.header, b)
	if !ok {
		l.counters.malformed.Add(1)
		t.malformed.Add(1)
		return
	}
	deadline := l.in.packet(&t.header, payload, now)
	if !deadline.IsZero() && !l.holding {
		l.holding = true
		t.holding = append(t.holding, l)
	}
}

// parseRTP takes a packet apart (RFC 3550 §5.1). h is used again and again, so
// that nothing is allocated.
func parseRTP(h *rtp.Header, b []byte) (payload []byte, ok bool) {
	n, err := h.Unmarshal(b)
	if err != nil || h.Version != 2 || n > len(b) {
		return nil, false
	}
	payload = b[n:]
	if h.Padding {
		if len(payload) == 0 {
			return nil, false
		}
		pad := int(payload[len(payload)-1])
		if pad == 0 || pad > len(payload) {
			return nil, false
		}
		payload = payload[:len(payload)-pad]
	}
	return payload, true
}

// expire ends the waits whose time has come, and has the socket's read end when
// the next one's does. Only while packets are missing does that cost anything.
func (t *RTP) expire(now time.Time) {
	if len(t.holding) == 0 && t.deadline.IsZero() {
		return
	}
	var next time.Time
	kept := t.holding[:0]
	for _, l := range t.holding {
		at := l.in.expire(now)
		if at.IsZero() {
			l.holding = false
			continue
		}
		kept = append(kept, l)
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	clear(t.holding[len(kept):])
	t.holding = kept
	if !next.Equal(t.deadline) {
		t.deadline = next
		if err := t.conn.SetReadDeadline(next); err != nil && !errors.Is(err, net.ErrClosed) {
			t.readErrors.Add(1)
		}
	}
}
