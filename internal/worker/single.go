package worker

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/call"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/routing"
	"github.com/dialwright/dialwright/store"
)

// Single is a call that an operator places by hand, to a telephone of their
// own. It belongs to no campaign; the Do-Not-Call list holds for it as well.
type Single struct {
	Number      dialwright.Number
	Flow        string // file
	Fields      map[string]any
	Trunks      []string // in the order they are tried; empty: all
	Operator    string   // who, for the audit log
	RingTimeout time.Duration
	MaxDuration time.Duration
	Zone        *time.Location
	// Follow hears what happens in the call. May be nil.
	Follow func(call.LiveEvent)
}

// ErrRefused is wrapped when the compliance gate did not let a call pass.
var ErrRefused = errors.New("the call was refused")

// singleName stands for a campaign in applications and records.
const singleName = "by-hand"

// Place carries out one call by hand, beside a worker that may be running
// under the same name: its applications are its own.
func Place(ctx context.Context, o Options, s Single) (dialwright.CallID, error) {
	pool, err := trunkPool(o.Config.Trunks, o.Clock)
	if err != nil {
		return "", err
	}
	if len(s.Trunks) == 0 {
		for _, t := range o.Config.Trunks {
			s.Trunks = append(s.Trunks, t.Name)
		}
	}
	if err := pool.Check(s.Trunks); err != nil {
		return "", err
	}
	flows := newFlows(o.Engines.Voice, o.Logger)
	flow, err := flows.get(ctx, s.Flow)
	if err != nil {
		return "", err
	}
	if err := flows.prepare(ctx, flow, s.Fields); err != nil {
		return "", err
	}
	id := dialwright.NewCallID(o.Clock.Now())
	gate := compliance.NewGate(o.Store, o.Clock)
	w := &Worker{o: o, trunks: pool}
	order := call.Order{
		Call: id, Campaign: singleName, Number: s.Number, Flow: flow, Fields: s.Fields, Zone: s.Zone,
		RingTimeout: s.RingTimeout, MaxDuration: s.MaxDuration, VoicemailAfter: voicemailAfter, LeaveMessage: true, Lines: lines{w, s.Trunks, o.Engines.Recogniser(flow.Language) != nil},
		Clear: func(ctx context.Context, try int) (*compliance.Clearance, compliance.Decision, error) {
			return gate.Clear(ctx, compliance.Request{Campaign: singleName, Call: id, Try: try, Number: s.Number,
				Zone: s.Zone, Operator: s.Operator})
		},
	}
	return id, w.placeSingle(ctx, order, s)
}

// placeSingle connects, calls and disconnects.
func (w *Worker) placeSingle(ctx context.Context, order call.Order, s Single) error {
	tag := string(order.Call) // an application of this call alone
	customers, err := w.single(ctx, "call-"+tag)
	if err != nil {
		return err
	}
	defer customers.close()
	agents, err := w.single(ctx, "call-agents-"+tag)
	if err != nil {
		return err
	}
	defer agents.close()
	worker := dialwright.WorkerID(w.o.Config.Worker.Name)
	desk := routing.NewDesk(routing.Options{Store: w.o.Store, Clock: w.o.Clock, Worker: worker})
	service := call.New(call.Options{
		Worker: worker, Customers: customers.client, Agents: agents.client, Transport: w.o.Engines.Transport,
		Recogniser: w.o.Engines.Recogniser, Alternatives: w.o.Config.ASR.Alternatives, Voice: w.o.Engines.Voice, Desk: desk, Duties: singleDuties{w.o.Store, w.o.Clock},
		Outside: w.o.Engines.Services.For, Understanding: w.o.Engines.Understanding.For, Recorder: w.o.Store, Recordings: string(w.o.Config.Media.Recordings), Clock: w.o.Clock, Logger: w.o.Logger,
		Follow: s.Follow,
	})
	res := service.Place(ctx, order)
	err = desk.Close()
	if res.Blocked != nil {
		return errors.Join(fmt.Errorf("%w by rule %s: %s", ErrRefused, res.Blocked.Rule, res.Blocked.Why), err)
	}
	return errors.Join(res.Err, err)
}

// singleLink is a connection whose stray events nobody wants.
type singleLink struct {
	client *ari.Client
	reader sync.WaitGroup
}

func (w *Worker) single(ctx context.Context, app string) (*singleLink, error) {
	a := w.o.Config.Asterisk
	client, err := ari.Dial(ctx, ari.Options{URL: a.URL, Username: a.Username, Password: string(a.Password), App: app,
		RequestTimeout: a.RequestTimeout, Logger: w.o.Logger})
	if err != nil {
		return nil, fmt.Errorf("connecting to Asterisk at %s: %w%s", a.URL, err, remedy(err))
	}
	if err := equipped(client, a.URL); err != nil {
		return nil, errors.Join(err, client.Close())
	}
	l := &singleLink{client: client}
	l.reader.Go(func() {
		for range client.Unclaimed() {
			continue
		}
	})
	return l, nil
}

func (l *singleLink) close() {
	_ = l.client.Close() // the call is over; there is nothing to lose
	l.reader.Wait()
}

// singleDuties are those of a call without a campaign: it can opt out, but no
// campaign would keep its appointment.
type singleDuties struct {
	db    *store.DB
	clock dialwright.Clock
}

// OptOut enters the number into the Do-Not-Call list.
func (d singleDuties) OptOut(ctx context.Context, order call.Order, words string) error {
	_, err := d.db.AddDNC(ctx, store.DNCEntry{Number: order.Number, At: d.clock.Now(), Why: words, Source: "customer", Call: order.Call})
	return err
}

// Callback is kept in the call's record only.
func (d singleDuties) Callback(context.Context, call.Order, time.Time, string) error { return nil }

var _ campaign.Dialer = (*Worker)(nil)
