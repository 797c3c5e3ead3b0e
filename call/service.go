// Package call runs the life of one call: it owns the call's goroutines and
// wires the media, the ears, the conversation and the mouth together. It is
// the one place that knows them all.
package call

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/routing"
	"github.com/dialwright/dialwright/tts"
)

// Recorder keeps call records. It is told of a call before its first INVITE,
// at each change that must survive a crash, and at the end.
type Recorder interface {
	SaveCall(ctx context.Context, c report.Call) error
}

// Options are what calls need. All are required unless said otherwise.
type Options struct {
	Worker    dialwright.WorkerID
	Customers *ari.Client // the campaign's application
	Agents    *ari.Client // the agents' application; nil: no transfers to people
	Transport media.Transport
	// Recogniser for a language tag, or nil for a language nobody here hears.
	Recogniser func(language string) asr.Engine
	// Alternatives is how many other transcripts besides the best the
	// recogniser is asked for, 0 to asr.MaxAlternatives.
	Alternatives int
	Voice        tts.Synthesizer // audio at 8 kHz: the media leg's outgoing rate
	Desk         routing.Desk    // nil: no skill groups
	Duties       Duties
	Recorder     Recorder
	Recordings   string // directory of recordings; empty: none are made
	Clock        dialwright.Clock
	Logger       zerolog.Logger
	Metrics      *Metrics // may be nil
	// Outside gives what does the work a call's flow asks of other systems;
	// nil: nothing does. It must have ended all it does when its context has.
	Outside func(Order) converse.Outside
	// Understanding gives what understands for a flow elsewhere; nil, or nil
	// from it: the flow's own classifier.
	Understanding func(*dialog.Flow) *converse.Understanding
	// Follow is told at once what happens in calls; it must not block. May
	// be nil.
	Follow func(LiveEvent)
}

// Service places calls. It is safe for many goroutines.
type Service struct {
	o Options

	mu      sync.Mutex
	running map[dialwright.CallID]*live
	calls   sync.WaitGroup
}

// New makes a service.
func New(o Options) *Service {
	if o.Metrics == nil {
		o.Metrics = NewMetrics(nil)
	}
	return &Service{o: o, running: map[dialwright.CallID]*live{}}
}

// Wait returns when every call has ended.
func (s *Service) Wait() { s.calls.Wait() }

// Place carries an order out and returns when the call has ended and left
// nothing behind, unless Asterisk could not be reached: then Result says so.
// Cancelling ctx ends the call at once, at any stage.
func (s *Service) Place(ctx context.Context, order Order) Result {
	s.calls.Add(1)
	defer s.calls.Done()
	l := &live{follow: s.o.Follow, call: LiveCall{Call: order.Call, Campaign: order.Campaign, Number: order.Number, Since: s.o.Clock.Now()}}
	s.mu.Lock()
	_, twice := s.running[order.Call]
	if !twice {
		s.running[order.Call] = l
	}
	s.mu.Unlock()
	if twice {
		return Result{Disposition: dialwright.Failed, Err: fmt.Errorf("call %s is running already", order.Call)}
	}
	defer func() {
		s.mu.Lock()
		delete(s.running, order.Call)
		s.mu.Unlock()
		l.end()
	}()
	s.o.Metrics.running.Inc()
	defer s.o.Metrics.running.Dec()
	a := &attempt{Service: s, order: order, rec: newRecord(order, s.o.Worker, s.o.Clock, l, s.o.Metrics.turn), live: l,
		log: s.o.Logger.With().Str("call", string(order.Call)).Str("campaign", string(order.Campaign)).Logger()}
	// Begun before anybody is rung: fields that the flow cannot use are an
	// error now, not when the customer has answered.
	session, err := dialog.NewSession(order.Flow, dialog.StartOptions{
		CallID: string(order.Call), Contact: order.Fields, Memory: order.Memory, Zone: order.Zone, Hours: order.Hours, ContactKey: string(order.Number)})
	if err != nil {
		return Result{Disposition: dialwright.Failed, Err: fmt.Errorf("contact %s: %w", order.Contact, err)}
	}
	a.session = session
	return a.run(ctx)
}

// attempt is one call while it runs.
type attempt struct {
	*Service
	order   Order
	session *dialog.Session
	rec     *record
	live    *live
	log     zerolog.Logger
	result  Result
	untidy  atomic.Bool // something may be left in Asterisk
}

// run makes tries until one of them is not the line's fault.
func (a *attempt) run(ctx context.Context) Result {
	var tried []string
	res := &a.result
	for n := 1; ; n++ {
		line, err := a.order.Lines.Next(ctx, a.order.Number, tried)
		if errors.Is(err, ErrNoLine) && len(tried) > 0 {
			break // the last try's disposition stands
		}
		if err != nil {
			res.Disposition, res.Err = dialwright.Congestion, fmt.Errorf("finding a line: %w", err)
			if !errors.Is(err, ErrNoLine) {
				res.Disposition = dialwright.Failed
			}
			break
		}
		tried = append(tried, line.Trunk)
		d, err := a.try(ctx, n, line)
		line.Release(d)
		var refused *refusal
		if errors.As(err, &refused) {
			if n == 1 {
				res.Blocked = &refused.decision
				res.Disposition = dialwright.Cancelled
			}
			a.rec.event("refused", "%s: %s", refused.decision.Rule, refused.decision.Why)
			break
		}
		res.Disposition, res.Err = d, err
		if !d.FailsOver() || ctx.Err() != nil {
			break
		}
		a.rec.event("fail_over", "%s on %s", d, line.Trunk)
	}
	a.finish(ctx)
	res.Untidy = a.untidy.Load()
	return *res
}

// refusal is the gate's no.
type refusal struct{ decision compliance.Decision }

func (r *refusal) Error() string { return "refused by " + r.decision.Rule + ": " + r.decision.Why }

// finish writes the record's end. Cancellation must not prevent it.
func (a *attempt) finish(ctx context.Context) {
	a.rec.change(func(c *report.Call) {
		c.EndedAt = a.o.Clock.Now()
		c.Disposition = a.result.Disposition
		if n := len(c.Tries); n > 0 {
			t := c.Tries[n-1]
			c.Cause = dialwright.Cause{SIPCode: t.SIPCode, Q850: t.Q850, Reason: t.Reason}
		}
		if a.result.Err != nil {
			c.Error = a.result.Err.Error()
		}
		a.result.Outcome = c.Outcome
	})
	a.o.Metrics.ended(a.result.Disposition)
	if a.result.Blocked != nil && len(a.rec.snapshot().Tries) == 0 {
		return // nothing happened: the audit log has the refusal
	}
	if err := a.save(context.WithoutCancel(ctx)); err != nil && a.result.Err == nil {
		a.result.Err = err
	}
	ev := a.log.Info()
	if a.result.Err != nil {
		ev = a.log.Warn().Err(a.result.Err)
	}
	ev.Str("disposition", string(a.result.Disposition)).Str("outcome", a.result.Outcome).Msg("call ended")
}

// save writes the record as it stands.
func (a *attempt) save(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := a.o.Recorder.SaveCall(ctx, a.rec.snapshot()); err != nil {
		return fmt.Errorf("saving the record of call %s: %w", a.order.Call, err)
	}
	return nil
}
