package report

import (
	"context"
	"errors"
	"time"

	"github.com/dialwright/dialwright"
)

// ErrNotFound means that there is no record of that call.
var ErrNotFound = errors.New("no such call")

// Store keeps call records.
type Store interface {
	// SaveCall writes a record as it stands; it may be called again and
	// again while the call runs, and replaces what was there.
	SaveCall(ctx context.Context, c Call) error
	// GetCall gives the whole record; ErrNotFound.
	GetCall(ctx context.Context, id dialwright.CallID) (Call, error)
	// ListCalls gives whole records, newest first.
	ListCalls(ctx context.Context, f Filter) ([]Call, error)
	// EachCall hands whole records to fn, oldest first, without holding them
	// all in memory. An error from fn ends it.
	EachCall(ctx context.Context, f Filter, fn func(Call) error) error
}

// Filter picks calls. Zero fields pick all.
type Filter struct {
	Campaign    dialwright.CampaignID
	Contact     dialwright.ContactID
	Number      dialwright.Number
	Disposition dialwright.Disposition
	Outcome     string
	Since       time.Time // started at or after
	Until       time.Time // started before
	Running     bool      // only calls that have not ended
	Limit       int       // of ListCalls; 0: 100
}
