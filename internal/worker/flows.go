package worker

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/tts"
)

// flows keeps checked flows with all their fixed prompts synthesised. A file
// that changes is read again for the next call; running calls keep theirs.
type flows struct {
	voice *tts.Cache

	mu     sync.Mutex
	loaded map[string]loadedFlow
}

type loadedFlow struct {
	flow    *dialog.Flow
	changed time.Time
}

func newFlows(voice *tts.Cache) *flows {
	return &flows{voice: voice, loaded: map[string]loadedFlow{}}
}

// get gives the flow at a path. The first call of a flow waits until every
// fixed prompt has its audio.
func (f *flows) get(ctx context.Context, path string) (*dialog.Flow, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		info, err = os.Stat(filepath.Join(path, "flow.yaml"))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the flow: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	have, ok := f.loaded[path]
	if ok && have.changed.Equal(info.ModTime()) {
		return have.flow, nil
	}
	flow, err := dialog.Load(path)
	if err != nil {
		return nil, err
	}
	if err := PreparePrompts(ctx, f.voice, flow, nil); err != nil {
		return nil, err
	}
	f.loaded[path] = loadedFlow{flow, info.ModTime()}
	return flow, nil
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
