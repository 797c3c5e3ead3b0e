package dialog

import "time"

// Action is what a session wants done. Actions of one step are done in order:
// Say queues speech, Listen arms the ears for all speech queued before it,
// Transfer, Hangup and End wait until everything queued has been said.
type Action interface{ action() }

// Say speaks.
type Say struct {
	Node      string // the node that speaks
	Text      string // after templates; of Parts, what a transcript shows
	Parts     []Part // what is spoken, in order; empty: Text alone
	Language  string // BCP 47 tag: en, zh
	Voice     string // engine/voice, empty for the language's default
	Rate      float64
	BargeIn   bool      // may the customer interrupt
	Interrupt Interrupt // how, when he may
	Source    string    // what an answer was taken from, for the transcript
}

// Part is a piece of a prompt: one of text, a recording, a pause.
type Part struct {
	Text  string        `json:"text,omitempty"`  // spoken form, without markup
	Audio string        `json:"audio,omitempty"` // a WAV file, path from the flow's directory
	Pause time.Duration `json:"pause,omitempty"`
	Rate  float64       `json:"rate,omitempty"` // 0: the prompt's
}

// Interrupt says what counts as an interruption of a prompt. The zero value
// leaves it to the taker of turns.
type Interrupt struct {
	After       time.Duration `json:"after,omitempty"`       // speech must last so long
	MinWords    int           `json:"min_words,omitempty"`   // and have so many words
	Protect     time.Duration `json:"protect,omitempty"`     // the beginning that cannot be interrupted
	Backchannel bool          `json:"backchannel,omitempty"` // "mm-hm" interrupts too
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

// WorkKind says what kind of work it is.
type WorkKind string

// The kinds of work a flow asks for, with the field of Work that describes it.
const (
	WorkHTTP      WorkKind = "http"      // HTTP
	WorkCRM       WorkKind = "crm"       // Call
	WorkFunction  WorkKind = "function"  // Call
	WorkLLM       WorkKind = "llm"       // LLM
	WorkKnowledge WorkKind = "knowledge" // Question
	WorkSend      WorkKind = "send"      // Message
	WorkRecord    WorkKind = "record"    // Recording
)

// Work asks for something that takes time: a request to another system, an
// answer of a model, a recording. One EvWorked with its ID answers it, after
// any number of EvSentence.
type Work struct {
	ID        string // unique within the session
	Node      string
	Kind      WorkKind
	Timeout   time.Duration // until it has failed
	HTTP      HTTPRequest
	Call      FunctionCall
	LLM       LLMRequest
	Question  Question
	Message   Message
	Recording RecordingRequest
}

// HTTPRequest is a request with all templates filled in.
type HTTPRequest struct {
	Method, URL string
	Header      map[string]string
	Body        []byte // empty: none
	ContentType string
}

// FunctionCall names an operation of the CRM or a function registered in Go.
type FunctionCall struct {
	Name string
	With map[string]any
}

// LLMRequest is one answer asked of a language model.
type LLMRequest struct {
	System    string // instructions of the flow; never the customer's words
	Messages  []LLMMessage
	Tools     []LLMTool
	Slots     []LLMSlot // values it may fill in
	Knowledge string    // answers are confined to this; empty: not
	Language  string
	MaxTokens int
	MaxCost   float64 // in the price list's currency; 0: no limit
}

// LLMMessage is a line of the conversation so far.
type LLMMessage struct {
	Role string `json:"role"` // user, assistant, note (of ours, about a refused value)
	Text string `json:"text"`
}

// LLMTool is a way on that the model may choose.
type LLMTool struct{ Name, Description string }

// LLMSlot is a value that the model may fill in.
type LLMSlot struct{ Name, Type, Description string }

// Question is asked of a knowledge base of the flow.
type Question struct{ Knowledge, Text, Language string }

// Message is sent through a registered sender.
type Message struct{ Via, To, Text string }

// RecordingRequest records what the customer says.
type RecordingRequest struct {
	Max, EndSilence time.Duration
	Terminator      string
	Beep            bool
}

// CancelWork gives work up whose answer nobody waits for any more.
type CancelWork struct{ ID string }

// StopTimer takes a timer back.
type StopTimer struct{ Name string }

// Remember keeps a value for later calls to the same contact. Nil forgets it.
type Remember struct {
	Name  string
	Value any
}

// Consented records that the customer agreed or refused.
type Consented struct {
	Node, Slot, Scope string
	Given             bool
	At                time.Time
	Position          time.Duration // since the customer answered: where it is in the recording
	Text              string        // the customer's words
}

// Assigned tells which variant of an experiment this contact has.
type Assigned struct{ Experiment, Variant string }

// Disclosed tells that what must be said at the beginning has been queued.
type Disclosed struct{ Text string }

func (Disclosed) action()  {}
func (Work) action()       {}
func (CancelWork) action() {}
func (StopTimer) action()  {}
func (Remember) action()   {}
func (Consented) action()  {}
func (Assigned) action()   {}
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
