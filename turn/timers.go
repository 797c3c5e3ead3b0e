package turn

import (
	"strings"
	"time"
)

// Deadline is when Tick has something to do, if nothing happens before.
func (m *Taker) Deadline() (time.Time, bool) {
	var next time.Time
	for _, t := range m.timers() {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next, !next.IsZero()
}

// timers in force; zero when not running.
type timers [6]time.Time

const (
	tBarge = iota
	tEnd
	tMax
	tFinal
	tKeys
	tNoInput
)

func (m *Taker) timers() (t timers) {
	if !m.armed {
		return t
	}
	u := &m.utt
	if m.keys != "" {
		switch {
		case m.protected(): // typed ahead: it waits for the prompt
		case m.keyDone:
			t[tKeys] = later(m.keyAt, m.protectedUntil())
		default:
			t[tKeys] = later(m.keyAt.Add(m.l.Between), m.protectedUntil())
		}
		return t
	}
	if m.voice.on && !m.voice.counted && m.Speaking() {
		t[tBarge] = m.bargeTimer()
	}
	if u.active {
		if !m.voice.on || u.cut {
			t[tEnd] = u.endAt
			t[tFinal] = u.finalAt
		}
		if m.l.MaxSpeech > 0 && u.decided.IsZero() {
			t[tMax] = u.from.Add(m.l.MaxSpeech)
		}
		return t
	}
	if !m.Speaking() && m.l.NoInput > 0 {
		t[tNoInput] = m.since.Add(m.l.NoInput)
	}
	return t
}

// bargeTimer is when the voice interrupts the prompt if it goes on: when it
// has lasted long enough and, where the prompt wants that, has said enough.
// Zero: not before more is known.
func (m *Taker) bargeTimer() time.Time {
	at, ok := m.bargeAt(m.voice.from)
	p, _ := m.current()
	switch {
	case !ok:
		return time.Time{}
	case !p.how.wordy(), m.voice.text != "" && p.how.enough(m.voice.text):
		return at
	case m.voice.text != "" && !unknown(m.voice.text):
		return time.Time{}
	case m.mute: // words will not come before it is over: the length decides
		return at
	}
	return at.Add(m.o.WordWait)
}

// protected tells whether a prompt that may not be interrupted is being said,
// or one that may not yet, and has not begun.
func (m *Taker) protected() bool {
	p, ok := m.current()
	return ok && (!p.bargeIn || p.how.Protect > 0 && p.started.IsZero())
}

// protectedUntil is when the current prompt may be interrupted.
func (m *Taker) protectedUntil() time.Time {
	p, ok := m.current()
	if !ok || p.started.IsZero() {
		return time.Time{}
	}
	return p.started.Add(p.how.Protect)
}

// due decides everything that is due at now. Each round uses up the timer it
// acts on, so that it ends.
func (m *Taker) due(out []Decision, now time.Time, keepSilence bool) []Decision {
	for {
		t := m.timers()
		first := -1
		for i, at := range t {
			if at.IsZero() || at.After(now) || i == tNoInput && keepSilence {
				continue
			}
			if first < 0 || at.Before(t[first]) {
				first = i
			}
		}
		switch first {
		case -1:
			return out
		case tBarge:
			out = m.interrupt(out, now, m.voice.from)
		case tEnd:
			m.utt.endAt = time.Time{}
			out = m.decide(out, now)
		case tMax:
			m.utt.cut = true
			m.utt.endAt = time.Time{}
			if m.voice.on {
				m.utt.end = now
			}
			out = m.decide(out, now)
		case tFinal:
			m.utt.finalAt = time.Time{}
			for i := range m.asked { // too late now
				m.asked[i].use = drop
			}
			out = m.complete(out, now, time.Time{})
		case tKeys:
			if p, ok := m.current(); ok && p.how.Protect > 0 { // typed ahead of what may be interrupted by now
				out = m.stop(out, now, now)
			}
			out = m.terminal(out, Decision{Act: Digits, At: now, Digits: m.keys})
		case tNoInput:
			out = m.terminal(out, Decision{Act: NoInput, At: now})
		}
	}
}

// decide ends the turn and asks for its words.
func (m *Taker) decide(out []Decision, now time.Time) []Decision {
	m.utt.decided = now
	m.utt.finalAt = now.Add(m.o.FinalWait)
	return m.finalize(out, now, use)
}

func (m *Taker) digit(out []Decision, ev Event) []Decision {
	if !m.armed || m.l.MaxDigits == 0 || m.keyDone || len(ev.Digit) != 1 || !strings.Contains("0123456789*#", ev.Digit) {
		return out
	}
	if !m.protected() && !ev.At.Before(m.protectedUntil()) {
		out = m.stop(out, ev.At, ev.At)
	}
	m.forget() // keys go before words
	if ev.Digit == m.l.Terminator {
		if m.keys == "" {
			return out
		}
		m.keyDone, m.keyAt = true, ev.At
		return out
	}
	m.keys += ev.Digit
	m.keyAt = ev.At
	m.keyDone = len(m.keys) >= m.l.MaxDigits
	return out
}
