package media

import (
	"sync/atomic"
	"time"
)

// Stats are the counts of one leg since it was opened.
type Stats struct {
	Received       uint64 // packets in the leg's codec, without duplicates and late ones
	Lost           uint64 // packets that had not come when their turn was over
	Late           uint64 // packets that came after that
	Duplicates     uint64 // packets that came twice
	UnknownPayload uint64 // packets of another payload type, dropped
	Malformed      uint64 // packets that are not RTP, dropped
	Concealed      uint64 // frames that were filled in
	Resyncs        uint64 // changes of SSRC and jumps of the sequence number
	Sent           uint64 // frames sent
	SendErrors     uint64 // frames that the socket refused
	Underruns      uint64 // frames whose time passed unsent, because the process stood still
}

// counters are Stats that several goroutines may touch.
type counters struct {
	received, lost, late, duplicates, unknownPayload, malformed atomic.Uint64
	concealed, resyncs, sent, sendErrors, underruns             atomic.Uint64
}

func (c *counters) stats() Stats {
	return Stats{
		Received:       c.received.Load(),
		Lost:           c.lost.Load(),
		Late:           c.late.Load(),
		Duplicates:     c.duplicates.Load(),
		UnknownPayload: c.unknownPayload.Load(),
		Malformed:      c.malformed.Load(),
		Concealed:      c.concealed.Load(),
		Resyncs:        c.resyncs.Load(),
		Sent:           c.sent.Load(),
		SendErrors:     c.sendErrors.Load(),
		Underruns:      c.underruns.Load(),
	}
}

// add sums two legs' counts.
func (s Stats) add(o Stats) Stats {
	s.Received += o.Received
	s.Lost += o.Lost
	s.Late += o.Late
	s.Duplicates += o.Duplicates
	s.UnknownPayload += o.UnknownPayload
	s.Malformed += o.Malformed
	s.Concealed += o.Concealed
	s.Resyncs += o.Resyncs
	s.Sent += o.Sent
	s.SendErrors += o.SendErrors
	s.Underruns += o.Underruns
	return s
}

// LatenessBounds are the upper bounds of the lateness histogram's buckets; the
// last bucket has none.
func LatenessBounds() [7]time.Duration {
	return [7]time.Duration{
		500 * time.Microsecond, time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond,
		10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	}
}

// Lateness counts by how much frames were sent after their time. Counts[i] is
// the number of frames up to LatenessBounds()[i], without the earlier buckets'.
type Lateness struct {
	Counts [8]uint64
	Sum    time.Duration
}

// latenessCounters are a Lateness that is written while it is read.
type latenessCounters struct {
	counts [8]atomic.Uint64
	sum    atomic.Int64
}

func (l *latenessCounters) observe(late time.Duration) {
	bucket := 0
	for _, bound := range LatenessBounds() {
		if late <= bound {
			break
		}
		bucket++
	}
	l.counts[bucket].Add(1)
	l.sum.Add(int64(max(late, 0)))
}

func (l *latenessCounters) load() (out Lateness) {
	for i := range l.counts {
		out.Counts[i] = l.counts[i].Load()
	}
	out.Sum = time.Duration(l.sum.Load())
	return out
}
