package call

import (
	"context"
	"sync"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/turn"
)

// player is what the mouth needs of a media leg.
type player interface {
	Play(media.Playout) error
	Stop() time.Duration
}

// mouth says one thing after the other. It implements converse.Mouth.
type mouth struct {
	leg    player
	clock  dialwright.Clock
	tell   func(turn.Event)
	speech prompter

	mu     sync.Mutex
	queue  []utterance
	cancel context.CancelFunc // of the utterance at work; nil: none
	wake   chan struct{}
	stop   context.CancelFunc
	ended  chan struct{}
}

type utterance struct {
	say dialog.Say
	ctx context.Context
}

func newMouth(speech prompter, leg player, clock dialwright.Clock, tell func(turn.Event)) *mouth {
	ctx, stop := context.WithCancel(context.Background())
	m := &mouth{speech: speech, leg: leg, clock: clock, tell: tell,
		wake: make(chan struct{}, 1), stop: stop, ended: make(chan struct{})}
	go m.run(ctx)
	return m
}

// Say queues; it returns at once.
func (m *mouth) Say(ctx context.Context, what dialog.Say) error {
	m.mu.Lock()
	m.queue = append(m.queue, utterance{what, ctx})
	m.mu.Unlock()
	select {
	case m.wake <- struct{}{}:
	default:
	}
	return nil
}

// Stop drops everything queued and silences what is being said. Each of them
// still ends with a PromptEnd.
func (m *mouth) Stop() {
	m.mu.Lock()
	dropped := len(m.queue)
	m.queue = nil
	if m.cancel != nil {
		m.cancel()
	}
	m.mu.Unlock()
	m.leg.Stop()
	for range dropped {
		m.tell(turn.Event{Kind: turn.PromptEnd, At: m.clock.Now()})
	}
}

// Close stops and waits.
func (m *mouth) Close() {
	m.stop()
	m.Stop()
	<-m.ended
}

func (m *mouth) run(ctx context.Context) {
	defer close(m.ended)
	for {
		u, ok := m.next(ctx)
		if !ok {
			select {
			case <-m.wake:
				continue
			case <-ctx.Done():
				return
			}
		}
		m.say(u)
	}
}

// next takes the head of the queue and makes it the utterance at work.
func (m *mouth) next(ctx context.Context) (utterance, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.queue) == 0 || ctx.Err() != nil {
		return utterance{}, false
	}
	u := m.queue[0]
	m.queue = m.queue[1:]
	u.ctx, m.cancel = context.WithCancel(u.ctx)
	return u, true
}

func (m *mouth) say(u utterance) {
	defer func() {
		m.mu.Lock()
		m.cancel()
		m.cancel = nil
		m.mu.Unlock()
	}()
	pcm, err := m.speech.audio(u.ctx, u.say)
	if err != nil {
		if u.ctx.Err() != nil {
			err = nil // stopped, not failed
		}
		m.tell(turn.Event{Kind: turn.PromptEnd, At: m.clock.Now(), Err: err})
		return
	}
	type end struct {
		played    time.Duration
		completed bool
	}
	ended := make(chan end, 1)
	err = m.leg.Play(media.Playout{
		PCM:     pcm,
		Started: func(at time.Time) { m.tell(turn.Event{Kind: turn.PromptStart, At: at}) },
		Done:    func(played time.Duration, completed bool) { ended <- end{played, completed} },
	})
	if err != nil {
		m.tell(turn.Event{Kind: turn.PromptEnd, At: m.clock.Now(), Err: err})
		return
	}
	// Stop may have come between the synthesis and Play.
	unhook := context.AfterFunc(u.ctx, func() { m.leg.Stop() })
	e := <-ended
	unhook()
	m.tell(turn.Event{Kind: turn.PromptEnd, At: m.clock.Now(), Completed: e.completed, Played: e.played})
}
