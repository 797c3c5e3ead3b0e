package media

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/rtp"
)

// primeFrames are sent, silent, as soon as Asterisk's address is known: 100 ms from
// which its strictrtp learns our address (it wants four in sequence), and a NAT its
// binding, before the first words.
const primeFrames = 5

const rtpHeaderSize = 12

// packetWriter is the part of a UDP socket that sending needs.
type packetWriter interface {
	WriteToUDPAddrPort(b []byte, addr netip.AddrPort) (int, error)
}

var _ packetWriter = (*net.UDPConn)(nil)

// sender is the sending half of a leg: it plays one Playout at a time, a frame per
// tick of the pacer.
//
// Sequence numbers count packets. Timestamps follow the pacer's clock, so they advance
// over silence, in which nothing is sent; the first packet after it has the
// marker bit (RFC 3551 §4.1).
type sender struct {
	codec    Codec
	socket   packetWriter
	pacer    *pacer
	notifier *notifier
	counters *counters
	tap      func(Frame)

	mu       sync.Mutex
	remote   netip.AddrPort
	closed   bool
	playing  *playing // nil while nothing plays
	prime    int      // silent frames still to send
	onWheel  bool     // the pacer ticks us
	talking  bool     // in a talk-spurt
	header   rtp.Header
	tsBase   uint32
	origin   int64 // tick of frame 0
	hasBegun bool  // origin is set
	packet   []byte
	frame    []int16
}

// playing is a Playout on its way.
type playing struct {
	Playout
	next int // next sample
}

func newSender(codec Codec, socket packetWriter, p *pacer, n *notifier, c *counters, tap func(Frame)) *sender {
	return &sender{
		codec: codec, socket: socket, pacer: p, notifier: n, counters: c, tap: tap,
		header: rtp.Header{
			Version:        2,
			PayloadType:    codec.payloadType(),
			SequenceNumber: uint16(rand.Uint32()), // RFC 3550 §5.1: starts anywhere
			SSRC:           rand.Uint32(),
		},
		tsBase: rand.Uint32(),
		packet: make([]byte, rtpHeaderSize+codec.FrameBytes()),
		frame:  make([]int16, codec.FrameSamples()),
	}
}

// setRemote gives the address to send to; what waited for it begins.
func (s *sender) setRemote(to netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.remote == to {
		return
	}
	s.remote = to
	s.prime = primeFrames
	s.begin()
}

// play replaces what plays by p.
func (s *sender) play(p Playout) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	if len(p.PCM) == 0 {
		return ErrEmpty
	}
	s.drop(false)
	s.playing = &playing{Playout: p}
	s.begin()
	return nil
}

func (s *sender) stop() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drop(false)
}

func (s *sender) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.prime = 0
	s.drop(false)
}

// begin sends the first frame at once and takes that moment's place on the wheel. A
// leg that has one keeps it: less than 20 ms have passed since its last frame.
func (s *sender) begin() {
	if s.onWheel || !s.remote.IsValid() {
		return
	}
	tick := s.pacer.nextTick(time.Now())
	if s.step(tick) {
		s.onWheel = true
		s.pacer.add(s, tick+ticksPerFrame)
	}
}

// tick is called by the pacer.
func (s *sender) tick(tick int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onWheel = s.step(tick)
	return s.onWheel
}

func (s *sender) skipped(frames int64) { s.counters.underruns.Add(uint64(frames)) }

// step sends the frame for a tick. It returns false when there was none to send.
func (s *sender) step(tick int64) bool {
	if p := s.playing; p != nil && p.next >= len(p.PCM) {
		s.drop(true)
	}
	switch {
	case s.closed:
		return false
	case s.playing != nil:
		s.prime = 0
		s.sendPlaying(tick)
	case s.prime > 0:
		s.prime--
		clear(s.frame)
		s.send(tick)
	default:
		s.talking = false
		return false
	}
	return true
}

func (s *sender) sendPlaying(tick int64) {
	p := s.playing
	first := p.next == 0
	n := copy(s.frame, p.PCM[p.next:])
	clear(s.frame[n:])
	p.next += n
	s.send(tick)
	at := s.pacer.timeOf(tick)
	if first && p.Started != nil {
		s.notifier.call(func() { p.Started(at) })
	}
	if s.tap != nil {
		seq := uint64(tick-s.origin) / uint64(ticksPerFrame)
		s.tap(Frame{PCM: s.frame, Rate: s.codec.Rate(), Seq: seq, At: at})
	}
}

// send writes s.frame to the socket. A frame that the socket refuses is gone: its
// time has passed.
func (s *sender) send(tick int64) {
	if !s.hasBegun {
		s.origin, s.hasBegun = tick, true
	}
	s.header.Marker = !s.talking
	s.header.Timestamp = s.tsBase + uint32(tick)*uint32(s.codec.Rate()/1000)
	s.talking = true
	s.codec.Encode(s.packet[rtpHeaderSize:], s.frame)
	_, err := s.header.MarshalTo(s.packet)
	s.header.SequenceNumber++
	if err == nil {
		_, err = s.socket.WriteToUDPAddrPort(s.packet, s.remote)
	}
	if err != nil {
		s.counters.sendErrors.Add(1)
		return
	}
	s.counters.sent.Add(1)
}

// drop ends what plays and has its Done called.
func (s *sender) drop(completed bool) time.Duration {
	p := s.playing
	if p == nil {
		return 0
	}
	s.playing = nil
	played := time.Duration(p.next) * time.Second / time.Duration(s.codec.Rate())
	if p.Done != nil {
		s.notifier.call(func() { p.Done(played, completed) })
	}
	return played
}
