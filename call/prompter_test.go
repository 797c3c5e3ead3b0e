package call

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/tts"
	"github.com/dialwright/dialwright/turn"
)

// countingVoice says each text as ten samples that tell how long it is, and
// remembers what it was asked for.
type countingVoice struct {
	mu    sync.Mutex
	asked []tts.Request
	fail  error
}

func (v *countingVoice) Name() string { return "counting" }
func (v *countingVoice) Close() error { return nil }
func (v *countingVoice) Synthesize(_ context.Context, r tts.Request) (tts.Audio, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked = append(v.asked, r)
	return tts.Audio{PCM: slices.Repeat([]int16{int16(len(r.Text))}, 10), Rate: 8000}, v.fail
}

func TestPrompter(t *testing.T) {
	dir := t.TempDir()
	if err := media.WriteWAV(filepath.Join(dir, "hello.wav"), media.Audio{Rate: 16000, Channels: [][]int16{make([]int16, 1600)}}); err != nil {
		t.Fatal(err)
	}
	if err := media.WriteWAV(filepath.Join(dir, "stereo.wav"), media.Audio{Rate: 8000, Channels: [][]int16{make([]int16, 80), make([]int16, 80)}}); err != nil {
		t.Fatal(err)
	}
	voice := &countingVoice{}
	s := prompter{voice: voice, dir: dir, rate: 8000}
	pcm, err := s.audio(t.Context(), dialog.Say{Text: "shown", Language: "en", Rate: 1, Parts: []dialog.Part{
		{Text: "one"}, {Pause: 10 * time.Millisecond}, {Audio: "hello.wav"}, {Text: "three", Rate: 0.8}}})
	want := slices.Concat(slices.Repeat([]int16{3}, 10), make([]int16, 80), make([]int16, 800), slices.Repeat([]int16{5}, 10))
	if err != nil || !slices.Equal(pcm, want) {
		t.Errorf("%v, %d samples, want %d", err, len(pcm), len(want))
	}
	slices.SortFunc(voice.asked, func(a, b tts.Request) int { return strings.Compare(a.Text, b.Text) })
	if !slices.Equal(voice.asked, []tts.Request{{Text: "one", Language: "en", Rate: 1}, {Text: "three", Language: "en", Rate: 0.8}}) {
		t.Errorf("synthesised %+v", voice.asked)
	}
	for name, message := range map[string]string{"missing.wav": "no such file", "stereo.wav": "mono", "../etc/x.wav": "not in the flow's directory"} {
		if _, err := s.audio(t.Context(), dialog.Say{Parts: []dialog.Part{{Text: "one"}, {Audio: name}}}); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: %v", name, err)
		}
	}
	voice.fail = errors.New("no voice")
	if _, err := s.audio(t.Context(), dialog.Say{Parts: []dialog.Part{{Text: "one"}, {Text: "two"}}}); !errors.Is(err, voice.fail) {
		t.Errorf("a voice that fails: %v", err)
	}
	wide := prompter{voice: &countingVoice{}, rate: 16000}
	if pcm, err := wide.audio(t.Context(), dialog.Say{Text: "one"}); err != nil || len(pcm) != 20 {
		t.Errorf("at 16 kHz: %d samples, %v", len(pcm), err)
	}
}

// TestMouthSpeaksParts: one prompt of several parts is one playout, with one
// start and one end.
func TestMouthSpeaksParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &fakeTransport{open: map[string]bool{}}
		leg := &fakeLeg{transport: transport}
		var mu sync.Mutex
		var got []turn.Event
		m := newMouth(prompter{voice: &countingVoice{}, rate: 8000}, leg, dialwright.SystemClock{}, func(ev turn.Event) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, ev)
		})
		if err := m.Say(t.Context(), dialog.Say{Text: "a b", Parts: []dialog.Part{{Text: "a"}, {Pause: time.Second}, {Text: "b"}}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		m.Close()
		mu.Lock()
		defer mu.Unlock()
		if len(got) != 2 || got[0].Kind != turn.PromptStart || got[1].Kind != turn.PromptEnd || !got[1].Completed || got[1].Played != time.Second+20*time.Second/8000 {
			t.Errorf("%+v", got)
		}
	})
}
