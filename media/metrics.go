package media

import "github.com/prometheus/client_golang/prometheus"

// Describe makes RTP a prometheus.Collector whose metrics are read from Stats when
// they are asked for; counting itself costs an atomic addition.
func (t *RTP) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(t, ch) }

// Collect gives the current values.
func (t *RTP) Collect(ch chan<- prometheus.Metric) {
	s := t.Stats()
	const prefix = "dialwright_media_"
	counter := func(name, help string, v uint64) {
		desc := prometheus.NewDesc(prefix+name, help, nil, nil)
		ch <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(v))
	}
	legs := prometheus.NewDesc(prefix+"legs", "Open media legs.", nil, nil)
	ch <- prometheus.MustNewConstMetric(legs, prometheus.GaugeValue, float64(s.Legs))
	counter("rtp_unknown_source_total", "Packets from addresses that no leg has.", s.UnknownSource)
	counter("rtp_malformed_total", "Packets that are not RTP or have no whole samples.", s.Total.Malformed)
	counter("rtp_read_errors_total", "Errors of the RTP socket.", s.ReadErrors)
	counter("rtp_received_total", "Packets received in order or put in order.", s.Total.Received)
	counter("rtp_lost_total", "Packets that did not come in time.", s.Total.Lost)
	counter("rtp_late_total", "Packets that came too late.", s.Total.Late)
	counter("rtp_duplicates_total", "Packets that came twice.", s.Total.Duplicates)
	counter("rtp_unknown_payload_total", "Packets of an unexpected payload type.", s.Total.UnknownPayload)
	counter("rtp_resyncs_total", "Changes of SSRC and jumps of the sequence.", s.Total.Resyncs)
	counter("rtp_sent_total", "Frames sent.", s.Total.Sent)
	counter("rtp_send_errors_total", "Frames that the socket refused.", s.Total.SendErrors)
	counter("frames_concealed_total", "Frames filled in for lost ones.", s.Total.Concealed)
	counter("pacer_underruns_total", "Frames whose time passed unsent.", s.Total.Underruns)

	buckets := make(map[float64]uint64)
	var sum uint64
	for i, bound := range LatenessBounds() {
		sum += s.Lateness.Counts[i]
		buckets[bound.Seconds()] = sum
	}
	sum += s.Lateness.Counts[len(s.Lateness.Counts)-1]
	late := prometheus.NewDesc(prefix+"pacer_lateness_seconds", "By how much frames were sent after their time.", nil, nil)
	ch <- prometheus.MustNewConstHistogram(late, sum, s.Lateness.Sum.Seconds(), buckets)
}
