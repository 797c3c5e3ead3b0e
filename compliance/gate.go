package compliance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dialwright/dialwright"
)

// ClearanceLife is how long a clearance may be used after it was given.
const ClearanceLife = 30 * time.Second

// Gate is the one place that lets a customer's number be dialled.
type Gate struct {
	ledger Ledger
	clock  dialwright.Clock
}

// NewGate makes a gate over a ledger.
func NewGate(ledger Ledger, clock dialwright.Clock) *Gate {
	return &Gate{ledger: ledger, clock: clock}
}

// Clear decides about one try and records the decision. The clearance is nil
// when the decision is a refusal, and when an error kept it from being
// recorded: what is not in the audit log does not happen. A zero req.At means
// now.
func (g *Gate) Clear(ctx context.Context, req Request) (*Clearance, Decision, error) {
	if req.At.IsZero() {
		req.At = g.clock.Now()
	}
	if req.Call == "" || req.Try < 1 {
		return nil, Decision{}, errors.New("compliance: a clearance needs a call and a try counted from 1")
	}
	if err := req.Rules.Check(); err != nil {
		return nil, Decision{}, fmt.Errorf("clear %s for call %s: %w", req.Number, req.Call, err)
	}
	decision, err := g.ledger.Reserve(ctx, req, func(h History) Decision { return decide(req, h) })
	if err != nil {
		return nil, Decision{}, fmt.Errorf("clear %s for call %s: %w", req.Number, req.Call, err)
	}
	if !decision.Allowed {
		return nil, decision, nil
	}
	return &Clearance{call: req.Call, try: req.Try, number: req.Number, expires: req.At.Add(ClearanceLife)}, decision, nil
}

// Explain tells what each rule has to say, the refusals among them, without
// reserving or recording anything.
func (g *Gate) Explain(ctx context.Context, req Request) ([]Decision, error) {
	if req.At.IsZero() {
		req.At = g.clock.Now()
	}
	if err := req.Rules.Check(); err != nil {
		return nil, fmt.Errorf("explain %s: %w", req.Number, err)
	}
	h, err := g.ledger.History(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("explain %s: %w", req.Number, err)
	}
	return judge(req, h), nil
}
