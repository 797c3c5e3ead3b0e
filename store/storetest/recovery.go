package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/store"
)

func leases(t *testing.T, db *store.DB) {
	ctx := t.Context()
	first, err := db.AcquireLease(ctx, "w", noon, time.Minute)
	ok(t, err)
	is(t, "the first incarnation", first.Epoch, int64(1))
	ok(t, db.RenewLease(ctx, first, noon.Add(30*time.Second), time.Minute))
	second, err := db.AcquireLease(ctx, "w", noon.Add(40*time.Second), time.Minute)
	ok(t, err)
	is(t, "the second incarnation", second.Epoch, int64(2))
	if err := db.RenewLease(ctx, first, noon.Add(50*time.Second), time.Minute); !errors.Is(err, campaign.ErrLeaseLost) {
		t.Errorf("the first renews: %v", err)
	}
	start(t, db, Campaign("camp", "list"), 1)
	if _, err := db.Claim(ctx, campaign.ClaimRequest{Lease: first, Campaign: "camp", Max: 1, At: noon.Add(50 * time.Second)}); !errors.Is(err, campaign.ErrLeaseLost) {
		t.Errorf("the first claims: %v", err)
	}
	late := noon.Add(2 * time.Minute)
	if _, err := db.Claim(ctx, campaign.ClaimRequest{Lease: second, Campaign: "camp", Max: 1, At: late}); !errors.Is(err, campaign.ErrLeaseLost) {
		t.Errorf("a claim after the lease ran out: %v", err)
	}
	if err := db.RenewLease(ctx, second, late, time.Minute); !errors.Is(err, campaign.ErrLeaseLost) {
		t.Errorf("a renewal after the lease ran out: %v", err)
	}
	third, err := db.AcquireLease(ctx, "w", late, time.Minute)
	ok(t, err)
	ok(t, db.ReleaseLease(ctx, third, late))
	workers, err := db.Workers(ctx)
	ok(t, err)
	is(t, "workers", workers, []store.Worker{{ID: "w", Epoch: 3, HeartbeatAt: late, ExpiresAt: late}})
}

func recoverOwn(t *testing.T, db *store.DB) {
	start(t, db, Campaign("camp", "list"), 3)
	first := lease(t, db, "w")
	lost := claim(t, db, first, "camp", 2, noon)
	second := lease(t, db, "w")
	mine := one(t, db, second, "camp", noon)
	for range 2 { // again gives the same: nothing was closed yet
		orphans, err := db.Recover(t.Context(), second, noon)
		ok(t, err)
		if len(orphans) != 2 {
			t.Fatalf("%d orphans, want 2", len(orphans))
		}
		for i, o := range orphans {
			if o.Job.Call == mine.Call || o.Lease != first || o.Ended || o.Cleared != 0 {
				t.Errorf("orphan %d: %+v", i, o)
			}
		}
	}
	is(t, "claims while orphans are open", len(claim(t, db, second, "camp", 5, noon)), 0)
	for _, job := range lost {
		ok(t, db.CloseOrphan(t.Context(), job.Call, dialwright.Cancelled, noon))
		if err := db.CloseOrphan(t.Context(), job.Call, dialwright.Cancelled, noon); !errors.Is(err, campaign.ErrNotClaimed) {
			t.Errorf("closed twice: %v", err)
		}
		if err := db.Complete(t.Context(), job.Call, campaign.Result{Disposition: dialwright.Answered}, noon); !errors.Is(err, campaign.ErrNotClaimed) {
			t.Errorf("the dead worker completes: %v", err)
		}
	}
	orphans, err := db.Recover(t.Context(), second, noon)
	ok(t, err)
	is(t, "orphans left", len(orphans), 0)
	is(t, "claims once they are closed", len(claim(t, db, second, "camp", 5, noon.Add(time.Minute))), 2)
	if _, err := db.Recover(t.Context(), first, noon); !errors.Is(err, campaign.ErrLeaseLost) {
		t.Errorf("a dead worker recovers: %v", err)
	}
}

func recoverOthers(t *testing.T, db *store.DB) {
	start(t, db, Campaign("camp", "list"), 2)
	dead, err := db.AcquireLease(t.Context(), "dead", noon, time.Minute)
	ok(t, err)
	alive := lease(t, db, "alive")
	job := one(t, db, dead, "camp", noon)
	orphans, err := db.Recover(t.Context(), alive, noon.Add(30*time.Second))
	ok(t, err)
	is(t, "orphans while the lease lasts", len(orphans), 0)
	orphans, err = db.Recover(t.Context(), alive, noon.Add(time.Minute))
	ok(t, err)
	if len(orphans) != 1 || orphans[0].Job.Call != job.Call || orphans[0].Lease != dead {
		t.Fatalf("orphans: %+v", orphans)
	}
	third := lease(t, db, "third")
	taken, err := db.Recover(t.Context(), third, noon.Add(time.Minute))
	ok(t, err)
	is(t, "orphans that somebody has taken over", len(taken), 0)
	if err := db.RenewLease(t.Context(), dead, noon.Add(time.Minute), time.Minute); !errors.Is(err, campaign.ErrLeaseLost) {
		t.Errorf("the dead worker comes back: %v", err)
	}
	// Who took over dies as well: the next incarnation finds the attempt again.
	again := lease(t, db, "alive")
	orphans, err = db.Recover(t.Context(), again, noon.Add(time.Minute))
	ok(t, err)
	if len(orphans) != 1 || orphans[0].Lease != dead {
		t.Fatalf("orphans of the next incarnation: %+v", orphans)
	}
}

func closeOrphan(t *testing.T, db *store.DB) {
	ctx := t.Context()
	start(t, db, Campaign("camp", "list"), 4)
	l := lease(t, db, "w")
	jobs := claim(t, db, l, "camp", 4, noon)
	later := noon.Add(time.Minute)
	// The first was ringing.
	_, err := db.Reserve(ctx, compliance.Request{Call: jobs[0].Call, Try: 1, Number: jobs[0].Number, At: noon},
		func(compliance.History) compliance.Decision { return compliance.Decision{Allowed: true} })
	ok(t, err)
	ok(t, db.SaveCall(ctx, report.Call{ID: jobs[0].Call, Number: jobs[0].Number, StartedAt: noon, Tries: []report.Try{{N: 1, StartedAt: noon}}}))
	// The second had ended; only its completion was missed.
	ok(t, db.SaveCall(ctx, report.Call{ID: jobs[1].Call, StartedAt: noon, EndedAt: noon, Disposition: dialwright.Answered, Outcome: "promised"}))
	// In the third the customer opted out, in the fourth a callback was agreed.
	_, err = db.AddDNC(ctx, store.DNCEntry{Number: jobs[2].Number, At: noon, Call: jobs[2].Call, Source: "customer"})
	ok(t, err)
	ok(t, db.PromiseCallback(ctx, jobs[3].Call, noon.Add(time.Hour), ""))

	next := lease(t, db, "w")
	orphans, err := db.Recover(ctx, next, later)
	ok(t, err)
	for _, o := range orphans {
		switch o.Job.Call {
		case jobs[0].Call:
			is(t, "try and clearances", [2]int{o.Try, o.Cleared}, [2]int{1, 1})
		case jobs[1].Call:
			is(t, "an end on record", o.Ended, true)
			is(t, "its disposition", o.Result.Disposition, dialwright.Answered)
		}
		ok(t, db.CloseOrphan(ctx, o.Job.Call, dialwright.Unknown, later))
	}
	record, err := db.GetCall(ctx, jobs[0].Call)
	ok(t, err)
	is(t, "the end of the one that rang", record.EndedAt, later)
	is(t, "its try", record.Tries[0].Disposition, dialwright.Unknown)
	record, err = db.GetCall(ctx, jobs[1].Call)
	ok(t, err)
	is(t, "the disposition of the one that had ended", record.Disposition, dialwright.Answered)
	is(t, "contacts", count(t, db, "camp"), map[campaign.ContactState]int{campaign.Retrying: 1, campaign.Done: 2, campaign.Appointment: 1})
}
