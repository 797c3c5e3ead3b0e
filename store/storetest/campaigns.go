package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/store"
)

func campaigns(t *testing.T, db *store.DB) {
	c := Campaign("camp", "list")
	hours, err := compliance.ParseHours("mon-fri 09:00-18:00")
	ok(t, err)
	c.Hours, c.Caps, c.Trunks = hours, []compliance.Cap{{Max: 3, Within: time.Hour}}, []string{"a", "b"}
	c.Retry = campaign.RetryPolicy{dialwright.Busy: {After: time.Minute, Max: 2}}
	ok(t, db.CreateCampaign(t.Context(), c, noon))
	got, err := db.GetCampaign(t.Context(), "camp")
	ok(t, err)
	want := c.WithDefaults()
	want.CreatedAt = noon
	is(t, "the campaign", got, want)

	if err := db.CreateCampaign(t.Context(), c, noon); !errors.Is(err, campaign.ErrExists) {
		t.Errorf("a name that is taken: %v", err)
	}
	bad := c
	bad.ID, bad.List = "bad name", ""
	if err := db.CreateCampaign(t.Context(), bad, noon); !errors.Is(err, campaign.ErrCampaign) {
		t.Errorf("a campaign that cannot run: %v", err)
	}
	if _, err := db.GetCampaign(t.Context(), "none"); !errors.Is(err, campaign.ErrNotFound) {
		t.Errorf("a campaign that is not there: %v", err)
	}

	c.MaxConcurrent = 7
	ok(t, db.UpdateCampaign(t.Context(), c, noon))
	got, err = db.GetCampaign(t.Context(), "camp")
	ok(t, err)
	is(t, "calls at once after an update", got.MaxConcurrent, 7)
	c.List = "another"
	if err := db.UpdateCampaign(t.Context(), c, noon); !errors.Is(err, campaign.ErrCampaign) {
		t.Errorf("another list: %v", err)
	}
	c.ID = "none"
	if err := db.UpdateCampaign(t.Context(), c, noon); !errors.Is(err, campaign.ErrNotFound) {
		t.Errorf("an update of nothing: %v", err)
	}
	ok(t, db.CreateCampaign(t.Context(), Campaign("also", "list"), noon))
	all, stopped, err := db.Campaigns(t.Context())
	ok(t, err)
	if len(all) != 2 || all[0].ID != "also" || all[1].ID != "camp" || stopped {
		t.Errorf("campaigns: %v, stopped %v", all, stopped)
	}
}

func orders(t *testing.T, db *store.DB) {
	ok(t, db.CreateCampaign(t.Context(), Campaign("camp", "list"), noon))
	for _, step := range []struct {
		order campaign.Order
		want  campaign.State // empty: refused
	}{
		{campaign.Pause, ""}, {campaign.Resume, ""}, {campaign.Drain, ""},
		{campaign.Start, campaign.Running}, {campaign.Start, campaign.Running}, {campaign.Pause, campaign.Paused},
		{campaign.Resume, campaign.Running}, {campaign.Drain, campaign.Draining}, {campaign.Resume, campaign.Running},
		{campaign.Stop, campaign.Stopped}, {campaign.Resume, ""}, {campaign.Start, campaign.Running}, {"dance", ""},
	} {
		got, err := db.OrderCampaign(t.Context(), "camp", step.order, "anna", noon)
		if step.want == "" {
			if !errors.Is(err, campaign.ErrOrder) {
				t.Errorf("%s: %v, want a refusal", step.order, err)
			}
			continue
		}
		if err != nil || got != step.want {
			t.Errorf("%s: %s, %v; want %s", step.order, got, err, step.want)
		}
	}
	if _, err := db.OrderCampaign(t.Context(), "none", campaign.Start, "anna", noon); !errors.Is(err, campaign.ErrNotFound) {
		t.Errorf("an order to nobody: %v", err)
	}
	log, err := db.Audit(t.Context(), store.AuditFilter{})
	ok(t, err)
	if len(log) != 8 || log[0].Who != "anna" || log[0].Kind != "order" {
		t.Errorf("the audit log has %d orders: %v", len(log), log)
	}
}

func settle(t *testing.T, db *store.DB) {
	start(t, db, Campaign("camp", "list"), 1)
	l := lease(t, db, "w")
	settled := func(want campaign.State) {
		t.Helper()
		got, err := db.Settle(t.Context(), "camp", noon)
		ok(t, err)
		is(t, "the state", got, want)
	}
	settled(campaign.Running)
	job := one(t, db, l, "camp", noon)
	settled(campaign.Running)
	_, err := db.OrderCampaign(t.Context(), "camp", campaign.Drain, "", noon)
	ok(t, err)
	settled(campaign.Draining)
	ok(t, db.Complete(t.Context(), job.Call, campaign.Result{Disposition: dialwright.Busy}, noon))
	settled(campaign.Stopped)
	_, err = db.OrderCampaign(t.Context(), "camp", campaign.Start, "", noon)
	ok(t, err)
	settled(campaign.Running) // a retry is due later
	job = one(t, db, l, "camp", noon.Add(time.Hour))
	ok(t, db.Complete(t.Context(), job.Call, campaign.Result{Disposition: dialwright.Answered}, noon.Add(time.Hour)))
	settled(campaign.Finished)
	if _, err := db.Settle(t.Context(), "none", noon); !errors.Is(err, campaign.ErrNotFound) {
		t.Errorf("a campaign that is not there: %v", err)
	}
	// A finished campaign goes on with new contacts when it is started again.
	Fill(t, db, "list", 5, 1)
	_, err = db.OrderCampaign(t.Context(), "camp", campaign.Start, "", noon)
	ok(t, err)
	one(t, db, l, "camp", noon.Add(2*time.Hour))
}

func stopAll(t *testing.T, db *store.DB) {
	start(t, db, Campaign("camp", "list"), 2)
	l := lease(t, db, "w")
	ok(t, db.SetStopAll(t.Context(), true, "anna", noon))
	on, err := db.StopAll(t.Context())
	ok(t, err)
	is(t, "the switch", on, true)
	is(t, "claims", len(claim(t, db, l, "camp", 10, noon)), 0)
	_, stopped, err := db.Campaigns(t.Context())
	ok(t, err)
	is(t, "the switch, with the campaigns", stopped, true)
	h, err := db.History(t.Context(), compliance.Request{Number: Number(1), At: noon})
	ok(t, err)
	is(t, "the switch, for the gate", h.StopAll, true)
	ok(t, db.SetStopAll(t.Context(), false, "anna", noon))
	is(t, "claims", len(claim(t, db, l, "camp", 10, noon)), 2)
}

func standings(t *testing.T, db *store.DB) {
	start(t, db, Campaign("camp", "list"), 1)
	ok(t, db.CreateCampaign(t.Context(), Campaign("other", "elsewhere"), noon))
	l := lease(t, db, "w")
	job := one(t, db, l, "camp", noon)
	rows, _, err := db.Standings(t.Context(), Number(0))
	ok(t, err)
	if len(rows) != 1 {
		t.Fatalf("%d standings, want 1", len(rows))
	}
	s := rows[0]
	is(t, "its state", s.Progress.State, campaign.Claimed)
	is(t, "its call", s.Call, job.Call)
	is(t, "live calls", s.Live, 1)
	is(t, "enrolled", s.Enrolled, true)
	rows, _, err = db.Standings(t.Context(), Number(77))
	ok(t, err)
	is(t, "standings of a stranger", len(rows), 0)
}
