package ari

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"time"

	ariv6 "github.com/CyCoreSystems/ari/v6"
)

// living are the ids known to exist before a snapshot is asked for. What is asked for
// later cannot be missing from the snapshot, so it must not count as gone.
type living struct {
	channels, bridges, playbacks, recordings []string
	inStasis                                 []string // of the channels
}

func (r *router) mark() living {
	r.mu.Lock()
	defer r.mu.Unlock()
	var l living
	for id, s := range r.channels {
		if s.exists && !s.ended {
			l.channels = append(l.channels, id)
			if s.stasis {
				l.inStasis = append(l.inStasis, id)
			}
		}
	}
	for id, s := range r.bridges {
		if s.exists && !s.ended {
			l.bridges = append(l.bridges, id)
		}
	}
	for id := range r.playbacks {
		l.playbacks = append(l.playbacks, id)
	}
	for name := range r.recordings {
		l.recordings = append(l.recordings, name)
	}
	sort.Strings(l.channels)
	sort.Strings(l.inStasis)
	sort.Strings(l.bridges)
	sort.Strings(l.playbacks)
	sort.Strings(l.recordings)
	return l
}

// snapshot is what Asterisk says there is.
type snapshot struct {
	channels   map[string]ChannelInfo
	bridges    map[string]bool
	subscribed map[string]bool // channels whose events come to our application
}

func (c *Client) snapshot(ctx context.Context) (*snapshot, error) {
	chans, err := c.ListChannels(ctx)
	if err != nil {
		return nil, err
	}
	bridges, err := c.ListBridges(ctx)
	if err != nil {
		return nil, err
	}
	app, err := c.Application(ctx, c.opts.App)
	if err != nil {
		return nil, err
	}
	s := &snapshot{channels: map[string]ChannelInfo{}, bridges: map[string]bool{}, subscribed: map[string]bool{}}
	for _, ch := range chans {
		s.channels[ch.ID] = ch
	}
	for _, b := range bridges {
		s.bridges[b.ID] = true
	}
	for _, id := range app.ChannelIDs {
		s.subscribed[id] = true
	}
	return s, nil
}

// reconcile compares what is known with what Asterisk reports, and tells the watches
// the difference. Events that arrive meanwhile are delivered at once: every synthetic
// event is a step forward (to a later state, into Stasis, to the end) that is checked
// against what is known at the moment it is made, so that neither order does harm.
func (c *Client) reconcile(ctx context.Context, restarted bool) (int, error) {
	before := c.router.mark()
	snap, err := c.snapshot(ctx)
	if err != nil {
		return 0, fmt.Errorf("ari: reconcile: %w", err)
	}
	if err := c.resubscribe(ctx, before, snap); err != nil {
		return 0, fmt.Errorf("ari: reconcile: %w", err)
	}
	deadPlay, deadRec, err := c.deadMedia(ctx, before, restarted)
	if err != nil {
		return 0, fmt.Errorf("ari: reconcile: %w", err)
	}
	made := c.router.advance(snap, c.opts.App)
	for _, id := range c.router.unsecured() {
		c.sub.add(id)
	}
	gone := before.missing(snap, c.opts.App, restarted)
	gone.playbacks, gone.recordings = deadPlay, deadRec
	if gone.any() && !restarted {
		// What ended just after the reconnect is about to be told by Asterisk itself,
		// with its cause: give that the precedence.
		if err := pause(ctx, c.opts.Grace); err != nil {
			return 0, err
		}
	}
	return made + c.router.endAll(gone, c.opts.App), nil
}

func (l living) any() bool {
	return len(l.channels)+len(l.bridges)+len(l.playbacks)+len(l.recordings)+len(l.inStasis) > 0
}

func (l living) missing(s *snapshot, app string, restarted bool) living {
	var gone living
	for _, id := range l.channels {
		if _, ok := s.channels[id]; !ok || restarted {
			gone.channels = append(gone.channels, id)
		}
	}
	for _, id := range l.inStasis {
		// Without an application name (before 18) nothing can be said about leaving.
		if ch, ok := s.channels[id]; ok && ch.AppName != "" && !ch.inApp(app, s) {
			gone.inStasis = append(gone.inStasis, id)
		}
	}
	for _, id := range l.bridges {
		if !s.bridges[id] || restarted {
			gone.bridges = append(gone.bridges, id)
		}
	}
	return gone
}

// resubscribe makes sure that the end of every living channel which is watched, or in
// our application, will reach us, even if Asterisk dropped the application's
// subscription with the websocket.
func (c *Client) resubscribe(ctx context.Context, l living, s *snapshot) error {
	known := map[string]bool{}
	for _, id := range l.channels {
		known[id] = true
	}
	for id, ch := range s.channels {
		if s.subscribed[id] || !ch.inApp(c.opts.App, s) && (!known[id] || !c.router.watched(c.router.channels, id)) {
			continue
		}
		if err := c.Subscribe(ctx, c.opts.App, "channel:"+id); err != nil && !isGone(err) {
			return err
		}
	}
	for _, id := range l.bridges {
		if !s.bridges[id] || !c.router.watched(c.router.bridges, id) {
			continue
		}
		if err := c.Subscribe(ctx, c.opts.App, "bridge:"+id); err != nil && !isGone(err) {
			return err
		}
	}
	return nil
}

// isGone tells that the object of a request has ended meanwhile. Subscribing to a
// channel that is gone is answered with 422.
func isGone(err error) bool {
	return errors.Is(err, ErrNotFound) || errors.Is(err, ErrNotInStasis)
}

func (c *Client) deadMedia(ctx context.Context, l living, restarted bool) (play, rec []string, err error) {
	for _, id := range l.playbacks {
		if !restarted {
			err := c.api.do(ctx, "GET", path("playbacks", id), nil, nil, nil)
			if err == nil {
				continue
			}
			if !errors.Is(err, ErrNotFound) {
				return nil, nil, err
			}
		}
		play = append(play, id)
	}
	for _, name := range l.recordings {
		if !restarted {
			err := c.api.do(ctx, "GET", path("recordings", "live", name), nil, nil, nil)
			if err == nil {
				continue
			}
			if !errors.Is(err, ErrNotFound) {
				return nil, nil, err
			}
		}
		rec = append(rec, name)
	}
	return play, rec, nil
}

func (r *router) watched(table map[string]*subject, id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := table[id]
	return s != nil && len(s.watches) > 0
}

// advance tells the steps that living channels took unseen.
func (r *router) advance(snap *snapshot, app string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	ids := make([]string, 0, len(snap.channels))
	for id := range snap.channels {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	made := 0
	for _, id := range ids {
		ch := snap.channels[id]
		inApp := ch.inApp(app, snap)
		s := r.channels[id]
		if s == nil {
			if !inApp {
				continue
			}
			s = &subject{} // an orphan
			r.channels[id] = s
		}
		if s.ended {
			continue
		}
		s.exists = true
		if rank(ch.State) > rank(s.state) && (s.state != "" || len(s.watches) > 0) {
			made += r.make(synthesize("ChannelStateChange", app, ch, ""))
			s.madeState = ch.State
		}
		s.state = later(s.state, ch.State)
		if inApp && !s.stasis {
			made += r.make(synthesize("StasisStart", app, ch, ""))
			s.stasis, s.madeStasis = true, true
		}
	}
	return made
}

func later(a, b string) string {
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// endAll tells the ends of what is gone and has not been told to have ended.
func (r *router) endAll(gone living, app string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	made := 0
	for _, id := range gone.playbacks {
		if target, ok := r.playbacks[id]; ok {
			delete(r.playbacks, id)
			made += r.make(synthesizeMedia("PlaybackFinished", app, "playback", map[string]string{
				"id": id, "target_uri": target, "state": "unknown",
			}))
		}
	}
	for _, name := range gone.recordings {
		if target, ok := r.recordings[name]; ok {
			delete(r.recordings, name)
			made += r.make(synthesizeMedia("RecordingFinished", app, "recording", map[string]string{
				"name": name, "target_uri": target, "state": "unknown",
			}))
		}
	}
	for _, id := range gone.inStasis {
		if s := r.channels[id]; s != nil && !s.ended && s.stasis {
			s.stasis, s.madeStasis, s.madeLeave = false, false, true
			ch := ChannelInfo{}
			ch.ID, ch.State = id, s.state
			made += r.make(synthesize("StasisEnd", app, ch, ""))
		}
	}
	for _, id := range gone.bridges {
		if s := r.bridges[id]; s != nil && !s.ended {
			s.ended, s.madeEnd = true, true
			made += r.make(synthesize("BridgeDestroyed", app, ChannelInfo{}, id))
			r.forget(r.bridges, id, s)
		}
	}
	for _, id := range gone.channels {
		if s := r.channels[id]; s != nil && !s.ended {
			s.ended, s.madeEnd, s.stasis = true, true, false
			ch := ChannelInfo{}
			ch.ID, ch.State = id, s.state
			made += r.make(synthesize("ChannelDestroyed", app, ch, ""))
			r.forget(r.channels, id, s)
		}
	}
	return made
}

// make delivers a synthetic event; the mutex is held.
func (r *router) make(ev Event) int {
	if r.closed {
		return 0
	}
	r.stats.synthetic.Add(1)
	r.deliver(ev)
	return 1
}

func synthesize(kind, app string, ch ChannelInfo, bridge string) Event {
	m := map[string]any{}
	if bridge != "" {
		m["bridge"] = map[string]any{"id": bridge}
	} else {
		m["channel"] = ch
	}
	if kind == "ChannelDestroyed" {
		m["channel"] = map[string]any{"id": ch.ID, "state": ch.State}
		m["cause"], m["cause_txt"] = 0, "unknown: ended while the event connection was down"
	}
	return fabricate(kind, app, m)
}

func synthesizeMedia(kind, app, field string, v map[string]string) Event {
	return fabricate(kind, app, map[string]any{field: v})
}

// fabricate makes an event by way of its JSON, so that it is built exactly as a
// received one.
func fabricate(kind, app string, m map[string]any) Event {
	now := time.Now()
	m["type"], m["application"], m["timestamp"] = kind, app, now.Format(ariv6.DateFormat)
	raw, err := json.Marshal(m)
	if err == nil {
		var ev Event
		if ev, err = decodeEvent(raw); err == nil {
			ev.Synthetic = true
			return ev
		}
	}
	// Everything in m came out of JSON before, so this cannot be reached.
	panic("ari: synthetic " + kind + " cannot be encoded: " + err.Error())
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
