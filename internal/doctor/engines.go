package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/tts"
)

// Engines gives the synthesisers of the configuration, each opened when it is
// first asked to speak, so that one that is missing does not hide the others.
// Nothing is cached: a cache would answer for a synthesiser that is gone.
func Engines(c *config.Config) (Voice, error) {
	return &engines{options: tts.ProcessOptions{Workers: 1, Timeout: c.TTS.Timeout}, open: map[string]tts.Synthesizer{}}, nil
}

type engines struct {
	options tts.ProcessOptions
	open    map[string]tts.Synthesizer
}

func (e *engines) Speak(ctx context.Context, text, language, voice string) ([]int16, int, error) {
	name, _, _ := strings.Cut(voice, "/")
	engine, ok := e.open[name]
	if !ok {
		var err error
		switch name {
		case "flite":
			engine, err = opened(tts.NewFlite(e.options))
		case "espeak-ng":
			engine, err = opened(tts.NewEspeak(e.options))
		default:
			err = fmt.Errorf("no engine is called %q", name)
		}
		if err != nil {
			return nil, 0, err
		}
		e.open[name] = engine
	}
	audio, err := engine.Synthesize(ctx, tts.Request{Text: text, Language: language, Voice: voice, Rate: 1})
	return audio.PCM, audio.Rate, err
}

// opened keeps a nil engine from looking like one.
func opened[S tts.Synthesizer](s S, err error) (tts.Synthesizer, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (e *engines) Close() error {
	var errs []error
	for _, engine := range e.open {
		errs = append(errs, engine.Close())
	}
	return errors.Join(errs...)
}
