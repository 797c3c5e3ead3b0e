package media

import (
	"context"
	"errors"
	"net/netip"
	"time"
)

// Errors that a transport's callers tell apart with errors.Is.
var (
	// ErrClosed is given by a leg or transport that has been closed.
	ErrClosed = errors.New("closed")
	// ErrEmpty is given by Play when there are no samples to play.
	ErrEmpty = errors.New("no audio to play")
	// ErrFormat is given by Open when the transport cannot carry the format.
	ErrFormat = errors.New("format not supported by the transport")
	// ErrDuplicate is given by Open when a leg of that ID is open already.
	ErrDuplicate = errors.New("a leg of that id is open already")
)

// Frame is 20 ms of audio at a known place in a leg's time.
type Frame struct {
	// PCM is mono, in host order. It is valid during the call it is passed to.
	PCM []int16
	// Rate is in samples per second.
	Rate int
	// Seq counts frames of 20 ms since the leg's first one. Where nothing was
	// received or sent it leaves a gap, so Seq times 20 ms is a position.
	Seq uint64
	// At is when the frame arrived (for concealed ones: should have arrived),
	// or the tick at which it was sent.
	At time.Time
	// Lost tells that at least a part of the frame was not received and has been
	// filled in.
	Lost bool
}

// Sink takes the audio a leg receives.
type Sink interface {
	// Frame is called in order from a goroutine of the transport that serves
	// other legs as well: it must copy what it keeps, return within a fraction of
	// a millisecond, and must not call Close of the leg or transport.
	Frame(f Frame)
}

// SinkFunc is a function as a Sink.
type SinkFunc func(f Frame)

// Frame calls the function.
func (s SinkFunc) Frame(f Frame) { s(f) }

// Transport is one connection or socket to Asterisk that serves many calls.
// Every implementation passes the suite in mediatest.
type Transport interface {
	// Open makes a leg. The context bounds the opening only, not the leg's life.
	Open(ctx context.Context, o OpenOptions) (Leg, error)
	// Addr is the address that Asterisk is given as external_host.
	Addr() netip.AddrPort
	// Close closes every leg and returns when all the transport's goroutines
	// have ended. It must not be called from a Sink, a tap or a playout's functions.
	Close() error
}

// OpenOptions describe a leg.
type OpenOptions struct {
	ID     string // the media channel's id; appears in errors and logs
	Format Format
	// Remote is where Asterisk sends from and receives. It may be zero and be
	// given later by SetRemote: Asterisk tells it in its answer to externalMedia.
	Remote netip.AddrPort
	// Sink is given what is received. May be nil for a leg that only speaks.
	Sink Sink
	// OutTap, if not nil, is given every frame as it is sent, for a recorder. The
	// rules of Sink.Frame hold for it; it must not call the leg.
	OutTap func(Frame)
}

// Leg is the audio of one call.
type Leg interface {
	// SetRemote tells where Asterisk's end is. If another leg has that address,
	// it loses it: Asterisk has given the port to a new call.
	SetRemote(netip.AddrPort)
	// Play plays p instead of what plays now, if anything: that one is told so by
	// its Done. Before the remote address is known, p waits.
	Play(p Playout) error
	// Stop drops what plays and returns how much of it had been sent. Its Done
	// is called as well. Zero if nothing was playing.
	Stop() time.Duration
	// Stats are the leg's counts so far; after Close, the final ones.
	Stats() Stats
	// Close ends the leg. Once it has returned, Sink and OutTap are not called
	// any more; Done of what was playing still is, once. A second Close does nothing.
	Close() error
}

// Playout is audio to be played by a leg.
type Playout struct {
	// PCM is at the rate of Format.Out and must not change until Done is called.
	PCM []int16
	// Started, if not nil, is called with the time at which the first frame was
	// sent. It is not called if none was.
	Started func(at time.Time)
	// Done, if not nil, is called exactly once if Play returned no error: when the
	// last frame has had its 20 ms, or when the playout was replaced or stopped or
	// the leg closed (completed is false then). played is how much had been sent.
	//
	// Started and Done are called in order, from a goroutine of the transport,
	// never from within Play, Stop or Close. They may call the leg. While
	// one of them does not return, other legs' are not called, but audio flows on.
	Done func(played time.Duration, completed bool)
}
