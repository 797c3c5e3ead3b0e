package sim

// voiceRMS is the level from which a frame counts as voice, as the root mean
// square of 16-bit samples: −42 dBFS. Synthesised speech lies some 20 dB above
// it, a coded silence 40 dB below.
const voiceRMS = 260

// isVoice tells whether a frame holds voice (or music).
func isVoice(pcm []int16) bool {
	var sum int64
	for _, s := range pcm {
		sum += int64(s) * int64(s)
	}
	return sum > voiceRMS*voiceRMS*int64(len(pcm))
}

// voiced returns where the voice in pcm begins and ends, in samples, to 5 ms.
// Both are 0 where there is none.
func voiced(pcm []int16) (from, to int) {
	const step = rate / 200
	for at := 0; at+step <= len(pcm); at += step {
		if isVoice(pcm[at : at+step]) {
			if to == 0 {
				from = at
			}
			to = at + step
		}
	}
	return from, to
}
