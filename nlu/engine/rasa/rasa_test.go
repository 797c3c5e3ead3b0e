package rasa

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/engine"
	"github.com/dialwright/dialwright/nlu/engine/enginetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server speaks Rasa's API with our own classifier behind it.
func server(t *testing.T) *httptest.Server {
	c := nlu.NewPhrases(enginetest.Intents())
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q struct{ Text string }
		if r.Method != http.MethodPost || r.URL.Path != "/base/model/parse" || r.URL.Query().Get("token") != "t" || json.NewDecoder(r.Body).Decode(&q) != nil {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		ranking := []map[string]any{{"name": "nlu_fallback", "confidence": 0.3}}
		for _, x := range c.Classify(nlu.Query{Text: q.Text, Among: []string{"agree", "refuse", "opening"}}) {
			ranking = append(ranking, map[string]any{"name": x.Intent, "confidence": x.Score})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"text": q.Text, "intent": ranking[0], "intent_ranking": ranking,
			"entities": []any{map[string]any{"entity": "word", "start": 0, "end": 1, "value": 7, "confidence_entity": 0.9, "extractor": "x"}}})
	}))
	t.Cleanup(s.Close)
	return s
}

func TestContract(t *testing.T) {
	s := server(t)
	enginetest.Run(t, func(t *testing.T) engine.Engine {
		e, err := New(Options{URL: s.URL + "/base/", Token: "t"})
		if err != nil {
			t.Fatal(err)
		}
		return e
	})
}

// answering is an engine whose server always answers the same; status 0: not at all.
func answering(t *testing.T, status int, body string) *Engine {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the client has gone
		if status == 0 {
			<-r.Context().Done()
			return
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	client := s.Client()
	client.Timeout = 2 * time.Second
	e, err := New(Options{URL: s.URL, Token: "geheim", Client: client})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestBadServer(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		want   string
	}{
		{0, "", "Client.Timeout"},
		{500, "oh no", "500"},
		{200, "{", "unexpected end"},
		{200, `{"intent_ranking":[{"name":"a","confidence":7}]}`, "not from 0 to 1"},
		{200, `{"intent_ranking":[{"name":"a","confidence":0.1},{"name":"a","confidence":0.1}]}`, "twice"},
		{200, `{"entities":[{"entity":"x","start":3,"end":99}]}`, "not in the text"},
		{200, strings.Repeat(" ", maxAnswer+2), "longer than"},
	} {
		_, err := answering(t, c.status, c.body).Parse(t.Context(), nlu.Query{Text: "yes", Among: []string{"a"}})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%d %.40s: %v", c.status, c.body, err)
		}
	}
	e := answering(t, 200, `{"intent":{"name":"a","confidence":0.8}}`)
	if p, err := e.Parse(t.Context(), nlu.Query{Text: "yes", Among: []string{"a"}}); err != nil || len(p.Ranked) != 1 {
		t.Errorf("an answer without a ranking: %+v %v", p, err)
	}
	for _, bad := range []string{"", "ftp://x", "localhost:5005"} {
		if _, err := New(Options{URL: bad}); err == nil {
			t.Errorf("%q was taken for an address", bad)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"intent_ranking":[{"name":"a","confidence":0.5}],"entities":[{"entity":"x","start":0,"end":1,"value":null}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := New(Options{URL: "http://rasa.example", Client: &http.Client{Transport: reply(body)}})
		if err != nil {
			t.Fatal(err)
		}
		p, err := e.Parse(t.Context(), nlu.Query{Text: "yes please", Among: []string{"a"}})
		if err == nil && len(p.Ranked) > 1 {
			t.Errorf("%+v", p)
		}
	})
}

type reply []byte

func (b reply) RoundTrip(*http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	_, _ = w.Write(b)
	return w.Result(), nil
}
