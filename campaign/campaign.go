package campaign

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/compliance"
)

// State is what a campaign is doing.
type State string

// The states of a campaign.
const (
	Draft    State = "draft"    // never started
	Running  State = "running"  // calls are placed
	Paused   State = "paused"   // no new calls; running ones go on
	Draining State = "draining" // no new calls; stopped once the running ones have ended
	Stopped  State = "stopped"  // running calls are ended at once
	Finished State = "finished" // nothing is left to be called
)

// What to do when a machine answers.
const (
	// VoicemailHangUp says nothing and tries again by the retry policy.
	VoicemailHangUp = "hang_up"
	// VoicemailMessage leaves the flow's message, after which the contact is done.
	VoicemailMessage = "message"
)

// Campaign is what ops set up: whom to call along which flow, within what
// limits.
type Campaign struct {
	ID              dialwright.CampaignID `json:"id" yaml:"id"`
	List            string                `json:"list" yaml:"list"`
	Flow            string                `json:"flow" yaml:"flow"` // path of the YAML file
	State           State                 `json:"state" yaml:"-"`
	Hours           compliance.Hours      `json:"hours" yaml:"hours"`               // in the contact's zone
	Legal           compliance.Window     `json:"legal,omitzero" yaml:"legal"`      // zero: compliance.DefaultLegal
	Caps            []compliance.Cap      `json:"caps" yaml:"caps"`                 // nil: compliance.DefaultCaps
	Zone            string                `json:"zone" yaml:"zone"`                 // of contacts without one; IANA name
	Region          string                `json:"region" yaml:"region"`             // of numbers without country code
	MaxConcurrent   int                   `json:"max_concurrent" yaml:"concurrent"` // calls at once, over all workers
	CallsPerSecond  float64               `json:"calls_per_second" yaml:"cps"`      // new calls, over all workers; 0: no limit
	RingTimeout     time.Duration         `json:"ring_timeout" yaml:"ring_timeout"`
	MaxDuration     time.Duration         `json:"max_duration" yaml:"max_duration"` // of a call
	Trunks          []string              `json:"trunks" yaml:"trunks"`             // in the order they are tried
	CallerID        string                `json:"caller_id" yaml:"caller_id"`
	MaxAttempts     int                   `json:"max_attempts" yaml:"max_attempts"` // for each contact
	Retry           RetryPolicy           `json:"retry" yaml:"retry"`
	VoicemailPolicy string                `json:"voicemail" yaml:"voicemail"`
	CreatedAt       time.Time             `json:"created_at" yaml:"-"`
}

// Defaults of a Campaign.
const (
	DefaultMaxConcurrent = 10
	DefaultRingTimeout   = 30 * time.Second
	DefaultMaxDuration   = 15 * time.Minute
	DefaultMaxAttempts   = 3
)

// WithDefaults fills in what was left open.
func (c Campaign) WithDefaults() Campaign {
	fill(&c.State, Draft)
	fill(&c.MaxConcurrent, DefaultMaxConcurrent)
	fill(&c.RingTimeout, DefaultRingTimeout)
	fill(&c.MaxDuration, DefaultMaxDuration)
	fill(&c.MaxAttempts, DefaultMaxAttempts)
	fill(&c.VoicemailPolicy, VoicemailHangUp)
	if c.Retry == nil {
		c.Retry = DefaultRetry()
	}
	return c
}

func fill[T comparable](v *T, fallback T) {
	var zero T
	if *v == zero {
		*v = fallback
	}
}

// ErrCampaign is wrapped by every error about a campaign that cannot run.
var ErrCampaign = errors.New("not a campaign")

// Check reports everything that would keep the campaign from running, with
// the defaults filled in.
func (c Campaign) Check() error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrCampaign}, args...)...))
	}
	if !validName(string(c.ID)) {
		bad("id %q must be 1 to 64 letters, digits, - or _", c.ID)
	}
	if c.List == "" {
		bad("%s has no list of contacts", c.ID)
	}
	if c.Flow == "" {
		bad("%s has no flow", c.ID)
	}
	if c.MaxConcurrent < 1 || c.CallsPerSecond < 0 || c.MaxAttempts < 1 {
		bad("%s: concurrent calls and attempts must be 1 or more, calls per second 0 or more", c.ID)
	}
	if c.RingTimeout < time.Second || c.MaxDuration < c.RingTimeout {
		bad("%s: ring timeout %s must be a second or more and not exceed the call's limit %s", c.ID, c.RingTimeout, c.MaxDuration)
	}
	if !slices.Contains([]string{VoicemailHangUp, VoicemailMessage}, c.VoicemailPolicy) {
		bad("%s: voicemail %q must be %s or %s", c.ID, c.VoicemailPolicy, VoicemailHangUp, VoicemailMessage)
	}
	errs = append(errs, c.Retry.Check())
	rules, err := c.Rules()
	if err == nil {
		err = rules.Check()
	}
	if err != nil {
		errs = append(errs, fmt.Errorf("%w: %s: %w", ErrCampaign, c.ID, err))
	}
	return errors.Join(errs...)
}

// Rules are what the compliance gate holds the campaign to.
func (c Campaign) Rules() (compliance.Rules, error) {
	zone, err := compliance.LoadZone(c.Zone)
	if err != nil {
		return compliance.Rules{}, err
	}
	return compliance.Rules{Hours: c.Hours, Legal: c.Legal, Zone: zone, Caps: c.Caps}, nil
}

func validName(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return true
}

// Order is what ops can tell a campaign to do.
type Order string

// The orders.
const (
	Start  Order = "start"
	Pause  Order = "pause"
	Resume Order = "resume"
	Drain  Order = "drain"
	Stop   Order = "stop"
)

// ErrOrder is wrapped when an order does not fit the campaign's state.
var ErrOrder = errors.New("order refused")

// Obey gives the state that an order leads to.
func (s State) Obey(o Order) (State, error) {
	var next State
	var from []State
	switch o {
	case Start:
		next, from = Running, []State{Draft, Stopped, Finished, Paused, Running}
	case Resume:
		next, from = Running, []State{Paused, Draining, Running}
	case Pause:
		next, from = Paused, []State{Running, Draining, Paused}
	case Drain:
		next, from = Draining, []State{Running, Paused, Draining}
	case Stop:
		next, from = Stopped, []State{Draft, Running, Paused, Draining, Stopped, Finished}
	default:
		return s, fmt.Errorf("%w: %q is no order", ErrOrder, o)
	}
	if !slices.Contains(from, s) {
		return s, fmt.Errorf("%w: cannot %s a campaign that is %s", ErrOrder, o, s)
	}
	return next, nil
}
