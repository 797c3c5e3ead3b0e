package worker

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/tts"
)

// outRate is the rate of what we say: RTP towards Asterisk is narrowband.
const outRate = 8000

// OpenVoice finds the synthesisers that the configured voices need. One that
// no voice names need not be installed.
func OpenVoice(c *config.Config) (*tts.Cache, error) {
	o := tts.ProcessOptions{Workers: c.TTS.Workers, Timeout: c.TTS.Timeout}
	makers := map[string]func() (tts.Synthesizer, error){
		"flite":     func() (tts.Synthesizer, error) { return tts.NewFlite(o) },
		"espeak-ng": func() (tts.Synthesizer, error) { return tts.NewEspeak(o) },
	}
	engines := map[string]tts.Synthesizer{}
	for language, voice := range c.TTS.Voices {
		name, _, _ := strings.Cut(voice, "/")
		make, known := makers[name]
		if !known {
			return nil, fmt.Errorf("tts.voices.%s: no engine is called %q; there are flite and espeak-ng", language, name)
		}
		if engines[name] != nil {
			continue
		}
		e, err := make()
		if err != nil {
			return nil, fmt.Errorf("tts.voices.%s: %w", language, err)
		}
		engines[name] = e
	}
	router, err := tts.NewRouter(engines, c.TTS.Voices)
	if err != nil {
		return nil, fmt.Errorf("tts.voices: %w", err)
	}
	cache, err := tts.NewCache(string(c.TTS.Cache), router, outRate)
	if err != nil {
		return nil, errors.Join(err, router.Close())
	}
	return cache, nil
}
