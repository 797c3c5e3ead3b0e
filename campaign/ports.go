package campaign

import (
	"context"
	"time"

	"github.com/dialwright/dialwright"
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

// Dialer carries one attempt out, to its end. It is the telephone side.
type Dialer interface {
	Dial(ctx context.Context, job Job) Result
}
