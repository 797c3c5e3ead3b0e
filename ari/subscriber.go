package ari

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// subscriber subscribes the application to channels that entered it without having been
// asked for by Originate, Create or ExternalMedia: calls that came in through the
// dialplan, and snoop channels. To those Asterisk ties the application only while they
// are in Stasis; of their end it would say StasisEnd, but never ChannelDestroyed.
type subscriber struct {
	c    *Client
	wake chan struct{}
	work sync.WaitGroup

	mu  sync.Mutex
	ids []string
}

func newSubscriber(c *Client) *subscriber {
	s := &subscriber{c: c, wake: make(chan struct{}, 1)}
	s.work.Add(1)
	go s.run()
	return s
}

// add never blocks: the reader of the websocket calls it.
func (s *subscriber) add(id string) {
	s.mu.Lock()
	s.ids = append(s.ids, id)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *subscriber) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := s.ids
	s.ids = nil
	return ids
}

func (s *subscriber) run() {
	defer s.work.Done()
	for {
		select {
		case <-s.c.ctx.Done():
			return
		case <-s.wake:
		}
		var failed []string
		for _, id := range s.take() {
			if err := s.one(s.c.ctx, id); err != nil {
				s.c.opts.Logger.Debug().Err(err).Str("channel", id).Msg("not yet subscribed to the channel; trying again")
				failed = append(failed, id)
			}
		}
		if len(failed) == 0 {
			continue
		}
		// Asterisk may not find a channel yet whose StasisStart it has just sent.
		if pause(s.c.ctx, s.c.opts.Grace) != nil {
			return
		}
		for _, id := range failed {
			s.add(id)
		}
	}
}

func (s *subscriber) one(ctx context.Context, id string) error {
	if !s.c.router.wantsSubscription(id) {
		return nil
	}
	err := s.c.Subscribe(ctx, s.c.opts.App, "channel:"+id)
	if err == nil {
		s.c.router.subscribed(id)
		return nil
	}
	if !isGone(err) {
		return err
	}
	// It ended before it could be subscribed to, so nobody will tell.
	if _, gerr := s.c.GetChannel(ctx, id); !errors.Is(gerr, ErrNotFound) {
		return fmt.Errorf("ari: subscribe to channel %s: %w", id, err)
	}
	if err := pause(ctx, s.c.opts.Grace); err != nil {
		return err
	}
	s.c.router.endAll(living{channels: []string{id}}, s.c.opts.App)
	return nil
}

// wantsSubscription tells whether the channel is there and its end would not be told.
func (r *router) wantsSubscription(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.channels[id]
	return s != nil && !s.ended && !s.secured
}

// subscribed notes that the end of the channel will be told. A channel that is asked for
// by Originate, Create or ExternalMedia has that from the start.
func (r *router) subscribed(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.channels[id]; s != nil {
		s.secured = true
	}
}

// unsecured lists the channels in Stasis whose end would not be told.
func (r *router) unsecured() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []string
	for id, s := range r.channels {
		if s.stasis && !s.ended && !s.secured {
			ids = append(ids, id)
		}
	}
	return ids
}
