package sim

import "time"

// Recording is what the far side has on record of one call.
type Recording struct {
	Persona   string // empty: the number is nobody's
	Agent     bool   // an agent's telephone, not a customer's
	Channel   string // the far side's channel id
	Number    string // as dialled
	Trunk     string
	Caller    string // calling number as shown
	Call      int    // this persona's first, second, …; 0: it was not put through
	Congested bool   // refused because the persona's trunk is congested
	SIP       int    // status code of a refusal; 0: none
	Voicemail bool

	Start    time.Time // when the INVITE came
	Answered time.Time // zero: it was not
	End      time.Time
	Ended    string // who ended it: caller (the side under test), callee (the persona), network (Close)

	// File is a stereo WAV file, 16 kHz: left what the persona said, right what
	// it heard. Empty if the call was not answered. It begins at Origin.
	File   string
	Origin time.Time

	Said     []Utterance
	Pressed  []Press
	Beep     time.Time // when a voicemail's beep began
	Problems []string  // what did not go as the script wants
}

// Utterance is a sentence a persona said.
type Utterance struct {
	Text   string
	At     time.Time     // when its voice began
	Length time.Duration // of the voice
	Cut    bool          // the call ended within it
}

// Press is one key pressed.
type Press struct {
	Key string
	At  time.Time
}

func (r *Recording) problem(s string) { r.Problems = append(r.Problems, s) }
