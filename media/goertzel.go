package media

import (
	"math"
	"time"
)

// TonePower is the power of one frequency in a piece of audio, in dB of full scale
// (a full sine is −3), and its share of the whole power, 0 to 1. It is Goertzel's
// algorithm: the longer the piece, the narrower the frequency (20 ms: ±25 Hz).
func TonePower(pcm []int16, rate int, hz float64) (level, share float64) {
	if len(pcm) == 0 {
		return quietest, 0
	}
	coefficient := 2 * math.Cos(2*math.Pi*hz/float64(rate))
	power, total := goertzel(pcm, coefficient)
	if total == 0 {
		return quietest, 0
	}
	return decibel(power), math.Min(1, power/total)
}

// goertzel gives the mean squares of the component and of the whole.
func goertzel(pcm []int16, coefficient float64) (power, total float64) {
	var s1, s2 float64
	for _, s := range pcm {
		x := float64(s)
		total += x * x
		s1, s2 = x+coefficient*s1-s2, s1
	}
	n := float64(len(pcm))
	return 2 * (s1*s1 + s2*s2 - coefficient*s1*s2) / (n * n), total / n
}

// ToneOptions configure a ToneDetector. Zero values mean the defaults.
type ToneOptions struct {
	Rate int // samples per second; 8000 by default
	// Hz are the frequencies listened for. A tone is heard when one of them alone
	// carries most of the power.
	Hz []float64
	// Least is the level below which nothing is a tone, in dB of full scale; −40
	// by default.
	Least float64
	// Share is the part of the power that one frequency must have; 0.7 by default.
	Share float64
	// Length is how long a tone must last to count; 100 ms by default.
	Length time.Duration
}

// BeepFrequencies are those that voicemail systems beep with: 400 to 2000 Hz, in steps
// of 25 Hz, close enough that none falls between.
func BeepFrequencies() []float64 {
	var hz []float64
	for f := 400.0; f <= 2000; f += 25 {
		hz = append(hz, f)
	}
	return hz
}

// ToneEvent tells that a tone has begun (and lasted Length) or ended.
type ToneEvent struct {
	Hz     float64
	Begun  bool          // false: ended
	Offset time.Duration // where it really began or ended, ±20 ms
}

// ToneDetector listens for steady tones in blocks of 20 ms. It allocates nothing per
// frame and is not for more than one goroutine.
type ToneDetector struct {
	o      ToneOptions
	coeff  []float64
	block  []int16
	blocks int64 // done since the start
	need   int   // blocks that a tone must last

	current int // index of the frequency in the last block, or -1
	run     int // blocks it has lasted
	since   int64
	sounds  bool // Begun has been told
}

// NewToneDetector makes a detector that has heard nothing.
func NewToneDetector(o ToneOptions) *ToneDetector {
	if o.Rate <= 0 {
		o.Rate = 8000
	}
	if o.Least == 0 {
		o.Least = -40
	}
	if o.Share <= 0 {
		o.Share = 0.7
	}
	if o.Length <= 0 {
		o.Length = 100 * time.Millisecond
	}
	d := &ToneDetector{o: o, current: -1, block: make([]int16, 0, o.Rate/50)}
	for _, hz := range o.Hz {
		d.coeff = append(d.coeff, 2*math.Cos(2*math.Pi*hz/float64(o.Rate)))
	}
	d.need = max(1, int(o.Length/FrameDuration))
	return d
}

// Feed takes the next samples, at best 20 ms of them, and tells whether a tone has
// begun or ended with them; of several events in one piece the last is told.
func (d *ToneDetector) Feed(pcm []int16) (ToneEvent, bool) {
	var event ToneEvent
	var changed bool
	for len(pcm) > 0 {
		n := min(cap(d.block)-len(d.block), len(pcm))
		d.block = append(d.block, pcm[:n]...)
		pcm = pcm[n:]
		if len(d.block) < cap(d.block) {
			break
		}
		if e, ok := d.decide(d.strongest()); ok {
			event, changed = e, true
		}
		d.block = d.block[:0]
		d.blocks++
	}
	return event, changed
}

// strongest is the frequency that the block consists of, or -1.
func (d *ToneDetector) strongest() int {
	best, most, all := -1, 0.0, 0.0
	for i, c := range d.coeff {
		power, total := goertzel(d.block, c)
		if power > most {
			best, most, all = i, power, total
		}
	}
	if best < 0 || decibel(most) < d.o.Least || most < d.o.Share*all {
		return -1
	}
	return best
}

func (d *ToneDetector) decide(found int) (ToneEvent, bool) {
	same := found >= 0 && d.current >= 0 && math.Abs(d.o.Hz[found]-d.o.Hz[d.current]) <= 25
	switch {
	case same:
		d.run++
	case d.sounds:
		e := ToneEvent{Hz: d.o.Hz[d.current], Offset: time.Duration(d.blocks) * FrameDuration}
		d.current, d.run, d.since, d.sounds = found, 1, d.blocks, false
		return e, true
	default:
		d.current, d.run, d.since = found, 1, d.blocks
	}
	if d.current < 0 || d.sounds || d.run < d.need {
		return ToneEvent{}, false
	}
	d.sounds = true
	return ToneEvent{Hz: d.o.Hz[d.current], Begun: true, Offset: time.Duration(d.since) * FrameDuration}, true
}
