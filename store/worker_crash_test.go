package store_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/store"
	"github.com/dialwright/dialwright/store/storetest"
)

// TestWorkerChild is a worker that TestWorkersKilled kills. It writes a line
// for each call that it begins.
func TestWorkerChild(t *testing.T) {
	dsn, name, ok := strings.Cut(os.Getenv("DIALWRIGHT_TEST_WORKER"), " ")
	if !ok {
		return // run by hand, there is nothing to do
	}
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	clock := dialwright.SystemClock{}
	lease, err := db.AcquireLease(t.Context(), dialwright.WorkerID(name), clock.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	orphans, err := db.Recover(t.Context(), lease, clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range orphans { // they were made: the line stands in the log
		if err := db.CloseOrphan(t.Context(), o.Job.Call, dialwright.Answered, clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	runner := campaign.NewRunner(campaign.RunnerOptions{Queue: db, Board: db, Dialer: loud{}, Clock: clock, Lease: lease, Poll: 20 * time.Millisecond})
	if err := runner.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// loud says whom it calls.
type loud struct{}

func (loud) Dial(_ context.Context, job campaign.Job) campaign.Result {
	fmt.Printf("called %s %s\n", job.Contact.ID, job.Call)
	return campaign.Result{Disposition: dialwright.Answered}
}

// Two workers are killed again and again in the middle of a campaign. No
// contact is called twice, and none is forgotten: each has an attempt on
// record, which was made or, at the moment of a kill, about to be.
func TestWorkersKilled(t *testing.T) {
	const people = 400
	for _, target := range databases {
		t.Run(target.name, func(t *testing.T) {
			dsn := target.dsn(t)
			db := migrated(t, dsn)
			c := storetest.Campaign("camp", "list")
			c.MaxConcurrent = 8
			storetest.Fill(t, db, "list", 0, people)
			if err := db.CreateCampaign(t.Context(), c, time.Now()); err != nil {
				t.Fatal(err)
			}
			if _, err := db.OrderCampaign(t.Context(), "camp", campaign.Start, "test", time.Now()); err != nil {
				t.Fatal(err)
			}
			calls := &callLog{seen: map[string]string{}, left: func() bool {
				n, err := db.Count(t.Context(), "camp")
				return err != nil || n[campaign.Pending] > 0
			}}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			var workers sync.WaitGroup
			for _, name := range []string{"one", "two"} {
				workers.Go(func() {
					for n := 30; calls.left() && ctx.Err() == nil; n += 10 {
						calls.run(ctx, t, dsn, name, n)
					}
				})
			}
			workers.Wait()
			// What the last to be killed had begun is on record, and closed by recovery.
			lease, err := db.AcquireLease(t.Context(), "three", time.Now().Add(2*time.Hour), time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			orphans, err := db.Recover(t.Context(), lease, time.Now().Add(2*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range orphans {
				if err := db.CloseOrphan(t.Context(), o.Job.Call, dialwright.Answered, time.Now()); err != nil {
					t.Fatal(err)
				}
			}
			got, err := db.Count(t.Context(), "camp")
			if err != nil || got[campaign.Done] != people || len(got) != 1 {
				t.Errorf("contacts %v, %v", got, err)
			}
			if calls.count() > people || len(calls.twice) > 0 {
				t.Errorf("%d contacts called, twice %v", calls.count(), calls.twice)
			}
			t.Logf("%d workers killed, %d calls", calls.killed, calls.count())
		})
	}
}

type callLog struct {
	mu     sync.Mutex
	seen   map[string]string // contact to call
	twice  []string
	killed int
	left   func() bool // is there anybody to call
}

func (c *callLog) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.seen)
}

// run lets a worker make n calls and kills it.
func (c *callLog) run(ctx context.Context, t *testing.T, dsn, name string, n int) {
	child := exec.CommandContext(ctx, os.Args[0], "-test.run", "^TestWorkerChild$")
	child.Env = append(os.Environ(), "DIALWRIGHT_TEST_WORKER="+dsn+" "+name)
	log := &lines{log: c, most: n, full: make(chan struct{})}
	child.Stdout, child.Stderr = log, os.Stderr
	if err := child.Start(); err != nil {
		t.Error(err)
		return
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for waiting := true; waiting; {
		select {
		case <-log.full:
			waiting = false
		case <-ctx.Done():
			waiting = false
		case <-tick.C: // the other worker may have made the last calls
			waiting = c.left()
		}
	}
	_ = child.Process.Kill()
	_ = child.Wait() // it was killed
	c.mu.Lock()
	c.killed++
	c.mu.Unlock()
}

// lines takes the child's output.
type lines struct {
	log  *callLog
	rest string
	most int
	full chan struct{}
}

func (l *lines) Write(p []byte) (int, error) {
	text := l.rest + string(p)
	for {
		line, rest, ok := strings.Cut(text, "\n")
		if !ok {
			l.rest = text
			return len(p), nil
		}
		text = rest
		var contact, call string
		if n, _ := fmt.Sscanf(line, "called %s %s", &contact, &call); n != 2 {
			continue
		}
		l.log.mu.Lock()
		if _, again := l.log.seen[contact]; again {
			l.log.twice = append(l.log.twice, contact)
		}
		l.log.seen[contact] = call
		l.log.mu.Unlock()
		if l.most--; l.most == 0 {
			close(l.full)
		}
	}
}
