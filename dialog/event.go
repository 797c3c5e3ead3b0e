package dialog

import "time"

// EventKind says what happened to a conversation.
type EventKind string

// The events a session steps on.
const (
	EvAnswered    EventKind = "answered"    // the customer picked up
	EvHeard       EventKind = "heard"       // the customer finished an utterance
	EvDigits      EventKind = "digits"      // the customer pressed keys
	EvSaid        EventKind = "said"        // everything said so far has been played or was cut off
	EvNoInput     EventKind = "no_input"    // the customer stayed silent
	EvTransferred EventKind = "transferred" // a transfer ended, well or not
	EvVoicemail   EventKind = "voicemail"   // a machine answered
	EvTimer       EventKind = "timer"       // a timer of the flow fired
	EvFailed      EventKind = "failed"      // ears, mouth or a duty failed: Text says how
	EvHangup      EventKind = "hangup"      // the customer is gone
)

// Event is one thing that happened, with the time it happened at. It
// serialises to JSON as it is.
type Event struct {
	Kind       EventKind      `json:"kind"`
	At         time.Time      `json:"at"`
	Text       string         `json:"text,omitempty"`       // EvHeard: the final transcript
	Confidence float64        `json:"confidence,omitempty"` // EvHeard: 0..1, 0 when the engine gives none
	Digits     string         `json:"digits,omitempty"`     // EvDigits
	Transfer   TransferResult `json:"transfer,omitzero"`    // EvTransferred
	Timer      string         `json:"timer,omitempty"`      // EvTimer
}

// TransferResult is how a transfer ended.
type TransferResult struct {
	Status string        `json:"status"`          // connected, nobody, busy, failed, abandoned
	Agent  string        `json:"agent,omitempty"` // who took the customer
	Waited time.Duration `json:"waited"`          // until connected or given up
	Talked time.Duration `json:"talked"`          // with the agent
	// CustomerThere tells whether the customer is still on the line, so that
	// the conversation can go on.
	CustomerThere bool   `json:"customer_there"`
	Detail        string `json:"detail,omitempty"` // for people: QUEUESTATUS, SIP code
}

// The ways a transfer ends.
const (
	TransferConnected = "connected"
	TransferNobody    = "nobody"
	TransferBusy      = "busy"
	TransferFailed    = "failed"
	TransferAbandoned = "abandoned" // the customer hung up while waiting
)
