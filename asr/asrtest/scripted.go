// Package asrtest helps to test what listens: a conformance suite for engines, a recogniser that
// says what a script tells it to, a server of the Vosk protocol that can misbehave, and speech.
package asrtest

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/voskserver"
)

// RefusedWord in a grammar makes Scripted refuse it, as a real engine does with a word that is not in
// its dictionary.
const RefusedWord = "xyzzy"

// Scripted is a voskserver.Backend that understands the next line of its script whenever it has heard
// something loud. Every stream begins with the first line; after the last it begins again.
type Scripted struct {
	// Lines is what the speaker "says", utterance by utterance.
	Lines []string
	// Others is what else each of Lines may have been, best first; a client gets as many as it asks
	// for, each a tenth less sure than the one before. May be shorter than Lines.
	Others [][]string
	// Endpoint, if positive, finalises after so much silence without being asked, as Vosk does.
	Endpoint time.Duration
	// Confidence of every word; 0 means 0.9.
	Confidence float64

	open atomic.Int64
}

// Name implements voskserver.Backend.
func (s *Scripted) Name() string { return "scripted" }

// Close implements voskserver.Backend.
func (s *Scripted) Close() error {
	if n := s.open.Load(); n != 0 {
		return fmt.Errorf("scripted recogniser closed with %d streams open", n)
	}
	return nil
}

// Open implements voskserver.Backend.
func (s *Scripted) Open(_ context.Context, o asr.Options) (voskserver.Recognizer, error) {
	if o.Rate != 8000 && o.Rate != 16000 {
		return nil, fmt.Errorf("scripted: %w: rate %d Hz", asr.ErrRejected, o.Rate)
	}
	r := &scriptedStream{s: s, rate: o.Rate}
	if err := r.Configure(o); err != nil {
		return nil, err
	}
	s.open.Add(1)
	return r, nil
}

type scriptedStream struct {
	s       *Scripted
	rate    int
	line    int
	samples int // heard in all
	begun   int // sample at which the utterance began
	loud    int // loud samples of the utterance
	silent  int // silent samples since
	others  int // alternatives asked for
}

// quiet is the mean absolute amplitude below which audio is silence.
const quiet = 300

func (r *scriptedStream) Write(pcm []int16) (asr.Result, error) {
	const block = 80
	for start := 0; start < len(pcm); start += block {
		r.block(pcm[start:min(start+block, len(pcm))])
	}
	if r.loud == 0 {
		return asr.Result{}, nil
	}
	if e := r.s.Endpoint; e > 0 && r.silent > r.samplesIn(e) {
		return r.Finalize()
	}
	words := strings.Fields(r.text())
	shown := min(len(words), 1+r.loud/r.samplesIn(200*time.Millisecond))
	return asr.Result{Text: strings.Join(words[:shown], " ")}, nil
}

func (r *scriptedStream) block(b []int16) {
	sum := 0
	for _, v := range b {
		sum += max(int(v), -int(v))
	}
	if sum/len(b) > quiet {
		if r.loud == 0 {
			r.begun = r.samples
		}
		r.loud += len(b)
		r.silent = 0
	} else {
		r.silent += len(b)
	}
	r.samples += len(b)
}

func (r *scriptedStream) samplesIn(d time.Duration) int { return int(d.Seconds() * float64(r.rate)) }

func (r *scriptedStream) text() string {
	if len(r.s.Lines) == 0 {
		return asr.Unknown
	}
	return r.s.Lines[r.line%len(r.s.Lines)]
}

func (r *scriptedStream) Finalize() (asr.Result, error) {
	out := asr.Result{Final: true}
	if r.loud > 0 {
		out.Text = r.text()
		confidence := r.s.Confidence
		if confidence == 0 {
			confidence = 0.9
		}
		texts := strings.Fields(out.Text)
		at := func(i int) time.Duration {
			return time.Duration(r.begun+(r.samples-r.begun)*i/len(texts)) * time.Second / time.Duration(r.rate)
		}
		for i, w := range texts {
			out.Words = append(out.Words, asr.Word{Text: w, Start: at(i), End: at(i + 1), Confidence: confidence})
		}
		out.Confidence = asr.MeanConfidence(out.Words)
		out.Alternatives = r.alternatives(out.Confidence)
		r.line++
	}
	r.loud, r.silent = 0, 0
	return out, nil
}

func (r *scriptedStream) Configure(o asr.Options) error {
	if strings.Contains(o.Grammar, RefusedWord) {
		return fmt.Errorf("scripted: %w: not in the dictionary: %s", asr.ErrRejected, RefusedWord)
	}
	r.others = o.Alternatives
	return nil
}

func (r *scriptedStream) alternatives(best float64) (out []asr.Alternative) {
	if len(r.s.Lines) == 0 || r.line%len(r.s.Lines) >= len(r.s.Others) {
		return nil
	}
	others := r.s.Others[r.line%len(r.s.Lines)]
	for _, text := range others[:min(len(others), r.others)] {
		best *= 0.9
		out = append(out, asr.Alternative{Text: text, Confidence: best})
	}
	return out
}

func (r *scriptedStream) Close() error { r.s.open.Add(-1); return nil }

// ServeVosk serves a backend on a free loopback port until the test ends, and gives its URL. The
// backend is closed then as well.
func ServeVosk(t testing.TB, backend voskserver.Backend, o voskserver.Options) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- voskserver.New(backend, o).Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
		if err := backend.Close(); err != nil {
			t.Errorf("close backend: %v", err)
		}
	})
	return "ws://" + ln.Addr().String()
}
