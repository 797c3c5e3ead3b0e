package media

import (
	"fmt"
	"math"
)

// A windowed sinc with 32 zero crossings on each side and a Kaiser window of 80 dB: up
// to 86 % of the lower rate's half passes unchanged, what is over the half is gone.
const (
	sincCrossings = 32
	kaiserBeta    = 7.86 // 80 dB: 0.1102 (80 - 8.7)
	sincCutoff    = 0.93 // of half the lower rate
)

// Resampler changes the rate of a stream, piece by piece, by a polyphase filter. Any
// two rates do whose ratio, in lowest terms, has no term over 4096 (8, 16, 24, 48 kHz,
// and the 22.05 kHz of synthesisers, among each other).
//
// It delays by Delay input samples. Process allocates nothing once its buffers have
// grown to the size of the pieces.
type Resampler struct {
	up, down int         // ratio in lowest terms
	phases   [][]float32 // one filter for each of the up positions between samples
	history  []float32   // the last taps-1 samples and the piece being worked on
	taps     int
	pos      int // position of the next output, in 1/up of an input sample, in history
}

// NewResampler makes a resampler between two rates in samples per second.
func NewResampler(from, to int) (*Resampler, error) {
	if from <= 0 || to <= 0 {
		return nil, fmt.Errorf("media: resampling from %d to %d Hz: rates must be positive", from, to)
	}
	d := gcd(from, to)
	r := &Resampler{up: to / d, down: from / d}
	if r.up > 4096 || r.down > 4096 {
		return nil, fmt.Errorf("media: resampling from %d to %d Hz: the ratio %d/%d is not simple enough", from, to, r.up, r.down)
	}
	r.design()
	r.history = make([]float32, r.taps-1, r.taps+2048)
	return r, nil
}

// Delay is by how many samples of the input the output lags.
func (r *Resampler) Delay() int { return r.taps / 2 }

// design computes the filters, each of which has a gain of exactly one at 0 Hz.
func (r *Resampler) design() {
	scale := 1.0 // cutoff as a share of half the input's rate
	if r.up < r.down {
		scale = float64(r.up) / float64(r.down)
	}
	half := int(math.Ceil(sincCrossings / scale))
	r.taps = 2 * half
	r.phases = make([][]float32, r.up)
	norm := bessel0(kaiserBeta)
	for p := range r.phases {
		filter := make([]float64, r.taps)
		var sum float64
		for k := range filter {
			// distance of input sample k from the output's place, in input samples
			x := float64(k) - float64(half) + 1 - float64(p)/float64(r.up)
			u := x / float64(half)
			if u <= -1 || u >= 1 {
				continue
			}
			filter[k] = sinc(x*scale*sincCutoff) * bessel0(kaiserBeta*math.Sqrt(1-u*u)) / norm
			sum += filter[k]
		}
		r.phases[p] = make([]float32, r.taps)
		for k, v := range filter {
			r.phases[p][k] = float32(v / sum)
		}
	}
}

// Process appends to dst what the piece src gives and returns it.
func (r *Resampler) Process(dst, src []int16) []int16 {
	for _, s := range src {
		r.history = append(r.history, float32(s))
	}
	for r.pos/r.up+r.taps <= len(r.history) {
		start, filter := r.pos/r.up, r.phases[r.pos%r.up]
		window := r.history[start : start+r.taps]
		var sum float32
		for k, c := range filter {
			sum += c * window[k]
		}
		dst = append(dst, clip(sum))
		r.pos += r.down
	}
	used := min(r.pos/r.up, len(r.history))
	r.history = r.history[:copy(r.history, r.history[used:])]
	r.pos -= used * r.up
	return dst
}

// Resample changes the rate of a whole piece of audio, without delay: the result has
// len(pcm)·to/from samples, rounded up. Rates that NewResampler refuses panic,
// for they are the program's, not the data's; check data's with NewResampler.
func Resample(pcm []int16, from, to int) []int16 {
	if from == to {
		return append([]int16(nil), pcm...)
	}
	r, err := NewResampler(from, to)
	if err != nil {
		panic(err)
	}
	want := (len(pcm)*r.up + r.down - 1) / r.down
	out := make([]int16, 0, want)
	r.pos = r.Delay() * r.up // leave the delay out
	out = r.Process(out, pcm)
	out = r.Process(out, make([]int16, r.taps))
	return out[:want]
}

func clip(v float32) int16 {
	if v >= 0 {
		return int16(min(v+0.5, math.MaxInt16))
	}
	return int16(max(v-0.5, math.MinInt16))
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// bessel0 is the modified Bessel function of the first kind and order 0.
func bessel0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-12*sum; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
