package ari

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"

	ariv6 "github.com/CyCoreSystems/ari/v6"
)

// Client is a connection to one Asterisk under one application name. Its methods may be
// called from many goroutines.
type Client struct {
	opts   Options
	api    *api
	router *router
	sub    *subscriber
	stats  *counters
	info   atomic.Pointer[Info]
	gap    atomic.Uint64 // counts the times the event connection broke

	ctx  context.Context // ended when the client is; its cause is Err
	stop context.CancelCauseFunc
	done chan struct{}
}

// Dial connects: it checks version and credentials, opens the event websocket, and
// returns when events flow. It does not retry; ctx bounds it. The websocket takes the
// application over from whoever has it (who receives ApplicationReplaced).
func Dial(ctx context.Context, o Options) (*Client, error) {
	o, base, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	o.Logger = o.Logger.With().Str("component", "ari").Str("app", o.App).Logger()
	c := &Client{opts: o, stats: newCounters(o.App), done: make(chan struct{})}
	c.ctx, c.stop = context.WithCancelCause(context.Background())
	c.api = newAPI(base, o, c.stats, c.ctx)
	c.router = newRouter(c.stats)
	c.sub = newSubscriber(c)
	c.router.entered = c.sub.add
	if o.Metrics != nil {
		if err := o.Metrics.Register(collector{c}); err != nil {
			c.opts.Metrics = nil
			c.stop(ErrClosed)
			c.release()
			return nil, fmt.Errorf("ari: register metrics: %w", err)
		}
	}
	s, _, err := c.connect(ctx)
	if err != nil {
		c.stop(ErrClosed)
		c.release()
		return nil, err
	}
	c.up(State{Connected: true})
	go c.run(s)
	return c, nil
}

// Close ends the connection and every watch, and returns when all that the client
// started has ended. Requests still running fail with ErrClosed. Channels and bridges
// stay as they are in Asterisk.
func (c *Client) Close() error {
	c.stop(ErrClosed)
	<-c.done
	return nil
}

// Done is closed when the client has ended: by Close, or because its application was
// taken over.
func (c *Client) Done() <-chan struct{} { return c.done }

// Err returns nil while the client lives; afterwards ErrReplaced or ErrClosed.
func (c *Client) Err() error {
	select {
	case <-c.done:
		return context.Cause(c.ctx)
	default:
		return nil
	}
}

// run reads events until the client ends, over as many websockets as it takes.
func (c *Client) run(s *session) {
	defer c.release()
	for s != nil {
		err := s.wait(c.ctx)
		broke := time.Now()
		c.stats.connected.Store(false)
		c.gap.Add(1)
		s.close()
		if errors.Is(err, ErrReplaced) {
			c.opts.Logger.Error().Msg("application taken over by another connection: stopping")
			c.stop(ErrReplaced)
		}
		if c.ctx.Err() != nil {
			c.state(State{Err: context.Cause(c.ctx)})
			return
		}
		c.opts.Logger.Warn().Err(err).Msg("event connection broken")
		c.state(State{Err: err})
		s = c.reconnect(broke)
	}
}

// reconnect opens the next session; nil if the client ended first.
func (c *Client) reconnect(broke time.Time) *session {
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = c.opts.MinBackoff, c.opts.MaxBackoff
	wait.Multiplier, wait.RandomizationFactor = 2, 0.5 // jitter: many workers lose Asterisk at once
	wait.Reset()
	for attempt := 1; ; attempt++ {
		if err := pause(c.ctx, wait.NextBackOff()); err != nil {
			c.state(State{Err: err, Attempt: attempt - 1, Gap: time.Since(broke)})
			return nil
		}
		s, re, err := c.again(broke)
		if err == nil {
			c.stats.reconnects.Add(1)
			c.up(State{Connected: true, Restarted: re.Restarted, Attempt: attempt, Gap: time.Since(broke)})
			c.opts.Logger.Info().Int("attempt", attempt).Dur("gap", time.Since(broke)).
				Bool("restarted", re.Restarted).Int("synthetic", re.Synthetic).Msg("event connection is back")
			return s
		}
		if errors.Is(err, ErrReplaced) {
			c.opts.Logger.Error().Err(err).Msg("not reconnecting: the application belongs to another")
			c.stop(ErrReplaced)
		}
		st := State{Err: err, Attempt: attempt, Gap: time.Since(broke)}
		if c.ctx.Err() != nil {
			st.Err = context.Cause(c.ctx)
			c.state(st)
			return nil
		}
		c.opts.Logger.Warn().Err(err).Int("attempt", attempt).Msg("cannot reconnect to Asterisk yet")
		c.state(st)
	}
}

// again makes one attempt to reconnect.
func (c *Client) again(broke time.Time) (*session, *Reconnected, error) {
	if c.opts.Fence != nil {
		fctx, cancel := context.WithTimeout(c.ctx, c.opts.RequestTimeout)
		err := c.opts.Fence(fctx)
		cancel()
		if err != nil {
			return nil, nil, fmt.Errorf("ari: may not reconnect: %w", err)
		}
	}
	s, re, err := c.connect(c.ctx)
	if err != nil {
		return nil, nil, err
	}
	re.GapMS = time.Since(broke).Milliseconds()
	re.EventData = ariv6.EventData{Application: c.opts.App, Type: TypeReconnected}
	c.router.announce(re)
	return s, re, nil
}

func (c *Client) up(st State) {
	c.stats.connected.Store(true)
	c.state(st)
}

func (c *Client) state(st State) {
	if c.opts.OnState != nil {
		c.opts.OnState(st)
	}
}

// release lets go of what Dial acquired.
func (c *Client) release() {
	if c.opts.Metrics != nil {
		c.opts.Metrics.Unregister(collector{c})
	}
	c.sub.work.Wait()
	c.router.close()
	c.api.close()
	close(c.done)
}
