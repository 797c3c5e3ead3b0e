// Package ari is a connection to one Asterisk through its REST interface (ARI):
// requests with context, timeouts and typed errors; events routed per channel and
// per bridge, in order, and never dropped; and, after the event websocket was
// broken, a reconciliation that lets callers see what they missed.
//
// Data and event types are those of github.com/CyCoreSystems/ari/v6, so that
// programs which already use that library can pass our values around. Its client is
// not used.
//
// The rule that makes the rest simple: choose an id, watch it, then ask for it.
//
//	w := client.Channel(id)            // nothing can be missed from here on
//	defer w.Close()
//	_, err := client.Originate(ctx, ari.OriginateRequest{ID: id, Endpoint: "PJSIP/100@trunk", ...})
//	for ev := range w.Events() { ... }
//
// # Gaps
//
// Asterisk does not replay events: what happens while the websocket is down is lost
// for good. After each reconnect the client therefore compares what it knew with what
// Asterisk reports, and sends synthetic events (Event.Synthetic) for the difference:
// ChannelDestroyed, ChannelStateChange, StasisStart, BridgeDestroyed, PlaybackFinished
// and RecordingFinished. A synthetic ChannelDestroyed has no cause: nobody knows it any
// more. Digits pressed in a gap are lost.
package ari
