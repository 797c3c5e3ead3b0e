package ari

import (
	"encoding/json"

	ariv6 "github.com/CyCoreSystems/ari/v6"
)

// GenericEvent stands for an event that the v6 library has no type for, or whose
// fields it could not read. Event.Raw has all of it.
type GenericEvent struct {
	ariv6.EventData
	channels []string
}

// Keys returns the keys of the channels the event names.
func (e *GenericEvent) Keys() (keys ariv6.Keys) {
	for _, id := range e.channels {
		keys = append(keys, e.Key(ariv6.ChannelKey, id))
	}
	return keys
}

// ChannelTransfer tells that a phone asks for its peer to be transferred (Asterisk 22.3
// and later, with PJSIP_TRANSFER_HANDLING()=ari-only on the channel).
type ChannelTransfer struct {
	ariv6.EventData
	State      string             `json:"state"` // of the transfer, as in channel_declined; may be empty
	ReferTo    TransferReference  `json:"refer_to"`
	ReferredBy TransferReferredBy `json:"referred_by"`
}

// TransferReference says where a transfer is to go.
type TransferReference struct {
	RequestedDestination struct {
		ProtocolID  string `json:"protocol_id"`
		Destination string `json:"destination"`
	} `json:"requested_destination"`
	DestinationChannel *ariv6.ChannelData `json:"destination_channel"` // in the dialog that is replaced
	ConnectedChannel   *ariv6.ChannelData `json:"connected_channel"`
	Bridge             *ariv6.BridgeData  `json:"bridge"`
}

// TransferReferredBy says who asks for a transfer.
type TransferReferredBy struct {
	SourceChannel    ariv6.ChannelData  `json:"source_channel"`
	ConnectedChannel *ariv6.ChannelData `json:"connected_channel"`
	Bridge           *ariv6.BridgeData  `json:"bridge"`
}

// Keys returns the keys of the channels concerned.
func (e *ChannelTransfer) Keys() (keys ariv6.Keys) {
	for _, ch := range []*ariv6.ChannelData{&e.ReferredBy.SourceChannel, e.ReferredBy.ConnectedChannel,
		e.ReferTo.DestinationChannel, e.ReferTo.ConnectedChannel} {
		if ch != nil && ch.ID != "" {
			keys = append(keys, e.Key(ariv6.ChannelKey, ch.ID))
		}
	}
	return keys
}

// ChannelToneDetected tells that a tone asked for with TONE_DETECT was heard.
type ChannelToneDetected struct {
	ariv6.EventData
	Channel ariv6.ChannelData `json:"channel"`
}

// Keys returns the channel's key.
func (e *ChannelToneDetected) Keys() (keys ariv6.Keys) {
	if e.Channel.ID != "" {
		keys = append(keys, e.Key(ariv6.ChannelKey, e.Channel.ID))
	}
	return keys
}

// ApplicationRegistered tells that a Stasis application has a listener now.
type ApplicationRegistered struct{ ariv6.EventData }

// Keys returns nothing: the event is about no channel.
func (e *ApplicationRegistered) Keys() ariv6.Keys { return nil }

// ApplicationUnregistered tells that a Stasis application has lost its listener.
type ApplicationUnregistered struct{ ariv6.EventData }

// Keys returns nothing: the event is about no channel.
func (e *ApplicationUnregistered) Keys() ariv6.Keys { return nil }

// Reconnected is Asterisk's part in no way: the client sends it on Unclaimed when the
// event connection is back and all synthetic events have been queued.
type Reconnected struct {
	ariv6.EventData
	GapMS     int64 `json:"gap_ms"`    // how long the connection was down
	Restarted bool  `json:"restarted"` // Asterisk was restarted meanwhile: every channel is gone
	Synthetic int   `json:"synthetic"` // events made up for what was missed
}

// Keys returns nothing: the event is about no channel.
func (e *Reconnected) Keys() ariv6.Keys { return nil }

// typed gives the v6 library's value of an event, or one of ours.
func typed(data []byte, env envelope) ariv6.Event {
	var own ariv6.Event
	switch env.Type {
	case "ChannelTransfer":
		own = &ChannelTransfer{}
	case "ChannelToneDetected":
		own = &ChannelToneDetected{}
	case "ApplicationRegistered":
		own = &ApplicationRegistered{}
	case "ApplicationUnregistered":
		own = &ApplicationUnregistered{}
	}
	if own != nil {
		if json.Unmarshal(data, own) == nil {
			return own
		}
	} else if ev, err := ariv6.DecodeEvent(data); err == nil && ev != nil {
		return ev
	}
	gen := &GenericEvent{EventData: ariv6.EventData{
		Application: env.Application, Node: env.Node, Type: env.Type,
	}}
	if env.Channel != nil && env.Channel.ID != "" {
		gen.channels = []string{env.Channel.ID}
	}
	return gen
}
