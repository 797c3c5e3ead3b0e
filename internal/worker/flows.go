package worker

import (
	"context"
	"fmt"

	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/dialog/library"
	"github.com/dialwright/dialwright/tts"
)

// flows are checked, have learnt from their examples and have all their fixed
// prompts synthesised. A flow whose files change is read again for the next
// call, if the new version is good; running calls keep theirs.
type flows struct {
	voice   *tts.Cache
	library *library.Library
}

func newFlows(voice *tts.Cache, log zerolog.Logger) *flows {
	return &flows{voice: voice, library: library.New(
		func(ctx context.Context, flow *dialog.Flow) error { return PreparePrompts(ctx, voice, flow, nil) },
		func(path string, err error) {
			log.Error().Err(err).Str("flow", path).Msg("the new version of the flow is not used; calls go on with the one before")
		})}
}

// get gives the flow at a path. The first call of a flow waits until every
// fixed prompt has its audio.
func (f *flows) get(ctx context.Context, path string) (*dialog.Flow, error) {
	return f.library.Get(ctx, path)
}

// prepare synthesises what the flow says to one contact, as far as it is
// known before the call.
func (f *flows) prepare(ctx context.Context, flow *dialog.Flow, contact map[string]any) error {
	prompts, err := flow.PromptsFor(contact)
	if err != nil {
		return err
	}
	return synthesise(ctx, f.voice, flow, prompts, nil)
}

// PreparePrompts synthesises everything a flow says that does not depend on
// the contact.
func PreparePrompts(ctx context.Context, voice *tts.Cache, flow *dialog.Flow, progress func(done, total int)) error {
	return synthesise(ctx, voice, flow, flow.Prompts(), progress)
}

func synthesise(ctx context.Context, voice *tts.Cache, flow *dialog.Flow, prompts []dialog.Say, progress func(done, total int)) error {
	all := make([]tts.Request, len(prompts))
	for i, p := range prompts {
		all[i] = tts.Request{Text: p.Text, Language: p.Language, Voice: p.Voice, Rate: p.Rate}
	}
	if err := tts.Prepare(ctx, voice, all, progress); err != nil {
		return fmt.Errorf("synthesising the prompts of flow %s: %w", flow.Name, err)
	}
	return nil
}
