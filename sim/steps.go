package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/dialwright/dialwright/ari"
)

// listenEvery is how often a persona asks itself whether it is its turn.
const listenEvery = 10 * time.Millisecond

// perform goes through the steps. nil: all done, so hang up. The channel's end
// ends it with the context's error.
func (c *call) perform() error {
	for _, s := range c.steps {
		if err := c.step(s); err != nil {
			return err
		}
	}
	last := c.steps[len(c.steps)-1]
	if c.line != nil && !last.ends() {
		return c.pause(defaultStay) // who has nothing more to say listens
	}
	return nil
}

func (c *call) step(s Step) error {
	switch s.Kind {
	case RingStep:
		if err := c.net.ari.Ring(c.ctx, c.channel); err != nil {
			return fmt.Errorf("ring: %w", err)
		}
		return c.pause(s.Duration)
	case RefuseStep:
		c.rec.SIP = s.Refusal.SIP()
		if err := c.net.ari.HangupCause(c.ctx, c.channel, refusals()[s.Refusal].Cause); err != nil {
			return fmt.Errorf("refuse: %w", err)
		}
		return errHangUp
	case IgnoreStep:
		if err := c.net.ari.Ring(c.ctx, c.channel); err != nil {
			return fmt.Errorf("ring: %w", err)
		}
		return c.pause(maxCall)
	case AnswerStep:
		return c.answer()
	case VoicemailStep:
		return c.voicemail(s)
	case SayStep:
		return c.say(s)
	case InterruptStep:
		return c.interrupt(s)
	case WaitStep:
		return c.wait(s)
	case PressStep:
		return c.press(s.Text)
	case SilentStep, StayStep:
		return c.pause(s.Duration)
	case HangUpStep:
		return errHangUp
	}
	return fmt.Errorf("unknown step %q", s.Kind)
}

// pause lets time pass; the channel's end ends it.
func (c *call) pause(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

func (c *call) say(s Step) error {
	ctx, cancel := c.ctx, context.CancelFunc(func() {})
	if s.Duration > 0 {
		ctx, cancel = context.WithTimeout(c.ctx, s.Duration)
	}
	defer cancel()
	at, length, err := c.line.play(ctx, c.net.lib.sentence(c.persona.Language, s.Text))
	c.rec.Said = append(c.rec.Said, Utterance{Text: s.Text, At: at, Length: length, Cut: err != nil})
	if err != nil && c.ctx.Err() == nil {
		return errHangUp // in mid-sentence, as the script wants
	}
	return err
}

// wait returns when the other side has spoken, since this step began, and has
// then been silent for a while.
func (c *call) wait(s Step) error {
	mark := time.Now()
	return c.until(s, "finish speaking", func(now, _, voice time.Time) bool {
		return voice.After(mark) && now.Sub(voice) >= s.Duration
	})
}

func (c *call) interrupt(s Step) error {
	mark := time.Now()
	err := c.until(s, "speak", func(now, spurt, voice time.Time) bool {
		if spurt.Before(mark) {
			spurt = mark
		}
		return voice.Sub(spurt) >= s.Duration && now.Sub(voice) < spurtGap/2
	})
	if err != nil {
		return err
	}
	return c.say(Step{Kind: SayStep, Text: s.Text})
}

// until asks again and again what is heard of the other side.
func (c *call) until(s Step, what string, ready func(now, spurt, voice time.Time) bool) error {
	tick := time.NewTicker(listenEvery)
	defer tick.Stop()
	deadline := time.Now().Add(s.Within)
	for {
		select {
		case <-tick.C:
		case <-c.ctx.Done():
			return c.ctx.Err()
		}
		now := time.Now()
		spurt, voice := c.line.otherSide()
		if ready(now, spurt, voice) {
			return nil
		}
		if now.After(deadline) {
			return fmt.Errorf("line %d of the script: waited %s in vain for the other side to %s", s.Line, s.Within, what)
		}
	}
}

// press sends digits as RFC 4733 events out of the trunk's own channel.
func (c *call) press(keys string) error {
	const duration, between = 120 * time.Millisecond, 100 * time.Millisecond
	for _, k := range keys {
		c.rec.Pressed = append(c.rec.Pressed, Press{Key: string(k), At: time.Now()})
		err := c.net.ari.SendDTMF(c.ctx, c.channel, string(k), ari.DTMFOptions{Duration: duration})
		if err != nil {
			return fmt.Errorf("press %c: %w", k, err)
		}
		if err := c.pause(duration + between); err != nil {
			return err
		}
	}
	return nil
}

// voicemail answers, greets, beeps and records. It hangs up by itself when its
// tape is full.
func (c *call) voicemail(s Step) error {
	c.rec.Voicemail = true
	if err := c.answer(); err != nil {
		return err
	}
	if err := c.pause(300 * time.Millisecond); err != nil { // the machine picks up
		return err
	}
	if err := c.say(Step{Kind: SayStep, Text: s.Text}); err != nil {
		return err
	}
	if err := c.pause(200 * time.Millisecond); err != nil {
		return err
	}
	at, _, err := c.line.play(c.ctx, c.net.lib.beep)
	c.rec.Beep = at
	if err != nil {
		return err
	}
	if err := c.pause(s.Duration); err != nil {
		return err
	}
	return errHangUp
}
