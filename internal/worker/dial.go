package worker

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/call"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/store"
)

// Dial carries out one attempt. It implements campaign.Dialer.
func (w *Worker) Dial(ctx context.Context, job campaign.Job) campaign.Result {
	l, err := w.campaignLink(ctx, job.Campaign.ID)
	if err == nil {
		// Into an application without a connection a call would vanish.
		err = l.wait(ctx)
	}
	if err != nil {
		return w.notPlaced(ctx, job, err)
	}
	if w.unfit(l.link) {
		return campaign.Result{Disposition: dialwright.Cancelled}
	}
	order, err := w.order(ctx, job)
	if err != nil {
		return w.notPlaced(ctx, job, err)
	}
	res := l.calls.Place(ctx, order)
	if res.Untidy {
		w.tidy(l, job.Call)
	}
	if res.Blocked != nil {
		return campaign.Result{Blocked: true, RetryAt: res.Blocked.RetryAt, Why: res.Blocked.Why}
	}
	return campaign.Result{Disposition: res.Disposition, Outcome: res.Outcome, Callback: res.Callback, OptedOut: res.OptedOut}
}

// notPlaced is the end of an attempt that came to no try.
func (w *Worker) notPlaced(ctx context.Context, job campaign.Job, err error) campaign.Result {
	if ctx.Err() != nil {
		return campaign.Result{Disposition: dialwright.Cancelled}
	}
	w.o.Logger.Error().Err(err).Str("campaign", string(job.Campaign.ID)).Str("call", string(job.Call)).Msg("call not placed")
	return campaign.Result{Disposition: dialwright.Failed}
}

// order says what the call is to be.
func (w *Worker) order(ctx context.Context, job campaign.Job) (call.Order, error) {
	c := job.Campaign
	rules, err := c.Rules()
	if err != nil {
		return call.Order{}, err
	}
	zone, err := compliance.LoadZone(job.Contact.Zone)
	if err != nil {
		return call.Order{}, fmt.Errorf("contact %s: %w", job.Contact.ID, err)
	}
	if zone == nil {
		zone = rules.Zone
	}
	path := c.Flow
	if !filepath.IsAbs(path) {
		path = filepath.Join(string(w.o.Config.Flows), path)
	}
	flow, err := w.flows.get(ctx, path)
	if err != nil {
		return call.Order{}, err
	}
	about := fields(job.Contact)
	if err := w.flows.prepare(ctx, flow, about); err != nil {
		return call.Order{}, err
	}
	memory, err := w.o.Store.Memory(ctx, job.Contact.ID)
	if err != nil {
		return call.Order{}, err
	}
	return call.Order{
		Call: job.Call, Campaign: c.ID, Contact: job.Contact.ID, Number: job.Number,
		Flow: flow, Fields: about, Memory: memory, Zone: zone,
		Hours:       func(at time.Time) (bool, time.Time) { return rules.Open(at, zone) },
		CallerID:    c.CallerID,
		RingTimeout: c.RingTimeout, MaxDuration: c.MaxDuration, VoicemailAfter: voicemailAfter,
		LeaveMessage: c.VoicemailPolicy == campaign.VoicemailMessage,
		Lines:        lines{w, c.Trunks, w.o.Engines.Recogniser(flow.Language) != nil},
		Clear: func(ctx context.Context, try int) (*compliance.Clearance, compliance.Decision, error) {
			return w.gate.Clear(ctx, compliance.Request{Campaign: c.ID, Contact: job.Contact.ID, Call: job.Call, Try: try,
				Number: job.Number, Zone: zone, Rules: rules, Appointment: job.Appointment})
		},
	}, nil
}

// voicemailAfter: people pause within so much of speech, greetings do not.
const voicemailAfter = 6 * time.Second

// fields are what a flow's templates may say of a contact.
func fields(c campaign.Contact) map[string]any {
	all := maps.Clone(c.Fields)
	if all == nil {
		all = map[string]any{}
	}
	all["name"], all["language"] = c.Name, c.Language
	return all
}

// campaignLink gives a campaign's connection and makes it when it is the
// first call's.
func (w *Worker) campaignLink(ctx context.Context, id dialwright.CampaignID) (*campaignLink, error) {
	w.opening.Lock()
	defer w.opening.Unlock()
	w.mu.Lock()
	l, ok := w.links[id]
	agents := w.agents
	w.mu.Unlock()
	if ok {
		return l, nil
	}
	raw, err := w.connect(ctx, string(id))
	if err != nil {
		return nil, err
	}
	l = &campaignLink{link: raw, calls: call.New(call.Options{
		Worker: w.lease.Worker, Customers: raw.client, Agents: agents.client, Transport: w.o.Engines.Transport,
		Recogniser: w.o.Engines.Recogniser, Alternatives: w.o.Config.ASR.Alternatives, Voice: w.o.Engines.Voice, Desk: w.desk, Duties: duties{w},
		Outside: w.o.Engines.Services.For, Understanding: w.o.Engines.Understanding.For, Recorder: w.o.Store, Recordings: string(w.o.Config.Media.Recordings), Clock: w.o.Clock,
		Logger: w.o.Logger, Metrics: w.metrics,
	})}
	w.mu.Lock()
	w.links[id] = l
	w.mu.Unlock()
	return l, nil
}

// duties writes what conversations decide.
type duties struct{ w *Worker }

// OptOut enters the number into the Do-Not-Call list.
func (d duties) OptOut(ctx context.Context, order call.Order, words string) error {
	_, err := d.w.o.Store.AddDNC(ctx, store.DNCEntry{Number: order.Number, At: d.w.o.Clock.Now(), Why: words,
		Source: "customer", Call: order.Call})
	return err
}

// Callback keeps the appointment, also when this process dies before the call
// ends.
func (d duties) Callback(ctx context.Context, order call.Order, at time.Time, words string) error {
	return d.w.o.Store.MakeAppointment(ctx, store.Appointment{Campaign: order.Campaign, Contact: order.Contact, At: at,
		Words: words, Call: order.Call, MadeAt: d.w.o.Clock.Now()})
}
