package campaign

import (
	"context"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/compliance"
)

// Reason is what one rule says about calling a contact now.
type Reason struct {
	Rule    string    `json:"rule"`
	Allowed bool      `json:"allowed"`
	Why     string    `json:"why"`
	RetryAt time.Time `json:"retry_at,omitzero"` // when the rule may no longer stand
}

// Verdict is whether one campaign would call a contact now.
type Verdict struct {
	Campaign dialwright.CampaignID `json:"campaign"`
	Contact  dialwright.ContactID  `json:"contact"`
	Name     string                `json:"name,omitempty"`
	Number   dialwright.Number     `json:"number"`
	State    ContactState          `json:"state"`
	Attempts int                   `json:"attempts"`
	Last     string                `json:"last,omitempty"`
	Dialable bool                  `json:"dialable"`
	Reasons  []Reason              `json:"reasons"` // every rule, the ones that allow it too
}

// The rules that are the campaign's own, beside those of compliance.
const (
	RuleCampaign = "campaign" // its state
	RuleEnrolled = "enrolled" // the contact has come after the campaign was started
	RuleContact  = "contact"  // its state: done, or being called
	RuleDue      = "due"      // its next attempt is later
	RuleNumber   = "turn"     // another of its numbers is next
	RuleBusy     = "busy"     // the campaign's calls are all taken
)

// Why tells, for each campaign that could call a number, whether it would do
// so now and which rules stand against it.
func Why(ctx context.Context, store Standings, gate Explainer, number dialwright.Number, at time.Time) ([]Verdict, error) {
	rows, _, err := store.Standings(ctx, number)
	if err != nil {
		return nil, fmt.Errorf("why %s: %w", number, err)
	}
	out := make([]Verdict, 0, len(rows))
	for _, s := range rows {
		v := Verdict{Campaign: s.Campaign.ID, Contact: s.Contact.ID, Name: s.Contact.Name, Number: number,
			State: s.Progress.State, Attempts: s.Progress.Attempts, Last: string(s.Progress.Last)}
		v.Reasons = s.reasons(number, at)
		legal, err := s.legal(ctx, gate, number, at)
		if err != nil {
			return nil, fmt.Errorf("why %s in campaign %s: %w", number, s.Campaign.ID, err)
		}
		v.Reasons = append(v.Reasons, legal...)
		v.Dialable = true
		for _, r := range v.Reasons {
			v.Dialable = v.Dialable && r.Allowed
		}
		out = append(out, v)
	}
	return out, nil
}

func (s Standing) reasons(number dialwright.Number, at time.Time) []Reason {
	c, p := s.Campaign, s.Progress
	out := []Reason{{Rule: RuleCampaign, Allowed: c.State == Running, Why: fmt.Sprintf("campaign %s is %s", c.ID, c.State)}}
	if !s.Enrolled {
		return append(out, Reason{Rule: RuleEnrolled, Why: "the contact is not part of the campaign yet; starting it makes it so"})
	}
	contact := Reason{Rule: RuleContact, Allowed: p.State != Done && p.State != Claimed, Why: "its state is " + string(p.State)}
	if p.State == Claimed {
		contact.Why = "it is being called now, call " + string(s.Call)
	} else if p.Reason != "" {
		contact.Why += ": " + p.Reason
	}
	out = append(out, contact)
	if contact.Allowed {
		due := Reason{Rule: RuleDue, Allowed: !p.NextAt.After(at), Why: "due since " + p.NextAt.UTC().Format(time.RFC3339)}
		if !due.Allowed {
			due.Why, due.RetryAt = "due only at "+p.NextAt.UTC().Format(time.RFC3339), p.NextAt
		}
		out = append(out, due)
	}
	if p.Number < len(s.Contact.Numbers) && s.Contact.Numbers[p.Number] != number {
		out = append(out, Reason{Rule: RuleNumber, Why: "its next attempt goes to " + string(s.Contact.Numbers[p.Number])})
	}
	return append(out, Reason{Rule: RuleBusy, Allowed: s.Live < c.MaxConcurrent,
		Why: fmt.Sprintf("%d of %d calls are running", s.Live, c.MaxConcurrent)})
}

// legal asks the gate.
func (s Standing) legal(ctx context.Context, gate Explainer, number dialwright.Number, at time.Time) ([]Reason, error) {
	rules, err := s.Campaign.Rules()
	if err != nil {
		return nil, err
	}
	zone, err := compliance.LoadZone(s.Contact.Zone)
	if err != nil {
		return nil, err
	}
	decisions, err := gate.Explain(ctx, compliance.Request{Campaign: s.Campaign.ID, Contact: s.Contact.ID, Number: number, Zone: zone,
		Rules: rules, At: at, Appointment: s.Progress.State == Appointment})
	if err != nil {
		return nil, err
	}
	out := make([]Reason, len(decisions))
	for i, d := range decisions {
		out[i] = Reason{Rule: d.Rule, Allowed: d.Allowed, Why: d.Why, RetryAt: d.RetryAt}
	}
	return out, nil
}
