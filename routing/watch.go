package routing

import (
	"context"
	"time"

	"github.com/dialwright/dialwright"
)

// Changed is closed at the next change that could make an agent ready: one of
// this desk's own at once, another worker's and the end of a wrap-up within
// the poll interval. Take the channel before asking Reserve, so that no change
// falls between the two.
func (d *MatchDesk) Changed() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.awaited = true
	return d.changed
}

func (d *MatchDesk) notify() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.notifyLocked()
}

func (d *MatchDesk) notifyLocked() {
	if !d.awaited {
		return
	}
	close(d.changed)
	d.changed, d.awaited = make(chan struct{}), false
}

// watch looks for agents who became ready elsewhere or by time alone, as long
// as somebody waits for one.
func (d *MatchDesk) watch() {
	tick := time.NewTicker(d.opts.Poll)
	defer tick.Stop()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	d.done.Go(func() {
		<-d.stop
		cancel()
	})
	for {
		select {
		case <-d.stop:
			return
		case <-tick.C:
			d.look(ctx)
		}
	}
}

// look wakes the waiting when an agent is ready who was not at the last look.
// A store that fails is an error for the next Reserve, which asks it too; so
// the waiting are woken for it.
func (d *MatchDesk) look(ctx context.Context) {
	d.mu.Lock()
	awaited := d.awaited
	if !awaited {
		d.ready = nil
	}
	d.mu.Unlock()
	if !awaited {
		return
	}
	agents, err := d.Agents(ctx)
	ready := map[dialwright.AgentID]time.Time{}
	for _, a := range agents {
		if a.State == Ready {
			ready[a.ID] = a.Since
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	news := err != nil
	for id, since := range ready {
		if old, ok := d.ready[id]; !ok || !old.Equal(since) {
			news = true
		}
	}
	d.ready = ready
	if news {
		d.notifyLocked()
	}
}
