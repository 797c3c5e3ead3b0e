package turn_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dialwright/dialwright/turn"
)

// model checks what must hold whatever happens on the line.
type model struct {
	t        *rapid.T
	m        *turn.Taker
	now      time.Time
	armed    bool // by the model's own book
	asked    int  // Finalize decisions whose Final has not come
	queued   []bool
	answered bool // since the last Arm
}

func (c *model) take(ds []turn.Decision) {
	for _, d := range ds {
		if !c.armed {
			c.t.Fatalf("%s without a Listen", d.Act)
		}
		switch d.Act {
		case turn.StopPrompt:
			if len(c.queued) == 0 {
				c.t.Fatal("stops a prompt that is not there")
			}
		case turn.Finalize:
			c.asked++
		case turn.Heard, turn.Digits, turn.NoInput:
			if c.answered {
				c.t.Fatalf("%s is a second answer to one Listen", d.Act)
			}
			if d.Act == turn.Heard && d.Text == "" || d.Act == turn.Digits && d.Digits == "" {
				c.t.Fatalf("%s of nothing", d.Act)
			}
			if d.Act == turn.Heard && (d.Times.SpeechStart.IsZero() || d.Times.SpeechStart.After(d.At)) {
				c.t.Fatalf("heard something that began at %v, at %v", d.Times.SpeechStart, d.At)
			}
			c.answered, c.armed = true, false
		}
	}
	if c.m.Armed() != c.armed {
		c.t.Fatalf("armed %v, want %v", c.m.Armed(), c.armed)
	}
}

// pass lets time go by, with the timers going off at their moments.
func (c *model) pass(d time.Duration) {
	end := c.now.Add(d)
	for range 1000 {
		at, ok := c.m.Deadline()
		if !ok || at.After(end) {
			c.now = end
			return
		}
		if at.After(c.now) {
			c.now = at
		}
		c.take(c.m.Tick(c.now))
	}
	c.t.Fatal("the timers never come to rest")
}

func (c *model) event(ev turn.Event) {
	ev.At = c.now
	if ev.From.IsZero() {
		ev.From = c.now
	}
	c.take(c.m.Handle(ev))
}

func (c *model) endPrompt() {
	if len(c.queued) > 0 {
		c.event(turn.Event{Kind: turn.PromptEnd, Completed: true}) // what was due before it may still stop it
		c.queued = c.queued[1:]
	}
}

var words = []string{"", "yes", "no thank you", "mm-hm", "uh", "call me tomorrow", "yeah okay", "[unk]", "嗯 好的", "我不要"}

func (c *model) actions() map[string]func(*rapid.T) {
	ago := func(t *rapid.T) time.Time {
		return c.now.Add(-time.Duration(rapid.IntRange(0, 300).Draw(t, "ms ago")) * time.Millisecond)
	}
	return map[string]func(*rapid.T){
		"pass": func(t *rapid.T) {
			c.pass(time.Duration(rapid.IntRange(1, 3000).Draw(t, "ms")) * time.Millisecond)
		},
		"arm": func(t *rapid.T) {
			l := turn.Listen{NoInput: 4 * time.Second, EndSilence: 500 * time.Millisecond, MaxSpeech: 8 * time.Second, Between: time.Second}
			l.MaxDigits = rapid.IntRange(0, 4).Draw(t, "keys")
			if l.MaxDigits > 1 {
				l.Terminator = "#"
			}
			c.armed, c.answered = true, false
			c.take(c.m.Arm(c.now, l))
		},
		"say": func(t *rapid.T) {
			barge := rapid.Bool().Draw(t, "barge-in")
			c.queued = append(c.queued, barge)
			var how turn.Interrupt
			if rapid.Bool().Draw(t, "policy") {
				how = turn.Interrupt{After: time.Duration(rapid.IntRange(0, 900).Draw(t, "after")) * time.Millisecond, MinWords: rapid.IntRange(0, 3).Draw(t, "words"),
					Protect: time.Duration(rapid.IntRange(0, 3000).Draw(t, "protect")) * time.Millisecond, Backchannel: rapid.Bool().Draw(t, "back-channel")}
			}
			c.m.Queue(barge, how)
		},
		"prompt starts": func(*rapid.T) { c.event(turn.Event{Kind: turn.PromptStart}) },
		"prompt ends":   func(*rapid.T) { c.endPrompt() },
		"speech":        func(t *rapid.T) { c.event(turn.Event{Kind: turn.SpeechStart, From: ago(t)}) },
		"silence":       func(t *rapid.T) { c.event(turn.Event{Kind: turn.SpeechEnd, From: ago(t)}) },
		"partial": func(t *rapid.T) {
			c.event(turn.Event{Kind: turn.Partial, Text: rapid.SampledFrom(words).Draw(t, "words")})
		},
		"answer": func(t *rapid.T) {
			if c.asked > 0 {
				c.asked--
				c.event(turn.Event{Kind: turn.Final, Text: rapid.SampledFrom(words).Draw(t, "words"), Confidence: 0.5})
			}
		},
		"unasked answer": func(t *rapid.T) {
			c.event(turn.Event{Kind: turn.Final, Text: rapid.SampledFrom(words).Draw(t, "words")})
		},
		"key": func(t *rapid.T) {
			c.event(turn.Event{Kind: turn.Digit, Digit: rapid.SampledFrom([]string{"1", "2", "#", "A", ""}).Draw(t, "key")})
		},
		"disarm": func(*rapid.T) {
			c.armed = false
			c.m.Disarm()
		},
	}
}

// TestProperties: never a decision without a Listen, never two answers to
// one, and every Listen is answered once the prompts have been said.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &model{t: t, m: turn.New(turn.Options{}), now: t0}
		t.Repeat(c.actions())
		for len(c.queued) > 0 {
			c.endPrompt()
		}
		c.pass(time.Minute)
		if c.armed {
			t.Fatal("a Listen stays unanswered")
		}
	})
}
