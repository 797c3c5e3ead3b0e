package ari

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	ariv6 "github.com/CyCoreSystems/ari/v6"
)

// Event is one thing that happened in Asterisk, or (Synthetic) one that must have
// happened while nobody was listening.
type Event struct {
	Type      string // Asterisk's name of the event, or TypeReconnected, TypeMalformed
	ChannelID string // the channel it is mainly about (of Dial: the called one); may be empty
	BridgeID  string // the bridge it names; may be empty
	At        time.Time
	V6        ariv6.Event     // never nil; a *GenericEvent where the v6 library has no type or failed
	Raw       json.RawMessage // as received; of a synthetic event: as Asterisk would have sent it

	Cause     int    // Q.850 cause of ChannelDestroyed and ChannelHangupRequest; 0 unknown
	CauseText string // Asterisk's words for it
	TechCause int    // protocol's own cause, for SIP the status code; 0 when Asterisk gave none
	State     string // channel state the event reports ("Up", "Ringing", ...); may be empty
	Synthetic bool   // made by reconciliation after a gap

	channels, bridges  []string // everything the event names, for routing
	playback, recorded string   // id or name, of Playback… and Recording… events
	target             string   // "channel:ID" or "bridge:ID" of those
}

// Types of events that Asterisk does not send.
const (
	// TypeReconnected comes on Unclaimed after the websocket was opened again and all
	// synthetic events have been queued. V6 is a *Reconnected.
	TypeReconnected = "Reconnected"
	// TypeMalformed comes on Unclaimed for a message that is not an event. Raw holds the
	// message (cut to 64 KiB) as a JSON string.
	TypeMalformed = "Malformed"
)

type idOnly struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

// envelope is what routing needs from any event; everything may be absent.
type envelope struct {
	Type        string          `json:"type"`
	Timestamp   string          `json:"timestamp"`
	Application string          `json:"application"`
	Node        string          `json:"asterisk_id"`
	Channel     *idOnly         `json:"channel"`
	Peer        json.RawMessage `json:"peer"` // a channel in Dial, a SIP peer in PeerStatusChange
	Caller      *idOnly         `json:"caller"`
	Forwarded   *idOnly         `json:"forwarded"`
	Replace     *idOnly         `json:"replace_channel"`
	Transferee  *idOnly         `json:"transferee"`
	Transferer  *idOnly         `json:"transferer"`
	First       *idOnly         `json:"transferer_first_leg"`
	Second      *idOnly         `json:"transferer_second_leg"`
	Target      *idOnly         `json:"transfer_target"`
	Bridge      *idOnly         `json:"bridge"`
	BridgeFrom  *idOnly         `json:"bridge_from"`
	Playback    *struct {
		ID     string `json:"id"`
		Target string `json:"target_uri"`
	} `json:"playback"`
	Recording *struct {
		Name   string `json:"name"`
		Target string `json:"target_uri"`
	} `json:"recording"`
	Cause     json.RawMessage `json:"cause"`
	CauseText string          `json:"cause_txt"`
	TechCause json.RawMessage `json:"tech_cause"`
}

// decodeEvent parses one websocket message. It fails only if the message is no JSON
// object with a type: a field the v6 library cannot digest costs the typed value, not
// the event.
func decodeEvent(data []byte) (Event, error) {
	var env envelope
	if err := json.Unmarshal(data, &env); err != nil {
		// A surprise in one field must not hide the event: keep type and channel.
		var least struct {
			Type    string          `json:"type"`
			Channel json.RawMessage `json:"channel"`
		}
		if json.Unmarshal(data, &least) != nil {
			return Event{}, fmt.Errorf("ari: decode event: %w", err)
		}
		env = envelope{Type: least.Type}
		var ch idOnly
		if json.Unmarshal(least.Channel, &ch) == nil {
			env.Channel = &ch
		}
	}
	if env.Type == "" {
		return Event{}, fmt.Errorf("ari: decode event: no type")
	}
	ev := Event{
		Type: env.Type, Raw: json.RawMessage(data), CauseText: env.CauseText,
		Cause: looseInt(env.Cause), TechCause: looseInt(env.TechCause),
	}
	// A time in another shape leaves At zero; the reader then puts the time of arrival.
	if t, err := time.Parse(ariv6.DateFormat, env.Timestamp); err == nil {
		ev.At = t
	}
	ev.V6 = typed(data, env)
	ev.collect(env)
	return ev, nil
}

// looseInt reads a number that may be absent, null or quoted.
func looseInt(raw json.RawMessage) int {
	var n json.Number
	if json.Unmarshal(raw, &n) != nil {
		return 0
	}
	i, err := n.Int64()
	if err != nil || int64(int(i)) != i {
		return 0
	}
	return int(i)
}

// collect notes the channels and bridges the event names, the most important first.
func (e *Event) collect(env envelope) {
	peer := &idOnly{}
	if env.Type == "Dial" && json.Unmarshal(env.Peer, peer) == nil {
		e.addChannel(peer)
	}
	for _, ch := range []*idOnly{env.Channel, env.Caller, env.Forwarded, env.Replace, env.Transferee,
		env.Transferer, env.First, env.Second, env.Target} {
		e.addChannel(ch)
	}
	for _, b := range []*idOnly{env.Bridge, env.BridgeFrom} {
		if b != nil && b.ID != "" {
			e.bridges = append(e.bridges, b.ID)
		}
	}
	if p := env.Playback; p != nil {
		e.playback, e.target = p.ID, p.Target
	}
	if r := env.Recording; r != nil {
		e.recorded, e.target = r.Name, r.Target
	}
	kind, id, _ := strings.Cut(e.target, ":")
	switch {
	case id == "":
	case kind == "channel":
		e.channels = append(e.channels, id)
	case kind == "bridge":
		e.bridges = append(e.bridges, id)
	}
	e.collectKeys()
	if len(e.channels) > 0 {
		e.ChannelID = e.channels[0]
	}
	if len(e.bridges) > 0 {
		e.BridgeID = e.bridges[0]
	}
}

// collectKeys adds what only the typed value knows to be a channel or a bridge.
func (e *Event) collectKeys() {
	for _, k := range e.V6.Keys() {
		switch {
		case k == nil || k.ID == "":
		case k.Kind == ariv6.ChannelKey:
			e.addChannel(&idOnly{ID: k.ID})
		case k.Kind == ariv6.BridgeKey && !names(e.bridges, k.ID):
			e.bridges = append(e.bridges, k.ID)
		}
	}
}

func (e *Event) addChannel(ch *idOnly) {
	if ch == nil || ch.ID == "" {
		return
	}
	if names(e.channels, ch.ID) {
		return
	}
	if len(e.channels) == 0 {
		e.State = ch.State
	}
	e.channels = append(e.channels, ch.ID)
}

func malformed(data []byte) Event {
	const keep = 64 << 10
	if len(data) > keep {
		data = data[:keep]
	}
	// A Go string always encodes: invalid UTF-8 becomes U+FFFD.
	quoted, _ := json.Marshal(string(data))
	return Event{
		Type: TypeMalformed, Raw: quoted,
		V6: &GenericEvent{EventData: ariv6.EventData{Type: TypeMalformed}},
	}
}
