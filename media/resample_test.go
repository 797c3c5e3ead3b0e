package media

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

var resampleRates = []int{8000, 16000, 24000, 48000, 22050}

// residual is how far below the tone of frequency hz all else in pcm is, in dB, after
// the best fitting sine has been taken away.
func residual(pcm []int16, rate int, hz float64) (level, snr float64) {
	var cs, ss, cc, sc, s2 float64
	for i, v := range pcm {
		sin, cos := math.Sincos(2 * math.Pi * hz * float64(i) / float64(rate))
		cs += float64(v) * cos
		ss += float64(v) * sin
		cc += cos * cos
		sc += sin * cos
		s2 += sin * sin
	}
	det := cc*s2 - sc*sc
	a, b := (cs*s2-ss*sc)/det, (ss*cc-cs*sc)/det
	var rest float64
	for i, v := range pcm {
		sin, cos := math.Sincos(2 * math.Pi * hz * float64(i) / float64(rate))
		d := float64(v) - a*cos - b*sin
		rest += d * d
	}
	tone := (a*a + b*b) / 2
	return decibel(tone), 10 * math.Log10(tone/(rest/float64(len(pcm))))
}

func TestResampleKeepsTones(t *testing.T) {
	for _, from := range resampleRates {
		for _, to := range resampleRates {
			for _, hz := range []float64{200, 1000, 3000} {
				in := sine(from, hz, 10000, from)
				out := Resample(in, from, to)
				if len(out) != to {
					t.Fatalf("%d to %d: %d samples out of %d", from, to, len(out), len(in))
				}
				level, snr := residual(out[to/10:to*9/10], to, hz)
				want, _ := residual(in, from, hz)
				if snr < 50 || math.Abs(level-want) > 0.1 {
					t.Errorf("%d to %d, %v Hz: SNR %.1f dB, level off by %.2f dB", from, to, hz, snr, level-want)
				}
			}
		}
	}
}

func TestResampleSuppressesAliases(t *testing.T) {
	for _, c := range []struct {
		from, to int
		hz       float64
	}{
		{16000, 8000, 4300}, {16000, 8000, 5000}, {16000, 8000, 7000}, {48000, 8000, 4500}, {48000, 8000, 9000},
		{48000, 16000, 9000}, {24000, 16000, 8800}, {22050, 8000, 5000}, {24000, 8000, 11000},
	} {
		in := sine(c.from, c.hz, 10000, c.from)
		out := Resample(in, c.from, c.to)
		out = out[c.to/10 : c.to*9/10]
		if down := 20 * math.Log10(rms(in)/math.Max(rms(out), 0.1)); down < 50 {
			t.Errorf("%d to %d: %v Hz is only %.1f dB down", c.from, c.to, c.hz, down)
		}
	}
	// and upwards: no image of the tone over half the lower rate
	out := Resample(sine(8000, 3000, 10000, 8000), 8000, 16000)
	if level, _ := TonePower(out[1600:14400], 16000, 5000); level > -10-50-6 {
		t.Errorf("the image at 5 kHz has %.1f dB", level)
	}
}

func TestResampleIsAligned(t *testing.T) {
	for _, to := range []int{16000, 24000, 48000} {
		in := make([]int16, 800)
		in[400] = 20000
		out := Resample(in, 8000, to)
		peak := slices.Index(out, slices.Max(out))
		if want := 400 * to / 8000; abs(peak-want) > 1 {
			t.Errorf("8000 to %d: the pulse is at %d, want %d", to, peak, want)
		}
	}
}

func TestResamplerPiecesMakeTheWhole(t *testing.T) {
	in := noise(1, 3000, 16000)
	for _, c := range [][2]int{{8000, 16000}, {16000, 8000}, {22050, 8000}} {
		whole, pieces := mustResampler(t, c), mustResampler(t, c)
		want := whole.Process(nil, in)
		var got []int16
		for rest := in; len(rest) > 0; {
			n := min(len(rest), 1+len(got)%97)
			got = pieces.Process(got, rest[:n])
			rest = rest[n:]
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v: pieces differ from the whole", c)
		}
	}
}

func mustResampler(t *testing.T, c [2]int) *Resampler {
	t.Helper()
	r, err := NewResampler(c[0], c[1])
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestResamplerRefusesBadRates(t *testing.T) {
	for _, c := range [][2]int{{0, 8000}, {8000, -1}, {8000, 48001}} {
		if _, err := NewResampler(c[0], c[1]); err == nil {
			t.Errorf("%v was accepted", c)
		}
	}
}

func TestResamplerAllocatesNothing(t *testing.T) {
	r := mustResampler(t, [2]int{8000, 16000})
	pcm := noise(1, 3000, 160)
	out := make([]int16, 0, 400)
	if n := testing.AllocsPerRun(100, func() { out = r.Process(out[:0], pcm) }); n != 0 {
		t.Errorf("%v allocations per frame", n)
	}
}

func BenchmarkResample20ms(b *testing.B) {
	for _, c := range [][2]int{{8000, 16000}, {16000, 8000}} {
		b.Run(fmt.Sprintf("%d-%d", c[0], c[1]), func(b *testing.B) {
			r, err := NewResampler(c[0], c[1])
			if err != nil {
				b.Fatal(err)
			}
			in := noise(1, 3000, c[0]/50)
			var out []int16
			b.ReportAllocs()
			for b.Loop() {
				out = r.Process(out[:0], in)
			}
		})
	}
}
