package worker

import (
	"context"
	"errors"
	"fmt"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/call"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/internal/config"
)

// trunkPool takes the trunks from the configuration.
func trunkPool(trunks []config.Trunk, clock dialwright.Clock) (*campaign.TrunkPool, error) {
	all := make([]campaign.Trunk, len(trunks))
	for i, t := range trunks {
		all[i] = campaign.Trunk{Name: t.Name, Endpoint: t.Endpoint, Capacity: t.Capacity,
			CallsPerSecond: t.CallsPerSecond, NumberFormat: t.NumberFormat, CallerID: t.CallerID}
	}
	pool, err := campaign.NewTrunkPool(all, clock)
	if err != nil {
		return nil, fmt.Errorf("trunks: %w", err)
	}
	return pool, nil
}

// lines are a campaign's trunks, as a call asks for them.
type lines struct {
	w      *Worker
	trunks []string
	speech bool // what the customer says is to be recognised
}

// Next reserves a line.
func (l lines) Next(ctx context.Context, number dialwright.Number, tried []string) (call.Line, error) {
	t, release, err := l.w.trunks.Next(ctx, l.trunks, tried)
	if errors.Is(err, campaign.ErrNoTrunk) {
		return call.Line{}, fmt.Errorf("%w: %w", call.ErrNoLine, err)
	}
	if err != nil {
		return call.Line{}, err
	}
	var codecs []string
	for _, c := range l.w.o.Config.Trunks {
		if c.Name == t.Name {
			codecs = c.Codecs
		}
	}
	return call.Line{Trunk: t.Name, Endpoint: t.Dial(number), CallerID: t.CallerID, Release: release,
		Format: formatFor(codecs, l.w.o.Config.Media.Format, l.speech)}, nil
}
