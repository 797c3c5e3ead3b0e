package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/media"
)

// sentence is what is spoken in a language to try its voice.
func sentence(language string) string {
	if strings.HasPrefix(language, "zh") || strings.HasPrefix(language, "cmn") {
		return "一二三"
	}
	return "one two three"
}

// spoken is what a voice has said.
type spoken struct {
	pcm  []int16
	rate int
}

// asrRate is what the recogniser is offered, samples per second.
const asrRate = 16000

// speech tries every voice, and gives what the recogniser is to understand.
func (v *visit) speech(ctx context.Context) {
	var heard spoken
	v.look(ctx, nameVoice, func(ctx context.Context) found {
		f, audio := v.voices(ctx)
		heard = audio
		return f
	})
	v.look(ctx, nameRecogniser, func(ctx context.Context) found { return v.recogniser(ctx, heard) })
}

func (v *visit) voices(ctx context.Context) (found, spoken) {
	var sample spoken
	voices := v.Config.TTS.Voices
	if len(voices) == 0 {
		return bad("no voice is configured", "set tts.voices, as in {en: flite/slt, zh: espeak-ng/cmn}"), sample
	}
	synth, err := v.Voice(v.Config)
	if err != nil {
		return bad(err.Error(), voiceRemedy), sample
	}
	var fine, failed []string
	for _, language := range slices.Sorted(maps.Keys(voices)) {
		pcm, rate, err := synth.Speak(ctx, sentence(language), language, voices[language])
		switch {
		case err != nil:
			failed = append(failed, fmt.Sprintf("%s (%s): %v", language, voices[language], err))
		case silent(pcm):
			failed = append(failed, fmt.Sprintf("%s (%s): nothing but silence", language, voices[language]))
		default:
			fine = append(fine, language+" by "+voices[language])
			if strings.HasPrefix(language, "en") {
				sample = spoken{pcm, rate}
			}
		}
	}
	if err := synth.Close(); err != nil {
		failed = append(failed, err.Error())
	}
	if len(failed) > 0 {
		return bad(strings.Join(failed, "; "), voiceRemedy), sample
	}
	return good(strings.Join(fine, ", ")), sample
}

const voiceRemedy = "install the synthesisers (Debian: apt-get install flite espeak-ng), or name others in tts.voices"

func silent(pcm []int16) bool {
	return !slices.ContainsFunc(pcm, func(s int16) bool { return s > 500 || s < -500 })
}

// recogniser says something to it, or nothing where no English voice works,
// and waits for its answer.
func (v *visit) recogniser(ctx context.Context, said spoken) found {
	c := v.Config.ASR
	remedy := fmt.Sprintf("start a recogniser at %s (dialwright asr serve --engine pocketsphinx), or set asr.url", c.URL)
	if len(c.Languages) == 0 {
		return good("none is needed: asr.languages is empty")
	}
	engine := asr.NewVosk(asr.VoskOptions{URL: c.URL, Logger: v.Logger})
	text, took, err := listen(ctx, engine, c.Languages[0], said)
	err = errors.Join(err, engine.Close())
	switch {
	case err != nil:
		return bad(err.Error(), remedy)
	case said.pcm == nil:
		return good(fmt.Sprintf("answers at %s; nothing was said to it", c.URL))
	case text != sentence("en") && strings.HasPrefix(c.Languages[0], "en"):
		return odd(fmt.Sprintf("answers at %s, but took %q for %q", c.URL, sentence("en"), text), "see that its model is one for 16 kHz English speech")
	}
	return good(fmt.Sprintf("heard %q at %s; answered after %d ms", text, c.URL, took.Milliseconds()))
}

// listen gives the recogniser's final answer to a piece of speech followed by
// a little silence.
func listen(ctx context.Context, engine asr.Engine, language string, said spoken) (string, time.Duration, error) {
	// As a flow would, say what can be expected: three words are too few for a
	// recogniser of free speech to find its level.
	o := asr.Options{Rate: asrRate, Language: language}
	if said.pcm != nil {
		o.Vocabulary = []string{sentence("en"), "four five six", "seven eight nine"}
	}
	stream, err := engine.Open(ctx, o)
	if err != nil {
		return "", 0, err
	}
	pcm := make([]int16, asrRate/5)
	if said.pcm != nil {
		pcm = append(append(pcm, media.Resample(said.pcm, said.rate, asrRate)...), make([]int16, asrRate/5)...)
	}
	err = stream.Write(pcm)
	if err == nil {
		err = stream.Finalize()
	}
	start := time.Now()
	text := ""
	for err == nil {
		var r asr.Result
		var ok bool
		select {
		case r, ok = <-stream.Results():
		case <-ctx.Done():
			err = fmt.Errorf("wait for the recogniser's answer: %w", ctx.Err())
			continue
		}
		if !ok {
			err = errors.New("the recogniser ended the stream without an answer")
		}
		if r.Err != nil {
			err = r.Err
		}
		if r.Final {
			text = r.Text
			break
		}
	}
	return text, time.Since(start), errors.Join(err, stream.Close())
}
