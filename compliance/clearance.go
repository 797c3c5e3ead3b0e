package compliance

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/dialwright/dialwright"
)

// Request asks whether one number may be dialled now.
type Request struct {
	Campaign dialwright.CampaignID
	Contact  dialwright.ContactID
	Call     dialwright.CallID
	Try      int // counted from 1 inside the call
	Number   dialwright.Number
	Zone     *time.Location // the contact's; nil means the campaign's default
	Rules    Rules
	At       time.Time
	// Appointment lifts the frequency caps: the customer asked for this call.
	// It lifts neither the Do-Not-Call list nor the hours.
	Appointment bool
	// Operator is set when somebody rings their own telephone by hand. It
	// lifts the hours and the caps, never the Do-Not-Call list.
	Operator string
}

// Decision is the gate's answer, as it stands in the audit log.
type Decision struct {
	Allowed bool      `json:"allowed"`
	Rule    string    `json:"rule"`              // the rule that decided: dnc, hours, cap, ok, ...
	Why     string    `json:"why"`               // for people
	RetryAt time.Time `json:"retry_at,omitzero"` // when the rule may no longer stand; zero: never
}

// Clearance is the leave to place one customer leg, once, soon. Only a Gate
// makes one.
type Clearance struct {
	call    dialwright.CallID
	try     int
	number  dialwright.Number
	expires time.Time
	used    atomic.Bool
}

// Errors of Clearance.Use.
var (
	ErrUsed    = errors.New("this clearance was used before")
	ErrExpired = errors.New("this clearance has expired")
	ErrNone    = errors.New("no clearance was given")
	ErrOther   = errors.New("this clearance is for another leg")
)

// Use spends the clearance on dialling number as the given try of a call.
func (c *Clearance) Use(call dialwright.CallID, try int, number dialwright.Number, now time.Time) error {
	switch {
	case c == nil || c.call == "":
		return ErrNone
	case c.call != call || c.try != try || c.number != number:
		return ErrOther
	case now.After(c.expires):
		return ErrExpired
	case !c.used.CompareAndSwap(false, true):
		return ErrUsed
	}
	return nil
}

// Ledger is what the gate needs of the store. Reserve decides and writes in
// one transaction: it counts the tries that the caps look at, hands the
// counts to decide, writes the decision into the audit log and, where it
// allows, the reservation.
type Ledger interface {
	Reserve(ctx context.Context, req Request, decide func(History) Decision) (Decision, error)
	History(ctx context.Context, req Request) (History, error)
}

// History is what is known of a number when a decision is made.
type History struct {
	StopAll  bool // the switch that stops all calling is on
	DNC      bool
	DNCSince time.Time
	DNCWhy   string
	// Tries are the earlier tries to this number within the longest cap's
	// window, newest first; reservations that were never dialled count.
	Tries []PastTry
}

// PastTry is one earlier try, or a reservation for one.
type PastTry struct {
	Call dialwright.CallID
	At   time.Time
}
