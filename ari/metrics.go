package ari

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Stats are counters since Dial, and gauges of this moment.
type Stats struct {
	Events        uint64 // received on the websocket
	Malformed     uint64 // of these, not understood
	Synthetic     uint64 // made by reconciliation
	Superseded    uint64 // arrived after the synthetic event that told the same
	Reconnects    uint64
	Requests      uint64 // REST requests answered or failed
	RequestErrors uint64
	Connected     bool
	Watches       int
	Queued        int // events waiting in all queues
	Unclaimed     int // of these, waiting for the reader of Unclaimed
	DeepestQueue  int // most events that ever waited in one queue
}

type counters struct {
	events, malformed, synthetic, superseded atomic.Uint64
	reconnects, requests, requestErrors      atomic.Uint64
	waiting, deepest                         atomic.Int64
	connected                                atomic.Bool
	seconds                                  prometheus.Histogram
}

func newCounters(app string) *counters {
	return &counters{seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
		ConstLabels: prometheus.Labels{"app": app},
		Name:        "dialwright_ari_request_seconds",
		Help:        "Duration of REST requests to Asterisk.",
		Buckets:     []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	})}
}

func (c *counters) request(d time.Duration, err error) {
	c.requests.Add(1)
	if err != nil {
		c.requestErrors.Add(1)
	}
	c.seconds.Observe(d.Seconds())
}

func (c *counters) queued(depth int) {
	c.waiting.Add(1)
	for {
		old := c.deepest.Load()
		if int64(depth) <= old || c.deepest.CompareAndSwap(old, int64(depth)) {
			return
		}
	}
}

func (c *counters) dequeued(n int) { c.waiting.Add(int64(-n)) }

// Stats returns the client's counters and gauges.
func (c *Client) Stats() Stats {
	st := c.stats
	return Stats{
		Events: st.events.Load(), Malformed: st.malformed.Load(), Synthetic: st.synthetic.Load(),
		Superseded: st.superseded.Load(), Reconnects: st.reconnects.Load(),
		Requests: st.requests.Load(), RequestErrors: st.requestErrors.Load(),
		Connected: st.connected.Load(), Watches: c.router.watchCount(),
		Queued: int(st.waiting.Load()), Unclaimed: c.router.unclaimed.depth(),
		DeepestQueue: int(st.deepest.Load()),
	}
}

// collector offers Stats to Prometheus.
type collector struct{ c *Client }

// Describe sends the descriptions of all metrics.
func (m collector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(m, ch) }

// Collect sends every counter and gauge.
func (m collector) Collect(ch chan<- prometheus.Metric) {
	s := m.c.Stats()
	up := 0.0
	if s.Connected {
		up = 1
	}
	for _, v := range []struct {
		name, help string
		kind       prometheus.ValueType
		value      float64
	}{
		{"events_total", "Events received from Asterisk.", prometheus.CounterValue, float64(s.Events)},
		{"events_malformed_total", "Events that could not be understood.", prometheus.CounterValue, float64(s.Malformed)},
		{"events_synthetic_total", "Events made up by reconciliation after a gap.", prometheus.CounterValue, float64(s.Synthetic)},
		{"events_superseded_total", "Events that came after the synthetic one that told the same.", prometheus.CounterValue, float64(s.Superseded)},
		{"reconnects_total", "Times the event websocket was opened again.", prometheus.CounterValue, float64(s.Reconnects)},
		{"requests_total", "REST requests.", prometheus.CounterValue, float64(s.Requests)},
		{"request_errors_total", "REST requests that failed or were refused.", prometheus.CounterValue, float64(s.RequestErrors)},
		{"connected", "1 while the event websocket is up.", prometheus.GaugeValue, up},
		{"watches", "Channels and bridges watched.", prometheus.GaugeValue, float64(s.Watches)},
		{"events_queued", "Events waiting to be consumed.", prometheus.GaugeValue, float64(s.Queued)},
		{"events_unclaimed_queued", "Events waiting that belong to no watch.", prometheus.GaugeValue, float64(s.Unclaimed)},
		{"queue_depth_max", "Most events that ever waited in one queue.", prometheus.GaugeValue, float64(s.DeepestQueue)},
	} {
		d := prometheus.NewDesc("dialwright_ari_"+v.name, v.help, nil, prometheus.Labels{"app": m.c.opts.App})
		ch <- prometheus.MustNewConstMetric(d, v.kind, v.value)
	}
	m.c.stats.seconds.Collect(ch)
}

// App is the name of the client's Stasis application.
func (c *Client) App() string { return c.opts.App }
