package tts

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/dialwright/dialwright/media"
)

// Flite speaks English through the program flite, each synthesis in a process
// of its own.
type Flite struct {
	*process
	voice  string
	voices []string
}

// scratch is how the directories are called that flite works in.
const scratch = "dialwright-flite-"

// NewFlite finds the program and its voices; it speaks an unknown one with
// another without a word. The default voice is slt, 16 kHz.
func NewFlite(o ProcessOptions) (*Flite, error) {
	p, err := newProcess(o, "flite", "flite")
	if err != nil {
		return nil, err
	}
	list, err := p.ask("-lv")
	if err != nil {
		return nil, err
	}
	_, names, _ := strings.Cut(list, ":")
	f := &Flite{process: p, voice: o.Voice, voices: strings.Fields(names)}
	if len(f.voices) == 0 {
		return nil, fmt.Errorf("%w: %s -lv lists no voices: %q", ErrEngine, p.binary, firstLine([]byte(list)))
	}
	if f.voice == "" {
		f.voice = "slt"
	}
	if err := f.checkVoice(f.voice); err != nil {
		return nil, err
	}
	sweep(filepath.Join(os.TempDir(), scratch+"*"))
	return f, nil
}

func (f *Flite) checkVoice(name string) error {
	if !slices.Contains(f.voices, name) {
		return fmt.Errorf("%w: flite has no voice %q; it has %s", ErrVoice, name, strings.Join(f.voices, ", "))
	}
	return nil
}

// Name is flite and its version.
func (f *Flite) Name() string { return "flite-" + f.version }

// Synthesize speaks English; Voice is flite/NAME or empty.
func (f *Flite) Synthesize(ctx context.Context, r Request) (Audio, error) {
	if err := r.check(); err != nil {
		return Audio{}, err
	}
	if base(r.Language) != "" && base(r.Language) != "en" {
		return Audio{}, fmt.Errorf("%w: flite speaks English, not %s", ErrVoice, r.Language)
	}
	voice := voiceName(r.Voice)
	if voice == "" {
		voice = f.voice
	}
	if err := f.checkVoice(voice); err != nil {
		return Audio{}, err
	}
	// flite reads a file and writes a file: it seeks in both.
	dir, err := os.MkdirTemp("", scratch)
	if err != nil {
		return Audio{}, fmt.Errorf("%w: %w", ErrEngine, err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // the next NewFlite takes what stays
	in, out := filepath.Join(dir, "in.txt"), filepath.Join(dir, "out.wav")
	args := []string{"-voice", voice, "-f", in, "-o", out}
	if r.Rate > 0 && r.Rate != 1 {
		args = append(args, "--setf", "duration_stretch="+strconv.FormatFloat(1/r.Rate, 'f', 3, 64))
	}
	return f.speak(ctx, r.Text, func(ctx context.Context, piece string) (Audio, error) {
		if err := os.WriteFile(in, []byte(piece), 0o600); err != nil {
			return Audio{}, fmt.Errorf("%w: %w", ErrEngine, err)
		}
		return f.run(ctx, "", args, func([]byte) (Audio, error) {
			w, err := media.ReadWAV(out)
			if err != nil {
				return Audio{}, err
			}
			return mono(w)
		})
	})
}
