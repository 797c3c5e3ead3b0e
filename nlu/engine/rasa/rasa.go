// Package rasa asks an NLU server that speaks Rasa's HTTP API:
// POST /model/parse.
package rasa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/engine"
)

// Options name the server.
type Options struct {
	URL    string // its root, as in http://127.0.0.1:5005
	Token  string // of the query parameter token; empty: none
	Client *http.Client
}

// Engine is a connection to the server.
type Engine struct {
	address string
	client  *http.Client
}

// New prepares an engine; nothing is asked yet.
func New(o Options) (*Engine, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("rasa: %q is not an address like http://127.0.0.1:5005", o.URL)
	}
	u = u.JoinPath("model", "parse")
	if o.Token != "" {
		u.RawQuery = url.Values{"token": {o.Token}}.Encode()
	}
	if o.Client == nil {
		o.Client = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	}
	return &Engine{address: u.String(), client: o.Client}, nil
}

// Name implements engine.Engine.
func (e *Engine) Name() string { return "rasa" }

// Close ends idle connections.
func (e *Engine) Close() error { e.client.CloseIdleConnections(); return nil }

const (
	maxText   = 2000 // characters that are asked about
	maxAnswer = 1 << 20
)

// answer is Rasa's, as far as it is used.
type answer struct {
	Intent  ranked   `json:"intent"`
	Ranking []ranked `json:"intent_ranking"`
	Found   []struct {
		Entity     string  `json:"entity"`
		Start      int     `json:"start"`
		End        int     `json:"end"`
		Value      any     `json:"value"`
		Confidence float64 `json:"confidence_entity"`
	} `json:"entities"`
}

type ranked struct {
	Name       string  `json:"name"`
	Confidence float64 `json:"confidence"`
}

// Parse implements engine.Engine.
func (e *Engine) Parse(ctx context.Context, q nlu.Query) (engine.Parsed, error) {
	text := strings.ToValidUTF8(q.Text, "")
	if rs := []rune(text); len(rs) > maxText {
		text = string(rs[:maxText])
	}
	if err := ctx.Err(); err != nil {
		return engine.Parsed{}, fmt.Errorf("rasa: %w", err)
	}
	if len(nlu.Tokens(text)) == 0 {
		return engine.Parsed{}, nil
	}
	a, err := e.ask(ctx, text)
	if err != nil {
		return engine.Parsed{}, fmt.Errorf("rasa: %w", err)
	}
	if len(a.Ranking) == 0 && a.Intent.Name != "" {
		a.Ranking = []ranked{a.Intent}
	}
	all := make([]nlu.Candidate, len(a.Ranking))
	for i, r := range a.Ranking {
		all[i] = nlu.Candidate{Intent: r.Name, Score: r.Confidence}
	}
	var p engine.Parsed
	if p.Ranked, err = engine.Restrict(q, all); err != nil {
		return engine.Parsed{}, fmt.Errorf("rasa: %w", err)
	}
	length := len([]rune(text))
	for _, f := range a.Found {
		if f.Entity == "" || f.Start < 0 || f.End < f.Start || f.End > length {
			return engine.Parsed{}, fmt.Errorf("rasa: the entity %q at %d to %d is not in the text", f.Entity, f.Start, f.End)
		}
		p.Entities = append(p.Entities, engine.Entity{Name: f.Entity, Start: f.Start, End: f.End, Value: fmt.Sprint(f.Value), Score: f.Confidence})
	}
	return p, nil
}

func (e *Engine) ask(ctx context.Context, text string) (answer, error) {
	var a answer
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return a, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.address, bytes.NewReader(body))
	if err != nil {
		return a, err
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := e.client.Do(r)
	if err != nil {
		var u *url.Error // its text has the address, and so the token
		if errors.As(err, &u) {
			err = u.Err
		}
		return a, fmt.Errorf("ask %s: %w", r.URL.Host, err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return a, fmt.Errorf("read the answer of %s: %w", r.URL.Host, err)
	case resp.StatusCode != http.StatusOK:
		return a, fmt.Errorf("%s answers %s: %.200s", r.URL.Host, resp.Status, got)
	case len(got) > maxAnswer:
		return a, fmt.Errorf("the answer of %s is longer than %d bytes", r.URL.Host, maxAnswer)
	}
	if err := json.Unmarshal(got, &a); err != nil {
		return a, fmt.Errorf("the answer of %s: %w", r.URL.Host, err)
	}
	return a, nil
}
