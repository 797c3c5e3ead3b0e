// Package tts turns text into speech. A Synthesizer makes audio of a text; the
// Cache keeps what was made, so that a prompt is synthesised once and then
// starts at once.
package tts

import (
	"context"
	"errors"
)

// Errors that synthesisers wrap; test for them with errors.Is.
var (
	// ErrText: the text is empty, too long, or not text.
	ErrText = errors.New("tts: text cannot be spoken")
	// ErrVoice: no engine has that voice or speaks that language.
	ErrVoice = errors.New("tts: no such voice")
	// ErrEngine: the engine is missing, failed, or gave no audio.
	ErrEngine = errors.New("tts: synthesis failed")
)

// MaxText is how many bytes of text one request may have: more than ten
// minutes of speech, most of a minute's work.
const MaxText = 16 << 10

// Synthesizer makes speech of text. It is safe for many goroutines.
type Synthesizer interface {
	// Name identifies the engine and what its audio depends on besides the
	// request, for example flite-2.2.
	Name() string
	// Synthesize ends early, with ctx's error, when ctx does.
	Synthesize(ctx context.Context, r Request) (Audio, error)
	// Close waits for what is at work.
	Close() error
}

// Request is a text to be spoken.
type Request struct {
	Text     string
	Language string  // BCP 47 tag: en, zh-CN
	Voice    string  // engine/voice: flite/slt; empty: the language's default
	Rate     float64 // 1, or 0: normal speed; 2 is twice as fast; from 0.25 to 4
}

// Audio is speech: mono, 16 bits, host order.
type Audio struct {
	PCM  []int16
	Rate int // samples per second
}
