// Package asr turns speech into text while it is being spoken.
//
// An Engine opens Streams. Audio goes in as 16-bit mono PCM in host order, partial and final
// transcripts come out of a channel. Whoever listens to the call decides when the speaker has
// stopped and says so with Finalize; the engine answers each Finalize with exactly one final Result.
package asr

import (
	"context"
	"errors"
	"time"
)

// Unknown stands in Result.Text and Word.Text for speech that a Grammar or Vocabulary does not
// cover, as it does in Vosk. It tells "said something else" from "said nothing".
const Unknown = "[unk]"

// MaxAlternatives is how many other transcripts any engine gives; asking for more gets no more.
const MaxAlternatives = 8

// Errors that engines wrap; test for them with errors.Is.
var (
	// ErrProtocol: the recogniser sent something that its protocol does not allow.
	ErrProtocol = errors.New("asr: protocol violated by the recogniser")
	// ErrUnavailable: the recogniser cannot be reached, is full, has gone, or does not answer in time.
	ErrUnavailable = errors.New("asr: recogniser unavailable")
	// ErrOverflow: more is waiting than the bounded queue holds; what was being added is dropped and counted.
	ErrOverflow = errors.New("asr: queue full")
	// ErrRejected: the recogniser refuses what it was asked for, such as a rate, a grammar or a word.
	ErrRejected = errors.New("asr: request rejected by the recogniser")
	// ErrClosed: the stream or engine has been closed.
	ErrClosed = errors.New("asr: closed")
)

// Engine opens recognition streams. Its methods may be called from several goroutines.
type Engine interface {
	// Name identifies the engine in logs and records, for example "vosk".
	Name() string
	// Open starts a stream. The context bounds the opening only; the stream lives until Close.
	Open(ctx context.Context, o Options) (Stream, error)
	// Close ends every open stream and waits for what the engine owns.
	Close() error
}

// Options say how a stream is to listen.
type Options struct {
	// Rate is the sample rate of the audio in Hz.
	Rate int
	// Language is a BCP 47 tag; empty means the engine's own. An engine with one model ignores it.
	Language string
	// Words asks for times and confidences of single words.
	Words bool
	// Alternatives is how many other transcripts a final may bring besides the best, at most
	// MaxAlternatives; 0 for none. An engine may have fewer, or none.
	Alternatives int
	// Vocabulary lists the phrases that can be expected; other speech comes back as Unknown. A phrase
	// with a word that the engine does not know is left out; with none left, it listens for free speech.
	Vocabulary []string
	// Grammar is a JSGF 1.0 grammar (W3C Note 2000-06-05) and takes precedence over Vocabulary. One
	// with a word that the engine does not know is refused with ErrRejected.
	Grammar string
}

// Stream is one conversation side being listened to. Write, Finalize and Close may be called from
// different goroutines.
type Stream interface {
	// Write adds audio; the slice may be reused afterwards. It never blocks: when the bounded queue
	// is full the audio is dropped and counted, and the error is ErrOverflow. Later writes may succeed.
	Write(pcm []int16) error
	// Finalize says that the speaker has stopped. The stream answers with exactly one final Result
	// covering everything since the last one (Text may be empty), and goes on listening.
	Finalize() error
	// Results delivers in order and is closed when the stream has ended. A slow reader misses
	// partials, for which newer ones come; finals are never dropped while the stream is open.
	// A failed stream delivers one Result with Err and is then closed.
	Results() <-chan Result
	// Close sends what is still queued, waits a bounded time for the last words, and releases
	// everything. Words that had no final yet are delivered as one, if the channel has room.
	Close() error
}

// Switcher is what a Stream also implements when it can change what it listens for between two
// utterances.
type Switcher interface {
	// Switch replaces vocabulary and grammar for the audio written after it. An utterance that has
	// already begun is finished under the old ones.
	Switch(vocabulary []string, grammar string) error
}

// Result is a transcript, or the error that ended the stream.
type Result struct {
	// Final: the answer to a Finalize; the text will not change any more. Otherwise Text is a guess
	// at everything since the last final.
	Final bool
	Text  string
	// Confidence is 0..1, the mean over the words without those that are Unknown; 0 when the engine
	// gives none, or all are Unknown.
	Confidence float64
	// Words is filled in finals when Options.Words asks for it.
	Words []Word
	// Alternatives is what else may have been said, best first, in finals with a Text when
	// Options.Alternatives asks for it: never more than asked, none twice, none empty, none like Text.
	Alternatives []Alternative
	// Err ends the stream; the other fields are then empty.
	Err error
}

// Alternative is another transcript of the same speech.
type Alternative struct {
	Text string
	// Confidence is 0..1; 0 when the engine gives none.
	Confidence float64
}

// Word is one recognised word. Start and End count from the beginning of the stream's audio.
type Word struct {
	Text       string
	Start, End time.Duration
	// Confidence is 0..1; 0 also when the engine gives none.
	Confidence float64
}

// MeanConfidence is the mean over the words that are not Unknown, 0 for none: how sure "tomorrow at
// three" is does not depend on what was mumbled after it.
func MeanConfidence(words []Word) float64 {
	sum, n := 0.0, 0
	for _, w := range words {
		if w.Text != Unknown {
			sum += w.Confidence
			n++
		}
	}
	return sum / float64(max(n, 1))
}
