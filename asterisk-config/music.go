package asteriskconfig

import (
	"bytes"
	"encoding/binary"
	"math"
)

const musicRate = 16000 // Hz; Asterisk's wav16

// holdMusic composes the hold music: a slow, soft arpeggio in C, 16 seconds
// that join without a seam, as WAV (RIFF, PCM, 16 bit, mono, 16 kHz).
func holdMusic() []byte {
	// Semitones above A3 (220 Hz): C, Am, F and G, each broken up and down.
	melody := []int{
		3, 7, 10, 15, 10, 7, 3, 7,
		0, 3, 7, 12, 7, 3, 0, 3,
		-4, 0, 3, 8, 3, 0, -4, 0,
		-2, 2, 5, 10, 5, 2, -2, 2,
	}
	const note = musicRate / 2                  // half a second
	const ring = 3 * note                       // a note fades over the next two
	mix := make([]float64, note*len(melody))    // wraps round, so the loop has no seam
	harmonics := []float64{1, 0.25, 0.08, 0.02} // a mellow tone
	attack := float64(musicRate) * 20 / 1000    // 20 ms, so that nothing clicks
	for i, semitone := range melody {
		f := 220 * math.Pow(2, float64(semitone)/12)
		for n := range ring {
			t := float64(n)
			envelope := math.Min(1, t/attack) * math.Exp(-3*t/ring) * math.Min(1, (ring-t)/attack)
			var s float64
			for h, level := range harmonics {
				s += level * math.Sin(2*math.Pi*f*float64(h+1)*t/musicRate)
			}
			mix[(i*note+n)%len(mix)] += s * envelope
		}
	}
	pcm := make([]int16, len(mix))
	for i, s := range mix {
		pcm[i] = int16(3500 * s) // about -15 dBFS at the loudest
	}
	return wav(pcm)
}

// wav wraps samples in a RIFF header.
func wav(pcm []int16) []byte {
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) } // a Buffer takes all
	size := uint32(2 * len(pcm))
	b.WriteString("RIFF")
	put(36 + size)
	b.WriteString("WAVEfmt ")
	put([]uint32{16})
	put([]uint16{1, 1}) // PCM, mono
	put([]uint32{musicRate, 2 * musicRate})
	put([]uint16{2, 16}) // bytes a frame, bits a sample
	b.WriteString("data")
	put(size)
	put(pcm)
	return b.Bytes()
}
