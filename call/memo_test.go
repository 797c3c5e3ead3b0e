package call

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/media"
)

func TestMemo(t *testing.T) {
	const rate = 16000
	for name, c := range map[string]struct {
		request dialog.RecordingRequest
		heard   []piece
		key     string
		ends    time.Duration // after so much audio, half a second more or less; 0: not at all
		kept    bool
	}{
		"a sentence, then silence": {dialog.RecordingRequest{}, []piece{{"silence", time.Second}, {"speech", 4 * time.Second}, {"silence", 5 * time.Second}}, "", 8 * time.Second, true},
		"a pause to think":         {dialog.RecordingRequest{}, []piece{{"speech", 2 * time.Second}, {"silence", 2 * time.Second}, {"speech", 2 * time.Second}}, "", 0, true},
		"impatient":                {dialog.RecordingRequest{EndSilence: time.Second}, []piece{{"speech", 2 * time.Second}, {"silence", 2 * time.Second}}, "", 3 * time.Second, true},
		"nobody speaks":            {dialog.RecordingRequest{}, []piece{{"silence", 10 * time.Second}}, "", 8 * time.Second, false},
		"too long":                 {dialog.RecordingRequest{Max: 3 * time.Second}, []piece{{"speech", 9 * time.Second}}, "", 3 * time.Second, true},
		"any key":                  {dialog.RecordingRequest{}, []piece{{"speech", 2 * time.Second}}, "5", 2 * time.Second, true},
		"the key":                  {dialog.RecordingRequest{Terminator: "#"}, []piece{{"speech", 2 * time.Second}}, "#", 2 * time.Second, true},
		"another key":              {dialog.RecordingRequest{Terminator: "#"}, []piece{{"speech", 2 * time.Second}}, "5", 0, true},
	} {
		m := newMemo(rate, c.request)
		random := rand.New(rand.NewPCG(7, 7))
		over := func() bool {
			select {
			case <-m.done:
				return true
			default:
				return false
			}
		}
		var at time.Duration
	feeding:
		for _, p := range c.heard {
			for end := at + p.last; at < end; at += media.FrameDuration {
				kind := p.kind
				if at%(400*time.Millisecond) < 100*time.Millisecond {
					kind = "silence" // words have gaps; a steady noise is none
				}
				if m.frame(media.Frame{PCM: sound(random, kind, rate), Rate: rate}); over() {
					break feeding
				}
			}
		}
		if c.key != "" {
			m.key(c.key)
		}
		if over() != (c.ends > 0) || c.ends > 0 && (at-c.ends).Abs() > 500*time.Millisecond {
			t.Errorf("%s: over %v after %s", name, over(), at)
		}
		if got := m.take(); len(got) > 0 != c.kept || len(got) > m.most {
			t.Errorf("%s: %d samples kept", name, len(got))
		}
	}
}
