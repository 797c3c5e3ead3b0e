package media

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// sinkhole is a socket that takes everything.
type sinkhole struct{ packets int }

func (s *sinkhole) WriteToUDPAddrPort(b []byte, _ netip.AddrPort) (int, error) {
	s.packets++
	return len(b), nil
}

// TestSendingAllocatesNothing covers the pacer's tick: framing, encoding, header, tap.
func TestSendingAllocatesNothing(t *testing.T) {
	p, n := newPacer(), newNotifier()
	defer n.close()
	defer p.close()
	for _, codec := range []Codec{ULaw, ALaw, SLin8} {
		hole, tapped := &sinkhole{}, 0
		s := newSender(codec, hole, p, n, &counters{}, func(Frame) { tapped++ })
		s.remote = netip.MustParseAddrPort("127.0.0.1:9")
		s.onWheel = true // the test turns the wheel itself
		if err := s.play(Playout{PCM: make([]int16, 160*2000)}); err != nil {
			t.Fatal(err)
		}
		tick := int64(1000)
		if got := testing.AllocsPerRun(1000, func() { s.tick(tick); tick += ticksPerFrame }); got != 0 {
			t.Errorf("%s: %v allocations per frame", codec, got)
		}
		if hole.packets < 1000 || tapped != hole.packets {
			t.Errorf("%s: %d packets, %d tapped", codec, hole.packets, tapped)
		}
	}
}

// TestWholePathAllocatesNothing is the same through real sockets: what a transport
// sends to itself.
func TestWholePathAllocatesNothing(t *testing.T) {
	tr, err := NewRTP(RTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tr.Close(); err != nil {
			t.Error(err)
		}
	}()
	got := make(chan struct{}, 1)
	vad := NewVAD(VADOptions{})
	leg, err := tr.Open(t.Context(), OpenOptions{ID: "a", Sink: SinkFunc(func(f Frame) {
		vad.Feed(f.PCM)
		got <- struct{}{}
	})})
	if err != nil {
		t.Fatal(err)
	}
	l := leg.(*rtpLeg)
	if !tr.claim(l, tr.addr) {
		t.Fatal("not claimed")
	}
	l.out.remote = tr.addr
	l.out.onWheel = true
	if err := leg.Play(Playout{PCM: make([]int16, 160*2000)}); err != nil {
		t.Fatal(err)
	}
	tick := int64(0)
	if n := testing.AllocsPerRun(500, func() {
		l.out.tick(tick)
		tick += ticksPerFrame
		<-got
	}); n != 0 {
		t.Errorf("%v allocations for a frame sent and received", n)
	}
}

// TestSequenceAndTimestampWrap sends over both wraps and is understood by a receiver.
func TestSequenceAndTimestampWrap(t *testing.T) {
	p, n := newPacer(), newNotifier()
	defer n.close()
	defer p.close()
	w := &looped{t: t, base: time.Now()}
	w.r = newReceiver(ULaw, w, &counters{})
	s := newSender(ULaw, w, p, n, &counters{}, nil)
	s.remote = netip.MustParseAddrPort("127.0.0.1:9")
	s.onWheel = true
	s.header.SequenceNumber = 65500
	s.tsBase = 0xFFFFFFFF - 8*1000 - 20000
	tick := int64(1000)
	for spurt := range 5 {
		if err := s.play(Playout{PCM: make([]int16, 160*50)}); err != nil {
			t.Fatal(err)
		}
		for range 50 {
			s.tick(tick)
			tick += ticksPerFrame
		}
		s.tick(tick) // ends the spurt
		s.onWheel = true
		tick += 10 * ticksPerFrame
		if want := uint64(spurt+1)*60 - 10; w.next != want {
			t.Fatalf("after %d spurts the next frame is %d, want %d", spurt+1, w.next, want)
		}
	}
	if got := w.r.counters.stats(); got != (Stats{Received: 250}) {
		t.Errorf("stats %+v", got)
	}
}

// looped is a socket whose packets go to a receiver, and that one's sink.
type looped struct {
	t       *testing.T
	r       *receiver
	base    time.Time
	firstTS uint32
	begun   bool
	next    uint64
}

func (w *looped) Frame(f Frame) { w.next = f.Seq + 1 }

func (w *looped) WriteToUDPAddrPort(b []byte, _ netip.AddrPort) (int, error) {
	var h rtp.Header
	payload, ok := parseRTP(&h, b)
	if !ok {
		w.t.Fatal("not RTP")
	}
	if !w.begun {
		w.firstTS, w.begun = h.Timestamp, true
	}
	w.r.packet(&h, payload, w.base.Add(time.Duration(h.Timestamp-w.firstTS)*time.Second/8000))
	return len(b), nil
}
