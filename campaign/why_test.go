package campaign_test

import (
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/store"
)

func TestWhy(t *testing.T) {
	ctx := t.Context()
	db := database(t)
	gate := compliance.NewGate(db, dialwright.SystemClock{})
	number := dialwright.Number("+8613800138000")
	why := func(at time.Time) (campaign.Verdict, map[string]campaign.Reason) {
		t.Helper()
		all, err := campaign.Why(ctx, db, gate, number, at)
		if err != nil || len(all) != 1 {
			t.Fatalf("%v, %v", all, err)
		}
		against := map[string]campaign.Reason{}
		for _, r := range all[0].Reasons {
			if !r.Allowed {
				against[r.Rule] = r
			}
			if r.Why == "" {
				t.Errorf("%s gives no reason", r.Rule)
			}
		}
		if all[0].Dialable != (len(against) == 0) {
			t.Errorf("dialable %v with %v against it", all[0].Dialable, against)
		}
		return all[0], against
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	rules := func(against map[string]campaign.Reason, want ...string) {
		t.Helper()
		for _, r := range want {
			if _, ok := against[r]; !ok {
				t.Errorf("%s is not among %v", r, against)
			}
		}
		if len(against) != len(want) {
			t.Errorf("against it are %v, want %v", against, want)
		}
	}
	row := campaign.ImportRow{Contact: campaign.Contact{ImportKey: "k", Name: "张三", Numbers: []dialwright.Number{number, "+861062345678"}}}
	_, err := db.ImportContacts(ctx, "list", []campaign.ImportRow{row}, now.Add(-time.Hour), false)
	must(err)
	must(db.CreateCampaign(ctx, campaign.Campaign{ID: "camp", List: "list", Flow: "f.yaml", Zone: "Asia/Shanghai"}, now.Add(-time.Hour)))
	_, against := why(now) // 20:00 in Shanghai
	rules(against, campaign.RuleCampaign)
	_, err = db.OrderCampaign(ctx, "camp", campaign.Start, "test", now)
	must(err)
	v, against := why(now)
	rules(against)
	if v.Campaign != "camp" || v.Name != "张三" || v.State != campaign.Pending {
		t.Errorf("verdict %+v", v)
	}
	_, against = why(now.Add(2 * time.Hour))
	rules(against, compliance.RuleLegalHours)
	if next := against[compliance.RuleLegalHours].RetryAt; !next.Equal(time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the hours begin at %s", next)
	}
	lease, err := db.AcquireLease(ctx, "w", now, time.Hour)
	must(err)
	claims, err := db.Claim(ctx, campaign.ClaimRequest{Lease: lease, Campaign: "camp", Max: 1, At: now})
	must(err)
	_, against = why(now)
	rules(against, campaign.RuleContact)
	must(db.Complete(ctx, claims.Jobs[0].Call, campaign.Result{Disposition: dialwright.NoAnswer}, now))
	v, against = why(now.Add(time.Minute))
	rules(against, campaign.RuleDue, campaign.RuleNumber)
	if v.Attempts != 1 || v.Last != string(dialwright.NoAnswer) {
		t.Errorf("verdict %+v", v)
	}
	_, err = db.AddDNC(ctx, store.DNCEntry{Number: number, At: now, Why: "no"})
	must(err)
	must(db.SetStopAll(ctx, true, "test", now))
	_, against = why(now.Add(time.Minute))
	rules(against, campaign.RuleDue, campaign.RuleNumber, compliance.RuleDNC, compliance.RuleStopAll)
	if all, err := campaign.Why(ctx, db, gate, "+8613900139000", now); err != nil || len(all) != 0 {
		t.Errorf("a stranger: %v, %v", all, err)
	}
}
