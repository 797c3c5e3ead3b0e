package ari

import (
	"context"
	"fmt"

	ariv6 "github.com/CyCoreSystems/ari/v6"
)

// Ping makes sure that Asterisk's REST interface answers.
func (c *Client) Ping(ctx context.Context) error {
	var p struct {
		Ping string `json:"ping"`
	}
	if err := c.api.do(ctx, "GET", "/asterisk/ping", nil, nil, &p); err != nil {
		return err
	}
	if p.Ping != "pong" {
		return fmt.Errorf("ari: ping: %w: %q", errBadAnswer, p.Ping)
	}
	return nil
}

// Modules lists the loaded modules.
func (c *Client) Modules(ctx context.Context) ([]ariv6.ModuleData, error) {
	var ms []ariv6.ModuleData
	err := c.api.do(ctx, "GET", "/asterisk/modules", nil, nil, &ms)
	return ms, err
}

// Module describes one loaded module, as in chan_pjsip.so; ErrNotFound if not loaded.
func (c *Client) Module(ctx context.Context, name string) (ariv6.ModuleData, error) {
	var m ariv6.ModuleData
	err := c.api.do(ctx, "GET", path("asterisk", "modules", name), nil, nil, &m)
	return m, err
}

// Applications lists the Stasis applications.
func (c *Client) Applications(ctx context.Context) ([]ariv6.ApplicationData, error) {
	var as []ariv6.ApplicationData
	err := c.api.do(ctx, "GET", "/applications", nil, nil, &as)
	return as, err
}

// Application describes one application and what it is subscribed to. A channel that
// it is subscribed to need not be in Stasis: see ChannelInfo.AppName.
func (c *Client) Application(ctx context.Context, name string) (ariv6.ApplicationData, error) {
	var a ariv6.ApplicationData
	err := c.api.do(ctx, "GET", path("applications", name), nil, nil, &a)
	return a, err
}

// EventFilter says which types of event an application wants: only those allowed, and
// none of those disallowed. nil for both means all.
func (c *Client) EventFilter(ctx context.Context, app string, allowed, disallowed []string) error {
	type kind struct {
		Type string `json:"type"`
	}
	list := func(names []string) []kind {
		out := []kind{}
		for _, n := range names {
			out = append(out, kind{n})
		}
		return out
	}
	body := map[string]any{"allowed": list(allowed), "disallowed": list(disallowed)}
	return c.api.do(ctx, "PUT", path("applications", app, "eventFilter"), nil, body, nil)
}

// Subscribe adds a source of events to an application: channel:ID, bridge:ID,
// endpoint:TECH/RESOURCE, deviceState:NAME.
func (c *Client) Subscribe(ctx context.Context, app, source string) error {
	return c.api.do(ctx, "POST", path("applications", app, "subscription"), query("eventSource", source), nil, nil)
}

// Unsubscribe undoes Subscribe.
func (c *Client) Unsubscribe(ctx context.Context, app, source string) error {
	return c.api.do(ctx, "DELETE", path("applications", app, "subscription"), query("eventSource", source), nil, nil)
}

// DeviceState reads a device's state: UNKNOWN, NOT_INUSE, INUSE, BUSY, INVALID,
// UNAVAILABLE, RINGING, RINGINUSE, ONHOLD.
func (c *Client) DeviceState(ctx context.Context, name string) (string, error) {
	var d ariv6.DeviceStateData
	err := c.api.do(ctx, "GET", path("deviceStates", name), nil, nil, &d)
	return d.State, err
}

// SetDeviceState sets the state of a device that ARI controls (Stasis:NAME).
func (c *Client) SetDeviceState(ctx context.Context, name, state string) error {
	return c.api.do(ctx, "PUT", path("deviceStates", name), query("deviceState", state), nil, nil)
}

// DeleteDeviceState removes a device that ARI controls.
func (c *Client) DeleteDeviceState(ctx context.Context, name string) error {
	return c.api.do(ctx, "DELETE", path("deviceStates", name), nil, nil, nil)
}

// Endpoint describes one endpoint, as in PJSIP and trunk-a.
func (c *Client) Endpoint(ctx context.Context, tech, resource string) (ariv6.EndpointData, error) {
	var e ariv6.EndpointData
	err := c.api.do(ctx, "GET", path("endpoints", tech, resource), nil, nil, &e)
	return e, err
}

// Endpoints lists all endpoints.
func (c *Client) Endpoints(ctx context.Context) ([]ariv6.EndpointData, error) {
	var es []ariv6.EndpointData
	err := c.api.do(ctx, "GET", "/endpoints", nil, nil, &es)
	return es, err
}
