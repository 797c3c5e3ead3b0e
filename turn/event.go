package turn

import "time"

// Kind says what happened on the line.
type Kind uint8

// What the ears and the mouth tell.
const (
	SpeechStart Kind = iota + 1 // voice activity began; From is its first sound
	SpeechEnd                   // voice activity ended; From is its last sound
	Partial                     // the recogniser's current guess
	Final                       // the recogniser's answer to a Finalize, or its own end of utterance
	Digit                       // a key
	PromptStart                 // the first frame of a prompt left
	PromptEnd                   // a prompt ended: Played says how much of it
	Gone                        // the customer hung up
	EarsFailed                  // the recogniser failed: Err
	Machine                     // an answering machine has finished its greeting and records
	Screening                   // a call screener asks who calls
	Silence                     // the customer says nothing and will not: only where the clock does not tell
)

// Event is one thing that happened on the line.
type Event struct {
	Kind       Kind
	At         time.Time // when we learnt of it
	From       time.Time // SpeechStart, SpeechEnd: when the sound itself began or ended
	Text       string    // Partial, Final
	Confidence float64   // Final: 0..1
	Digit      string    // Digit: 0-9 * # A-D
	Completed  bool      // PromptEnd: played to its end
	Played     time.Duration
	Err        error
	// Alternatives are what else a Final may have been, best first.
	Alternatives []Alternative
}

// Alternative is another transcript of the same sound.
type Alternative struct {
	Text       string
	Confidence float64 // 0..1
}
