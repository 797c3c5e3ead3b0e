package call

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/turn"
)

// phone is one try's telephone: the customer's channel, the media channel in
// one bridge with it, and what listens and speaks there.
type phone struct {
	*attempt
	n     int
	line  Line
	cust  *leg
	inbox *mailbox[turn.Event]

	preparing sync.Once
	ready     chan struct{}        // closed when prepared or failed
	stop      func()               // ends a preparation under way
	err       error                // why the preparation failed
	audio     *audio               // nil before
	machine   *machine             // listens for answering machines
	tasks     sync.WaitGroup       // started by the phone itself
	stopMusic func()               // nil: no hold music was ever played
	memo      atomic.Pointer[memo] // a message is being recorded
	agents    int                  // agent channels so far, since ids are never used twice
	snoops    int                  // snoop channels so far
}

// audio is a media channel in a bridge, with the ears and the mouth on it.
type audio struct {
	bridge  string
	channel *leg
	media   media.Leg
	stream  asr.Stream
	ears    *ears
	mouth   *mouth
	rec     *recording
}

// key takes a key the customer pressed.
func (p *phone) key(d string) {
	if m := p.memo.Load(); m != nil {
		m.key(d)
		return
	}
	p.inbox.put(turn.Event{Kind: turn.Digit, At: p.o.Clock.Now(), Digit: d})
}

// prepare begins, once, to set the audio up; talk waits for it.
func (p *phone) prepare() {
	p.preparing.Do(func() {
		ctx, cancel := context.WithCancel(context.Background())
		p.ready, p.stop = make(chan struct{}), cancel
		go func() {
			defer close(p.ready)
			p.err = p.open(ctx)
		}()
	})
}

// open makes the media channel and its bridge. What it made before an error
// is for close to undo.
func (p *phone) open(ctx context.Context) error {
	a := &audio{bridge: dialwright.BridgeID(p.order.Call)}
	p.audio = a
	if p.n > 1 {
		a.bridge = fmt.Sprintf("%s%d", a.bridge, p.n)
	}
	var err error
	if a.stream, err = p.listenFor(ctx); err != nil {
		return fmt.Errorf("opening the recogniser's stream: %w", err)
	}
	a.rec = newRecording(p.o.Recordings, p.order, p.line.Format)
	p.machine = newMachine(p.line.Format.In.Rate(), p.order.VoicemailAfter, p.foundMachine)
	a.ears = newEars(p.o.Clock, a.stream, p.line.Format.In.Rate(), p.inbox, p.machine.words, p.machine.hear, a.rec.customer,
		func(f media.Frame) { p.live.hear(true, f) })
	a.ears.memo = &p.memo
	return p.connect(ctx, a)
}

// foundMachine tells the conversation of an answering machine, or ends the
// call when it is to have none.
func (p *phone) foundMachine(at time.Time) {
	if p.order.LeaveMessage {
		p.inbox.put(turn.Event{Kind: turn.Machine, At: at})
		return
	}
	p.tasks.Go(func() { p.cust.hangup("normal") })
}

// listenFor opens a recogniser's stream that expects what the flow expects. A
// recogniser that does not know some of its words hears without such help.
func (p *phone) listenFor(ctx context.Context) (asr.Stream, error) {
	flow := p.order.Flow
	engine := p.o.Recogniser(flow.Language)
	if engine == nil {
		return nil, nil // this flow is answered by keys
	}
	o := asr.Options{Rate: p.line.Format.In.Rate(), Language: flow.Language, Words: true,
		Alternatives: p.o.Alternatives, Vocabulary: flow.Phrases()}
	stream, err := engine.Open(ctx, o)
	if errors.Is(err, asr.ErrRejected) && len(o.Vocabulary) > 0 {
		p.log.Warn().Err(err).Str("flow", flow.Name).Msg("the recogniser refuses the flow's phrases and listens without them")
		p.rec.event("vocabulary_refused", "%v", err)
		o.Vocabulary = nil
		stream, err = engine.Open(ctx, o)
	}
	return stream, err
}

// connect opens the media channel and puts it into a bridge of its own, which
// the customer joins at the answer.
func (p *phone) connect(ctx context.Context, a *audio) error {
	id := dialwright.ChannelID(p.order.Call, dialwright.RoleMedia, p.n)
	var err error
	a.channel, a.media, err = p.openMedia(ctx, id, media.OpenOptions{
		ID: id, Format: p.line.Format, Sink: a.ears,
		OutTap: func(f media.Frame) { a.rec.ours(f); p.live.hear(false, f) },
	})
	if err != nil {
		return err
	}
	a.mouth = newMouth(prompter{voice: p.o.Voice, dir: p.order.Flow.Dir, rate: p.line.Format.Out.Rate(), uncached: p.rec.uncached},
		a.media, p.o.Clock, p.inbox.put)
	if _, err := p.o.Customers.CreateBridge(ctx, a.bridge, "mixing"); err != nil {
		return fmt.Errorf("making the bridge: %w", err)
	}
	if err := p.o.Customers.AddToBridge(ctx, a.bridge, a.channel.id); err != nil {
		return fmt.Errorf("putting the media channel into the bridge: %w", err)
	}
	return nil
}

// openMedia opens an external media channel and our end of it. Even with an
// error, what is not nil must be closed.
func (a *attempt) openMedia(ctx context.Context, id string, o media.OpenOptions) (*leg, media.Leg, error) {
	m, err := a.o.Transport.Open(ctx, o)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the media leg: %w", err)
	}
	l := a.watch(a.o.Customers, id, nil)
	em, err := a.o.Customers.ExternalMedia(ctx, ari.ExternalMediaRequest{
		ID: id, ExternalHost: a.o.Transport.Addr().String(), Format: o.Format.In.String(),
		MaxDuration: a.order.RingTimeout + a.order.MaxDuration,
	})
	if err != nil {
		return l, m, fmt.Errorf("opening external media: %w", err)
	}
	m.SetRemote(em.Local)
	if _, err := l.waitEntered(ctx); err != nil {
		return l, m, err
	}
	return l, m, nil
}

// close undoes everything that prepare did, whatever came of it. The
// customer's channel must have ended.
func (p *phone) close() {
	if p.ready == nil {
		return
	}
	p.stop()
	<-p.ready
	a := p.audio
	if a.mouth != nil {
		a.mouth.Close()
	}
	if a.channel != nil {
		a.channel.close()
	}
	if a.media != nil {
		p.stats(a.media)
		if err := a.media.Close(); err != nil {
			p.log.Warn().Err(err).Msg("closing the media leg")
		}
	}
	if a.ears != nil {
		if err := a.ears.Close(); err != nil {
			p.log.Debug().Err(err).Msg("closing the recogniser's stream")
		}
	} else if a.stream != nil {
		_ = a.stream.Close() // the preparation's own error says more
	}
	p.tasks.Wait()
	p.destroyBridge(a.bridge)
	a.rec.close(p.attempt)
}
