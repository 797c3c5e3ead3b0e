package dialwright

import "time"

// Clock tells the time. Everything that decides by time takes one, so that a
// campaign can run in simulated time.
type Clock interface {
	Now() time.Time
}

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now is time.Now.
func (SystemClock) Now() time.Time { return time.Now() }
