package sim

import (
	"fmt"
	"time"

	"github.com/dialwright/dialwright/media"
)

// Turn is one time the customer spoke, and what the other side did about it,
// measured in the recording: offsets count from its beginning.
type Turn struct {
	From, To time.Duration // the customer's voice
	// Answer is when the other side's voice was heard next after To, and
	// EOSToAudio the time from To to there; 0: never.
	Answer     time.Duration
	EOSToAudio time.Duration
	// BargeIn: the other side was speaking when the customer began. It stopped
	// BargeInStop after the customer's onset; 0 if it did not stop while the
	// customer spoke.
	BargeIn     bool
	BargeInStop time.Duration
}

// Pauses that are part of what is said.
const (
	customerPause = 700 * time.Millisecond // inside a customer's sentence
	botPause      = 250 * time.Millisecond // inside a prompt; a stop is longer
)

// Measure reads a far side's recording and returns the customer's turns. A
// call without a recording has none, nor has a voicemail's or an agent's.
func Measure(r Recording) ([]Turn, error) {
	if r.File == "" || r.Voicemail || r.Agent {
		return nil, nil
	}
	audio, err := media.ReadWAV(r.File)
	if err != nil {
		return nil, fmt.Errorf("measure the recording: %w", err)
	}
	if len(audio.Channels) != 2 || audio.Rate != rate {
		return nil, fmt.Errorf("measure the recording %s: it has %d channels at %d Hz, want 2 at %d", r.File, len(audio.Channels), audio.Rate, rate)
	}
	return turns(audio.Channels[0], audio.Channels[1]), nil
}

// span is a stretch of voice, in time from the recording's beginning.
type span struct{ from, to time.Duration }

// spans finds stretches of voice, to 5 ms, joining those that are parted by no
// more than pause.
func spans(pcm []int16, pause time.Duration) []span {
	const step = rate / 200
	var all []span
	for at := 0; at+step <= len(pcm); at += step {
		if !isVoice(pcm[at : at+step]) {
			continue
		}
		from, to := samplesTime(at), samplesTime(at+step)
		if n := len(all); n > 0 && from-all[n-1].to <= pause {
			all[n-1].to = to
		} else {
			all = append(all, span{from, to})
		}
	}
	return all
}

func turns(customer, other []int16) []Turn {
	heard := spans(other, botPause)
	var all []Turn
	for _, c := range spans(customer, customerPause) {
		t := Turn{From: c.from, To: c.to}
		for _, h := range heard {
			switch {
			case h.from < c.from && h.to > c.from:
				t.BargeIn = true
				if h.to < c.to {
					t.BargeInStop = h.to - c.from
				}
			case h.from >= c.to && t.Answer == 0:
				t.Answer, t.EOSToAudio = h.from, h.from-c.to
			}
		}
		all = append(all, t)
	}
	return all
}
