package sim

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/media"
)

const (
	maxCall    = 15 * time.Minute // Asterisk ends our media leg then
	endLimit   = 5 * time.Second  // to clean up after a call
	beepLength = 400 * time.Millisecond
)

// call is one call on the far side, run by one goroutine and a second that
// waits for its end.
type call struct {
	net     *Network
	persona *Persona // nil: nobody has this number
	steps   []Step
	channel string
	watch   *ari.Watch
	ctx     context.Context // ends with the channel, or with the network
	cancel  context.CancelFunc
	rec     Recording
	line    *line // nil until answered
}

// errHangUp ends a call from this side.
var errHangUp = errors.New("hung up")

// gone ends the call because its channel is.
func (c *call) gone() { c.cancel() }

func (c *call) run() {
	c.rec.Start = time.Now()
	events := make(chan struct{})
	go func() {
		defer close(events)
		for ev := range c.watch.Events() {
			if ev.Type == "StasisEnd" || ev.Type == "ChannelDestroyed" {
				c.gone()
			}
		}
	}()
	err := c.perform()
	byOther := c.ctx.Err() != nil
	switch {
	case byOther && c.net.ctx.Err() != nil:
		c.rec.Ended = "network"
	case byOther:
		c.rec.Ended = "caller"
	default:
		c.rec.Ended = "callee"
		if err != nil && !errors.Is(err, errHangUp) {
			c.rec.problem(err.Error())
		}
	}
	c.rec.End = time.Now()
	c.finish()
	c.watch.Close()
	<-events
	c.cancel()
	c.net.log.Debug().Str("persona", c.rec.Persona).Str("trunk", c.rec.Trunk).Int("call", c.rec.Call).Str("ended", c.rec.Ended).Msg("sim: call over")
}

// finish hangs up what is still there, and writes the recording.
func (c *call) finish() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.net.ctx), endLimit)
	defer cancel()
	tidy := func(what string, err error) {
		if err != nil && !errors.Is(err, ari.ErrNotFound) {
			c.rec.problem(fmt.Sprintf("%s: %v", what, err))
		}
	}
	if c.rec.SIP == 0 { // a refusal has been sent; a second hangup would change its cause
		tidy("hang up", c.net.ari.Hangup(ctx, c.channel, "normal"))
	}
	if c.line == nil {
		return
	}
	tidy("end the media leg", c.net.ari.Hangup(ctx, c.mediaID(), "normal"))
	tidy("remove the bridge", c.net.ari.DestroyBridge(ctx, c.bridgeID()))
	tidy("close the media socket", c.line.close())
	if c.rec.Answered.IsZero() {
		return
	}
	sent, heard := c.line.tracks()
	c.rec.Origin = c.line.started
	file := filepath.Join(c.net.dir, fmt.Sprintf("%s-%d.wav", c.rec.Persona, c.rec.Call))
	if err := media.WriteWAV(file, media.Audio{Rate: rate, Channels: [][]int16{sent, heard}}); err != nil {
		c.rec.problem(err.Error())
		return
	}
	c.rec.File = file
}

func (c *call) mediaID() string  { return c.channel + "-media" }
func (c *call) bridgeID() string { return c.channel + "-bridge" }

// openMedia bridges the channel with a media leg of ours, before the answer,
// so that the first word is not lost.
func (c *call) openMedia() error {
	l, err := openLine(c.net.lib.silence)
	if err != nil {
		return err
	}
	c.line = l
	w := c.net.ari.Channel(c.mediaID())
	defer w.Close()
	ext, err := c.net.ari.ExternalMedia(c.ctx, ari.ExternalMediaRequest{ID: c.mediaID(), ExternalHost: l.addr(), Format: "slin16", Direction: "both", MaxDuration: maxCall})
	if err != nil {
		return err
	}
	for started := false; !started; {
		select {
		case ev, ok := <-w.Events():
			if !ok || ev.Type == "ChannelDestroyed" {
				return errors.New("the media leg ended at once")
			}
			started = ev.Type == "StasisStart"
		case <-c.ctx.Done():
			return c.ctx.Err()
		}
	}
	l.connect(ext.Local)
	if _, err := c.net.ari.CreateBridge(c.ctx, c.bridgeID(), "mixing"); err != nil {
		return err
	}
	return c.net.ari.AddToBridge(c.ctx, c.bridgeID(), c.channel, c.mediaID())
}

func (c *call) answer() error {
	if err := c.openMedia(); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if err := c.net.ari.Answer(c.ctx, c.channel); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	c.rec.Answered = time.Now()
	return nil
}
