package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/store"
)

func claimComplete(t *testing.T, db *store.DB) {
	c := Campaign("camp", "list")
	c.Retry = campaign.RetryPolicy{dialwright.Busy: {After: 10 * time.Minute}}
	start(t, db, c, 1)
	l := lease(t, db, "w")
	job := one(t, db, l, "camp", noon)
	is(t, "the number", job.Number, Number(0))
	is(t, "the attempt", job.Attempt, 1)
	is(t, "the campaign's flow", job.Campaign.Flow, "flow.yaml")
	record, err := db.GetCall(t.Context(), job.Call)
	ok(t, err)
	is(t, "the record's contact", record.Contact, job.Contact.ID)
	is(t, "the record's worker", record.Worker, l.Worker)
	is(t, "the record's start", record.StartedAt, noon)

	ok(t, db.Complete(t.Context(), job.Call, campaign.Result{Disposition: dialwright.Busy}, noon.Add(time.Minute)))
	if err := db.Complete(t.Context(), job.Call, campaign.Result{Disposition: dialwright.Busy}, noon); !errors.Is(err, campaign.ErrNotClaimed) {
		t.Errorf("completed twice: %v", err)
	}
	if err := db.Complete(t.Context(), "none", campaign.Result{Disposition: dialwright.Busy}, noon); !errors.Is(err, campaign.ErrNotClaimed) {
		t.Errorf("an attempt that is not there: %v", err)
	}
	record, err = db.GetCall(t.Context(), job.Call)
	ok(t, err)
	is(t, "the record's end", record.EndedAt, noon.Add(time.Minute))
	is(t, "the record's disposition", record.Disposition, dialwright.Busy)

	is(t, "claims before the retry is due", len(claim(t, db, l, "camp", 5, noon.Add(10*time.Minute))), 0)
	job = one(t, db, l, "camp", noon.Add(11*time.Minute))
	is(t, "the second attempt", job.Attempt, 2)
	if err := db.Complete(t.Context(), job.Call, campaign.Result{Disposition: "nonsense"}, noon); err == nil {
		t.Error("an unknown disposition was written")
	}
	ok(t, db.Complete(t.Context(), job.Call, campaign.Result{Disposition: dialwright.Answered, Outcome: "promised"}, noon.Add(12*time.Minute)))
	is(t, "contacts", count(t, db, "camp"), map[campaign.ContactState]int{campaign.Done: 1})
	rows, _, err := db.Standings(t.Context(), Number(0))
	ok(t, err)
	is(t, "the outcome", rows[0].Progress.Outcome, "promised")
	is(t, "counts", rows[0].Progress.Counts, map[dialwright.Disposition]int{dialwright.Busy: 1, dialwright.Answered: 1})
}

// claimOrder: promised calls first, then retries, then new contacts in the
// order of the file.
func claimOrder(t *testing.T, db *store.DB) {
	c := Campaign("camp", "list")
	c.Retry = campaign.RetryPolicy{dialwright.Busy: {After: time.Minute}}
	start(t, db, c, 6)
	l := lease(t, db, "w")
	first := claim(t, db, l, "camp", 2, noon)
	is(t, "the first", first[0].Number, Number(0))
	is(t, "the second", first[1].Number, Number(1))
	ok(t, db.Complete(t.Context(), first[0].Call, campaign.Result{Disposition: dialwright.Busy}, noon))
	ok(t, db.Complete(t.Context(), first[1].Call, campaign.Result{Disposition: dialwright.Answered, Callback: noon.Add(2 * time.Minute)}, noon))
	later := noon.Add(3 * time.Minute)
	got := claim(t, db, l, "camp", 3, later)
	if len(got) != 3 {
		t.Fatalf("claimed %d", len(got))
	}
	is(t, "the appointment", got[0].Contact.ID, first[1].Contact.ID)
	is(t, "is one", got[0].Appointment, true)
	is(t, "the retry", got[1].Contact.ID, first[0].Contact.ID)
	is(t, "the new one", got[2].Number, Number(2))
}

// claimOnce: a contact of two campaigns is in one call at a time.
func claimOnce(t *testing.T, db *store.DB) {
	start(t, db, Campaign("one", "list"), 1)
	start(t, db, Campaign("two", "list"), 0)
	l := lease(t, db, "w")
	job := one(t, db, l, "one", noon)
	is(t, "claims of the other campaign", len(claim(t, db, l, "two", 5, noon)), 0)
	ok(t, db.Complete(t.Context(), job.Call, campaign.Result{Disposition: dialwright.Answered}, noon))
	is(t, "claims of the other campaign afterwards", len(claim(t, db, l, "two", 5, noon)), 1)
}

func claimLimits(t *testing.T, db *store.DB) {
	c := Campaign("camp", "list")
	c.MaxConcurrent = 3
	start(t, db, c, 10)
	l, other := lease(t, db, "w"), lease(t, db, "x")
	jobs := claim(t, db, l, "camp", 2, noon)
	is(t, "claims", len(jobs), 2)
	is(t, "claims of another worker", len(claim(t, db, other, "camp", 10, noon)), 1)
	is(t, "claims at the limit", len(claim(t, db, l, "camp", 10, noon)), 0)
	ok(t, db.Complete(t.Context(), jobs[0].Call, campaign.Result{Disposition: dialwright.Answered}, noon))
	is(t, "claims when one has ended", len(claim(t, db, l, "camp", 10, noon)), 1)
	for _, order := range []campaign.Order{campaign.Pause, campaign.Resume, campaign.Drain, campaign.Stop} {
		state, err := db.OrderCampaign(t.Context(), "camp", order, "", noon)
		ok(t, err)
		ok(t, db.UpdateCampaign(t.Context(), Campaign("camp", "list"), noon)) // no limit any more
		want := 0
		if state == campaign.Running {
			want = 1
		}
		is(t, "claims when "+string(state), len(claim(t, db, l, "camp", 1, noon)), want)
	}
	if _, err := db.Claim(t.Context(), campaign.ClaimRequest{Lease: l, Campaign: "none", Max: 1, At: noon}); !errors.Is(err, campaign.ErrNotFound) {
		t.Errorf("a campaign that is not there: %v", err)
	}
}

// claimRate: five calls a second, over two workers, for ten seconds.
func claimRate(t *testing.T, db *store.DB) {
	c := Campaign("camp", "list")
	c.CallsPerSecond = 5
	start(t, db, c, 100)
	workers := []campaign.Lease{lease(t, db, "w"), lease(t, db, "x")}
	var times []time.Time
	for at := noon; at.Before(noon.Add(10 * time.Second)); at = at.Add(20 * time.Millisecond) {
		for _, l := range workers {
			claims, err := db.Claim(t.Context(), campaign.ClaimRequest{Lease: l, Campaign: "camp", Max: 10, At: at})
			ok(t, err)
			for range claims.Jobs {
				times = append(times, at)
			}
			if claims.Again.IsZero() || claims.Again.After(at.Add(200*time.Millisecond)) {
				t.Fatalf("at %s: again at %s", at.Sub(noon), claims.Again)
			}
		}
	}
	is(t, "calls in 10 s", len(times), 50)
	for i := 6; i < len(times); i++ {
		if times[i].Sub(times[i-6]) < time.Second {
			t.Errorf("7 calls between %s and %s", times[i-6].Sub(noon), times[i].Sub(noon))
		}
	}
}

func claimHours(t *testing.T, db *store.DB) {
	c := Campaign("camp", "list")
	hours, err := compliance.ParseHours("mon-fri 09:00-18:00")
	ok(t, err)
	c.Hours = hours
	start(t, db, c, 0)
	for i, zone := range []string{"", "Asia/Shanghai", "America/New_York"} {
		row := campaign.ImportRow{Contact: campaign.Contact{ImportKey: fmt.Sprint(i), Numbers: []dialwright.Number{Number(i)}, Zone: zone}}
		_, err := db.ImportContacts(t.Context(), "list", []campaign.ImportRow{row}, noon.Add(-time.Hour), false)
		ok(t, err)
	}
	l := lease(t, db, "w")
	// Monday noon in UTC, the campaign's zone, is 20:00 in Shanghai and 07:00 in New York.
	jobs := claim(t, db, l, "camp", 5, noon)
	if len(jobs) != 1 || jobs[0].Contact.Zone != "" {
		t.Fatalf("at noon: %v", jobs)
	}
	jobs = claim(t, db, l, "camp", 5, noon.Add(3*time.Hour))
	if len(jobs) != 1 || jobs[0].Contact.Zone != "America/New_York" {
		t.Fatalf("at three: %v", jobs)
	}
	is(t, "claims on Saturday", len(claim(t, db, l, "camp", 5, noon.AddDate(0, 0, 5))), 0)
	jobs = claim(t, db, l, "camp", 5, time.Date(2026, 3, 3, 1, 0, 0, 0, time.UTC))
	if len(jobs) != 1 || jobs[0].Contact.Zone != "Asia/Shanghai" {
		t.Fatalf("at nine in Shanghai: %v", jobs)
	}
}

// claimRaces: many workers claim and complete at once, over two campaigns of
// one list; each contact is in one call at a time and none is forgotten.
func claimRaces(t *testing.T, db *store.DB) {
	const contacts, workers = 60, 6
	start(t, db, Campaign("one", "list"), contacts)
	start(t, db, Campaign("two", "list"), 0)
	var mu sync.Mutex
	live := map[dialwright.ContactID]bool{}
	calls := map[string]int{}
	var wg sync.WaitGroup
	for w := range workers {
		l := lease(t, db, fmt.Sprint("w", w))
		wg.Go(func() {
			for round := 0; ; round++ {
				id := dialwright.CampaignID([]string{"one", "two"}[(w+round)%2])
				claims, err := db.Claim(t.Context(), campaign.ClaimRequest{Lease: l, Campaign: id, Max: 7, At: noon})
				if err != nil {
					t.Errorf("claim: %v", err)
					return
				}
				mu.Lock()
				for _, j := range claims.Jobs {
					if live[j.Contact.ID] {
						t.Errorf("contact %s is called twice at once", j.Contact.ID)
					}
					live[j.Contact.ID] = true
					calls[string(id)+string(j.Contact.ID)]++
				}
				done := len(calls) == 2*contacts
				mu.Unlock()
				for _, j := range claims.Jobs {
					mu.Lock()
					live[j.Contact.ID] = false
					mu.Unlock()
					if err := db.Complete(t.Context(), j.Call, campaign.Result{Disposition: dialwright.Answered}, noon); err != nil {
						t.Errorf("complete: %v", err)
						return
					}
				}
				if done {
					return
				}
			}
		})
	}
	wg.Wait()
	is(t, "contacts called", len(calls), 2*contacts)
	for key, n := range calls {
		if n != 1 {
			t.Errorf("%s was called %d times", key, n)
		}
	}
}

// blocked: what the gate refused was no attempt.
func blocked(t *testing.T, db *store.DB) {
	start(t, db, Campaign("camp", "list"), 2)
	l := lease(t, db, "w")
	jobs := claim(t, db, l, "camp", 2, noon)
	retry := noon.Add(time.Hour)
	ok(t, db.Complete(t.Context(), jobs[0].Call, campaign.Result{Blocked: true, RetryAt: retry, Why: "cap"}, noon))
	ok(t, db.Complete(t.Context(), jobs[1].Call, campaign.Result{Blocked: true, Why: "on the list"}, noon))
	is(t, "contacts", count(t, db, "camp"), map[campaign.ContactState]int{campaign.Pending: 1, campaign.Done: 1})
	if _, err := db.GetCall(t.Context(), jobs[0].Call); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("a record of a call that was not placed: %v", err)
	}
	is(t, "claims before", len(claim(t, db, l, "camp", 2, retry.Add(-time.Second))), 0)
	job := one(t, db, l, "camp", retry)
	is(t, "the attempt", job.Attempt, 1)
	// Refused at the second try: the first was made and stays on record.
	ok(t, db.SaveCall(t.Context(), report.Call{ID: job.Call, StartedAt: retry, Tries: []report.Try{{N: 1, Disposition: dialwright.Congestion}}}))
	ok(t, db.Complete(t.Context(), job.Call, campaign.Result{Blocked: true, RetryAt: retry.Add(time.Hour)}, retry))
	record, err := db.GetCall(t.Context(), job.Call)
	ok(t, err)
	is(t, "its tries", len(record.Tries), 1)
	is(t, "its end", record.EndedAt, retry)
}

func unwanted(t *testing.T, db *store.DB) {
	start(t, db, Campaign("one", "list"), 1)
	start(t, db, Campaign("two", "list"), 0)
	l := lease(t, db, "w")
	job := one(t, db, l, "one", noon)
	ok(t, db.Complete(t.Context(), job.Call, campaign.Result{Disposition: dialwright.Unwanted}, noon))
	is(t, "this campaign", count(t, db, "one"), map[campaign.ContactState]int{campaign.Done: 1})
	is(t, "the other campaign", count(t, db, "two"), map[campaign.ContactState]int{campaign.Done: 1})
}

func numbersInTurn(t *testing.T, db *store.DB) {
	start(t, db, Campaign("camp", "list"), 0)
	l := lease(t, db, "w")
	row := campaign.ImportRow{Contact: campaign.Contact{ImportKey: "k", Numbers: []dialwright.Number{Number(1), Number(2), Number(3)}}}
	_, err := db.ImportContacts(t.Context(), "list", []campaign.ImportRow{row}, noon.Add(-time.Hour), false)
	ok(t, err)
	for _, want := range []dialwright.Number{Number(1), Number(2), Number(3)} {
		job := one(t, db, l, "camp", noon)
		is(t, "the number", job.Number, want)
		ok(t, db.Complete(t.Context(), job.Call, campaign.Result{Disposition: dialwright.InvalidNumber}, noon))
	}
	is(t, "contacts", count(t, db, "camp"), map[campaign.ContactState]int{campaign.Done: 1})
}

func appointments(t *testing.T, db *store.DB) {
	start(t, db, Campaign("camp", "list"), 2)
	l := lease(t, db, "w")
	jobs := claim(t, db, l, "camp", 2, noon)
	at := noon.Add(3 * time.Hour)
	// Promised in the call, as the call goes on.
	ok(t, db.PromiseCallback(t.Context(), jobs[0].Call, at, "call me at three"))
	if err := db.PromiseCallback(t.Context(), "none", at, ""); !errors.Is(err, campaign.ErrNotClaimed) {
		t.Errorf("a promise in no call: %v", err)
	}
	ok(t, db.Complete(t.Context(), jobs[0].Call, campaign.Result{Disposition: dialwright.Answered, Outcome: "callback"}, noon.Add(time.Minute)))
	// Made by hand, for a contact that is done.
	ok(t, db.Complete(t.Context(), jobs[1].Call, campaign.Result{Disposition: dialwright.Answered}, noon.Add(time.Minute)))
	ok(t, db.MakeAppointment(t.Context(), store.Appointment{Campaign: "camp", Contact: jobs[1].Contact.ID, At: at.Add(time.Minute), MadeAt: noon}))
	is(t, "contacts", count(t, db, "camp"), map[campaign.ContactState]int{campaign.Appointment: 2})
	is(t, "claims before", len(claim(t, db, l, "camp", 2, at.Add(-time.Second))), 0)

	job := one(t, db, l, "camp", at)
	is(t, "the contact", job.Contact.ID, jobs[0].Contact.ID)
	is(t, "an appointment", job.Appointment, true)
	all, err := db.Appointments(t.Context(), "camp")
	ok(t, err)
	if len(all) != 2 {
		t.Fatalf("%d appointments", len(all))
	}
	is(t, "the words", all[0].Words, "call me at three")
	is(t, "the state", all[0].State, "kept")
	is(t, "the call that kept it", all[0].KeptCall, job.Call)
	is(t, "the other's state", all[1].State, "open")
	// A kept appointment is no promise for ever.
	ok(t, db.Complete(t.Context(), job.Call, campaign.Result{Disposition: dialwright.Answered}, at.Add(time.Second)))
	is(t, "contacts", count(t, db, "camp"), map[campaign.ContactState]int{campaign.Appointment: 1, campaign.Done: 1})
}
