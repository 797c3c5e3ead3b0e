package campaign

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright"
)

// RunnerOptions say what a Runner works with.
type RunnerOptions struct {
	Queue    Queue
	Board    Board
	Dialer   Dialer
	Clock    dialwright.Clock
	Lease    Lease
	Campaign dialwright.CampaignID // empty: all of them
	// MaxConcurrent limits this worker's calls over all campaigns; 0: only
	// the campaigns' own limits.
	MaxConcurrent int
	Poll          time.Duration // between two looks at the campaigns; default 500 ms
	Logger        zerolog.Logger
}

// Runner places the calls of running campaigns, each in a goroutine of its
// own, until the context ends or Drain was called.
type Runner struct {
	opts RunnerOptions

	mu       sync.Mutex
	live     map[dialwright.CallID]liveCall
	stats    Stats
	draining bool
	ran      bool

	wake  chan struct{} // something changed: look again
	calls sync.WaitGroup
}

type liveCall struct {
	campaign dialwright.CampaignID
	cancel   context.CancelFunc
}

// Stats count what a runner did since it was made.
type Stats struct {
	Live      int            `json:"live"`      // calls now
	Placed    int            `json:"placed"`    // attempts handed to the dialer
	Completed int            `json:"completed"` // attempts ended and written
	Blocked   int            `json:"blocked"`   // of those, refused by the compliance gate
	Lost      int            `json:"lost"`      // attempts whose end could not be written; recovery finds them
	Errors    int            `json:"errors"`    // times the store failed
	Campaigns map[string]int `json:"campaigns"` // calls now, by campaign
}

// NewRunner makes a runner; Run starts it.
func NewRunner(o RunnerOptions) *Runner {
	if o.Poll <= 0 {
		o.Poll = 500 * time.Millisecond
	}
	return &Runner{opts: o, live: map[dialwright.CallID]liveCall{}, wake: make(chan struct{}, 1)}
}

// Drain lets the running calls finish and places no more; Run then returns.
func (r *Runner) Drain() {
	r.mu.Lock()
	r.draining = true
	r.mu.Unlock()
	r.nudge()
}

// Stats gives the counters.
func (r *Runner) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.stats
	s.Live, s.Campaigns = len(r.live), map[string]int{}
	for _, c := range r.live {
		s.Campaigns[string(c.campaign)]++
	}
	return s
}

func (r *Runner) nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run places calls until Drain was called and the running calls have ended
// (nil), the context ends (its error; running calls are cancelled and waited
// for), or the lease is lost (ErrLeaseLost, the same). A runner runs once.
func (r *Runner) Run(ctx context.Context) error {
	r.mu.Lock()
	if r.ran {
		r.mu.Unlock()
		return errors.New("campaign: a runner runs once")
	}
	r.ran = true
	r.mu.Unlock()

	calls, cancel := context.WithCancel(ctx)
	defer r.calls.Wait()
	defer cancel()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timer.C:
		case <-r.wake:
		}
		wait, err := r.look(ctx, calls)
		switch {
		case errors.Is(err, ErrLeaseLost):
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			r.failed(err, "look for contacts to call")
		}
		if r.drained() {
			return nil
		}
		timer.Reset(wait)
	}
}

func (r *Runner) drained() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.draining && len(r.live) == 0
}

// look does what the campaigns' states ask for and gives the time until the
// next look. One campaign's trouble does not keep the others waiting.
func (r *Runner) look(ctx, calls context.Context) (time.Duration, error) {
	all, stopAll, err := r.opts.Board.Campaigns(ctx)
	if err != nil {
		return r.opts.Poll, fmt.Errorf("read the campaigns: %w", err)
	}
	wait := r.opts.Poll
	var errs []error
	for _, c := range all {
		if r.opts.Campaign != "" && c.ID != r.opts.Campaign {
			continue
		}
		if stopAll || c.State == Stopped {
			r.stop(c.ID)
			continue
		}
		next, err := r.serve(ctx, calls, c)
		wait = min(wait, next)
		errs = append(errs, err)
	}
	return wait, errors.Join(errs...)
}

// serve claims what one campaign may call now.
func (r *Runner) serve(ctx, calls context.Context, c Campaign) (time.Duration, error) {
	wait := r.opts.Poll
	switch c.State {
	case Running:
	case Draining:
		return wait, r.settle(ctx, c.ID)
	default:
		return wait, nil
	}
	room := r.room(c)
	if room < 1 {
		return wait, nil
	}
	now := r.opts.Clock.Now()
	claims, err := r.opts.Queue.Claim(ctx, ClaimRequest{Lease: r.opts.Lease, Campaign: c.ID, Max: room, At: now})
	if err != nil {
		return wait, err // it says of which campaign
	}
	for _, job := range claims.Jobs {
		r.place(calls, job)
	}
	if !claims.Again.IsZero() {
		return max(time.Millisecond, min(wait, claims.Again.Sub(now))), nil
	}
	if len(claims.Jobs) == 0 && r.liveOf(c.ID) == 0 {
		return wait, r.settle(ctx, c.ID)
	}
	return wait, nil
}

func (r *Runner) settle(ctx context.Context, id dialwright.CampaignID) error {
	if r.liveOf(id) > 0 {
		return nil
	}
	if _, err := r.opts.Board.Settle(ctx, id, r.opts.Clock.Now()); err != nil {
		return fmt.Errorf("settle campaign %s: %w", id, err)
	}
	return nil
}

// maxClaim bounds one transaction.
const maxClaim = 100

func (r *Runner) room(c Campaign) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.draining {
		return 0
	}
	room := maxClaim
	if r.opts.MaxConcurrent > 0 {
		room = min(room, r.opts.MaxConcurrent-len(r.live))
	}
	return min(room, c.MaxConcurrent-r.countLocked(c.ID))
}

func (r *Runner) liveOf(id dialwright.CampaignID) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.countLocked(id)
}

func (r *Runner) countLocked(id dialwright.CampaignID) int {
	n := 0
	for _, c := range r.live {
		if c.campaign == id {
			n++
		}
	}
	return n
}

// stop ends the running calls of a campaign.
func (r *Runner) stop(id dialwright.CampaignID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.live {
		if c.campaign == id {
			c.cancel()
		}
	}
}

func (r *Runner) place(calls context.Context, job Job) {
	ctx, cancel := context.WithCancel(calls)
	r.mu.Lock()
	r.live[job.Call] = liveCall{campaign: job.Campaign.ID, cancel: cancel}
	r.stats.Placed++
	r.mu.Unlock()
	r.calls.Go(func() {
		defer cancel()
		result := r.opts.Dialer.Dial(ctx, job)
		r.complete(ctx, job, result)
		r.mu.Lock()
		delete(r.live, job.Call)
		r.mu.Unlock()
		r.nudge()
	})
}

// complete writes the end of an attempt. A database that is away for a moment
// must not lose it; one that stays away leaves it to recovery.
func (r *Runner) complete(ctx context.Context, job Job, result Result) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := r.opts.Queue.Complete(ctx, job.Call, result, r.opts.Clock.Now())
		if errors.Is(err, ErrNotClaimed) {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithMaxElapsedTime(25*time.Second))
	r.mu.Lock()
	switch {
	case err != nil:
		r.stats.Lost++
	case result.Blocked:
		r.stats.Blocked++
		fallthrough
	default:
		r.stats.Completed++
	}
	r.mu.Unlock()
	if err != nil {
		r.failed(err, "complete the attempt "+string(job.Call))
	}
}

func (r *Runner) failed(err error, what string) {
	r.mu.Lock()
	r.stats.Errors++
	r.mu.Unlock()
	r.opts.Logger.Error().Err(err).Str("worker", string(r.opts.Lease.Worker)).Msg(what)
}
