package call

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/routing"
)

// Transfer hands the customer to a human and returns when the human has hung
// up, nobody came, or the customer is gone. It implements converse.Line.
func (p *phone) Transfer(ctx context.Context, what dialog.Transfer) dialog.TransferResult {
	p.machine.stop()
	p.audio.ears.setDeaf(true)
	defer p.audio.ears.setDeaf(false)
	t := &transfer{phone: p, what: what, began: p.o.Clock.Now()}
	p.rec.event("transfer", "to %s %s", what.Kind, what.Target)
	var res dialog.TransferResult
	switch what.Kind {
	case dialog.ToGroup:
		res = t.group(ctx)
	case dialog.ToNumber:
		res = t.number(ctx)
	case dialog.ToQueue:
		res = t.queue(ctx)
	default:
		res = dialog.TransferResult{Status: dialog.TransferFailed, Detail: fmt.Sprintf("no such kind of transfer: %q", what.Kind)}
	}
	if p.cust.gone() {
		if res.Status != dialog.TransferConnected {
			res.Status = dialog.TransferAbandoned
		}
	} else {
		res.CustomerThere = true
	}
	if res.Status != dialog.TransferConnected {
		res.Waited = p.o.Clock.Now().Sub(t.began)
	}
	t.note(res)
	return res
}

// transfer is one hand-over while it runs.
type transfer struct {
	*phone
	what   dialog.Transfer
	began  time.Time
	offers int // people rung
}

// note writes the transfer into the call's record.
func (t *transfer) note(res dialog.TransferResult) {
	r := report.Transfer{Agent: res.Agent, Status: res.Status, Offers: t.offers,
		WaitedMS: res.Waited.Milliseconds(), TalkedMS: res.Talked.Milliseconds()}
	switch t.what.Kind {
	case dialog.ToGroup:
		r.SkillGroup = t.what.Target
	case dialog.ToNumber:
		r.Number = t.what.Target
	case dialog.ToQueue:
		r.Queue = t.what.Target
	}
	t.rec.change(func(c *report.Call) {
		c.Transfer = &r
		if res.Status == dialog.TransferConnected && !res.CustomerThere {
			c.HungUpBy = "customer"
		}
	})
	t.rec.event("transferred", "%s %s %s", res.Status, res.Agent, res.Detail)
	t.o.Metrics.transfers.WithLabelValues(res.Status).Inc()
}

// group rings the ready agents of a skill group, one after the other, until
// one of them answers or the customer's patience or the flow's ends.
func (t *transfer) group(ctx context.Context) dialog.TransferResult {
	if t.o.Desk == nil || t.o.Agents == nil {
		return dialog.TransferResult{Status: dialog.TransferFailed, Detail: "no agents are configured"}
	}
	ctx, cancel := context.WithTimeout(ctx, t.what.MaxWait)
	defer cancel()
	defer t.music(ctx)()
	var rung []dialwright.AgentID
	for {
		changed := t.o.Desk.Changed()
		offer, err := t.o.Desk.Reserve(ctx, routing.Need{Call: t.order.Call, Group: t.what.Target,
			Exclude: rung, At: t.o.Clock.Now()})
		switch {
		case err == nil:
			t.rec.event("offer", "%s: %s", offer.Agent.ID, offer.Why)
			if res, done := t.offer(ctx, offer); done {
				return res
			}
			rung = append(rung, offer.Agent.ID)
			continue
		case errors.Is(err, routing.ErrNobody):
			if len(rung) > 0 {
				rung = nil // everybody was rung: whoever is ready again may be rung again
			}
		case ctx.Err() == nil:
			return dialog.TransferResult{Status: dialog.TransferFailed, Detail: err.Error()}
		}
		select {
		case <-changed:
		case <-t.cust.ended:
			return dialog.TransferResult{Status: dialog.TransferAbandoned}
		case <-ctx.Done():
			return dialog.TransferResult{Status: dialog.TransferNobody,
				Detail: fmt.Sprintf("nobody of %s was free within %s", t.what.Target, t.what.MaxWait)}
		}
	}
}

// offer rings one agent. done tells that the transfer has come to its end.
func (t *transfer) offer(ctx context.Context, offer routing.Offer) (res dialog.TransferResult, done bool) {
	t.offers++
	agent := t.dialAgent(offer.Agent.Endpoint, t.ringTime())
	defer agent.close()
	answer, cancel := context.WithTimeout(ctx, t.ringTime())
	defer cancel()
	select {
	case <-agent.entered:
	case <-agent.ended:
		t.desk("declined", t.o.Desk.Declined(detached(), offer, agent.cause.Disposition() == dialwright.NoAnswer, t.o.Clock.Now()))
		return res, false
	case <-t.cust.ended:
		t.desk("declined", t.o.Desk.Declined(detached(), offer, false, t.o.Clock.Now()))
		return dialog.TransferResult{Status: dialog.TransferAbandoned}, true
	case <-answer.Done():
		agent.hangup("no_answer")
		t.desk("declined", t.o.Desk.Declined(detached(), offer, ctx.Err() == nil, t.o.Clock.Now()))
		return res, false
	}
	now := t.o.Clock.Now()
	t.desk("connected", t.o.Desk.Connected(detached(), offer, now))
	res = t.connect(agent, string(offer.Agent.ID))
	t.desk("ended", t.o.Desk.Ended(detached(), offer, t.o.Clock.Now()))
	return res, true
}

// ringTime is how long one agent's telephone rings.
func (t *transfer) ringTime() time.Duration {
	if t.what.RingTimeout > 0 {
		return t.what.RingTimeout
	}
	return 15 * time.Second
}

// desk reports a state that could not be stored: the agent would seem busy
// for ever, so it is an error of ours, but none of the customer's.
func (t *transfer) desk(what string, err error) {
	if err != nil {
		t.log.Error().Err(err).Str("change", what).Msg("telling the desk of an agent's state")
	}
}

// detached is a context for what must be written even when the call is over.
func detached() context.Context { return context.Background() }

// dialAgent rings a person of ours in the agents' application.
func (t *transfer) dialAgent(endpoint string, ring time.Duration) *leg {
	t.agents++
	id := dialwright.ChannelID(t.order.Call, dialwright.RoleAgent, t.agents)
	agent := t.watch(t.o.Agents, id, nil)
	ctx, cancel := context.WithTimeout(detached(), hangupWait)
	defer cancel()
	_, err := t.o.Agents.Originate(ctx, ari.OriginateRequest{
		ID: id, Endpoint: endpoint, CallerID: string(t.order.Number), Timeout: ring,
		AppArgs: "agent", MaxDuration: t.order.MaxDuration,
	})
	if err != nil {
		t.log.Warn().Err(err).Str("endpoint", endpoint).Msg("ringing an agent")
		agent.watch.Close() // its follower ends, as if the channel had
	}
	return agent
}

// music plays hold music to the customer; the function it returns stops it.
func (t *transfer) music(ctx context.Context) (stop func()) {
	if err := t.o.Customers.StartBridgeMOH(ctx, t.audio.bridge, ""); err != nil {
		t.log.Warn().Err(err).Msg("starting the hold music")
		return func() {}
	}
	t.audio.rec.hold.Store(true)
	var stopped bool
	t.stopMusic = func() {
		if stopped {
			return
		}
		stopped = true
		ctx, cancel := context.WithTimeout(detached(), hangupWait)
		defer cancel()
		if err := t.o.Customers.StopBridgeMOH(ctx, t.audio.bridge); err != nil && !errors.Is(err, ari.ErrNotFound) {
			t.log.Warn().Err(err).Msg("stopping the hold music")
		}
		t.audio.rec.hold.Store(false)
	}
	return t.stopMusic
}

// connect bridges the person with the customer and waits until one of them
// hangs up. The customer, if still there, is ours again afterwards.
func (t *transfer) connect(person *leg, name string) dialog.TransferResult {
	res := dialog.TransferResult{Status: dialog.TransferConnected, Agent: name, Waited: t.o.Clock.Now().Sub(t.began)}
	ctx, cancel := context.WithTimeout(detached(), hangupWait)
	defer cancel()
	if t.stopMusic != nil {
		t.stopMusic()
	}
	err := t.o.Customers.AddToBridge(ctx, t.audio.bridge, person.id)
	if err != nil {
		res.Status, res.Detail = dialog.TransferFailed, fmt.Sprintf("bridging: %v", err)
		return res
	}
	since := t.o.Clock.Now()
	t.rec.event("connected", "%s", name)
	undo := t.recordHumans(ctx, person)
	select {
	case <-person.ended:
	case <-t.cust.ended:
	}
	res.Talked = t.o.Clock.Now().Sub(since)
	person.hangup("normal")
	undo()
	return res
}
