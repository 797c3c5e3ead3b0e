package turn

import (
	"strings"
	"time"
)

// backChannel are noises people make to show that they listen. They are no
// words: nobody wants to interrupt with them.
var backChannel = map[string]bool{
	"uh": true, "um": true, "er": true, "erm": true, "hm": true, "hmm": true, "mm": true, "mhm": true, "mm-hm": true, "uh-huh": true, "ah": true, "huh": true,
	"嗯": true, "啊": true, "哦": true, "呃": true, "额": true, "哎": true, "唉": true, "嗯嗯": true, "[noise]": true, "[unk]": true, "<unk>": true,
}

// hasWord reports whether a transcript holds a real word.
func hasWord(text string) bool {
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		w = strings.Trim(w, ".,;:!?。，！？、…")
		if w != "" && !backChannel[w] {
			return true
		}
	}
	return false
}

// longestNoise is how long a sound without words may be to be a noise. What is
// longer, and has words that the recogniser does not know, was meant for us.
const longestNoise = 500 * time.Millisecond

func unknown(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "[unk]") || strings.Contains(text, "<unk>")
}

func (m *Taker) partial(out []Decision, ev Event) []Decision {
	if hasWord(ev.Text) {
		m.partials, m.mute = true, false
	}
	if !m.armed || m.keys != "" {
		return out
	}
	during := !m.utt.active && m.Speaking()
	if during && m.voice.on && len(m.asked) == 0 {
		m.voice.text = strings.TrimSpace(ev.Text)
	}
	if !hasWord(ev.Text) {
		return out
	}
	switch {
	case m.utt.active:
	case during:
		_, possible := m.bargeAt(m.voice.from)
		if p, _ := m.current(); !possible || p.how != (Interrupt{}) || !m.voice.on || m.early(m.voice.from) {
			return out // or its timer decides
		}
		out = m.interrupt(out, ev.At, m.voice.from)
	case len(m.asked) > 0:
		return out // of what is being dropped
	default:
		m.begin(ev.At)
		m.utt.blind = true
	}
	if m.utt.blind && !m.voice.on && ev.Text != m.utt.partial && len(m.asked) == 0 {
		m.utt.end, m.utt.endAt = ev.At, later(m.utt.endAt, ev.At.Add(m.l.EndSilence))
	}
	m.utt.partial = ev.Text
	return out
}

// forgotten is after how long an answer no longer comes.
const forgotten = 5 * time.Second

func (m *Taker) final(out []Decision, ev Event) []Decision {
	for len(m.asked) > 0 && ev.At.Sub(m.asked[0].at) > forgotten {
		m.asked = m.asked[1:]
	}
	m.mute = m.mute || !m.partials && hasWord(ev.Text)
	why, how, solicited := use, Interrupt{}, len(m.asked) > 0
	if solicited {
		why, how = m.asked[0].use, m.asked[0].how
		m.asked = m.asked[1:]
	}
	if why == drop || !m.armed || m.keys != "" {
		return out
	}
	if why == maybe {
		return m.afterAll(out, ev, how)
	}
	if !m.utt.active {
		if !hasWord(ev.Text) || m.Speaking() {
			return out
		}
		m.begin(ev.At)
		m.utt.blind = true
		m.utt.end, m.utt.endAt = ev.At, ev.At.Add(m.l.EndSilence)
	}
	m.utt.add(ev.Text, ev.Confidence)
	if m.utt.decided.IsZero() || !m.utt.endAt.IsZero() || m.voice.on && !m.utt.cut || m.waiting() {
		return out // more is to come
	}
	return m.complete(out, ev.At, ev.At)
}

// afterAll decides on a sound that was too short to interrupt: a word it is,
// or nothing.
func (m *Taker) afterAll(out []Decision, ev Event, how Interrupt) []Decision {
	if !hasWord(ev.Text) || m.utt.active || how.wordy() && !how.enough(ev.Text) {
		return out
	}
	from, end := m.utt.from, m.utt.end
	barged := m.Speaking()
	out = m.stop(out, ev.At, from)
	m.utt = utterance{active: true, from: from, end: end, decided: ev.At}
	if barged {
		m.utt.bargeIn = from
	}
	m.utt.add(ev.Text, ev.Confidence)
	return m.complete(out, ev.At, ev.At)
}

// waiting tells whether an answer that belongs to the utterance is on its way.
func (m *Taker) waiting() bool {
	for _, a := range m.asked {
		if a.use == use {
			return true
		}
	}
	return false
}

func (u *utterance) add(text string, confidence float64) {
	u.partial = ""
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	u.parts = append(u.parts, text)
	n := len(strings.Fields(text))
	u.conf += confidence * float64(n)
	u.confWords += n
}

// complete gives the utterance away, or counts it as a noise.
func (m *Taker) complete(out []Decision, now, final time.Time) []Decision {
	u := m.utt
	if u.partial != "" {
		u.add(u.partial, 0)
	}
	text := strings.Join(u.parts, " ")
	if !hasWord(text) && !(unknown(text) && u.end.Sub(u.from) >= longestNoise) {
		m.forget()
		m.noises++
		m.since = later(m.since, now)
		if m.noises >= m.o.MaxNoises {
			return m.terminal(out, Decision{Act: NoInput, At: now})
		}
		if m.voice.on && !m.Speaking() {
			m.begin(now)
		}
		return out
	}
	d := Decision{Act: Heard, At: now, Text: text, Times: Times{SpeechStart: u.from, SpeechEnd: u.end, Decided: u.decided, Final: final, BargeIn: u.bargeIn}}
	if u.confWords > 0 {
		d.Confidence = u.conf / float64(u.confWords)
	}
	return m.terminal(out, d)
}

// terminal answers the Listen: nothing more comes of it.
func (m *Taker) terminal(out []Decision, d Decision) []Decision {
	m.Disarm()
	return append(out, d)
}
