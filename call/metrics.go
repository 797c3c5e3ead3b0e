package call

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/converse"
)

// Metrics are what calls count, for Prometheus.
type Metrics struct {
	running   prometheus.Gauge
	answered  prometheus.Counter
	ends      *prometheus.CounterVec
	transfers *prometheus.CounterVec
	eos       prometheus.Histogram
	own       prometheus.Histogram
	barge     prometheus.Histogram
}

// NewMetrics registers the metrics; reg may be nil.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	buckets := []float64{.005, .01, .02, .04, .08, .16, .3, .5, .8, 1.2, 2, 4}
	m := &Metrics{
		running:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "dialwright_calls_running", Help: "Calls that run now, ringing ones included."}),
		answered: prometheus.NewCounter(prometheus.CounterOpts{Name: "dialwright_calls_answered_total", Help: "Calls that were answered."}),
		ends: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "dialwright_calls_ended_total",
			Help: "Calls that ended, by disposition."}, []string{"disposition"}),
		transfers: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "dialwright_transfers_total",
			Help: "Transfers to people, by how they ended."}, []string{"status"}),
		eos: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "dialwright_turn_end_of_speech_to_audio_seconds",
			Help: "From the customer's last sound to the first frame of the answer.", Buckets: buckets}),
		own: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "dialwright_turn_own_seconds",
			Help: "From the final transcript to the first frame of the answer.", Buckets: buckets}),
		barge: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "dialwright_barge_in_stop_seconds",
			Help: "From the first sound of an interruption to silence.", Buckets: buckets}),
	}
	if reg != nil {
		reg.MustRegister(m.running, m.answered, m.ends, m.transfers, m.eos, m.own, m.barge)
	}
	return m
}

func (m *Metrics) ended(d dialwright.Disposition) { m.ends.WithLabelValues(string(d)).Inc() }

func (m *Metrics) turn(t converse.Timing) {
	observe := func(h prometheus.Histogram, from, to time.Time) {
		if !from.IsZero() && !to.IsZero() {
			h.Observe(to.Sub(from).Seconds())
		}
	}
	observe(m.eos, t.SpeechEnd, t.FirstAudio)
	observe(m.own, t.Final, t.FirstAudio)
	observe(m.barge, t.BargeIn, t.Stopped)
}
