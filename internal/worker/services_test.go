package worker

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright/call"
	"github.com/dialwright/dialwright/converse/outside/outsidetest"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/internal/config"
)

func TestServices(t *testing.T) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.URL.Path+" "+r.Header.Get("Authorization")+" "+r.Header.Get("Idempotency-Key"))
		_ = json.NewEncoder(w).Encode(map[string]any{"name": "Li"})
	}))
	defer server.Close()
	model := outsidetest.New(outsidetest.Reply{Text: []string{"Hello."}})
	defer model.Close()
	s, err := NewServices(config.Services{
		CRM:     config.Webhook{URL: server.URL + "/crm", Token: "t1"},
		Senders: []config.Sender{{Name: "sms", URL: server.URL + "/sms", Token: "t2"}},
		LLM:     config.LLM{URL: model.API(), Model: "m"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	one := s.For(call.Order{Call: "c1", Flow: &dialog.Flow{}})
	do := func(w dialog.Work) dialog.WorkResult {
		w.Timeout = 10 * time.Second
		return one.Do(t.Context(), w, func(string) {})
	}
	for what, w := range map[string]dialog.Work{
		"crm":  {ID: "w1", Kind: dialog.WorkCRM, Call: dialog.FunctionCall{Name: "lookup"}},
		"send": {ID: "w2", Kind: dialog.WorkSend, Message: dialog.Message{Via: "sms", To: "+1", Text: "x"}},
		"llm":  {ID: "w3", Kind: dialog.WorkLLM, LLM: dialog.LLMRequest{Messages: []dialog.LLMMessage{{Role: "user", Text: "hi"}}}},
	} {
		if r := do(w); r.Class != dialog.WorkOK || r.ID != w.ID {
			t.Errorf("%s: %+v", what, r)
		}
	}
	if all := strings.Join(got, "\n"); !strings.Contains(all, "/crm/lookup Bearer t1") || !strings.Contains(all, "/sms Bearer t2 c1/w2") {
		t.Errorf("asked: %s", all)
	}
	// The addresses of the CRM and of senders are not open to requests of flows.
	if r := do(dialog.Work{Kind: dialog.WorkHTTP, HTTP: dialog.HTTPRequest{Method: "GET", URL: server.URL}}); r.Class != dialog.WorkFailed {
		t.Errorf("a request: %+v", r)
	}
}
