package media

import "math"

// Tonal measures a piece of audio as if it were one pure tone: its level in dB
// of full scale and, if it is one, its frequency in Hz; 0 if it is not. It
// takes any frequency, so that it knows a voicemail's beep, whose pitch no
// standard fixes. A sinusoid obeys x[n-1] + x[n+1] = 2 cos(ω) x[n]; what does
// not fit that line is not tone. It allocates nothing.
func Tonal(pcm []int16, rate int) (level, hz float64) {
	if len(pcm) < 3 {
		return quietest, 0
	}
	var xx, xy, yy float64
	for n := 1; n+1 < len(pcm); n++ {
		x, y := float64(pcm[n]), float64(pcm[n-1])+float64(pcm[n+1])
		xx += x * x
		xy += x * y
		yy += y * y
	}
	count := float64(len(pcm) - 2)
	if xx < count {
		return quietest, 0 // below one step of the converter
	}
	level = 10 * math.Log10(xx/count/(32768*32768))
	c := xy / (2 * xx)
	residual := yy - xy*xy/xx
	if c <= -1 || c >= 1 || residual > 0.02*xx {
		return level, 0
	}
	return level, math.Acos(c) * float64(rate) / (2 * math.Pi)
}
