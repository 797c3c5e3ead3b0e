package media

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Component is one sine of a tone.
type Component struct {
	Hz    float64
	Level float64 // of its peak, in dB of full scale; below 0
}

// Tone makes a piece of audio out of sines, with edges of 5 ms so that it does not
// click. rate is in samples per second.
func Tone(rate int, length time.Duration, parts ...Component) []int16 {
	pcm := make([]int16, int(length*time.Duration(rate)/time.Second))
	edge := min(rate/200, len(pcm)/2)
	for i := range pcm {
		var v float64
		for _, p := range parts {
			v += math.Pow(10, p.Level/20) * math.Sin(2*math.Pi*p.Hz*float64(i)/float64(rate))
		}
		if near := min(i, len(pcm)-1-i); near < edge {
			v *= float64(near) / float64(edge)
		}
		pcm[i] = clip(float32(v * math.MaxInt16))
	}
	return pcm
}

// Beep is what a voicemail ends its greeting with: 1 kHz at −10 dB.
func Beep(rate int, length time.Duration) []int16 {
	return Tone(rate, length, Component{1000, -10})
}

// Milliwatt is the digital milliwatt of telephony's tests: about 1 kHz (1004 Hz, as
// Asterisk's Milliwatt()) at −3 dB peak of what G.711 can carry.
func Milliwatt(rate int, length time.Duration) []int16 {
	return Tone(rate, length, Component{1004, -3})
}

// RingBack is China's 450 Hz tone, one burst: 1 s on in 5 s means ringing, 0.35 s
// on and off means busy (ITU-T E.180 supplement 2).
func RingBack(rate int, length time.Duration) []int16 {
	return Tone(rate, length, Component{450, -10})
}

const dtmfKeys = "123A456B789C*0#D"

// DTMFFrequencies are the low and high frequency of a key (ITU-T Q.23):
// 0-9, A-D, * and #.
func DTMFFrequencies(key rune) (low, high float64, err error) {
	i := strings.IndexRune(dtmfKeys, key)
	if i < 0 {
		return 0, 0, fmt.Errorf("media: %q is not a DTMF key (known: 0-9, A-D, *, #)", key)
	}
	return [4]float64{697, 770, 852, 941}[i/4], [4]float64{1209, 1336, 1477, 1633}[i%4], nil
}

// DTMF makes the tones of keys, each of the given length with as much silence after it.
// 100 ms suits every receiver (ITU-T Q.24 asks for 40).
func DTMF(rate int, keys string, length time.Duration) ([]int16, error) {
	var pcm []int16
	for _, key := range keys {
		low, high, err := DTMFFrequencies(key)
		if err != nil {
			return nil, err
		}
		pcm = append(pcm, Tone(rate, length, Component{low, -10}, Component{high, -8})...)
		pcm = append(pcm, make([]int16, int(length*time.Duration(rate)/time.Second))...)
	}
	return pcm, nil
}
