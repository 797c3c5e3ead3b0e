package media

import "time"

const (
	// jitterDepth is how many packets may wait for a missing one; the one that
	// would be one too many ends the wait. With packets every 20 ms both limits are the
	// same 40 ms; this one bounds a burst.
	jitterDepth = 3
	jitterWait  = 2 * FrameDuration
	// maxPayload is what fits into an Ethernet frame beside IP, UDP and RTP.
	maxPayload = 1460

	// RFC 3550 appendix A.1: how far the sequence may jump before the sender is
	// taken to have restarted.
	maxDropout  = 3000
	maxMisorder = 100
)

// rtpPacket is what the jitter buffer knows of a packet.
type rtpPacket struct {
	seq     uint16
	ts      uint32
	at      time.Time
	payload []byte // empty for a packet that is not audio but takes a number
}

// jitterOutput is given what comes out of a jitter buffer, in order.
type jitterOutput interface {
	deliver(p *rtpPacket, restart bool)
	// conceal fills in for n packets in front of one that is delivered next.
	conceal(n int, before *rtpPacket)
}

// jitter puts packets in order. A packet that is in sequence goes through at once, so
// on a clean line it costs no time; at a gap the later ones wait until the missing
// one comes, two frames have passed, or jitterDepth packets wait.
//
// Sequence numbers are compared by unsigned differences (they wrap at 65,536).
type jitter struct {
	out jitterOutput
	c   *counters

	started bool
	next    uint16 // sequence number whose turn it is
	seen    uint64 // bit i: number next-1-i was received
	bad     int32  // next number that proves a restart, or -1

	held     [jitterDepth]heldPacket
	waiting  int
	deadline time.Time // when the wait ends; zero while nothing waits
}

type heldPacket struct {
	used bool
	rtpPacket
	buf [maxPayload]byte
}

// push takes a packet; p.payload is not kept.
func (j *jitter) push(p *rtpPacket) {
	if !j.started {
		j.restart(p)
		return
	}
	switch ahead := p.seq - j.next; {
	case ahead == 0:
		j.pass(p)
		j.drain()
	case ahead < maxDropout:
		j.hold(p)
	case -ahead <= maxMisorder:
		j.old(-ahead)
	case int32(p.seq) == j.bad: // two in a row: the sender did restart
		j.flush()
		j.c.resyncs.Add(1)
		j.restart(p)
	default:
		j.bad = int32(p.seq + 1)
		j.c.late.Add(1)
	}
}

// reset forgets the sequence, for a sender that has changed its SSRC.
func (j *jitter) reset() {
	j.flush()
	j.started = false
}

// expire ends a wait whose deadline has passed.
func (j *jitter) expire(now time.Time) {
	for j.waiting > 0 && !now.Before(j.deadline) {
		j.skipGap()
	}
}

func (j *jitter) restart(p *rtpPacket) {
	j.started = true
	j.next = p.seq + 1
	j.seen = 1
	j.bad = -1
	j.c.received.Add(1)
	j.out.deliver(p, true)
}

// pass delivers the packet whose turn it is.
func (j *jitter) pass(p *rtpPacket) {
	j.next++
	j.seen = j.seen<<1 | 1
	j.bad = -1
	j.c.received.Add(1)
	j.out.deliver(p, false)
}

// old counts a packet that lies back before the one whose turn it is.
func (j *jitter) old(back uint16) {
	if back <= 64 && j.seen>>(back-1)&1 == 1 {
		j.c.duplicates.Add(1)
	} else {
		j.c.late.Add(1)
	}
}

func (j *jitter) hold(p *rtpPacket) {
	free := -1
	for i := range j.held {
		switch h := &j.held[i]; {
		case !h.used:
			free = i
		case h.seq == p.seq:
			j.c.duplicates.Add(1)
			return
		}
	}
	h := &j.held[free] // there is one: the wait ends before all are taken
	h.used = true
	h.rtpPacket = *p
	h.payload = h.buf[:copy(h.buf[:], p.payload)]
	j.waiting++
	if j.waiting == 1 {
		j.deadline = p.at.Add(jitterWait)
	}
	if j.waiting == jitterDepth {
		j.skipGap()
	}
}

// skipGap gives up what is missing in front of the nearest waiting packet and
// delivers from there.
func (j *jitter) skipGap() {
	h := j.nearest()
	if h == nil {
		return
	}
	lost := h.seq - j.next
	j.c.lost.Add(uint64(lost))
	j.next = h.seq
	j.seen <<= lost
	j.out.conceal(int(lost), &h.rtpPacket)
	j.drain()
}

// drain delivers the waiting packets whose turn it is.
func (j *jitter) drain() {
	for j.waiting > 0 {
		h := j.nearest()
		if h.seq != j.next {
			j.deadline = h.at.Add(jitterWait)
			return
		}
		j.pass(&h.rtpPacket)
		h.used = false
		j.waiting--
	}
	j.deadline = time.Time{}
}

func (j *jitter) nearest() *heldPacket {
	var best *heldPacket
	for i := range j.held {
		if h := &j.held[i]; h.used && (best == nil || h.seq-j.next < best.seq-j.next) {
			best = h
		}
	}
	return best
}

// flush delivers whatever waits.
func (j *jitter) flush() {
	for j.waiting > 0 {
		j.skipGap()
	}
}
