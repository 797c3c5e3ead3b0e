// Package voskserver is the server side of the Vosk websocket protocol over any local recogniser,
// so that one process with a heavy model can listen for many others.
package voskserver

import (
	"context"

	"github.com/dialwright/dialwright/asr"
)

// Backend is a recogniser in this process. Its methods may be called from several goroutines.
type Backend interface {
	// Name is used in logs.
	Name() string
	// Open gives a recogniser for one connection. An error that wraps asr.ErrRejected blames the
	// options, asr.ErrUnavailable a lack of free recognisers.
	Open(ctx context.Context, o asr.Options) (Recognizer, error)
	// Close releases everything. All recognisers have been closed before.
	Close() error
}

// Recognizer listens to one connection. Its methods are called from one goroutine, and work in the
// caller's time.
type Recognizer interface {
	// Write takes audio and answers with what was understood since the last final result. The answer
	// is final when the recogniser has found the end of an utterance by itself.
	Write(pcm []int16) (asr.Result, error)
	// Finalize ends the utterance; the result may be empty. A final result has at most as many
	// alternatives as asr.Options asks for, which is never more than asr.MaxAlternatives.
	Finalize() (asr.Result, error)
	// Configure changes vocabulary and grammar from the next utterance on, words and alternatives
	// from the next final result on; the rate stays.
	Configure(o asr.Options) error
	// Close gives the recogniser back.
	Close() error
}
