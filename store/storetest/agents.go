package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/routing"
	"github.com/dialwright/dialwright/store"
)

func agent(id string, groups map[string]int) routing.Agent {
	return routing.Agent{ID: dialwright.AgentID(id), Endpoint: "PJSIP/" + id, WrapUp: 10 * time.Second, Groups: groups}
}

func ready(t *testing.T, db *store.DB, ids ...string) {
	t.Helper()
	for _, id := range ids {
		ok(t, db.Change(t.Context(), dialwright.AgentID(id), func(a routing.Agent) (routing.Agent, error) {
			a.State, a.Since = routing.Ready, noon
			return a, nil
		}))
	}
}

func agents(t *testing.T, db *store.DB) {
	ctx := t.Context()
	anna, bert := agent("anna", map[string]int{"sales": 2, "help": 1}), agent("bert", map[string]int{"sales": 1})
	ok(t, db.SyncAgents(ctx, []routing.Agent{anna, bert}, noon))
	got, err := db.Agents(ctx)
	ok(t, err)
	anna.State, anna.Since, bert.State, bert.Since = routing.Off, noon, routing.Off, noon
	is(t, "agents", got, []routing.Agent{anna, bert})

	busy := func(a routing.Agent) (routing.Agent, error) {
		a.State, a.Since, a.Call, a.Worker, a.Until, a.Next = routing.Talking, noon.Add(time.Minute), "c1", "w", noon.Add(time.Hour), routing.Off
		return a, nil
	}
	ok(t, db.Change(ctx, "bert", busy))
	no := errors.New("no")
	if err := db.Change(ctx, "bert", func(a routing.Agent) (routing.Agent, error) { return routing.Agent{}, no }); !errors.Is(err, no) {
		t.Errorf("a change that was refused: %v", err)
	}
	if err := db.Change(ctx, "carl", busy); !errors.Is(err, routing.ErrUnknownAgent) {
		t.Errorf("a change of nobody: %v", err)
	}
	// Anna is gone and Bert, who has a call, too: he goes when it has ended.
	ok(t, db.SyncAgents(ctx, []routing.Agent{agent("dora", map[string]int{"help": 3})}, noon))
	got, err = db.Agents(ctx)
	ok(t, err)
	if len(got) != 2 || got[0].ID != "bert" || got[1].ID != "dora" || len(got[0].Groups) != 0 {
		t.Fatalf("agents: %+v", got)
	}
	is(t, "bert's state", got[0].State, routing.Talking)
	is(t, "bert's call", got[0].Call, dialwright.CallID("c1"))
	is(t, "bert's wrap-up ends", got[0].Until, noon.Add(time.Hour))
	is(t, "bert's wish", got[0].Next, routing.Off)
	is(t, "dora's weight", got[1].Groups["help"], 3)
	// A changed configuration keeps the state.
	ready(t, db, "dora")
	ok(t, db.SyncAgents(ctx, []routing.Agent{agent("dora", map[string]int{"help": 1})}, noon.Add(time.Hour)))
	got, err = db.Agents(ctx)
	ok(t, err)
	is(t, "dora's state", got[1].State, routing.Ready)
}

func pick(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ok(t, db.SyncAgents(ctx, []routing.Agent{agent("anna", map[string]int{"sales": 2}), agent("bert", map[string]int{"sales": 1}), agent("carl", map[string]int{"help": 1})}, noon))
	p := routing.Pick{Group: "sales", Call: "c1", Worker: "w", At: noon}
	var seen []routing.Candidate
	first := func(all []routing.Candidate) (int, error) {
		seen = append([]routing.Candidate(nil), all...)
		if len(all) == 0 {
			return 0, routing.ErrNobody
		}
		all[0].Current += 5
		return 0, nil
	}
	if _, err := db.Pick(ctx, p, first); !errors.Is(err, routing.ErrNobody) {
		t.Errorf("all are off: %v", err)
	}
	none := p
	none.Group = "nothing"
	if _, err := db.Pick(ctx, none, first); !errors.Is(err, routing.ErrNoGroup) {
		t.Errorf("a group that is not there: %v", err)
	}
	ready(t, db, "anna", "bert", "carl")
	a, err := db.Pick(ctx, p, first)
	ok(t, err)
	is(t, "candidates", len(seen), 2)
	is(t, "anna's weight", seen[0].Weight, 2)
	is(t, "who", a.ID, dialwright.AgentID("anna"))
	is(t, "her state", a.State, routing.Ringing)
	a, err = db.Pick(ctx, p, first)
	ok(t, err)
	is(t, "who is left", a.ID, dialwright.AgentID("bert"))
	// Her wrap-up is over by time alone.
	ok(t, db.Change(ctx, "anna", func(a routing.Agent) (routing.Agent, error) {
		a.State, a.Until, a.Call = routing.WrapUp, noon.Add(10*time.Second), ""
		return a, nil
	}))
	if _, err := db.Pick(ctx, p, first); !errors.Is(err, routing.ErrNobody) {
		t.Errorf("one wraps up, one rings: %v", err)
	}
	p.At = noon.Add(10 * time.Second)
	a, err = db.Pick(ctx, p, first)
	ok(t, err)
	is(t, "who has wrapped up", a.ID, dialwright.AgentID("anna"))
	is(t, "her running weight", seen[0].Current, 5)
}

// pickRaces: no agent is given to two customers.
func pickRaces(t *testing.T, db *store.DB) {
	var all []routing.Agent
	for i := range 8 {
		all = append(all, agent(fmt.Sprint("a", i), map[string]int{"sales": 1 + i%3, "help": 1}))
	}
	ok(t, db.SyncAgents(t.Context(), all, noon))
	for _, a := range all {
		ready(t, db, string(a.ID))
	}
	var mu sync.Mutex
	given := map[dialwright.AgentID]int{}
	var wg sync.WaitGroup
	for i := range 12 {
		desk := routing.NewDesk(routing.Options{Store: db, Clock: atNoon{}, Worker: dialwright.WorkerID(fmt.Sprint("w", i))})
		wg.Go(func() {
			defer func() { _ = desk.Close() }()
			for n := range 4 {
				group := []string{"sales", "help"}[(i+n)%2]
				offer, err := desk.Reserve(t.Context(), routing.Need{Call: dialwright.CallID(fmt.Sprint("c", i, "-", n)), Group: group, At: noon})
				if errors.Is(err, routing.ErrNobody) {
					continue
				}
				if err != nil {
					t.Errorf("reserve: %v", err)
					return
				}
				mu.Lock()
				given[offer.Agent.ID]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	is(t, "agents given", len(given), len(all))
	for id, n := range given {
		if n != 1 {
			t.Errorf("%s was given to %d customers", id, n)
		}
	}
}
