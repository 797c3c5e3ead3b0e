package campaign

import (
	"context"
	"errors"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/compliance"
)

// Job is one attempt that is due: one contact, claimed for this worker.
type Job struct {
	Call        dialwright.CallID // the attempt
	Campaign    Campaign
	Contact     Contact
	Number      dialwright.Number // the contact's number whose turn it is
	Attempt     int               // from 1
	Appointment bool              // the contact asked to be called now
}

// Result is how an attempt ended.
type Result struct {
	Disposition dialwright.Disposition
	Outcome     string
	Callback    time.Time // zero: none was agreed
	OptedOut    bool
	// Blocked is set when the compliance gate refused; RetryAt says when to
	// ask again (zero: never) and Why is for people.
	Blocked bool
	RetryAt time.Time
	Why     string
}

// Dialer carries one attempt out, to its end. It is the telephone side. When
// the context ends, the call is to be hung up and Dial to return soon.
type Dialer interface {
	Dial(ctx context.Context, job Job) Result
}

// Lease is a worker's right to claim: while it lasts, nobody else takes over
// what the worker has claimed.
type Lease struct {
	Worker dialwright.WorkerID
	Epoch  int64 // counts the worker's incarnations
}

// ErrLeaseLost means that the lease has ended, or belongs to a later
// incarnation: the worker must place no call.
var ErrLeaseLost = errors.New("the worker's lease is lost")

// ErrNotClaimed means that an attempt is not in progress, because it was
// completed or closed before.
var ErrNotClaimed = errors.New("the attempt is not in progress")

// ErrNotFound means that there is no such campaign, contact, call or agent.
var ErrNotFound = errors.New("not found")

// ErrExists means that the name is taken.
var ErrExists = errors.New("it exists already")

// ClaimRequest asks for contacts to call now.
type ClaimRequest struct {
	Lease    Lease
	Campaign dialwright.CampaignID
	Max      int // at most this many; at least 1
	At       time.Time
}

// Claims are the contacts that a worker now has to call. The store has held
// them to everything that is shared between workers: the campaign's state, the
// stop-all switch, the hours, the limits on concurrency and on calls a second.
type Claims struct {
	Jobs []Job
	// Again is when asking again may give more, where that is known: the
	// next call that the rate allows. Zero: nothing is due, or the campaign
	// is at its limit of concurrent calls.
	Again time.Time
}

// Queue is what the runner takes contacts from and returns them to.
type Queue interface {
	// Claim takes due contacts and writes the attempts, in one transaction.
	// No contact is claimed while an attempt at it is in progress, in any
	// campaign; ErrLeaseLost.
	Claim(ctx context.Context, req ClaimRequest) (Claims, error)
	// Complete ends an attempt and decides what becomes of the contact, by
	// Campaign.After; ErrNotClaimed when that was done before.
	Complete(ctx context.Context, call dialwright.CallID, result Result, at time.Time) error
}

// Board tells the runner what ops want.
type Board interface {
	// Campaigns gives all campaigns, and whether the switch that stops
	// everything is on.
	Campaigns(ctx context.Context) (all []Campaign, stopAll bool, err error)
	// Settle moves a running campaign in which nothing is left to Finished,
	// and a draining one in which no call is left to Stopped. It gives the
	// campaign's state.
	Settle(ctx context.Context, id dialwright.CampaignID, at time.Time) (State, error)
}

// Explainer is the compliance gate as Why needs it.
type Explainer interface {
	Explain(ctx context.Context, req compliance.Request) ([]compliance.Decision, error)
}

// Standing is where one contact stands in one campaign.
type Standing struct {
	Campaign Campaign
	Contact  Contact
	Enrolled bool // false: the campaign was not started since the contact came
	Progress Progress
	Call     dialwright.CallID // the attempt in progress
	Live     int               // calls of the campaign in progress
}

// Standings finds where a number stands.
type Standings interface {
	// Standings gives one row for each contact that has the number and each
	// campaign of the contact's list, and whether all calling is stopped.
	Standings(ctx context.Context, number dialwright.Number) (rows []Standing, stopAll bool, err error)
}

// Orphan is an attempt that a worker left behind when it died.
type Orphan struct {
	Job      Job
	Lease    Lease  // whose it was
	Try      int    // number of the last try that was recorded; 0: none
	Cleared  int    // tries that the compliance gate let pass; 0: certainly nothing was dialled
	Answered bool   // somebody had picked up
	Ended    bool   // the record has its end; only Complete was missed
	Result   Result // disposition and outcome, as far as the record tells
}
