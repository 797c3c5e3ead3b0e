// Package conversetest has a scripted telephone to try flows on: it speaks,
// presses keys, stays silent, interrupts and hangs up as its script says, and
// it writes down what it heard. Inside testing/synctest a conversation of
// minutes takes a moment.
package conversetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

// The telephone's pace.
const (
	Reaction  = 600 * time.Millisecond // from the end of a prompt to the customer's answer
	PerRune   = 60 * time.Millisecond  // of speech, on both sides
	Synthesis = 20 * time.Millisecond  // from Say to the first frame
	Hang      = 160 * time.Millisecond // from the last sound to SpeechEnd
	Recognise = 80 * time.Millisecond  // from Finalize to Final
)

// Step is one thing the customer does. It begins once the telephone listens
// and all prompts have been said; with During set, that long after the next
// prompt began.
type Step struct {
	Text   string        // says it
	Keys   string        // presses them
	Noise  time.Duration // makes a noise that is no word
	Silent bool          // lets one silence pass
	Hangup bool
	Beep   bool // is a machine that begins to record
	Deaf   bool // the recogniser fails
	During time.Duration
}

// Say speaks after the prompts.
func Say(text string) Step { return Step{Text: text} }

// Press presses keys after the prompts.
func Press(keys string) Step { return Step{Keys: keys} }

// Silent lets one silence pass.
func Silent() Step { return Step{Silent: true} }

// HangUp hangs up after the prompts.
func HangUp() Step { return Step{Hangup: true} }

// Interrupt speaks into the next prompt, after a while.
func Interrupt(after time.Duration, text string) Step { return Step{Text: text, During: after} }

// Phone is both ends of a scripted call: it implements every port of a
// converse.Runner.
type Phone struct {
	// Transfers are the results of transfers, in order; without one left a
	// transfer finds nobody. Each takes its Waited and Talked.
	Transfers []dialog.TransferResult
	// Work is what the outside does; nil fails everything.
	Work func(ctx context.Context, w dialog.Work, sentence func(string)) dialog.WorkResult
	// MouthErr, DutyErr and HangupErr make these fail.
	MouthErr, DutyErr, HangupErr error

	script []Step
	events chan turn.Event
	do     chan func()
	quit   chan struct{}
	ended  sync.WaitGroup

	// Owned by the goroutine.
	agenda  []entry
	queue   []saying
	said    int // prompts begun
	listens bool
	waiting bool // a step has been put on the agenda
	unheard string

	mu  sync.Mutex
	log Log
}

// Log is what the telephone and its owner experienced.
type Log struct {
	Lines      []converse.Utterance
	Turns      []converse.Timing
	Actions    []dialog.Action
	OptOuts    []dialog.OptOut
	Callbacks  []dialog.Callback
	Remembered []dialog.Remember
	Consents   []dialog.Consented
	Works      []dialog.Work
	Transfers  []dialog.Transfer
	Hangups    int // by the flow
}

type entry struct {
	at time.Time
	do func()
}

type saying struct {
	text    string
	started time.Time
}

// NewPhone begins a call. Close ends it.
func NewPhone(script ...Step) *Phone {
	p := &Phone{script: script, events: make(chan turn.Event, 4096), do: make(chan func(), 256), quit: make(chan struct{})}
	p.ended.Go(p.run)
	return p
}

// Close stops the telephone and waits for it.
func (p *Phone) Close() {
	close(p.quit)
	p.ended.Wait()
}

// Log is a copy of what happened so far.
func (p *Phone) Log() Log {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.log
	l.Lines, l.Turns, l.Actions = slices.Clone(l.Lines), slices.Clone(l.Turns), slices.Clone(l.Actions)
	return l
}

func (p *Phone) note(f func(*Log)) {
	p.mu.Lock()
	f(&p.log)
	p.mu.Unlock()
}

func (p *Phone) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	p.next()
	for {
		wait := time.Hour
		if len(p.agenda) > 0 {
			wait = max(0, time.Until(p.agenda[0].at))
		}
		timer.Reset(wait)
		select {
		case <-p.quit:
			return
		case f := <-p.do:
			f()
		case <-timer.C:
			for len(p.agenda) > 0 && !p.agenda[0].at.After(time.Now()) {
				f := p.agenda[0].do
				p.agenda = p.agenda[1:]
				f()
			}
		}
		p.next()
	}
}

func (p *Phone) after(d time.Duration, f func()) {
	at := time.Now().Add(d)
	i := len(p.agenda)
	for i > 0 && p.agenda[i-1].at.After(at) {
		i--
	}
	p.agenda = slices.Insert(p.agenda, i, entry{at, f})
}

func (p *Phone) tell(ev turn.Event) {
	ev.At = time.Now()
	if ev.From.IsZero() {
		ev.From = ev.At
	}
	select {
	case p.events <- ev:
	default:
		panic("conversetest: the conversation does not take its events")
	}
}

// next puts the script's next step on the agenda once its moment has come.
func (p *Phone) next() {
	if p.waiting || len(p.script) == 0 {
		return
	}
	s := p.script[0]
	switch {
	case s.Beep || s.Deaf: // at any time
		p.schedule(s.During, s)
	case s.During > 0:
		if len(p.queue) > 0 && !p.queue[0].started.IsZero() {
			p.schedule(time.Until(p.queue[0].started.Add(s.During)), s)
		}
	case p.listens && len(p.queue) == 0:
		p.schedule(Reaction, s)
	}
}

func (p *Phone) schedule(d time.Duration, s Step) {
	p.waiting = true
	p.script = p.script[1:]
	p.after(d, func() { p.perform(s) })
}

func (p *Phone) perform(s Step) {
	done := func() { p.waiting = false }
	switch {
	case s.Hangup:
		p.tell(turn.Event{Kind: turn.Gone})
		done()
	case s.Beep:
		p.tell(turn.Event{Kind: turn.Machine})
		done()
	case s.Deaf:
		p.tell(turn.Event{Kind: turn.EarsFailed, Err: errors.New("the recogniser is gone")})
		done()
	case s.Silent:
		p.listens = false // until the next Listen
		done()
	case s.Keys != "":
		p.press(s.Keys)
	case s.Noise > 0:
		p.sound(s.Noise, "")
	default:
		p.sound(time.Duration(utf8.RuneCountInString(s.Text))*PerRune, s.Text)
	}
}

func (p *Phone) press(keys string) {
	for i, k := range []rune(keys) {
		p.after(time.Duration(i)*300*time.Millisecond, func() {
			p.tell(turn.Event{Kind: turn.Digit, Digit: string(k)})
			if i == len(keys)-1 {
				p.listens, p.waiting = false, false
			}
		})
	}
}

func (p *Phone) sound(d time.Duration, text string) {
	p.tell(turn.Event{Kind: turn.SpeechStart})
	if text != "" {
		p.after(d*2/3, func() { p.tell(turn.Event{Kind: turn.Partial, Text: text}) })
	}
	p.after(d, func() {
		if p.unheard != "" && text != "" {
			p.unheard += " "
		}
		p.unheard += text
	})
	end := time.Now().Add(d)
	p.after(d+Hang, func() {
		p.tell(turn.Event{Kind: turn.SpeechEnd, From: end})
		p.listens, p.waiting = p.listens && text == "", false // a noise answers nothing
	})
}
