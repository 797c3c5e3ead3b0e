package tts

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/dialwright/dialwright/media"
)

// Espeak speaks many languages, Mandarin among them, through the program
// espeak-ng, each synthesis in a process of its own.
type Espeak struct {
	*process
	voice string
}

// espeakWords is espeak-ng's normal speed in words a minute. Its own default,
// 175, is fast on the telephone.
const espeakWords = 160

// NewEspeak finds the program.
func NewEspeak(o ProcessOptions) (*Espeak, error) {
	p, err := newProcess(o, "espeak-ng", "espeak-ng")
	if err != nil {
		return nil, err
	}
	return &Espeak{process: p, voice: o.Voice}, nil
}

// Name is espeak-ng and its version.
func (e *Espeak) Name() string { return "espeak-ng" + e.version }

// Synthesize speaks; Voice is espeak-ng/NAME, or empty for the language's.
func (e *Espeak) Synthesize(ctx context.Context, r Request) (Audio, error) {
	if err := checkText(r.Text); err != nil {
		return Audio{}, err
	}
	voice := voiceName(r.Voice)
	if voice == "" {
		voice = e.voiceFor(r.Language)
	}
	if !plainName.MatchString(voice) {
		return Audio{}, fmt.Errorf("%w: %q for language %q", ErrVoice, r.Voice, r.Language)
	}
	rate := r.Rate
	if rate <= 0 {
		rate = 1
	}
	words := int(math.Round(max(80, min(450, espeakWords*rate))))
	args := []string{"-v", voice, "-s", strconv.Itoa(words), "-b", "1", "--stdin", "--stdout"}
	return e.run(ctx, cleanText(r.Text)+"\n", args, func(out []byte) (Audio, error) {
		w, err := media.ParseWAV(out)
		if err != nil {
			return Audio{}, err
		}
		return mono(w)
	})
}

func (e *Espeak) voiceFor(language string) string {
	switch b := base(language); b {
	case "zh", "cmn":
		return "cmn" // its Mandarin
	case "en":
		return "en-us"
	case "":
		if e.voice != "" {
			return e.voice
		}
		return "en-us"
	default:
		return b
	}
}
