// Package report holds what remains of a call, and what is counted from it.
package report

import (
	"time"

	"github.com/dialwright/dialwright"
)

// Call is the record of one call: one attempt at one contact.
type Call struct {
	ID          dialwright.CallID      `json:"id" db:"id"`
	Campaign    dialwright.CampaignID  `json:"campaign" db:"campaign"`
	Contact     dialwright.ContactID   `json:"contact" db:"contact"`
	Number      dialwright.Number      `json:"number" db:"number"`
	Worker      dialwright.WorkerID    `json:"worker" db:"worker"`
	Flow        string                 `json:"flow" db:"flow"`
	FlowHash    string                 `json:"flow_hash" db:"flow_hash"`
	StartedAt   time.Time              `json:"started_at" db:"started_at"`
	AnsweredAt  time.Time              `json:"answered_at,omitzero" db:"answered_at"`
	EndedAt     time.Time              `json:"ended_at,omitzero" db:"ended_at"`
	Disposition dialwright.Disposition `json:"disposition" db:"disposition"`
	Outcome     string                 `json:"outcome" db:"outcome"`
	Cause       dialwright.Cause       `json:"cause,omitzero" db:"-"`
	HungUpBy    string                 `json:"hung_up_by,omitempty" db:"hung_up_by"` // customer, bot, agent, system
	Slots       map[string]any         `json:"slots" db:"-"`
	Tries       []Try                  `json:"tries" db:"-"`
	Transfer    *Transfer              `json:"transfer,omitempty" db:"-"`
	Transcript  []Line                 `json:"transcript" db:"-"`
	Events      []Event                `json:"events" db:"-"`
	Recording   string                 `json:"recording,omitempty" db:"recording"` // path of the WAV file
	Latency     Latency                `json:"latency" db:"-"`
	Memory      map[string]any         `json:"memory,omitempty" db:"-"`      // what is kept of this contact for later calls
	Consents    []Consent              `json:"consents,omitempty" db:"-"`    // in the order they were given or refused
	Experiments map[string]string      `json:"experiments,omitempty" db:"-"` // experiment to the variant of this contact
	Error       string                 `json:"error,omitempty" db:"error"`
}

// Consent is a customer's agreement or refusal.
type Consent struct {
	Slot  string    `json:"slot"`
	Scope string    `json:"scope"` // recording, marketing, …
	Given bool      `json:"given"`
	At    time.Time `json:"at"`
	AtMS  int64     `json:"at_ms"` // since the answer, in the recording
	Words string    `json:"words"`
}

// Try is one INVITE.
type Try struct {
	N           int                    `json:"n" db:"n"`
	Trunk       string                 `json:"trunk" db:"trunk"`
	Number      dialwright.Number      `json:"number" db:"number"`
	Channel     string                 `json:"channel" db:"channel"`
	StartedAt   time.Time              `json:"started_at" db:"started_at"`
	EndedAt     time.Time              `json:"ended_at,omitzero" db:"ended_at"`
	Disposition dialwright.Disposition `json:"disposition" db:"disposition"`
	SIPCode     int                    `json:"sip_code" db:"sip_code"` // 0: the network told none
	Q850        int                    `json:"q850" db:"q850"`         // 0: none
	Reason      string                 `json:"reason,omitempty" db:"reason"`
	RingMS      int64                  `json:"ring_ms" db:"ring_ms"`
	TalkMS      int64                  `json:"talk_ms" db:"talk_ms"`
}

// Transfer is the hand-over to a human.
type Transfer struct {
	SkillGroup string `json:"skill_group,omitempty"`
	Number     string `json:"number,omitempty"`
	Queue      string `json:"queue,omitempty"`
	Agent      string `json:"agent,omitempty"`
	Status     string `json:"status"`
	WaitedMS   int64  `json:"waited_ms"`
	TalkedMS   int64  `json:"talked_ms"`
	Offers     int    `json:"offers"` // agents rung
}

// Line is one line of the transcript. AtMS counts from the answer.
type Line struct {
	Who        string  `json:"who"` // customer, bot, agent
	AtMS       int64   `json:"at_ms"`
	Text       string  `json:"text"`
	Confidence float64 `json:"confidence"` // 0..1; 1 for what we said
	Node       string  `json:"node,omitempty"`
	CutAtMS    int64   `json:"cut_at_ms,omitempty"` // bot: interrupted after this much
	Source     string  `json:"source,omitempty"`    // bot: what an answer was taken from
}

// Event is one thing that happened to the call, for people who trace it.
type Event struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Detail string    `json:"detail,omitempty"`
}

// Latency is what the customer felt, by our own clocks.
type Latency struct {
	Turns         []Turn  `json:"turns"`
	BargeInStopMS []int64 `json:"barge_in_stop_ms"`
}

// Turn is one answer's delay, in milliseconds.
type Turn struct {
	EOSToAudioMS int64 `json:"eos_to_audio_ms"` // customer's last sound to our first frame
	ASRFinalMS   int64 `json:"asr_final_ms"`    // end of turn decided to final transcript
	DialogMS     int64 `json:"dialog_ms"`       // final transcript to the dialog's answer
	TTSMS        int64 `json:"tts_ms"`          // the answer to its first frame sent
	OwnMS        int64 `json:"own_ms"`          // final transcript to first frame sent
	// Synthesised tells that the answer was not in the prompt cache: it said
	// something that was known only in the call.
	Synthesised bool `json:"synthesised,omitempty"`
}
