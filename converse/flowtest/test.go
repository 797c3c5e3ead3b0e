package flowtest

import (
	"time"

	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
)

// File is a file of tests.
type File struct {
	Path  string
	Flow  string // the flow's path as written, relative to the file; empty: the directory above
	Tests []*Test
}

// Test is one conversation.
type Test struct {
	Name string
	File string
	At   dialog.Place

	now     time.Time
	zone    *time.Location
	contact map[string]any
	memory  map[string]any
	key     string        // the contact's, which decides experiments
	hours   *callingHours // nil: at any time
	steps   []step
	expect  expectations
}

// kind says what a step is. The names are the keys of the language.
type kind string

const (
	stepBot       kind = "bot"
	stepUser      kind = "user"
	stepDigits    kind = "digits"
	stepSilence   kind = "silence"
	stepBargeIn   kind = "barge_in"
	stepHangup    kind = "hangup"
	stepVoicemail kind = "voicemail"
	stepScreening kind = "screening"
	stepExpect    kind = "expect"
	stepTransfer  kind = "transfer"
	stepFail      kind = "fail"
)

// step is one thing that happens, or one that is expected.
type step struct {
	kind     kind
	at       dialog.Place
	bot      botLine
	sound    sound
	digits   string
	after    time.Duration
	first    bool // silence: until the first thing that comes of it
	expect   expectations
	work     workReply
	transfer transferReply
	fails    string // ears, mouth, duty
}

// botLine is what the bot should say. What is not set does not matter.
type botLine struct {
	any  bool     // whatever it says, until it waits
	text *textual // all of it
	has  []string // parts of it
	re   *textual
	node string
	from string // the source of an answer
}

// sound is what the customer says.
type sound struct {
	text         string
	confidence   float64
	alternatives []string
	partials     []string
	noise        time.Duration // a sound without words
}

// workReply answers work of the flow's.
type workReply struct {
	kind      dialog.WorkKind
	want      []wanted
	after     time.Duration
	sentences []string
	result    dialog.WorkResult
	never     bool // no answer comes: the time runs out
}

// wanted is one thing that work should ask for.
type wanted struct {
	name  string
	at    dialog.Place
	text  *textual
	value any
}

// transferReply ends a transfer.
type transferReply struct {
	want   []wanted
	result dialog.TransferResult
}

// expectations of how things stand. Nil: does not matter.
type expectations struct {
	at          dialog.Place
	given       bool
	node        *string
	intent      *string
	outcome     *string
	interrupted *bool
	listening   *bool
	ended       *bool
	endedBy     *converse.EndedBy
	optOut      *bool
	callback    any // bool, string or nil
	transfer    any // false, or []wanted
	slots       []wanted
	remembered  []wanted
	consents    []wanted
	experiments []wanted
	faults      *[]*textual
}
