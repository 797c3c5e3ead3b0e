package media

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// collector is a sink that keeps copies.
type collector struct{ frames []Frame }

func (c *collector) Frame(f Frame) {
	f.PCM = slices.Clone(f.PCM)
	c.frames = append(c.frames, f)
}

func (c *collector) seqs() (out []uint64) {
	for _, f := range c.frames {
		out = append(out, f.Seq)
	}
	return out
}

// wire feeds a receiver with packets of a sender whose clock is perfect.
type wire struct {
	r     *receiver
	codec Codec
	base  time.Time
	ssrc  uint32
	pt    uint8
}

func newWire(codec Codec) (*wire, *collector, *counters) {
	sink, c := &collector{}, &counters{}
	return &wire{newReceiver(codec, sink, c), codec, time.Now(), 77, codec.payloadType()}, sink, c
}

// packet arrives in its 20 ms slot; its samples have the value of the slot.
func (w *wire) packet(seq uint16, slot int) {
	w.send(seq, slot, level(int16(slot), w.codec.FrameSamples()))
}

func (w *wire) send(seq uint16, slot int, pcm []int16) {
	h := &rtp.Header{Version: 2, PayloadType: w.pt, SequenceNumber: seq, SSRC: w.ssrc,
		Timestamp: uint32(slot * w.codec.FrameSamples())}
	at := w.base.Add(time.Duration(slot) * FrameDuration)
	w.r.packet(h, w.codec.Encode(nil, pcm), at)
	w.r.expire(at)
}

func level(v int16, n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = v * 100
	}
	return out
}

func TestReceiverNumbersAndTimesFrames(t *testing.T) {
	w, sink, _ := newWire(SLin16)
	for i := range 5 {
		w.packet(uint16(65533+i), 10+i)
	}
	for i, f := range sink.frames {
		if f.Seq != uint64(i) || f.Rate != 16000 || len(f.PCM) != 320 || f.PCM[7] != int16(10+i)*100 || f.Lost ||
			!f.At.Equal(w.base.Add(time.Duration(10+i)*FrameDuration)) {
			t.Errorf("frame %d: %d %d %v %v", i, f.Seq, f.PCM[7], f.At, f.Lost)
		}
	}
	if len(sink.frames) != 5 {
		t.Errorf("%d frames", len(sink.frames))
	}
}

func TestReceiverConcealsFading(t *testing.T) {
	w, sink, c := newWire(SLin8)
	w.packet(1, 100)
	w.packet(6, 105) // 2 to 5 are lost
	w.packet(7, 106)
	w.packet(8, 107)
	want := []struct {
		seq  uint64
		v    int16
		lost bool
	}{{0, 10000, false}, {1, 6000, true}, {2, 4000, true}, {3, 2000, true}, {4, 0, true},
		{5, 10500, false}, {6, 10600, false}, {7, 10700, false}}
	if len(sink.frames) != len(want) {
		t.Fatalf("%d frames", len(sink.frames))
	}
	for i, x := range want {
		f := sink.frames[i]
		at := w.base.Add(time.Duration(100+i) * FrameDuration)
		if f.Seq != x.seq || f.PCM[0] != x.v || f.Lost != x.lost || !f.At.Equal(at) {
			t.Errorf("frame %d: seq %d value %d lost %v at %v", i, f.Seq, f.PCM[0], f.Lost, f.At.Sub(w.base))
		}
	}
	if s := c.stats(); s.Lost != 4 || s.Concealed != 4 {
		t.Errorf("stats %+v", s)
	}
}

func TestReceiverLongGapIsAGapInSeq(t *testing.T) {
	w, sink, c := newWire(ULaw)
	w.packet(1, 0)
	for i := range 3 {
		w.packet(uint16(101+i), 100+i)
	}
	want := []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100, 101, 102}
	if got := sink.seqs(); !slices.Equal(got, want) {
		t.Errorf("seqs %v", got)
	}
	if s := c.stats(); s.Lost != 99 || s.Concealed != maxConcealed {
		t.Errorf("stats %+v", s)
	}
}

func TestReceiverFollowsPauses(t *testing.T) {
	w, sink, _ := newWire(ULaw)
	w.packet(1, 0)
	w.packet(2, 1)
	w.packet(3, 51) // numbered on, after a second without packets: nothing is lost
	w.packet(4, 52)
	if got := sink.seqs(); !slices.Equal(got, []uint64{0, 1, 51, 52}) {
		t.Errorf("seqs %v", got)
	}
}

// TestReceiverBelievesItsClock: Asterisk's timestamps jump when it changes the source.
func TestReceiverBelievesItsClock(t *testing.T) {
	w, sink, _ := newWire(ULaw)
	send := func(seq uint16, ts uint32, slot int) {
		h := &rtp.Header{Version: 2, SequenceNumber: seq, SSRC: 1, Timestamp: ts}
		w.r.packet(h, make([]byte, 160), w.base.Add(time.Duration(slot)*FrameDuration))
	}
	send(1, 0, 0)
	send(2, 900000000, 1)
	send(3, 900000160, 2)
	send(4, 5, 3)
	send(5, 4000000000, 13)
	if got := sink.seqs(); !slices.Equal(got, []uint64{0, 1, 2, 3, 13}) {
		t.Errorf("seqs %v", got)
	}
}

func TestReceiverFollowsSSRC(t *testing.T) {
	w, sink, c := newWire(ULaw)
	w.packet(1, 0)
	w.packet(2, 1)
	w.ssrc = 99
	w.packet(40000, 2)
	w.ssrc = 77
	w.packet(3, 3) // straggler
	w.ssrc = 99
	w.packet(40001, 3)
	w.ssrc = 77
	w.packet(500, 40) // much later the first one may come back
	if got := sink.seqs(); !slices.Equal(got, []uint64{0, 1, 2, 3, 40}) {
		t.Errorf("seqs %v", got)
	}
	if s := c.stats(); s.Resyncs != 2 || s.Late != 1 || s.Received != 5 || s.Lost != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestReceiverOtherPayloadTakesANumber(t *testing.T) {
	w, sink, c := newWire(ULaw)
	w.packet(1, 0)
	w.pt = 13 // comfort noise
	w.packet(2, 1)
	w.pt = payloadULaw
	w.packet(3, 2)
	if got := sink.seqs(); !slices.Equal(got, []uint64{0, 2}) {
		t.Errorf("seqs %v", got)
	}
	if s := c.stats(); s.UnknownPayload != 1 || s.Lost != 0 || s.Concealed != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestReceiverCutsOtherPacketTimes(t *testing.T) {
	for _, size := range []int{80, 240, 320, 100} { // 10, 30, 40, 12.5 ms at 8 kHz
		sink, c := &collector{}, &counters{}
		r := newReceiver(SLin8, sink, c)
		base := time.Now()
		var all []int16
		for i := range 48 {
			pcm := noise(uint64(i), 1000, size)
			all = append(all, pcm...)
			h := &rtp.Header{Version: 2, PayloadType: 10, SequenceNumber: uint16(i), Timestamp: uint32(i * size)}
			r.packet(h, SLin8.Encode(nil, pcm), base.Add(time.Duration(i*size)*time.Second/8000))
		}
		var got []int16
		for i, f := range sink.frames {
			if f.Seq != uint64(i) || len(f.PCM) != 160 {
				t.Fatalf("packets of %d: frame %d has number %d and %d samples", size, i, f.Seq, len(f.PCM))
			}
			got = append(got, f.PCM...)
		}
		if want := all[:len(all)/160*160]; !slices.Equal(got, want) {
			t.Errorf("packets of %d: %d samples differ from %d", size, len(got), len(want))
		}
	}
}

func TestReceiverRefusesHalfSamples(t *testing.T) {
	sink, c := &collector{}, &counters{}
	r := newReceiver(SLin16, sink, c)
	r.packet(&rtp.Header{Version: 2, PayloadType: 118}, make([]byte, 639), time.Now())
	r.packet(&rtp.Header{Version: 2, PayloadType: 118}, make([]byte, maxPayload+2), time.Now())
	if s := c.stats(); s.Malformed != 2 || len(sink.frames) != 0 {
		t.Errorf("stats %+v", s)
	}
}

// TestReceivingAllocatesNothing covers parsing, order, decoding and voice activity,
// with a packet in ten lost and one in ten late.
func TestReceivingAllocatesNothing(t *testing.T) {
	for _, codec := range []Codec{ULaw, ALaw, SLin8, SLin16} {
		vad := NewVAD(VADOptions{Rate: codec.Rate()})
		r := newReceiver(codec, SinkFunc(func(f Frame) { vad.Feed(f.PCM) }), &counters{})
		payload := codec.Encode(nil, noise(1, 1000, codec.FrameSamples()))
		packet := append(make([]byte, rtpHeaderSize), payload...)
		var h rtp.Header
		now, n := time.Now(), 0
		one := func(seq int) {
			head := rtp.Header{Version: 2, PayloadType: codec.payloadType(), SequenceNumber: uint16(seq), Timestamp: uint32(seq * codec.FrameSamples())}
			if _, err := head.MarshalTo(packet); err != nil {
				t.Fatal(err)
			}
			body, ok := parseRTP(&h, packet)
			if !ok {
				t.Fatal("not parsed")
			}
			r.packet(&h, body, now)
			r.expire(now)
		}
		if got := testing.AllocsPerRun(200, func() { // ten packets: it rounds down
			for range 10 {
				n++
				now = now.Add(FrameDuration)
				switch n % 10 {
				case 3:
				case 6:
					one(n + 1)
					one(n)
				case 7:
				default:
					one(n)
				}
			}
		}); got != 0 {
			t.Errorf("%s: %v allocations for ten packets", codec, got)
		}
	}
}

// FuzzRTP feeds whole packets to a receiver: any bytes at all must be survived, and
// every frame that comes out must be whole and numbered upwards.
func FuzzRTP(f *testing.F) {
	good, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: 65535, Timestamp: 4294967200, SSRC: 5}, Payload: make([]byte, 160)}).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, uint8(0))
	f.Add([]byte{0xB0, 0x80, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xBE, 0xDE, 0, 1, 0x10, 1, 2, 3, 9, 9}, uint8(1))
	f.Add([]byte{0xA0, 10, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9, 3}, uint8(2))
	f.Add([]byte{}, uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, codec uint8) {
		c := Codec(codec % 4)
		next := uint64(0)
		r := newReceiver(c, SinkFunc(func(f Frame) {
			if len(f.PCM) != c.FrameSamples() || f.Seq < next {
				t.Fatalf("%d samples, number %d after %d", len(f.PCM), f.Seq, next)
			}
			next = f.Seq + 1
		}), &counters{})
		var h rtp.Header
		now := time.Now()
		for i := range 6 { // the same bytes again with other numbers and types
			payload, ok := parseRTP(&h, b)
			if !ok {
				return
			}
			h.SequenceNumber += uint16(i * i)
			h.Timestamp *= uint32(i + 1)
			if i%2 == 1 {
				h.PayloadType = c.payloadType()
			}
			r.packet(&h, payload, now)
			now = now.Add(15 * time.Millisecond)
			r.expire(now)
		}
	})
}

func TestParseRTPRefuses(t *testing.T) {
	head := []byte{0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1}
	with := func(first byte, rest ...byte) []byte {
		b := append(slices.Clone(head), rest...)
		b[0] = first
		return b
	}
	var h rtp.Header
	for name, b := range map[string][]byte{
		"empty": {}, "short": head[:11], "version 1": with(0x40), "missing CSRC": with(0x83, 1, 2, 3, 4),
		"missing extension": with(0x90, 0xBE, 0xDE), "long extension": with(0x90, 0xBE, 0xDE, 0, 9, 1, 2, 3, 4),
		"padding without payload": with(0xA0), "padding of zero": with(0xA0, 1, 0), "padding too long": with(0xA0, 1, 3),
	} {
		if _, ok := parseRTP(&h, b); ok {
			t.Errorf("%s was accepted", name)
		}
	}
	for name, c := range map[string]struct {
		b    []byte
		want int
	}{"plain": {with(0x80, 1, 2, 3), 3}, "padded": {with(0xA0, 1, 2, 3, 2), 2}, "CSRC": {with(0x81, 0, 0, 0, 1, 7), 1},
		"extension": {with(0x90, 0xBE, 0xDE, 0, 1, 0x10, 1, 0, 0, 7, 8), 2}} {
		if payload, ok := parseRTP(&h, c.b); !ok || len(payload) != c.want {
			t.Errorf("%s: %v %v", name, payload, ok)
		}
	}
}
