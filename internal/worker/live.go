package worker

import (
	"cmp"
	"context"
	"slices"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/call"
	"github.com/dialwright/dialwright/web"
)

// Live shows the worker's running calls. It implements web.Live.
func (w *Worker) Live() web.Live { return live{w} }

type live struct{ w *Worker }

func (l live) services() []*call.Service {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	all := make([]*call.Service, 0, len(l.w.links))
	for _, link := range l.w.links {
		all = append(all, link.calls)
	}
	return all
}

// Calls lists the running calls, oldest first.
func (l live) Calls() []web.LiveCall {
	all := []web.LiveCall{}
	for _, s := range l.services() {
		for _, c := range s.Live() {
			all = append(all, web.LiveCall{Call: c.Call, Campaign: c.Campaign, Number: c.Number, Since: c.Since})
		}
	}
	slices.SortFunc(all, func(a, b web.LiveCall) int { return cmp.Compare(a.Call, b.Call) })
	return all
}

// Follow hands over a call's events until it ends.
func (l live) Follow(ctx context.Context, id dialwright.CallID, each func(web.LiveEvent)) error {
	for _, s := range l.services() {
		if events, err := s.Follow(ctx, id); err == nil {
			for ev := range events {
				each(web.LiveEvent(ev))
			}
			return nil
		}
	}
	return web.ErrNotLive
}

// Listen hands over a call's audio until it ends.
func (l live) Listen(ctx context.Context, id dialwright.CallID, each func(web.LiveAudio)) error {
	for _, s := range l.services() {
		if audio, err := s.Listen(ctx, id); err == nil {
			for a := range audio {
				each(web.LiveAudio(a))
			}
			return nil
		}
	}
	return web.ErrNotLive
}
