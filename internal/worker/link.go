package worker

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/dialwright/dialwright/ari"
	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
)

// link is one Stasis application's connection and whether it is up.
type link struct {
	client *ari.Client

	mu      sync.Mutex
	up      bool
	changed chan struct{} // closed and replaced at each change
}

// connect opens a connection and tries again while Asterisk cannot be
// reached. What trying again does not mend ends it.
func connect(ctx context.Context, o ari.Options, waiting func(error)) (*link, error) {
	l := &link{changed: make(chan struct{})}
	o.OnState = l.state
	wait := backoff.NewExponentialBackOff()
	wait.MaxInterval = 5 * time.Second
	client, err := backoff.Retry(ctx, func() (*ari.Client, error) {
		c, err := ari.Dial(ctx, o)
		if err != nil && !errors.Is(err, ari.ErrUnavailable) && !errors.Is(err, ari.ErrTimeout) {
			return nil, backoff.Permanent(err)
		}
		return c, err
	}, backoff.WithBackOff(wait), backoff.WithMaxElapsedTime(0), backoff.WithNotify(func(err error, _ time.Duration) { waiting(err) }))
	if err != nil {
		return nil, fmt.Errorf("connecting to Asterisk at %s as application %s: %w%s", o.URL, o.App, err, remedy(err))
	}
	l.client = client
	l.state(ari.State{Connected: true})
	return l, nil
}

func (l *link) state(s ari.State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up = s.Connected
	close(l.changed)
	l.changed = make(chan struct{})
}

// isUp reports whether the connection is up now.
func (l *link) isUp() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.up
}

// wait returns when the connection is up, or will never be again.
func (l *link) wait(ctx context.Context) error {
	for {
		l.mu.Lock()
		up, changed := l.up, l.changed
		l.mu.Unlock()
		if up {
			return nil
		}
		select {
		case <-changed:
		case <-l.client.Done():
			return l.client.Err()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// equipped is nil when the connected Asterisk runs all that calls need.
func equipped(client *ari.Client, url string) error {
	err := asteriskconfig.CheckModules(client.Info().Modules)
	if err == nil {
		return nil
	}
	return fmt.Errorf("the Asterisk at %s cannot carry calls: %w%s", url, err, remedy(err))
}

// remedy says how to mend what keeps Asterisk from being used, on a line of
// its own.
func remedy(err error) string {
	var missing *asteriskconfig.MissingError
	switch {
	case errors.As(err, &missing):
		return "\n" + missing.Remedy()
	case errors.Is(err, ari.ErrUnauthorized):
		return "\nset asterisk.username and asterisk.password to those in ari.conf; `dialwright doctor` tries them"
	case errors.Is(err, ari.ErrForbidden):
		return "\nthe user in ari.conf must not be read_only"
	case errors.Is(err, ari.ErrVersion):
		return "\nDialwright needs Asterisk 20 or later, or 16 with RTP alone: upgrade Asterisk"
	case errors.Is(err, ari.ErrNotFound):
		return "\nis asterisk.url right, and is res_ari loaded? `dialwright doctor` looks at every module"
	case errors.Is(err, ari.ErrUnavailable), errors.Is(err, ari.ErrTimeout):
		return "\nstart Asterisk; see that asterisk.url is right, and that http.conf has enabled=yes with that bindaddr and bindport"
	}
	return ""
}
