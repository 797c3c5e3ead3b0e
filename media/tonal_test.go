package media

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestTonalTellsTonesFromEverythingElse(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, rate := range []int{8000, 16000} {
		for _, hz := range []float64{440, 850, 1000, 1400, 2000} {
			pcm := make([]int16, rate/50)
			for i := range pcm {
				pcm[i] = int16(8000*math.Sin(2*math.Pi*hz*float64(i)/float64(rate)) + 200*random.NormFloat64())
			}
			level, got := Tonal(pcm, rate)
			if math.Abs(got-hz) > 0.06*hz || math.Abs(level+15.3) > 1 {
				t.Errorf("%v Hz at %d: %.0f Hz, %.1f dB", hz, rate, got, level)
			}
		}
		noise := make([]int16, rate/50)
		for i := range noise {
			noise[i] = int16(3000 * random.NormFloat64())
		}
		if _, hz := Tonal(noise, rate); hz != 0 {
			t.Errorf("noise at %d passes for a tone of %.0f Hz", rate, hz)
		}
		if level, hz := Tonal(make([]int16, rate/50), rate); level > -80 || hz != 0 {
			t.Errorf("silence at %d: %.0f dB, %.0f Hz", rate, level, hz)
		}
	}
}
