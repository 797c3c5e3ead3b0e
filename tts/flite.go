package tts

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/dialwright/dialwright/media"
)

// Flite speaks English through the program flite, each synthesis in a process
// of its own.
type Flite struct {
	*process
	voice string
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_+-]{0,63}$`)

// NewFlite finds the program. The default voice is slt, 16 kHz.
func NewFlite(o ProcessOptions) (*Flite, error) {
	p, err := newProcess(o, "flite", "flite")
	if err != nil {
		return nil, err
	}
	f := &Flite{process: p, voice: o.Voice}
	if f.voice == "" {
		f.voice = "slt"
	}
	return f, nil
}

// Name is flite and its version.
func (f *Flite) Name() string { return "flite" + f.version }

// Synthesize speaks English; Voice is flite/NAME or empty.
func (f *Flite) Synthesize(ctx context.Context, r Request) (Audio, error) {
	if err := checkText(r.Text); err != nil {
		return Audio{}, err
	}
	if base(r.Language) != "" && base(r.Language) != "en" {
		return Audio{}, fmt.Errorf("%w: flite speaks English, not %s", ErrVoice, r.Language)
	}
	voice := voiceName(r.Voice)
	if voice == "" {
		voice = f.voice
	}
	if !plainName.MatchString(voice) {
		return Audio{}, fmt.Errorf("%w: %q", ErrVoice, r.Voice)
	}
	// flite reads a file and writes a file: it seeks in both.
	dir, err := os.MkdirTemp("", "dialwright-flite-")
	if err != nil {
		return Audio{}, fmt.Errorf("%w: %w", ErrEngine, err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	in, out := filepath.Join(dir, "in.txt"), filepath.Join(dir, "out.wav")
	if err := os.WriteFile(in, []byte(cleanText(r.Text)+"\n"), 0o600); err != nil {
		return Audio{}, fmt.Errorf("%w: %w", ErrEngine, err)
	}
	args := []string{"-voice", voice, "-f", in, "-o", out}
	if r.Rate > 0 && r.Rate != 1 {
		args = append(args, "--setf", "duration_stretch="+strconv.FormatFloat(1/r.Rate, 'f', 3, 64))
	}
	return f.run(ctx, "", args, func([]byte) (Audio, error) {
		w, err := media.ReadWAV(out)
		if err != nil {
			return Audio{}, err
		}
		return mono(w)
	})
}
