package web

import (
	"context"
	"errors"
	"time"

	"github.com/dialwright/dialwright"
)

// ErrNotLive means that no such call is running here.
var ErrNotLive = errors.New("no such call is running here")

// Live shows the calls that run in this process.
type Live interface {
	// Calls lists the running calls, oldest first.
	Calls() []LiveCall
	// Follow hands over a call's events as they happen. It returns nil when
	// the call or the context has ended, ErrNotLive when there is no such call.
	Follow(ctx context.Context, id dialwright.CallID, each func(LiveEvent)) error
	// Listen hands over a call's audio as it is heard, both sides as they
	// come. It returns as Follow does.
	Listen(ctx context.Context, id dialwright.CallID, each func(LiveAudio)) error
}

// LiveCall is one running call.
type LiveCall struct {
	Call     dialwright.CallID     `json:"call"`
	Campaign dialwright.CampaignID `json:"campaign,omitempty"`
	Number   dialwright.Number     `json:"number,omitempty"`
	Since    time.Time             `json:"since,omitzero"`
}

// LiveEvent is something that happened in a running call just now.
type LiveEvent struct {
	Call       dialwright.CallID `json:"call"`
	At         time.Time         `json:"at"`
	Kind       string            `json:"kind"` // line, node, slot, outcome, ...
	Who        string            `json:"who,omitempty"`
	Text       string            `json:"text,omitempty"`
	Confidence float64           `json:"confidence,omitempty"`
}

// LiveAudio is a piece of one side of a running call: mono, 16 bits.
type LiveAudio struct {
	Customer bool // else Dialwright or the agent
	Rate     int  // samples per second
	PCM      []int16
}
