// Package routing decides which human agent takes a customer, and says why.
package routing

import (
	"context"
	"errors"
	"time"

	"github.com/dialwright/dialwright"
)

// State is what an agent is doing.
type State string

// The states. Ringing, Talking and WrapUp belong to a call.
const (
	Off     State = "off"
	Ready   State = "ready"
	Ringing State = "ringing"
	Talking State = "talking"
	WrapUp  State = "wrap_up"
)

// Agent is one human agent.
type Agent struct {
	ID       dialwright.AgentID  `json:"id" yaml:"name" db:"id"`
	Endpoint string              `json:"endpoint" yaml:"endpoint" db:"endpoint"` // Asterisk dial string, PJSIP/anna
	Groups   map[string]int      `json:"groups" yaml:"groups" db:"-"`            // skill group to weight, 1 or more
	WrapUp   time.Duration       `json:"wrap_up" yaml:"wrap_up" db:"wrap_up"`    // pause after each call
	State    State               `json:"state" yaml:"-" db:"state"`
	Since    time.Time           `json:"since" yaml:"-" db:"since"`
	Call     dialwright.CallID   `json:"call,omitempty" yaml:"-" db:"call"`
	Worker   dialwright.WorkerID `json:"-" yaml:"-" db:"worker"`
	// Until is when the wrap-up ends; the agent counts as ready from then on.
	Until time.Time `json:"until,omitzero" yaml:"-" db:"until"`
	// Next is the state the agent asked for while busy with a call; it is
	// taken up when the call lets go. Empty: none.
	Next State `json:"next,omitempty" yaml:"-" db:"next"`
}

// ReadyAt reports whether the agent can be given a customer at that time.
func (a Agent) ReadyAt(at time.Time) bool {
	return a.State == Ready || a.State == WrapUp && !a.Until.After(at)
}

// Idle is how long the agent has been ready at that time.
func (a Agent) Idle(at time.Time) time.Duration {
	if a.State == WrapUp {
		return max(0, at.Sub(a.Until))
	}
	return max(0, at.Sub(a.Since))
}

// Need is a customer who wants a human.
type Need struct {
	Call    dialwright.CallID
	Group   string
	Exclude []dialwright.AgentID // already rung for this customer
	At      time.Time
}

// Offer is one agent, reserved for one customer and in state Ringing. Exactly
// one of Declined, or Connected followed by Ended, must follow.
type Offer struct {
	Agent Agent
	Call  dialwright.CallID
	Group string
	Why   string // the decision explained: "weight 3 of 5, 2 ready, idle for 40s"
}

// ErrNobody means that no agent of the group is ready now.
var ErrNobody = errors.New("no agent is ready")

// ErrNoGroup means that the skill group is not configured.
var ErrNoGroup = errors.New("no such skill group")

// Desk is what a call needs of the routing: the one matcher over all queues.
type Desk interface {
	// Reserve picks a ready agent by smooth weighted round robin and moves
	// it to Ringing in one step; ErrNobody, ErrNoGroup.
	Reserve(ctx context.Context, need Need) (Offer, error)
	// Declined returns the agent: to Ready when it was our doing, to Off
	// when noAnswer is set (an agent who lets it ring is not there).
	Declined(ctx context.Context, offer Offer, noAnswer bool, at time.Time) error
	Connected(ctx context.Context, offer Offer, at time.Time) error
	// Ended starts the wrap-up.
	Ended(ctx context.Context, offer Offer, at time.Time) error
	// Changed is closed at the next change that could make an agent ready.
	Changed() <-chan struct{}
}
