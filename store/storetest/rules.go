package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/store"
)

func dnc(t *testing.T, db *store.DB) {
	ctx := t.Context()
	e := store.DNCEntry{Number: Number(1), At: noon, Why: "never again", Source: "customer", Call: "c1"}
	added, err := db.AddDNC(ctx, e)
	ok(t, err)
	is(t, "added", added, true)
	second := e
	second.Why, second.At = "again", noon.Add(time.Hour)
	added, err = db.AddDNC(ctx, second)
	ok(t, err)
	is(t, "added again", added, false)
	got, found, err := db.CheckDNC(ctx, Number(1))
	ok(t, err)
	is(t, "found", found, true)
	is(t, "the entry", got, e)
	_, found, err = db.CheckDNC(ctx, Number(2))
	ok(t, err)
	is(t, "another number found", found, false)
	for i := 2; i < 5; i++ {
		_, err = db.AddDNC(ctx, store.DNCEntry{Number: Number(i), At: noon})
		ok(t, err)
	}
	page, err := db.ListDNC(ctx, Number(1), 2)
	ok(t, err)
	if len(page) != 2 || page[0].Number != Number(2) || page[1].Number != Number(3) {
		t.Errorf("a page: %v", page)
	}
	removed, err := db.RemoveDNC(ctx, Number(1), "anna", "by mistake", noon)
	ok(t, err)
	is(t, "removed", removed, true)
	removed, err = db.RemoveDNC(ctx, Number(1), "anna", "", noon)
	ok(t, err)
	is(t, "removed again", removed, false)
	log, err := db.Audit(ctx, store.AuditFilter{Number: Number(1)})
	ok(t, err)
	is(t, "lines in the audit log", len(log), 4)
}

func request(call string, try int, at time.Time) compliance.Request {
	return compliance.Request{Campaign: "camp", Contact: "anna", Call: dialwright.CallID(call), Try: try, Number: Number(1), Zone: time.UTC, At: at}
}

func reserve(t *testing.T, db *store.DB) {
	ctx := t.Context()
	var seen compliance.History
	decide := func(d compliance.Decision) func(compliance.History) compliance.Decision {
		return func(h compliance.History) compliance.Decision {
			seen = h
			return d
		}
	}
	yes := compliance.Decision{Allowed: true, Rule: compliance.RuleOK, Why: "fine"}
	got, err := db.Reserve(ctx, request("c1", 1, noon), decide(yes))
	ok(t, err)
	is(t, "the decision", got, yes)
	is(t, "earlier tries", len(seen.Tries), 0)
	if _, err := db.Reserve(ctx, request("c1", 1, noon), decide(yes)); err == nil {
		t.Error("one try was reserved twice")
	}
	no := compliance.Decision{Rule: compliance.RuleCap, Why: "too often", RetryAt: noon.Add(time.Hour)}
	_, err = db.Reserve(ctx, request("c2", 1, noon.Add(time.Minute)), decide(no))
	ok(t, err)
	is(t, "earlier tries", seen.Tries, []compliance.PastTry{{Call: "c1", At: noon}})
	_, err = db.Reserve(ctx, request("c3", 1, noon.Add(2*time.Minute)), decide(yes))
	ok(t, err)
	is(t, "earlier tries, without the refused one", len(seen.Tries), 1)
	h, err := db.History(ctx, request("c4", 1, noon.Add(3*time.Minute)))
	ok(t, err)
	is(t, "history", h.Tries, []compliance.PastTry{{Call: "c3", At: noon.Add(2 * time.Minute)}, {Call: "c1", At: noon}})
	h, err = db.History(ctx, request("c4", 1, noon.Add(24*time.Hour)))
	ok(t, err)
	is(t, "history within a day", len(h.Tries), 1)
	n, last, err := db.Reservations(ctx, "c1")
	ok(t, err)
	is(t, "reservations of a call", fmt.Sprint(n, last), fmt.Sprint(1, noon))

	log, err := db.Audit(ctx, store.AuditFilter{Number: Number(1)})
	ok(t, err)
	if len(log) != 3 || log[1].Allowed || log[1].Rule != compliance.RuleCap || !log[1].RetryAt.Equal(no.RetryAt) || log[1].Call != "c2" {
		t.Errorf("the audit log: %+v", log)
	}
	_, err = db.AddDNC(ctx, store.DNCEntry{Number: Number(1), At: noon, Why: "no"})
	ok(t, err)
	h, err = db.History(ctx, request("c5", 1, noon))
	ok(t, err)
	if !h.DNC || !h.DNCSince.Equal(noon) || h.DNCWhy != "no" {
		t.Errorf("history of a listed number: %+v", h)
	}
}

type atNoon struct{}

func (atNoon) Now() time.Time { return noon }

// reserveRaces: the cap holds however many ask at once.
func reserveRaces(t *testing.T, db *store.DB) {
	gate := compliance.NewGate(db, atNoon{})
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			req := request(fmt.Sprint("c", i), 1, noon)
			req.Rules.Caps = []compliance.Cap{{Max: 5, Within: time.Hour}}
			clearance, d, err := gate.Clear(t.Context(), req)
			if err != nil {
				t.Errorf("clear: %v", err)
			}
			if d.Allowed {
				allowed.Add(1)
				if err := clearance.Use(req.Call, 1, req.Number, noon); err != nil {
					t.Errorf("use: %v", err)
				}
			} else if err := clearance.Use(req.Call, 1, req.Number, noon); !errors.Is(err, compliance.ErrNone) {
				t.Errorf("a refusal can be used: %v", err)
			}
		})
	}
	wg.Wait()
	is(t, "tries allowed", allowed.Load(), int64(5))
}
