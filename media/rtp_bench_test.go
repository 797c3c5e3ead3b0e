//go:build unix

package media_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/media/mediatest"
)

// BenchmarkRTPLegs runs many legs for five seconds of real time, each of which speaks and
// hears a frame every 20 ms through the loopback interface, with voice activity on what
// is heard. The far end sends packets made beforehand and reads nothing; what its
// sending costs the processor counts in, so the figures are on the safe side.
//
//	cpu%/leg     share of one core
//	legs/core    legs that fill a core
//	late>5ms%    frames sent more than 5 ms after their time
//	lost         packets that did not arrive, or not in time
//	underruns    frames that were not sent
func BenchmarkRTPLegs(b *testing.B) {
	for _, legs := range []int{100, 500, 1000} {
		b.Run(fmt.Sprint(legs), func(b *testing.B) {
			for b.Loop() {
				benchmarkLegs(b, legs, 5*time.Second)
			}
		})
	}
}

func benchmarkLegs(b *testing.B, legs int, length time.Duration) {
	rtp := newRTP(b)
	f := media.Format{In: media.ULaw, Out: media.ULaw}
	pcm := media.Beep(8000, length)
	voice := media.Beep(8000, media.FrameDuration)
	done := make(chan struct{}, legs)
	var all []media.Leg
	var peers []*mediatest.RTPPeer
	for i := range legs {
		peer := newPeer(b, rtp, f)
		vad := media.NewVAD(media.VADOptions{})
		leg, err := rtp.Open(b.Context(), media.OpenOptions{
			ID: fmt.Sprint(i), Format: f, Sink: media.SinkFunc(func(f media.Frame) { vad.Feed(f.PCM) }),
		})
		if err != nil {
			b.Fatal(err)
		}
		if err := leg.Play(media.Playout{PCM: pcm, Done: func(time.Duration, bool) { done <- struct{}{} }}); err != nil {
			b.Fatal(err)
		}
		all, peers = append(all, leg), append(peers, peer)
	}
	before, began := cpu(b), time.Now()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	sent, ended := 0, 0
	for begun := false; ended < legs; {
		select {
		case <-done:
			ended++
			continue
		case <-tick.C:
		}
		due := int(time.Since(began) * time.Duration(legs) / media.FrameDuration)
		for ; sent < due; sent++ {
			k := sent % legs
			if !begun { // it finds its address, and talks from this moment
				all[k].SetRemote(peers[k].Addr())
				begun = k == legs-1
			}
			if err := peers[k].Send(voice); err != nil {
				b.Fatal(err)
			}
		}
	}
	share := float64(cpu(b)-before) / float64(time.Since(began)) / float64(legs)
	report(b, rtp.Stats(), share)
	for _, leg := range all {
		if err := leg.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func report(b *testing.B, s media.RTPStats, share float64) {
	var late, sent uint64
	for i, n := range s.Lateness.Counts {
		sent += n
		if i > 3 {
			late += n
		}
	}
	b.ReportMetric(100*share, "cpu%/leg")
	b.ReportMetric(1/share, "legs/core")
	b.ReportMetric(100*float64(late)/float64(max(1, sent)), "late>5ms%")
	b.ReportMetric(float64(s.Total.Lost), "lost")
	b.ReportMetric(float64(s.Total.Underruns), "underruns")
	b.ReportMetric(0, "ns/op") // five seconds always
}

// cpu is the processor time this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
