package aritest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// rest serves what the fake knows of ARI; all else is 404.
func (s *Server) rest() http.Handler {
	m := http.NewServeMux()
	s.systemRoutes(m)
	s.channelRoutes(m)
	s.bridgeRoutes(m)
	m.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fail(w, http.StatusNotFound, "Resource not found") })
	return m
}

func (s *Server) systemRoutes(m *http.ServeMux) {
	m.HandleFunc("GET /ari/asterisk/info", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		started := s.started.Format(timeFormat)
		reply(w, 200, map[string]any{
			"system": map[string]string{"version": s.version, "entity_id": "00:00:5e:00:53:01"},
			"status": map[string]string{"startup_time": started, "last_reload_time": started},
		})
	})
	m.HandleFunc("GET /ari/asterisk/ping", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, 200, map[string]string{"ping": "pong"})
	})
	m.HandleFunc("GET /ari/asterisk/modules", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, 200, []map[string]any{
			{"name": "chan_rtp.so", "status": "Running", "use_count": 0},
			{"name": "chan_audiosocket.so", "status": "Not Running", "use_count": 0},
		})
	})
	m.HandleFunc("GET /ari/applications/{app}", s.getApplication)
	m.HandleFunc("PUT /ari/applications/{app}/eventFilter", s.putFilter)
	m.HandleFunc("POST /ari/applications/{app}/subscription", func(w http.ResponseWriter, r *http.Request) {
		kind, id, _ := strings.Cut(r.URL.Query().Get("eventSource"), ":")
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case kind == "channel" && s.channels[id] != nil:
			s.app(r.PathValue("app")).channels[id] = true
		case kind == "bridge" && s.bridges[id] != nil:
		default:
			fail(w, 422, "Event source does not exist")
			return
		}
		reply(w, 200, map[string]any{"name": r.PathValue("app")})
	})
	m.HandleFunc("GET /ari/playbacks/{id}", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		target, ok := s.playing[r.PathValue("id")]
		s.mu.Unlock()
		if !ok {
			fail(w, 404, "Playback not found")
			return
		}
		reply(w, 200, playback(r.PathValue("id"), target, "playing"))
	})
}

func (s *Server) getApplication(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, name := s.apps[r.PathValue("app")], r.PathValue("app")
	if a == nil {
		fail(w, 404, "Application not found")
		return
	}
	ids := []string{}
	for id := range a.channels {
		ids = append(ids, id)
	}
	reply(w, 200, map[string]any{"name": name, "channel_ids": ids, "bridge_ids": []string{},
		"endpoint_ids": []string{}, "device_names": []string{}})
}

func (s *Server) putFilter(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Disallowed []struct {
			Type string `json:"type"`
		} `json:"disallowed"`
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.apps[r.PathValue("app")]
	if a == nil || s.filterOff {
		fail(w, 404, "Application not found")
		return
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		fail(w, 400, "Invalid request body")
		return
	}
	a.disallowed = map[string]bool{}
	for _, d := range in.Disallowed {
		a.disallowed[d.Type] = true
	}
	reply(w, 200, map[string]any{"name": r.PathValue("app")})
}

func (s *Server) channelRoutes(m *http.ServeMux) {
	m.HandleFunc("GET /ari/channels", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		all := []map[string]any{}
		for _, c := range s.channels {
			all = append(all, c.describe())
		}
		reply(w, 200, all)
	})
	m.HandleFunc("GET /ari/channels/{id}", s.withChannel(func(w http.ResponseWriter, _ *http.Request, id string) {
		s.describeTo(w, id)
	}))
	m.HandleFunc("POST /ari/channels", func(w http.ResponseWriter, r *http.Request) { s.post(w, r, "Down", false) })
	m.HandleFunc("POST /ari/channels/create", func(w http.ResponseWriter, r *http.Request) { s.post(w, r, "Down", true) })
	m.HandleFunc("POST /ari/channels/externalMedia", func(w http.ResponseWriter, r *http.Request) { s.post(w, r, "Up", true) })
	m.HandleFunc("DELETE /ari/channels/{id}", s.withChannel(func(w http.ResponseWriter, _ *http.Request, id string) {
		w.WriteHeader(204)
		s.End(id, 16, 0)
	}))
	m.HandleFunc("POST /ari/channels/{id}/answer", s.withChannel(func(w http.ResponseWriter, _ *http.Request, id string) {
		w.WriteHeader(204)
		s.SetState(id, "Up")
	}))
	m.HandleFunc("POST /ari/channels/{id}/play", s.withChannel(func(w http.ResponseWriter, r *http.Request, id string) {
		pb := r.URL.Query().Get("playbackId")
		s.locked(func() { s.playing[pb] = "channel:" + id })
		s.emitChannel(id, map[string]any{"type": "PlaybackStarted", "playback": playback(pb, "channel:"+id, "playing")})
		reply(w, 201, playback(pb, "channel:"+id, "queued"))
	}))
	m.HandleFunc("DELETE /ari/playbacks/{id}", func(w http.ResponseWriter, r *http.Request) {
		s.FinishPlayback(r.PathValue("id"), false)
		w.WriteHeader(204)
	})
	s.variableRoutes(m)
	for _, op := range []string{"POST ring", "DELETE ring", "POST moh", "DELETE moh", "POST dtmf", "POST continue", "POST dial"} {
		method, name, _ := strings.Cut(op, " ")
		m.HandleFunc(method+" /ari/channels/{id}/"+name, s.withChannel(func(w http.ResponseWriter, _ *http.Request, _ string) {
			w.WriteHeader(204)
		}))
	}
}

func (s *Server) variableRoutes(m *http.ServeMux) {
	m.HandleFunc("GET /ari/channels/{id}/variable", s.withChannel(func(w http.ResponseWriter, r *http.Request, id string) {
		s.mu.Lock()
		v, ok := s.channels[id].Variables[r.URL.Query().Get("variable")]
		s.mu.Unlock()
		if !ok {
			fail(w, 404, "Provided variable was not found")
			return
		}
		reply(w, 200, map[string]string{"value": v})
	}))
	m.HandleFunc("POST /ari/channels/{id}/variable", s.withChannel(func(w http.ResponseWriter, r *http.Request, id string) {
		var in struct{ Variable, Value string }
		if json.NewDecoder(r.Body).Decode(&in) != nil {
			fail(w, 400, "Error parsing request body")
			return
		}
		s.locked(func() { s.channels[id].Variables[in.Variable] = in.Value })
		w.WriteHeader(204)
	}))
}

// post makes a channel; enter lets it go into the application at once.
func (s *Server) post(w http.ResponseWriter, r *http.Request, state string, enter bool) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	ch, status, msg := s.place(body, state)
	if status != 0 {
		fail(w, status, msg)
		return
	}
	if enter {
		if strings.HasSuffix(r.URL.Path, "externalMedia") {
			s.locked(func() {
				ch.Variables["UNICASTRTP_LOCAL_ADDRESS"] = "127.0.0.1"
				ch.Variables["UNICASTRTP_LOCAL_PORT"] = "14000"
			})
		}
		s.Enter(ch.ID)
	}
	s.describeTo(w, ch.ID)
}

func (s *Server) describeTo(w http.ResponseWriter, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.channels[id]; ch != nil {
		reply(w, 200, ch.describe())
		return
	}
	fail(w, 404, "Channel not found")
}

func (s *Server) withChannel(f func(http.ResponseWriter, *http.Request, string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		s.mu.Lock()
		_, ok := s.channels[id]
		s.mu.Unlock()
		if !ok {
			fail(w, http.StatusNotFound, "Channel not found")
			return
		}
		f(w, r, id)
	}
}
