package compliance

import (
	"errors"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
)

// The rules, as they stand in decisions and in the audit log.
const (
	RuleOK         = "ok"
	RuleNumber     = "number"      // not a number in E.164 form
	RuleStopAll    = "stop_all"    // everything was stopped by hand
	RuleDNC        = "dnc"         // on the Do-Not-Call list
	RuleZone       = "zone"        // nobody knows what time it is at the contact's
	RuleLegalHours = "legal_hours" // outside the hours anybody may call in
	RuleHours      = "hours"       // outside the campaign's own hours
	RuleCap        = "cap"         // tried too often
)

// Cap limits how often one number is tried within a sliding time, over all
// campaigns.
type Cap struct {
	Max    int           `json:"max" yaml:"max"`
	Within time.Duration `json:"within" yaml:"within"`
	// Attempts makes the tries of one call count as one, so that a call may
	// go on over another trunk although its number was tried just now.
	Attempts bool `json:"attempts,omitempty" yaml:"attempts,omitempty"`
}

// DefaultCaps are what carriers commonly impose for each callee: one call a
// minute, five tries an hour, twenty a day.
func DefaultCaps() []Cap {
	return []Cap{
		{Max: 1, Within: time.Minute, Attempts: true},
		{Max: 5, Within: time.Hour},
		{Max: 20, Within: 24 * time.Hour},
	}
}

// DefaultLegal is the outer window that holds where none is configured.
func DefaultLegal() Window { return Window{From: 8 * 60, To: 21 * 60} }

// Rules are what a campaign is held to. They are configuration, to be checked
// by counsel; the zero value is strict.
type Rules struct {
	Hours Hours          // the campaign's own; not set: the legal window alone
	Legal Window         // every day's outer window; zero: DefaultLegal
	Zone  *time.Location // of contacts that name none
	Caps  []Cap          // nil: DefaultCaps; empty: none
}

// Check reports rules that contradict themselves.
func (r Rules) Check() error {
	legal := r.legal()
	if legal.From < 0 || legal.To > 24*60 || legal.From >= legal.To {
		return fmt.Errorf("%w: the legal window %s is empty", ErrHours, legal)
	}
	for _, c := range r.caps() {
		if c.Max < 1 || c.Within <= 0 {
			return fmt.Errorf("compliance: a cap of %d within %s allows nothing; to stop a campaign, stop it", c.Max, c.Within)
		}
	}
	if r.Hours.Set() && !r.effective().Set() {
		return fmt.Errorf("%w: %s never meets the legal window %s", ErrHours, r.Hours, legal)
	}
	return nil
}

func (r Rules) legal() Window {
	if r.Legal == (Window{}) {
		return DefaultLegal()
	}
	return r.Legal
}

func (r Rules) caps() []Cap {
	if r.Caps == nil {
		return DefaultCaps()
	}
	return r.Caps
}

// effective is the campaign's hours cut by the legal window.
func (r Rules) effective() Hours {
	legal := r.legal()
	var out Hours
	for d := range out {
		if !r.Hours.Set() {
			out[d] = []Window{legal}
			continue
		}
		for _, w := range r.Hours[d] {
			if cut := (Window{From: max(w.From, legal.From), To: min(w.To, legal.To)}); cut.From < cut.To {
				out[d] = append(out[d], cut)
			}
		}
	}
	return out
}

// Open reports whether the hours allow a call at the given time to a contact
// of that zone, nil meaning the rules' own, and if not, when they next do.
func (r Rules) Open(at time.Time, zone *time.Location) (bool, time.Time) {
	if zone == nil {
		zone = r.Zone
	}
	if zone == nil {
		return false, time.Time{}
	}
	next := r.effective().Next(at.In(zone))
	return !next.IsZero() && next.Equal(at), next
}

// LongestCap is how far back History.Tries must reach.
func (r Rules) LongestCap() time.Duration {
	var longest time.Duration
	for _, c := range r.caps() {
		longest = max(longest, c.Within)
	}
	return longest
}

// ErrZone is wrapped by errors about unknown time zones.
var ErrZone = errors.New("unknown time zone")

// LoadZone finds a zone by its IANA name; the empty name gives nil.
func LoadZone(name string) (*time.Location, error) {
	if name == "" {
		return nil, nil
	}
	if name == "Local" {
		return nil, fmt.Errorf("%w: %q; use an IANA name such as Asia/Shanghai", ErrZone, name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %q; use an IANA name such as Asia/Shanghai", ErrZone, name)
	}
	return zone, nil
}

// judge applies every rule, in order of weight.
func judge(req Request, h History) []Decision {
	return []Decision{
		judgeNumber(req), judgeStop(h), judgeDNC(h), judgeLegal(req), judgeHours(req), judgeCaps(req, h),
	}
}

// decide is the first refusal, or leave.
func decide(req Request, h History) Decision {
	for _, d := range judge(req, h) {
		if !d.Allowed {
			return d
		}
	}
	return Decision{Allowed: true, Rule: RuleOK, Why: "no rule stands against it"}
}

func allow(rule, why string) Decision { return Decision{Allowed: true, Rule: rule, Why: why} }

func judgeNumber(req Request) Decision {
	n, err := dialwright.ParseNumber(string(req.Number), "")
	if err != nil {
		return Decision{Rule: RuleNumber, Why: err.Error()}
	}
	if n != req.Number {
		return Decision{Rule: RuleNumber, Why: fmt.Sprintf("%q is not written as %s", req.Number, n)}
	}
	return allow(RuleNumber, "a valid number")
}

func judgeStop(h History) Decision {
	if h.StopAll {
		return Decision{Rule: RuleStopAll, Why: "all calling was stopped by hand"}
	}
	return allow(RuleStopAll, "calling is not stopped")
}

func judgeDNC(h History) Decision {
	if !h.DNC {
		return allow(RuleDNC, "not on the Do-Not-Call list")
	}
	why := "on the Do-Not-Call list since " + h.DNCSince.UTC().Format(time.RFC3339)
	if h.DNCWhy != "" {
		why += ": " + h.DNCWhy
	}
	return Decision{Rule: RuleDNC, Why: why}
}

func judgeLegal(req Request) Decision {
	if req.Operator != "" {
		return allow(RuleLegalHours, "by hand, by "+req.Operator)
	}
	zone := req.Zone
	if zone == nil {
		zone = req.Rules.Zone
	}
	if zone == nil {
		return Decision{Rule: RuleZone, Why: "neither the contact nor the campaign has a time zone"}
	}
	local, w := req.At.In(zone), req.Rules.legal()
	if w.contains(local) {
		return allow(RuleLegalHours, clock(local)+" is inside "+w.String())
	}
	_, next := req.Rules.Open(req.At, zone)
	return Decision{Rule: RuleLegalHours, Why: clock(local) + " is outside " + w.String(), RetryAt: next}
}

func judgeHours(req Request) Decision {
	if req.Operator != "" {
		return allow(RuleHours, "by hand, by "+req.Operator)
	}
	if !req.Rules.Hours.Set() {
		return allow(RuleHours, "the campaign sets no hours")
	}
	zone := req.Zone
	if zone == nil {
		zone = req.Rules.Zone
	}
	if zone == nil {
		return Decision{Rule: RuleZone, Why: "neither the contact nor the campaign has a time zone"}
	}
	local := req.At.In(zone)
	if req.Rules.Hours.Contains(local) {
		return allow(RuleHours, clock(local)+" is inside "+req.Rules.Hours.String())
	}
	_, next := req.Rules.Open(req.At, zone)
	return Decision{Rule: RuleHours, Why: clock(local) + " is outside " + req.Rules.Hours.String(), RetryAt: next}
}

func clock(local time.Time) string {
	return local.Format("Mon 15:04") + " in " + local.Location().String()
}

// judgeCaps looks for the cap that holds longest.
func judgeCaps(req Request, h History) Decision {
	switch {
	case req.Operator != "":
		return allow(RuleCap, "by hand, by "+req.Operator)
	case req.Appointment:
		return allow(RuleCap, "the customer asked for this call")
	}
	worst := allow(RuleCap, fmt.Sprintf("%d tries within %s", len(h.Tries), req.Rules.LongestCap()))
	for _, c := range req.Rules.caps() {
		times := counted(c, req, h.Tries)
		if len(times) < c.Max {
			continue
		}
		// The try that leaves the window first makes room for this one.
		free := times[c.Max-1].Add(c.Within)
		if worst.Allowed || free.After(worst.RetryAt) {
			worst = Decision{Rule: RuleCap, RetryAt: free,
				Why: fmt.Sprintf("tried %d times within %s, allowed are %d", len(times), c.Within, c.Max)}
		}
	}
	return worst
}

// counted are the times a cap counts, newest first.
func counted(c Cap, req Request, tries []PastTry) []time.Time {
	var times []time.Time
	seen := map[dialwright.CallID]bool{}
	for _, t := range tries {
		if !t.At.Add(c.Within).After(req.At) {
			continue
		}
		if c.Attempts {
			if t.Call == req.Call || seen[t.Call] {
				continue
			}
			seen[t.Call] = true
		}
		times = append(times, t.At)
	}
	return times
}
