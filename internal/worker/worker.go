// Package worker is what `dialwright serve` runs: one process that holds a
// lease, connects to Asterisk, clears up what a dead predecessor left behind
// and places the calls of running campaigns.
package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/call"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/routing"
	"github.com/dialwright/dialwright/store"
)

// The lease is renewed three times in its life, so that one slow write does
// not lose it.
const (
	leaseLife  = 15 * time.Second
	leaseRenew = 5 * time.Second
)

// Options are what a worker works with. All are required.
type Options struct {
	Config  *config.Config
	Store   *store.DB
	Engines *Engines
	Clock   dialwright.Clock
	Logger  zerolog.Logger
	Metrics prometheus.Registerer
}

// Worker places calls until it is stopped.
type Worker struct {
	o       Options
	lease   campaign.Lease
	gate    *compliance.Gate
	desk    *routing.MatchDesk
	trunks  *campaign.TrunkPool
	flows   *flows
	metrics *call.Metrics
	runner  *campaign.Runner
	fatal   chan error      // ends the worker at once
	life    context.Context // Run's: connections outlive the call that needed them first

	mu     sync.Mutex
	agents *link
	links  map[dialwright.CampaignID]*campaignLink
	ready  bool
	// lacking is why Asterisk, once fit for calls, is so no more.
	lacking error
	tasks   sync.WaitGroup

	opening sync.Mutex // one campaign connection is made at a time
}

// campaignLink is one campaign's application and what places calls in it.
type campaignLink struct {
	*link
	calls *call.Service
}

// New prepares a worker; Run starts it.
func New(o Options) (*Worker, error) {
	trunks, err := trunkPool(o.Config.Trunks, o.Clock)
	if err != nil {
		return nil, err
	}
	return &Worker{o: o, trunks: trunks, flows: newFlows(o.Engines.Voice, o.Logger), metrics: call.NewMetrics(o.Metrics),
		gate: compliance.NewGate(o.Store, o.Clock), fatal: make(chan error, 1),
		links: map[dialwright.CampaignID]*campaignLink{}}, nil
}

// Run works until ctx ends (running calls are hung up), until Drain was
// called and the running calls have ended, or until the worker loses its
// right to work. It leaves no channel behind.
func (w *Worker) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w.life = ctx
	lease, err := w.o.Store.AcquireLease(ctx, dialwright.WorkerID(w.o.Config.Worker.Name), w.o.Clock.Now(), leaseLife)
	if err != nil {
		return err
	}
	w.lease = lease
	defer w.tasks.Wait()
	w.tasks.Go(func() { w.renew(ctx, cancel) })
	w.tasks.Go(func() {
		select {
		case err := <-w.fatal:
			cancel(err)
		case <-ctx.Done():
		}
	})
	defer cancel(nil)
	if err := w.start(ctx); err != nil {
		return errors.Join(err, w.stop())
	}
	err = w.runner.Run(ctx)
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if errors.Is(err, context.Canceled) {
		err = nil // told to stop, and stopped
	}
	return errors.Join(err, w.lacks(), w.stop())
}

// start connects, clears up and makes the runner.
func (w *Worker) start(ctx context.Context) error {
	agents, err := w.connect(ctx, "agents")
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.agents = agents
	w.mu.Unlock()
	if err := equipped(agents.client, w.o.Config.Asterisk.URL); err != nil {
		return err
	}
	w.desk = routing.NewDesk(routing.Options{Store: w.o.Store, Clock: w.o.Clock, Worker: w.lease.Worker})
	if err := w.syncAgents(ctx); err != nil {
		return err
	}
	if err := w.recover(ctx); err != nil {
		return err
	}
	runner := campaign.NewRunner(campaign.RunnerOptions{
		Queue: w.o.Store, Board: w.o.Store, Dialer: w, Clock: w.o.Clock, Lease: w.lease,
		MaxConcurrent: w.o.Config.Worker.MaxCalls, Poll: w.o.Config.Worker.Poll, Logger: w.o.Logger,
	})
	w.mu.Lock()
	w.runner, w.ready = runner, true
	w.mu.Unlock()
	w.o.Logger.Info().Str("worker", string(w.lease.Worker)).Int64("incarnation", w.lease.Epoch).
		Str("asterisk", agents.client.Info().Version).Msg("ready")
	if w.lacks() != nil {
		runner.Drain() // it was found before there was one
	}
	return nil
}

// stop ends the connections and gives the lease back.
func (w *Worker) stop() error {
	w.mu.Lock()
	w.ready = false
	links, agents := w.links, w.agents
	w.links, w.agents = map[dialwright.CampaignID]*campaignLink{}, nil
	w.mu.Unlock()
	var errs []error
	for _, l := range links {
		l.calls.Wait()
		errs = append(errs, l.client.Close())
	}
	if agents != nil {
		errs = append(errs, agents.client.Close())
	}
	if w.desk != nil {
		errs = append(errs, w.desk.Close())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := w.o.Store.ReleaseLease(ctx, w.lease, w.o.Clock.Now()); err != nil && !errors.Is(err, campaign.ErrLeaseLost) {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Drain lets running calls finish and places no more; Run then returns. It
// reports false when the worker has not begun to place calls.
func (w *Worker) Drain() bool {
	w.mu.Lock()
	runner := w.runner
	w.mu.Unlock()
	if runner != nil {
		runner.Drain()
	}
	return runner != nil
}

// renew keeps the lease, and ends everything when it is lost.
func (w *Worker) renew(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(leaseRenew)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		attempt, stop := context.WithTimeout(ctx, leaseRenew)
		err := w.o.Store.RenewLease(attempt, w.lease, w.o.Clock.Now(), leaseLife)
		stop()
		switch {
		case errors.Is(err, campaign.ErrLeaseLost):
			cancel(fmt.Errorf("another process works under the name %s: %w", w.lease.Worker, err))
			return
		case err != nil && ctx.Err() == nil:
			w.o.Logger.Error().Err(err).Msg("renewing the lease")
		}
	}
}

// connect opens the connection of one application of this worker.
func (w *Worker) connect(ctx context.Context, name string) (*link, error) {
	a := w.o.Config.Asterisk
	app := name + "." + string(w.lease.Worker)
	log := w.o.Logger.With().Str("app", app).Logger()
	l, err := connect(ctx, ari.Options{
		URL: a.URL, Username: a.Username, Password: string(a.Password), App: app,
		RequestTimeout: a.RequestTimeout, Logger: log, Fence: w.fence,
		Metrics: w.o.Metrics,
	}, func(err error) {
		log.Warn().Err(err).Str("url", a.URL).Str("remedy", strings.TrimSpace(remedy(err))).Msg("waiting for Asterisk")
	})
	if err != nil {
		return nil, err
	}
	w.tasks.Go(func() { w.unclaimed(w.life, l) })
	return l, nil
}

// fence keeps a worker that lost its lease from taking an application back.
func (w *Worker) fence(ctx context.Context) error {
	err := w.o.Store.RenewLease(ctx, w.lease, w.o.Clock.Now(), leaseLife)
	if errors.Is(err, campaign.ErrLeaseLost) {
		return fmt.Errorf("%w: %w", ari.ErrReplaced, err)
	}
	return err
}

// unclaimed reads what nobody watches, and ends the worker when another has
// taken the application over.
func (w *Worker) unclaimed(ctx context.Context, l *link) {
	for {
		select {
		case ev, open := <-l.client.Unclaimed():
			if !open {
				if err := l.client.Err(); err != nil && !errors.Is(err, ari.ErrClosed) {
					select {
					case w.fatal <- err:
					default:
					}
				}
				return
			}
			if ev.Type == ari.TypeReconnected {
				w.unfit(l)
			}
			w.stray(ctx, l, ev)
		case <-ctx.Done():
			// Calls that are being hung up still need their connection; its
			// unclaimed events are let go from now on.
			for range l.client.Unclaimed() {
				continue
			}
			return
		}
	}
}

// unfit reports that Asterisk, which may have been restarted under us, lacks a
// module that calls need. Then no call is placed any more, before contacts'
// attempts are spent on it; the running ones finish, and Run says why it ended.
func (w *Worker) unfit(l *link) bool {
	err := equipped(l.client, w.o.Config.Asterisk.URL)
	if err == nil {
		return false
	}
	w.mu.Lock()
	first := w.lacking == nil
	w.lacking = err
	w.mu.Unlock()
	if first {
		w.o.Logger.Error().Err(err).Msg("no new calls: draining")
	}
	w.Drain()
	return true
}

// lacks is why the worker had to drain, nil when it had not.
func (w *Worker) lacks() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lacking
}

// stray hangs up a channel that entered an application of ours although no
// call of ours knows it.
func (w *Worker) stray(ctx context.Context, l *link, ev ari.Event) {
	if ev.Type != "StasisStart" {
		return
	}
	w.o.Logger.Warn().Str("channel", ev.ChannelID).Msg("hanging up a channel that belongs to no call")
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := l.client.Hangup(ctx, ev.ChannelID, "normal"); err != nil && !errors.Is(err, ari.ErrNotFound) {
		w.o.Logger.Warn().Err(err).Str("channel", ev.ChannelID).Msg("hanging up")
	}
}

// Ready tells why the worker cannot work now, nil when it can.
func (w *Worker) Ready(ctx context.Context) error {
	w.mu.Lock()
	ready, agents := w.ready, w.agents
	w.mu.Unlock()
	switch {
	case !ready:
		return errors.New("starting or stopping")
	case !agents.isUp():
		return errors.New("the connection to Asterisk is down")
	}
	_, err := w.o.Store.StopAll(ctx)
	return err
}
