package converse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/engine"
	"github.com/dialwright/dialwright/turn"
)

// Machine is one conversation, driven by what happens and by the time. It
// starts no goroutine and waits for nothing: everything it decides goes to its
// Hands at once, and what takes time there comes back through a method. It is
// not safe for concurrent use, and no method may be called from within Hands.
//
// Begin comes first. Then, until Over: Handle, Transferred, Sentence and
// Worked as things happen, and Tick when Deadline has passed. Finish comes
// last, whatever happened before.
type Machine struct {
	o     Setup
	taker *turn.Taker

	timers   map[string]time.Time
	works    map[string]time.Time // outstanding, with the moment they count as failed
	transfer bool

	todo    []dialog.Action // of the last step, still to be done
	prompts []spoken
	hushed  bool      // all has been said that was to be said; the session does not know yet
	stopped time.Time // when the last interrupted prompt fell silent
	timing  *Timing   // of the last turn, until its first audio
	final   turn.Event
	asking  *asking // nil: nothing is being understood elsewhere
	asked   int
	over    bool
	gone    bool // the customer
	result  Result
	errs    []error
}

// Setup is what a Machine needs.
type Setup struct {
	Session  *dialog.Session
	Hands    Hands
	Duties   Duties
	Observer Observer
	Clock    dialwright.Clock // nil: the machine's
	Turn     turn.Options
	// MaxPrompt is how long one prompt may take, synthesis included, until the
	// mouth counts as failed. Zero: two minutes.
	MaxPrompt time.Duration
	// Patient conversations are typed: silence counts only when a
	// turn.Silence says so, and keys end with what was typed.
	Patient bool
	// Understand asks elsewhere what an utterance means; Understood brings the
	// answer. Nil: the flow's own classifier knows at once.
	Understand       func(ctx context.Context, id string, q nlu.Query)
	UnderstandWithin time.Duration // 0: 400 ms; then the flow's own decides
}

// maxWork is how long work may take that sets no limit of its own.
const maxWork = 2 * time.Minute

// NewMachine makes a conversation that has not begun.
func NewMachine(o Setup) *Machine {
	if o.Clock == nil {
		o.Clock = dialwright.SystemClock{}
	}
	if o.MaxPrompt <= 0 {
		o.MaxPrompt = 2 * time.Minute
	}
	return &Machine{o: o, taker: turn.New(o.Turn), timers: map[string]time.Time{}, works: map[string]time.Time{}}
}

// Begin starts the conversation: the customer has answered.
func (m *Machine) Begin(ctx context.Context) {
	m.step(ctx, dialog.Event{Kind: dialog.EvAnswered})
	m.goOn(ctx)
}

// Over reports whether nothing is left but Finish.
func (m *Machine) Over() bool { return m.over }

// Idle reports whether nothing is under way: what happens next is up to the
// customer, to his silence or to a timer.
func (m *Machine) Idle() bool {
	return m.over || m.Quiet() && m.asking == nil && len(m.works) == 0 && len(m.todo) == 0 && !m.transfer
}

// Quiet reports whether nobody is speaking or pressing keys, as far as the
// conversation knows. It may wait for a transfer or for work.
func (m *Machine) Quiet() bool { return len(m.prompts) == 0 && !m.taker.Hearing() }

// Listening reports whether the conversation takes the customer's words and keys.
func (m *Machine) Listening() bool { return !m.over && m.taker.Armed() }

// Deadline is when Tick has something to do, if nothing happens before.
func (m *Machine) Deadline() (time.Time, bool) {
	var next time.Time
	sooner := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	if t, ok := m.taker.Deadline(); ok && !m.transfer {
		sooner(t)
	}
	for _, t := range m.timers {
		sooner(t)
	}
	for _, t := range m.works {
		sooner(t)
	}
	if m.asking != nil {
		sooner(m.asking.until)
	}
	if len(m.prompts) > 0 {
		sooner(m.prompts[0].since.Add(m.o.MaxPrompt))
	}
	return next, !next.IsZero()
}

// Tick does what is due now.
func (m *Machine) Tick(ctx context.Context) {
	now := m.o.Clock.Now()
	m.decide(ctx, m.taker.Tick(now))
	if m.asking != nil && !m.asking.until.After(now) {
		m.answerWith(ctx, engine.Parsed{}, errors.New("no answer in time"))
	}
	for _, name := range due(m.timers, now) {
		if _, running := m.timers[name]; running { // one before it may have taken it back
			delete(m.timers, name)
			m.step(ctx, dialog.Event{Kind: dialog.EvTimer, Timer: name})
		}
	}
	for _, id := range due(m.works, now) {
		if _, running := m.works[id]; running {
			m.cancelWork(id)
			m.step(ctx, dialog.Event{Kind: dialog.EvWorked, Work: dialog.WorkResult{ID: id, Class: dialog.WorkTimeout, Detail: "no answer in time"}})
		}
	}
	if len(m.prompts) > 0 && !m.prompts[0].since.Add(m.o.MaxPrompt).After(now) {
		m.prompts = nil
		m.taker.Silence()
		m.o.Hands.Stop()
		m.fail(ctx, fmt.Errorf("a prompt did not end within %s", m.o.MaxPrompt))
	}
	m.goOn(ctx)
}

// due lists what has come due, the earliest first.
func due(all map[string]time.Time, now time.Time) []string {
	var names []string
	for name, t := range all {
		if !t.After(now) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(all[a].Compare(all[b]), cmp.Compare(a, b)) })
	return names
}

// Handle takes one event of the line.
func (m *Machine) Handle(ctx context.Context, ev turn.Event) {
	m.line(ctx, ev)
	m.goOn(ctx)
}

func (m *Machine) line(ctx context.Context, ev turn.Event) {
	switch ev.Kind {
	case turn.Gone:
		m.gone = true
		if !m.transfer { // a transfer tells itself how it ended
			m.close(ByCustomer)
		}
		return
	case turn.Machine, turn.Screening:
		if !m.transfer {
			m.hush()
			m.step(ctx, dialog.Event{Kind: map[turn.Kind]dialog.EventKind{turn.Machine: dialog.EvVoicemail, turn.Screening: dialog.EvScreening}[ev.Kind]})
		}
		return
	case turn.Silence:
		if m.taker.Armed() {
			m.taker.Disarm()
			m.step(ctx, dialog.Event{Kind: dialog.EvNoInput})
		}
		return
	case turn.EarsFailed:
		m.taker.Handle(ev)
		m.fail(ctx, fmt.Errorf("ears: %w", orUnknown(ev.Err)))
		return
	case turn.PromptStart:
		m.promptStarted(ev)
	case turn.PromptEnd:
		m.promptEnded(ev)
	case turn.Final:
		m.final = ev
	case turn.Digit:
		for len(ev.Digit) > 1 { // typed at once
			one := ev
			one.Digit, ev.Digit = ev.Digit[:1], ev.Digit[1:]
			m.decide(ctx, m.taker.Handle(one))
		}
	}
	m.decide(ctx, m.taker.Handle(ev))
	if ev.Kind == turn.PromptEnd && ev.Err != nil {
		m.fail(ctx, fmt.Errorf("mouth: %w", ev.Err))
	}
}

func orUnknown(err error) error {
	if err == nil {
		return errors.New("no reason given")
	}
	return err
}

// Transferred ends a transfer.
func (m *Machine) Transferred(ctx context.Context, res dialog.TransferResult) {
	if !m.transfer {
		return
	}
	m.transfer = false
	m.taker.Reset()
	if m.gone {
		res.CustomerThere = false
	}
	m.gone = !res.CustomerThere
	m.step(ctx, dialog.Event{Kind: dialog.EvTransferred, Transfer: res})
	m.goOn(ctx)
}

// Sentence is something of work under way that can be said already.
func (m *Machine) Sentence(ctx context.Context, id, text string) {
	if _, running := m.works[id]; !running {
		return
	}
	m.step(ctx, dialog.Event{Kind: dialog.EvSentence, Work: dialog.WorkResult{ID: id, Class: dialog.WorkOK, Text: text}})
	m.goOn(ctx)
}

// Worked ends work. What was cancelled, or came too late, is ignored.
func (m *Machine) Worked(ctx context.Context, res dialog.WorkResult) {
	if _, running := m.works[res.ID]; !running {
		return
	}
	delete(m.works, res.ID)
	m.step(ctx, dialog.Event{Kind: dialog.EvWorked, Work: res})
	m.goOn(ctx)
}

// Leave ends the conversation because its owner wants it so.
func (m *Machine) Leave(cause error) {
	m.errs = append(m.errs, fmt.Errorf("conversation of flow %s: %w", m.o.Session.Flow().Name, cause))
	m.close(ByContext)
}

// close leaves nothing to do but Finish.
func (m *Machine) close(by EndedBy) {
	m.over = true
	if m.gone && by == ByFlow {
		by = ByCustomer
	}
	if m.result.EndedBy == "" {
		m.result.EndedBy = by
	}
}

// Finish leaves everything in order: what was begun is ended, the customer is
// hung up on, on_hangup has run. The error tells what of the outside failed.
func (m *Machine) Finish(ctx context.Context) (Result, error) {
	if m.gone {
		m.close(ByCustomer)
	}
	m.close(ByContext) // unless it is over already
	for id := range m.works {
		m.cancelWork(id)
	}
	if m.transfer {
		m.transfer = false
		res := m.o.Hands.StopTransfer()
		res.CustomerThere = false
		m.step(ctx, dialog.Event{Kind: dialog.EvTransferred, Transfer: res})
		m.afterwards(ctx)
	}
	m.o.Hands.Stop()
	m.flushPrompts()
	if !m.gone {
		if err := m.o.Hands.Hangup(ctx); err != nil {
			m.errs = append(m.errs, fmt.Errorf("hang up: %w", err))
		}
	}
	m.afterwards(ctx)
	m.step(ctx, dialog.Event{Kind: dialog.EvHangup})
	m.afterwards(ctx)
	m.flushTiming()
	s := m.o.Session
	m.result.Outcome, m.result.Slots, m.result.Node = s.Outcome(), s.Slots(), s.Node()
	return m.result, errors.Join(m.errs...)
}
