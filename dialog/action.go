package dialog

import "time"

// Action is what a session wants done. Actions of one step are done in order:
// Say queues speech, Listen arms the ears for all speech queued before it,
// Transfer, Hangup and End wait until everything queued has been said.
type Action interface{ action() }

// Say speaks.
type Say struct {
	Node     string // the node that speaks
	Text     string // after templates
	Language string // BCP 47 tag: en, zh
	Voice    string // engine/voice, empty for the language's default
	Rate     float64
	BargeIn  bool // may the customer interrupt
}

// Listen arms the ears. The next EvHeard, EvDigits or EvNoInput answers it.
type Listen struct {
	Node       string
	Language   string
	Phrases    []string      // what the node expects, for the recogniser
	Digits     DigitSpec     // keys the node takes; zero: none
	NoInput    time.Duration // silence after the last word said, until EvNoInput
	EndSilence time.Duration // silence after the customer's last word, until it counts as finished
	MaxSpeech  time.Duration // an utterance is cut after this long
}

// DigitSpec says which key presses end input.
type DigitSpec struct {
	Max        int           // this many keys end the input; 0: no keys taken
	Terminator string        // a key that ends the input, not part of it; often "#"
	Between    time.Duration // silence between keys that ends the input
}

// TransferKind is where a customer is handed to.
type TransferKind string

// The targets of a transfer.
const (
	ToGroup  TransferKind = "group"  // an agent of a skill group of ours
	ToNumber TransferKind = "number" // an external number
	ToQueue  TransferKind = "queue"  // Asterisk's own Queue()
)

// Transfer hands the customer to a human. EvTransferred ends it.
type Transfer struct {
	Node        string
	Kind        TransferKind
	Target      string            // group name, E.164 number or queue name
	RingTimeout time.Duration     // for each agent
	MaxWait     time.Duration     // for all
	Variables   map[string]string // slots handed over
}

// OptOut enters the customer's number into the Do-Not-Call list, at once.
type OptOut struct {
	Node string
	Text string // the customer's words
}

// Callback keeps an appointment: this contact is dialled again at At.
type Callback struct {
	Node string
	At   time.Time // with the contact's zone
	Text string    // the customer's words
}

// Slot tells that a slot took a value.
type Slot struct {
	Node  string
	Name  string
	Value any
}

// Outcome sets what the conversation came to so far.
type Outcome struct{ Name string }

// Entered tells that the session moved to a node; for transcripts and coverage.
type Entered struct{ Node, Intent string }

// StartTimer asks for an EvTimer after a while.
type StartTimer struct {
	Name  string
	After time.Duration
}

// End ends the conversation: hang up once all is said. Nothing follows it but
// the EvHangup that runs on_hangup.
type End struct{ Node string }

func (Say) action()        {}
func (Listen) action()     {}
func (Transfer) action()   {}
func (OptOut) action()     {}
func (Callback) action()   {}
func (Slot) action()       {}
func (Outcome) action()    {}
func (Entered) action()    {}
func (StartTimer) action() {}
func (End) action()        {}

// Fault tells that the flow could not do what it says: a value was missing, it
// went round in circles, something it needs has failed. The session has gone
// to on_error, or it ends with the outcome "error".
type Fault struct {
	Node    string
	Message string
}

func (Fault) action() {}
