package ari_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/ari/aritest"
)

func TestMetrics(t *testing.T) {
	reg := prometheus.NewPedanticRegistry()
	adjust := func(_ *aritest.Server, o *ari.Options) { o.Metrics = reg }
	bubble(t, adjust, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		w := originate(t, c, "x")
		defer w.Close()
		s.Digit("x", "1")
		s.Digit("x", "2")
		synctest.Wait()
		got := values(t, reg)
		for name, want := range map[string]float64{
			"events_total": 3, "events_queued": 2, "connected": 1, "watches": 1, "reconnects_total": 0,
			"request_errors_total": 1, // the fake serves no API description
		} {
			if v, ok := got["dialwright_ari_"+name]; !ok || v != want {
				t.Errorf("%s is %v, want %v", name, v, want)
			}
		}
		o := s.Options("other.w1")
		o.Metrics = reg // the same registry serves several applications
		other, err := ari.Dial(t.Context(), o)
		must(t, err)
		if fams, err := reg.Gather(); err != nil || len(fams[0].Metric) != 2 {
			t.Errorf("two clients: %v, %v", fams, err)
		}
		o.App = "camp.w1"
		if dup, err := ari.Dial(t.Context(), o); err == nil {
			t.Error("a second client of the same application shares the metrics")
			_ = dup.Close()
		}
		must(t, other.Close())
		if fams, err := reg.Gather(); err != nil || len(fams[0].Metric) != 1 {
			t.Errorf("metrics of a closed client: %v, %v", fams, err)
		}
	})
}

func values(t *testing.T, reg *prometheus.Registry) map[string]float64 {
	t.Helper()
	fams, err := reg.Gather()
	must(t, err)
	out := map[string]float64{}
	for _, f := range fams {
		m := f.Metric[0]
		out[f.GetName()] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
	}
	return out
}

// TestPool: a burst of requests uses at most MaxConns connections; Asterisk closes
// those beyond its sessionlimit without an answer.
func TestPool(t *testing.T) {
	var mu sync.Mutex
	now, most := 0, 0
	adjust := func(s *aritest.Server, o *ari.Options) {
		o.MaxConns = 3
		s.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method != "POST" {
				return false
			}
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			time.Sleep(100 * time.Millisecond) // simulated
			mu.Lock()
			now--
			mu.Unlock()
			return false
		})
	}
	bubble(t, adjust, func(t *testing.T, s *aritest.Server, c *ari.Client) {
		var wg sync.WaitGroup
		start := time.Now()
		for i := range 30 {
			wg.Go(func() {
				id := fmt.Sprintf("c%d", i)
				w := c.Channel(id)
				defer w.Close()
				if _, err := c.Originate(t.Context(), ari.OriginateRequest{ID: id, Endpoint: "e"}); err != nil {
					t.Error(err)
				}
				next(t, w.Events(), "ChannelCreated")
			})
		}
		wg.Wait()
		if most != 3 || time.Since(start) != time.Second {
			t.Errorf("%d requests at once at most, %s in all", most, time.Since(start))
		}
	})
}
