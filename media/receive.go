package media

import (
	"sync"
	"time"

	"github.com/pion/rtp"
)

const (
	// maxConcealed is how many frames of a gap are filled in; of a longer one the
	// rest becomes a gap in Frame.Seq.
	maxConcealed = 10
	// oldSSRC is how long packets of the SSRC before a change are still expected.
	oldSSRC = 500 * time.Millisecond
	// seqSlack is how far the sender's timestamps and our clock may differ about
	// the length of a pause before our clock is believed.
	seqSlack = 10
)

// receiver is the receiving half of a leg: packets in, frames to the sink.
type receiver struct {
	mu     sync.Mutex // held while a packet is worked on, and so while the sink is called
	closed bool

	codec    Codec
	sink     Sink
	counters *counters
	jitter   jitter
	arrived  rtpPacket // being worked on; here so that it is not allocated

	ssrc, before uint32 // the sender's, and the one it had before
	changed      time.Time

	nextTS  uint32    // timestamp that continues what was delivered
	lastAt  time.Time // arrival of the last packet delivered
	samples int       // of the last packet
	seq     uint64    // of the next frame

	pcm     []int16 // decoded packet
	partial []int16 // less than a frame, from packets that are not 20 ms long
	pAt     time.Time
	pLost   bool
	last    []int16 // last frame, for concealment
	fade    int     // frames concealed in a row
	filler  []int16
}

func newReceiver(codec Codec, sink Sink, c *counters) *receiver {
	n := codec.FrameSamples()
	r := &receiver{
		codec: codec, sink: sink, counters: c,
		samples: n,
		pcm:     make([]int16, 0, maxPayload),
		partial: make([]int16, 0, n),
		last:    make([]int16, n),
		filler:  make([]int16, n),
	}
	r.jitter.out, r.jitter.c = r, c
	return r
}

// packet takes a packet that came at now. It returns until when later packets
// are held back, or the zero time.
func (r *receiver) packet(h *rtp.Header, payload []byte, now time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return time.Time{}
	}
	if len(payload) > maxPayload || len(payload)%r.codec.sampleBytes() != 0 {
		r.counters.malformed.Add(1)
		return r.jitter.deadline
	}
	if !r.codec.accepts(h.PayloadType) {
		r.counters.unknownPayload.Add(1)
		payload = nil // comfort noise and digits take a number of the sequence
	}
	if !r.sameSource(h.SSRC, now) {
		r.counters.late.Add(1)
		return r.jitter.deadline
	}
	r.arrived = rtpPacket{seq: h.SequenceNumber, ts: h.Timestamp, at: now, payload: payload}
	r.jitter.push(&r.arrived)
	return r.jitter.deadline
}

// sameSource follows a change of SSRC and refuses stragglers of the old one.
func (r *receiver) sameSource(ssrc uint32, now time.Time) bool {
	switch {
	case !r.jitter.started:
		r.ssrc = ssrc
	case ssrc == r.ssrc:
	case ssrc == r.before && now.Sub(r.changed) < oldSSRC:
		return false
	default:
		r.jitter.reset()
		r.counters.resyncs.Add(1)
		r.before, r.ssrc, r.changed = r.ssrc, ssrc, now
	}
	return true
}

// expire gives up packets whose time has passed; it returns like packet.
func (r *receiver) expire(now time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return time.Time{}
	}
	r.jitter.expire(now)
	return r.jitter.deadline
}

// close returns when the sink will not be called any more.
func (r *receiver) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
}

// deliver is the jitter buffer's output: a packet whose turn it is.
func (r *receiver) deliver(p *rtpPacket, restart bool) {
	if len(p.payload) == 0 {
		return
	}
	r.pcm = r.codec.Decode(r.pcm, p.payload)
	if !r.lastAt.IsZero() {
		r.pause(p, restart)
	}
	r.nextTS = p.ts + uint32(len(r.pcm))
	r.lastAt = p.at
	r.samples = len(r.pcm)
	r.fade = 0
	r.emit(r.pcm, p.at, false)
}

// pause counts the frames of a time in which the sender sent nothing: Asterisk does so
// while the leg is in no bridge. The sender's timestamps are exact, but start anew
// where Asterisk changes the source; then our clock decides.
func (r *receiver) pause(p *rtpPacket, restart bool) {
	frame := int64(r.codec.FrameSamples())
	byClock := int64(p.at.Sub(r.lastAt)/FrameDuration) - int64(r.samples)/frame
	byTS := int64(int32(p.ts-r.nextTS)) / frame
	frames := byTS
	if restart || byTS-byClock > seqSlack || byClock-byTS > seqSlack {
		frames = byClock
	}
	if frames > 0 {
		r.seq += uint64(frames)
		r.partial = r.partial[:0]
	}
}

// conceal is the jitter buffer's output for lost packets: the last frame again, ever
// fainter, and zeros after three.
func (r *receiver) conceal(n int, before *rtpPacket) {
	if r.lastAt.IsZero() {
		return
	}
	frame := r.codec.FrameSamples()
	r.nextTS += uint32(n * r.samples)
	total := n * r.samples / frame
	frames := min(total, maxConcealed)
	for i := range frames {
		at := before.at.Add(-time.Duration(total-i) * FrameDuration)
		r.fade++
		for k, s := range r.last {
			r.filler[k] = fadeOut(s, r.fade)
		}
		r.counters.concealed.Add(1)
		r.emit(r.filler, at, true)
	}
	r.seq += uint64(total - frames)
	if total > 0 { // so that pause measures from the last frame filled in
		r.lastAt = before.at.Add(-time.Duration(r.samples) * time.Second / time.Duration(r.codec.Rate()))
	}
}

func fadeOut(s int16, step int) int16 {
	if step > 3 {
		return 0
	}
	return int16(int32(s) * int32(4-step) / 5)
}

// emit gives samples to the sink in frames of 20 ms.
func (r *receiver) emit(pcm []int16, at time.Time, lost bool) {
	n := r.codec.FrameSamples()
	for len(pcm) > 0 {
		if len(r.partial) == 0 && len(pcm) >= n {
			r.frame(pcm[:n], at, lost)
			pcm = pcm[n:]
			at = at.Add(FrameDuration)
			continue
		}
		if len(r.partial) == 0 {
			r.pAt, r.pLost = at, false
		}
		take := min(n-len(r.partial), len(pcm))
		r.partial = append(r.partial, pcm[:take]...)
		r.pLost = r.pLost || lost
		pcm = pcm[take:]
		if len(r.partial) == n {
			r.frame(r.partial, r.pAt, r.pLost)
			r.partial = r.partial[:0]
		}
	}
}

func (r *receiver) frame(pcm []int16, at time.Time, lost bool) {
	if !lost {
		copy(r.last, pcm)
	}
	seq := r.seq
	r.seq++
	if r.sink != nil {
		r.sink.Frame(Frame{PCM: pcm, Rate: r.codec.Rate(), Seq: seq, At: at, Lost: lost})
	}
}
