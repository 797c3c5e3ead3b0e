package media

import (
	"math"
	"time"
)

// VADOptions configure a VAD. Zero values mean the defaults.
type VADOptions struct {
	// Rate is in samples per second; 8000 by default.
	Rate int
	// Onset is how much speech must be heard before SpeechStart; 50 ms by default.
	// What is shorter, such as a click, is not speech.
	Onset time.Duration
	// Hang is how long silence must last before SpeechEnd; 500 ms by default.
	Hang time.Duration
	// Margin is how far over the noise speech must be, in dB; 9 by default.
	Margin float64
	// Least is the level below which nothing is speech, in dB of full scale;
	// −52 by default. A quiet telephone voice is at −40.
	Least float64
}

// VADKind is what a VADEvent tells.
type VADKind uint8

// The kinds of VADEvent; they alternate, beginning with SpeechStart.
const (
	SpeechStart VADKind = iota + 1
	SpeechEnd
)

// String names the kind.
func (k VADKind) String() string {
	switch k {
	case SpeechStart:
		return "speech-start"
	case SpeechEnd:
		return "speech-end"
	}
	return "none"
}

// VADEvent tells that somebody has begun or ceased to speak. Times are positions in
// what has been fed, by count of samples.
type VADEvent struct {
	Kind VADKind
	// Offset is where speech really began or ended, before onset or hang time.
	Offset time.Duration
	// Decided is where it became certain: the end of what had to be heard for it.
	Decided time.Duration
}

const (
	vadStep     = 10 * time.Millisecond
	quietest    = -90.0 // dB of full scale
	floorBlocks = 6     // of 300 ms: the floor is the least level of the last 1.8 s
	blockSteps  = 30
	// firstFloor is the most that the noise is taken to be before a pause has been
	// heard, so that one who speaks from the first moment is not taken for noise.
	firstFloor = -38.0
	// keepMargin is by how many dB the threshold is lower while somebody speaks.
	keepMargin = 3.0
	// resumeSteps of speech within the hang time make it start again: 30 ms, so that
	// clicks do not prolong speech.
	resumeSteps = 3
)

// VAD tells speech from silence by energy, in steps of 10 ms, against a floor that
// follows the noise: the least level of the last 1.8 s. Speech has gaps within that
// time, constant noise has not, so the floor rises to it. It is not for more than
// one goroutine, and allocates nothing.
type VAD struct {
	rate, step   int
	onset, hang  int // in steps
	margin, base float64

	acc    float64 // energy of the step begun
	filled int     // samples in it
	lastIn float64 // high-pass filter's state
	lastHP float64
	pole   float64

	steps    int64 // done since the start
	level    float64
	floor    [floorBlocks]float64
	block    int
	inBlock  int
	talking  bool
	run      int   // steps of speech heard lately
	runStart int64 // step at which it began
	lastTalk int64 // step after the last speech
	silent   int   // steps since then
}

// NewVAD makes a VAD that has heard nothing.
func NewVAD(o VADOptions) *VAD {
	if o.Rate <= 0 {
		o.Rate = 8000
	}
	if o.Onset <= 0 {
		o.Onset = 50 * time.Millisecond
	}
	if o.Hang <= 0 {
		o.Hang = 500 * time.Millisecond
	}
	if o.Margin <= 0 {
		o.Margin = 9
	}
	if o.Least == 0 {
		o.Least = -52
	}
	v := &VAD{
		rate: o.Rate, step: max(1, o.Rate/100),
		onset:  max(1, int((o.Onset+vadStep-1)/vadStep)),
		hang:   max(resumeSteps+1, int((o.Hang+vadStep-1)/vadStep)),
		margin: o.Margin, base: o.Least,
		pole: 1 - 2*math.Pi*100/float64(o.Rate), // 100 Hz: under a voice, over mains hum
	}
	for i := range v.floor {
		v.floor[i] = firstFloor
	}
	return v
}

// Feed takes the next samples, up to 20 ms of them for exact reports, and tells
// whether something has changed with them. Pieces of any length do, but of several
// events in one piece only the last is told.
func (v *VAD) Feed(pcm []int16) (VADEvent, bool) {
	var event VADEvent
	var changed bool
	for _, s := range pcm {
		in := float64(s)
		v.lastHP = in - v.lastIn + v.pole*v.lastHP
		v.lastIn = in
		v.acc += v.lastHP * v.lastHP
		if v.filled++; v.filled < v.step {
			continue
		}
		v.level = decibel(v.acc / float64(v.step))
		v.acc, v.filled = 0, 0
		if e, ok := v.decide(v.level); ok {
			event, changed = e, true
		}
	}
	return event, changed
}

// Talking tells whether the last event was SpeechStart.
func (v *VAD) Talking() bool { return v.talking }

// Position is how much has been fed, in whole steps of 10 ms.
func (v *VAD) Position() time.Duration { return time.Duration(v.steps) * vadStep }

// Level is the loudness of the last 10 ms and of the noise, in dB of full scale.
func (v *VAD) Level() (now, noise float64) { return v.level, v.noise() }

func (v *VAD) decide(level float64) (VADEvent, bool) {
	threshold := max(v.noise()+v.margin, v.base)
	if v.talking {
		threshold -= keepMargin
	}
	v.follow(level)
	v.steps++
	if v.talking {
		return v.during(level >= threshold)
	}
	return v.before(level >= threshold)
}

// before looks for the onset. It weighs loud steps against quiet ones: what is loud
// now and then never adds up, and a dip within a word does not begin anew.
func (v *VAD) before(loud bool) (VADEvent, bool) {
	switch {
	case loud && v.run == 0:
		v.run, v.runStart = 1, v.steps-1
	case loud:
		v.run++
	case v.run > 0:
		v.run--
	}
	if v.run < v.onset {
		return VADEvent{}, false
	}
	v.talking, v.silent, v.lastTalk = true, 0, v.steps
	return VADEvent{SpeechStart, time.Duration(v.runStart) * vadStep, v.Position()}, true
}

// during looks for the end.
func (v *VAD) during(loud bool) (VADEvent, bool) {
	if loud {
		v.run++
	} else {
		v.run = 0
	}
	if v.run >= resumeSteps {
		v.lastTalk, v.silent = v.steps, 0
		return VADEvent{}, false
	}
	v.silent++
	if v.silent < v.hang {
		return VADEvent{}, false
	}
	v.talking, v.run = false, 0
	return VADEvent{SpeechEnd, time.Duration(v.lastTalk) * vadStep, v.Position()}, true
}

// follow keeps the least level of each of the last blocks.
func (v *VAD) follow(level float64) {
	if v.inBlock == 0 && v.steps > 0 {
		v.floor[v.block] = level
	}
	v.floor[v.block] = min(v.floor[v.block], level)
	if v.inBlock++; v.inBlock == blockSteps {
		v.inBlock = 0
		v.block = (v.block + 1) % floorBlocks
	}
}

func (v *VAD) noise() float64 {
	least := v.floor[0]
	for _, f := range v.floor[1:] {
		least = min(least, f)
	}
	return least
}

// decibel is the level of a mean square of 16-bit samples, in dB of full scale
// (a full square wave is 0).
func decibel(meanSquare float64) float64 {
	const full = 32768.0 * 32768.0
	if meanSquare <= 0 {
		return quietest
	}
	return max(quietest, 10*math.Log10(meanSquare/full))
}
