package converse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

// work does what is to be done, in order, as far as it can be done now.
func (c *conversation) work(ctx context.Context) {
	for len(c.todo) > 0 && !c.over && c.transfer == nil {
		a := c.todo[0]
		switch a.(type) {
		case dialog.Transfer, dialog.End:
			if len(c.prompts) > 0 {
				return // all must be said first
			}
		}
		c.todo = c.todo[1:]
		c.r.Observer.Action(c.clock.Now(), a)
		if err := c.do(ctx, a); err != nil {
			c.fail(err)
		}
	}
	if len(c.todo) == 0 && c.gone && c.transfer == nil && !c.over {
		c.close(ByCustomer)
	}
}

func (c *conversation) do(ctx context.Context, a dialog.Action) error {
	switch a := a.(type) {
	case dialog.Say:
		if c.gone {
			return nil
		}
		if err := c.r.Mouth.Say(ctx, a); err != nil {
			return fmt.Errorf("mouth: %w", err)
		}
		c.taker.Queue(a.BargeIn)
		c.prompts = append(c.prompts, spoken{say: a, since: c.clock.Now()})
	case dialog.Listen:
		return c.listen(ctx, a)
	case dialog.Transfer:
		c.startTransfer(ctx, a)
	case dialog.OptOut, dialog.Callback:
		return c.duty(ctx, a)
	case dialog.StartTimer:
		c.timers[a.Name] = c.clock.Now().Add(a.After)
	case dialog.Fault:
		c.result.Faults = append(c.result.Faults, a.Node+": "+a.Message)
	case dialog.End:
		c.close(ByFlow)
	case dialog.Slot, dialog.Outcome, dialog.Entered:
		// The observer has them.
	}
	return nil
}

func (c *conversation) listen(ctx context.Context, a dialog.Listen) error {
	if c.gone {
		return nil
	}
	if err := c.r.Ears.Listen(ctx, a); err != nil {
		return fmt.Errorf("ears: %w", err)
	}
	c.decide(c.taker.Arm(c.clock.Now(), turn.Listen{NoInput: a.NoInput, EndSilence: a.EndSilence, MaxSpeech: a.MaxSpeech,
		MaxDigits: a.Digits.Max, Terminator: a.Digits.Terminator, Between: a.Digits.Between}))
	return nil
}

// errDuty marks a promise that could not be kept: the flow must not go on as
// if it had been.
var errDuty = errors.New("duty")

func (c *conversation) duty(ctx context.Context, a dialog.Action) error {
	switch a := a.(type) {
	case dialog.OptOut:
		if err := c.r.Duties.OptOut(ctx, a); err != nil {
			return fmt.Errorf("%w: opt out: %w", errDuty, err)
		}
	case dialog.Callback:
		if err := c.r.Duties.Callback(ctx, a); err != nil {
			return fmt.Errorf("%w: keep a callback: %w", errDuty, err)
		}
	}
	return nil
}

// afterwards does what is left to do when nobody is on the line: duties and
// records, no words.
func (c *conversation) afterwards(ctx context.Context) {
	for _, a := range c.todo {
		switch a := a.(type) {
		case dialog.Say, dialog.Listen, dialog.Transfer, dialog.StartTimer, dialog.End:
			continue
		case dialog.Fault:
			c.result.Faults = append(c.result.Faults, a.Node+": "+a.Message)
		}
		c.r.Observer.Action(c.clock.Now(), a)
		if err := c.duty(ctx, a); err != nil {
			c.errs = append(c.errs, err)
		}
	}
	c.todo = nil
}

func (c *conversation) startTransfer(ctx context.Context, a dialog.Transfer) {
	ctx, cancel := context.WithCancel(ctx)
	t := &transferring{done: make(chan dialog.TransferResult, 1), cancel: cancel}
	c.transfer = t
	go func() { t.done <- c.r.Line.Transfer(ctx, a) }()
}

func (c *conversation) transferred(res dialog.TransferResult) {
	c.transfer.cancel()
	c.transfer = nil
	c.taker.Reset()
	if c.gone {
		res.CustomerThere = false
	}
	c.gone = !res.CustomerThere
	c.step(dialog.Event{Kind: dialog.EvTransferred, Transfer: res})
}

// spoken is a prompt that has not ended.
type spoken struct {
	say     dialog.Say
	since   time.Time // given to the mouth, then: started
	started bool
	stopped bool
}

func (c *conversation) promptStarted(ev turn.Event) {
	for i := range c.prompts {
		if p := &c.prompts[i]; !p.started && !p.stopped {
			p.started, p.since = true, ev.At
			break
		}
	}
	if c.timing != nil && c.timing.FirstAudio.IsZero() {
		c.timing.FirstAudio = ev.At
		c.flushTiming()
	}
}

// promptEnded writes the line of the transcript. Prompts that were dropped
// before they began may end before the one that was being said.
func (c *conversation) promptEnded(ev turn.Event) {
	at := -1
	for i, p := range c.prompts {
		if unsaid := ev.Played == 0 && !ev.Completed; at < 0 || unsaid && !p.started && p.stopped && c.prompts[at].started {
			at = i
		}
	}
	if at < 0 {
		return
	}
	p := c.prompts[at]
	c.prompts = append(c.prompts[:at], c.prompts[at+1:]...)
	if len(c.prompts) > 0 && !c.prompts[0].started {
		c.prompts[0].since = ev.At
	}
	if c.timing != nil && !c.timing.BargeIn.IsZero() && c.timing.Stopped.IsZero() {
		c.timing.Stopped = ev.At
	}
	if p.stopped && p.started {
		c.stopped = ev.At
	}
	c.line(p, ev)
}

func (c *conversation) line(p spoken, ev turn.Event) {
	if !p.started && ev.Played == 0 {
		return // nobody heard it
	}
	u := Utterance{Who: "bot", At: p.since, Text: p.say.Text, Confidence: 1, Node: p.say.Node}
	if !ev.Completed {
		u.Interrupted = max(ev.Played, time.Millisecond)
	}
	c.r.Observer.Said(u)
}

func (c *conversation) markStopped() {
	for i := range c.prompts {
		c.prompts[i].stopped = true
	}
	c.stopped = time.Time{}
}

// lastStop is when the prompt that was interrupted at onset fell silent, if
// it has already.
func (c *conversation) lastStop(onset time.Time) time.Time {
	if onset.IsZero() || c.stopped.Before(onset) {
		return time.Time{}
	}
	return c.stopped
}

// hush stops the mouth for a reason of the flow's.
func (c *conversation) hush() {
	c.r.Mouth.Stop()
	c.taker.Stopped()
	c.markStopped()
}

// flushPrompts writes down what was being said when the call ended.
func (c *conversation) flushPrompts() {
	now := c.clock.Now()
	for _, p := range c.prompts {
		if p.started {
			c.line(p, turn.Event{At: now, Played: now.Sub(p.since)})
		}
	}
	c.prompts = nil
}
