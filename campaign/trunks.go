package campaign

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/dialwright/dialwright"
)

// Formats of the number in a trunk's dial string.
const (
	FormatE164     = "e164"     // +8613800138000
	FormatDigits   = "digits"   // 8613800138000
	FormatNational = "national" // 13800138000, 01062345678: as dialled in the number's own country
)

// Trunk is one way out to the telephone network.
type Trunk struct {
	Name           string
	Endpoint       string  // dial string; {number} stands for the number
	Capacity       int     // calls at once; 0: no limit
	CallsPerSecond float64 // new calls; 0: no limit
	NumberFormat   string
	CallerID       string // empty: the campaign's
}

// Dial gives what Asterisk dials to reach a number over the trunk.
func (t Trunk) Dial(n dialwright.Number) string {
	text := string(n)
	switch t.NumberFormat {
	case FormatDigits:
		text = n.Digits()
	case FormatNational:
		if parsed, err := phonenumbers.Parse(text, ""); err == nil {
			text = strings.Map(func(r rune) rune {
				if r < '0' || r > '9' {
					return -1
				}
				return r
			}, phonenumbers.Format(parsed, phonenumbers.NATIONAL))
		}
	}
	return strings.ReplaceAll(t.Endpoint, "{number}", text)
}

// Errors of a TrunkPool.
var (
	ErrNoTrunk = errors.New("no trunk is free")
	ErrTrunk   = errors.New("not a trunk")
)

const (
	// trunkWait is how long a call waits for a trunk that is busy.
	trunkWait = 10 * time.Second
	// breakAfter failures in a row a trunk rests for restFirst, then is given
	// one call at a time to show that it works; the rest doubles up to restMost.
	breakAfter = 8
	restFirst  = 15 * time.Second
	restMost   = 5 * time.Minute
)

// TrunkPool hands out places on this worker's trunks.
type TrunkPool struct {
	clock  dialwright.Clock
	mu     sync.Mutex
	trunks map[string]*trunkState
	freed  chan struct{} // closed and replaced when something becomes free
}

type trunkState struct {
	Trunk
	live    int
	tokenAt time.Time // when the rate allows the next call
	fails   int       // in a row
	rest    time.Duration
	restTo  time.Time
	probing bool
	placed  int
}

// NewTrunkPool makes a pool; ErrTrunk when a trunk makes no sense.
func NewTrunkPool(trunks []Trunk, clock dialwright.Clock) (*TrunkPool, error) {
	p := &TrunkPool{clock: clock, trunks: map[string]*trunkState{}, freed: make(chan struct{})}
	for _, t := range trunks {
		switch {
		case t.Name == "" || p.trunks[t.Name] != nil:
			return nil, fmt.Errorf("%w: the name %q is missing or given twice", ErrTrunk, t.Name)
		case !strings.Contains(t.Endpoint, "{number}"):
			return nil, fmt.Errorf("%w: %s: endpoint %q has no place for the number, as in PJSIP/{number}@%s", ErrTrunk, t.Name, t.Endpoint, t.Name)
		case t.Capacity < 0 || t.CallsPerSecond < 0:
			return nil, fmt.Errorf("%w: %s: capacity and calls per second must not be negative", ErrTrunk, t.Name)
		case !slices.Contains([]string{"", FormatE164, FormatDigits, FormatNational}, t.NumberFormat):
			return nil, fmt.Errorf("%w: %s: number format %q must be e164, digits or national", ErrTrunk, t.Name, t.NumberFormat)
		}
		p.trunks[t.Name] = &trunkState{Trunk: t}
	}
	return p, nil
}

// Check reports names that are no trunks of the pool.
func (p *TrunkPool) Check(names []string) error {
	for _, n := range names {
		if p.trunks[n] == nil {
			return fmt.Errorf("%w: %q is not configured", ErrTrunk, n)
		}
	}
	return nil
}

// Next reserves a place on the first of a campaign's trunks that was not tried
// and can take a call. When all of those are busy it waits a little for one.
// The release must be called once, with how the try ended; calling it again
// does nothing. ErrNoTrunk, ErrTrunk.
func (p *TrunkPool) Next(ctx context.Context, names, tried []string) (Trunk, func(dialwright.Disposition), error) {
	if err := p.Check(names); err != nil {
		return Trunk{}, nil, err
	}
	deadline := p.clock.Now().Add(trunkWait)
	for {
		t, freed, again := p.reserve(names, tried)
		if t != nil {
			return t.Trunk, p.releaser(t), nil
		}
		if again.IsZero() || again.After(deadline) {
			again = deadline
		}
		wait := again.Sub(p.clock.Now())
		if freed == nil || wait <= 0 && !again.Before(deadline) {
			return Trunk{}, nil, fmt.Errorf("%w: of %s, tried %s", ErrNoTrunk, list(names), list(tried))
		}
		timer := time.NewTimer(max(wait, time.Millisecond))
		select {
		case <-timer.C:
		case <-freed:
		case <-ctx.Done():
			timer.Stop()
			return Trunk{}, nil, fmt.Errorf("wait for a trunk of %s: %w", list(names), context.Cause(ctx))
		}
		timer.Stop()
	}
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// reserve takes a place, or tells what to wait for: freed is nil when waiting
// is of no use, again is when the rate next allows a call.
func (p *TrunkPool) reserve(names, tried []string) (t *trunkState, freed <-chan struct{}, again time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	for _, name := range names {
		t := p.trunks[name]
		if slices.Contains(tried, name) || t.resting(now) {
			continue
		}
		freed = p.freed
		if t.Capacity > 0 && t.live >= t.Capacity {
			continue
		}
		if t.CallsPerSecond > 0 && t.tokenAt.After(now) {
			if again.IsZero() || t.tokenAt.Before(again) {
				again = t.tokenAt
			}
			continue
		}
		t.take(now)
		return t, nil, time.Time{}
	}
	return nil, freed, again
}

// resting reports whether the trunk failed too often to be used now.
func (t *trunkState) resting(now time.Time) bool {
	return t.fails >= breakAfter && (t.probing || now.Before(t.restTo))
}

func (t *trunkState) take(now time.Time) {
	t.live++
	t.placed++
	t.probing = t.fails >= breakAfter
	if t.CallsPerSecond > 0 {
		t.tokenAt = now.Add(time.Duration(float64(time.Second) / t.CallsPerSecond))
	}
}

func (p *TrunkPool) releaser(t *trunkState) func(dialwright.Disposition) {
	var once sync.Once
	return func(d dialwright.Disposition) {
		once.Do(func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			t.live--
			t.judge(d, p.clock.Now())
			close(p.freed)
			p.freed = make(chan struct{})
		})
	}
}

// judge notes whether the trunk did its part.
func (t *trunkState) judge(d dialwright.Disposition, now time.Time) {
	probed := t.probing
	t.probing = false
	switch {
	case d == dialwright.Cancelled || d == dialwright.Failed || d == dialwright.Unknown || d == "":
		return // says nothing about the trunk
	case !d.FailsOver():
		t.fails, t.rest = 0, 0
		return
	}
	t.fails++
	if t.fails == breakAfter || probed {
		t.rest = min(max(2*t.rest, restFirst), restMost)
		t.restTo = now.Add(t.rest)
	}
}

// TrunkStatus is how a trunk is doing.
type TrunkStatus struct {
	Name     string    `json:"name"`
	Live     int       `json:"live"`
	Placed   int       `json:"placed"`
	Failures int       `json:"failures"`          // in a row
	RestsTo  time.Time `json:"rests_to,omitzero"` // set while it is not used because it failed
}

// Status gives all trunks, by name.
func (p *TrunkPool) Status() []TrunkStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	var out []TrunkStatus
	for _, t := range p.trunks {
		s := TrunkStatus{Name: t.Name, Live: t.live, Placed: t.placed, Failures: t.fails}
		if t.resting(now) {
			s.RestsTo = t.restTo
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b TrunkStatus) int { return strings.Compare(a.Name, b.Name) })
	return out
}
