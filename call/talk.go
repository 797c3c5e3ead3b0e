package call

import (
	"context"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/turn"
)

// talk runs the conversation from the answer to the hang-up.
func (a *attempt) talk(ctx context.Context, p *phone) (dialwright.Disposition, error) {
	answered := a.o.Clock.Now()
	a.rec.change(func(c *report.Call) {
		c.AnsweredAt, c.Disposition = answered, dialwright.Answered
		c.Tries[p.n-1].Disposition = dialwright.Answered
	})
	a.rec.event("answered", "%s", p.line.Trunk)
	a.o.Metrics.answered.Inc()
	if err := p.join(ctx); err != nil {
		if p.cust.gone() {
			return dialwright.Abandoned, nil
		}
		return dialwright.Abandoned, fmt.Errorf("connecting the answered call: %w", err)
	}
	saved := make(chan error, 1)
	go func() { saved <- a.save(context.WithoutCancel(ctx)) }()
	p.audio.rec.start(a, answered)
	go func() { // tells the conversation that the customer is gone
		<-p.cust.ended
		p.inbox.put(turn.Event{Kind: turn.Gone, At: a.o.Clock.Now()})
	}()
	err := a.hold(ctx, p)
	if err := <-saved; err != nil {
		a.log.Error().Err(err).Msg("saving the call at its answer")
	}
	if p.machine.is() {
		return dialwright.Machine, err
	}
	return dialwright.Answered, err
}

// join puts the customer into the prepared bridge.
func (p *phone) join(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, hangupWait)
	defer cancel()
	select {
	case <-p.ready:
	case <-p.cust.ended:
		return fmt.Errorf("the customer hung up at once")
	case <-ctx.Done():
		return fmt.Errorf("waiting for the media channel: %w", ctx.Err())
	}
	if p.err != nil {
		return p.err
	}
	return p.o.Customers.AddToBridge(ctx, p.audio.bridge, p.cust.id)
}

// hold the conversation.
func (a *attempt) hold(ctx context.Context, p *phone) error {
	runner := converse.Runner{
		Session: a.session, Mouth: p.audio.mouth, Ears: p.audio.ears, Line: p, Duties: duties{a},
		Understanding: a.understanding(), Outside: outside{p, a.elsewhere()}, Observer: a.rec, Clock: a.o.Clock,
	}
	result, err := runner.Run(ctx)
	by := map[converse.EndedBy]string{converse.ByFlow: "bot", converse.ByContext: "system"}[result.EndedBy]
	if by == "" {
		by = "customer"
		if p.cust.gone() && p.cust.missed {
			by = "unknown"
			a.rec.event("end_missed", "the line's end was not seen")
		}
	}
	a.rec.change(func(c *report.Call) {
		c.Outcome = result.Outcome
		if p.machine.is() && !a.order.LeaveMessage {
			c.Outcome, c.HungUpBy = "", "system" // there was no conversation
		}
		if c.HungUpBy == "" {
			c.HungUpBy = by
		}
		for k, v := range result.Slots {
			c.Slots[k] = v
		}
	})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("conversation: %w", err)
	}
	return nil
}

// elsewhere does the work of flows that is not the telephone's.
func (a *attempt) elsewhere() converse.Outside {
	if a.o.Outside == nil {
		return nil
	}
	return a.o.Outside(a.order)
}

func (a *attempt) understanding() *converse.Understanding {
	if a.o.Understanding == nil {
		return nil
	}
	return a.o.Understanding(a.order.Flow)
}

// Hangup ends the customer's channel. It implements converse.Line.
func (p *phone) Hangup(context.Context) error {
	p.cust.hangup("normal")
	return nil
}

// duties carries out what the dialog decides, as the service's Duties.
type duties struct{ a *attempt }

// OptOut enters the number into the Do-Not-Call list.
func (d duties) OptOut(ctx context.Context, what dialog.OptOut) error {
	ctx, cancel := dutyContext(ctx)
	defer cancel()
	if err := d.a.o.Duties.OptOut(ctx, d.a.order, what.Text); err != nil {
		return fmt.Errorf("entering %s into the Do-Not-Call list: %w", d.a.order.Number, err)
	}
	d.a.result.OptedOut = true
	d.a.rec.event("opt_out", "%s", what.Text)
	return nil
}

// Callback keeps the appointment.
func (d duties) Callback(ctx context.Context, what dialog.Callback) error {
	ctx, cancel := dutyContext(ctx)
	defer cancel()
	if err := d.a.o.Duties.Callback(ctx, d.a.order, what.At, what.Text); err != nil {
		return fmt.Errorf("keeping the appointment: %w", err)
	}
	d.a.result.Callback = what.At
	d.a.rec.event("callback", "%s", what.At.Format(time.RFC3339))
	return nil
}

// Remember keeps a value in the call's record.
func (d duties) Remember(ctx context.Context, what dialog.Remember) error {
	d.a.rec.change(func(c *report.Call) {
		if c.Memory == nil {
			c.Memory = map[string]any{}
		}
		c.Memory[what.Name] = what.Value
	})
	d.a.rec.event("remember", "%s = %v", what.Name, what.Value)
	return d.keep(ctx)
}

// Consent writes down what the customer agreed to or refused.
func (d duties) Consent(ctx context.Context, what dialog.Consented) error {
	d.a.rec.change(func(c *report.Call) {
		c.Consents = append(c.Consents, report.Consent{Slot: what.Slot, Scope: what.Scope, Given: what.Given,
			At: what.At, AtMS: what.Position.Milliseconds(), Words: what.Text})
	})
	word := "refused"
	if what.Given {
		word = "given"
	}
	d.a.rec.event("consent", "%s %s at %s: %s", what.Scope, word, what.Position, what.Text)
	return d.keep(ctx)
}

// keep saves the record as it stands, so that a promise outlives this process.
func (d duties) keep(ctx context.Context) error {
	ctx, cancel := dutyContext(ctx)
	defer cancel()
	return d.a.save(ctx)
}

// dutyContext outlives the call: a duty once begun is carried out.
func dutyContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}
