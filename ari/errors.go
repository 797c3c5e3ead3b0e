package ari

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
)

// What can go wrong, for errors.Is. An error may match one of these and be an
// *APIError at the same time.
var (
	// ErrUnauthorized: Asterisk did not accept the user name or password (401).
	ErrUnauthorized = errors.New("ari: wrong user name or password")
	// ErrForbidden: the ARI user may not do this (403), as with read_only=yes in ari.conf.
	ErrForbidden = errors.New("ari: not permitted to this ARI user")
	// ErrNotFound: no such channel, bridge, application, module or address (404).
	ErrNotFound = errors.New("ari: not found")
	// ErrConflict: the id is in use, or the object is not in a fitting state (409).
	ErrConflict = errors.New("ari: conflict")
	// ErrInvalidState: the object exists but cannot do this now (412).
	ErrInvalidState = errors.New("ari: object in an unsuitable state")
	// ErrNotInStasis: the channel is not (yet) in a Stasis application (422). A channel
	// can be asked for successfully a moment before it enters.
	ErrNotInStasis = errors.New("ari: channel not in a Stasis application")
	// ErrUnavailable: Asterisk could not be reached, hung up in mid-request, or is still
	// booting (503). Whether a request that broke off took effect is not known.
	ErrUnavailable = errors.New("ari: Asterisk unavailable")
	// ErrTimeout: no answer in time. Whether the request took effect is not known.
	ErrTimeout = errors.New("ari: no answer in time")
	// ErrVersion: this Asterisk is too old.
	ErrVersion = errors.New("ari: unsupported Asterisk version")
	// ErrUnsupported: this Asterisk has no such operation.
	ErrUnsupported = errors.New("ari: not supported by this Asterisk")
	// ErrTooLarge: the request exceeds what Asterisk accepts.
	ErrTooLarge = errors.New("ari: request too large for Asterisk")
	// ErrReplaced: another websocket took our application over; this client has stopped.
	ErrReplaced = errors.New("ari: application taken over by another connection")
	// ErrClosed: the client was closed.
	ErrClosed = errors.New("ari: client closed")
)

// APIError is an answer by which Asterisk refused a request.
type APIError struct {
	Method  string // HTTP method
	Path    string // path below the ARI root, without the query
	Status  int    // HTTP status code
	Message string // Asterisk's own words, may be empty
}

// Error names the request, the status and what Asterisk said.
func (e *APIError) Error() string {
	msg := e.Message
	if msg == "" {
		msg = http.StatusText(e.Status)
	}
	return fmt.Sprintf("ari: %s %s: %d %s", e.Method, e.Path, e.Status, msg)
}

// Is lets errors.Is classify an answer by its status.
func (e *APIError) Is(target error) bool {
	switch e.Status {
	case http.StatusUnauthorized:
		return target == ErrUnauthorized
	case http.StatusForbidden:
		return target == ErrForbidden
	case http.StatusNotFound:
		return target == ErrNotFound
	case http.StatusConflict:
		return target == ErrConflict
	case http.StatusPreconditionFailed:
		return target == ErrInvalidState
	case http.StatusUnprocessableEntity:
		return target == ErrNotInStasis
	case http.StatusRequestEntityTooLarge:
		return target == ErrTooLarge
	case http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		return target == ErrUnavailable
	}
	return false
}

// transportError classifies a failure to get any answer at all. parent is the
// caller's context, which tells the caller's own deadline from ours.
func transportError(parent context.Context, what string, err error) error {
	if perr := parent.Err(); perr != nil {
		if errors.Is(perr, context.DeadlineExceeded) {
			return fmt.Errorf("%s: %w: %w", what, ErrTimeout, perr)
		}
		return fmt.Errorf("%s: %w", what, perr)
	}
	var ne net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		(errors.As(err, &ne) && ne.Timeout()) {
		return fmt.Errorf("%s: %w: %w", what, ErrTimeout, err)
	}
	return fmt.Errorf("%s: %w: %w", what, ErrUnavailable, err)
}
