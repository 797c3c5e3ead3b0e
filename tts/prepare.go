package tts

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/dialwright/dialwright/media"
)

const (
	keepSilence = 0.05  // seconds before the first and after the last sound
	soundLevel  = 100   // amplitude that counts as sound: −50 dB of full scale
	levelRMS    = -20.0 // of the speech, in dB of full scale
	peakLimit   = 0.9   // of full scale
)

// prepare makes audio fit to be played at once: at the rate wanted, without
// the silence that engines put around it, at the level of telephone speech.
func prepare(a Audio, rate int) Audio {
	pcm := media.Resample(trim(a.PCM, a.Rate), a.Rate, rate)
	return Audio{PCM: level(pcm), Rate: rate}
}

func trim(pcm []int16, rate int) []int16 {
	loud := func(v int16) bool { return v > soundLevel || v < -soundLevel }
	first := slices.IndexFunc(pcm, loud)
	if first < 0 {
		return pcm
	}
	last := len(pcm) - 1
	for !loud(pcm[last]) {
		last--
	}
	margin := int(keepSilence * float64(rate))
	return pcm[max(0, first-margin):min(len(pcm), last+1+margin)]
}

// level brings speech to levelRMS; pauses do not count, peaks stay unclipped.
func level(pcm []int16) []int16 {
	var energy float64
	var n, peak int
	for _, v := range pcm {
		if a := max(int(v), -int(v)); a > soundLevel {
			energy += float64(a) * float64(a)
			n++
			peak = max(peak, a)
		}
	}
	if n == 0 {
		return pcm
	}
	gain := math.Pow(10, levelRMS/20) * 32768 / math.Sqrt(energy/float64(n))
	gain = min(gain, peakLimit*32767/float64(peak))
	out := make([]int16, len(pcm))
	for i, v := range pcm {
		out[i] = int16(math.Round(float64(v) * gain))
	}
	return out
}

// preparing is how many requests Prepare works on at once; the engines bound
// their processes themselves.
const preparing = 4

// Prepare makes sure that every request's audio is in the cache. progress, if
// not nil, is told after each, not always in order.
func Prepare(ctx context.Context, c *Cache, all []Request, progress func(done, total int)) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(preparing)
	var done atomic.Int64
	for _, r := range all {
		group.Go(func() error {
			if _, err := c.Synthesize(ctx, r); err != nil {
				return fmt.Errorf("%.40q: %w", r.Text, err)
			}
			if n := done.Add(1); progress != nil {
				progress(int(n), len(all))
			}
			return nil
		})
	}
	return group.Wait()
}
