package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/store"
)

func newCampaignCommand(a *app) *cobra.Command {
	return group("campaign", "Create campaigns, start and stop them",
		newCampaignCreateCommand(a),
		newCampaignOrderCommand(a, campaign.Start, "Start placing calls", "is placing calls"),
		newCampaignOrderCommand(a, campaign.Pause, "Place no new calls; running ones go on", "places no new calls"),
		newCampaignOrderCommand(a, campaign.Resume, "Place calls again after a pause", "is placing calls again"),
		newCampaignOrderCommand(a, campaign.Drain, "Place no new calls, stop when the running ones have ended", "stops when its running calls have ended"),
		newCampaignOrderCommand(a, campaign.Stop, "End everything now, running calls too", "is stopped; its running calls are ended"),
		newCampaignStatusCommand(a),
	)
}

// campaignFlags are what `campaign create` takes.
type campaignFlags struct {
	campaign.Campaign
	hours string
}

func newCampaignCreateCommand(a *app) *cobra.Command {
	var f campaignFlags
	cmd := &cobra.Command{
		Use: "create NAME --list LIST --flow FILE --trunk TRUNK", Short: "Create a campaign", Args: args("NAME"),
		Long: `Create a campaign: whom to call (a list of contacts), with what flow, over which
trunks, and within what limits. It does not call anybody before it is started.
Calling hours, caps, zone and region come from dialwright.yaml where no flag
says otherwise.`,
		Example: `  dialwright campaign create spring --list spring --flow offer.yaml --trunk trunk-a
  dialwright campaign create spring --list spring --flow offer.yaml \
    --trunk trunk-a --trunk trunk-b --concurrent 30 --cps 2 \
    --hours "mon-fri 09:00-20:00; sat 10:00-16:00" --zone Europe/London`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDatabase(cmd.Context(), func(c *config.Config, db *store.DB) error {
				return a.createCampaign(cmd, c, db, args[0], f)
			})
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.List, "list", "", "list of contacts to call")
	fl.StringVar(&f.Flow, "flow", "", "flow `file`, in the flows directory or anywhere")
	fl.StringArrayVar(&f.Trunks, "trunk", nil, "trunk to call over; more than one are tried in this order (default all)")
	fl.IntVar(&f.MaxConcurrent, "concurrent", campaign.DefaultMaxConcurrent, "calls at once")
	fl.Float64Var(&f.CallsPerSecond, "cps", 0, "new calls a second, at most (0: as many as the trunks take)")
	fl.StringVar(&f.CallerID, "caller-id", "", "number shown to the customer")
	fl.StringVar(&f.hours, "hours", "", "calling hours in the contact's zone, as in \"mon-fri 09:00-20:00\"")
	fl.StringVar(&f.Zone, "zone", "", "time zone of contacts that have none")
	fl.StringVar(&f.Region, "region", "", "country of numbers without a country code")
	fl.IntVar(&f.MaxAttempts, "attempts", campaign.DefaultMaxAttempts, "attempts for each contact, at most")
	fl.DurationVar(&f.RingTimeout, "ring", campaign.DefaultRingTimeout, "let it ring this long")
	fl.DurationVar(&f.MaxDuration, "max-duration", campaign.DefaultMaxDuration, "end a call after this long")
	fl.StringVar(&f.VoicemailPolicy, "voicemail", campaign.VoicemailHangUp, "when a machine answers: hang_up or message")
	_ = cmd.MarkFlagRequired("list") // fails only for a flag that does not exist
	_ = cmd.MarkFlagRequired("flow")
	return cmd
}

func (a *app) createCampaign(cmd *cobra.Command, c *config.Config, db *store.DB, name string, f campaignFlags) error {
	camp := f.Campaign
	camp.ID = dialwright.CampaignID(name)
	camp.Hours, camp.Legal, camp.Caps = c.Compliance.Hours, c.Compliance.Legal, c.Compliance.Caps
	if f.hours != "" {
		h, err := compliance.ParseHours(f.hours)
		if err != nil {
			return usagef("--hours: %w", err)
		}
		camp.Hours = h
	}
	if camp.Zone == "" {
		camp.Zone = c.Compliance.Zone
	}
	if camp.Region == "" {
		camp.Region = c.Compliance.Region
	}
	var err error
	if camp.Trunks, err = knownTrunks(c, camp.Trunks); err != nil {
		return err
	}
	if camp.Flow, err = findFlow(c, camp.Flow); err != nil {
		return err
	}
	if err := a.checkedFlow(flowPath(c, camp.Flow)); err != nil {
		return err
	}
	if err := db.CreateCampaign(cmd.Context(), camp, a.clock.Now()); err != nil {
		return err
	}
	counts, err := db.Count(cmd.Context(), camp.ID)
	if err != nil {
		return err
	}
	n := counts[campaign.Pending]
	hint := "start it with: dialwright campaign start " + name
	if n == 0 {
		hint = "its list is empty; fill it with: dialwright contacts import FILE --list " + camp.List
	}
	return a.say(map[string]any{"campaign": name, "state": campaign.Draft, "contacts": n},
		"campaign %s: created, %d contacts; %s", name, n, hint)
}

// knownTrunks checks the names against the configuration; none means all.
func knownTrunks(c *config.Config, names []string) ([]string, error) {
	var known []string
	for _, t := range c.Trunks {
		known = append(known, t.Name)
	}
	if len(names) == 0 {
		if len(known) == 0 {
			return nil, &exitError{exitConfig, fmt.Errorf("no trunk is configured: add one under trunks in %s", config.DefaultPath)}
		}
		return known, nil
	}
	for _, n := range names {
		if !slices.Contains(known, n) {
			return nil, &exitError{exitConfig, fmt.Errorf("no trunk %q is configured, only %v", n, known)}
		}
	}
	return names, nil
}

// flowPath is where a campaign's flow file is: relative to the flows
// directory, or absolute.
func flowPath(c *config.Config, flow string) string {
	if filepath.IsAbs(flow) {
		return flow
	}
	return filepath.Join(string(c.Flows), flow)
}

// findFlow turns what somebody typed into what a campaign keeps.
func findFlow(c *config.Config, flow string) (string, error) {
	if _, err := os.Stat(flowPath(c, flow)); err == nil {
		return flow, nil
	}
	if _, err := os.Stat(flow); err == nil {
		return filepath.Abs(flow)
	}
	return "", notFoundf("flow %s: no such file, neither in %s nor here", flow, c.Flows)
}

// checkedFlow refuses a flow that would not run, before anybody is called.
func (a *app) checkedFlow(path string) error {
	_, err := dialog.Load(path)
	if err != nil {
		return &exitError{exitConfig, fmt.Errorf("the flow cannot be used:\n%w", err)}
	}
	return nil
}

func newCampaignOrderCommand(a *app, order campaign.Order, short, done string) *cobra.Command {
	return &cobra.Command{
		Use: string(order) + " NAME", Short: short, Args: args("NAME"),
		Example: fmt.Sprintf("  dialwright campaign %s spring", order),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDatabase(cmd.Context(), func(_ *config.Config, db *store.DB) error {
				ctx := cmd.Context()
				state, err := db.OrderCampaign(ctx, dialwright.CampaignID(args[0]), order, operator(), a.clock.Now())
				if err != nil {
					return err
				}
				note := ""
				if state == campaign.Running {
					if note, err = a.whyNothingHappens(cmd, db); err != nil {
						return err
					}
				}
				return a.say(map[string]any{"campaign": args[0], "state": state, "note": note}, "campaign %s: %s%s", args[0], done, prefixed("; but ", note))
			})
		},
	}
}

// whyNothingHappens tells what keeps a started campaign from calling.
func (a *app) whyNothingHappens(cmd *cobra.Command, db *store.DB) (string, error) {
	stopped, err := db.StopAll(cmd.Context())
	if err != nil {
		return "", err
	}
	if stopped {
		return "all calling is stopped (dialwright stop-all --clear lifts that)", nil
	}
	workers, err := db.Workers(cmd.Context())
	if err != nil {
		return "", err
	}
	now := a.clock.Now()
	if !slices.ContainsFunc(workers, func(w store.Worker) bool { return w.ExpiresAt.After(now) }) {
		return "no worker is running (dialwright serve)", nil
	}
	return "", nil
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func ago(now, then time.Time) string {
	d := now.Sub(then)
	switch {
	case then.IsZero():
		return "-"
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}
