package dialog

import (
	"strings"
	"time"

	"github.com/dialwright/dialwright/nlu"
)

// again says once more what was said before the customer spoke.
func (s *Session) again() {
	for _, a := range s.st.Spoken {
		s.emit(a)
	}
}

func (s *Session) listen(n *node) {
	s.st.Phase = phaseListening
	own, flow, call := n.settings, s.flow.defaults, s.st.Defaults
	spec := DigitSpec{Max: n.listen.maxKeys}
	if spec.Max > 0 {
		spec.Between = firstOf(own.betweenKeys, flow.betweenKeys, call.BetweenKeys, betweenKeys)
		if n.ask != nil {
			spec.Terminator = n.ask.keys.terminator
		}
	}
	s.emit(Listen{
		Node: n.name, Language: s.flow.Language, Phrases: n.listen.phrases, Digits: spec,
		NoInput:    firstOf(own.noInputAfter, flow.noInputAfter, call.NoInputAfter, noInputAfter),
		EndSilence: firstOf(own.endSilence, flow.endSilence, call.EndSilence, endSilence),
		MaxSpeech:  firstOf(own.maxSpeech, flow.maxSpeech, call.MaxSpeech, maxSpeech),
	})
}

func firstOf(ds ...time.Duration) time.Duration {
	for _, d := range ds {
		if d > 0 {
			return d
		}
	}
	return 0
}

// heard understands an utterance: the node's intents and the global ones
// first, then the slot that was asked for.
func (s *Session) heard(text string, confidence float64) {
	n := s.flow.nodes[s.st.Node]
	s.st.Text = text
	ranked := s.flow.classifier.Classify(nlu.Query{Text: text, Confidence: confidence, Among: n.listen.among})
	intent, sure := s.choose(n, ranked)
	if n.ask != nil && !(sure && ranked[0].Score >= sureScore) {
		value, f := n.ask.slot.read(text, heardContext{language: s.flow.Language, now: s.now, asked: true})
		switch {
		case f == valueFits:
			s.answered(n, value)
			return
		case f == valueOut && !sure:
			s.refuse(n, n.ask)
			return
		}
	}
	if !sure {
		s.failed(false)
		return
	}
	s.understood(n, intent)
}

// sureScore is how clearly an intent must be heard to be taken for more than a
// part of the answer that was asked for.
const sureScore = 0.85

// choose takes the best candidate. Where the second-best is as good, the
// node's own intent goes before a global one, and two that lead to the same
// place are one.
func (s *Session) choose(n *node, ranked []nlu.Candidate) (string, bool) {
	best, ok := nlu.Decide(ranked, minScore, minMargin)
	if ok || len(ranked) < 2 || ranked[0].Score < minScore {
		return best.Intent, ok
	}
	a, aOwn := n.listen.intents[ranked[0].Intent]
	b, bOwn := n.listen.intents[ranked[1].Intent]
	switch {
	case aOwn && bOwn && a.node == b.node, aOwn && !bOwn:
		return ranked[0].Intent, true
	case bOwn && !aOwn:
		return ranked[1].Intent, true
	}
	return "", false
}

// understood follows an intent.
func (s *Session) understood(n *node, name string) {
	s.st.Intent, s.via = name, name
	for _, sl := range s.flow.intents[name].fill {
		if v, ok := sl.understand(s.st.Text, heardContext{language: s.flow.Language, now: s.now}); ok {
			s.setSlot(sl, v)
		}
	}
	if target, own := n.listen.intents[name]; own {
		s.follow(target.node)
		return
	}
	for _, g := range s.flow.globals {
		if g.intent == name {
			s.global(n, g)
			return
		}
	}
}

// follow leaves a node for another after an answer.
func (s *Session) follow(target string) {
	s.st.Spoken = nil
	s.st.Phase = phaseNew
	s.next = target
}

func (s *Session) global(n *node, g global) {
	switch {
	case g.repeat:
		s.again()
		s.listen(n)
	case g.say != nil:
		if err := s.say(n, g.say, false); err != nil {
			s.fault(err.Error())
			return
		}
		s.again()
		s.listen(n)
	case g.back:
		if len(s.st.Stack) >= maxStack {
			s.fault("digressions within digressions: " + strings.Join(append(s.st.Stack, n.name), " → "))
			return
		}
		s.st.Stack = append(s.st.Stack, n.name)
		s.follow(g.next.node)
	default:
		s.st.Stack = nil
		s.follow(g.next.node)
	}
}

func (s *Session) answered(n *node, value any) {
	s.setSlot(n.ask.slot, value)
	s.follow(n.ask.next.node)
}

// digits follow the node's keys, or are the value that was asked for.
func (s *Session) digits(keys string) {
	n := s.flow.nodes[s.st.Node]
	s.st.Text = keys
	if target, ok := n.listen.digits[keys]; ok {
		if intent, global := strings.CutPrefix(target.node, "{"); global {
			s.understood(n, strings.TrimSuffix(intent, "}"))
			return
		}
		s.via = s.intentOf(n, keys)
		s.st.Intent = s.via
		s.follow(target.node)
		return
	}
	if n.ask != nil {
		switch v, f := n.ask.slot.readKeys(keys, s.now); f {
		case valueFits:
			s.answered(n, v)
			return
		case valueOut:
			s.refuse(n, n.ask)
			return
		}
	}
	s.failed(false)
}

// intentOf is the intent a key stands for, so that what follows a key and
// what follows the words looks the same.
func (s *Session) intentOf(n *node, keys string) string {
	for _, name := range n.listen.order {
		if s.flow.intents[name].digits == keys {
			return name
		}
	}
	return ""
}

// failed climbs a ladder: silence, or words that mean nothing here.
func (s *Session) failed(noInput bool) {
	n := s.flow.nodes[s.st.Node]
	count := &s.st.Misses
	if noInput {
		count = &s.st.Silences
	}
	ladder := s.flow.ladder(n, noInput)
	r := ladder[min(*count, len(ladder)-1)]
	*count++
	if r.say != nil {
		if err := s.say(n, r.say, false); err != nil {
			s.fault(err.Error())
			return
		}
	}
	switch {
	case r.ends:
		s.end(n.name, r.end)
	case r.next.node != "":
		s.follow(r.next.node)
	default:
		if r.repeat {
			s.again()
		}
		s.listen(n)
	}
}
