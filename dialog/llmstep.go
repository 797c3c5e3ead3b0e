package dialog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// llmState is what a session keeps of a conversation that a model leads.
type llmState struct {
	Node     string       `json:"node"`
	Began    time.Time    `json:"began"`
	Turns    int          `json:"turns,omitempty"` // answers asked for
	Cost     float64      `json:"cost,omitempty"`
	Refused  bool         `json:"refused,omitempty"` // values were refused, and the model was told
	Messages []LLMMessage `json:"messages,omitempty"`
}

const (
	roleUser      = "user"
	roleAssistant = "assistant"
	roleNote      = "note"
)

// startLLM begins a stretch of conversation that a model leads.
func (s *Session) startLLM(n *node) error {
	s.st.LLM = &llmState{Node: n.name, Began: s.now}
	if p := n.work.llm.sayFirst; p != nil {
		before := len(s.st.Spoken)
		if err := s.say(n, p, true); err != nil {
			return err
		}
		for _, a := range s.st.Spoken[before:] {
			s.remember(roleAssistant, a.Text)
		}
		s.listen(n)
		return nil
	}
	if s.st.Text != "" {
		s.remember(roleUser, s.st.Text)
	}
	return s.askModel(n)
}

// model is the state of the conversation at n; a fresh one where another model
// has talked in between.
func (s *Session) model(n *node) *llmState {
	if s.st.LLM == nil || s.st.LLM.Node != n.name {
		s.st.LLM = &llmState{Node: n.name, Began: s.now}
	}
	return s.st.LLM
}

func (s *Session) remember(role, text string) {
	if text = clean(text); text != "" {
		s.st.LLM.Messages = append(s.st.LLM.Messages, LLMMessage{Role: role, Text: text})
	}
}

// tellModel passes the customer's words on.
func (s *Session) tellModel(n *node, text string) {
	s.model(n)
	if text == "" {
		s.failed(false)
		return
	}
	s.remember(roleUser, text)
	s.st.Spoken = nil
	if err := s.askModel(n); err != nil {
		s.fault(err.Error())
	}
}

// askModel asks for the next answer, within the flow's limits.
func (s *Session) askModel(n *node) error {
	spec, m := n.work.llm, s.model(n)
	over := ""
	switch {
	case m.Turns >= spec.maxTurns:
		over = "max_turns"
	case s.now.Sub(m.Began) > spec.maxTime:
		over = "max_time"
	case spec.maxCost > 0 && m.Cost >= spec.maxCost:
		over = "max_cost"
	}
	if over != "" {
		s.modelFailed(n)
		return nil
	}
	m.Turns++
	system, err := s.fill(spec.system, nil)
	if err != nil {
		return err
	}
	r := LLMRequest{System: system, Messages: slices.Clone(m.Messages), Knowledge: n.work.knowledge, Language: s.flow.Language, MaxTokens: spec.maxTokens}
	if spec.maxCost > 0 {
		r.MaxCost = spec.maxCost - m.Cost
	}
	for _, t := range spec.tools {
		r.Tools = append(r.Tools, LLMTool{Name: t.name, Description: t.description})
	}
	for _, sl := range spec.slots {
		r.Slots = append(r.Slots, LLMSlot{Name: sl.name, Type: string(sl.typ), Description: sl.describe()})
	}
	s.beginWork(n, Work{Kind: WorkLLM, Timeout: n.work.timeout, LLM: r})
	return nil
}

// describe tells a model what values a slot takes.
func (s *slot) describe() string {
	if s.typ == ChoiceSlot {
		names := make([]string, len(s.choices))
		for i, c := range s.choices {
			names[i] = c.name
		}
		b, err := json.Marshal(names)
		if err == nil {
			return "one of " + string(b)
		}
	}
	switch {
	case s.min != nil && s.max != nil:
		return fmt.Sprintf("from %g to %g", *s.min, *s.max)
	case s.min != nil:
		return fmt.Sprintf("at least %g", *s.min)
	case s.max != nil:
		return fmt.Sprintf("at most %g", *s.max)
	}
	switch s.typ {
	case TimeSlot:
		return "2006-01-02 15:04"
	case DateSlot:
		return "2006-01-02"
	}
	return ""
}

// interruptModel stops an answer that the customer has heard enough of.
func (s *Session) interruptModel() {
	n, said := s.flow.nodes[s.st.Node], s.st.Work.Text
	s.cancelWork()
	s.model(n)
	s.remember(roleAssistant, said)
	s.st.Phase = phaseListening
}

// modelAnswered goes on with an answer: what it says, what it fills in, which
// way it chose.
func (s *Session) modelAnswered(n *node, w inFlight, r WorkResult) {
	m := s.model(n)
	m.Cost += max(0, r.Cost)
	if w.Tool != "" {
		s.functionAnswered(n, w, r)
		return
	}
	text := clean(r.Text)
	s.remember(roleAssistant, joinSentences(w.Text, text))
	if r.Class != WorkOK && (r.Class != WorkLimit || w.Text == "") {
		s.modelFailed(n)
		return
	}
	s.speak(n, text, clipText(r.Source, maxText), true)
	refused := s.modelSlots(n, r.Slots)
	if s.next != "" || s.st.Phase == phaseEnded { // a value did not fit
		return
	}
	spoke := w.Text != "" || text != ""
	if r.Tool != "" {
		s.modelChose(n, r.Tool, spoke)
		return
	}
	switch {
	case spoke:
		s.st.Silences, s.st.Misses = 0, 0
		s.listen(n)
	case refused && !m.Refused, !refused && len(r.Slots) > 0 && !m.Refused:
		m.Refused = true // it may say something now
		if err := s.askModel(n); err != nil {
			s.fault(err.Error())
		}
	default:
		s.modelFailed(n)
	}
}

// modelSlots takes the values a model filled in, as far as their types do. It
// is told once what was refused.
func (s *Session) modelSlots(n *node, values map[string]any) (refused bool) {
	for _, sl := range n.work.llm.slots {
		raw, ok := values[sl.name]
		if !ok || raw == nil {
			continue
		}
		value, err := sl.accept(clipValue(raw), s.zone)
		if text, isText := raw.(string); err != nil && isText {
			if v, understood := sl.understand(clean(text), s.hearing(true)); understood {
				value, err = v, nil
			}
		}
		if err == nil {
			if t, isTime := value.(time.Time); isTime && !sl.past && sl.typ == TimeSlot && !t.After(s.now) {
				err = fmt.Errorf("%s is in the past", sl.name)
			}
		}
		if err != nil {
			refused = true
			// The value itself stays out of our own words: it may be the customer's.
			s.remember(roleNote, strings.TrimSpace("The value for "+sl.name+" was refused: it must be "+string(sl.typ)+" "+sl.describe()))
			continue
		}
		if !s.fillSlot(sl, value) {
			return refused
		}
	}
	return refused
}

// modelChose follows the way a model chose, if it is one of the flow's.
func (s *Session) modelChose(n *node, tool string, spoke bool) {
	i := slices.IndexFunc(n.work.llm.tools, func(t llmTool) bool { return t.name == tool })
	switch {
	case i < 0:
		s.remember(roleNote, "There is no such tool.")
		if spoke {
			s.listen(n)
			return
		}
		s.modelFailed(n)
	case n.work.llm.tools[i].function != "":
		s.beginWork(n, Work{Kind: WorkFunction, Timeout: n.work.timeout, Call: FunctionCall{Name: n.work.llm.tools[i].function, With: s.modelValues(n)}})
		s.st.Work.Tool = tool
	default:
		if !spoke {
			s.st.Spoken = nil
		}
		s.next = n.work.llm.tools[i].next.node
	}
}

// modelValues are the values of the slots a model may fill.
func (s *Session) modelValues(n *node) map[string]any {
	out := map[string]any{}
	for _, sl := range n.work.llm.slots {
		if v := s.value(sl.name); v != nil {
			if t, isTime := v.(time.Time); isTime {
				v = t.Format(time.RFC3339)
			}
			out[sl.name] = v
		}
	}
	return out
}

// functionAnswered tells the model what a function said.
func (s *Session) functionAnswered(n *node, w inFlight, r WorkResult) {
	text := r.Text
	if r.Class != WorkOK {
		text = "it failed"
	} else if text == "" {
		text = variable(r.Body)
	}
	s.remember(roleNote, w.Tool+": "+clean(text))
	if err := s.askModel(n); err != nil {
		s.fault(err.Error())
	}
}

// modelFailed goes where the flow says, or up the ladder of what was not
// understood.
func (s *Session) modelFailed(n *node) {
	if n.work.failed.node != "" {
		s.next = n.work.failed.node
		return
	}
	s.st.Phase = phaseListening
	s.failed(false)
}
