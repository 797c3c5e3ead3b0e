package call

import (
	"context"
	"errors"
	"fmt"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/media"
)

// While a human has the customer, the media channel leaves their bridge: in a
// bridge of three it would hear both mixed, and they would pay for the mixing
// with delay. Each leg gets a snoop channel instead, which hears that leg
// alone, bridged to a media channel: the customer's to the one the call has,
// the person's to a second one.

// snooped is one leg that is listened to.
type snooped struct {
	bridge string
	snoop  *leg
	media  *leg      // nil when it is the call's own
	in     media.Leg // nil when it is the call's own
}

// recordHumans moves the recording to one track per person. A recording that
// cannot be moved is noted and missing; the conversation of the two goes on.
// The function it returns takes everything back.
func (t *transfer) recordHumans(ctx context.Context, person *leg) (undo func()) {
	a := t.audio
	if err := t.o.Customers.RemoveFromBridge(ctx, a.bridge, a.channel.id); err != nil {
		t.rec.event("recording_failed", "taking the media channel out of the bridge: %v", err)
		return func() {}
	}
	customer, err := t.snoop(ctx, dialwright.RoleSnoopCustomer, t.cust.id, nil)
	if err != nil {
		t.rec.event("recording_failed", "the customer's track: %v", err)
	}
	agent, err := t.snoop(ctx, dialwright.RoleSnoopAgent, person.id, media.SinkFunc(func(f media.Frame) {
		a.rec.agent(f)
		t.live.hear(false, f)
	}))
	if err != nil {
		t.rec.event("recording_failed", "the agent's track: %v", err)
	}
	return func() {
		t.unsnoop(customer)
		t.unsnoop(agent)
		if t.cust.gone() {
			return
		}
		ctx, cancel := context.WithTimeout(detached(), hangupWait)
		defer cancel()
		if err := t.o.Customers.AddToBridge(ctx, a.bridge, a.channel.id); err != nil && !errors.Is(err, ari.ErrNotFound) {
			t.rec.event("error", "taking the customer back: %v", err)
		}
	}
}

// snoop listens to one channel. With a nil sink the call's own media channel
// hears it, otherwise a new one whose frames go to the sink.
func (t *transfer) snoop(ctx context.Context, role dialwright.Role, of string, sink media.Sink) (*snooped, error) {
	t.snoops++
	s := &snooped{bridge: fmt.Sprintf("%s-%s%d", dialwright.BridgeID(t.order.Call), role, t.snoops)}
	hears := t.audio.channel
	if sink != nil {
		id := dialwright.ChannelID(t.order.Call, dialwright.RoleRecordMedia, t.snoops)
		var err error
		s.media, s.in, err = t.openMedia(ctx, id, media.OpenOptions{ID: id, Format: t.line.Format, Sink: sink})
		if err != nil {
			return s, err
		}
		hears = s.media
	}
	id := dialwright.ChannelID(t.order.Call, role, t.snoops)
	s.snoop = t.watch(t.o.Customers, id, nil)
	if _, err := t.o.Customers.Snoop(ctx, of, ari.SnoopRequest{ID: id, Spy: "in"}); err != nil {
		return s, fmt.Errorf("snooping on %s: %w", of, err)
	}
	if _, err := s.snoop.waitEntered(ctx); err != nil {
		return s, err
	}
	if _, err := t.o.Customers.CreateBridge(ctx, s.bridge, "mixing"); err != nil {
		return s, fmt.Errorf("making the bridge of a snoop: %w", err)
	}
	return s, t.o.Customers.AddToBridge(ctx, s.bridge, s.snoop.id, hears.id)
}

// unsnoop undoes snoop, however far it came.
func (t *transfer) unsnoop(s *snooped) {
	if s == nil {
		return
	}
	if s.snoop != nil {
		s.snoop.close()
	}
	if s.media != nil {
		s.media.close()
	}
	if s.in != nil {
		if err := s.in.Close(); err != nil {
			t.log.Warn().Err(err).Msg("closing a recording leg")
		}
	}
	t.destroyBridge(s.bridge)
}

// destroyBridge removes a bridge that may be gone already.
func (a *attempt) destroyBridge(id string) {
	ctx, cancel := context.WithTimeout(detached(), hangupWait)
	defer cancel()
	if err := a.o.Customers.DestroyBridge(ctx, id); err != nil && !errors.Is(err, ari.ErrNotFound) {
		a.untidy.Store(true)
		a.log.Warn().Err(err).Str("bridge", id).Msg("removing a bridge")
	}
}

// stats notes what went wrong with the audio, if anything did.
func (a *attempt) stats(m media.Leg) {
	s := m.Stats()
	if s.Lost > 0 || s.Late > 0 {
		a.rec.event("media", "lost %d, late %d of %d packets", s.Lost, s.Late, s.Received)
	}
}
