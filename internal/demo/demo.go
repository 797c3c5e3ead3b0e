// Package demo runs Dialwright's main job on one machine: a telephone network
// in a box, a private Asterisk, a recogniser, two campaigns, and a report that
// is checked against what each simulated customer was scripted to do.
package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/internal/doctor"
	"github.com/dialwright/dialwright/internal/worker"
)

// Options say what to run.
type Options struct {
	Out        string // directory of everything the demo makes; its former content is replaced
	Personas   string // file
	Flows      string // directory
	Concurrent int    // calls at once
	// Rehearse is the directory of one flow that is tried alone, in place of
	// the demo's two campaigns, by the personas that speak its language; Calls
	// is how many of them (0: each once). Flows is not used then.
	Rehearse string
	Calls    int
	Root     string // of Asterisk; empty: the one `make asterisk` built
	Logger   zerolog.Logger
	Say      func(format string, args ...any) // a line of progress
	Now      func(Status)                     // how it stands; called several times a second
	// Examine, if not nil, makes Run look at the stage as `dialwright doctor`
	// would, telling each check, and place no calls.
	Examine func(doctor.Check)
}

// Status is how the demo stands.
type Status struct {
	Elapsed          time.Duration
	Live, Done, All  int // calls now; contacts done, of all
	Handed, Attempts int
}

// limit ends a demo that hangs.
const limit = 6 * time.Minute

// Run runs the demo. The report is valid, and written, also where the truth
// differs; an error means that there is none.
func Run(ctx context.Context, o Options) (*Report, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("the demo took longer than %s", limit))
	defer cancel()
	before := census()
	s, err := setUp(ctx, o)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	var report *Report
	if o.Examine != nil {
		report, err = s.examine(ctx)
	} else {
		report, err = s.run(ctx)
	}
	leftovers := s.leftovers()
	if cerr := s.close(); cerr != nil {
		leftovers = append(leftovers, cerr.Error())
	}
	if err != nil {
		return nil, err
	}
	report.Summary.Leftovers = append(append([]string{}, leftovers...), before.since()...)
	return report, report.write(filepath.Join(o.Out, "report.json"))
}

// examine looks at everything that the demo would use.
func (s *stage) examine(ctx context.Context) (*Report, error) {
	checks := doctor.Run(ctx, doctor.Options{Config: s.config, Clock: dialwright.SystemClock{}, Logger: s.o.Logger,
		Voice: doctor.Engines, Each: s.o.Examine})
	if !doctor.Healthy(checks) {
		return nil, errors.New("something is not in place")
	}
	return &Report{Calls: []Contact{}, Truth: Truth{Wrong: []string{}}}, nil
}

// run places the calls and waits until nobody is left to be called.
func (s *stage) run(ctx context.Context) (*Report, error) {
	w, err := worker.New(worker.Options{Config: s.config, Store: s.db, Engines: s.engines,
		Clock: dialwright.SystemClock{}, Logger: s.o.Logger, Metrics: prometheus.NewRegistry()})
	if err != nil {
		return nil, err
	}
	work, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan struct{})
	var workErr error // to be read when ended is closed
	go func() { workErr = w.Run(work); close(ended) }()
	began := time.Now()
	watch, err := s.watch(ctx, w, ended)
	w.Drain()
	if err != nil {
		stop()
	}
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		stop()
		<-ended
		err = errors.Join(err, errors.New("calls did not end"))
	}
	if err = errors.Join(err, workErr); err != nil {
		return nil, err
	}
	if err := s.network.WaitIdle(ctx); err != nil {
		return nil, err
	}
	return s.report(ctx, time.Since(began), watch)
}

// watched is what was seen while the campaigns ran.
type watched struct{ maxLive int }

// watch waits until the campaigns have come to their end.
func (s *stage) watch(ctx context.Context, w *worker.Worker, ended <-chan struct{}) (watched, error) {
	began := time.Now()
	var seen watched
	told := map[dialwright.CallID]bool{}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return seen, errors.New("the worker ended before the campaigns did")
		case <-ctx.Done():
			return seen, context.Cause(ctx)
		case <-tick.C:
		}
		if w.Ready(ctx) == nil {
			if err := s.agentsReady(ctx, w); err != nil {
				return seen, err
			}
		}
		status, err := s.status(ctx, told)
		if err != nil {
			return seen, err
		}
		status.Live, status.Elapsed = len(w.Live().Calls()), time.Since(began)
		seen.maxLive = max(seen.maxLive, status.Live)
		s.o.Now(status)
		if status.Done == status.All && status.Live == 0 {
			return seen, nil
		}
	}
}

// agentsReady brings everybody to their desks, also who let the telephone
// ring and was logged out for it.
func (s *stage) agentsReady(ctx context.Context, w *worker.Worker) error {
	for _, a := range s.script.Agents {
		if err := w.AgentReady(ctx, dialwright.AgentID(a.Name), agentBack); err != nil {
			return err
		}
	}
	return nil
}

// agentBack is how long an agent who was logged out stays away.
const agentBack = 4 * time.Second

// status counts, and tells of calls that have ended since it was last asked.
func (s *stage) status(ctx context.Context, told map[dialwright.CallID]bool) (Status, error) {
	var st Status
	for _, c := range s.campaigns() {
		counts, err := s.db.Count(ctx, c.ID)
		if err != nil {
			return st, err
		}
		for state, n := range counts {
			st.All += n
			if state == campaign.Done || state == campaign.Appointment {
				st.Done += n
			}
		}
	}
	calls, err := s.calls(ctx)
	if err != nil {
		return st, err
	}
	for _, c := range calls {
		st.Attempts++
		if c.Transfer != nil && c.Transfer.Status == "connected" {
			st.Handed++
		}
		if c.EndedAt.IsZero() || told[c.ID] {
			continue
		}
		told[c.ID] = true
		who := ""
		if c.Transfer != nil && c.Transfer.Agent != "" {
			who = "with " + c.Transfer.Agent
		}
		s.o.Say("%-22s %-15s %-12s %s", s.contacts[c.Contact].Name, c.Disposition, c.Outcome, who)
	}
	return st, nil
}

// count of what a process may leave behind.
type headcount struct{ goroutines, sockets int }

func census() headcount {
	return headcount{goroutines: runtime.NumGoroutine(), sockets: sockets()}
}

// since tells what there is more of than before. Things that are ending get
// a moment.
func (h headcount) since() []string {
	var now headcount
	for range 50 {
		if now = census(); now.goroutines <= h.goroutines && now.sockets <= h.sockets {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	var all []string
	if now.goroutines > h.goroutines {
		all = append(all, fmt.Sprintf("%d goroutines", now.goroutines-h.goroutines))
	}
	if now.sockets > h.sockets {
		all = append(all, fmt.Sprintf("%d sockets", now.sockets-h.sockets))
	}
	return all
}

// sockets this process has open, where the system tells.
func sockets() int {
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	n := 0
	for _, fd := range fds {
		if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && len(to) > 7 && to[:7] == "socket:" {
			n++
		}
	}
	return n
}

// Leftovers of an Asterisk that a run should have left empty.
func (s *stage) leftovers() []string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	all := s.ours(ctx)
	if far, err := s.network.Leftovers(ctx); err != nil {
		all = append(all, err.Error())
	} else {
		for _, f := range far {
			all = append(all, "far side: "+f)
		}
	}
	return all
}
