package converse

import (
	"context"
	"sync"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

// Runner holds one conversation over ports that take their time. It is a
// Machine with goroutines round it.
type Runner struct {
	Session  *dialog.Session
	Mouth    Mouth
	Ears     Ears
	Line     Line
	Duties   Duties
	Observer Observer
	// Understanding asks an engine on another machine; nil: the flow's own
	// classifier.
	Understanding *Understanding
	Outside       Outside          // nil: all work fails, and says so
	Clock         dialwright.Clock // nil: the machine's
	Turn          turn.Options
	// MaxPrompt is how long one prompt may take, synthesis included, until the
	// mouth counts as failed. Zero: two minutes.
	MaxPrompt time.Duration
	// Patient conversations are typed, see Setup.
	Patient bool
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
	s := &shell{r: r, outside: r.Outside, clock: r.Clock, works: map[string]context.CancelFunc{}, answers: make(chan answer),
		meant: make(chan understood), ended: make(chan struct{})}
	if s.outside == nil {
		s.outside = nowhere{}
	}
	if s.clock == nil {
		s.clock = dialwright.SystemClock{}
	}
	setup := Setup{Session: r.Session, Hands: s, Duties: r.Duties, Observer: r.Observer, Clock: s.clock,
		Turn: r.Turn, MaxPrompt: r.MaxPrompt, Patient: r.Patient}
	if r.Understanding != nil {
		setup.Understand, setup.UnderstandWithin = s.understand, r.Understanding.Within
	}
	m := NewMachine(setup)
	m.Begin(ctx)
	s.loop(ctx, m)
	close(s.ended)
	// What is left to do outlives the call.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), hangupWait)
	defer cancel()
	result, err := m.Finish(last)
	s.running.Wait()
	return result, err
}

// shell gives a Machine its hands. Its fields belong to Run's goroutine.
type shell struct {
	r        *Runner
	outside  Outside
	clock    dialwright.Clock
	transfer *transferring
	works    map[string]context.CancelFunc
	answers  chan answer
	meant    chan understood
	ended    chan struct{} // closed when nobody listens any more
	running  sync.WaitGroup
}

type transferring struct {
	done   chan dialog.TransferResult
	cancel context.CancelFunc
}

// answer is what work has to tell.
type answer struct {
	sentence bool
	result   dialog.WorkResult
}

// longest is how long the loop sleeps when nothing is due.
const longest = time.Hour

func (s *shell) loop(ctx context.Context, m *Machine) {
	wake := time.NewTimer(longest)
	defer wake.Stop()
	events := s.r.Ears.Events()
	for !m.Over() {
		wait := longest
		if at, ok := m.Deadline(); ok {
			wait = min(wait, max(0, at.Sub(s.clock.Now())))
		}
		wake.Reset(wait)
		var transferred <-chan dialog.TransferResult
		if s.transfer != nil {
			transferred = s.transfer.done
		}
		select {
		case <-ctx.Done():
			m.Leave(context.Cause(ctx))
		case ev, ok := <-events:
			if !ok {
				events = nil
				ev = turn.Event{Kind: turn.Gone, At: s.clock.Now()}
			}
			m.Handle(ctx, ev)
		case res := <-transferred:
			s.transfer.cancel()
			s.transfer = nil
			m.Transferred(ctx, res)
		case u := <-s.meant:
			m.Understood(ctx, u.id, u.parsed, u.err)
		case a := <-s.answers:
			s.answered(ctx, m, a)
		case <-wake.C:
			m.Tick(ctx)
		}
	}
}

func (s *shell) answered(ctx context.Context, m *Machine, a answer) {
	if a.sentence {
		m.Sentence(ctx, a.result.ID, a.result.Text)
		return
	}
	s.StopWork(a.result.ID) // it has ended: its context may go
	m.Worked(ctx, a.result)
}

// Say implements Hands, as do the following.
func (s *shell) Say(ctx context.Context, what dialog.Say) error { return s.r.Mouth.Say(ctx, what) }

func (s *shell) Stop() { s.r.Mouth.Stop() }

func (s *shell) Listen(ctx context.Context, what dialog.Listen) error {
	return s.r.Ears.Listen(ctx, what)
}

func (s *shell) Finalize() { s.r.Ears.Finalize() }

func (s *shell) Hangup(ctx context.Context) error { return s.r.Line.Hangup(ctx) }

func (s *shell) Transfer(ctx context.Context, what dialog.Transfer) {
	ctx, cancel := context.WithCancel(ctx)
	t := &transferring{done: make(chan dialog.TransferResult, 1), cancel: cancel}
	s.transfer = t
	s.running.Go(func() { t.done <- s.r.Line.Transfer(ctx, what) })
}

func (s *shell) StopTransfer() dialog.TransferResult {
	s.transfer.cancel()
	res := <-s.transfer.done
	s.transfer = nil
	return res
}

func (s *shell) Work(ctx context.Context, w dialog.Work) {
	ctx, cancel := context.WithCancel(ctx)
	s.works[w.ID] = cancel
	tell := func(a answer) {
		select {
		case s.answers <- a:
		case <-ctx.Done(): // nobody waits for it any more
		}
	}
	s.running.Go(func() {
		res := s.outside.Do(ctx, w, func(text string) {
			tell(answer{sentence: true, result: dialog.WorkResult{ID: w.ID, Text: text}})
		})
		res.ID = w.ID
		tell(answer{result: res})
	})
}

func (s *shell) StopWork(id string) {
	if cancel := s.works[id]; cancel != nil {
		cancel()
		delete(s.works, id)
	}
}

// nowhere is the Outside of a conversation that has none.
type nowhere struct{}

func (nowhere) Do(_ context.Context, w dialog.Work, _ func(string)) dialog.WorkResult {
	return dialog.WorkResult{Class: dialog.WorkFailed, Detail: "work of the kind " + string(w.Kind) + " cannot be done here: this conversation has no outside"}
}
