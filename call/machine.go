package call

import (
	"math"
	"strings"
	"sync"
	"time"

	"github.com/dialwright/dialwright/media"
)

// machine decides, beside the conversation and without delaying it, whether
// an answering machine picked up, and when it begins to record. A beep decides
// at once. A greeting that goes on, or words that only machines say, raise a
// suspicion, which a beep or a pause then confirms.
type machine struct {
	rate  int
	after time.Duration      // of speech without a real pause; 0: length tells nothing
	found func(at time.Time) // told once, on the audio path: it must not wait

	mu      sync.Mutex
	heard   time.Duration // audio since the answer
	spoke   time.Duration // sound, all told
	run     time.Duration // sound without a real pause
	quiet   time.Duration // silence since
	beeping time.Duration
	pitch   float64 // of the beep, in Hz
	suspect bool
	decided bool
	stopped bool
}

const (
	machineWindow = 40 * time.Second        // after which it is a human
	machinePause  = 700 * time.Millisecond  // a real pause
	machineSettle = 2500 * time.Millisecond // silence that stands for the beep
	beepLength    = 160 * time.Millisecond
)

// Words that machines say and people hardly do, lower case.
func machineWords() []string {
	return []string{
		"leave a message", "leave your message", "leave me a message", "after the tone", "after the beep",
		"at the tone", "voice mail", "voicemail", "your call has been forwarded", "not available to take",
		"语音信箱", "请留言", "滴声后", "嘀声后", "提示音后",
	}
}

func newMachine(rate int, after time.Duration, found func(at time.Time)) *machine {
	return &machine{rate: rate, after: after, found: found}
}

// hear takes a frame of the customer's audio.
func (m *machine) hear(f media.Frame) {
	frame := time.Duration(len(f.PCM)) * time.Second / time.Duration(m.rate)
	level, tone := media.Tonal(f.PCM, m.rate)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.decided || m.stopped || m.heard > machineWindow {
		return
	}
	m.heard += frame
	if m.beeped(level, tone, frame) && (m.suspect || m.spoke >= machinePause) {
		m.decide(f.At)
		return
	}
	if level > -45 {
		m.spoke += frame
		m.run += frame
		m.quiet = 0
	} else if m.quiet += frame; m.quiet >= machinePause {
		m.run = 0
	}
	if m.after > 0 && m.run >= m.after {
		m.suspect = true
	}
	if m.suspect && m.quiet >= machineSettle {
		m.decide(f.At)
	}
}

// beeped reports whether a beep has just ended. A beep keeps its pitch; a vowel
// that looks like one does not.
func (m *machine) beeped(level, tone float64, frame time.Duration) bool {
	tonal := level > -38 && tone > 600 && tone < 2500
	if tonal && m.beeping > 0 && math.Abs(tone-m.pitch) <= 0.02*m.pitch {
		m.beeping += frame
		return false
	}
	long := m.beeping >= beepLength
	m.beeping = 0
	if tonal {
		m.pitch, m.beeping = tone, frame
	}
	return long
}

// stop ends the detection: a human has the customer, or hold music plays.
func (m *machine) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopped = true
}

// words takes a transcript, partial or final.
func (m *machine) words(text string) {
	text = strings.ToLower(text)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.suspect || m.heard > machineWindow {
		return
	}
	for _, w := range machineWords() {
		if strings.Contains(text, w) {
			m.suspect = true
			return
		}
	}
}

func (m *machine) decide(at time.Time) {
	m.decided = true
	m.found(at)
}

// is reports whether a machine was heard.
func (m *machine) is() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.decided
}
