package worker

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/nlu"
)

func TestUnderstanding(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/model/parse" {
			_, _ = w.Write([]byte(`{"intent_ranking": [{"name": "yes", "confidence": 0.8}]}`))
			return
		}
		_, _ = w.Write([]byte(`{"choices": [{"message": {"content": "{\"intent\": \"yes\", \"score\": 0.8}"}}]}`))
	}))
	defer server.Close()
	flow, err := dialog.Parse("flow.yaml", []byte(`flow: f
opt_out: true
intents: {"yes": [yes please]}
nodes: {ask: {say: May I?, listen: {intents: {"yes": done}, no_input: [{end: x}], no_match: [{end: x}]}}, done: {end: done}}
on_hangup: {outcome: hung_up}
`))
	if err != nil {
		t.Fatal(err)
	}
	for engine, c := range map[string]*config.Config{
		"rasa": {NLU: config.NLU{Engine: "rasa", URL: server.URL}},
		"llm":  {NLU: config.NLU{Engine: "llm"}, Services: config.Services{LLM: config.LLM{URL: server.URL, Model: "m"}}},
	} {
		u, err := NewUnderstanding(c)
		if err != nil {
			t.Fatal(err)
		}
		one := u.For(flow)
		if again := u.For(flow); one == nil || again.Engine != one.Engine || one.Engine.Name() != engine {
			t.Fatalf("%s: %+v, %+v", engine, one, again)
		}
		p, err := one.Engine.Parse(t.Context(), nlu.Query{Text: "go ahead", Among: []string{"yes"}})
		if err != nil || len(p.Ranked) != 1 || p.Ranked[0].Intent != "yes" {
			t.Errorf("%s: %+v %v", engine, p, err)
		}
		if err := u.Close(); err != nil {
			t.Error(err)
		}
	}
	u, err := NewUnderstanding(&config.Config{NLU: config.NLU{Engine: "embedded"}})
	if err != nil || u.For(flow) != nil {
		t.Errorf("embedded: %v", err)
	}
}
