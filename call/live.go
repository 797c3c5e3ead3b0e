package call

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/media"
)

// ErrNotLive means that no such call is running here.
var ErrNotLive = errors.New("no such call is running")

// LiveCall is one running call.
type LiveCall struct {
	Call     dialwright.CallID
	Campaign dialwright.CampaignID
	Number   dialwright.Number
	Since    time.Time
}

// LiveEvent is something that happened in a running call just now.
type LiveEvent struct {
	Call       dialwright.CallID `json:"call"`
	At         time.Time         `json:"at"`
	Kind       string            `json:"kind"` // line, node, slot, outcome, ...
	Who        string            `json:"who,omitempty"`
	Text       string            `json:"text,omitempty"`
	Confidence float64           `json:"confidence,omitempty"`
}

// LiveAudio is 20 ms of one side of a running call.
type LiveAudio struct {
	Customer bool // else Dialwright or the agent
	Rate     int  // samples per second
	PCM      []int16
}

// live lets people follow and hear a running call. A listener who does not
// keep up loses events, never the call its time; how many is counted.
type live struct {
	call   LiveCall
	follow func(LiveEvent) // may be nil

	mu      sync.Mutex
	events  []chan LiveEvent
	audio   []chan LiveAudio
	dropped int64
	ended   bool
}

func (l *live) publish(ev LiveEvent) {
	if l.follow != nil {
		l.follow(ev)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.events {
		select {
		case c <- ev:
		default:
			l.dropped++
		}
	}
}

// hear passes a frame on; it copies only when somebody listens.
func (l *live) hear(customer bool, f media.Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.audio) == 0 {
		return
	}
	frame := LiveAudio{Customer: customer, Rate: f.Rate, PCM: slices.Clone(f.PCM)}
	for _, c := range l.audio {
		select {
		case c <- frame:
		default:
			l.dropped++
		}
	}
}

// subscribe adds a channel to a list until ctx ends or the call does.
func subscribe[T any](ctx context.Context, l *live, list *[]chan T, size int) (<-chan T, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return nil, ErrNotLive
	}
	c := make(chan T, size)
	*list = append(*list, c)
	context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if i := slices.Index(*list, c); i >= 0 {
			*list = slices.Delete(*list, i, i+1)
			close(c)
		}
	})
	return c, nil
}

func (l *live) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	for _, c := range l.events {
		close(c)
	}
	for _, c := range l.audio {
		close(c)
	}
	l.events, l.audio = nil, nil
}

// Live lists the calls that run now, oldest first.
func (s *Service) Live() []LiveCall {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]LiveCall, 0, len(s.running))
	for _, l := range s.running {
		all = append(all, l.call)
	}
	slices.SortFunc(all, func(a, b LiveCall) int { return cmp.Compare(a.Call, b.Call) })
	return all
}

// Follow gives a running call's events from now on, until it ends or ctx does.
func (s *Service) Follow(ctx context.Context, id dialwright.CallID) (<-chan LiveEvent, error) {
	l, ok := s.find(id)
	if !ok {
		return nil, ErrNotLive
	}
	return subscribe(ctx, l, &l.events, 256)
}

// Listen gives a running call's audio from now on, until it ends or ctx does.
func (s *Service) Listen(ctx context.Context, id dialwright.CallID) (<-chan LiveAudio, error) {
	l, ok := s.find(id)
	if !ok {
		return nil, ErrNotLive
	}
	return subscribe(ctx, l, &l.audio, 100)
}

func (s *Service) find(id dialwright.CallID) (*live, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.running[id]
	return l, ok
}
