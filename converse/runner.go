package converse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

// Runner holds one conversation.
type Runner struct {
	Session  *dialog.Session
	Mouth    Mouth
	Ears     Ears
	Line     Line
	Duties   Duties
	Observer Observer
	Clock    dialwright.Clock // nil: the machine's
	Turn     turn.Options
	// MaxPrompt is how long one prompt may take, synthesis included, until the
	// mouth counts as failed. Zero: two minutes.
	MaxPrompt time.Duration
}

// EndedBy says who ended a conversation.
type EndedBy string

// The ways a conversation ends.
const (
	ByFlow     EndedBy = "flow"     // it came to its end
	ByCustomer EndedBy = "customer" // hung up, or was lost to a transfer
	ByContext  EndedBy = "context"  // the caller of Run ended it
)

// Result is what a conversation came to.
type Result struct {
	Outcome string
	Slots   map[string]any
	Node    string // the last one
	EndedBy EndedBy
	Turns   int      // utterances and key inputs taken
	Faults  []string // what the flow could not do
}

// hangupWait is how long the line may take to hang up.
const hangupWait = 5 * time.Second

// Run holds the conversation to its end: the flow's, the customer's, or the
// context's. Whichever it is, on_hangup has run when Run returns, and nothing
// that Run started is still running. The error tells what of the outside
// failed (ears, mouth, a duty, the line, the context); the result is valid
// also then.
func (r *Runner) Run(ctx context.Context) (Result, error) {
	c := &conversation{r: r, clock: r.Clock, taker: turn.New(r.Turn), events: r.Ears.Events(),
		timers: map[string]time.Time{}, maxPrompt: r.MaxPrompt}
	if c.clock == nil {
		c.clock = dialwright.SystemClock{}
	}
	if c.maxPrompt <= 0 {
		c.maxPrompt = 2 * time.Minute
	}
	c.step(dialog.Event{Kind: dialog.EvAnswered})
	c.loop(ctx)
	c.finish(ctx)
	c.result.Outcome, c.result.Slots, c.result.Node = r.Session.Outcome(), r.Session.Slots(), r.Session.Node()
	return c.result, errors.Join(c.errs...)
}

// conversation is one Run. Everything happens on its goroutine, but a transfer,
// which it starts and waits for.
type conversation struct {
	r         *Runner
	clock     dialwright.Clock
	taker     *turn.Taker
	events    <-chan turn.Event
	timers    map[string]time.Time
	maxPrompt time.Duration

	todo     []dialog.Action // of the last step, still to be done
	prompts  []spoken
	transfer *transferring
	stopped  time.Time // when the last interrupted prompt fell silent
	timing   *Timing   // of the last turn, until its first audio
	over     bool
	gone     bool // the customer
	result   Result
	errs     []error
}

type transferring struct {
	done   chan dialog.TransferResult
	cancel context.CancelFunc
}

func (c *conversation) loop(ctx context.Context) {
	wake := time.NewTimer(time.Hour)
	defer wake.Stop()
	for {
		c.work(ctx)
		if c.over {
			return
		}
		wake.Reset(c.untilNext())
		var transferred <-chan dialog.TransferResult
		if c.transfer != nil {
			transferred = c.transfer.done
		}
		select {
		case <-ctx.Done():
			c.errs = append(c.errs, fmt.Errorf("conversation of flow %s: %w", c.r.Session.Flow().Name, context.Cause(ctx)))
			c.close(ByContext)
		case ev, ok := <-c.events:
			if !ok {
				c.events = nil
				ev = turn.Event{Kind: turn.Gone, At: c.clock.Now()}
			}
			c.handle(ev)
		case res := <-transferred:
			c.transferred(res)
		case <-wake.C:
			c.tick()
		}
	}
}

// untilNext is how long nothing needs to be done unless something happens.
func (c *conversation) untilNext() time.Duration {
	next, now := time.Hour, c.clock.Now()
	sooner := func(t time.Time) { next = min(next, max(0, t.Sub(now))) }
	if t, ok := c.taker.Deadline(); ok && c.transfer == nil {
		sooner(t)
	}
	for _, t := range c.timers {
		sooner(t)
	}
	if len(c.prompts) > 0 {
		sooner(c.prompts[0].since.Add(c.maxPrompt))
	}
	return next
}

func (c *conversation) tick() {
	now := c.clock.Now()
	c.decide(c.taker.Tick(now))
	for name, t := range c.timers {
		if !t.After(now) {
			delete(c.timers, name)
			c.step(dialog.Event{Kind: dialog.EvTimer, Timer: name})
		}
	}
	if len(c.prompts) > 0 && !c.prompts[0].since.Add(c.maxPrompt).After(now) {
		c.prompts = nil
		c.taker.Silence()
		c.r.Mouth.Stop()
		c.fail(fmt.Errorf("a prompt did not end within %s", c.maxPrompt))
	}
}

// handle takes one event of the line.
func (c *conversation) handle(ev turn.Event) {
	switch ev.Kind {
	case turn.Gone:
		c.gone = true
		if c.transfer == nil { // a transfer tells itself how it ended
			c.close(ByCustomer)
		}
		return
	case turn.Machine:
		if c.transfer == nil {
			c.hush()
			c.step(dialog.Event{Kind: dialog.EvVoicemail})
		}
		return
	case turn.EarsFailed:
		c.taker.Handle(ev)
		c.fail(fmt.Errorf("ears: %w", orUnknown(ev.Err)))
		return
	case turn.PromptStart:
		c.promptStarted(ev)
	case turn.PromptEnd:
		c.promptEnded(ev)
	}
	c.decide(c.taker.Handle(ev))
	if ev.Kind == turn.PromptEnd && ev.Err != nil {
		c.fail(fmt.Errorf("mouth: %w", ev.Err))
	}
}

func orUnknown(err error) error {
	if err == nil {
		return errors.New("no reason given")
	}
	return err
}

// decide carries out what the taker of turns decided.
func (c *conversation) decide(ds []turn.Decision) {
	for _, d := range ds {
		switch d.Act {
		case turn.StopPrompt:
			c.r.Mouth.Stop()
			c.markStopped()
		case turn.Finalize:
			c.r.Ears.Finalize()
		case turn.Heard:
			c.result.Turns++
			c.r.Observer.Said(Utterance{Who: "customer", At: d.Times.SpeechStart, Text: d.Text, Confidence: d.Confidence, Node: c.r.Session.Node()})
			c.turn(Timing{SpeechStart: d.Times.SpeechStart, SpeechEnd: d.Times.SpeechEnd, Decided: d.Times.Decided, Final: d.Times.Final, BargeIn: d.Times.BargeIn},
				dialog.Event{Kind: dialog.EvHeard, Text: d.Text, Confidence: d.Confidence})
		case turn.Digits:
			c.result.Turns++
			c.r.Observer.Said(Utterance{Who: "customer", At: d.At, Text: "[" + d.Digits + "]", Confidence: 1, Node: c.r.Session.Node()})
			c.turn(Timing{Decided: d.At}, dialog.Event{Kind: dialog.EvDigits, Digits: d.Digits})
		case turn.NoInput:
			c.step(dialog.Event{Kind: dialog.EvNoInput})
		}
	}
}

// turn steps on the customer's input and keeps the time.
func (c *conversation) turn(t Timing, ev dialog.Event) {
	c.flushTiming()
	t.Stopped = c.lastStop(t.BargeIn)
	c.timing = &t
	c.step(ev)
	t.Stepped = c.clock.Now()
	if !c.speaks() {
		c.flushTiming()
	}
}

func (c *conversation) speaks() bool {
	for _, a := range c.todo {
		if _, ok := a.(dialog.Say); ok {
			return true
		}
	}
	return false
}

func (c *conversation) flushTiming() {
	if c.timing != nil {
		c.r.Observer.Turn(*c.timing)
		c.timing = nil
	}
}

// step asks the session what is to be done. It replaces what was still to be
// done, unless the session has nothing to say to this event.
func (c *conversation) step(ev dialog.Event) {
	ev.At = c.clock.Now()
	actions, err := c.r.Session.Step(ev)
	if err != nil { // an event of our own making: cannot be, and must not be lost
		c.errs = append(c.errs, err)
		c.close(ByFlow)
		return
	}
	if len(actions) > 0 {
		c.taker.Disarm()
		c.todo = actions
	}
}

// fail tells the flow that something of the outside failed. Where nothing but
// a goodbye was left, what the conversation came to stands.
func (c *conversation) fail(err error) {
	c.errs = append(c.errs, err)
	if c.r.Session.Ended() && !errors.Is(err, errDuty) {
		return
	}
	c.step(dialog.Event{Kind: dialog.EvFailed, Text: err.Error()})
}

// close ends the loop.
func (c *conversation) close(by EndedBy) {
	c.over = true
	if c.gone && by == ByFlow {
		by = ByCustomer
	}
	if c.result.EndedBy == "" {
		c.result.EndedBy = by
	}
}

// finish leaves everything in order, whatever happened before.
func (c *conversation) finish(ctx context.Context) {
	// What is left to do outlives the call.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hangupWait)
	defer cancel()
	if c.transfer != nil {
		c.transfer.cancel()
		res := <-c.transfer.done
		c.transfer = nil
		res.CustomerThere = false
		c.step(dialog.Event{Kind: dialog.EvTransferred, Transfer: res})
		c.afterwards(ctx)
	}
	c.r.Mouth.Stop()
	c.flushPrompts()
	if !c.gone {
		if err := c.r.Line.Hangup(ctx); err != nil {
			c.errs = append(c.errs, fmt.Errorf("hang up: %w", err))
		}
	}
	c.todo = nil
	c.step(dialog.Event{Kind: dialog.EvHangup})
	c.afterwards(ctx)
	c.flushTiming()
}
