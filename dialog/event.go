package dialog

import (
	"time"

	"github.com/dialwright/dialwright/nlu"
)

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
	EvScreening   EventKind = "screening"   // a call screener asks who calls
	EvTimer       EventKind = "timer"       // a timer of the flow fired
	EvSentence    EventKind = "sentence"    // work has a sentence to be said already: Work.ID, Work.Text
	EvWorked      EventKind = "worked"      // work has ended, well or not: Work
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
	Work       WorkResult     `json:"work,omitzero"`        // EvSentence, EvWorked
	// Ranked is what an engine elsewhere made of Text, best first; nil: the
	// flow's own classifier is asked.
	Ranked []nlu.Candidate `json:"ranked,omitempty"`
	// Alternatives are what else the recogniser may have heard, best first,
	// without Text itself.
	Alternatives []Alternative `json:"alternatives,omitempty"`
}

// Alternative is another transcript of the same utterance.
type Alternative struct {
	Text       string  `json:"text"`
	Confidence float64 `json:"confidence,omitempty"` // 0..1
}

// WorkResult is what came of a Work.
type WorkResult struct {
	ID     string         `json:"id"`
	Class  string         `json:"class,omitempty"`  // WorkOK, or why not
	Status int            `json:"status,omitempty"` // of HTTP
	Body   any            `json:"body,omitempty"`   // decoded JSON, or text
	Text   string         `json:"text,omitempty"`   // an answer to be said that EvSentence has not brought
	Tool   string         `json:"tool,omitempty"`   // LLM: the way on it chose
	Slots  map[string]any `json:"slots,omitempty"`  // LLM: values it filled in
	Source string         `json:"source,omitempty"` // knowledge: where the answer is from
	Audio  string         `json:"audio,omitempty"`  // recording: what to find it by
	Detail string         `json:"detail,omitempty"` // for people: what went wrong
	Cost   float64        `json:"cost,omitempty"`   // LLM: of this answer, in the price list's currency
}

// The classes of a WorkResult.
const (
	WorkOK      = "ok"
	WorkTimeout = "timeout" // no answer in time
	WorkFailed  = "failed"  // refused, unreachable, nonsense
	WorkUnknown = "unknown" // knowledge: no answer is known
	WorkLimit   = "limit"   // a token, time, cost or size limit was reached
)

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
