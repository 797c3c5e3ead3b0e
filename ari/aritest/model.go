package aritest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func (c *Channel) describe() map[string]any {
	app, data := "AppDial2", "(Outgoing Line)"
	if c.Stasis {
		app, data = "Stasis", c.App
		if c.AppArgs != "" {
			data += "," + c.AppArgs
		}
	}
	return map[string]any{
		"id": c.ID, "name": c.Name, "state": c.State, "protocol_id": "", "accountcode": "",
		"caller":    map[string]string{"name": "", "number": ""},
		"connected": map[string]string{"name": "", "number": ""},
		"dialplan": map[string]any{"context": "default", "exten": "s", "priority": 1,
			"app_name": app, "app_data": data},
		"creationtime": c.Created.Format(timeFormat), "language": "en", "channelvars": c.Variables,
	}
}

// AddChannel puts a channel there without an event, as one that came in a gap.
// Its application, if named, is subscribed to it.
func (s *Server) AddChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Created.IsZero() {
		c.Created = time.Now()
	}
	if c.Name == "" {
		c.Name = "PJSIP/" + c.ID
	}
	s.channels[c.ID] = &c
	if c.App != "" {
		s.app(c.App).channels[c.ID] = true
	}
}

// Vanish removes a channel without an event, as an end in a gap.
func (s *Server) Vanish(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.channels, id)
	for _, a := range s.apps {
		delete(a.channels, id)
	}
}

// VanishBridge removes a bridge without an event.
func (s *Server) VanishBridge(id string) { s.locked(func() { delete(s.bridges, id) }) }

// FinishPlayback ends a playback; with an event unless silent.
func (s *Server) FinishPlayback(id string, silent bool) {
	s.mu.Lock()
	target := s.playing[id]
	delete(s.playing, id)
	s.mu.Unlock()
	if !silent {
		s.emitChannel(strings.TrimPrefix(target, "channel:"), map[string]any{"type": "PlaybackFinished",
			"playback": playback(id, target, "done")})
	}
}

func playback(id, target, state string) map[string]any {
	return map[string]any{"id": id, "target_uri": target, "state": state, "media_uri": "", "language": "en"}
}

// Channels returns the ids of the channels there are.
func (s *Server) Channels() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for id := range s.channels {
		ids = append(ids, id)
	}
	return ids
}

func (s *Server) event(kind, id string, more map[string]any) {
	s.mu.Lock()
	ch := s.channels[id]
	var desc map[string]any
	if ch != nil {
		desc = ch.describe()
	}
	s.mu.Unlock()
	if desc == nil {
		return
	}
	ev := map[string]any{"type": kind, "channel": desc}
	for k, v := range more {
		ev[k] = v
	}
	s.emitChannel(id, ev)
}

// SetState moves a channel to another state, with its event.
func (s *Server) SetState(id, state string) {
	s.locked(func() {
		if ch := s.channels[id]; ch != nil {
			ch.State = state
		}
	})
	s.event("ChannelStateChange", id, nil)
}

// Answer lets a channel be answered: it goes Up and enters its application.
func (s *Server) Answer(id string) {
	s.SetState(id, "Up")
	s.Enter(id)
}

// Enter lets a channel enter its application.
func (s *Server) Enter(id string) {
	var args []string
	s.locked(func() {
		if ch := s.channels[id]; ch != nil {
			ch.Stasis = true
			if ch.AppArgs != "" {
				args = strings.Split(ch.AppArgs, ",")
			}
		}
	})
	if args == nil {
		args = []string{}
	}
	s.event("StasisStart", id, map[string]any{"args": args})
}

// Digit presses a key.
func (s *Server) Digit(id, digit string) {
	s.event("ChannelDtmfReceived", id, map[string]any{"digit": digit, "duration_ms": 100})
}

// End ends a channel with a Q.850 cause and, if not 0, a protocol's own (SIP status).
func (s *Server) End(id string, cause, tech int) {
	s.mu.Lock()
	ch := s.channels[id]
	stasis := ch != nil && ch.Stasis
	s.mu.Unlock()
	if ch == nil {
		return
	}
	if stasis {
		s.event("StasisEnd", id, nil)
	}
	more := map[string]any{"cause": cause, "cause_txt": "cause " + strconv.Itoa(cause)}
	if tech != 0 {
		more["tech_cause"] = tech
	}
	s.event("ChannelDestroyed", id, more)
	s.Vanish(id)
}

// place makes a channel for a request body; status 0 means that it was made.
func (s *Server) place(body []byte, state string) (*Channel, int, string) {
	var in struct {
		ChannelID, Endpoint, App, AppArgs string
		Variables                         map[string]string
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, http.StatusBadRequest, "Error parsing request body"
	}
	s.mu.Lock()
	_, taken := s.channels[in.ChannelID]
	s.mu.Unlock()
	if taken {
		return nil, http.StatusConflict, "Channel with given unique ID already exists"
	}
	if in.Variables == nil {
		in.Variables = map[string]string{}
	}
	s.AddChannel(Channel{ID: in.ChannelID, Name: in.Endpoint, State: state, App: in.App, AppArgs: in.AppArgs,
		Variables: in.Variables})
	s.event("ChannelCreated", in.ChannelID, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.channels[in.ChannelID], 0, ""
}
