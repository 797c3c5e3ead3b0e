package flowtest

import (
	"container/heap"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

// The pace of a test's telephone. How long words take is reckoned, not
// measured: see Length.
const (
	reaction        = 600 * time.Millisecond // from the end of a prompt to the customer's answer
	synthesis       = 20 * time.Millisecond  // from Say to the first sound
	hang            = 160 * time.Millisecond // from the last sound to its notice
	recognition     = 80 * time.Millisecond  // from Finalize to the transcript
	betweenKeys     = 300 * time.Millisecond
	betweenAnswers  = 300 * time.Millisecond // of sentences that work brings
	usualConfidence = 0.95
)

// phone is the other end of a conversation: mouth, ears, line, duties and the
// outside of a Machine, on a clock that it moves itself.
type phone struct {
	ctx    context.Context
	m      *converse.Machine
	now    time.Time
	began  time.Time
	agenda agenda
	order  int // of agenda entries made
	calls  int // of Hands: tells whether something happened

	// The mouth.
	queue []*saying
	said  []*saying // prompts that were heard, at least their beginning
	spoke int       // prompts begun, with those that were stopped before

	// The ears.
	unheard []sound

	// What was asked of the outside and has no answer yet.
	works    []dialog.Work
	transfer *dialog.Transfer

	failMouth, failDuty bool

	lines []line
	log   log
}

// log is what the conversation left behind.
type log struct {
	entered     []dialog.Entered
	transfers   []dialog.Transfer
	callbacks   []dialog.Callback
	optOuts     int
	remembered  map[string]any
	consents    map[string]dialog.Consented
	experiments map[string]string
	heard       int // utterances and key inputs taken
}

// saying is a prompt on its way.
type saying struct {
	say     dialog.Say
	node    string
	at      time.Time // began
	length  time.Duration
	started bool
	ended   bool
	cut     bool
}

// line is one line of the transcript.
type line struct {
	at   time.Time
	who  string
	text string
	bot  *saying
}

func newPhone(ctx context.Context, now time.Time) *phone {
	return &phone{ctx: ctx, now: now, began: now,
		log: log{remembered: map[string]any{}, consents: map[string]dialog.Consented{}, experiments: map[string]string{}}}
}

// Now implements dialwright.Clock.
func (p *phone) Now() time.Time { return p.now }

// entry is something that will happen.
type entry struct {
	at    time.Time
	order int
	do    func()
}

// agenda is a heap, the soonest first.
type agenda []entry

func (a agenda) Len() int      { return len(a) }
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a agenda) Less(i, j int) bool {
	if a[i].at.Equal(a[j].at) {
		return a[i].order < a[j].order
	}
	return a[i].at.Before(a[j].at)
}

// Push and Pop implement heap.Interface.
func (a *agenda) Push(x any) { *a = append(*a, x.(entry)) }

// Pop takes the last one.
func (a *agenda) Pop() any {
	old := *a
	e := old[len(old)-1]
	*a = old[:len(old)-1]
	return e
}

func (p *phone) after(d time.Duration, do func()) {
	p.order++
	heap.Push(&p.agenda, entry{p.now.Add(d), p.order, do})
}

// tell gives the machine an event of the line, as of now.
func (p *phone) tell(ev turn.Event) {
	ev.At = p.now
	if ev.From.IsZero() {
		ev.From = p.now
	}
	p.m.Handle(p.ctx, ev)
}

// next moves on to the first thing that is due by limit.
func (p *phone) next(limit time.Time) bool {
	if p.m.Over() {
		return false
	}
	deadline, timed := p.m.Deadline()
	timed = timed && !deadline.After(limit)
	planned := len(p.agenda) > 0 && !p.agenda[0].at.After(limit)
	switch {
	case planned && (!timed || !p.agenda[0].at.After(deadline)):
		e := heap.Pop(&p.agenda).(entry)
		p.now = e.at
		e.do()
	case timed:
		if deadline.After(p.now) {
			p.now = deadline
		}
		p.m.Tick(p.ctx)
	default:
		return false
	}
	return true
}

// Say implements converse.Hands, as do the following.
func (p *phone) Say(_ context.Context, what dialog.Say) error {
	p.calls++
	if p.failMouth {
		p.failMouth = false
		return errors.New("the test wants the mouth to fail")
	}
	s := &saying{say: what, node: what.Node, length: Length(what)}
	p.queue = append(p.queue, s)
	if len(p.queue) == 1 {
		p.speak()
	}
	return nil
}

// speak begins the head of the queue.
func (p *phone) speak() {
	p.spoke++
	mine, s := p.spoke, p.queue[0]
	p.after(synthesis, func() {
		if mine != p.spoke {
			return // stopped before it began
		}
		s.started, s.at = true, p.now
		p.said = append(p.said, s)
		p.lines = append(p.lines, line{at: p.now, who: "bot", bot: s})
		p.tell(turn.Event{Kind: turn.PromptStart})
		p.after(s.length, func() {
			if mine != p.spoke {
				return
			}
			s.ended = true
			p.queue = p.queue[1:]
			if len(p.queue) > 0 {
				p.speak()
			}
			p.tell(turn.Event{Kind: turn.PromptEnd, Completed: true, Played: s.length})
		})
	})
}

func (p *phone) Stop() {
	p.calls++
	p.spoke++
	for _, s := range p.queue {
		ev := turn.Event{Kind: turn.PromptEnd}
		s.ended = true
		if s.started {
			s.cut, ev.Played = true, p.now.Sub(s.at)
			s.length = ev.Played
		}
		p.after(0, func() { p.tell(ev) })
	}
	p.queue = nil
}

func (p *phone) Listen(context.Context, dialog.Listen) error {
	p.calls++
	return nil
}

func (p *phone) Finalize() {
	heard := p.unheard
	p.unheard = nil
	p.after(recognition, func() {
		ev := turn.Event{Kind: turn.Final}
		var texts []string
		for i, s := range heard {
			texts = append(texts, s.text)
			if i == 0 || s.confidence < ev.Confidence {
				ev.Confidence = s.confidence
			}
		}
		ev.Text = strings.Join(texts, " ")
		if len(heard) == 1 {
			for i, a := range heard[0].alternatives {
				ev.Alternatives = append(ev.Alternatives, turn.Alternative{Text: a, Confidence: heard[0].confidence / float64(i+2)})
			}
		}
		p.tell(ev)
	})
}

func (p *phone) Transfer(_ context.Context, what dialog.Transfer) {
	p.calls++
	p.transfer = &what
	p.log.transfers = append(p.log.transfers, what)
}

func (p *phone) StopTransfer() dialog.TransferResult {
	p.transfer = nil
	return dialog.TransferResult{Status: dialog.TransferFailed, Detail: "ended with the call"}
}

func (p *phone) Work(_ context.Context, w dialog.Work) {
	p.calls++
	p.works = append(p.works, w)
}

func (p *phone) StopWork(id string) {
	p.works = slices.DeleteFunc(p.works, func(w dialog.Work) bool { return w.ID == id })
}

func (p *phone) Hangup(context.Context) error { return nil }

// duty fails when the test wants it to.
func (p *phone) duty() error {
	p.calls++
	if p.failDuty {
		p.failDuty = false
		return errors.New("the test wants a duty to fail")
	}
	return nil
}

// OptOut implements converse.Duties, as do the following.
func (p *phone) OptOut(context.Context, dialog.OptOut) error {
	p.log.optOuts++
	return p.duty()
}

func (p *phone) Callback(_ context.Context, what dialog.Callback) error {
	p.log.callbacks = append(p.log.callbacks, what)
	return p.duty()
}

func (p *phone) Remember(_ context.Context, what dialog.Remember) error {
	p.log.remembered[what.Name] = what.Value
	return p.duty()
}

func (p *phone) Consent(_ context.Context, what dialog.Consented) error {
	p.log.consents[what.Slot] = what
	return p.duty()
}

// Said implements converse.Observer, as do the following. What the bot says
// was written down when it began.
func (p *phone) Said(u converse.Utterance) {
	if u.Who != "bot" {
		p.log.heard++
	}
}

func (p *phone) Turn(converse.Timing) {}

func (p *phone) Action(_ time.Time, a dialog.Action) {
	switch a := a.(type) {
	case dialog.Entered:
		p.log.entered = append(p.log.entered, a)
	case dialog.Assigned:
		p.log.experiments[a.Experiment] = a.Variant
	}
}
