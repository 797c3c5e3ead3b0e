package dialog

import (
	"strings"
	"time"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/engine"
)

const (
	// sureScore is how clearly an intent must be heard to be taken for more than
	// a part of the answer that was asked for.
	sureScore = 0.85
	// minConfidence of a recogniser that gives one.
	minConfidence   = 0.3
	maxAlternatives = 5
	// unsureBelow is how little sure a recogniser must be of a value for it to
	// be read back where the slot says confirm: unsure.
	unsureBelow = 0.7
)

// again says once more what was said before the customer spoke.
func (s *Session) again(n *node) {
	if len(s.st.Spoken) == 0 && n.say != nil { // it was too long to be kept
		if err := s.say(n, n.say, false); err != nil {
			s.fault(err.Error())
		}
		return
	}
	for _, a := range s.st.Spoken {
		s.emit(a)
	}
}

func (s *Session) listen(n *node) { s.listenFor(n, 0) }

// listenFor listens; patience, where given, is the silence that counts as no
// input.
func (s *Session) listenFor(n *node, patience time.Duration) {
	if s.overdue() || s.next != "" || s.st.Phase == phaseEnded {
		return
	}
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
		NoInput:    firstOf(patience, own.noInputAfter, flow.noInputAfter, call.NoInputAfter, noInputAfter),
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

// customerSpoke takes an utterance, where one is waited for. A model that is
// still answering can be interrupted.
func (s *Session) customerSpoke(ev Event) {
	s.spokeUp()
	if s.st.Phase == phaseWorking && s.st.Work.Kind == WorkLLM && clean(ev.Text) != "" {
		s.interruptModel()
	}
	if s.st.Phase == phaseListening {
		s.heard(ev)
	}
}

func (s *Session) customerPressed(keys string) {
	s.spokeUp()
	if s.st.Phase == phaseListening {
		s.digits(clipText(clean(keys), maxID))
	}
}

// spokeUp notes that the customer is there.
func (s *Session) spokeUp() {
	if !s.st.SpokeUp && s.flow.events.silence.next.node != "" && s.st.Phase != phaseNew {
		s.emit(StopTimer{Name: timerSilence})
	}
	s.st.SpokeUp = true
}

// heard understands an utterance. What else the recogniser may have heard is
// tried where the first makes no sense.
func (s *Session) heard(ev Event) {
	n := s.flow.nodes[s.st.Node]
	text := clean(ev.Text)
	s.st.Text, s.given = text, ev.Ranked
	s.st.Turn++
	if held := s.st.Verify; held != "" {
		s.st.Verify = ""
		if yes, ok := nlu.ParseBoolean(text); ok {
			s.verified(n, held, yes)
			return
		}
	}
	confidence, unsure := s.confidence(n, text, ev.Confidence)
	s.unsure = confidence > 0 && confidence < unsureBelow
	do := s.interpret(n, text, confidence)
	switch {
	case do != nil && !unsure:
		do()
		return
	case do != nil && n.settings.verifies(s.flow.defaults) && jsonLen(text) <= maxVerifyBytes:
		s.askWhether(n, text)
		return
	case do == nil:
		for _, other := range ev.Alternatives[:min(len(ev.Alternatives), maxAlternatives)] {
			text := clean(other.Text)
			confidence, unsure := s.confidence(n, text, other.Confidence)
			if do := s.interpret(n, text, confidence); do != nil && !unsure {
				s.st.Text = text
				do()
				return
			}
		}
	}
	s.missed(n)
}

func (set settings) verifies(flow settings) bool {
	if set.verify != nil {
		return *set.verify
	}
	return flow.verify != nil && *flow.verify
}

// confidence in a transcript, less for words that were not made out, and
// whether it is too little.
func (s *Session) confidence(n *node, text string, given float64) (confidence float64, unsure bool) {
	words, unknown := 0, 0
	for w := range strings.FieldsSeq(text) {
		words++
		if w == "[unk]" || w == "<unk>" {
			unknown++
		}
	}
	confidence = given
	if unknown > 0 {
		if confidence == 0 {
			confidence = 1
		}
		confidence *= 1 - float64(unknown)/float64(words)
	} else if given == 0 {
		return 0, false // not known
	}
	least := minConfidence
	for _, set := range []settings{s.flow.defaults, n.settings} {
		if set.minConfidence != 0 {
			least = set.minConfidence
		}
	}
	return confidence, confidence < least
}

// askWhether asks whether what was heard was said.
func (s *Session) askWhether(n *node, text string) {
	words := sentencesOf(s.flow.Language)
	s.st.Verify = text
	s.speak(n, words.verify[0]+text+words.verify[1], "", false)
	s.listen(n)
}

func (s *Session) verified(n *node, held string, yes bool) {
	if yes {
		s.st.Text = held
		if do := s.interpret(n, held, 0); do != nil {
			do()
			return
		}
	}
	s.failed(false)
}

// missed is what was said and means nothing here: a word for a model, where
// one leads the conversation, or a failure.
func (s *Session) missed(n *node) {
	if n.work != nil && n.work.kind == WorkLLM {
		s.tellModel(n, s.st.Text)
		return
	}
	s.failed(false)
}

// interpret finds what an utterance means here; nil: nothing. The node's
// intents and the global ones come first where they are clear, then what was
// asked for.
func (s *Session) interpret(n *node, text string, confidence float64) func() {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	ranked := s.classify(n, text, confidence)
	intent, sure := s.choose(n, ranked)
	clear := sure && ranked[0].Score >= sureScore
	if n.ask != nil && !n.ask.only && !(sure && ranked[0].Score >= verbatimScore) && n.ask.slot.alone(text, s.hearing(true)) {
		clear = false // "tomorrow", said to when, is no wish to be called back
		sure = false
	}
	if n.work != nil { // a model leads: only what is clear is not for it
		if clear {
			return func() { s.understood(n, intent) }
		}
		return nil
	}
	if !clear {
		if do := s.valueOf(n, text); do != nil {
			return do
		}
	}
	if sure {
		return func() { s.understood(n, intent) }
	}
	if !clear {
		if do := s.mixed(n, text); do != nil {
			return do
		}
		return s.beyondRange(n, text)
	}
	return nil
}

// verbatimScore is what words have that are an example as it stands.
const verbatimScore = 0.99

// classify ranks the intents. What was said nearly as an example says it needs
// no second opinion; else an engine elsewhere, if one was asked, knows better.
func (s *Session) classify(n *node, text string, confidence float64) []nlu.Candidate {
	own := s.flow.classifier.Classify(nlu.Query{Text: text, Confidence: confidence, Among: n.listen.among})
	if s.given == nil || text != s.st.Text || len(own) > 0 && own[0].Score >= sureScore {
		return own
	}
	ranked, err := engine.Restrict(nlu.Query{Among: n.listen.among}, s.given)
	if err != nil {
		s.emit(Fault{Node: n.name, Message: "understanding: " + err.Error()})
		return own
	}
	return ranked
}

// valueOf reads a correction, the answer to a confirmation, or the value that
// was asked for.
func (s *Session) valueOf(n *node, text string) func() {
	if c := s.confirmAt(n); c != nil {
		return s.confirmation(n, c, text)
	}
	if do := s.correction(n, text); do != nil {
		return do
	}
	if n.ask == nil || n.ask.only {
		return nil
	}
	value, ok := n.ask.slot.understand(text, s.hearing(true))
	if !ok {
		return nil
	}
	return func() {
		if s.fillFrom(n.listen.slots, n.ask.slot) {
			s.answered(n, value)
		}
	}
}

func (s *Session) hearing(asked bool) heardContext {
	return heardContext{language: s.flow.Language, now: s.now, asked: asked}
}

// mixed fills slots that were not asked for.
func (s *Session) mixed(n *node, text string) func() {
	heard := false
	for _, sl := range n.listen.slots {
		if _, ok := sl.understand(text, s.hearing(false)); ok {
			heard = true
		}
	}
	if !heard {
		return nil
	}
	return func() {
		if !s.fillFrom(n.listen.slots, nil) {
			return
		}
		if n.listen.next.node != "" {
			s.follow(n.listen.next.node)
			return
		}
		s.again(n)
		s.listen(n)
	}
}

// fillFrom fills slots from the customer's words, all but one.
func (s *Session) fillFrom(slots []*slot, but *slot) bool {
	for _, sl := range slots {
		if sl == but {
			continue
		}
		if v, ok := sl.understand(s.st.Text, s.hearing(false)); ok && !s.fillSlot(sl, v) {
			return false
		}
	}
	return true
}

// fillSlot sets what the customer said, and remembers when. false: it failed,
// and the session is on its way to on_error.
func (s *Session) fillSlot(sl *slot, v any) bool {
	if sl.typ == ConsentSlot {
		if c, isConsent := v.(Consent); isConsent {
			if err := s.consented(sl, orElse(sl.scope, sl.name), c.Given); err != nil {
				s.fault(err.Error())
				return false
			}
			return true
		}
	}
	level := s.st.Level
	if sub := s.sub(); sub != nil && sub.slots[sl.name] != sl { // a global intent's, heard in a sub-flow
		s.setLevel(0)
	}
	err := s.setSlot(sl, v)
	s.st.Filled = append(s.st.Filled, filledSlot{Slot: sl.name, Level: s.st.Level, Turn: s.st.Turn})
	s.setLevel(level)
	if err != nil {
		s.fault(err.Error())
		return false
	}
	return true
}

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
	if !s.fillFrom(s.flow.intents[name].fill, nil) || !s.fillFrom(n.listen.slots, nil) {
		return
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

func (s *Session) answered(n *node, value any) {
	if !s.fillSlot(n.ask.slot, value) {
		return
	}
	if m := n.ask.slot.confirm; m == confirmAlways || m == confirmUnsure && s.unsure {
		s.st.Checking = true
		s.confirmAgain(n, s.confirmAt(n))
		return
	}
	s.follow(n.ask.next.node)
}

// digits follow the node's keys, or are the value that was asked for.
func (s *Session) digits(keys string) {
	n := s.flow.nodes[s.st.Node]
	s.st.Text = keys
	s.st.Turn++
	held := s.st.Verify
	s.st.Verify = ""
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
	switch {
	case held != "" && (keys == "1" || keys == "2"):
		s.verified(n, held, keys == "1")
		return
	case s.confirmAt(n) != nil:
		s.confirmKeys(n, s.confirmAt(n), keys)
		return
	case n.ask != nil && len(keys) >= n.ask.keys.min:
		switch v, f := s.keyed(n.ask, keys); f {
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

func (s *Session) keyed(a *ask, keys string) (any, fit) {
	if a.only && a.slot.typ == TextSlot {
		return keys, valueFits
	}
	return a.slot.readKeys(keys, s.now)
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
		s.unwind()
		s.end(n.name, r.end)
	case r.next.node != "":
		if target := s.flow.nodes[r.next.node]; target.sub != n.sub {
			s.leave(r.next.node)
			return
		}
		s.follow(r.next.node)
	default:
		if r.repeat {
			s.again(n)
		}
		s.listen(n)
	}
}
