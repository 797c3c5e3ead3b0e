package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/media"
)

const (
	toneLength = 3 * time.Second
	toneThere  = 1004.0 // Hz, from the first leg to the second
	toneBack   = 697.0  // Hz, the other way
	// toneWindow is how much must sound clean: long enough that no click passes
	// for a tone.
	toneWindow = 200 * time.Millisecond
	toneShare  = 0.8 // of the power must be the tone's
	toneLevel  = -35 // dB of full scale, at least
)

// ear listens for one tone.
type ear struct {
	hz float64

	mu     sync.Mutex
	recent []int16
	frames int
	heard  chan struct{} // closed when the tone was heard
	done   bool
}

func newEar(hz float64) *ear { return &ear{hz: hz, heard: make(chan struct{})} }

// Frame takes what arrives; see media.Sink.
func (e *ear) Frame(f media.Frame) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.frames++
	if e.done {
		return
	}
	e.recent = append(e.recent, f.PCM...)
	if n := int(toneWindow.Seconds() * float64(f.Rate)); len(e.recent) >= n {
		level, share := media.TonePower(e.recent[len(e.recent)-n:], f.Rate, e.hz)
		if share >= toneShare && level >= toneLevel {
			e.done = true
			close(e.heard)
		}
	}
}

func (e *ear) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.frames
}

// mediaPath bridges two media legs of our own in Asterisk, sends a tone each
// way, and listens for it at the other end. It needs neither a dialplan nor a
// trunk.
func (v *visit) mediaPath(ctx context.Context, client *ari.Client) found {
	listen, err := netip.ParseAddrPort(v.Config.Media.Listen)
	if err != nil {
		return bad(fmt.Sprintf("media.listen: %v", err), "set media.listen to an address of this machine and a port, as in 127.0.0.1:0")
	}
	// serve may be running and have the port: any other will do.
	transport, err := media.NewRTP(media.RTPOptions{Listen: netip.AddrPortFrom(listen.Addr(), 0), Logger: v.Logger})
	if err != nil {
		return bad(err.Error(), "set media.listen to an address of this machine that Asterisk can send to")
	}
	p := &probe{client: client, transport: transport, id: dialwright.NewCallID(v.Clock.Now())}
	err = p.run(ctx)
	err = errors.Join(err, p.clear(context.WithoutCancel(ctx)), transport.Close())
	if err != nil {
		return bad(err.Error(), p.remedy(v.Config.Media.Listen))
	}
	return good(fmt.Sprintf("a tone of %.0f Hz went out and came back, and %.0f Hz the other way; heard after %d ms",
		toneThere, toneBack, p.took.Milliseconds()))
}

// probe is one try of the media path.
type probe struct {
	client    *ari.Client
	transport *media.RTP
	id        dialwright.CallID
	legs      []media.Leg
	ears      []*ear
	watches   []*ari.Watch
	took      time.Duration
	deaf      bool // the legs were made, but no tone came
}

func (p *probe) run(ctx context.Context) error {
	for n, hz := range []float64{toneBack, toneThere} { // what each end hears
		if err := p.open(ctx, n+1, hz); err != nil {
			return err
		}
	}
	bridge := dialwright.BridgeID(p.id)
	if _, err := p.client.CreateBridge(ctx, bridge, "mixing"); err != nil {
		return err
	}
	if err := p.client.AddToBridge(ctx, bridge, p.channel(1), p.channel(2)); err != nil {
		return err
	}
	start := time.Now()
	for i, hz := range []float64{toneThere, toneBack} {
		pcm := media.Tone(media.ULaw.Rate(), toneLength, media.Component{Hz: hz, Level: -12})
		if err := p.legs[i].Play(media.Playout{PCM: pcm}); err != nil {
			return fmt.Errorf("send a tone: %w", err)
		}
	}
	limit := time.NewTimer(toneLength + 2*time.Second)
	defer limit.Stop()
	for _, e := range p.ears {
		select {
		case <-e.heard:
		case <-ctx.Done():
			return fmt.Errorf("listen for a tone: %w", ctx.Err())
		case <-limit.C:
			p.deaf = true
			return fmt.Errorf("no tone of %.0f Hz came back: %d frames received on one side, %d on the other, of about %d",
				e.hz, p.ears[0].count(), p.ears[1].count(), int(toneLength/(20*time.Millisecond)))
		}
	}
	p.took = time.Since(start)
	return nil
}

func (p *probe) channel(n int) string { return dialwright.ChannelID(p.id, dialwright.RoleMedia, n) }

// open makes one media leg and waits until Asterisk has it.
func (p *probe) open(ctx context.Context, n int, hears float64) error {
	e := newEar(hears)
	leg, err := p.transport.Open(ctx, media.OpenOptions{ID: p.channel(n), Format: media.Format{In: media.ULaw, Out: media.ULaw}, Sink: e})
	if err != nil {
		return fmt.Errorf("open a media leg: %w", err)
	}
	p.legs, p.ears = append(p.legs, leg), append(p.ears, e)
	w := p.client.Channel(p.channel(n))
	p.watches = append(p.watches, w)
	em, err := p.client.ExternalMedia(ctx, ari.ExternalMediaRequest{ID: p.channel(n), ExternalHost: p.transport.Addr().String(),
		Format: media.ULaw.String(), MaxDuration: checkLimit})
	if err != nil {
		return err
	}
	leg.SetRemote(em.Local)
	for {
		select {
		case ev, ok := <-w.Events():
			if !ok {
				return fmt.Errorf("wait for media channel %s: %w", p.channel(n), ari.ErrClosed)
			}
			switch ev.Type {
			case "StasisStart":
				return nil
			case "ChannelDestroyed":
				return fmt.Errorf("media channel %s was ended by Asterisk before it was in use", p.channel(n))
			}
		case <-ctx.Done():
			return fmt.Errorf("wait for media channel %s: %w", p.channel(n), ctx.Err())
		}
	}
}

// clear removes everything that run has made.
func (p *probe) clear(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var errs []error
	for i := range p.legs {
		errs = append(errs, unlessGone(p.client.Hangup(ctx, p.channel(i+1), "")), p.legs[i].Close())
	}
	errs = append(errs, unlessGone(p.client.DestroyBridge(ctx, dialwright.BridgeID(p.id))))
	for _, w := range p.watches {
		w.Close()
	}
	return errors.Join(errs...)
}

func unlessGone(err error) error {
	if errors.Is(err, ari.ErrNotFound) {
		return nil
	}
	return err
}

func (p *probe) remedy(listen string) string {
	if p.deaf {
		return fmt.Sprintf("audio does not pass: media.listen (%s) must be an address that Asterisk can send UDP to, and Asterisk's rtp.conf ports must be open to this machine", listen)
	}
	return "look into Asterisk's log; chan_rtp.so, res_rtp_asterisk.so, bridge_simple.so and codec_ulaw.so must be running"
}
