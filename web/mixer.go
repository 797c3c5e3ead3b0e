package web

import (
	"encoding/binary"
	"sync"
	"time"
)

const (
	mixRate = 16000                  // samples per second of the stream
	chunk   = 100 * time.Millisecond // how much is sent at a time
	// backlog bounds what waits on one side, so that a clock that drifts
	// costs a listener a word, never ever more delay.
	backlog = 500 * time.Millisecond
)

const (
	chunkSamples   = int(mixRate * chunk / time.Second)
	backlogSamples = int(mixRate * backlog / time.Second)
)

// mixer lays the two sides of a call beside each other in real time. A side
// that is silent sends nothing; its place is filled with silence.
type mixer struct {
	mu      sync.Mutex
	sides   [2][]int16 // customer, Dialwright or agent
	last    [2]int16   // last sample taken in, for interpolation
	dropped int64      // samples
}

// put takes a piece of one side in.
func (m *mixer) put(a LiveAudio) {
	m.mu.Lock()
	defer m.mu.Unlock()
	side := 1
	if a.Customer {
		side = 0
	}
	m.sides[side] = append(m.sides[side], m.convert(side, a)...)
	if over := len(m.sides[side]) - backlogSamples; over > 0 {
		m.dropped += int64(over)
		m.sides[side] = append([]int16(nil), m.sides[side][over:]...)
	}
}

// convert brings 8 kHz to 16 kHz by linear interpolation: enough for an ear,
// and nothing else hears it.
func (m *mixer) convert(side int, a LiveAudio) []int16 {
	if len(a.PCM) == 0 {
		return nil
	}
	last := m.last[side]
	m.last[side] = a.PCM[len(a.PCM)-1]
	if a.Rate*2 != mixRate {
		return a.PCM
	}
	out := make([]int16, 0, 2*len(a.PCM))
	for _, s := range a.PCM {
		out = append(out, int16((int(last)+int(s))/2), s)
		last = s
	}
	return out
}

// next takes one chunk out: interleaved, left the customer, little-endian.
func (m *mixer) next() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.take(chunkSamples)
}

// rest takes out everything that waits.
func (m *mixer) rest() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.take(max(len(m.sides[0]), len(m.sides[1])))
}

func (m *mixer) take(n int) []byte {
	out := make([]byte, 4*n)
	for side := range m.sides {
		q := m.sides[side]
		k := min(n, len(q))
		for i, s := range q[:k] {
			binary.LittleEndian.PutUint16(out[4*i+2*side:], uint16(s))
		}
		m.sides[side] = q[k:]
	}
	return out
}

// wavHeader begins a stream of unknown length: players take the largest size
// for "until it ends" (RIFF, Microsoft 1991; two channels, 16 bits).
func wavHeader() []byte {
	const channels, bits = 2, 16
	h := make([]byte, 0, 44)
	le := binary.LittleEndian
	h = append(h, "RIFF"...)
	h = le.AppendUint32(h, 0xFFFFFFFF)
	h = append(h, "WAVEfmt "...)
	h = le.AppendUint32(h, 16)
	h = le.AppendUint16(h, 1) // PCM
	h = le.AppendUint16(h, channels)
	h = le.AppendUint32(h, mixRate)
	h = le.AppendUint32(h, mixRate*channels*bits/8)
	h = le.AppendUint16(h, channels*bits/8)
	h = le.AppendUint16(h, bits)
	h = append(h, "data"...)
	return le.AppendUint32(h, 0xFFFFFFFF)
}
