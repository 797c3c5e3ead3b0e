package dialog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/dialwright/dialwright/nlu"
)

// Session is one conversation over a flow. It is not safe for concurrent use.
type Session struct {
	flow  *Flow
	st    state
	zone  *time.Location
	hours func(time.Time) (ok bool, next time.Time)

	// Of the step that runs.
	now   time.Time
	out   []Action
	next  string
	via   string // the intent that leads to next
	steps int
	trail []string
	// unsure tells that the recogniser is not sure of what was said.
	unsure bool
	given  []nlu.Candidate // what an engine elsewhere made of the utterance; nil: none was asked
}

// StartOptions is what a conversation begins with.
type StartOptions struct {
	CallID  string
	Contact map[string]any // name, number and what the flow declares under contact; other fields are ignored
	Zone    *time.Location // the contact's; nil is UTC
	// ContactKey stays the same for a contact over all calls: it decides the
	// variants of experiments. Empty: the contact's number.
	ContactKey string
	// Memory is what Remember kept in the contact's earlier calls.
	Memory map[string]any
	// AnsweredAt is when the customer answered, where that was before the
	// session gets EvAnswered. Zero: the time of EvAnswered.
	AnsweredAt time.Time
	// Hours tells whether the contact may be called at a time, and if not, when
	// next. Nil: at any time. It is not serialised: see Session.SetHours.
	Hours func(time.Time) (ok bool, next time.Time)
	// Defaults lie below the flow's own defaults.
	Defaults Defaults
}

// Defaults are settings the caller of a flow may choose. Zero values mean: the
// language's own defaults (barge-in on, 5 s, 700 ms, 20 s, 3 s).
type Defaults struct {
	BargeIn      *bool         `json:"barge_in,omitempty"`
	NoInputAfter time.Duration `json:"no_input_after,omitempty"`
	EndSilence   time.Duration `json:"end_silence,omitempty"`
	MaxSpeech    time.Duration `json:"max_speech,omitempty"`
	BetweenKeys  time.Duration `json:"between_keys,omitempty"`
}

// phase is what a session waits for.
type phase string

const (
	phaseNew          phase = "new"
	phaseListening    phase = "listening"
	phaseWorking      phase = "working" // for EvWorked
	phaseTransferring phase = "transferring"
	phaseGone         phase = "gone"   // the customer is gone, EvHangup has not come yet
	phaseEnded        phase = "ended"  // End was given, EvHangup has not come yet
	phaseClosed       phase = "closed" // on_hangup has run
)

// state is all that a session remembers; it is what is serialised.
type state struct {
	Version  int            `json:"version"`
	Flow     string         `json:"flow"`
	Hash     string         `json:"hash"`
	CallID   string         `json:"call_id,omitempty"`
	Zone     string         `json:"zone"`
	Offset   int            `json:"offset,omitempty"` // seconds east, for a zone without a name in the database
	Defaults Defaults       `json:"defaults,omitzero"`
	Contact  map[string]any `json:"contact,omitempty"`
	Memory   map[string]any `json:"memory,omitempty"`
	Phase    phase          `json:"phase"`
	Node     string         `json:"node,omitempty"`
	// Scopes are the slots of the flow and of the sub-flows that run; Slots are
	// those of the level that is in force.
	Scopes   []scope        `json:"scopes"`
	Level    int            `json:"level,omitempty"`
	Slots    map[string]any `json:"-"`
	Outcome  string         `json:"outcome,omitempty"`
	Ended    bool           `json:"ended,omitempty"` // the flow came to an end by itself
	Failing  bool           `json:"failing,omitempty"`
	Intent   string         `json:"intent,omitempty"` // last understood
	Text     string         `json:"text,omitempty"`   // last heard
	Silences int            `json:"silences,omitempty"`
	Misses   int            `json:"misses,omitempty"`
	Stack    []frame        `json:"stack,omitempty"` // where digressions return to
	Spoken   []Say          `json:"spoken,omitempty"`
	Variants map[string]int `json:"variants,omitempty"` // how often each prompt with variants was said
	Transfer TransferResult `json:"transfer,omitzero"`
	speechState

	Answered  time.Time      `json:"answered,omitzero"`
	Disclosed bool           `json:"disclosed,omitempty"`
	SpokeUp   bool           `json:"spoke_up,omitempty"` // the customer has said or pressed something
	Turn      int            `json:"turn,omitempty"`     // of the customer
	Filled    []filledSlot   `json:"filled,omitempty"`   // last, newest at the end
	Counts    map[string]int `json:"counts,omitempty"`
	Slow      float64        `json:"slow,omitempty"`     // the customer asked to speak slower
	Verify    string         `json:"verify,omitempty"`   // what we asked whether it was said
	Asking    string         `json:"asking,omitempty"`   // a confirmation was denied: the slot in question, or *
	Rounds    int            `json:"rounds,omitempty"`   // of corrections in a confirmation
	Due       string         `json:"due,omitempty"`      // node a timer wants to go to
	Checking  bool           `json:"checking,omitempty"` // a value that was asked for is read back
	Closing   bool           `json:"closing,omitempty"`  // max_length is over
	Overtime  bool           `json:"overtime,omitempty"`
	Work      *inFlight      `json:"work,omitempty"`
	Works     int            `json:"works,omitempty"` // how many there were
	LLM       *llmState      `json:"llm,omitempty"`
}

// scope holds the slots of the flow, or of one run of a sub-flow.
type scope struct {
	Sub    string         `json:"sub,omitempty"`
	Run    string         `json:"run,omitempty"` // the node that runs it
	Parent int            `json:"parent,omitempty"`
	Slots  map[string]any `json:"slots,omitempty"`
}

// frame is where a digression began.
type frame struct {
	Node   string `json:"node"`
	Level  int    `json:"level,omitempty"`
	Spoken []Say  `json:"spoken,omitempty"` // what was said before, to be said again
}

// filledSlot remembers when the customer filled a slot.
type filledSlot struct {
	Slot  string `json:"slot"`
	Level int    `json:"level,omitempty"`
	Turn  int    `json:"turn"`
}

// inFlight is work whose end is waited for.
type inFlight struct {
	ID   string   `json:"id"`
	Kind WorkKind `json:"kind"`
	Tool string   `json:"tool,omitempty"` // of a model, that a function answers
	Said bool     `json:"said,omitempty"` // the filler, or a part of the answer
	Text string   `json:"text,omitempty"` // of the answer so far
}

const stateVersion = 2

// ErrOtherFlow is wrapped by Resume when the session belongs to another flow,
// or to another version of it.
var ErrOtherFlow = errors.New("the session belongs to another flow")

// NewSession begins a conversation. A contact's field that is not of its
// declared type is an error, and so is a contact whose fields have more than 3 KB
// though long texts have been cut.
func NewSession(f *Flow, o StartOptions) (*Session, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	s := &Session{flow: f, zone: o.Zone, hours: o.Hours, st: state{
		Version: stateVersion, Flow: f.Name, Hash: f.Hash, CallID: clipText(o.CallID, maxID), Zone: o.Zone.String(), Defaults: o.Defaults,
		Contact: map[string]any{}, Scopes: []scope{{Slots: map[string]any{}}}, Phase: phaseNew, Answered: o.AnsweredAt,
	}}
	s.setLevel(0)
	for name, sl := range f.contact {
		v, ok := o.Contact[name]
		if !ok || v == nil || v == "" {
			continue
		}
		value, err := sl.accept(v, o.Zone)
		if err != nil {
			return nil, fmt.Errorf("start flow %s: %w", f.Name, err)
		}
		s.st.Contact[name] = clipValue(value)
	}
	o.ContactKey = clipText(o.ContactKey, maxID)
	s.begin(o)
	s.st.Memory = maps.Clone(s.st.Slots)
	keep(s.st.Slots, maxSlotBytes/2)
	keep(s.st.Memory, maxMemoryBytes)
	if !shorten(s.st.Contact, maxContactBytes) {
		return nil, fmt.Errorf("start flow %s: the contact's fields have %d bytes, more than %d", f.Name, valuesSize(s.st.Contact), maxContactBytes)
	}
	return s, nil
}

// SetHours gives a resumed session what StartOptions.Hours gave it before.
func (s *Session) SetHours(hours func(time.Time) (ok bool, next time.Time)) { s.hours = hours }

// MarshalJSON gives everything the session knows.
func (s *Session) MarshalJSON() ([]byte, error) {
	st := s.st
	if _, err := time.LoadLocation(st.Zone); err != nil || st.Zone == "Local" {
		_, st.Offset = s.now.In(s.zone).Zone()
	}
	b, err := json.Marshal(st)
	if err != nil {
		return nil, fmt.Errorf("serialise session of flow %s: %w", st.Flow, err)
	}
	return b, nil
}

// Resume carries on a session that was serialised, on the same flow.
func Resume(f *Flow, data []byte) (*Session, error) {
	s := &Session{flow: f}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s.st); err != nil {
		return nil, fmt.Errorf("resume session: %w", err)
	}
	if s.st.Version != stateVersion {
		return nil, fmt.Errorf("resume session: it has version %d, not %d", s.st.Version, stateVersion)
	}
	if s.st.Hash != f.Hash || s.st.Flow != f.Name {
		return nil, fmt.Errorf("resume session: %w: %s %s, not %s %s", ErrOtherFlow, s.st.Flow, s.st.Hash, f.Name, f.Hash)
	}
	zone, err := time.LoadLocation(s.st.Zone)
	if err != nil || s.st.Zone == "Local" {
		zone = time.FixedZone(s.st.Zone, s.st.Offset)
	}
	s.zone = zone
	if err := s.restore(); err != nil {
		return nil, fmt.Errorf("resume session: %w", err)
	}
	return s, nil
}

// restore checks what was read and gives values their types back.
func (s *Session) restore() (err error) {
	f := s.flow
	if s.st.Contact, err = restoreValues(f.contact, s.st.Contact, s.zone); err != nil {
		return err
	}
	if s.st.Memory != nil {
		if s.st.Memory, err = restoreValues(f.slots, s.st.Memory, s.zone); err != nil {
			return err
		}
	}
	if len(s.st.Scopes) == 0 || s.st.Scopes[0].Sub != "" || s.st.Level < 0 || s.st.Level >= len(s.st.Scopes) {
		return errors.New("its slots are missing")
	}
	for i := range s.st.Scopes {
		sc := &s.st.Scopes[i]
		slots := f.slots
		if i > 0 {
			sub, run := f.subs[sc.Sub], f.nodes[sc.Run]
			if sub == nil || run == nil || run.run == nil || sc.Parent < 0 || sc.Parent >= i {
				return fmt.Errorf("the flow has no sub-flow %q", sc.Sub)
			}
			slots = sub.slots
		}
		if sc.Slots, err = restoreValues(slots, sc.Slots, s.zone); err != nil {
			return err
		}
	}
	s.setLevel(s.st.Level)
	for _, fr := range s.st.Stack {
		if n := f.nodes[fr.Node]; n == nil || n.listen == nil || fr.Level < 0 || fr.Level >= len(s.st.Scopes) {
			return fmt.Errorf("the flow has no node %q to return to", fr.Node)
		}
	}
	if s.st.Node != "" && f.nodes[s.st.Node] == nil || s.st.Due != "" && f.nodes[s.st.Due] == nil {
		return fmt.Errorf("the flow has no node %q", s.st.Node+s.st.Due)
	}
	n := f.nodes[s.st.Node]
	if s.st.Phase == phaseListening && (n == nil || n.listen == nil) || s.st.Phase == phaseTransferring && (n == nil || n.transfer == nil) ||
		s.st.Phase == phaseWorking && (n == nil || n.work == nil || s.st.Work == nil) {
		return fmt.Errorf("node %q cannot be %s", s.st.Node, s.st.Phase)
	}
	return nil
}

func restoreValues(slots map[string]*slot, values map[string]any, zone *time.Location) (map[string]any, error) {
	out := make(map[string]any, len(values))
	for name, v := range values {
		sl := slots[name]
		if sl == nil {
			return nil, fmt.Errorf("the flow has no slot %q", name)
		}
		typed, err := sl.accept(v, zone)
		if err != nil {
			return nil, err
		}
		out[name] = typed
	}
	return out, nil
}

// setLevel makes the slots of a level those in force.
func (s *Session) setLevel(level int) {
	s.st.Level = level
	if s.st.Scopes[level].Slots == nil {
		s.st.Scopes[level].Slots = map[string]any{}
	}
	s.st.Slots = s.st.Scopes[level].Slots
}

// sub is the sub-flow that runs; nil in the flow itself.
func (s *Session) sub() *subFlow { return s.flow.subs[s.st.Scopes[s.st.Level].Sub] }

// qualified is the full name of a node that the part that runs names.
func (s *Session) qualified(node string) string {
	if sub := s.sub(); sub != nil {
		return sub.name + subSeparator + node
	}
	return node
}

// Flow is what the session runs on.
func (s *Session) Flow() *Flow { return s.flow }

// CallID is the call the session belongs to.
func (s *Session) CallID() string { return s.st.CallID }

// Outcome is what the conversation came to so far; empty when nothing is.
func (s *Session) Outcome() string { return s.st.Outcome }

// Node is where the session stands.
func (s *Session) Node() string { return s.st.Node }

// Phase says what the session waits for: new, listening, working,
// transferring, gone, ended, closed.
func (s *Session) Phase() string { return string(s.st.Phase) }

// Ended reports whether the conversation is over: End was given, or the
// customer is gone and on_hangup has run.
func (s *Session) Ended() bool { return s.st.Phase == phaseEnded || s.st.Phase == phaseClosed }

// Slots is a copy of the flow's slots that have a value: string, float64, bool
// or time.Time in the contact's zone.
func (s *Session) Slots() map[string]any { return maps.Clone(s.st.Scopes[0].Slots) }
