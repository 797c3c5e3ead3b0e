package campaign_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/store"
)

// phones is a telephone network: what each number does, at its nth call.
type phones struct {
	answer func(job campaign.Job) (campaign.Result, time.Duration)

	mu    sync.Mutex
	live  map[dialwright.ContactID]bool
	most  int
	calls []placed
	twice []dialwright.ContactID
}

type placed struct {
	number dialwright.Number
	at     time.Time
	job    campaign.Job
}

func (p *phones) Dial(ctx context.Context, job campaign.Job) campaign.Result {
	p.mu.Lock()
	if p.live == nil {
		p.live = map[dialwright.ContactID]bool{}
	}
	if p.live[job.Contact.ID] {
		p.twice = append(p.twice, job.Contact.ID)
	}
	p.live[job.Contact.ID] = true
	p.most = max(p.most, len(p.live))
	p.calls = append(p.calls, placed{job.Number, time.Now(), job})
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.live, job.Contact.ID)
		p.mu.Unlock()
	}()
	result, takes := p.answer(job)
	select {
	case <-time.After(takes):
		return result
	case <-ctx.Done():
		return campaign.Result{Disposition: dialwright.Cancelled}
	}
}

func (p *phones) placed() []placed {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]placed(nil), p.calls...)
}

// rehearsal is a campaign in simulated time, over a real database.
type rehearsal struct {
	t      *testing.T
	poll   time.Duration
	db     *store.DB
	phones *phones
	runner *campaign.Runner
	done   chan error
	cancel context.CancelFunc
}

func rehearse(t *testing.T, c campaign.Campaign, contacts int, poll time.Duration, answer func(campaign.Job) (campaign.Result, time.Duration)) *rehearsal {
	t.Helper()
	r := &rehearsal{t: t, poll: poll, db: database(t), phones: &phones{answer: answer}, done: make(chan error, 1)}
	c.ID, c.List, c.Flow = "camp", "list", "flow.yaml"
	if c.Zone == "" {
		c.Zone = "UTC"
	}
	if c.Legal.To == 0 {
		c.Legal.To = 24 * 60
	}
	var rows []campaign.ImportRow
	for i := range contacts {
		n := dialwright.Number(fmt.Sprintf("+86138%08d", i))
		rows = append(rows, campaign.ImportRow{Contact: campaign.Contact{ImportKey: string(n), Numbers: []dialwright.Number{n}}})
	}
	_, err := r.db.ImportContacts(context.Background(), "list", rows, time.Now(), false)
	r.must(err)
	r.must(r.db.CreateCampaign(context.Background(), c, time.Now()))
	r.order(campaign.Start)
	lease, err := r.db.AcquireLease(context.Background(), "w", time.Now(), 10000*time.Hour)
	r.must(err)
	r.runner = campaign.NewRunner(campaign.RunnerOptions{Queue: r.db, Board: r.db, Dialer: r.phones, Clock: dialwright.SystemClock{}, Lease: lease, Poll: poll})
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() { r.done <- r.runner.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-r.done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the runner ended with %v", err)
		}
	})
	return r
}

func (r *rehearsal) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rehearsal) order(o campaign.Order) {
	r.t.Helper()
	_, err := r.db.OrderCampaign(context.Background(), "camp", o, "test", time.Now())
	r.must(err)
}

func (r *rehearsal) state() campaign.State {
	c, err := r.db.GetCampaign(context.Background(), "camp")
	r.must(err)
	return c.State
}

// until lets simulated time pass until the campaign is in a state.
func (r *rehearsal) until(want campaign.State, most time.Duration) {
	r.t.Helper()
	for end := time.Now().Add(most); r.state() != want; r.pass(2 * r.poll) {
		if time.Now().After(end) {
			r.t.Fatalf("the campaign is %s after %s, not %s: %+v", r.state(), most, want, r.runner.Stats())
		}
	}
}

// pass lets simulated time pass.
func (r *rehearsal) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (r *rehearsal) contacts() map[campaign.ContactState]int {
	n, err := r.db.Count(context.Background(), "camp")
	r.must(err)
	return n
}

func answered(job campaign.Job) (campaign.Result, time.Duration) {
	return campaign.Result{Disposition: dialwright.Answered, Outcome: "done"}, 20 * time.Second
}

func TestRunnerFinishesACampaign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		script := map[int][]dialwright.Disposition{ // by the number's last digit
			0: {dialwright.Answered},
			1: {dialwright.Busy, dialwright.Answered},
			2: {dialwright.NoAnswer, dialwright.NoAnswer, dialwright.NoAnswer},
			3: {dialwright.InvalidNumber},
			4: {dialwright.Congestion, dialwright.Answered},
			5: {dialwright.Unwanted},
			6: {dialwright.Machine, dialwright.Busy, dialwright.Busy},
			7: {dialwright.Failed, dialwright.Failed, dialwright.Failed, dialwright.Failed, dialwright.Failed, dialwright.Answered},
			8: {dialwright.Rejected, dialwright.Rejected},
			9: {dialwright.Fax},
		}
		var mu sync.Mutex
		calls := map[dialwright.Number]int{}
		r := rehearse(t, campaign.Campaign{MaxConcurrent: 7}, 30, 2*time.Minute, func(job campaign.Job) (campaign.Result, time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			n := calls[job.Number]
			calls[job.Number]++
			steps := script[int(job.Number[len(job.Number)-1]-'0')]
			if n >= len(steps) {
				t.Errorf("%s is called %d times", job.Number, n+1)
				return answered(job)
			}
			return campaign.Result{Disposition: steps[n]}, 15 * time.Second
		})
		r.until(campaign.Finished, 100*time.Hour)
		want := 0
		for _, steps := range script {
			want += 3 * len(steps)
		}
		if got := len(r.phones.placed()); got != want || len(r.phones.twice) > 0 || r.phones.most > 7 {
			t.Errorf("%d calls, want %d; twice at once %v; at most %d at once", got, want, r.phones.twice, r.phones.most)
		}
		if got := r.contacts(); !maps.Equal(got, map[campaign.ContactState]int{campaign.Done: 30}) {
			t.Errorf("contacts %v", got)
		}
		s := r.runner.Stats()
		if s.Placed != want || s.Completed != want || s.Live != 0 || s.Lost != 0 || s.Errors != 0 {
			t.Errorf("stats %+v", s)
		}
	})
}

func TestRunnerKeepsTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rehearse(t, campaign.Campaign{MaxConcurrent: 1000, CallsPerSecond: 8}, 200, time.Second, answered)
		r.until(campaign.Finished, time.Hour)
		calls := r.phones.placed()
		if took := calls[len(calls)-1].at.Sub(calls[0].at); took < 24*time.Second || took > 26*time.Second {
			t.Errorf("200 calls at 8 a second took %s", took)
		}
		for i := 9; i < len(calls); i++ {
			if calls[i].at.Sub(calls[i-9].at) < time.Second {
				t.Fatalf("10 calls within %s", calls[i].at.Sub(calls[i-9].at))
			}
		}
	})
}

func TestRunnerKeepsTheHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := campaign.Campaign{Zone: "Asia/Shanghai", MaxConcurrent: 1}
		if err := c.Hours.UnmarshalText([]byte("mon-fri 09:00-10:00")); err != nil {
			t.Fatal(err)
		}
		r := rehearse(t, c, 250, 2*time.Minute, answered) // 20 s each: 180 in an hour
		r.until(campaign.Finished, 10*24*time.Hour)
		zone, err := time.LoadLocation("Asia/Shanghai")
		r.must(err)
		days := map[string]int{}
		for _, call := range r.phones.placed() {
			at := call.at.In(zone)
			if at.Hour() != 9 || at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
				t.Errorf("a call on %s", at)
			}
			days[at.Format(time.DateOnly)]++
		}
		if len(days) != 2 {
			t.Errorf("calls by day: %v", days)
		}
	})
}

// A promised call comes in its minute, before everything else.
func TestRunnerKeepsAppointments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var promised time.Time
		r := rehearse(t, campaign.Campaign{MaxConcurrent: 1}, 500, 5*time.Second, func(job campaign.Job) (campaign.Result, time.Duration) {
			result, takes := answered(job)
			if job.Number == "+8613800000003" && !job.Appointment {
				promised = time.Now().Add(time.Hour)
				result.Callback = promised
			}
			return result, takes
		})
		r.until(campaign.Finished, 10*time.Hour)
		kept := 0
		for _, call := range r.phones.placed() {
			if call.job.Appointment {
				kept++
				if late := call.at.Sub(promised); call.number != "+8613800000003" || late < 0 || late > time.Minute {
					t.Errorf("%s was called %s after the time agreed", call.number, late)
				}
			}
		}
		if kept != 1 {
			t.Errorf("%d appointments were kept", kept)
		}
	})
}

// long is a call of ten minutes.
func long(campaign.Job) (campaign.Result, time.Duration) {
	return campaign.Result{Disposition: dialwright.Answered}, 10 * time.Minute
}

func (r *rehearsal) live(want int) {
	r.t.Helper()
	if got := r.runner.Stats().Live; got != want {
		r.t.Fatalf("%d calls are live, want %d", got, want)
	}
}

func TestRunnerObeysOrders(t *testing.T) {
	t.Run("pause", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := rehearse(t, campaign.Campaign{MaxConcurrent: 5}, 10, time.Second, long)
			r.pass(time.Minute)
			r.live(5)
			r.order(campaign.Pause)
			r.pass(5 * time.Minute)
			r.live(5) // they go on
			r.pass(20 * time.Minute)
			r.live(0)
			r.order(campaign.Resume)
			r.until(campaign.Finished, time.Hour)
		})
	})
	t.Run("drain", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := rehearse(t, campaign.Campaign{MaxConcurrent: 5}, 10, time.Second, long)
			r.pass(time.Minute)
			r.order(campaign.Drain)
			r.pass(5 * time.Minute)
			r.live(5)
			r.until(campaign.Stopped, 10*time.Minute)
			if got := r.contacts(); got[campaign.Done] != 5 || got[campaign.Pending] != 5 {
				t.Errorf("contacts %v", got)
			}
		})
	})
	t.Run("stop", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := rehearse(t, campaign.Campaign{MaxConcurrent: 5}, 10, time.Second, long)
			r.pass(time.Minute)
			r.order(campaign.Stop)
			r.pass(2 * time.Second)
			r.live(0)
			if got := r.contacts(); got[campaign.Retrying] != 5 || got[campaign.Pending] != 5 {
				t.Errorf("contacts %v", got)
			}
			r.order(campaign.Start)
			r.until(campaign.Finished, 2*time.Hour)
		})
	})
	t.Run("stop all", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := rehearse(t, campaign.Campaign{MaxConcurrent: 5}, 10, time.Second, long)
			r.pass(time.Minute)
			r.must(r.db.SetStopAll(t.Context(), true, "test", time.Now()))
			r.pass(2 * time.Second)
			r.live(0)
			r.must(r.db.SetStopAll(t.Context(), false, "test", time.Now()))
			r.until(campaign.Finished, 2*time.Hour)
		})
	})
}

func TestRunnerEnds(t *testing.T) {
	t.Run("drain of the worker", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := rehearse(t, campaign.Campaign{MaxConcurrent: 5}, 10, time.Second, long)
			r.pass(time.Minute)
			r.runner.Drain()
			r.pass(5 * time.Minute)
			r.live(5)
			if err := <-r.done; err != nil {
				t.Errorf("ended with %v", err)
			}
			r.done <- nil
			if got := r.contacts(); got[campaign.Done] != 5 || got[campaign.Claimed] != 0 {
				t.Errorf("contacts %v", got)
			}
		})
	})
	t.Run("end of the context", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := rehearse(t, campaign.Campaign{MaxConcurrent: 5}, 10, time.Second, long)
			r.pass(time.Minute)
			r.cancel()
			if err := <-r.done; !errors.Is(err, context.Canceled) {
				t.Errorf("ended with %v", err)
			}
			r.done <- nil
			r.live(0)
			if got := r.contacts(); got[campaign.Claimed] != 0 {
				t.Errorf("contacts %v", got)
			}
		})
	})
	t.Run("lost lease", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := rehearse(t, campaign.Campaign{MaxConcurrent: 5}, 10, time.Second, long)
			r.pass(time.Minute)
			_, err := r.db.AcquireLease(t.Context(), "w", time.Now(), time.Hour)
			r.must(err)
			if err := <-r.done; !errors.Is(err, campaign.ErrLeaseLost) {
				t.Errorf("ended with %v", err)
			}
			r.done <- nil
			if err := r.runner.Run(t.Context()); err == nil {
				t.Error("a runner ran twice")
			}
		})
	})
}

// What the gate refuses is asked again when it said so, and never when not.
func TestRunnerAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := map[dialwright.Number]time.Time{}
		r := rehearse(t, campaign.Campaign{MaxConcurrent: 1}, 4, 5*time.Second, func(job campaign.Job) (campaign.Result, time.Duration) {
			at, again := first[job.Number]
			switch {
			case job.Number == "+8613800000000":
				return campaign.Result{Blocked: true, Why: "on the list"}, 0
			case !again:
				first[job.Number] = time.Now()
				return campaign.Result{Blocked: true, RetryAt: time.Now().Add(time.Hour), Why: "cap"}, 0
			case time.Since(at) < time.Hour || job.Attempt != 1:
				t.Errorf("%s asked after %s, attempt %d", job.Number, time.Since(at), job.Attempt)
			}
			return answered(job)
		})
		r.until(campaign.Finished, 3*time.Hour)
		if s := r.runner.Stats(); s.Blocked != 4 || s.Placed != 7 {
			t.Errorf("stats %+v", s)
		}
	})
}

// flaky fails now and then.
type flaky struct {
	*store.DB
	mu sync.Mutex
	n  int
}

func (f *flaky) Complete(ctx context.Context, call dialwright.CallID, r campaign.Result, at time.Time) error {
	f.mu.Lock()
	f.n++
	fail := f.n%3 != 0
	f.mu.Unlock()
	if fail {
		return errors.New("the database is away")
	}
	return f.DB.Complete(ctx, call, r, at)
}

func TestRunnerOutlastsTheDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rehearse(t, campaign.Campaign{}, 0, time.Second, answered)
		rows := []campaign.ImportRow{{Contact: campaign.Contact{ImportKey: "k", Numbers: []dialwright.Number{"+8613800000000"}}}}
		r.until(campaign.Finished, time.Minute)
		_, err := r.db.ImportContacts(t.Context(), "list", rows, time.Now(), false)
		r.must(err)
		r.cancel()
		if err := <-r.done; !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
		lease, err := r.db.AcquireLease(t.Context(), "w", time.Now(), time.Hour)
		r.must(err)
		r.order(campaign.Start)
		f := &flaky{DB: r.db}
		runner := campaign.NewRunner(campaign.RunnerOptions{Queue: f, Board: f, Dialer: r.phones, Clock: dialwright.SystemClock{}, Lease: lease, Campaign: "camp"})
		go func() { r.done <- runner.Run(t.Context()) }()
		r.until(campaign.Finished, time.Hour)
		runner.Drain()
		if err := <-r.done; err != nil {
			t.Error(err)
		}
		r.done <- nil
		if s := runner.Stats(); s.Completed != 1 || s.Lost != 0 || f.n != 3 {
			t.Errorf("stats %+v after %d tries", s, f.n)
		}
	})
}
