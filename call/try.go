package call

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/turn"
)

// try is one INVITE, from clearance to the end of the channel.
func (a *attempt) try(ctx context.Context, n int, line Line) (dialwright.Disposition, error) {
	clearance, decision, err := a.order.Clear(ctx, n)
	if err != nil {
		return dialwright.Failed, fmt.Errorf("asking the compliance gate: %w", err)
	}
	if !decision.Allowed {
		return dialwright.Cancelled, &refusal{decision}
	}
	now := a.o.Clock.Now()
	if err := clearance.Use(a.order.Call, n, a.order.Number, now); err != nil {
		return dialwright.Failed, fmt.Errorf("using the clearance: %w", err)
	}
	id := dialwright.ChannelID(a.order.Call, dialwright.RoleCustomer, n)
	a.rec.change(func(c *report.Call) {
		c.Tries = append(c.Tries, report.Try{N: n, Trunk: line.Trunk, Number: a.order.Number, Channel: id,
			StartedAt: now, Disposition: dialwright.Unknown})
	})
	// Written before the INVITE: after a crash the try is known, so that
	// nobody is called twice for one attempt.
	if err := a.save(ctx); err != nil {
		return dialwright.Failed, err
	}
	inbox := newMailbox[turn.Event]()
	p := &phone{attempt: a, n: n, line: line, inbox: inbox}
	cust := a.watch(a.o.Customers, id, p.key)
	p.cust = cust
	d, err := a.ring(ctx, p)
	cust.close()
	p.close()
	inbox.close()
	a.endTry(n, p, d)
	return d, err
}

// ring dials and waits for the answer or the end.
func (a *attempt) ring(ctx context.Context, p *phone) (dialwright.Disposition, error) {
	started := a.o.Clock.Now()
	caller := p.line.CallerID
	if caller == "" {
		caller = a.order.CallerID
	}
	_, err := a.o.Customers.Originate(ctx, ari.OriginateRequest{
		ID: p.cust.id, Endpoint: p.line.Endpoint, CallerID: caller, Timeout: a.order.RingTimeout,
		AppArgs: "customer", MaxDuration: a.order.MaxDuration,
	})
	if err != nil {
		return originateFailed(ctx, err)
	}
	a.rec.event("dial", "%s", p.line.Endpoint)
	// Asterisk ends the ringing itself; this is for an Asterisk that does not.
	late := time.NewTimer(a.order.RingTimeout + hangupWait)
	defer late.Stop()
	ringing := p.cust.ringing
	for {
		select {
		case <-ringing:
			ringing = nil
			p.prepare() // so that an answer is answered at once
		case <-p.cust.entered:
			p.prepare()
			return a.talk(ctx, p)
		case <-p.cust.ended:
			return a.unanswered(p.cust, started), nil
		case <-late.C:
			p.cust.hangup("no_answer")
			return dialwright.NoAnswer, nil
		case <-ctx.Done():
			p.cust.hangup("normal")
			return dialwright.Cancelled, nil
		}
	}
}

// unanswered decides a try that ended before the answer.
func (a *attempt) unanswered(cust *leg, started time.Time) dialwright.Disposition {
	if cust.missed {
		return dialwright.Unknown
	}
	d := cust.cause.Disposition()
	if cust.cause.SIPCode == 0 && (d == dialwright.Unknown || d == dialwright.TrunkFailure) &&
		cust.endAt.Sub(started) >= a.order.RingTimeout-time.Second {
		return dialwright.NoAnswer // our own timeout, told as no cause or as 127
	}
	return d
}

// originateFailed decides a request to dial that Asterisk refused. An answer
// that never came leaves open whether the telephone rang.
func originateFailed(ctx context.Context, err error) (dialwright.Disposition, error) {
	err = fmt.Errorf("dialling: %w", err)
	var refused *ari.APIError
	switch {
	case ctx.Err() != nil:
		return dialwright.Cancelled, nil //nolint:nilerr // we were told to stop, and stopped
	case errors.As(err, &refused) && refused.Status >= 500:
		// Asterisk answers 500 when the endpoint cannot be reached at all.
		return dialwright.TrunkFailure, err
	case errors.As(err, &refused):
		return dialwright.Failed, err
	}
	return dialwright.Unknown, err
}

// endTry writes what the try came to.
func (a *attempt) endTry(n int, p *phone, d dialwright.Disposition) {
	end := a.o.Clock.Now()
	a.rec.change(func(c *report.Call) {
		t := &c.Tries[n-1]
		t.EndedAt, t.Disposition = end, d
		t.SIPCode, t.Q850, t.Reason = p.cust.cause.SIPCode, p.cust.cause.Q850, p.cust.cause.Reason
		if c.AnsweredAt.IsZero() {
			t.RingMS = end.Sub(t.StartedAt).Milliseconds()
			return
		}
		t.RingMS = c.AnsweredAt.Sub(t.StartedAt).Milliseconds()
		t.TalkMS = end.Sub(c.AnsweredAt).Milliseconds()
	})
}
