package dialog

import (
	"time"

	"github.com/dialwright/dialwright/nlu"
)

// Flow is a checked conversation. It never changes after Load, so that any
// number of sessions share one.
type Flow struct {
	Name     string
	Language string // en or zh
	Voice    string // engine/voice; empty for the language's default
	Hash     string // of the source, 16 hex digits: sessions resume only on the same
	Warnings Problems

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
		add(n.end)
		for _, set := range []settings{n.settings, f.defaults} {
			for _, ladder := range [][]rung{set.noInput, set.noMatch} {
				for _, r := range ladder {
					add(r.end)
				}
			}
		}
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
// opt_out, callback, outcome, say, then the one part that says how it goes on.
type node struct {
	name     string
	at       pos
	set      []assignment
	optOut   bool
	callback string // slot
	outcome  string
	say      *prompt
	settings settings

	// How it goes on: exactly one of these.
	listen   *listen
	ask      *ask
	choose   []branch
	transfer *transfer
	next     ref
	ends     bool
	end      string // outcome to end with; may be empty
	returns  bool
}

func (n *node) listens() bool { return n.listen != nil || n.ask != nil }

// settings are inherited: call, flow, node. Nil and zero mean: not said here.
type settings struct {
	bargeIn      *bargeIn
	noInputAfter time.Duration
	endSilence   time.Duration
	maxSpeech    time.Duration
	betweenKeys  time.Duration
	noInput      []rung
	noMatch      []rung
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
	phrases []string // all it may hear, for the recogniser
	among   []string // its intents, then the global ones it does not override
	maxKeys int
}

type ask struct {
	slot   *slot
	next   ref
	always bool
	keys   keySpec
}

// keySpec is how a value is keyed in.
type keySpec struct {
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
}

// global is an intent heard everywhere.
type global struct {
	intent string
	at     pos
	next   ref
	back   bool    // return to where it was heard
	repeat bool    // say again what was said
	say    *prompt // say this, then go on where it was heard
}
