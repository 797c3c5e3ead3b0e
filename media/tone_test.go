package media

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func sine(rate int, hz, amplitude float64, n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(math.Round(amplitude * math.Sin(2*math.Pi*hz*float64(i)/float64(rate))))
	}
	return pcm
}

// noise is white, uniform, of the given RMS.
func noise(seed uint64, level float64, n int) []int16 {
	r := rand.New(rand.NewPCG(seed, 1))
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = clip(float32((r.Float64()*2 - 1) * level * math.Sqrt(3)))
	}
	return pcm
}

func mix(a, b []int16) []int16 {
	out := make([]int16, len(a))
	for i := range a {
		out[i] = saturate(int32(a[i]) + int32(b[i]))
	}
	return out
}

func TestTonePowerFindsToneInAllCodecs(t *testing.T) {
	for _, c := range []Codec{ULaw, ALaw, SLin8, SLin16} {
		pcm := Milliwatt(c.Rate(), time.Second)
		pcm = c.Decode(nil, c.Encode(nil, pcm))
		level, share := TonePower(pcm, c.Rate(), 1004)
		if math.Abs(level-(-6)) > 0.3 || share < 0.97 { // −3 dB peak is −6 dB mean square
			t.Errorf("%s: %.2f dB, share %.3f", c, level, share)
		}
		if _, share := TonePower(pcm, c.Rate(), 1500); share > 0.01 {
			t.Errorf("%s: %.3f of the power at 1500 Hz", c, share)
		}
	}
}

func TestDTMFHasTheFrequenciesOfEachKey(t *testing.T) {
	all := []float64{697, 770, 852, 941, 1209, 1336, 1477, 1633}
	for _, key := range dtmfKeys {
		pcm, err := DTMF(8000, string(key), 100*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		low, high, err := DTMFFrequencies(key)
		if err != nil {
			t.Fatal(err)
		}
		for _, hz := range all {
			level, _ := TonePower(pcm[:800], 8000, hz)
			if wanted := hz == low || hz == high; wanted != (level > -16) || !wanted && level > -30 {
				t.Errorf("key %c: %v Hz at %.1f dB", key, hz, level)
			}
		}
	}
	if _, err := DTMF(8000, "1x", time.Second); err == nil {
		t.Error("x was accepted as a key")
	}
}

func TestToneDetectorHearsBeepWhereItIs(t *testing.T) {
	const rate = 8000
	for _, hz := range []float64{440, 613, 1000, 1387, 1950} {
		d := NewToneDetector(ToneOptions{Rate: rate, Hz: BeepFrequencies()})
		line := mix(append(append(make([]int16, rate), Tone(rate, 400*time.Millisecond, Component{hz, -15})...), make([]int16, rate)...),
			noise(3, 60, 2*rate+rate*2/5))
		var events []ToneEvent
		for i := 0; i < len(line); i += 160 {
			if e, ok := d.Feed(line[i : i+160]); ok {
				events = append(events, e)
			}
		}
		if len(events) != 2 || !events[0].Begun || events[1].Begun {
			t.Fatalf("%v Hz: events %+v", hz, events)
		}
		if math.Abs(events[0].Hz-hz) > 25 || near(events[0].Offset, time.Second) > 20*time.Millisecond ||
			near(events[1].Offset, 1400*time.Millisecond) > 20*time.Millisecond {
			t.Errorf("%v Hz: events %+v", hz, events)
		}
	}
}

func TestToneDetectorIsNotFooledBySpeech(t *testing.T) {
	pcm := speak(t, "flite", "Hello, you have reached the voice mailbox of nobody in particular. Please leave a message after the tone.", 8000)
	d := NewToneDetector(ToneOptions{Rate: 8000, Hz: BeepFrequencies(), Length: 120 * time.Millisecond})
	for i := 0; i+160 <= len(pcm); i += 160 {
		if e, ok := d.Feed(pcm[i : i+160]); ok {
			t.Fatalf("took speech for a tone: %+v", e)
		}
	}
}

func TestToneDetectorAllocatesNothing(t *testing.T) {
	d := NewToneDetector(ToneOptions{Hz: BeepFrequencies()})
	pcm := Beep(8000, FrameDuration)
	if n := testing.AllocsPerRun(100, func() { d.Feed(pcm) }); n != 0 {
		t.Errorf("%v allocations per frame", n)
	}
}

func near(a, b time.Duration) time.Duration { return (a - b).Abs() }
