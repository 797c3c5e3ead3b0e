package pocketsphinx

import "time"

// The gate keeps silence away from the decoder: an utterance opens with speech and a little of what
// was before, since consonants start below any threshold, and ends after a pause. Its unit is a
// block of 10 ms.
const (
	blockSamples = Rate / 100
	preRoll      = 300 * time.Millisecond
	onsetBlocks  = 4 // this many loud blocks …
	onsetWindow  = 7 // … among so many open an utterance
	// minVoiced is the least loud time that can be a word; less is a click or a breath.
	minVoiced = 100 * time.Millisecond
	// speechRatio is how much louder speech is than the background, in power (10 dB).
	speechRatio = 10
	// minPower is the least power of speech: −52 dBFS.
	minPower = 32768 * 32768 * 6.3e-6
)

type gate struct {
	floor   float64 // power of the background
	recent  uint32  // one bit per block, newest lowest: was it loud
	open    bool
	voiced  time.Duration // loud time of this utterance
	silence time.Duration // since the last loud block
	length  time.Duration // of this utterance
	loud    []bool        // of each block of this utterance

	history []int16 // ring of the last preRoll while closed
	at      int
	filled  int
	partial []int16 // less than a block, waiting
	samples int64   // all that ever came in
}

func newGate() *gate {
	return &gate{floor: minPower, history: make([]int16, int(preRoll.Seconds()*Rate))}
}

// feed takes audio and gives what the decoder is to hear to hear. begin is called before the first
// of an utterance with its position in the stream, in samples.
func (g *gate) feed(pcm []int16, begin func(at int64) error, hear func([]int16) error) error {
	g.partial = append(g.partial, pcm...)
	rest := g.partial
	for len(rest) >= blockSamples {
		if err := g.block(rest[:blockSamples], begin, hear); err != nil {
			return err
		}
		rest = rest[blockSamples:]
	}
	g.partial = append(g.partial[:0], rest...)
	return nil
}

func (g *gate) block(b []int16, begin func(int64) error, hear func([]int16) error) error {
	g.samples += blockSamples
	loud := g.measure(b)
	if g.open {
		g.length += blockTime
		g.loud = append(g.loud, loud)
		if loud {
			g.voiced, g.silence = g.voiced+blockTime, 0
		} else {
			g.silence += blockTime
		}
		return hear(b)
	}
	g.remember(b)
	if g.loudBlocks() < onsetBlocks {
		return nil
	}
	g.open, g.silence = true, 0
	g.voiced = time.Duration(g.loudBlocks()) * blockTime
	g.length = time.Duration(g.filled) * time.Second / Rate
	g.loud = g.loud[:0]
	for i := g.filled/blockSamples - 1; i >= 0; i-- { // recent reaches further back than history
		g.loud = append(g.loud, g.recent>>i&1 == 1)
	}
	if err := begin(g.samples - int64(g.filled)); err != nil {
		return err
	}
	return g.recall(hear)
}

const blockTime = 10 * time.Millisecond

// measure says whether a block is loud, and follows the background: down at once, up slowly, so that
// speech does not become its own background, but faster than a line noise could keep the gate open for ever.
func (g *gate) measure(b []int16) bool {
	power := 0.0
	for _, v := range b {
		power += float64(v) * float64(v)
	}
	power /= float64(len(b))
	loud := power > max(g.floor*speechRatio, minPower)
	rise := 1.01 // doubles in 0.7 s
	if loud {
		rise = 1.0015 // doubles in 4.6 s
	}
	g.floor = max(min(power, g.floor*rise), 1)
	g.recent = g.recent << 1
	if loud {
		g.recent |= 1
	}
	return loud
}

func (g *gate) loudBlocks() int {
	n := 0
	for i := range onsetWindow {
		n += int(g.recent >> i & 1)
	}
	return n
}

func (g *gate) remember(b []int16) {
	for _, v := range b {
		g.history[g.at] = v
		g.at = (g.at + 1) % len(g.history)
	}
	g.filled = min(g.filled+len(b), len(g.history))
}

func (g *gate) recall(hear func([]int16) error) error {
	start := (g.at - g.filled + len(g.history)) % len(g.history)
	n := min(g.filled, len(g.history)-start)
	first, second := g.history[start:start+n], g.history[:g.filled-n]
	g.filled = 0
	if err := hear(first); err != nil || len(second) == 0 {
		return err
	}
	return hear(second)
}

// loudWithin is how much of the utterance is loud between two blocks, the second not included. A
// block is as long as a frame of the decoder.
func (g *gate) loudWithin(from, to int) time.Duration {
	var d time.Duration
	for i := max(from, 0); i < min(to, len(g.loud)); i++ {
		if g.loud[i] {
			d += blockTime
		}
	}
	return d
}

// shut ends the utterance.
func (g *gate) shut() {
	g.open, g.recent, g.voiced, g.silence, g.length = false, 0, 0, 0, 0
}
