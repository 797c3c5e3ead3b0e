package media

import (
	"testing"
	"testing/synctest"
	"time"
)

// ticker is a leg that writes down when it was ticked.
type ticker struct {
	p       *pacer
	at      []time.Duration // since base
	ticks   []int64
	skips   int64
	left    int // ticks until it leaves the wheel
	stall   time.Duration
	stallAt int
}

func (k *ticker) tick(tick int64) bool {
	if len(k.ticks) == k.stallAt && k.stall > 0 {
		time.Sleep(k.stall) // fake time: the machine stands still
	}
	k.at = append(k.at, time.Since(k.p.base))
	k.ticks = append(k.ticks, tick)
	return len(k.ticks) < k.left
}

func (k *ticker) skipped(frames int64) { k.skips += frames }

func TestPacerKeepsAbsoluteTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer()
		time.Sleep(123*time.Millisecond + 400*time.Microsecond)
		a := &ticker{p: p, left: 50 * 60 * 10} // ten minutes
		first := p.nextTick(time.Now())
		p.add(a, first)
		time.Sleep(7 * time.Millisecond)
		b := &ticker{p: p, left: 50}
		p.add(b, p.nextTick(time.Now()))
		time.Sleep(11 * time.Minute)
		p.close()
		for _, k := range []*ticker{a, b} {
			if len(k.ticks) != k.left {
				t.Fatalf("%d ticks of %d", len(k.ticks), k.left)
			}
			for i, tick := range k.ticks {
				if tick != k.ticks[0]+int64(i)*ticksPerFrame || k.at[i] != time.Duration(tick)*tickDuration {
					t.Fatalf("tick %d is %d at %v", i, tick, k.at[i])
				}
			}
		}
		if a.ticks[0] != 124 || b.ticks[0] != 131 {
			t.Errorf("phases %d and %d: the first tick is not at once", a.ticks[0], b.ticks[0])
		}
		if p.lateness.load().Counts[0] != uint64(a.left-1+b.left-1) {
			t.Errorf("lateness %+v", p.lateness.load())
		}
	})
}

func TestPacerIdlesAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer()
		for range 3 {
			time.Sleep(time.Hour + 300*time.Microsecond)
			k := &ticker{p: p, left: 10}
			p.add(k, p.nextTick(time.Now())+ticksPerFrame)
			time.Sleep(time.Second)
			synctest.Wait()
			if len(k.ticks) != 10 || k.skips != 0 || k.at[0] != time.Duration(k.ticks[0])*tickDuration {
				t.Fatalf("%d ticks, %d skipped, first at %v", len(k.ticks), k.skips, k.at[0])
			}
		}
		p.close()
	})
}

// TestPacerCatchUpIsBounded: after a short stall all frames are sent, after a long one
// three of each leg, and the others' time is skipped; the phase stays.
func TestPacerCatchUpIsBounded(t *testing.T) {
	for stall, skipped := range map[time.Duration]int64{35 * time.Millisecond: 0, 55 * time.Millisecond: 0, 500 * time.Millisecond: 22} {
		synctest.Test(t, func(t *testing.T) {
			p := newPacer()
			a := &ticker{p: p, left: 100, stallAt: 5, stall: stall}
			b := &ticker{p: p, left: 100}
			p.add(a, 3)
			p.add(b, 9)
			time.Sleep(5 * time.Second)
			p.close()
			for _, k := range []*ticker{a, b} {
				if len(k.ticks) != 100 || k.skips < skipped || k.skips > skipped+1 {
					t.Fatalf("stall %v: %d ticks, %d skipped", stall, len(k.ticks), k.skips)
				}
				burst, last := 0, len(k.ticks)-1
				for i := 1; i <= last; i++ {
					gap := k.ticks[i] - k.ticks[i-1]
					if gap%ticksPerFrame != 0 || gap != ticksPerFrame && gap != ticksPerFrame*(1+k.skips) {
						t.Fatalf("stall %v: gap of %d ticks", stall, gap)
					}
					if k.at[i] == k.at[i-1] {
						burst++
					}
				}
				if burst > 3 {
					t.Errorf("stall %v: %d frames at once", stall, burst)
				}
				if k.at[last] != time.Duration(k.ticks[last])*tickDuration {
					t.Errorf("stall %v: the clock is off by %v", stall, k.at[last]-time.Duration(k.ticks[last])*tickDuration)
				}
			}
		})
	}
}

func TestNotifierCallsAllInOrderBeforeItEnds(t *testing.T) {
	n := newNotifier()
	var got []int
	for i := range 100 {
		n.call(func() {
			got = append(got, i)
			if i == 99 {
				n.call(func() { got = append(got, 100) }) // from within
			}
		})
	}
	n.close()
	for i := range 101 {
		if i >= len(got) || got[i] != i {
			t.Fatalf("called %v", got)
		}
	}
}
