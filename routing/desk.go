package routing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/dialwright/dialwright"
)

// Store keeps agents. Both writes are conditional and done in one
// transaction, so that several workers share the agents safely.
type Store interface {
	// Agents gives all configured agents, by id.
	Agents(ctx context.Context) ([]Agent, error)
	// SyncAgents makes the configured agents those given: endpoint, groups
	// and wrap-up are taken over, states are kept, new ones are Off, missing
	// ones are removed unless a call has them.
	SyncAgents(ctx context.Context, agents []Agent, at time.Time) error
	// Pick locks a group, hands choose its members that are ready, and makes
	// the one it chose Ringing for the call. ErrNoGroup when nobody belongs
	// to the group; choose's error is given back as it is.
	Pick(ctx context.Context, p Pick, choose func([]Candidate) (int, error)) (Agent, error)
	// Change hands change the agent as it stands and writes what it makes of
	// it; change's error is given back as it is and nothing is written.
	Change(ctx context.Context, id dialwright.AgentID, change func(Agent) (Agent, error)) error
}

// Pick says for whom an agent is to be picked.
type Pick struct {
	Group  string
	Call   dialwright.CallID
	Worker dialwright.WorkerID
	At     time.Time
}

// Candidate is a ready agent of a group.
type Candidate struct {
	Agent   Agent
	Weight  int // in this group
	Current int // running weight; choose changes it
}

// Options say what a Desk works with.
type Options struct {
	Store  Store
	Clock  dialwright.Clock
	Worker dialwright.WorkerID
	Poll   time.Duration // how often a waiting customer's desk looks at the store; default 250 ms
}

// MatchDesk is the Desk over a store that several workers may share.
type MatchDesk struct {
	opts Options

	mu      sync.Mutex
	changed chan struct{}
	awaited bool // somebody holds changed
	ready   map[dialwright.AgentID]time.Time

	stop chan struct{}
	once sync.Once
	done sync.WaitGroup
}

// NewDesk makes a desk. Close must be called.
func NewDesk(o Options) *MatchDesk {
	if o.Poll <= 0 {
		o.Poll = 250 * time.Millisecond
	}
	d := &MatchDesk{opts: o, changed: make(chan struct{}), stop: make(chan struct{})}
	d.done.Go(d.watch)
	return d
}

// Close ends the desk and waits for it.
func (d *MatchDesk) Close() error {
	d.once.Do(func() { close(d.stop) })
	d.done.Wait()
	return nil
}

// Reserve picks a ready agent; see Desk.
func (d *MatchDesk) Reserve(ctx context.Context, need Need) (Offer, error) {
	if need.At.IsZero() {
		need.At = d.opts.Clock.Now()
	}
	var why string
	pick := Pick{Group: need.Group, Call: need.Call, Worker: d.opts.Worker, At: need.At}
	agent, err := d.opts.Store.Pick(ctx, pick, func(all []Candidate) (int, error) {
		n, reason, err := choose(all, need)
		why = reason
		return n, err
	})
	if err != nil {
		return Offer{}, fmt.Errorf("reserve an agent of group %q for call %s: %w", need.Group, need.Call, err)
	}
	return Offer{Agent: agent, Call: need.Call, Group: need.Group, Why: why}, nil
}

// choose is smooth weighted round robin: everybody gains their weight, the
// highest is taken and pays what all gained. Over any stretch the shares
// follow the weights, without bursts. Who has been idle longest goes first
// among equals.
func choose(all []Candidate, need Need) (int, string, error) {
	best, total, ready := -1, 0, 0
	for i := range all {
		if slices.Contains(need.Exclude, all[i].Agent.ID) {
			continue
		}
		ready++
		total += all[i].Weight
		all[i].Current += all[i].Weight
		if best < 0 || before(all[i], all[best], need.At) {
			best = i
		}
	}
	if best < 0 {
		return -1, "", ErrNobody
	}
	all[best].Current -= total
	c := all[best]
	return best, fmt.Sprintf("weight %d of %d, %d ready, idle for %s",
		c.Weight, total, ready, c.Agent.Idle(need.At).Round(time.Second)), nil
}

func before(a, b Candidate, at time.Time) bool {
	if a.Current != b.Current {
		return a.Current > b.Current
	}
	if ia, ib := a.Agent.Idle(at), b.Agent.Idle(at); ia != ib {
		return ia > ib
	}
	return a.Agent.ID < b.Agent.ID
}

// ErrNotYours means that the agent is not with that call (any more).
var ErrNotYours = errors.New("the agent is not with this call")

// ErrUnknownAgent means that no such agent is configured.
var ErrUnknownAgent = errors.New("no such agent")

// Declined returns an agent who did not take the customer; see Desk.
func (d *MatchDesk) Declined(ctx context.Context, offer Offer, noAnswer bool, at time.Time) error {
	return d.change(ctx, offer, "declined", func(a Agent) (Agent, error) {
		if a.State != Ringing || a.Call != offer.Call {
			return a, ErrNotYours
		}
		next := Ready
		if noAnswer {
			next = Off
		}
		if a.Next != "" {
			next = a.Next
		}
		return free(a, next, at), nil
	})
}

// Connected notes that the agent talks with the customer.
func (d *MatchDesk) Connected(ctx context.Context, offer Offer, at time.Time) error {
	return d.change(ctx, offer, "connected", func(a Agent) (Agent, error) {
		if a.State != Ringing || a.Call != offer.Call {
			return a, ErrNotYours
		}
		a.State, a.Since = Talking, at
		return a, nil
	})
}

// Ended starts the wrap-up; see Desk.
func (d *MatchDesk) Ended(ctx context.Context, offer Offer, at time.Time) error {
	return d.change(ctx, offer, "ended", func(a Agent) (Agent, error) {
		if a.State != Talking || a.Call != offer.Call {
			return a, ErrNotYours
		}
		return afterTalk(a, at), nil
	})
}

func (d *MatchDesk) change(ctx context.Context, offer Offer, what string, fn func(Agent) (Agent, error)) error {
	if err := d.opts.Store.Change(ctx, offer.Agent.ID, fn); err != nil {
		return fmt.Errorf("agent %s %s call %s: %w", offer.Agent.ID, what, offer.Call, err)
	}
	d.notify()
	return nil
}

func free(a Agent, to State, at time.Time) Agent {
	a.State, a.Since, a.Until, a.Call, a.Worker, a.Next = to, at, time.Time{}, "", "", ""
	return a
}

// afterTalk starts the wrap-up, unless the agent has asked to leave.
func afterTalk(a Agent, at time.Time) Agent {
	if a.Next == Off || a.WrapUp <= 0 {
		to := Ready
		if a.Next != "" {
			to = a.Next
		}
		return free(a, to, at)
	}
	wrap := a.WrapUp
	a = free(a, WrapUp, at)
	a.Until = at.Add(wrap)
	return a
}

// SetState is an agent logging in (Ready) or out (Off). Busy with a call, the
// agent gets there when the call lets go.
func (d *MatchDesk) SetState(ctx context.Context, id dialwright.AgentID, to State, at time.Time) error {
	if to != Ready && to != Off {
		return fmt.Errorf("set agent %s %s: only %s and %s can be set by hand", id, to, Ready, Off)
	}
	err := d.opts.Store.Change(ctx, id, func(a Agent) (Agent, error) {
		switch a.State {
		case Ringing, Talking:
			a.Next = to
			return a, nil
		case to:
			return a, nil // keeps the time it has been idle
		}
		return free(a, to, at), nil
	})
	if err != nil {
		return fmt.Errorf("set agent %s %s: %w", id, to, err)
	}
	d.notify()
	return nil
}

// Agents gives all agents; a wrap-up that is over shows as Ready.
func (d *MatchDesk) Agents(ctx context.Context) ([]Agent, error) {
	agents, err := d.opts.Store.Agents(ctx)
	if err != nil {
		return nil, fmt.Errorf("list agents: %w", err)
	}
	now := d.opts.Clock.Now()
	for i, a := range agents {
		if a.State == WrapUp && a.ReadyAt(now) {
			agents[i].State, agents[i].Since, agents[i].Until = Ready, a.Until, time.Time{}
		}
	}
	return agents, nil
}

// SyncAgents takes the agents over from the configuration.
func (d *MatchDesk) SyncAgents(ctx context.Context, agents []Agent, at time.Time) error {
	for _, a := range agents {
		if a.ID == "" || a.Endpoint == "" || a.WrapUp < 0 {
			return fmt.Errorf("configure agents: agent %q needs a name, an endpoint and a wrap-up that is not negative", a.ID)
		}
		for g, w := range a.Groups {
			if g == "" || w < 1 {
				return fmt.Errorf("configure agents: agent %s: group %q has weight %d, which must be 1 or more", a.ID, g, w)
			}
		}
	}
	if err := d.opts.Store.SyncAgents(ctx, agents, at); err != nil {
		return fmt.Errorf("configure agents: %w", err)
	}
	d.notify()
	return nil
}

// Recover frees the agents whom a dead worker left ringing or talking, except
// those whose calls live on. It gives the calls whose agents were freed.
func (d *MatchDesk) Recover(ctx context.Context, worker dialwright.WorkerID, keep []dialwright.CallID, at time.Time) ([]dialwright.CallID, error) {
	agents, err := d.opts.Store.Agents(ctx)
	if err != nil {
		return nil, fmt.Errorf("recover the agents of worker %s: %w", worker, err)
	}
	var freed []dialwright.CallID
	for _, a := range agents {
		if a.Worker != worker || a.Call == "" || slices.Contains(keep, a.Call) {
			continue
		}
		call := a.Call
		err := d.opts.Store.Change(ctx, a.ID, func(now Agent) (Agent, error) {
			if now.Worker != worker || now.Call != call {
				return now, ErrNotYours
			}
			if now.State == Talking {
				return afterTalk(now, at), nil
			}
			to := Ready
			if now.Next != "" {
				to = now.Next
			}
			return free(now, to, at), nil
		})
		switch {
		case errors.Is(err, ErrNotYours):
			continue
		case err != nil:
			return freed, fmt.Errorf("recover agent %s of worker %s: %w", a.ID, worker, err)
		}
		freed = append(freed, call)
	}
	d.notify()
	return freed, nil
}
