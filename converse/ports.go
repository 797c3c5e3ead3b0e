package converse

import (
	"context"
	"time"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

// Mouth says things. Say queues behind what is being said already; for each
// Say exactly one PromptStart (unless stopped before) and one PromptEnd come
// through Ears.Events, in order.
type Mouth interface {
	Say(ctx context.Context, what dialog.Say) error
	// Stop drops everything queued, at once.
	Stop()
}

// Ears hear the customer.
type Ears interface {
	// Events of the line, in order; closed when the line is gone for good.
	Events() <-chan turn.Event
	// Listen tells the recogniser what to expect.
	Listen(ctx context.Context, what dialog.Listen) error
	// Finalize asks for the final transcript of what was heard so far; one
	// Final follows.
	Finalize()
}

// Line moves the customer.
type Line interface {
	// Transfer runs to its end; the context ends it early.
	Transfer(ctx context.Context, what dialog.Transfer) dialog.TransferResult
	// Hangup ends the call.
	Hangup(ctx context.Context) error
}

// Hands do what a Machine decides. Nothing of it waits but Hangup: what takes
// time is begun here, and a method of the Machine tells how it went on.
type Hands interface {
	Say(ctx context.Context, what dialog.Say) error // Handle: PromptStart, PromptEnd
	Stop()
	Listen(ctx context.Context, what dialog.Listen) error
	Finalize()                                          // Handle: Final
	Transfer(ctx context.Context, what dialog.Transfer) // Transferred
	// StopTransfer ends the transfer that runs, now.
	StopTransfer() dialog.TransferResult
	Work(ctx context.Context, w dialog.Work) // Sentence, Worked
	// StopWork gives work up; nothing is told of it any more.
	StopWork(id string)
	Hangup(ctx context.Context) error
}

// Duties are what a conversation does besides talking. Each takes effect
// before it returns.
type Duties interface {
	OptOut(ctx context.Context, what dialog.OptOut) error
	Callback(ctx context.Context, what dialog.Callback) error
	// Remember keeps a value for later calls to the same contact.
	Remember(ctx context.Context, what dialog.Remember) error
	// Consent records that the customer agreed or refused.
	Consent(ctx context.Context, what dialog.Consented) error
}

// Outside does the work a flow asks for beyond the conversation. Do returns
// when the work has ended or the context has; sentence may be called, from
// Do's goroutine, for what can be said already.
type Outside interface {
	Do(ctx context.Context, w dialog.Work, sentence func(text string)) dialog.WorkResult
}

// Observer hears what goes on, for transcripts, metrics and live listeners.
// It must not block.
type Observer interface {
	Said(Utterance)
	Turn(Timing)
	Action(at time.Time, a dialog.Action)
}

// Utterance is one line of the transcript.
type Utterance struct {
	Who         string // customer, bot
	At          time.Time
	Text        string
	Confidence  float64
	Interrupted time.Duration // bot: how much was played when it was cut off; 0: all
	Node        string
	Source      string // bot: what an answer was taken from
}

// Timing is one turn's timeline. Zero times did not happen.
type Timing struct {
	SpeechStart, SpeechEnd time.Time // the customer's sound
	Decided                time.Time // end of turn decided
	Final                  time.Time // final transcript received
	Stepped                time.Time // dialog had its answer
	FirstAudio             time.Time // first frame of the answer sent
	BargeIn                time.Time // onset of an interruption
	Stopped                time.Time // prompt stopped after it
}
