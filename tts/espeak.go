package tts

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/dialwright/dialwright/media"
)

// Espeak speaks many languages, Mandarin among them, through the program
// espeak-ng, each synthesis in a process of its own.
type Espeak struct {
	*process
	voice  string
	voices map[string]bool // and variants, with a + before the name
}

// espeakWords is espeak-ng's normal speed in words a minute. Its own default,
// 175, is fast on the telephone.
const espeakWords = 160

// NewEspeak finds the program and its voices; it speaks en-qq as it does en,
// without a word.
func NewEspeak(o ProcessOptions) (*Espeak, error) {
	p, err := newProcess(o, "espeak-ng", "espeak-ng")
	if err != nil {
		return nil, err
	}
	voices, err := p.ask("--voices")
	if err != nil {
		return nil, err
	}
	variants, err := p.ask("--voices=variant")
	if err != nil {
		return nil, err
	}
	e := &Espeak{process: p, voice: o.Voice, voices: espeakVoices(voices + variants)}
	if len(e.voices) == 0 {
		return nil, fmt.Errorf("%w: %s --voices lists none: %q", ErrEngine, p.binary, firstLine([]byte(voices)))
	}
	if o.Voice != "" {
		if err := e.checkVoice(o.Voice); err != nil {
			return nil, err
		}
	}
	return e, nil
}

var otherLanguage = regexp.MustCompile(`\(([a-z0-9-]+) [0-9]+\)`)

// espeakVoices reads the tables of --voices: a voice goes by its language, its
// file and the other languages it serves. Those that need mbrola, another
// program, are left out.
func espeakVoices(tables string) map[string]bool {
	known := map[string]bool{}
	for line := range strings.Lines(tables) {
		f := strings.Fields(line)
		if len(f) < 5 || f[0] == "Pty" || strings.HasPrefix(f[4], "mb/") {
			continue
		}
		if variant, ok := strings.CutPrefix(f[4], "!v/"); ok {
			known["+"+strings.ToLower(variant)] = true
			continue
		}
		known[strings.ToLower(f[1])], known[strings.ToLower(f[4])] = true, true
		for _, m := range otherLanguage.FindAllStringSubmatch(line, -1) {
			known[m[1]] = true
		}
	}
	return known
}

// checkVoice takes NAME or NAME+VARIANT.
func (e *Espeak) checkVoice(name string) error {
	voice, variant, varied := strings.Cut(strings.ToLower(name), "+")
	if !e.voices[voice] || varied && !e.voices["+"+variant] {
		return fmt.Errorf("%w: espeak-ng has no voice %q; espeak-ng --voices lists them", ErrVoice, name)
	}
	return nil
}

// Name is espeak-ng and its version.
func (e *Espeak) Name() string { return "espeak-ng-" + e.version }

// Synthesize speaks; Voice is espeak-ng/NAME, or empty for the language's.
func (e *Espeak) Synthesize(ctx context.Context, r Request) (Audio, error) {
	if err := r.check(); err != nil {
		return Audio{}, err
	}
	voice := voiceName(r.Voice)
	if voice == "" {
		voice = e.voiceFor(r.Language)
	}
	if err := e.checkVoice(voice); err != nil {
		return Audio{}, err
	}
	rate := r.Rate
	if rate <= 0 {
		rate = 1
	}
	words := int(math.Round(max(80, min(450, espeakWords*rate))))
	args := []string{"-v", voice, "-s", strconv.Itoa(words), "-b", "1", "--stdin", "--stdout"}
	return e.speak(ctx, r.Text, func(ctx context.Context, piece string) (Audio, error) {
		return e.run(ctx, piece, args, func(out []byte) (Audio, error) {
			w, err := media.ParseWAV(out)
			if err != nil {
				return Audio{}, err
			}
			return mono(w)
		})
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
