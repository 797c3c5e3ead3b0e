package worker

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/nlu/engine"
	"github.com/dialwright/dialwright/nlu/engine/llm"
	"github.com/dialwright/dialwright/nlu/engine/rasa"
)

// Understanding is the engine on another machine that understands for flows,
// if the configuration names one.
type Understanding struct {
	config config.NLU
	one    engine.Engine // of all flows; nil: none, or one for each
	model  config.LLM
	client *http.Client // of the language model

	mu    sync.Mutex
	flows map[string]engine.Engine // by a flow's hash: a language model must be told its intents
}

// NewUnderstanding prepares what the configuration names. Nothing is
// connected yet.
func NewUnderstanding(c *config.Config) (*Understanding, error) {
	u := &Understanding{config: c.NLU, model: c.Services.LLM, flows: map[string]engine.Engine{}}
	switch c.NLU.Engine {
	case "rasa":
		e, err := rasa.New(rasa.Options{URL: c.NLU.URL, Token: string(c.NLU.Token)})
		if err != nil {
			return nil, fmt.Errorf("nlu: %w", err)
		}
		u.one = e
	case "llm":
		u.client = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	}
	return u, nil
}

// For is what understands for a flow; nil: its own classifier.
func (u *Understanding) For(flow *dialog.Flow) *converse.Understanding {
	e := u.one
	if u.client != nil {
		u.mu.Lock()
		defer u.mu.Unlock()
		if e = u.flows[flow.Hash]; e == nil {
			made, err := llm.New(llm.Options{URL: u.model.URL, Model: u.model.Model, Key: string(u.model.Key), Intents: flow.Examples(), Client: u.client})
			if err != nil { // the configuration was checked: its url and model are there
				return nil
			}
			e = made
			u.flows[flow.Hash] = e
		}
	}
	if e == nil {
		return nil
	}
	return &converse.Understanding{Engine: e, Within: u.config.Timeout}
}

// Close ends idle connections.
func (u *Understanding) Close() error {
	if u.client != nil {
		u.client.CloseIdleConnections()
	}
	if u.one != nil {
		return u.one.Close()
	}
	return nil
}
