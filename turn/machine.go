package turn

import (
	"slices"
	"time"
)

// Taker takes turns with one customer. It is not safe for concurrent use,
// and it never looks at a clock: every call brings the time.
type Taker struct {
	o Options

	armed   bool
	l       Listen
	since   time.Time // silence counts from here: armed, last prompt ended, last noise
	noises  int
	keys    string
	keyAt   time.Time
	keyDone bool

	prompts  []prompt
	voice    voice
	utt      utterance
	asked    []asked
	dirty    bool // the recogniser heard something nobody listened to
	partials bool // the recogniser tells what it hears before it is done
	mute     bool // it has told words, and never before it was done
}

// prompt is one Say that has not ended yet.
type prompt struct {
	bargeIn bool
	how     Interrupt
	stopped bool
	started time.Time
}

// voice is what the voice activity detector says.
type voice struct {
	on      bool
	from    time.Time
	counted bool   // it belongs to the utterance
	text    string // what the recogniser makes of it, while a prompt is said
}

// utterance is what the customer is saying.
type utterance struct {
	active    bool
	from, end time.Time
	bargeIn   time.Time
	endAt     time.Time // the turn is over then, if nothing more is heard
	decided   time.Time
	finalAt   time.Time // the recogniser's answer is given up then
	blind     bool      // the detector missed it: words tell when it ends
	cut       bool      // MaxSpeech: what is still being said belongs to the next one
	parts     []string
	conf      float64
	confWords int
	partial   string
}

// asked is one Finalize whose answer has not come.
type asked struct {
	use purpose
	at  time.Time
	how Interrupt // maybe: of the prompt it would interrupt
}

type purpose uint8

const (
	drop  purpose = iota // what was said does not count
	use                  // the utterance's own
	maybe                // too short to interrupt, unless it turns out to be a word
)

// New makes a taker of turns.
func New(o Options) *Taker { return &Taker{o: o.withDefaults()} }

// Armed reports whether the machine listens.
func (m *Taker) Armed() bool { return m.armed }

// Speaking reports whether prompts have been queued that have not ended.
func (m *Taker) Speaking() bool {
	return slices.ContainsFunc(m.prompts, func(p prompt) bool { return !p.stopped })
}

// Outstanding is the number of prompts whose PromptEnd is still to come.
func (m *Taker) Outstanding() int { return len(m.prompts) }

// Queue tells that a prompt was given to the mouth: whether it may be
// interrupted, and how.
func (m *Taker) Queue(bargeIn bool, how Interrupt) {
	m.prompts = append(m.prompts, prompt{bargeIn: bargeIn, how: how})
}

// Stopped tells that the mouth was stopped for reasons of its owner.
func (m *Taker) Stopped() {
	for i := range m.prompts {
		m.prompts[i].stopped = true
	}
}

// Silence tells that no prompt is outstanding any more, whatever the mouth said.
func (m *Taker) Silence() { m.prompts = nil }

// Arm begins to listen. What was armed before is forgotten.
func (m *Taker) Arm(now time.Time, l Listen) []Decision {
	m.Disarm()
	m.armed, m.l, m.since = true, l, now
	var out []Decision
	if m.dirty && !m.voice.on {
		out = m.finalize(out, now, drop)
	}
	m.dirty = false
	if m.voice.on && !m.Speaking() {
		m.begin(later(m.voice.from, now)) // talking on: what came before is the last turn's
	}
	return out
}

// Disarm stops listening. What is being said no longer counts.
func (m *Taker) Disarm() {
	m.armed, m.noises, m.keys, m.keyDone = false, 0, "", false
	m.forget()
}

// forget drops the utterance; answers on their way are dropped too.
func (m *Taker) forget() {
	if m.voice.on {
		m.dirty = true
	}
	m.utt, m.voice.counted = utterance{}, false
	for i := range m.asked {
		m.asked[i].use = drop
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Handle takes one event of the line. Whatever was due before it is decided
// first.
func (m *Taker) Handle(ev Event) []Decision {
	out := m.due(nil, ev.At, ev.Kind == SpeechStart && !m.since.IsZero() && ev.From.Before(m.since.Add(m.l.NoInput)))
	switch ev.Kind {
	case SpeechStart:
		out = m.speechStart(out, ev)
	case SpeechEnd:
		out = m.speechEnd(out, ev)
	case Partial:
		out = m.partial(out, ev)
	case Final:
		out = m.final(out, ev)
	case Digit:
		out = m.digit(out, ev)
	case PromptStart:
		m.promptStart(ev)
	case PromptEnd:
		out = m.promptEnd(out, ev)
	case Gone, EarsFailed:
		m.voice = voice{}
		m.Disarm()
		m.asked = nil
	}
	return m.due(out, ev.At, false)
}

// Tick decides what is due at now.
func (m *Taker) Tick(now time.Time) []Decision { return m.due(nil, now, false) }

// current is the prompt that is being said, or the next one to be.
func (m *Taker) current() (prompt, bool) {
	for _, p := range m.prompts {
		if !p.stopped {
			return p, true
		}
	}
	return prompt{}, false
}

func (m *Taker) promptStart(ev Event) {
	for i := range m.prompts {
		if p := &m.prompts[i]; !p.stopped && p.started.IsZero() {
			p.started = ev.At
			return
		}
	}
}

func (m *Taker) promptEnd(out []Decision, ev Event) []Decision {
	if len(m.prompts) > 0 {
		m.prompts = m.prompts[1:]
	}
	if m.Speaking() || !m.armed {
		return out
	}
	m.since = later(m.since, ev.At)
	if m.voice.on && !m.voice.counted && m.keys == "" {
		m.begin(m.voice.from) // it went on past the prompt: it counts
	}
	return out
}

// begin makes the voice the customer's turn.
func (m *Taker) begin(from time.Time) {
	m.voice.counted = m.voice.on
	if m.utt.active {
		return
	}
	m.utt = utterance{active: true, from: from}
}

func (m *Taker) speechStart(out []Decision, ev Event) []Decision {
	from := ev.From
	if from.IsZero() || from.After(ev.At) {
		from = ev.At
	}
	m.voice = voice{on: true, from: from}
	if !m.armed || m.keys != "" {
		return out
	}
	if m.utt.active || !m.Speaking() {
		m.begin(from)
		if !m.utt.cut { // it goes on, and is open again
			m.utt.endAt, m.utt.finalAt, m.utt.decided = time.Time{}, time.Time{}, time.Time{}
		}
	}
	return out
}

func (m *Taker) speechEnd(out []Decision, ev Event) []Decision {
	if !m.voice.on {
		return out
	}
	end := ev.From
	if end.IsZero() || end.After(ev.At) {
		end = ev.At
	}
	v := m.voice
	m.voice.on = false
	switch {
	case !m.armed || m.keys != "":
		m.dirty = true
	case v.counted && m.utt.active:
		m.utt.end = end
		m.utt.endAt = end.Add(m.l.EndSilence)
	case m.Speaking():
		out = m.brief(out, ev.At, v, end)
	}
	return out
}

// shortestWord is how long a sound must be to be looked at for a word.
const shortestWord = 120 * time.Millisecond

// brief deals with a sound during a prompt that has ended before it
// interrupted anything.
func (m *Taker) brief(out []Decision, now time.Time, v voice, end time.Time) []Decision {
	from := v.from
	at, possible := m.bargeAt(from)
	p, _ := m.current()
	long := !end.Before(at)
	switch {
	case possible && long && (!p.how.wordy() || p.how.enough(v.text)):
		out = m.interrupt(out, now, from)
		m.utt.end, m.utt.endAt = end, end.Add(m.l.EndSilence)
	case possible && (long || p.how.After == 0) && end.Sub(from) >= shortestWord && !m.early(from) && !end.Before(p.started.Add(p.how.Protect)):
		m.utt.from, m.utt.end = from, end
		out = m.finalize(out, now, maybe)
		m.asked[len(m.asked)-1].how = p.how
	default:
		out = m.finalize(out, now, drop)
	}
	return out
}

// early tells whether a voice was there before the prompt began.
func (m *Taker) early(from time.Time) bool {
	p, ok := m.current()
	return ok && from.Before(p.started)
}

// bargeAt is when a voice that began at from has lasted long enough to
// interrupt the current prompt.
func (m *Taker) bargeAt(from time.Time) (time.Time, bool) {
	p, ok := m.current()
	if !ok || !p.bargeIn || p.started.IsZero() {
		return time.Time{}, false
	}
	least := m.o.MinBargeIn
	if p.how.After > 0 {
		least = p.how.After
	}
	protected := p.started.Add(p.how.Protect)
	if from.Before(p.started) {
		return later(p.started.Add(m.o.EarlySpeech), protected.Add(least)), true
	}
	return later(from, protected).Add(least), true
}

func (m *Taker) interrupt(out []Decision, now, from time.Time) []Decision {
	out = m.stop(out, now, from)
	m.begin(from)
	m.utt.bargeIn = from
	return out
}

func (m *Taker) stop(out []Decision, now, from time.Time) []Decision {
	if !m.Speaking() {
		return out
	}
	m.Stopped()
	m.since = later(m.since, now)
	return append(out, Decision{Act: StopPrompt, At: now, From: from})
}

func (m *Taker) finalize(out []Decision, now time.Time, why purpose) []Decision {
	m.asked = append(m.asked, asked{use: why, at: now})
	return append(out, Decision{Act: Finalize, At: now})
}

// Reset forgets what the voice was doing and which answers are due: the ears
// were away, with a human, and will not tell.
func (m *Taker) Reset() {
	m.Disarm()
	m.voice, m.asked, m.dirty = voice{}, nil, false
}
