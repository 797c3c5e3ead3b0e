package call

import (
	"math"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/turn"
)

// piece is some audio at the far end.
type piece struct {
	kind string // speech, tone, silence
	last time.Duration
}

// sound is a frame of speech, tone or silence.
func sound(random *rand.Rand, kind string, rate int) []int16 {
	pcm := make([]int16, rate/50)
	for n := range pcm {
		switch kind {
		case "speech":
			pcm[n] = int16(2500 * random.NormFloat64())
		case "tone":
			pcm[n] = int16(8000 * math.Sin(2*math.Pi*1000*float64(n)/float64(rate)))
		}
	}
	return pcm
}

// hearAll feeds the pieces and returns when a machine was told, if it was.
func hearAll(t *testing.T, m *machine, inbox *mailbox[turn.Event], words map[int]string, pieces ...piece) (time.Duration, bool) {
	t.Helper()
	const rate = 16000
	random := rand.New(rand.NewPCG(7, 7))
	var at time.Duration
	for i, p := range pieces {
		if w := words[i]; w != "" {
			m.words(w)
		}
		for end := at + p.last; at < end; at += 20 * time.Millisecond {
			m.hear(media.Frame{PCM: sound(random, p.kind, rate), Rate: rate, At: time.Unix(0, int64(at))})
			if m.is() {
				ev := <-inbox.out
				if ev.Kind != turn.Machine {
					t.Fatalf("told %v", ev.Kind)
				}
				return at, true
			}
		}
	}
	return 0, false
}

func TestMachine(t *testing.T) {
	for _, c := range []struct {
		name   string
		words  map[int]string
		pieces []piece
		want   bool
		before time.Duration
	}{
		{"a human says hello", nil, []piece{{"speech", 600 * time.Millisecond}, {"silence", 10 * time.Second}}, false, 0},
		{"a human talks, with pauses", nil, []piece{{"speech", 3 * time.Second}, {"silence", time.Second},
			{"speech", 3 * time.Second}, {"silence", 8 * time.Second}}, false, 0},
		{"a greeting and its beep", nil, []piece{{"speech", 4 * time.Second}, {"silence", 500 * time.Millisecond},
			{"tone", 400 * time.Millisecond}, {"silence", time.Second}}, true, 5 * time.Second},
		{"a long greeting without a beep", nil, []piece{{"speech", 7 * time.Second}, {"silence", 4 * time.Second}}, true, 10 * time.Second},
		{"words give it away", map[int]string{1: "please leave a message"}, []piece{{"speech", 1500 * time.Millisecond},
			{"silence", 3 * time.Second}}, true, 5 * time.Second},
		{"a key press is no beep", nil, []piece{{"silence", 300 * time.Millisecond}, {"tone", 100 * time.Millisecond},
			{"silence", 5 * time.Second}}, false, 0},
		{"silence is no machine", nil, []piece{{"silence", 60 * time.Second}}, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			inbox := newMailbox[turn.Event]()
			defer inbox.close()
			m := newMachine(16000, 5*time.Second, func(at time.Time) { inbox.put(turn.Event{Kind: turn.Machine, At: at}) })
			at, got := hearAll(t, m, inbox, c.words, c.pieces...)
			if got != c.want || got && at > c.before {
				t.Errorf("machine: %v at %s, want %v before %s", got, at, c.want, c.before)
			}
		})
	}
}

// A campaign that leaves no messages hangs up on a machine, and nothing was
// agreed with it.
func TestMachineIsHungUpOn(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		done := w.place(t.Context())
		w.asterisk.SetState(firstTry, "Ringing")
		w.asterisk.Answer(firstTry)
		synctest.Wait()
		random := rand.New(rand.NewPCG(7, 7))
		for _, p := range []piece{{"speech", 2 * time.Second}, {"silence", 300 * time.Millisecond},
			{"tone", 400 * time.Millisecond}, {"silence", 100 * time.Millisecond}} {
			for range p.last / (20 * time.Millisecond) {
				w.transport.sink.Frame(media.Frame{PCM: sound(random, p.kind, 8000), Rate: 8000, At: time.Now()})
			}
		}
		res := <-done
		if res.Disposition != dialwright.Machine || res.Outcome != "" || res.Err != nil {
			t.Errorf("result %+v", res)
		}
		if got := w.records.last(t); got.HungUpBy != "system" || got.Outcome != "" {
			t.Errorf("record %+v", got)
		}
	})
}
