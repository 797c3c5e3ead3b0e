//go:build pocketsphinx

package pocketsphinx_test

import (
	"context"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/asrtest"
	"github.com/dialwright/dialwright/asr/voskserver"
	"github.com/dialwright/dialwright/dialog"
)

// heardOf is what one speaker of the benchmark measured.
type heardOf struct {
	latencies   []time.Duration // from Finalize to its final result
	errs, words int
	audio       time.Duration
}

// BenchmarkTenStreams has ten callers speak at once in real time, each over a websocket of its own:
// how long finals take, how much processor time it costs, how many words are wrong. An operation is
// ten callers saying four sentences each.
func BenchmarkTenStreams(b *testing.B) {
	flow, err := dialog.Load("../../testdata/flows/renewal")
	if err != nil {
		b.Fatal(err)
	}
	said := spoken(b)
	var fromFlow []asrtest.Utterance
	for i, phrases := 0, flow.Phrases(); i < len(phrases); i += 1 + len(phrases)/10 {
		fromFlow = append(fromFlow, asrtest.Utterance{PCM: asrtest.Speech(b, phrases[i]), Text: phrases[i]})
	}
	for _, bm := range []struct {
		name string
		o    asr.Options
		said []asrtest.Utterance
	}{
		{"free speech", asr.Options{}, said},
		{"vocabulary", asr.Options{Vocabulary: sentences}, said},
		{"flow", asr.Options{Vocabulary: flow.Phrases()}, fromFlow},
	} {
		b.Run(bm.name, func(b *testing.B) {
			const streams, each = 10, 4
			url := asrtest.ServeVosk(b, shared{backend(b, streams)}, voskserver.Options{})
			v := asr.NewVosk(asr.VoskOptions{URL: url})
			defer func() { _ = v.Close() }()
			bm.o.Rate = 16000
			var total heardOf
			cpu := processorTime(b)
			b.ResetTimer()
			for range b.N {
				results := make([]heardOf, streams)
				var wg sync.WaitGroup
				for i := range streams {
					wg.Go(func() {
						var turn []asrtest.Utterance
						for k := range each {
							turn = append(turn, bm.said[(i+3*k)%len(bm.said)])
						}
						results[i] = converse(b, v, bm.o, turn)
					})
				}
				wg.Wait()
				for _, r := range results {
					total.latencies = append(total.latencies, r.latencies...)
					total.errs, total.words, total.audio = total.errs+r.errs, total.words+r.words, total.audio+r.audio
				}
			}
			b.StopTimer()
			if len(total.latencies) != b.N*streams*each {
				b.Fatalf("%d final results of %d", len(total.latencies), b.N*streams*each)
			}
			slices.Sort(total.latencies)
			at := func(q float64) float64 {
				return total.latencies[int(q*float64(len(total.latencies)-1))].Seconds() * 1000
			}
			b.ReportMetric(float64(len(total.latencies)), "finals")
			b.ReportMetric(at(0.50), "final-p50-ms")
			b.ReportMetric(at(0.95), "final-p95-ms")
			b.ReportMetric(at(1), "final-max-ms")
			b.ReportMetric((processorTime(b)-cpu).Seconds()/total.audio.Seconds(), "core/stream")
			b.ReportMetric(100*float64(total.errs)/float64(total.words), "WER-%")
		})
	}
}

// converse speaks in real time, as a call does: a frame every 20 ms, 300 ms of silence after each
// sentence before the turn is taken to be over.
func converse(b *testing.B, v *asr.Vosk, o asr.Options, said []asrtest.Utterance) heardOf {
	var h heardOf
	st, err := v.Open(context.Background(), o)
	if err != nil {
		b.Error(err)
		return h
	}
	defer func() { _ = st.Close() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for _, u := range said {
		audio := slices.Concat(asrtest.Silence(16000, 200*time.Millisecond), u.PCM, asrtest.Silence(16000, 300*time.Millisecond))
		for _, f := range asrtest.Frames(16000, audio) {
			<-tick.C
			if err := st.Write(f); err != nil {
				b.Error(err)
				return h
			}
		}
		h.audio += time.Duration(len(audio)) * time.Second / 16000
		asked := time.Now()
		if err := st.Finalize(); err != nil {
			b.Error(err)
			return h
		}
		for r := range st.Results() {
			if r.Err != nil {
				b.Error(r.Err)
				return h
			}
			if r.Final {
				h.latencies = append(h.latencies, time.Since(asked))
				e, n := asr.WER(u.Text, r.Text)
				h.errs, h.words = h.errs+e, h.words+n
				break
			}
		}
	}
	return h
}

// processorTime is what this process has used, recogniser, server and client together.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
