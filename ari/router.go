package ari

import (
	"encoding/json"
	"sync"
	"time"
)

// subject is what is known about one channel or bridge.
type subject struct {
	watches []*Watch
	exists  bool // Asterisk said so, by an event or an answer
	ended   bool
	state   string // last channel state told to the watches
	stasis  bool   // in our application, as told to the watches
	secured bool   // Asterisk will tell us of its end; see subscriber

	// What was told by a synthetic event; the real one, if it still comes, is superseded.
	madeEnd, madeStasis, madeLeave bool
	madeState                      string
}

// router knows who watches what and what they have been told. Everything is decided
// under one mutex, so that events of one channel keep their order.
type router struct {
	stats     *counters
	unclaimed *queue
	entered   func(id string) // told of each channel in Stasis that is not secured; must not block

	mu         sync.Mutex
	closed     bool
	channels   map[string]*subject
	bridges    map[string]*subject
	playbacks  map[string]string // id -> target URI, of those playing
	recordings map[string]string // name -> target URI, of those running
}

func newRouter(st *counters) *router {
	return &router{
		stats: st, unclaimed: newQueue(st),
		channels: map[string]*subject{}, bridges: map[string]*subject{},
		playbacks: map[string]string{}, recordings: map[string]string{},
	}
}

func (r *router) watchChannel(id string) *Watch {
	return r.watch(r.channels, id, func(e *Event) bool { return names(e.channels, id) })
}

func (r *router) watchBridge(id string) *Watch {
	return r.watch(r.bridges, id, func(e *Event) bool { return names(e.bridges, id) })
}

func names(ids []string, id string) bool {
	for _, have := range ids {
		if have == id {
			return true
		}
	}
	return false
}

func (r *router) watch(table map[string]*subject, id string, match func(*Event) bool) *Watch {
	w := &Watch{id: id, queue: newQueue(r.stats), router: r, table: table}
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		w.queue.close()
		return w
	}
	s := table[id]
	if s == nil {
		s = &subject{}
		table[id] = s
	}
	if len(s.watches) == 0 {
		for _, ev := range r.unclaimed.extract(match) {
			w.queue.push(ev)
		}
	}
	s.watches = append(s.watches, w)
	r.mu.Unlock()
	return w
}

func (r *router) remove(w *Watch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := w.table[w.id]
	if s == nil {
		return
	}
	for i, have := range s.watches {
		if have == w {
			s.watches = append(s.watches[:i:i], s.watches[i+1:]...)
			break
		}
	}
	r.forget(w.table, w.id, s)
}

// forget drops a subject that nobody watches, unless it is known to live: then it is
// kept, so that its end in a gap can be told on Unclaimed.
func (r *router) forget(table map[string]*subject, id string, s *subject) {
	if len(s.watches) == 0 && (s.ended || !s.exists) {
		delete(table, id)
	}
}

func (r *router) watchCount() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, table := range []map[string]*subject{r.channels, r.bridges} {
		for _, s := range table {
			n += len(s.watches)
		}
	}
	return n
}

// route takes an event from Asterisk to whom it concerns.
func (r *router) route(ev Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	if r.learn(&ev) {
		r.deliver(ev)
	} else {
		r.stats.superseded.Add(1)
	}
	r.settle(&ev)
}

// deliver puts the event into the queue of every watch it concerns, once each.
func (r *router) deliver(ev Event) {
	claimed := false
	var given []*Watch
	give := func(s *subject) {
		if s == nil {
			return
		}
	next:
		for _, w := range s.watches {
			for _, g := range given {
				if g == w {
					continue next
				}
			}
			given = append(given, w)
			w.queue.push(ev)
			claimed = true
		}
	}
	for _, id := range ev.channels {
		give(r.channels[id])
	}
	for _, id := range ev.bridges {
		give(r.bridges[id])
	}
	if !claimed {
		r.unclaimed.push(ev)
	}
}

// learn updates what is known from an event about to be delivered. It reports false
// if a synthetic event has already told the same.
func (r *router) learn(ev *Event) bool {
	r.learnMedia(ev)
	if s := r.bridges[ev.BridgeID]; s != nil {
		if ev.Type == "BridgeDestroyed" {
			if s.madeEnd {
				return false
			}
			s.ended = true
		}
		s.exists = true
	}
	if ev.ChannelID == "" {
		return true
	}
	s := r.channels[ev.ChannelID]
	if s == nil {
		// An unwatched channel is remembered from its entry on.
		if ev.Type != "StasisStart" {
			return true
		}
		s = &subject{}
		r.channels[ev.ChannelID] = s
	}
	for _, id := range ev.channels[1:] {
		if other := r.channels[id]; other != nil {
			other.exists = true
		}
	}
	fresh := s.learn(ev)
	if s.stasis && !s.secured && ev.Type == "StasisStart" && r.entered != nil {
		r.entered(ev.ChannelID)
	}
	return fresh
}

func (s *subject) learn(ev *Event) bool {
	s.exists = true
	repeated := false
	switch ev.Type {
	case "ChannelDestroyed":
		repeated = s.madeEnd
		s.ended, s.stasis = true, false
	case "StasisStart":
		repeated = s.madeStasis && s.stasis
		s.stasis, s.madeStasis = true, false
		s.madeLeave = false
	case "StasisEnd":
		repeated = s.madeLeave
		s.stasis, s.madeStasis, s.madeLeave = false, false, false
	case "ChannelStateChange":
		repeated = s.madeState != "" && rank(ev.State) <= rank(s.madeState)
	}
	s.state = later(s.state, ev.State)
	return !repeated
}

func (r *router) learnMedia(ev *Event) {
	switch ev.Type {
	case "PlaybackStarted", "PlaybackContinuing":
		r.playbacks[ev.playback] = ev.target
	case "PlaybackFinished":
		delete(r.playbacks, ev.playback)
	case "RecordingStarted":
		r.recordings[ev.recorded] = ev.target
	case "RecordingFinished", "RecordingFailed":
		delete(r.recordings, ev.recorded)
	}
}

// settle forgets what has ended and is watched by nobody.
func (r *router) settle(ev *Event) {
	switch ev.Type {
	case "ChannelDestroyed":
		if s := r.channels[ev.ChannelID]; s != nil {
			r.forget(r.channels, ev.ChannelID, s)
		}
	case "BridgeDestroyed":
		if s := r.bridges[ev.BridgeID]; s != nil {
			r.forget(r.bridges, ev.BridgeID, s)
		}
	}
}

// confirm notes that an answer of Asterisk proved the channel to exist.
func (r *router) confirm(id string) { r.noteExists(r.channels, id) }

func (r *router) noteExists(table map[string]*subject, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := table[id]; s != nil {
		s.exists = true
	}
}

// close ends every queue. Watches may be closed by their owners afterwards as well.
func (r *router) close() {
	r.mu.Lock()
	r.closed = true
	queues := []*queue{r.unclaimed}
	for _, table := range []map[string]*subject{r.channels, r.bridges} {
		for _, s := range table {
			for _, w := range s.watches {
				queues = append(queues, w.queue)
			}
		}
	}
	r.mu.Unlock()
	for _, q := range queues {
		q.close()
	}
}

// rank orders channel states by progress; a later one never goes back to an earlier.
func rank(state string) int {
	switch state {
	case "Down", "Rsrvd", "OffHook", "Dialing":
		return 1
	case "Ring", "Ringing":
		return 2
	case "Up":
		return 3
	}
	return 0
}

// announce puts the news of a reconnect on Unclaimed.
func (r *router) announce(re *Reconnected) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	// The struct has nothing that cannot be encoded; a zero timestamp is written as such.
	raw, err := json.Marshal(re)
	if err != nil {
		raw = nil
	}
	r.unclaimed.push(Event{Type: TypeReconnected, At: time.Now(), V6: re, Raw: raw, Synthetic: true})
}
