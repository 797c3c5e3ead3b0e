package aritest

import (
	"net/http"
	"slices"
	"strings"
)

func (s *Server) bridgeRoutes(m *http.ServeMux) {
	m.HandleFunc("GET /ari/bridges", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		all := []*bridge{}
		for _, b := range s.bridges {
			all = append(all, b)
		}
		reply(w, 200, all)
	})
	m.HandleFunc("POST /ari/bridges", s.createBridge)
	m.HandleFunc("GET /ari/bridges/{id}", s.withBridge(func(w http.ResponseWriter, _ *http.Request, b *bridge) {
		reply(w, 200, b)
	}))
	m.HandleFunc("DELETE /ari/bridges/{id}", s.withBridge(func(w http.ResponseWriter, _ *http.Request, b *bridge) {
		delete(s.bridges, b.ID)
		w.WriteHeader(204)
	}))
	m.HandleFunc("POST /ari/bridges/{id}/addChannel", s.withBridge(s.addChannel))
	m.HandleFunc("POST /ari/bridges/{id}/removeChannel", s.withBridge(func(w http.ResponseWriter, r *http.Request, b *bridge) {
		for _, id := range strings.Split(r.URL.Query().Get("channel"), ",") {
			b.Channels = slices.DeleteFunc(b.Channels, func(have string) bool { return have == id })
		}
		w.WriteHeader(204)
	}))
	for _, method := range []string{"POST", "DELETE"} {
		m.HandleFunc(method+" /ari/bridges/{id}/moh", s.withBridge(func(w http.ResponseWriter, _ *http.Request, _ *bridge) {
			w.WriteHeader(204)
		}))
	}
}

func (s *Server) createBridge(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.URL.Query().Get("bridgeId")
	if s.bridges[id] != nil {
		fail(w, 409, "Bridge with id already exists")
		return
	}
	kind := r.URL.Query().Get("type")
	if kind == "" {
		kind = "mixing"
	}
	b := &bridge{ID: id, Type: kind, Tech: "simple_bridge", Class: "stasis", Creator: "Stasis", Channels: []string{}}
	s.bridges[id] = b
	reply(w, 200, b)
}

// addChannel refuses a channel that has not entered its application, as Asterisk does.
func (s *Server) addChannel(w http.ResponseWriter, r *http.Request, b *bridge) {
	ids := strings.Split(r.URL.Query().Get("channel"), ",")
	for _, id := range ids {
		switch ch := s.channels[id]; {
		case ch == nil:
			fail(w, 400, "Channel not found")
			return
		case !ch.Stasis:
			fail(w, 422, "Channel not in Stasis application")
			return
		}
	}
	b.Channels = append(b.Channels, ids...)
	w.WriteHeader(204)
}

// withBridge finds the bridge and holds the mutex for f.
func (s *Server) withBridge(f func(http.ResponseWriter, *http.Request, *bridge)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		b := s.bridges[r.PathValue("id")]
		if b == nil {
			fail(w, http.StatusNotFound, "Bridge not found")
			return
		}
		f(w, r, b)
	}
}
