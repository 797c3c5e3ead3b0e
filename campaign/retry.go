package campaign

import (
	"errors"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
)

// RetryRule says what follows an attempt that ended in one disposition.
type RetryRule struct {
	After      time.Duration `json:"after,omitempty" yaml:"after"`             // until the next attempt
	Max        int           `json:"max,omitempty" yaml:"max"`                 // attempts that may end so; 0: only the campaign's limit
	NextNumber bool          `json:"next_number,omitempty" yaml:"next_number"` // try the contact's other numbers in turn
	Stop       bool          `json:"stop,omitempty" yaml:"stop"`               // never try again
}

// RetryPolicy holds a rule for each disposition. One that has none is not
// tried again.
type RetryPolicy map[dialwright.Disposition]RetryRule

// DefaultRetry spreads attempts over the day, since the same hour answers
// worse a second time.
func DefaultRetry() RetryPolicy {
	return RetryPolicy{
		dialwright.Busy:        {After: 10 * time.Minute},
		dialwright.NoAnswer:    {After: 4 * time.Hour, NextNumber: true},
		dialwright.Rejected:    {After: 24 * time.Hour, Max: 2},
		dialwright.SwitchedOff: {After: 4 * time.Hour, NextNumber: true},
		dialwright.Unreachable: {After: 2 * time.Hour, NextNumber: true},
		dialwright.Machine:     {After: 5 * time.Hour},
		dialwright.Screened:    {After: 5 * time.Hour, Max: 2},
		dialwright.Unknown:     {After: time.Hour},
		dialwright.Abandoned:   {After: 72 * time.Hour, Max: 1},
	}
}

// Check reports rules that mean nothing.
func (p RetryPolicy) Check() error {
	var errs []error
	for d, r := range p {
		switch {
		case !d.Valid():
			errs = append(errs, fmt.Errorf("%w: retry: %q is no disposition", ErrCampaign, d))
		case !d.UsesUpAttempt():
			errs = append(errs, fmt.Errorf("%w: retry: %s is the line's fault and has no rule", ErrCampaign, d))
		case r.After < 0 || r.Max < 0:
			errs = append(errs, fmt.Errorf("%w: retry: %s must not be negative", ErrCampaign, d))
		case !r.Stop && r.After == 0:
			errs = append(errs, fmt.Errorf("%w: retry: %s needs a time to wait, or stop", ErrCampaign, d))
		}
	}
	return errors.Join(errs...)
}

const (
	// maxFree bounds attempts in a row that do not count: the fifth counts,
	// so that a line that always fails cannot try a contact for ever.
	maxFree = 5
	// freeDelay is the wait after the first of them; it doubles each time.
	freeDelay = 30 * time.Second
	// blockedDelay is the least wait after the gate refused.
	blockedDelay = 5 * time.Second
)

// After is what becomes of a contact when its attempt has ended at now.
// numbers is how many numbers the contact has.
func (c Campaign) After(p Progress, numbers int, r Result, now time.Time) Progress {
	p.UpdatedAt, p.Reason = now, ""
	if r.Blocked {
		return blocked(p, r, now)
	}
	p.Last = r.Disposition
	if r.Outcome != "" {
		p.Outcome = r.Outcome
	}
	if !r.Disposition.UsesUpAttempt() {
		p.Free++
		if p.Free < maxFree && !r.OptedOut && r.Callback.IsZero() {
			return again(p, now.Add(freeDelay<<(p.Free-1)), string(r.Disposition)+": the line's fault, not counted")
		}
	}
	p.Free = 0
	p.Attempts++
	counts := map[dialwright.Disposition]int{r.Disposition: 1}
	for d, n := range p.Counts {
		counts[d] += n
	}
	p.Counts = counts
	switch {
	case r.OptedOut:
		return done(p, "opted out")
	case r.Disposition == dialwright.Unwanted:
		return done(p, "the network says that the calls are unwanted")
	case !r.Callback.IsZero():
		p.State, p.NextAt, p.Reason = Appointment, r.Callback, "asked to be called back"
		return p
	case r.Disposition == dialwright.Answered:
		return done(p, "answered")
	case r.Disposition == dialwright.Machine && c.VoicemailPolicy == VoicemailMessage:
		return done(p, "message left")
	case r.Disposition == dialwright.InvalidNumber:
		return nextNumber(p, numbers, now)
	case p.Attempts >= c.MaxAttempts:
		return done(p, fmt.Sprintf("%d attempts made", p.Attempts))
	}
	return c.retry(p, numbers, r.Disposition, now)
}

func (c Campaign) retry(p Progress, numbers int, d dialwright.Disposition, now time.Time) Progress {
	rule, ok := c.Retry[d]
	switch {
	case !d.UsesUpAttempt(): // the last of the free ones: wait as long as any of them
		return later(p, now.Add(freeDelay<<maxFree), string(d)+": the line fails again and again")
	case !ok || rule.Stop:
		return done(p, string(d)+" is not tried again")
	case rule.Max > 0 && p.Counts[d] >= rule.Max:
		return done(p, fmt.Sprintf("%s %d times", d, p.Counts[d]))
	}
	if next, ok := p.next(numbers); ok && rule.NextNumber {
		p.Number = next
	}
	return later(p, now.Add(rule.After), string(d))
}

// nextNumber goes on at once: nobody was disturbed by a number out of service,
// so the limit of attempts does not keep the next one from being tried.
func nextNumber(p Progress, numbers int, now time.Time) Progress {
	p.Dead |= 1 << p.Number
	next, ok := p.next(numbers)
	if !ok {
		return done(p, "no valid number left")
	}
	p.Number = next
	return later(p, now, "next number")
}

// next is the number after the current one that is in service, if any other is.
func (p Progress) next(numbers int) (int, bool) {
	for i := 1; i < numbers; i++ {
		if n := (p.Number + i) % numbers; p.Dead&(1<<n) == 0 {
			return n, true
		}
	}
	return 0, false
}

func blocked(p Progress, r Result, now time.Time) Progress {
	if r.RetryAt.IsZero() {
		return done(p, r.Why)
	}
	at := r.RetryAt
	if least := now.Add(blockedDelay); at.Before(least) {
		at = least
	}
	return again(p, at, r.Why)
}

// again puts off what was not really attempted: it stays what it was.
func again(p Progress, at time.Time, why string) Progress {
	state := p.State
	p = later(p, at, why)
	if state == Appointment {
		p.State = Appointment
	} else if p.Attempts == 0 && p.Free == 0 {
		p.State = Pending
	}
	return p
}

func later(p Progress, at time.Time, why string) Progress {
	p.State, p.NextAt, p.Reason = Retrying, at, why
	return p
}

func done(p Progress, why string) Progress {
	p.State, p.NextAt, p.Reason = Done, time.Time{}, why
	return p
}
