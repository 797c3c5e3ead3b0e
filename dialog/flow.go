package dialog

import (
	"time"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/knowledge"
)

// Flow is a checked conversation. It never changes after Load, so that any
// number of sessions share one.
type Flow struct {
	Name     string
	Language string // en or zh
	Voice    string // engine/voice; empty for the language's default
	Hash     string // of all files, 16 hex digits: sessions resume only on the same
	Dir      string // where it was loaded from; empty when from memory
	Warnings Problems

	files       []string // names of flow.yaml and what it includes
	start       string
	onVoicemail string
	onError     string
	onHangup    *finale
	defaults    settings
	slots       map[string]*slot
	contact     map[string]*slot
	intents     map[string]*intent
	globals     []global
	nodes       map[string]*node
	order       []string // nodes as written
	classifier  nlu.Classifier
	speech
	events      events
	subs        map[string]*subFlow
	subOrder    []string
	knowledge   map[string][]string // name → files
	bases       map[string]*knowledge.Base
	intentOrder []string
	counted     map[string]bool // nodes and slots whose visits expressions ask for
}

// Nodes lists the names of all nodes as they stand in the file.
func (f *Flow) Nodes() []string { return append([]string(nil), f.order...) }

// Outcomes lists every outcome the flow can set, as they stand in the file.
func (f *Flow) Outcomes() []string {
	var out []string
	seen := map[string]bool{"": true}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	for _, name := range f.order {
		n := f.nodes[name]
		add(n.outcome)
		if n.sub == "" { // in a sub-flow the word is for the flow that runs it
			add(n.end)
		}
		for _, set := range []settings{n.settings, f.defaults} {
			for _, ladder := range [][]rung{set.noInput, set.noMatch} {
				for _, r := range ladder {
					add(r.end)
				}
			}
		}
	}
	for _, g := range f.globals {
		if g.optOut {
			add(outcomeOptOut)
		}
	}
	if f.events.maxLength.after > 0 {
		add(outcomeLength)
	}
	if f.onHangup != nil {
		for _, b := range f.onHangup.choose {
			add(b.outcome)
		}
		add(f.onHangup.outcome)
	}
	return out
}

// ref is a node somebody points to.
type ref struct {
	node string
	at   pos
}

// node is one place of the conversation. Its parts are done in this order: set,
// opt_out, callback, outcome, consent, play, say, then the one part that says
// how it goes on.
type node struct {
	name     string // in a sub-flow: SUB/NAME
	sub      string // the sub-flow it belongs to
	index    int    // among all nodes
	at       pos
	set      []assignment
	optOut   bool
	callback string // slot
	outside  ref    // where to go when nobody may be called then
	outcome  string
	consent  *consent
	play     *prompt
	say      *prompt
	settings settings

	// How it goes on: exactly one of these. ask and confirm have listen too,
	// and so has work that is a conversation.
	listen   *listen
	ask      *ask
	confirm  *confirm
	choose   []branch
	work     *work
	run      *run
	transfer *transfer
	next     ref
	ends     bool
	end      string // outcome to end with; may be empty
	returns  bool
}

func (n *node) listens() bool { return n.listen != nil }

// answers tells whether n hands back to where a digression began, once it has
// answered.
func (n *node) answers() bool {
	return n.work != nil && n.work.kind == WorkKnowledge && n.work.next.node == ""
}

// consent is recorded as given when its node is reached.
type consent struct {
	slot  *slot
	scope string
}

// confirm asks whether values are right.
type confirm struct {
	slots       []*slot
	say         *prompt // nil: a sentence of ours that reads them back
	next        ref
	denied      ref
	corrections bool
}

// run goes through a sub-flow and comes back.
type run struct {
	flow string
	with []assignment // slot: of the sub-flow
	into []result
	on   map[string]ref
	next ref
	at   pos
}

// result takes a slot of a sub-flow over when it has ended.
type result struct {
	to, from *slot
}

// subFlow is a piece of conversation with slots of its own.
type subFlow struct {
	name   string
	at     pos
	start  string
	slots  map[string]*slot
	params []string
	result []string
	used   bool
}

// events are what a flow does when things happen that nobody said.
type events struct {
	onScreening string
	disclosure  *prompt
	silence     timer // until somebody says anything at all
	timers      []timer
	maxLength   timer
	maxSay      *prompt
}

// timer runs from the answer.
type timer struct {
	name  string
	after time.Duration
	next  ref
}

// settings are inherited: call, flow, node. Nil and zero mean: not said here.
type settings struct {
	bargeIn      *bargeIn
	noInputAfter time.Duration
	endSilence   time.Duration
	maxSpeech    time.Duration
	betweenKeys  time.Duration
	noInput      []rung
	noMatch      []rung
	// An answer the recogniser is less sure of than this was not understood, or,
	// with verify, is asked about.
	minConfidence float64
	verify        *bool
	corrections   *bool // "no, I said Tuesday"
}

// rung is what happens at one failure of a ladder.
type rung struct {
	say    *prompt
	repeat bool
	next   ref
	ends   bool
	end    string
}

func (r *rung) leaves() bool { return r.next.node != "" || r.ends }

type listen struct {
	intents map[string]ref
	order   []string       // intents as written
	digits  map[string]ref // own keys and those of its intents
	hints   []string
	slots   []*slot  // filled from whatever is said
	next    ref      // when nothing but slots was heard
	phrases []string // all it may hear, for the recogniser
	among   []string // its intents, then the global ones it does not override
	maxKeys int
}

type ask struct {
	slot       *slot
	next       ref
	always     bool
	keys       keySpec
	only       bool    // keys only: what is said is no answer
	outOfRange *prompt // said when the value is of the right kind and out of range
}

// keySpec is how a value is keyed in.
type keySpec struct {
	min        int
	max        int
	terminator string
}

type branch struct {
	cond    *expression // nil: otherwise
	next    ref
	outcome string       // only in on_hangup
	set     []assignment // only in on_hangup
}

type transfer struct {
	kind        TransferKind
	target      string
	ringTimeout time.Duration
	maxWait     time.Duration
	variables   []string
	on          map[string]ref
}

// finale is what runs when the customer is gone.
type finale struct {
	set     []assignment
	choose  []branch
	outcome string // if there is none yet
}

type assignment struct {
	slot  *slot
	clear bool
	value any
	expr  *expression
}

type intent struct {
	name    string
	at      pos
	phrases []string
	digits  string
	fill    []*slot
	used    bool
	builtin bool
}

// global is an intent heard everywhere.
type global struct {
	intent string
	at     pos
	next   ref
	back   bool          // return to where it was heard
	repeat bool          // say again what was said
	slower bool          // the same, slower, and everything after it
	wait   time.Duration // be silent so long
	say    *prompt       // say this, then go on where it was heard
	optOut bool          // enter the number into the Do-Not-Call list, and end
}
