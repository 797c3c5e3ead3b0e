package call

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/turn"
)

// ears turn the customer's audio into events. They implement converse.Ears
// and media.Sink. Without a recogniser for the flow's language they hear that
// somebody speaks, and keys, but no words.
type ears struct {
	clock  dialwright.Clock
	stream asr.Stream // nil: no words
	vad    *media.VAD
	events *mailbox[turn.Event]
	words  func(string) // hears transcripts too; may be nil
	taps   []func(media.Frame)

	mu       sync.Mutex // guards vad
	deaf     atomic.Bool
	overflow atomic.Int64 // frames the recogniser had no room for
	failed   atomic.Bool
	memo     *atomic.Pointer[memo] // set: a message is being recorded, and nothing heard as an answer
	readers  sync.WaitGroup
}

func newEars(clock dialwright.Clock, stream asr.Stream, rate int, events *mailbox[turn.Event], words func(string), taps ...func(media.Frame)) *ears {
	e := &ears{memo: new(atomic.Pointer[memo]), clock: clock, stream: stream, events: events, words: words, taps: taps,
		vad: media.NewVAD(media.VADOptions{Rate: rate, Hang: vadHang})}
	if stream != nil {
		e.readers.Go(e.read)
	}
	return e
}

// Events of the line.
func (e *ears) Events() <-chan turn.Event { return e.events.out }

// Listen does nothing yet to the recogniser: what a flow expects was given to
// it as a whole when the call began.
func (e *ears) Listen(context.Context, dialog.Listen) error { return nil }

// Finalize asks for one Final.
func (e *ears) Finalize() {
	if e.stream == nil || e.failed.Load() {
		e.tell(turn.Event{Kind: turn.Final, At: e.clock.Now()})
		return
	}
	if err := e.stream.Finalize(); err != nil {
		e.fail(fmt.Errorf("asking the recogniser for its final transcript: %w", err))
	}
}

// setDeaf stops hearing while a human has the customer.
func (e *ears) setDeaf(deaf bool) { e.deaf.Store(deaf) }

func (e *ears) tell(ev turn.Event) { e.events.put(ev) }

func (e *ears) fail(err error) {
	if e.failed.CompareAndSwap(false, true) {
		e.tell(turn.Event{Kind: turn.EarsFailed, At: e.clock.Now(), Err: err})
	}
}

// Frame takes 20 ms of the customer's audio.
func (e *ears) Frame(f media.Frame) {
	for _, tap := range e.taps {
		tap(f)
	}
	if e.deaf.Load() {
		return
	}
	if m := e.memo.Load(); m != nil {
		m.frame(f)
		return
	}
	e.mu.Lock()
	ev, ok := e.vad.Feed(f.PCM)
	e.mu.Unlock()
	if ok {
		kind := turn.SpeechStart
		if ev.Kind == media.SpeechEnd {
			kind = turn.SpeechEnd
		}
		e.tell(turn.Event{Kind: kind, At: f.At, From: f.At.Add(ev.Offset - ev.Decided)})
	}
	if e.stream != nil && !e.failed.Load() {
		if err := e.stream.Write(f.PCM); err != nil {
			if e.overflow.Add(1) == maxOverflow {
				e.fail(fmt.Errorf("the recogniser does not keep up: %w", err))
			}
		}
	}
}

// vadHang is how much silence the ears report as an end. It is shorter than
// any end of turn: how long to wait after it is for the turn to decide.
const vadHang = 160 * time.Millisecond

// maxOverflow frames lost (two seconds) are too many for a transcript to be
// worth anything.
const maxOverflow = 100

func (e *ears) read() {
	for r := range e.stream.Results() {
		if e.words != nil {
			e.words(r.Text)
		}
		switch {
		case r.Err != nil:
			e.fail(fmt.Errorf("recogniser: %w", r.Err))
		case r.Final:
			ev := turn.Event{Kind: turn.Final, At: e.clock.Now(), Text: r.Text, Confidence: r.Confidence}
			for _, a := range r.Alternatives {
				ev.Alternatives = append(ev.Alternatives, turn.Alternative{Text: a.Text, Confidence: a.Confidence})
			}
			e.tell(ev)
		default:
			e.tell(turn.Event{Kind: turn.Partial, At: e.clock.Now(), Text: r.Text})
		}
	}
}

// Close ends the recogniser's stream. The leg must have been closed before.
func (e *ears) Close() error {
	var err error
	if e.stream != nil {
		err = e.stream.Close()
	}
	e.readers.Wait()
	return err
}
