package sim

import (
	"time"

	"github.com/dialwright/dialwright"
)

// Script is what a persona file holds: everybody who can be called.
type Script struct {
	Customers []Persona
	Agents    []Persona
}

// Persona is one simulated customer or agent.
type Persona struct {
	Name     string
	Number   string // digits, with country code, with or without +; of customers only
	Language string // of what is said: en, zh
	Trunk    string // voice (trunk-a or trunk-b) or keys (trunk-keys); of customers only
	// Congested lists trunks over which a call is answered with 503. Such a try
	// is no call in the sense of Calls.
	Congested []string
	// Contact holds fields that a campaign knows of the customer, as texts.
	Contact map[string]string
	// Calls says what happens on the first call, the second, …; the last one
	// repeats.
	Calls  [][]Step
	Expect Expect
	Line   int // in the file
}

// Kind is what a step does.
type Kind string

// The steps. Those up to VoicemailStep belong before or at the answer.
const (
	RingStep      Kind = "ring"      // ring for Duration
	RefuseStep    Kind = "refuse"    // end the call with Refusal
	IgnoreStep    Kind = "ignore"    // ring until the caller gives up
	AnswerStep    Kind = "answer"    // pick up
	VoicemailStep Kind = "voicemail" // pick up, say Text, beep, record for Duration
	SayStep       Kind = "say"       // say Text; with Duration set, hang up after that much of it
	WaitStep      Kind = "wait"      // until the other side has spoken and been silent for Duration
	InterruptStep Kind = "interrupt" // once the other side has spoken for Duration, say Text
	PressStep     Kind = "press"     // press the keys in Text
	SilentStep    Kind = "silent"    // say nothing for Duration
	StayStep      Kind = "stay"      // until the other side hangs up, at most Duration
	HangUpStep    Kind = "hang_up"
)

// Step is one thing a persona does.
type Step struct {
	Kind     Kind
	Text     string
	Duration time.Duration
	Within   time.Duration // how long wait and interrupt have patience
	Refusal  Refusal
	Line     int
}

// Refusal is a way to end a call that is not answered. Its value is the word
// in the file.
type Refusal string

// refusals maps each way to the Q.850 cause that makes chan_pjsip answer with
// the SIP code (hangup_cause2sip in chan_pjsip.c).
func refusals() map[Refusal]struct{ Cause, SIP int } {
	return map[Refusal]struct{ Cause, SIP int }{
		"busy":           {17, 486},
		"rejected":       {21, 403},
		"invalid_number": {1, 404},
		"incomplete":     {28, 484},
		"switched_off":   {20, 480},
		"gone":           {22, 410},
		"congestion":     {34, 503},
	}
}

// SIP is the status code that the caller gets.
func (r Refusal) SIP() int { return refusals()[r].SIP }

// Expect is the truth about a customer: what a campaign must have on record
// when it is done with them.
type Expect struct {
	Attempts    int
	Disposition dialwright.Disposition // of the last attempt
	Outcome     string                 // the flow's word; empty: none
	Slots       map[string]string      // what must be known; others may be
	Transfer    string                 // skill group; empty: not transferred
	DNC         bool                   // on the Do-Not-Call list afterwards
	Callback    bool                   // a callback was promised
}

// Sentences lists all that a persona may say, each once.
func (p Persona) Sentences() []string {
	var all []string
	seen := map[string]bool{}
	for _, call := range p.Calls {
		for _, s := range call {
			if s.speaks() && !seen[s.Text] {
				seen[s.Text] = true
				all = append(all, s.Text)
			}
		}
	}
	return all
}

func (s Step) speaks() bool {
	return s.Kind == SayStep || s.Kind == InterruptStep || s.Kind == VoicemailStep
}

// call returns the steps of the nth call, counted from 0.
func (p Persona) call(n int) []Step { return p.Calls[min(n, len(p.Calls)-1)] }
