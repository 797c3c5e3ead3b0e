package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/store"
)

// campaignStatus is one campaign as `campaign status` shows it.
type campaignStatus struct {
	ID       dialwright.CampaignID         `json:"campaign"`
	State    campaign.State                `json:"state"`
	List     string                        `json:"list"`
	Flow     string                        `json:"flow"`
	Contacts map[campaign.ContactState]int `json:"contacts"`
	Report   *report.Summary               `json:"report,omitempty"` // of a single campaign
}

func newCampaignStatusCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "status [NAME]", Short: "How far the campaigns are, or one of them in detail",
		Example: "  dialwright campaign status\n  dialwright campaign status spring --json",
		Args: func(cmd *cobra.Command, got []string) error {
			if len(got) > 1 {
				return usagef("%q is one argument too many\nusage: %s", got[1], cmd.UseLine())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDatabase(cmd.Context(), func(_ *config.Config, db *store.DB) error {
				if len(args) == 1 {
					return a.campaignDetail(cmd.Context(), db, dialwright.CampaignID(args[0]))
				}
				return a.campaignList(cmd.Context(), db)
			})
		},
	}
}

func (a *app) campaignList(ctx context.Context, db *store.DB) error {
	all, stopped, err := db.Campaigns(ctx)
	if err != nil {
		return err
	}
	t := newTable("CAMPAIGN", "STATE", "LIST", "TO CALL", "NOW", "LATER", "DONE")
	out := []campaignStatus{}
	for _, c := range all {
		n, err := db.Count(ctx, c.ID)
		if err != nil {
			return err
		}
		out = append(out, campaignStatus{ID: c.ID, State: c.State, List: c.List, Flow: c.Flow, Contacts: n})
		t.row(string(c.ID), string(c.State), c.List, strconv.Itoa(n[campaign.Pending]), strconv.Itoa(n[campaign.Claimed]),
			strconv.Itoa(n[campaign.Retrying]+n[campaign.Appointment]), strconv.Itoa(n[campaign.Done]))
	}
	if err := a.show(map[string]any{"campaigns": out, "stop_all": stopped}, t); err != nil {
		return err
	}
	if stopped && !a.json {
		a.printf("\nAll calling is stopped. Lift that with: dialwright stop-all --clear\n")
	}
	return nil
}

func (a *app) campaignDetail(ctx context.Context, db *store.DB, id dialwright.CampaignID) error {
	c, err := db.GetCampaign(ctx, id)
	if err != nil {
		return err
	}
	n, err := db.Count(ctx, id)
	if err != nil {
		return err
	}
	sum, err := report.Summarise(ctx, db, report.Filter{Campaign: id})
	if err != nil {
		return err
	}
	if a.json {
		return a.showJSON(campaignStatus{ID: c.ID, State: c.State, List: c.List, Flow: c.Flow, Contacts: n, Report: &sum})
	}
	var t details
	t.row("campaign", string(c.ID))
	t.row("state", string(c.State))
	t.row("list", c.List)
	t.row("flow", c.Flow)
	t.row("hours", firstOf(c.Hours.String(), "the legal window "+c.Legal.String()))
	t.row("contacts", fmt.Sprintf("%d to call, %d in a call, %d to try again, %d appointments, %d done",
		n[campaign.Pending], n[campaign.Claimed], n[campaign.Retrying], n[campaign.Appointment], n[campaign.Done]))
	t.row("calls", fmt.Sprintf("%d ended, %d running, %d tries", sum.Calls, sum.Running, sum.Tries))
	if sum.Calls > 0 {
		t.row("answered", fmt.Sprintf("%.0f%% of tries; %.0f%% of calls reached a human; %s on average",
			100*sum.ASR, 100*sum.ContactRate, sum.ACD.Round(1e9)))
		t.row("delay", fmt.Sprintf("p95 %.0f ms from the customer's last sound to our first", sum.EOSToAudio.P95))
	}
	a.showDetails(t)
	for _, part := range []struct {
		head   string
		counts map[string]int
	}{{"DISPOSITION", counted(sum.Dispositions)}, {"OUTCOME", sum.Outcomes}, {"TRANSFER", sum.Transfers}} {
		if len(part.counts) == 0 {
			continue
		}
		a.printf("\n")
		pt := newTable(part.head, "CALLS")
		for _, k := range slices.Sorted(maps.Keys(part.counts)) {
			pt.row(k, strconv.Itoa(part.counts[k]))
		}
		if err := pt.write(a.out); err != nil {
			return err
		}
	}
	return nil
}

func counted[K ~string](m map[K]int) map[string]int {
	out := make(map[string]int, len(m))
	for k, v := range m {
		out[string(k)] = v
	}
	return out
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
