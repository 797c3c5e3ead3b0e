package call

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	ariv6 "github.com/CyCoreSystems/ari/v6"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
)

// leg is one channel of a call in Asterisk, watched from before it exists
// until it is gone.
type leg struct {
	id     string
	client *ari.Client
	watch  *ari.Watch
	clock  dialwright.Clock
	digit  func(string) // may be nil
	left   func()       // told when it could not be hung up

	entered chan []string // arguments of each entry into the application
	ringing chan struct{} // closed at the first sign that it rings
	ended   chan struct{} // closed when it is gone
	once    sync.Once     // for ringing
	bridged atomic.Int64  // when it last entered a bridge, in Unix nanoseconds

	// Set before ended is closed, to be read after.
	cause  dialwright.Cause
	missed bool // the end itself was not seen: it fell into a gap
	endAt  time.Time
}

// watch registers a channel id and begins to follow it. It must be called
// before the channel is asked for.
func (a *attempt) watch(client *ari.Client, id string, digit func(string)) *leg {
	l := &leg{id: id, client: client, watch: client.Channel(id), clock: a.o.Clock, digit: digit,
		left:    func() { a.untidy.Store(true) },
		entered: make(chan []string, 8), ringing: make(chan struct{}), ended: make(chan struct{})}
	go l.follow()
	return l
}

func (l *leg) follow() {
	defer close(l.ended)
	for ev := range l.watch.Events() {
		switch ev.Type {
		case "StasisStart":
			var args []string
			if s, ok := ev.V6.(*ariv6.StasisStart); ok {
				args = s.Args
			}
			select {
			case l.entered <- args:
			default: // nobody waits for a ninth entry
			}
		case "ChannelStateChange", "Dial":
			if ev.State == "Ringing" || ev.State == "Up" {
				l.once.Do(func() { close(l.ringing) })
			}
		case "ChannelEnteredBridge":
			l.bridged.Store(ev.At.UnixNano())
		case "ChannelDtmfReceived":
			if d, ok := ev.V6.(*ariv6.ChannelDtmfReceived); ok && l.digit != nil {
				l.digit(d.Digit)
			}
		case "ChannelDestroyed":
			l.cause = dialwright.Cause{SIPCode: ev.TechCause, Q850: ev.Cause, Reason: ev.CauseText}
			l.missed, l.endAt = ev.Synthetic, ev.At
			return
		}
	}
	// The connection is closed: nobody will tell of this channel's end.
	l.missed, l.endAt = true, l.clock.Now()
}

// bridgedAt is when the channel last entered a bridge, ours or another.
func (l *leg) bridgedAt() time.Time { return time.Unix(0, l.bridged.Load()) }

// gone reports whether the channel has ended.
func (l *leg) gone() bool {
	select {
	case <-l.ended:
		return true
	default:
		return false
	}
}

// waitEntered waits until the channel is in the application.
func (l *leg) waitEntered(ctx context.Context) ([]string, error) {
	select {
	case args := <-l.entered:
		return args, nil
	default:
	}
	select {
	case args := <-l.entered:
		return args, nil
	case <-l.ended:
		return nil, fmt.Errorf("channel %s ended before it entered the application: %s", l.id, l.cause.Reason)
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for channel %s to enter the application: %w", l.id, context.Cause(ctx))
	}
}

// hangupWait is how long an end may take to be told after it was asked for.
const hangupWait = 5 * time.Second

// hangup ends the channel and waits until it is gone. It works after the
// call's context has ended. It reports whether the channel is gone, or never
// was there.
func (l *leg) hangup(reason string) bool {
	if l.gone() {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), hangupWait)
	defer cancel()
	err := l.client.Hangup(ctx, l.id, reason)
	never := errors.Is(err, ari.ErrNotFound)
	if never {
		// It ended a moment ago, or never began: an end on its way comes now.
		short, stop := context.WithTimeout(ctx, time.Second)
		defer stop()
		ctx = short
	}
	select {
	case <-l.ended:
		return true
	case <-ctx.Done():
		return never
	}
}

// close hangs up and stops watching.
func (l *leg) close() {
	if !l.hangup("normal") {
		l.left()
	}
	l.watch.Close()
	<-l.ended
}
