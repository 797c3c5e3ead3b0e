package flowtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/turn"
)

// Result is what came of one test.
type Result struct {
	Test    *Test
	Failure *Failure // nil: passed
	// Lasted is the conversation's own time.
	Lasted  time.Duration
	entered []dialog.Entered
}

// play is one test that runs.
type play struct {
	*phone
	flow    *dialog.Flow
	test    *Test
	session *dialog.Session
	taken   int  // prompts that the steps have taken note of
	wants   bool // a fail step asked for trouble
	result  converse.Result
	err     error
}

// maxMoves keeps a test that never comes to rest from running for ever.
const maxMoves = 200_000

// Play holds one conversation.
func Play(ctx context.Context, flow *dialog.Flow, t *Test) Result {
	res := Result{Test: t}
	zone := t.zone
	if zone == nil {
		zone = t.now.Location()
	}
	session, err := dialog.NewSession(flow, options(t, zone))
	if err != nil {
		res.Failure = &Failure{At: t.At, Message: "the conversation cannot begin: " + err.Error()}
	} else {
		p := &play{phone: newPhone(ctx, t.now), flow: flow, test: t, session: session}
		p.m = converse.NewMachine(converse.Setup{Session: session, Hands: p, Duties: p, Observer: p, Clock: p})
		res.Failure = p.run()
		res.Lasted, res.entered = p.now.Sub(p.began), p.log.entered
	}
	if res.Failure != nil {
		res.Failure.Test, res.Failure.File = t.Name, t.File
	}
	return res
}

func (p *play) run() *Failure {
	p.m.Begin(p.ctx)
	for i := range p.test.steps {
		s := &p.test.steps[i]
		if f := p.step(s); f != nil {
			if f.At.Line == 0 {
				f.At = s.at
			}
			p.explain(f) // before Finish cuts anything off
			_, _ = p.m.Finish(p.ctx)
			return f
		}
	}
	f := p.end()
	p.result, p.err = p.m.Finish(p.ctx)
	if f == nil {
		f = p.final(&p.test.expect)
	}
	if f != nil {
		if f.At.Line == 0 {
			f.At = p.test.At
		}
		p.explain(f)
	}
	return f
}

func (p *play) step(s *step) *Failure {
	switch s.kind {
	case stepBot:
		return p.bot(&s.bot)
	case stepUser, stepDigits:
		return p.answer(s)
	case stepSilence:
		return p.silence(s)
	case stepBargeIn:
		return p.bargeIn(s)
	case stepHangup, stepVoicemail, stepScreening:
		return p.happens(s)
	case stepExpect:
		return p.expects(&s.expect)
	case stepTransfer:
		return p.transferred(&s.transfer)
	case stepFail:
		return p.fails(s.fails)
	}
	return p.worked(&s.work)
}

// advance moves on until something is so, the conversation is over, or nothing
// more will happen unless the customer, the outside or silence does it.
func (p *play) advance(until func() bool) *Failure {
	for moves := 0; !until() && !p.m.Over(); moves++ {
		if len(p.agenda) == 0 && (p.m.Idle() || p.m.Quiet() && p.waits() != "") {
			return nil
		}
		if moves > maxMoves || !p.next(p.began.Add(longestWait)) {
			return &Failure{Message: "the conversation does not come to rest"}
		}
	}
	return nil
}

// waits tells what the conversation waits for that only a step can answer.
func (p *play) waits() string {
	switch {
	case p.transfer != nil:
		return "the bot transfers the customer to " + string(p.transfer.Kind) + " " + p.transfer.Target
	case len(p.works) > 0:
		return "the flow asks for " + describe(p.works[0])
	}
	return ""
}

// state is where the conversation stands, for people.
func (p *play) state() string {
	switch {
	case p.m.Over():
		return "the conversation is over"
	case p.waits() != "":
		return p.waits() + ", and no step answers it"
	case p.m.Listening():
		return "the bot listens"
	}
	return "the bot does not listen"
}

// rest lets everything be said, and is a failure when the bot said something
// that no step took.
func (p *play) rest() *Failure {
	if f := p.advance(func() bool { return false }); f != nil {
		return f
	}
	return p.nothingMore()
}

func (p *play) nothingMore() *Failure {
	if p.taken >= len(p.said) {
		return nil
	}
	s := p.said[p.taken]
	return &Failure{Message: "the bot said something that no step expects", Said: s.say.Text, SaidAt: s.node}
}

// bot takes the next thing that the bot says.
func (p *play) bot(want *botLine) *Failure {
	if want.any {
		f := p.advance(func() bool { return false })
		p.taken = len(p.said)
		return f
	}
	joined, run := "", ""
	for n := 1; ; n++ {
		more := func() bool { return len(p.said) >= p.taken+n }
		if f := p.advance(more); f != nil {
			return f
		}
		if !more() {
			if n == 1 {
				return &Failure{Message: "the bot says nothing: " + p.state(), Expected: want.String()}
			}
			s := p.said[p.taken]
			return &Failure{Message: "the bot said something else", Expected: want.String(), Said: s.say.Text, SaidAt: s.node, exact: want.text != nil}
		}
		s := p.said[p.taken+n-1]
		joined, run = joined+" "+s.say.Text, run+s.say.Text // Chinese needs no blank between
		if want.holds(s, joined) || want.holds(s, run) {
			p.taken += n
			return nil
		}
		if want.text == nil || n > 8 { // only a whole text can be spread over prompts
			return &Failure{Message: "the bot said something else", Expected: want.String(), Said: s.say.Text, SaidAt: s.node}
		}
	}
}

// holds compares one prompt; text is with those before it that no step took.
func (b *botLine) holds(s *saying, text string) bool {
	if b.text != nil && !b.text.matches(text) {
		return false
	}
	for _, part := range b.has {
		if !strings.Contains(tidy(text), part) {
			return false
		}
	}
	if b.re != nil && !b.re.re.MatchString(tidy(text)) {
		return false
	}
	return (b.node == "" || b.node == s.node) && (b.from == "" || b.from == s.say.Source)
}

// String is what is expected, for people.
func (b *botLine) String() string {
	var parts []string
	if b.text != nil {
		parts = append(parts, b.text.source)
	}
	for _, h := range b.has {
		parts = append(parts, "… "+h+" …")
	}
	if b.re != nil {
		parts = append(parts, "/"+b.re.source+"/")
	}
	if b.node != "" {
		parts = append(parts, "a prompt of node "+b.node)
	}
	if b.from != "" {
		parts = append(parts, "from "+b.from)
	}
	return strings.Join(parts, ", ")
}

// answer is what the customer says or presses in his turn.
func (p *play) answer(s *step) *Failure {
	if f := p.rest(); f != nil {
		return f
	}
	if !p.m.Listening() {
		return &Failure{Message: "the customer cannot answer: " + p.state()}
	}
	p.pass(p.now.Add(s.after))
	return p.heard(s)
}

// pass lets time pass up to a moment.
func (p *play) pass(until time.Time) {
	for p.next(until) {
	}
	if !p.m.Over() && until.After(p.now) {
		p.now = until
	}
}

// heard makes the sound or presses the keys, and waits until it is answered.
func (p *play) heard(s *step) *Failure {
	before := p.log.heard
	if s.digits != "" {
		p.note("customer", "["+s.digits+"]")
		p.press(s.digits)
	} else {
		p.note("customer", s.sound.show())
		p.sound(s.sound)
	}
	return p.advance(func() bool { return p.log.heard > before })
}

func (p *play) note(who, text string) {
	p.lines = append(p.lines, line{at: p.now, who: who, text: text})
}

func (s sound) show() string {
	if s.text == "" {
		return "(a noise of " + s.noise.String() + ")"
	}
	return s.text
}

func (p *play) press(keys string) {
	for i, k := range []rune(keys) {
		p.after(time.Duration(i)*betweenKeys, func() { p.tell(turn.Event{Kind: turn.Digit, Digit: string(k)}) })
	}
}

func (p *play) sound(s sound) {
	length := s.noise
	if s.text != "" {
		length = spokenLength(s.text)
	}
	p.after(0, func() { p.tell(turn.Event{Kind: turn.SpeechStart}) })
	partials := s.partials
	if partials == nil {
		partials = guesses(s.text)
	}
	for i, text := range partials {
		p.after(length*time.Duration(i+2)/time.Duration(len(partials)+2), func() { p.tell(turn.Event{Kind: turn.Partial, Text: text}) })
	}
	end := p.now.Add(length)
	p.after(length, func() {
		if s.text != "" {
			p.unheard = append(p.unheard, s)
		}
	})
	p.after(length+hang, func() { p.tell(turn.Event{Kind: turn.SpeechEnd, From: end}) })
}

// guesses are what a recogniser says on the way: one word more each time, or
// two Han characters.
func guesses(text string) []string {
	words, blank := strings.Fields(text), " "
	if len(words) == 1 && utf8.RuneCountInString(text) < len(text) {
		blank, words = "", nil
		for pair := range slices.Chunk([]rune(text), 2) {
			words = append(words, string(pair))
		}
	}
	var out []string
	for n := range words {
		if most := 6; len(words) <= most || n%(len(words)/most+1) == 0 || n == len(words)-1 {
			out = append(out, strings.Join(words[:n+1], blank))
		}
	}
	return out
}

// silence lets time pass in which the customer says nothing.
func (p *play) silence(s *step) *Failure {
	if f := p.rest(); f != nil {
		return f
	}
	if p.m.Over() {
		return &Failure{Message: "nobody can be silent: " + p.state()}
	}
	if !s.first {
		p.note("customer", "(silent for "+s.after.String()+")")
		p.pass(p.now.Add(s.after))
		return nil
	}
	p.note("customer", "(silent)")
	calls := p.calls
	for p.calls == calls && !p.m.Over() {
		if !p.next(p.began.Add(longestWait)) {
			return &Failure{Message: "silence leads nowhere: " + p.state()}
		}
	}
	return nil
}

// bargeIn speaks or presses keys into the prompt that was taken last.
func (p *play) bargeIn(s *step) *Failure {
	if p.taken == 0 {
		return &Failure{Message: "barge_in comes after the bot step whose prompt it interrupts"}
	}
	prompt := p.said[p.taken-1]
	p.pass(prompt.at.Add(s.after))
	if prompt.ended {
		return &Failure{Message: fmt.Sprintf("there is nothing to interrupt: the prompt was over after %s", prompt.length.Round(10*time.Millisecond)), Said: prompt.say.Text, SaidAt: prompt.node}
	}
	if f := p.nothingMore(); f != nil {
		return f
	}
	return p.heard(s)
}

// happens is what happens to the line, at once or after a while.
func (p *play) happens(s *step) *Failure {
	p.pass(p.now.Add(s.after))
	if p.m.Over() {
		return &Failure{Message: "it is too late for " + string(s.kind) + ": " + p.state()}
	}
	switch s.kind {
	case stepHangup:
		p.note("customer", "(hangs up)")
		p.gone()
	case stepVoicemail:
		p.note("customer", "(is a machine that records)")
		p.tell(turn.Event{Kind: turn.Machine})
	case stepScreening:
		p.note("customer", "(is a screener that asks who calls)")
		p.tell(turn.Event{Kind: turn.Screening})
	}
	return nil
}

func (p *play) gone() {
	p.tell(turn.Event{Kind: turn.Gone})
	if p.transfer != nil {
		p.transfer = nil
		p.m.Transferred(p.ctx, dialog.TransferResult{Status: dialog.TransferAbandoned})
	}
}

func (p *play) fails(what string) *Failure {
	p.wants = true
	switch what {
	case "ears":
		p.note("system", "(the recogniser fails)")
		p.tell(turn.Event{Kind: turn.EarsFailed, Err: errTest})
	case "mouth":
		p.failMouth = true
	case "duty":
		p.failDuty = true
	}
	return nil
}

// end brings the conversation to its end after the last step.
func (p *play) end() *Failure {
	for range 100 {
		if f := p.rest(); f != nil {
			return f
		}
		switch {
		case p.m.Over():
			return nil
		case p.transfer != nil: // it is not what the test is about
			p.endTransfer(dialog.TransferResult{Status: dialog.TransferConnected, Waited: 5 * time.Second, Talked: time.Minute})
		case len(p.works) > 0:
			return &Failure{Message: p.state()}
		default:
			p.note("customer", "(hangs up: no more steps)")
			p.gone()
		}
	}
	return &Failure{Message: "the conversation does not end"}
}

func (p *play) endTransfer(res dialog.TransferResult) {
	p.note("system", "(transfer: "+res.Status+")")
	p.transfer = nil
	p.after(res.Waited+res.Talked, func() { p.m.Transferred(p.ctx, res) })
}

// transferred answers the transfer that runs.
func (p *play) transferred(s *transferReply) *Failure {
	if f := p.advance(func() bool { return p.transfer != nil }); f != nil {
		return f
	}
	if f := p.nothingMore(); f != nil {
		return f
	}
	if p.transfer == nil {
		return &Failure{Message: "nobody is transferred: " + p.state()}
	}
	if f := checkTransfer(s.want, *p.transfer); f != nil {
		return f
	}
	p.endTransfer(s.result)
	return nil
}

// worked answers the work that the flow asks for.
func (p *play) worked(s *workReply) *Failure {
	find := func() int { return slices.IndexFunc(p.works, func(w dialog.Work) bool { return w.Kind == s.kind }) }
	if f := p.advance(func() bool { return find() >= 0 }); f != nil {
		return f
	}
	i := find()
	if i < 0 {
		return &Failure{Message: "the flow does not ask for " + string(s.kind) + ": " + p.state()}
	}
	w := p.works[i]
	p.works = slices.Delete(p.works, i, i+1)
	if f := checkWork(s.want, w); f != nil {
		return f
	}
	p.note("outside", "("+describe(w)+": "+s.show()+")")
	if s.never {
		return nil
	}
	at := s.after
	for _, text := range s.sentences {
		p.after(at, func() { p.m.Sentence(p.ctx, w.ID, text) })
		at += betweenAnswers
	}
	res := s.result
	res.ID = w.ID
	p.after(at, func() { p.m.Worked(p.ctx, res) })
	return nil
}
