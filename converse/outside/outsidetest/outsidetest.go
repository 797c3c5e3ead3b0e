// Package outsidetest has a language model for tests: a server that speaks
// OpenAI's streaming chat completions and says what it is told to.
package outsidetest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// Reply is one scripted answer.
type Reply struct {
	Status int           // not 200: an error answer with Raw as its body
	Text   []string      // pieces of content, one chunk each
	Every  time.Duration // between chunks
	Tools  []Call        // tool calls, after the text
	Raw    string        // sent as it is instead of all the above
	Hang   bool          // nothing more comes until the client goes
}

// Call is a tool call with its arguments as JSON text.
type Call struct{ Name, Arguments string }

// Request is what was asked.
type Request struct {
	Model     string `json:"model"`
	Stream    bool   `json:"stream"`
	MaxTokens int    `json:"max_tokens"`
	Messages  []struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	} `json:"messages"`
	Tools []struct {
		Function struct {
			Name       string         `json:"name"`
			Parameters map[string]any `json:"parameters"`
		} `json:"function"`
	} `json:"tools"`
}

// Model is the server. Replies are given in order, the last one again and again.
type Model struct {
	*httptest.Server

	mu       sync.Mutex
	replies  []Reply
	requests []Request
}

// New starts a model on loopback; Close stops it.
func New(replies ...Reply) *Model {
	m := &Model{replies: replies}
	m.Server = httptest.NewServer(http.HandlerFunc(m.serve))
	return m
}

// API is the root of its API.
func (m *Model) API() string { return m.URL + "/v1" }

// Requests so far.
func (m *Model) Requests() []Request {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Request(nil), m.requests...)
}

func (m *Model) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/v1/chat/completions" || r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	var q Request
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&q); err != nil || !q.Stream {
		http.Error(w, fmt.Sprintf(`{"error":{"message":"bad request: %v, stream %v"}}`, err, q.Stream), http.StatusBadRequest)
		return
	}
	m.mu.Lock()
	m.requests = append(m.requests, q)
	reply := m.replies[0]
	if len(m.replies) > 1 {
		m.replies = m.replies[1:]
	}
	m.mu.Unlock()
	reply.write(w, r)
}

func (p Reply) write(w http.ResponseWriter, r *http.Request) {
	if p.Status != 0 && p.Status != http.StatusOK {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(p.Status)
		fmt.Fprint(w, p.Raw)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	if p.Raw != "" {
		fmt.Fprint(w, p.Raw)
		return
	}
	send := func(delta map[string]any, finish any) {
		b, _ := json.Marshal(map[string]any{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
			"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": finish}}})
		fmt.Fprintf(w, "data: %s\n\n", b)
		_ = flush.Flush()
	}
	for _, t := range p.Text {
		send(map[string]any{"content": t}, nil)
		select {
		case <-time.After(p.Every):
		case <-r.Context().Done():
			return
		}
	}
	for i, c := range p.Tools {
		half := len(c.Arguments) / 2 // arguments come in pieces
		send(map[string]any{"tool_calls": []any{map[string]any{"index": i, "id": fmt.Sprint(i), "type": "function",
			"function": map[string]any{"name": c.Name, "arguments": c.Arguments[:half]}}}}, nil)
		send(map[string]any{"tool_calls": []any{map[string]any{"index": i, "function": map[string]any{"arguments": c.Arguments[half:]}}}}, nil)
	}
	if p.Hang {
		_ = flush.Flush()
		<-r.Context().Done()
		return
	}
	finish := "stop"
	if len(p.Tools) > 0 {
		finish = "tool_calls"
	}
	send(map[string]any{}, finish)
	fmt.Fprint(w, "data: [DONE]\n\n")
}
