package llm

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/engine"
	"github.com/dialwright/dialwright/nlu/engine/enginetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// model answers chat completions with what reply makes of system and user.
func model(t *testing.T, reply func(system, user string) string) *Engine {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Messages []struct{ Role, Content string }
		}
		if r.URL.Path != "/v1/chat/completions" || json.NewDecoder(r.Body).Decode(&q) != nil || len(q.Messages) != 2 ||
			q.Messages[0].Role != "system" || q.Messages[1].Role != "user" {
			http.Error(w, `{"error":{"message":"bad request"}}`, http.StatusBadRequest)
			return
		}
		text := reply(q.Messages[0].Content, q.Messages[1].Content)
		w.Header().Set("Content-Type", "application/json")
		if text == "" {
			fmt.Fprint(w, `{"choices":[]}`)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"id": "c", "object": "chat.completion", "choices": []any{
			map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": text}}}})
	}))
	t.Cleanup(s.Close)
	e, err := New(Options{URL: s.URL + "/v1", Model: "m", Intents: enginetest.Intents()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func TestContract(t *testing.T) {
	c := nlu.NewPhrases(enginetest.Intents())
	enginetest.Run(t, func(t *testing.T) engine.Engine {
		return model(t, func(system, user string) string {
			var among []string
			for _, in := range enginetest.Intents() {
				if strings.Contains(system, "- "+in.Name+": ") {
					among = append(among, in.Name)
				}
			}
			ranked := c.Classify(nlu.Query{Text: user, Among: among})
			if len(ranked) == 0 {
				return `{"intent": "none", "score": 1}`
			}
			return fmt.Sprintf("```json\n{\"intent\": %q, \"score\": %g}\n```", ranked[0].Intent, ranked[0].Score)
		})
	})
}

func TestNonsense(t *testing.T) {
	for reply, want := range map[string]string{
		"I think they agree.":                 "no JSON",
		"{intent}":                            "invalid character",
		`{"intent": "agree"}`:                 "lacks intent or score",
		`{"intent": "wire_money", "score":1}`: "not offered",
		`{"intent": "agree", "score": 70}`:    "not from 0 to 1",
		"":                                    "without a choice",
	} {
		_, err := model(t, func(string, string) string { return reply }).Parse(t.Context(), nlu.Query{Text: "yes", Among: []string{"agree"}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", reply, err)
		}
	}
	if _, err := New(Options{}); err == nil {
		t.Error("an engine without an address")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(`{"intent": "a", "score": 0.5}`)
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := decode(text); err == nil && c.Intent == "" {
			t.Errorf("%q: %+v", text, c)
		}
	})
}
