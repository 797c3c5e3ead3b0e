package conversetest

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

// Say implements converse.Mouth.
func (p *Phone) Say(_ context.Context, what dialog.Say) error {
	if p.MouthErr != nil {
		return p.MouthErr
	}
	p.send(func() {
		p.queue = append(p.queue, saying{text: what.Text})
		if len(p.queue) == 1 {
			p.speak()
		}
	})
	return nil
}

// speak begins the head of the queue.
func (p *Phone) speak() {
	p.said++
	turnOf := p.said
	p.after(Synthesis, func() {
		if turnOf != p.said || len(p.queue) == 0 {
			return // stopped before it began
		}
		p.queue[0].started = time.Now()
		p.tell(turn.Event{Kind: turn.PromptStart})
		length := time.Duration(utf8.RuneCountInString(p.queue[0].text)) * PerRune
		p.after(length, func() {
			if turnOf != p.said || len(p.queue) == 0 {
				return
			}
			p.queue = p.queue[1:]
			p.tell(turn.Event{Kind: turn.PromptEnd, Completed: true, Played: length})
			if len(p.queue) > 0 {
				p.speak()
			}
		})
	})
}

// Stop implements converse.Mouth.
func (p *Phone) Stop() {
	p.send(func() {
		p.said++
		for _, s := range p.queue {
			ev := turn.Event{Kind: turn.PromptEnd}
			if !s.started.IsZero() {
				ev.Played = time.Since(s.started)
			}
			p.tell(ev)
		}
		p.queue = nil
	})
}

// Events implements converse.Ears.
func (p *Phone) Events() <-chan turn.Event { return p.events }

// Listen implements converse.Ears.
func (p *Phone) Listen(context.Context, dialog.Listen) error {
	p.send(func() { p.listens = true })
	return nil
}

// Finalize implements converse.Ears.
func (p *Phone) Finalize() {
	p.send(func() {
		text := p.unheard
		p.unheard = ""
		p.after(Recognise, func() { p.tell(turn.Event{Kind: turn.Final, Text: text, Confidence: 0.9}) })
	})
}

// Transfer implements converse.Line.
func (p *Phone) Transfer(ctx context.Context, what dialog.Transfer) dialog.TransferResult {
	res := dialog.TransferResult{Status: dialog.TransferNobody, CustomerThere: true, Waited: what.MaxWait}
	p.note(func(l *Log) {
		l.Transfers = append(l.Transfers, what)
		if n := len(l.Transfers); n <= len(p.Transfers) {
			res = p.Transfers[n-1]
		}
	})
	select {
	case <-time.After(res.Waited + res.Talked):
	case <-ctx.Done():
		res = dialog.TransferResult{Status: dialog.TransferFailed, Detail: ctx.Err().Error()}
	}
	return res
}

// Hangup implements converse.Line.
func (p *Phone) Hangup(context.Context) error {
	p.note(func(l *Log) { l.Hangups++ })
	return p.HangupErr
}

// OptOut implements converse.Duties.
func (p *Phone) OptOut(_ context.Context, what dialog.OptOut) error {
	p.note(func(l *Log) { l.OptOuts = append(l.OptOuts, what) })
	return p.DutyErr
}

// Callback implements converse.Duties.
func (p *Phone) Callback(_ context.Context, what dialog.Callback) error {
	p.note(func(l *Log) { l.Callbacks = append(l.Callbacks, what) })
	return p.DutyErr
}

// Remember implements converse.Duties.
func (p *Phone) Remember(_ context.Context, what dialog.Remember) error {
	p.note(func(l *Log) { l.Remembered = append(l.Remembered, what) })
	return p.DutyErr
}

// Consent implements converse.Duties.
func (p *Phone) Consent(_ context.Context, what dialog.Consented) error {
	p.note(func(l *Log) { l.Consents = append(l.Consents, what) })
	return p.DutyErr
}

// Do implements converse.Outside.
func (p *Phone) Do(ctx context.Context, w dialog.Work, sentence func(string)) dialog.WorkResult {
	p.note(func(l *Log) { l.Works = append(l.Works, w) })
	if p.Work == nil {
		return dialog.WorkResult{Class: dialog.WorkFailed, Detail: "this telephone does no work"}
	}
	return p.Work(ctx, w, sentence)
}

// Said implements converse.Observer.
func (p *Phone) Said(u converse.Utterance) { p.note(func(l *Log) { l.Lines = append(l.Lines, u) }) }

// Turn implements converse.Observer.
func (p *Phone) Turn(t converse.Timing) { p.note(func(l *Log) { l.Turns = append(l.Turns, t) }) }

// Action implements converse.Observer.
func (p *Phone) Action(_ time.Time, a dialog.Action) {
	p.note(func(l *Log) { l.Actions = append(l.Actions, a) })
}

// send hands work to the telephone's goroutine.
func (p *Phone) send(f func()) {
	select {
	case p.do <- f:
	case <-p.quit:
	}
}

// Run holds one conversation over a flow with this telephone.
func (p *Phone) Run(ctx context.Context, f *dialog.Flow, o dialog.StartOptions) (converse.Result, error) {
	s, err := dialog.NewSession(f, o)
	if err != nil {
		return converse.Result{}, err
	}
	r := converse.Runner{Session: s, Mouth: p, Ears: p, Line: p, Duties: p, Observer: p, Outside: p}
	return r.Run(ctx)
}
