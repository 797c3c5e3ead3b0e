package tts

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Router gives each request to the engine that its voice names, or, without a
// voice, to that of its language.
type Router struct {
	engines  map[string]Synthesizer // by the name before the slash
	defaults map[string]string      // language to engine/voice
}

// NewRouter makes a router. engines are by the name that stands before the
// slash of a voice; defaults map a language to engine/voice.
func NewRouter(engines map[string]Synthesizer, defaults map[string]string) (*Router, error) {
	r := &Router{engines: maps.Clone(engines), defaults: map[string]string{}}
	for language, voice := range defaults {
		if _, _, err := r.engine(voice); err != nil {
			return nil, fmt.Errorf("voice of language %s: %w", language, err)
		}
		r.defaults[base(language)] = voice
	}
	return r, nil
}

// Name joins the engines' names.
func (r *Router) Name() string {
	var names []string
	for _, k := range slices.Sorted(maps.Keys(r.engines)) {
		names = append(names, r.engines[k].Name())
	}
	return strings.Join(names, ",")
}

// Resolve fills in the voice that a request will be spoken with, and the name
// of its engine.
func (r *Router) Resolve(q Request) (Request, string, error) {
	if q.Voice == "" {
		q.Voice = r.defaults[base(q.Language)]
		if q.Voice == "" {
			return q, "", fmt.Errorf("%w: no voice is set for language %q", ErrVoice, q.Language)
		}
	}
	_, e, err := r.engine(q.Voice)
	if err != nil {
		return q, "", err
	}
	return q, e.Name(), nil
}

// Synthesize gives the request to its engine.
func (r *Router) Synthesize(ctx context.Context, q Request) (Audio, error) {
	q, _, err := r.Resolve(q)
	if err != nil {
		return Audio{}, err
	}
	_, e, err := r.engine(q.Voice)
	if err != nil {
		return Audio{}, err
	}
	return e.Synthesize(ctx, q)
}

func (r *Router) engine(voice string) (string, Synthesizer, error) {
	name, _, ok := strings.Cut(voice, "/")
	e := r.engines[name]
	if !ok || e == nil {
		return name, nil, fmt.Errorf("%w: %q; use engine/voice with one of %s", ErrVoice, voice,
			strings.Join(slices.Sorted(maps.Keys(r.engines)), ", "))
	}
	return name, e, nil
}

// Close closes the engines.
func (r *Router) Close() error {
	var errs []error
	for _, e := range r.engines {
		errs = append(errs, e.Close())
	}
	return errors.Join(errs...)
}

// base is a language tag without region and script: zh of zh-Hans-CN.
func base(language string) string {
	b, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(language, "_", "-")), "-")
	return b
}

// voiceName is what stands after the slash of engine/voice.
func voiceName(voice string) string {
	if _, name, ok := strings.Cut(voice, "/"); ok {
		return name
	}
	return voice
}
