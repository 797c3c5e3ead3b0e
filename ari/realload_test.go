//go:build unix

package ari_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dialwright/dialwright/ari"
)

// TestRealBurst places calls as fast as they go and follows each to its end: every
// channel's watch sees its whole life, in order, whatever overtakes what.
func TestRealBurst(t *testing.T) {
	a := startAsterisk(t, "Taskprocessor") // warns of 500 queued tasks on a busy machine
	c := dialReal(t, realOptions(t, a, "burst.w1"))
	const calls = 150
	var wg sync.WaitGroup
	var mu sync.Mutex
	var took []time.Duration
	gate := make(chan struct{}, 25)
	start := time.Now()
	for i := range calls {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			id := fmt.Sprintf("burst-cust-%03d", i)
			w := c.Channel(id)
			defer w.Close()
			begin := time.Now()
			if _, err := c.Originate(t.Context(), ari.OriginateRequest{ID: id, Endpoint: "Local/echo@test"}); err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			took = append(took, time.Since(begin))
			mu.Unlock()
			seen := life(t, c, w)
			want := []string{"StasisStart", "StasisEnd", "ChannelDestroyed"}
			if !slices.Equal(seen, want) {
				t.Errorf("%s: %v", id, seen)
			}
		})
	}
	wg.Wait()
	slices.Sort(took)
	t.Logf("%d calls in %s; originate answered after %s (median), %s (p95)", calls, time.Since(start).Round(time.Millisecond),
		took[len(took)/2].Round(time.Microsecond), took[len(took)*95/100].Round(time.Microsecond))
	t.Logf("%+v", c.Stats())
	nothingLeft(t, c)
}

// life hangs a channel up when it is in Stasis and returns the landmarks it saw.
func life(t *testing.T, c *ari.Client, w *ari.Watch) (seen []string) {
	deadline := time.After(30 * time.Second)
	for {
		select {
		case ev := <-w.Events():
			switch ev.Type {
			case "StasisStart":
				seen = append(seen, ev.Type)
				if err := c.Hangup(t.Context(), w.ID(), ""); err != nil {
					t.Error(err)
				}
			case "StasisEnd":
				seen = append(seen, ev.Type)
			case "ChannelDestroyed":
				return append(seen, ev.Type)
			}
		case <-deadline:
			return append(seen, "nothing more")
		}
	}
}
