package ari

import (
	"context"
	"errors"
	"fmt"
	"strings"

	ariv6 "github.com/CyCoreSystems/ari/v6"
)

// CreateBridge makes a bridge under an id of our choice. kind is a comma-separated list
// of mixing, holding, dtmf_events, proxy_media, video_sfu; empty for mixing.
//
// Asterisk tells an application of a bridge only while a channel of its own is in it. If
// the bridge is watched, CreateBridge subscribes to it, so that its end is always heard;
// BridgeCreated comes before that and is never seen.
func (c *Client) CreateBridge(ctx context.Context, id, kind string) (ariv6.BridgeData, error) {
	var b ariv6.BridgeData
	if id == "" {
		return b, errors.New("ari: create bridge: no id")
	}
	gap := c.gap.Load()
	if err := c.api.do(ctx, "POST", "/bridges", query("bridgeId", id, "type", kind), nil, &b); err != nil {
		return b, err
	}
	c.router.noteExists(c.router.bridges, id)
	if c.router.watched(c.router.bridges, id) {
		if err := c.Subscribe(ctx, c.opts.App, "bridge:"+id); err != nil {
			return b, fmt.Errorf("ari: bridge %s is made, but its events will not come: %w", id, err)
		}
	}
	if c.gap.Load() != gap {
		if _, err := c.GetBridge(ctx, id); errors.Is(err, ErrNotFound) {
			c.router.endAll(living{bridges: []string{id}}, c.opts.App)
		}
	}
	return b, nil
}

// GetBridge describes a bridge; ErrNotFound if there is none.
func (c *Client) GetBridge(ctx context.Context, id string) (ariv6.BridgeData, error) {
	var b ariv6.BridgeData
	err := c.api.do(ctx, "GET", path("bridges", id), nil, nil, &b)
	return b, err
}

// ListBridges describes all bridges of this Asterisk.
func (c *Client) ListBridges(ctx context.Context) ([]ariv6.BridgeData, error) {
	var bs []ariv6.BridgeData
	err := c.api.do(ctx, "GET", "/bridges", nil, nil, &bs)
	return bs, err
}

// AddToBridge puts channels into a bridge, taking them out of another if need be.
// ErrNotInStasis: a channel has not entered its application yet.
func (c *Client) AddToBridge(ctx context.Context, bridge string, channels ...string) error {
	return c.api.do(ctx, "POST", path("bridges", bridge, "addChannel"),
		query("channel", strings.Join(channels, ",")), nil, nil)
}

// RemoveFromBridge takes channels out of a bridge; they stay in the application.
func (c *Client) RemoveFromBridge(ctx context.Context, bridge string, channels ...string) error {
	return c.api.do(ctx, "POST", path("bridges", bridge, "removeChannel"),
		query("channel", strings.Join(channels, ",")), nil, nil)
}

// DestroyBridge ends a bridge; its channels stay in the application. ErrNotFound: it has
// ended already.
func (c *Client) DestroyBridge(ctx context.Context, id string) error {
	err := c.api.do(ctx, "DELETE", path("bridges", id), nil, nil, nil)
	// Asterisk drops a bridge's snapshot a moment after the bridge, and answers
	// 409 ("not in Stasis application") in between.
	if errors.Is(err, ErrConflict) {
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return err
}

// StartBridgeMOH plays hold music to a bridge; an empty class means the default one.
func (c *Client) StartBridgeMOH(ctx context.Context, id, class string) error {
	return c.api.do(ctx, "POST", path("bridges", id, "moh"), query("mohClass", class), nil, nil)
}

// StopBridgeMOH ends hold music in a bridge.
func (c *Client) StopBridgeMOH(ctx context.Context, id string) error {
	return c.api.do(ctx, "DELETE", path("bridges", id, "moh"), nil, nil, nil)
}
