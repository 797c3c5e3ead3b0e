package dialog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"
)

// Session is one conversation over a flow. It is not safe for concurrent use.
type Session struct {
	flow *Flow
	st   state
	zone *time.Location

	// Of the step that runs.
	now   time.Time
	out   []Action
	next  string
	via   string // the intent that leads to next
	steps int
	trail []string
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
	Phase    phase          `json:"phase"`
	Node     string         `json:"node,omitempty"`
	Slots    map[string]any `json:"slots,omitempty"`
	Outcome  string         `json:"outcome,omitempty"`
	Ended    bool           `json:"ended,omitempty"` // the flow came to an end by itself
	Failing  bool           `json:"failing,omitempty"`
	Intent   string         `json:"intent,omitempty"` // last understood
	Text     string         `json:"text,omitempty"`   // last heard
	Silences int            `json:"silences,omitempty"`
	Misses   int            `json:"misses,omitempty"`
	Stack    []string       `json:"stack,omitempty"` // nodes to return to
	Spoken   []Say          `json:"spoken,omitempty"`
	Variants map[string]int `json:"variants,omitempty"` // how often each prompt with variants was said
	Transfer TransferResult `json:"transfer,omitzero"`
	speechState
}

const stateVersion = 1

// ErrOtherFlow is wrapped by Resume when the session belongs to another flow,
// or to another version of it.
var ErrOtherFlow = errors.New("the session belongs to another flow")

// NewSession begins a conversation. A contact's field that is not of its
// declared type is an error.
func NewSession(f *Flow, o StartOptions) (*Session, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	s := &Session{flow: f, zone: o.Zone, st: state{
		Version: stateVersion, Flow: f.Name, Hash: f.Hash, CallID: o.CallID, Zone: o.Zone.String(), Defaults: o.Defaults,
		Contact: map[string]any{}, Slots: map[string]any{}, Phase: phaseNew,
	}}
	for name, sl := range f.contact {
		v, ok := o.Contact[name]
		if !ok || v == nil || v == "" {
			continue
		}
		value, err := sl.accept(v, o.Zone)
		if err != nil {
			return nil, fmt.Errorf("start flow %s: %w", f.Name, err)
		}
		s.st.Contact[name] = value
	}
	s.begin(o)
	return s, nil
}

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
	if s.st.Slots, err = restore(f.slots, s.st.Slots, zone); err != nil {
		return nil, fmt.Errorf("resume session: %w", err)
	}
	if s.st.Contact, err = restore(f.contact, s.st.Contact, zone); err != nil {
		return nil, fmt.Errorf("resume session: %w", err)
	}
	for _, name := range append(s.st.Stack, s.st.Node) {
		if name != "" && f.nodes[name] == nil {
			return nil, fmt.Errorf("resume session: the flow has no node %q", name)
		}
	}
	if n := f.nodes[s.st.Node]; s.st.Phase == phaseListening && (n == nil || n.listen == nil) ||
		s.st.Phase == phaseTransferring && (n == nil || n.transfer == nil) {
		return nil, fmt.Errorf("resume session: node %q cannot be %s", s.st.Node, s.st.Phase)
	}
	return s, nil
}

// restore gives values read from JSON their types back.
func restore(slots map[string]*slot, values map[string]any, zone *time.Location) (map[string]any, error) {
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

// Flow is what the session runs on.
func (s *Session) Flow() *Flow { return s.flow }

// CallID is the call the session belongs to.
func (s *Session) CallID() string { return s.st.CallID }

// Outcome is what the conversation came to so far; empty when nothing is.
func (s *Session) Outcome() string { return s.st.Outcome }

// Node is where the session stands.
func (s *Session) Node() string { return s.st.Node }

// Ended reports whether the conversation is over: End was given, or the
// customer is gone and on_hangup has run.
func (s *Session) Ended() bool { return s.st.Phase == phaseEnded || s.st.Phase == phaseClosed }

// Slots is a copy of the slots that have a value: string, float64, bool or
// time.Time in the contact's zone.
func (s *Session) Slots() map[string]any { return maps.Clone(s.st.Slots) }
