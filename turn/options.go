package turn

import "time"

// Options are the machine's own timings. Zero values mean the defaults.
type Options struct {
	// MinBargeIn is how long a voice must sound during a prompt before it
	// interrupts. The detector reports an end only after its own hang-over
	// (160 ms for ours), which is part of this: with the default of 250 ms,
	// clicks and knocks of up to 90 ms pass.
	MinBargeIn time.Duration
	// EarlySpeech is the same for a voice that was there before the prompt
	// began, which rarely answers it. Default 1 s.
	EarlySpeech time.Duration
	// FinalWait is how long to wait for the recogniser's final answer, until
	// the best partial one is taken for it. Default 1.5 s.
	FinalWait time.Duration
	// WordWait is how long, past the length that interrupts, to wait for a word
	// where a prompt is not to be interrupted by noises or by few words. Default
	// 600 ms.
	WordWait time.Duration
	// MaxNoises is how many utterances in a row may turn out to be noise
	// before that counts as no input. Default 3.
	MaxNoises int
}

func (o Options) withDefaults() Options {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	def(&o.MinBargeIn, 250*time.Millisecond)
	def(&o.EarlySpeech, time.Second)
	def(&o.FinalWait, 1500*time.Millisecond)
	def(&o.WordWait, 600*time.Millisecond)
	if o.MaxNoises <= 0 {
		o.MaxNoises = 3
	}
	return o
}

// Listen is what the machine is armed with.
type Listen struct {
	NoInput    time.Duration // silence after the last prompt, until NoInput
	EndSilence time.Duration // silence after speech, until it counts as finished
	MaxSpeech  time.Duration // an utterance is cut after this long
	MaxDigits  int           // this many keys end the input; 0: keys are not taken
	Terminator string        // a key that ends the input
	Between    time.Duration // silence between keys that ends the input
}

// Act says what is to be done.
type Act uint8

// The decisions.
const (
	StopPrompt Act = iota + 1 // drop what is being said; From is the interruption's onset
	Finalize                  // ask the recogniser for its final answer
	Heard                     // an utterance is complete
	Digits                    // key input is complete
	NoInput                   // nothing came
)

// String is the decision's name.
func (a Act) String() string {
	return map[Act]string{StopPrompt: "stop", Finalize: "ask", Heard: "heard", Digits: "digits", NoInput: "no input"}[a]
}

// Decision is one thing to be done. Heard, Digits and NoInput disarm the
// machine: there is one of them for each Arm at most.
type Decision struct {
	Act        Act
	At         time.Time
	From       time.Time // StopPrompt
	Text       string    // Heard
	Confidence float64   // Heard: 0..1; 0 when a partial had to do
	Digits     string    // Digits
	Times      Times     // Heard
}

// Times are the moments of an utterance. Zero times did not happen.
type Times struct {
	SpeechStart time.Time // first sound
	SpeechEnd   time.Time // last sound
	Decided     time.Time // end of turn decided
	Final       time.Time // final transcript received
	BargeIn     time.Time // onset, when it interrupted a prompt
}
