package dialog

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// guardAfter is how long after its own timeout work may still end by itself.
const guardAfter = 2 * time.Second

// startWork asks for something that takes time.
func (s *Session) startWork(n *node) error {
	w := n.work
	a := Work{Kind: w.kind, Timeout: w.timeout}
	switch w.kind {
	case WorkHTTP:
		r, err := s.httpRequest(w.http)
		if err != nil {
			return err
		}
		a.HTTP = r
	case WorkCRM, WorkFunction:
		a.Call = FunctionCall{Name: w.call.name}
		for _, arg := range w.call.with {
			v, err := s.fillJSON(arg.value)
			if err != nil {
				return err
			}
			if a.Call.With == nil {
				a.Call.With = map[string]any{}
			}
			a.Call.With[arg.name] = v
		}
	case WorkKnowledge:
		text := s.st.Text
		if w.question != nil {
			v, err := s.eval(w.question)
			if err != nil {
				return err
			}
			text = clean(variable(v))
		}
		a.Question = Question{Knowledge: w.knowledge, Text: text, Language: s.flow.Language}
	case WorkSend:
		m, err := s.message(w.message)
		if err != nil {
			return err
		}
		a.Message = m
	case WorkRecord:
		r := w.record
		a.Recording = RecordingRequest{Max: r.max, EndSilence: r.endSilence, Terminator: r.terminator, Beep: r.beep}
	}
	s.beginWork(n, a)
	return nil
}

// beginWork gives work its number and its timers.
func (s *Session) beginWork(n *node, a Work) {
	s.st.Works++
	a.ID, a.Node = "w"+strconv.Itoa(s.st.Works), n.name
	s.st.Work = &inFlight{ID: a.ID, Kind: a.Kind}
	s.st.Phase = phaseWorking
	s.emit(a)
	if n.work.filler != nil {
		s.emit(StartTimer{Name: timerFiller + a.ID, After: n.work.fillerAfter})
	}
	s.emit(StartTimer{Name: timerWork + a.ID, After: a.Timeout + guardAfter})
}

func (s *Session) message(m *messageSpec) (Message, error) {
	out := Message{Via: m.via}
	if m.to == nil {
		out.To = variable(s.st.Contact["number"])
	} else {
		to, err := s.fill(m.to, nil)
		if err != nil {
			return out, err
		}
		out.To = to
	}
	if out.To == "" {
		return out, fmt.Errorf("a message has nobody to go to")
	}
	text, err := s.written(m.text)
	out.Text = text
	return out, err
}

// written is a prompt as a text.
func (s *Session) written(p *prompt) (string, error) {
	a, err := s.compose(nil, p)
	return a.Text, err
}

// current tells whether an answer is for the work that is waited for.
func (s *Session) current(id string) bool {
	return s.st.Phase == phaseWorking && s.st.Work != nil && s.st.Work.ID == id
}

// cancelWork gives up what nobody waits for any more.
func (s *Session) cancelWork() {
	if w := s.st.Work; w != nil {
		s.stopTimers(w.ID)
		s.emit(CancelWork{ID: w.ID})
		s.st.Work = nil
	}
}

func (s *Session) stopTimers(id string) {
	if n := s.flow.nodes[s.st.Node]; n != nil && n.work != nil && n.work.filler != nil {
		s.emit(StopTimer{Name: timerFiller + id})
	}
	s.emit(StopTimer{Name: timerWork + id})
}

// fillerDue says something while the customer waits.
func (s *Session) fillerDue(id string) {
	if !s.current(id) || s.st.Work.Said {
		return
	}
	n := s.flow.nodes[s.st.Node]
	if n.work.filler == nil {
		return
	}
	s.st.Work.Said = true
	if err := s.say(n, n.work.filler, false); err != nil {
		s.fault(err.Error())
	}
}

// sentence says what is there of an answer already.
func (s *Session) sentence(r WorkResult) {
	if !s.current(r.ID) {
		return
	}
	text := clean(r.Text)
	s.st.Work.Said = true
	s.st.Work.Text = clipText(joinSentences(s.st.Work.Text, text), 600)
	s.speak(s.flow.nodes[s.st.Node], text, clipText(r.Source, maxText), true)
}

func joinSentences(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// worked goes on with what came of work.
func (s *Session) worked(r WorkResult) {
	if !s.current(r.ID) {
		return // late, or of another conversation
	}
	n, w := s.flow.nodes[s.st.Node], *s.st.Work
	s.stopTimers(w.ID)
	s.st.Work = nil
	s.st.Phase = phaseNew
	if r.Class == "" {
		r.Class = WorkOK
	}
	if n.work.kind == WorkLLM {
		s.modelAnswered(n, w, r)
		return
	}
	switch n.work.kind {
	case WorkKnowledge:
		s.knew(n, w, r)
	case WorkRecord:
		s.recorded(n, r)
	default:
		s.called(n, r)
	}
}

func (s *Session) called(n *node, r WorkResult) {
	w := n.work
	if i := slices.IndexFunc(w.when, func(way statusWay) bool { return way.status == r.Status }); i >= 0 {
		s.next = w.when[i].next.node
		return
	}
	if r.Class != WorkOK || r.Status >= 400 {
		s.workFailed(n, r)
		return
	}
	values := make([]any, len(w.into))
	for i, a := range w.into { // all or nothing
		v, err := s.assigned(a, r.Body)
		if err == nil {
			v, err = s.fitting(a.slot.name, clipValue(v))
		}
		if err != nil {
			s.workFailed(n, WorkResult{Class: WorkFailed, Detail: err.Error()})
			return
		}
		values[i] = v
	}
	for i, a := range w.into {
		if err := s.setSlot(a.slot, values[i]); err != nil {
			s.workFailed(n, WorkResult{Class: WorkFailed, Detail: err.Error()})
			return
		}
	}
	s.next = w.next.node
}

func (s *Session) workFailed(n *node, r WorkResult) {
	w := n.work
	switch {
	case r.Class == WorkTimeout && w.timeoff.node != "":
		s.next = w.timeoff.node
	case w.failed.node != "":
		s.next = w.failed.node
	default:
		s.fault(fmt.Sprintf("node %s: %s %s: %s", n.name, w.kind, r.Class, clipText(clean(r.Detail), maxID)))
	}
}

func (s *Session) knew(n *node, in inFlight, r WorkResult) {
	w := n.work
	text := clean(r.Text)
	switch {
	case r.Class == WorkUnknown, r.Class == WorkOK && text == "" && in.Text == "":
		s.next = w.unknown.node
		return
	case r.Class != WorkOK:
		if w.failed.node == "" {
			s.next = w.unknown.node
			return
		}
		s.workFailed(n, r)
		return
	}
	s.speak(n, text, clipText(r.Source, maxText), true)
	if w.next.node != "" {
		s.next = w.next.node
		return
	}
	if err := s.back(); err != nil {
		s.fault(err.Error())
	}
}

func (s *Session) recorded(n *node, r WorkResult) {
	if r.Class != WorkOK || r.Audio == "" {
		s.workFailed(n, r)
		return
	}
	if err := s.setSlot(n.work.record.slot, clipText(r.Audio, maxText)); err != nil {
		s.fault(err.Error())
		return
	}
	s.next = n.work.next.node
}
