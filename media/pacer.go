package media

import (
	"sync"
	"time"
)

const (
	tickDuration  = time.Millisecond
	ticksPerFrame = int64(FrameDuration / tickDuration)
	// maxCatchUp is how far behind the pacer sends what it owes: three frames of
	// each leg at once. Beyond that, time is skipped, so that Asterisk is not
	// flooded with audio that would only become delay.
	maxCatchUp = 3 * ticksPerFrame
)

// paced is something that does a thing every 20 ms.
type paced interface {
	// tick is called for the tick that is due; false takes it off the wheel.
	tick(tick int64) bool
	// skipped tells that so many of its ticks were left out.
	skipped(frames int64)
}

// pacer is one goroutine that serves all legs by an absolute clock: a wheel of 20
// slots of 1 ms. A leg sits in the slot of the moment it began to talk, so that legs
// spread over the wheel by themselves. Tick n is at base plus n ms, for ever: an
// error of one wake-up does not add to the next.
type pacer struct {
	base     time.Time
	lateness latenessCounters

	mu      sync.Mutex
	arrived []slotEntry // not yet on the wheel

	wake chan struct{}
	quit chan struct{}
	done chan struct{}

	slots [ticksPerFrame][]slotEntry // the goroutine's own
	count int                        // entries on the wheel
	last  int64                      // last tick that has been served
}

type slotEntry struct {
	leg paced
	due int64 // first tick
}

func newPacer() *pacer {
	p := &pacer{
		base: time.Now(),
		wake: make(chan struct{}, 1),
		quit: make(chan struct{}),
		done: make(chan struct{}),
	}
	go p.run()
	return p
}

// nextTick is the first tick that is not before now.
func (p *pacer) nextTick(now time.Time) int64 {
	return int64((now.Sub(p.base) + tickDuration - 1) / tickDuration)
}

func (p *pacer) timeOf(tick int64) time.Time {
	return p.base.Add(time.Duration(tick) * tickDuration)
}

// add puts a leg on the wheel, to be ticked at due and every 20 ms from then.
func (p *pacer) add(leg paced, due int64) {
	p.mu.Lock()
	p.arrived = append(p.arrived, slotEntry{leg, due})
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// close stops the pacer and waits for it.
func (p *pacer) close() {
	close(p.quit)
	<-p.done
}

func (p *pacer) run() {
	defer close(p.done)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		p.take()
		next := p.firstBusy()
		if next < 0 {
			select {
			case <-p.wake:
			case <-p.quit:
				return
			}
			continue
		}
		timer.Reset(time.Until(p.timeOf(next)))
		select {
		case <-timer.C:
		case <-p.wake:
		case <-p.quit:
			return
		}
		p.serve(int64(time.Since(p.base) / tickDuration))
	}
}

// take moves what has arrived onto the wheel.
func (p *pacer) take() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, e := range p.arrived {
		if p.count == 0 { // the wheel stood still; what it missed is nobody's
			p.last = max(p.last, min(e.due, int64(time.Since(p.base)/tickDuration))-1)
		}
		slot := e.due % ticksPerFrame
		p.slots[slot] = append(p.slots[slot], e)
		p.count++
		p.arrived[i] = slotEntry{}
	}
	p.arrived = p.arrived[:0]
}

// firstBusy is the next tick that has work, or -1.
func (p *pacer) firstBusy() int64 {
	if p.count == 0 {
		return -1
	}
	tick := p.last + 1
	for len(p.slots[tick%ticksPerFrame]) == 0 {
		tick++
	}
	return tick
}

// serve does all ticks up to now, or skips those it cannot make good.
func (p *pacer) serve(now int64) {
	if behind := now - p.last; behind > maxCatchUp {
		frames := (behind - maxCatchUp + ticksPerFrame - 1) / ticksPerFrame
		p.last += frames * ticksPerFrame
		for _, slot := range p.slots {
			for _, e := range slot {
				e.leg.skipped(frames)
			}
		}
	}
	for p.last < now {
		p.last++
		p.turn(p.last)
	}
}

// turn does one tick.
func (p *pacer) turn(tick int64) {
	slot := p.slots[tick%ticksPerFrame]
	if len(slot) == 0 {
		return
	}
	at := p.timeOf(tick)
	kept := slot[:0]
	for _, e := range slot {
		if tick < e.due {
			kept = append(kept, e)
			continue
		}
		if e.leg.tick(tick) {
			kept = append(kept, e)
			p.lateness.observe(time.Since(at))
		}
	}
	clear(slot[len(kept):])
	p.count -= len(slot) - len(kept)
	p.slots[tick%ticksPerFrame] = kept
}
