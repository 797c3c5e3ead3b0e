package call

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/media"
)

// outside is a call's converse.Outside: messages are recorded here, everything
// else is done elsewhere.
type outside struct {
	p    *phone
	next converse.Outside // may be nil
}

// Do implements converse.Outside.
func (o outside) Do(ctx context.Context, w dialog.Work, sentence func(string)) dialog.WorkResult {
	switch {
	case w.Kind == dialog.WorkRecord:
		r := o.p.recordMessage(ctx, w)
		r.ID = w.ID
		return r
	case o.next == nil:
		return dialog.WorkResult{ID: w.ID, Class: dialog.WorkFailed, Detail: fmt.Sprintf("this program does no %s work for flows", w.Kind)}
	}
	return o.next.Do(ctx, w, sentence)
}

const (
	maxMessage     = 5 * time.Minute
	messageSilence = 3 * time.Second // ends a message when the flow does not say
	noMessage      = 8 * time.Second // nobody begins to speak
	messageBeep    = 300 * time.Millisecond
)

// recordMessage records what the customer says until a silence, a key, the
// longest time, or the end of the call.
func (p *phone) recordMessage(ctx context.Context, w dialog.Work) dialog.WorkResult {
	failed := func(format string, args ...any) dialog.WorkResult {
		return dialog.WorkResult{Class: dialog.WorkFailed, Detail: fmt.Sprintf(format, args...)}
	}
	if p.o.Recordings == "" {
		return failed("nothing is recorded here: media.recordings is empty")
	}
	if w.Recording.Beep {
		if err := p.beep(ctx); err != nil {
			return failed("the beep: %v", err)
		}
	}
	m := newMemo(p.line.Format.In.Rate(), w.Recording)
	if !p.memo.CompareAndSwap(nil, m) {
		return failed("a message is being recorded already")
	}
	defer p.memo.Store(nil)
	select {
	case <-m.done:
	case <-p.cust.ended:
	case <-ctx.Done():
	}
	pcm := m.take()
	if len(pcm) == 0 {
		return failed("nobody said anything")
	}
	path := filepath.Join(p.o.Recordings, string(p.order.Campaign), fmt.Sprintf("%s-%s.wav", p.order.Call, w.ID))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return failed("making the directory of a message: %v", err)
	}
	if err := media.WriteWAV(path, media.Audio{Channels: [][]int16{pcm}, Rate: m.rate}); err != nil {
		return failed("%v", err)
	}
	p.rec.event("message", "%s", path)
	return dialog.WorkResult{Class: dialog.WorkOK, Audio: path}
}

// beep plays a tone to the customer. Nothing else may be playing.
func (p *phone) beep(ctx context.Context) error {
	done := make(chan struct{})
	err := p.audio.media.Play(media.Playout{PCM: media.Beep(p.line.Format.Out.Rate(), messageBeep),
		Started: func(time.Time) {}, Done: func(time.Duration, bool) { close(done) }})
	if err != nil {
		return err
	}
	select {
	case <-done:
	case <-ctx.Done():
		p.audio.media.Stop()
		<-done
	}
	return nil
}

// memo is a message while it is recorded.
type memo struct {
	rate       int
	most       int // samples
	terminator string
	done       chan struct{}
	ended      sync.Once

	mu      sync.Mutex
	vad     *media.VAD
	pcm     []int16
	silence int // samples of silence that end it
	quiet   int // samples since the last sound
	spoken  bool
	talking bool
}

func newMemo(rate int, r dialog.RecordingRequest) *memo {
	samples := func(d, otherwise, most time.Duration) int {
		if d <= 0 {
			d = otherwise
		}
		return int(min(d, most) * time.Duration(rate) / time.Second)
	}
	return &memo{rate: rate, most: samples(r.Max, time.Minute, maxMessage), silence: samples(r.EndSilence, messageSilence, time.Minute),
		terminator: r.Terminator, done: make(chan struct{}), vad: media.NewVAD(media.VADOptions{Rate: rate, Hang: vadHang})}
}

// frame takes 20 ms of the customer's audio.
func (m *memo) frame(f media.Frame) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if room := m.most - len(m.pcm); room > 0 {
		m.pcm = append(m.pcm, f.PCM[:min(room, len(f.PCM))]...)
	}
	if ev, ok := m.vad.Feed(f.PCM); ok {
		m.talking = ev.Kind == media.SpeechStart
		m.spoken = m.spoken || m.talking
	}
	m.quiet += len(f.PCM)
	if m.talking {
		m.quiet = 0
	}
	enough := m.silence
	if !m.spoken {
		enough = max(enough, int(noMessage*time.Duration(m.rate)/time.Second))
	}
	if len(m.pcm) >= m.most || m.quiet >= enough {
		m.end()
	}
}

// key ends the message if it is one that does.
func (m *memo) key(digit string) {
	if m.terminator == "" || strings.Contains(m.terminator, digit) {
		m.end()
	}
}

func (m *memo) end() { m.ended.Do(func() { close(m.done) }) }

// take gives what was recorded; nothing when nobody spoke.
func (m *memo) take() []int16 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.spoken {
		return nil
	}
	return m.pcm
}
