//go:build unix

package ari_test

import (
	"errors"
	"testing"
	"time"

	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/ari/aritest"
)

// allRequests makes the client send every kind of request, with every parameter, to a
// fake and returns what was sent.
func allRequests(t *testing.T) []aritest.Request {
	t.Helper()
	s := aritest.New()
	defer s.Close()
	// A development build has everything, so that no operation is held back.
	s.SetVersion("99.0.0")
	c, err := ari.Dial(t.Context(), s.Options("ops.w1"))
	must(t, err)
	defer func() { must(t, c.Close()) }()
	ctx := t.Context()
	_, e1 := c.Originate(ctx, ari.OriginateRequest{ID: "a", OtherID: "b", Endpoint: "e", CallerID: "1", AppArgs: "x",
		Formats: []string{"ulaw", "alaw"}, MaxDuration: time.Minute})
	_, e2 := c.Originate(ctx, ari.OriginateRequest{ID: "c", Endpoint: "e", Originator: "a"})
	_, e3 := c.Create(ctx, ari.CreateRequest{ID: "d", OtherID: "e", Endpoint: "e", AppArgs: "x", Formats: []string{"ulaw"}, Originator: "a"})
	_, e4 := c.ExternalMedia(ctx, ari.ExternalMediaRequest{ID: "m", ExternalHost: "h:1", Format: "ulaw", Encapsulation: "rtp",
		Transport: "udp", ConnectionType: "client", Direction: "both", Data: "d", TransportData: "f(json)"})
	_, e5 := c.Snoop(ctx, "a", ari.SnoopRequest{ID: "s", Spy: "in", Whisper: "none", AppArgs: "x"})
	_, e6 := c.Play(ctx, "a", "pb", "sound:a", "tone:b")
	_, e7 := c.PlayBridge(ctx, "br", "pb", "sound:a")
	_, e8 := c.CreateBridge(ctx, "br", "mixing")
	_, e9 := c.GetVariable(ctx, "a", "V")
	_, e10 := c.DeviceState(ctx, "Stasis:x")
	_, e11 := c.Endpoint(ctx, "PJSIP", "x")
	_, e12 := c.Endpoints(ctx)
	_, e13 := c.GetBridge(ctx, "br")
	_, e14 := c.Module(ctx, "m")
	_, e15 := c.Applications(ctx)
	_, e16 := c.GetChannel(ctx, "a")
	rec := ari.RecordRequest{Name: "r", Format: "wav", MaxDuration: 1, MaxSilence: 1, IfExists: "fail", TerminateOn: "#", Beep: true}
	for _, err := range []error{
		e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15, e16,
		c.DialChannel(ctx, "a", "b", time.Second), c.Answer(ctx, "a"), c.Ring(ctx, "a"), c.RingStop(ctx, "a"), c.Progress(ctx, "a"),
		c.Continue(ctx, "a", "x", "s", 2), c.SendDTMF(ctx, "a", "1", ari.DTMFOptions{Before: 1e6, Between: 1e6, Duration: 1e6, After: 1e6}),
		c.SetVariable(ctx, "a", "V", "1"), c.Mute(ctx, "a", "in"), c.Unmute(ctx, "a", "in"), c.StartMOH(ctx, "a", "x"), c.StopMOH(ctx, "a"),
		c.AddToBridge(ctx, "br", "a"), c.RemoveFromBridge(ctx, "br", "a"), c.StartBridgeMOH(ctx, "br", "x"), c.StopBridgeMOH(ctx, "br"),
		c.StopPlayback(ctx, "pb"), c.RecordChannel(ctx, "a", rec), c.RecordBridge(ctx, "br", rec), c.StopRecording(ctx, "r"), c.DeleteRecording(ctx, "r"),
		c.SetDeviceState(ctx, "Stasis:x", "BUSY"), c.DeleteDeviceState(ctx, "Stasis:x"), c.Subscribe(ctx, "ops.w1", "channel:a"),
		c.Unsubscribe(ctx, "ops.w1", "channel:a"), c.DestroyBridge(ctx, "br"), c.Hangup(ctx, "a", "busy"), c.HangupCause(ctx, "c", 17), c.Ping(ctx),
	} {
		// The fake does not know every operation; that the request was sent is enough here.
		var api *ari.APIError
		if err != nil && !errors.As(err, &api) {
			t.Error(err)
		}
	}
	return s.Requests()
}
