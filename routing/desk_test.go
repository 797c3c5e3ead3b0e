package routing_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/routing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a store of agents as the real one behaves.
type memory struct {
	mu      sync.Mutex
	agents  map[dialwright.AgentID]routing.Agent
	current map[string]int
	err     error
}

func (m *memory) Agents(context.Context) ([]routing.Agent, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sorted(), m.err
}

func (m *memory) sorted() []routing.Agent {
	var out []routing.Agent
	for _, a := range m.agents {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b routing.Agent) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out
}

func (m *memory) SyncAgents(_ context.Context, agents []routing.Agent, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.agents, m.current = map[dialwright.AgentID]routing.Agent{}, map[string]int{}
	for _, a := range agents {
		a.State, a.Since = routing.Off, at
		m.agents[a.ID] = a
	}
	return m.err
}

func (m *memory) Pick(_ context.Context, p routing.Pick, choose func([]routing.Candidate) (int, error)) (routing.Agent, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ready []routing.Candidate
	known := false
	for _, a := range m.sorted() {
		w, in := a.Groups[p.Group]
		known = known || in
		if in && a.ReadyAt(p.At) {
			ready = append(ready, routing.Candidate{Agent: a, Weight: w, Current: m.current[p.Group+string(a.ID)]})
		}
	}
	if !known {
		return routing.Agent{}, routing.ErrNoGroup
	}
	n, err := choose(ready)
	if err != nil {
		return routing.Agent{}, err
	}
	for _, c := range ready {
		m.current[p.Group+string(c.Agent.ID)] = c.Current
	}
	a := ready[n].Agent
	a.State, a.Since, a.Until, a.Call, a.Worker = routing.Ringing, p.At, time.Time{}, p.Call, p.Worker
	m.agents[a.ID] = a
	return a, nil
}

func (m *memory) Change(_ context.Context, id dialwright.AgentID, change func(routing.Agent) (routing.Agent, error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.agents[id]
	if !ok {
		return routing.ErrUnknownAgent
	}
	a, err := change(a)
	if err == nil {
		m.agents[id] = a
	}
	return err
}

// desk has agents a (weight 3), b (2), c (1) of group sales, all ready since
// now, a longest.
func desk(t *testing.T) (*routing.MatchDesk, *memory) {
	t.Helper()
	m := &memory{}
	d := routing.NewDesk(routing.Options{Store: m, Clock: dialwright.SystemClock{}, Worker: "w"})
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	var agents []routing.Agent
	for i, id := range []dialwright.AgentID{"a", "b", "c"} {
		agents = append(agents, routing.Agent{ID: id, Endpoint: "PJSIP/" + string(id), Groups: map[string]int{"sales": 3 - i}, WrapUp: 10 * time.Second})
	}
	must(t, d.SyncAgents(t.Context(), agents, time.Now()))
	for i, a := range agents {
		must(t, d.SetState(t.Context(), a.ID, routing.Ready, time.Now().Add(time.Duration(i-10)*time.Second)))
	}
	return d, m
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func reserve(t *testing.T, d *routing.MatchDesk, call string, exclude ...dialwright.AgentID) routing.Offer {
	t.Helper()
	offer, err := d.Reserve(t.Context(), routing.Need{Call: dialwright.CallID(call), Group: "sales", Exclude: exclude})
	must(t, err)
	return offer
}

func state(t *testing.T, d *routing.MatchDesk, id dialwright.AgentID) routing.State {
	t.Helper()
	agents, err := d.Agents(t.Context())
	must(t, err)
	for _, a := range agents {
		if a.ID == id {
			return a.State
		}
	}
	t.Fatalf("no agent %s", id)
	return ""
}

func TestSharesFollowTheWeights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _ := desk(t)
		order := ""
		for i := range 12 {
			offer := reserve(t, d, fmt.Sprint("c", i))
			order += string(offer.Agent.ID)
			must(t, d.Declined(t.Context(), offer, false, time.Now()))
		}
		if strings.Count(order, "a") != 6 || strings.Count(order, "b") != 4 || strings.Contains(order, "aaa") {
			t.Errorf("the order is %s", order)
		}
		offer := reserve(t, d, "x")
		for _, part := range []string{"of 6", "3 ready", "idle for"} {
			if !strings.Contains(offer.Why, part) {
				t.Errorf("explained by %q", offer.Why)
			}
		}
	})
}

// Over any run in which all stay ready, nobody is more than one call away from
// the share of the weight.
func TestSharesAreSmooth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &memory{}
		d := routing.NewDesk(routing.Options{Store: m, Clock: dialwright.SystemClock{}})
		defer func() { _ = d.Close() }()
		weights := rapid.SliceOfN(rapid.IntRange(1, 9), 1, 6).Draw(t, "weights")
		total := 0
		var agents []routing.Agent
		for i, w := range weights {
			total += w
			agents = append(agents, routing.Agent{ID: dialwright.AgentID(rune('a' + i)), Endpoint: "x", Groups: map[string]int{"g": w}})
		}
		ctx, at := context.Background(), time.Now()
		if err := d.SyncAgents(ctx, agents, at); err != nil {
			t.Fatal(err)
		}
		for _, a := range agents {
			if err := d.SetState(ctx, a.ID, routing.Ready, at); err != nil {
				t.Fatal(err)
			}
		}
		got := map[dialwright.AgentID]int{}
		for n := 1; n <= 2*total; n++ {
			offer, err := d.Reserve(ctx, routing.Need{Call: "c", Group: "g", At: at})
			if err == nil {
				err = d.Declined(ctx, offer, false, at)
			}
			if err != nil {
				t.Fatal(err)
			}
			got[offer.Agent.ID]++
		}
		for i, w := range weights {
			if id := dialwright.AgentID(rune('a' + i)); got[id] != 2*w {
				t.Fatalf("weights %v gave %v", weights, got)
			}
		}
	})
}

func TestLifeOfAnOffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _ := desk(t)
		ctx := t.Context()
		offer := reserve(t, d, "c1")
		if offer.Agent.ID != "a" || state(t, d, "a") != routing.Ringing {
			t.Fatalf("offered %+v", offer)
		}
		if err := d.Ended(ctx, offer, time.Now()); !errors.Is(err, routing.ErrNotYours) {
			t.Errorf("ended before it was connected: %v", err)
		}
		must(t, d.Connected(ctx, offer, time.Now()))
		if err := d.Declined(ctx, offer, true, time.Now()); !errors.Is(err, routing.ErrNotYours) {
			t.Errorf("declined when connected: %v", err)
		}
		<-time.After(time.Minute)
		must(t, d.Ended(ctx, offer, time.Now()))
		if got := state(t, d, "a"); got != routing.WrapUp {
			t.Errorf("after the call: %s", got)
		}
		if err := d.Ended(ctx, offer, time.Now()); !errors.Is(err, routing.ErrNotYours) {
			t.Errorf("ended twice: %v", err)
		}
		for _, id := range []string{"b", "c"} {
			if got := reserve(t, d, id); string(got.Agent.ID) != id {
				t.Errorf("%s rings while a wraps up", got.Agent.ID)
			}
		}
		if _, err := d.Reserve(ctx, routing.Need{Call: "c2", Group: "sales"}); !errors.Is(err, routing.ErrNobody) {
			t.Errorf("all are busy: %v", err)
		}
		if _, err := d.Reserve(ctx, routing.Need{Call: "c2", Group: "none"}); !errors.Is(err, routing.ErrNoGroup) {
			t.Errorf("no such group: %v", err)
		}
		<-time.After(10 * time.Second)
		if got := reserve(t, d, "c3"); got.Agent.ID != "a" {
			t.Errorf("%s rings", got.Agent.ID)
		}
	})
}

func TestDeclined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _ := desk(t)
		first := reserve(t, d, "c1")
		must(t, d.Declined(t.Context(), first, true, time.Now()))
		if got := state(t, d, first.Agent.ID); got != routing.Off {
			t.Errorf("who lets it ring is %s", got)
		}
		second := reserve(t, d, "c1", first.Agent.ID)
		must(t, d.Declined(t.Context(), second, false, time.Now()))
		if got := state(t, d, second.Agent.ID); got != routing.Ready {
			t.Errorf("who was not needed is %s", got)
		}
		third := reserve(t, d, "c1", first.Agent.ID, second.Agent.ID)
		if third.Agent.ID == first.Agent.ID || third.Agent.ID == second.Agent.ID {
			t.Errorf("%s rings again", third.Agent.ID)
		}
	})
}

func TestLoggingInAndOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _ := desk(t)
		ctx := t.Context()
		talking, ringing := reserve(t, d, "c1"), reserve(t, d, "c2")
		must(t, d.Connected(ctx, talking, time.Now()))
		must(t, d.SetState(ctx, talking.Agent.ID, routing.Off, time.Now()))
		must(t, d.SetState(ctx, ringing.Agent.ID, routing.Off, time.Now()))
		if state(t, d, talking.Agent.ID) != routing.Talking || state(t, d, ringing.Agent.ID) != routing.Ringing {
			t.Error("logging out ends calls")
		}
		must(t, d.Ended(ctx, talking, time.Now()))
		must(t, d.Declined(ctx, ringing, false, time.Now()))
		if state(t, d, talking.Agent.ID) != routing.Off || state(t, d, ringing.Agent.ID) != routing.Off {
			t.Error("who logged out is still there")
		}
		must(t, d.SetState(ctx, "c", routing.Off, time.Now()))
		if _, err := d.Reserve(ctx, routing.Need{Call: "c3", Group: "sales"}); !errors.Is(err, routing.ErrNobody) {
			t.Errorf("all are off: %v", err)
		}
		if err := d.SetState(ctx, "c", routing.Talking, time.Now()); err == nil {
			t.Error("talking by hand")
		}
		if err := d.SetState(ctx, "nobody", routing.Ready, time.Now()); !errors.Is(err, routing.ErrUnknownAgent) {
			t.Errorf("an unknown agent: %v", err)
		}
	})
}

func TestChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, m := desk(t)
		ctx := t.Context()
		offers := []routing.Offer{reserve(t, d, "c1"), reserve(t, d, "c2"), reserve(t, d, "c3")}
		must(t, d.Connected(ctx, offers[0], time.Now()))
		<-time.After(time.Second)

		wait := func() time.Duration {
			start := time.Now()
			select {
			case <-d.Changed():
				return time.Since(start)
			case <-time.After(time.Hour):
				t.Fatal("no change in an hour")
				return 0
			}
		}
		changed := d.Changed()
		must(t, d.Ended(ctx, offers[0], time.Now()))
		select {
		case <-changed:
		default:
			t.Error("a change of our own is told late")
		}
		if took := wait(); took < 9*time.Second || took > 11*time.Second {
			t.Errorf("the end of a wrap-up of 10 s was told after %s", took)
		}
		// Nothing new: it is not told again and again.
		changed = d.Changed()
		<-time.After(time.Minute)
		select {
		case <-changed:
			t.Error("told of a change when there was none")
		default:
		}
		// Another worker frees an agent.
		go func() {
			<-time.After(5 * time.Second)
			if err := m.Change(ctx, offers[1].Agent.ID, func(a routing.Agent) (routing.Agent, error) {
				a.State, a.Since, a.Call = routing.Ready, time.Now(), ""
				return a, nil
			}); err != nil {
				t.Error(err)
			}
		}()
		if took := wait(); took < 5*time.Second || took > 6*time.Second {
			t.Errorf("another worker's change was told after %s", took)
		}
	})
}

func TestRecover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _ := desk(t)
		ctx := t.Context()
		talking, ringing, kept := reserve(t, d, "c1"), reserve(t, d, "c2"), reserve(t, d, "c3")
		must(t, d.Connected(ctx, talking, time.Now()))
		freed, err := d.Recover(ctx, "another", nil, time.Now())
		if err != nil || len(freed) != 0 {
			t.Errorf("another worker's: %v, %v", freed, err)
		}
		freed, err = d.Recover(ctx, "w", []dialwright.CallID{"c3"}, time.Now())
		if err != nil || len(freed) != 2 {
			t.Errorf("freed %v, %v", freed, err)
		}
		if state(t, d, talking.Agent.ID) != routing.WrapUp || state(t, d, ringing.Agent.ID) != routing.Ready || state(t, d, kept.Agent.ID) != routing.Ringing {
			t.Error("states after recovery")
		}
		if err := d.Ended(ctx, talking, time.Now()); !errors.Is(err, routing.ErrNotYours) {
			t.Errorf("the dead worker goes on: %v", err)
		}
	})
}

func TestSyncRefuses(t *testing.T) {
	d := routing.NewDesk(routing.Options{Store: &memory{}, Clock: dialwright.SystemClock{}})
	defer func() { must(t, d.Close()) }()
	for _, a := range []routing.Agent{{Endpoint: "x"}, {ID: "a"}, {ID: "a", Endpoint: "x", WrapUp: -1}, {ID: "a", Endpoint: "x", Groups: map[string]int{"g": 0}}} {
		if err := d.SyncAgents(t.Context(), []routing.Agent{a}, time.Now()); err == nil {
			t.Errorf("%+v was taken", a)
		}
	}
	must(t, d.Close()) // twice does no harm
}

func TestStoreErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, m := desk(t)
		m.mu.Lock()
		m.err = errors.New("the database is away")
		m.mu.Unlock()
		changed := d.Changed()
		select {
		case <-changed: // woken, so that Reserve meets the error
		case <-time.After(time.Minute):
			t.Error("nobody is told that the store fails")
		}
		if _, err := d.Agents(t.Context()); !errors.Is(err, m.err) {
			t.Errorf("agents: %v", err)
		}
		if _, err := d.Recover(t.Context(), "w", nil, time.Now()); !errors.Is(err, m.err) {
			t.Errorf("recover: %v", err)
		}
	})
}
