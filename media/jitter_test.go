package media

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// trace writes down what a jitter buffer puts out: numbers, x3 for three concealed,
// ! in front of a restart.
type trace struct{ out []string }

func (t *trace) deliver(p *rtpPacket, restart bool) {
	mark := ""
	if restart {
		mark = "!"
	}
	t.out = append(t.out, fmt.Sprintf("%s%d", mark, p.seq))
}

func (t *trace) conceal(n int, _ *rtpPacket) { t.out = append(t.out, fmt.Sprintf("x%d", n)) }

type arrival struct {
	seq uint16
	at  time.Duration // zero: 20 ms after the one before
}

func in(seqs ...uint16) (out []arrival) {
	for _, s := range seqs {
		out = append(out, arrival{seq: s})
	}
	return out
}

func TestJitter(t *testing.T) {
	const ms = time.Millisecond
	for name, c := range map[string]struct {
		in   []arrival
		want string
		s    Stats
	}{
		"in order":              {in(5, 6, 7), "!5 6 7", Stats{Received: 3}},
		"wrap":                  {in(65534, 65535, 0, 1), "!65534 65535 0 1", Stats{Received: 4}},
		"swapped":               {in(1, 3, 2, 4), "!1 2 3 4", Stats{Received: 4}},
		"swapped at the wrap":   {in(65534, 0, 65535, 1), "!65534 65535 0 1", Stats{Received: 4}},
		"two too early":         {in(1, 3, 4, 2, 5), "!1 2 3 4 5", Stats{Received: 5}},
		"one lost":              {in(1, 3, 4, 5, 6), "!1 x1 3 4 5 6", Stats{Received: 5, Lost: 1}},
		"lost at the wrap":      {in(65535, 1, 2, 3), "!65535 x1 1 2 3", Stats{Received: 4, Lost: 1}},
		"three lost":            {in(1, 5, 6, 7, 8), "!1 x3 5 6 7 8", Stats{Received: 5, Lost: 3}},
		"two gaps":              {in(1, 3, 5, 6, 7, 8), "!1 x1 3 x1 5 6 7 8", Stats{Received: 6, Lost: 2}},
		"late":                  {in(1, 3, 4, 5, 2, 6), "!1 x1 3 4 5 6", Stats{Received: 5, Lost: 1, Late: 1}},
		"twice":                 {in(1, 2, 2, 3, 1), "!1 2 3", Stats{Received: 3, Duplicates: 2}},
		"twice while waiting":   {in(1, 3, 3, 2, 2), "!1 2 3", Stats{Received: 3, Duplicates: 2}},
		"late by far":           {in(1000, 930), "!1000", Stats{Received: 1, Late: 1}},
		"stray number":          {in(1000, 40000, 1001), "!1000 1001", Stats{Received: 2, Late: 1}},
		"restart":               {in(1000, 40000, 40001, 40002), "!1000 !40001 40002", Stats{Received: 3, Late: 1, Resyncs: 1}},
		"restart while waiting": {in(1000, 1002, 40000, 40001), "!1000 x1 1002 !40001", Stats{Received: 3, Lost: 1, Late: 1, Resyncs: 1}},
		"burst":                 {[]arrival{{1, ms}, {3, 2 * ms}, {4, 2 * ms}, {2, 3 * ms}}, "!1 2 3 4", Stats{Received: 4}},
		"wait ends by time":     {[]arrival{{1, 20 * ms}, {3, 40 * ms}, {9999, 80 * ms}}, "!1 x1 3", Stats{Received: 2, Lost: 1, Late: 1}},
		"wait goes on":          {[]arrival{{1, 20 * ms}, {3, 40 * ms}, {2, 79 * ms}}, "!1 2 3", Stats{Received: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			out, count, base := &trace{}, &counters{}, time.Now()
			j := &jitter{out: out, c: count}
			at := time.Duration(0)
			for _, a := range c.in {
				at += FrameDuration
				if a.at > 0 {
					at = a.at
				}
				j.push(&rtpPacket{seq: a.seq, at: base.Add(at), payload: []byte{1}})
				j.expire(base.Add(at))
			}
			if got := strings.Join(out.out, " "); got != c.want {
				t.Errorf("out: %s, want %s", got, c.want)
			}
			if got := count.stats(); got != c.s {
				t.Errorf("stats %+v, want %+v", got, c.s)
			}
			if (j.waiting == 0) != j.deadline.IsZero() {
				t.Errorf("%d wait, deadline %v", j.waiting, j.deadline)
			}
		})
	}
}

// FuzzJitter: whatever comes, numbers come out in order, none twice, and none is
// held for longer than the wait.
func FuzzJitter(f *testing.F) {
	f.Add([]byte{0, 1, 1, 3, 2, 250, 7, 9})
	f.Add([]byte{1, 2, 2, 2, 254, 254, 100, 100, 1, 1})
	f.Fuzz(func(t *testing.T, steps []byte) {
		o := &orderChecker{t: t}
		j := &jitter{out: o, c: &counters{}}
		now := time.Now()
		var seq uint16
		for _, b := range steps {
			now = now.Add(time.Duration(b%41) * time.Millisecond)
			seq += uint16(int8(b)) * (1 + uint16(b&1)*7)
			o.now = now
			j.push(&rtpPacket{seq: seq, at: now, payload: []byte{b}})
			j.expire(now)
			if j.waiting >= jitterDepth || j.waiting > 0 && !now.Before(j.deadline) {
				t.Fatalf("%d wait, deadline %v ago", j.waiting, now.Sub(j.deadline))
			}
		}
	})
}

type orderChecker struct {
	t    *testing.T
	now  time.Time
	next uint16
}

func (o *orderChecker) deliver(p *rtpPacket, restart bool) {
	if !restart && p.seq != o.next {
		o.t.Fatalf("%d came out where %d was due", p.seq, o.next)
	}
	o.next = p.seq + 1
}

func (o *orderChecker) conceal(n int, before *rtpPacket) {
	if n <= 0 || n >= maxDropout+jitterDepth {
		o.t.Fatalf("conceal %d", n)
	}
	o.next += uint16(n)
	if before.seq != o.next {
		o.t.Fatalf("concealed up to %d, but %d follows", o.next, before.seq)
	}
}
