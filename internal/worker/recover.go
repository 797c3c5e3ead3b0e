package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/routing"
)

// recover clears up after dead workers: what is left of their calls in
// Asterisk is hung up, then their attempts are closed, so that the retry
// rules decide about the contacts. In this order: a contact must not be due
// again while its telephone still rings.
func (w *Worker) recover(ctx context.Context) error {
	orphans, err := w.o.Store.Recover(ctx, w.lease, w.o.Clock.Now())
	if err != nil {
		return err
	}
	calls := map[dialwright.CallID]bool{}
	for _, o := range orphans {
		calls[o.Job.Call] = true
	}
	mine := "." + string(w.lease.Worker)
	channels, bridges, err := w.sweep(ctx, calls, func(app string) bool { return strings.HasSuffix(app, mine) })
	if err != nil {
		return fmt.Errorf("clearing up after a dead worker: %w", err)
	}
	for _, o := range orphans {
		err := w.o.Store.CloseOrphan(ctx, o.Job.Call, orphanDisposition(o), w.o.Clock.Now())
		if err != nil && !errors.Is(err, campaign.ErrNotClaimed) {
			return err
		}
	}
	if len(orphans)+channels+bridges > 0 {
		w.o.Logger.Warn().Int("attempts", len(orphans)).Int("channels", channels).Int("bridges", bridges).
			Msg("cleared up what a dead worker left behind")
	}
	return nil
}

// orphanDisposition is how an attempt ended that nobody saw the end of. Where
// no INVITE can have been sent, nobody was rung.
func orphanDisposition(o campaign.Orphan) dialwright.Disposition {
	switch {
	case o.Answered:
		return dialwright.Answered
	case o.Try == 0:
		return dialwright.Cancelled
	}
	return dialwright.Unknown
}

// tidy hangs up what is left of a call that ended while Asterisk could not be
// reached, as soon as it can be: nobody is left on a silent line, and nobody
// is due again while their line is still up. What is left when the worker ends
// is for the next one.
func (w *Worker) tidy(l *campaignLink, id dialwright.CallID) {
	_, err := backoff.Retry(w.life, func() (struct{}, error) {
		if err := l.wait(w.life); err != nil {
			return struct{}{}, backoff.Permanent(err)
		}
		_, _, err := w.sweep(w.life, map[dialwright.CallID]bool{id: true}, func(string) bool { return false })
		return struct{}{}, err
	}, backoff.WithMaxElapsedTime(0))
	if err != nil && w.life.Err() == nil {
		w.o.Logger.Error().Err(err).Str("call", string(id)).Msg("hanging up what is left of a call")
	}
}

// sweep hangs up every channel, and removes every bridge, that belongs to one
// of the calls. Where also is true of an application, the calls of the channels
// that stand in it are swept too.
func (w *Worker) sweep(ctx context.Context, calls map[dialwright.CallID]bool, also func(app string) bool) (channels, bridges int, err error) {
	client := w.agents.client
	all, err := client.ListChannels(ctx)
	if err != nil {
		return 0, 0, err
	}
	for _, ch := range all {
		call, _, _, ours := dialwright.ParseChannelID(ch.ID)
		app, _, _ := strings.Cut(ch.AppData, ",")
		if !ours || !calls[call] && !(ch.AppName == "Stasis" && also(app)) {
			continue
		}
		calls[call] = true
		if err := client.Hangup(ctx, ch.ID, "normal"); err != nil && !errors.Is(err, ari.ErrNotFound) {
			return channels, 0, err
		}
		channels++
	}
	list, err := client.ListBridges(ctx)
	if err != nil {
		return channels, 0, err
	}
	for _, b := range list {
		call, _, _ := strings.Cut(b.ID, "-")
		if !calls[dialwright.CallID(call)] {
			continue
		}
		if err := client.DestroyBridge(ctx, b.ID); err != nil && !errors.Is(err, ari.ErrNotFound) {
			return channels, bridges, err
		}
		bridges++
	}
	return channels, bridges, nil
}

// syncAgents makes the store's agents those of the configuration and frees
// those whom a dead worker left ringing or talking.
func (w *Worker) syncAgents(ctx context.Context) error {
	now := w.o.Clock.Now()
	var all []routing.Agent
	for _, a := range w.o.Config.Agents {
		all = append(all, routing.Agent{ID: dialwright.AgentID(a.Name), Endpoint: a.Endpoint, Groups: a.Groups, WrapUp: a.WrapUp})
	}
	if err := w.o.Store.SyncAgents(ctx, all, now); err != nil {
		return err
	}
	workers, err := w.o.Store.Workers(ctx)
	if err != nil {
		return err
	}
	dead := []dialwright.WorkerID{w.lease.Worker} // its former incarnation
	for _, other := range workers {
		if other.ID != w.lease.Worker && !other.ExpiresAt.After(now) {
			dead = append(dead, other.ID)
		}
	}
	slices.Sort(dead)
	for _, id := range dead {
		freed, err := w.desk.Recover(ctx, id, nil, now)
		if err != nil {
			return err
		}
		if len(freed) > 0 {
			w.o.Logger.Warn().Int("calls", len(freed)).Msg("freed agents whom a dead worker had left in a call")
		}
	}
	return nil
}

// AgentReady logs an agent in who has been off for at least so long.
func (w *Worker) AgentReady(ctx context.Context, id dialwright.AgentID, away time.Duration) error {
	now := w.o.Clock.Now()
	agents, err := w.o.Store.Agents(ctx)
	if err != nil {
		return err
	}
	for _, a := range agents {
		if a.ID == id && a.State == routing.Off && now.Sub(a.Since) >= away {
			return w.desk.SetState(ctx, id, routing.Ready, now)
		}
	}
	return nil
}
