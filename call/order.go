package call

import (
	"context"
	"errors"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/media"
)

// Order asks for one call: one attempt at one contact.
type Order struct {
	Call     dialwright.CallID
	Campaign dialwright.CampaignID
	Contact  dialwright.ContactID
	Number   dialwright.Number
	Flow     *dialog.Flow
	Fields   map[string]any // the contact's fields, for the flow's templates
	Memory   map[string]any // what flows remember of the contact
	Zone     *time.Location // the contact's; nil means UTC
	// Hours tells whether a call back may be promised for a time, and if not,
	// for when; nil: for any time.
	Hours    func(time.Time) (ok bool, next time.Time)
	CallerID string // shown to the customer unless the line has its own

	RingTimeout time.Duration // for one try
	MaxDuration time.Duration // of the whole call; Asterisk enforces it too
	// VoicemailAfter takes an answer for a machine when its greeting goes on
	// for so long without a pause; 0 switches the guess off.
	VoicemailAfter time.Duration
	// LeaveMessage lets the flow speak to a machine (on_voicemail); otherwise
	// the call is hung up as soon as one is heard.
	LeaveMessage bool

	// Lines gives the lines to try, one after the other.
	Lines Lines
	// Clear asks the compliance gate for one try.
	Clear func(ctx context.Context, try int) (*compliance.Clearance, compliance.Decision, error)
}

// Line is one way out: a trunk with a place reserved on it.
type Line struct {
	Trunk    string
	Endpoint string       // what Asterisk dials: PJSIP/13800138000@trunk-a
	CallerID string       // the trunk's own; empty: the order's
	Format   media.Format // of the media leg; should agree with the trunk's codec
	// Release gives the place back, with the try's end.
	Release func(dialwright.Disposition)
}

// ErrNoLine means that no trunk that has not been tried has a place free now.
var ErrNoLine = errors.New("no line is free")

// Lines hands out lines. A nil number asks for one that reaches it.
type Lines interface {
	// Next reserves a line to number on a trunk that is not in tried.
	Next(ctx context.Context, number dialwright.Number, tried []string) (Line, error)
}

// Duties are what a conversation leaves behind in the store, each written
// before the conversation goes on.
type Duties interface {
	OptOut(ctx context.Context, order Order, words string) error
	Callback(ctx context.Context, order Order, at time.Time, words string) error
}

// Result is how a call ended, for the campaign.
type Result struct {
	Disposition dialwright.Disposition
	Outcome     string
	Callback    time.Time // zero: none agreed
	OptedOut    bool
	Blocked     *compliance.Decision // set when the gate refused before any try
	// Untidy tells that Asterisk could not be reached to hang everything up:
	// something of the call may be left there.
	Untidy bool
	Err    error // set when we, not the network, failed
}
