package call

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/tts"
)

// prompter makes one piece of audio of all that a prompt consists of: texts
// that are synthesised, recordings, pauses.
type prompter struct {
	voice tts.Synthesizer
	dir   string // of the flow's recordings
	rate  int    // samples per second of the line
	// uncached is told before something is synthesised; may be nil.
	uncached func()
}

// parallel is how many texts of one prompt are synthesised at once, so that
// somebody who waits for the first hears all of them without a gap.
const parallel = 4

// audio gives the prompt's sound at the line's rate. Do not write to it: a
// single text's is shared with the cache.
func (s prompter) audio(ctx context.Context, say dialog.Say) ([]int16, error) {
	if len(say.Parts) == 0 {
		return s.text(ctx, tts.Request{Text: say.Text, Language: say.Language, Voice: say.Voice, Rate: say.Rate})
	}
	pieces := make([][]int16, len(say.Parts))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, part := range say.Parts {
		group.Go(func() (err error) {
			pieces[i], err = s.part(ctx, say, part)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(pieces...), nil
}

func (s prompter) part(ctx context.Context, say dialog.Say, part dialog.Part) ([]int16, error) {
	switch {
	case part.Audio != "":
		return s.recording(part.Audio)
	case part.Pause > 0:
		return make([]int16, int(part.Pause*time.Duration(s.rate)/time.Second)), nil
	}
	r := tts.Request{Text: part.Text, Language: say.Language, Voice: say.Voice, Rate: say.Rate}
	if part.Rate > 0 {
		r.Rate = part.Rate
	}
	return s.text(ctx, r)
}

func (s prompter) text(ctx context.Context, r tts.Request) ([]int16, error) {
	if cache, ok := s.voice.(interface{ Has(tts.Request) bool }); ok && s.uncached != nil && !cache.Has(r) {
		s.uncached()
	}
	a, err := s.voice.Synthesize(ctx, r)
	if err != nil {
		return nil, err
	}
	return atRate(a.PCM, a.Rate, s.rate)
}

var errChannels = errors.New("it is not mono")

// recording reads a WAV file of the flow. The operating system has it in
// memory after the first call.
func (s prompter) recording(name string) ([]int16, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, fmt.Errorf("the recording %q is not in the flow's directory", name)
	}
	a, err := media.ReadWAV(filepath.Join(s.dir, filepath.FromSlash(name)))
	if err == nil && len(a.Channels) != 1 {
		err = errChannels
	}
	if err != nil {
		return nil, fmt.Errorf("the recording %s: %w", name, err)
	}
	return atRate(a.Channels[0], a.Rate, s.rate)
}

func atRate(pcm []int16, from, to int) ([]int16, error) {
	if from == to || from == 0 {
		return pcm, nil
	}
	if _, err := media.NewResampler(from, to); err != nil { // what it refuses, Resample cannot do
		return nil, fmt.Errorf("from %d to %d samples per second: %w", from, to, err)
	}
	return media.Resample(pcm, from, to), nil
}
