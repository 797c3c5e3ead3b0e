package ari

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

func (c *Client) channelOp(ctx context.Context, method, id, op string, pairs ...string) error {
	return c.api.do(ctx, method, path("channels", id, op), query(pairs...), nil, nil)
}

// Answer answers an inbound channel.
func (c *Client) Answer(ctx context.Context, id string) error {
	return c.channelOp(ctx, "POST", id, "answer")
}

// Ring indicates ringing to the channel.
func (c *Client) Ring(ctx context.Context, id string) error {
	return c.channelOp(ctx, "POST", id, "ring")
}

// RingStop stops indicating ringing.
func (c *Client) RingStop(ctx context.Context, id string) error {
	return c.channelOp(ctx, "DELETE", id, "ring")
}

// Progress indicates progress (183) to the channel: Features.Progress (Asterisk 22.6).
func (c *Client) Progress(ctx context.Context, id string) error {
	if !c.Info().Features.Progress {
		return fmt.Errorf("ari: progress on channel %s: %w", id, ErrUnsupported)
	}
	return c.channelOp(ctx, "POST", id, "progress")
}

// Hangup ends a channel. reason is one of Asterisk's words (normal, busy, congestion,
// no_answer, timeout, rejected, unallocated, normal_unspecified, number_incomplete,
// codec_mismatch, interworking, failure, answered_elsewhere), empty for normal.
// ErrNotFound: it has ended already.
func (c *Client) Hangup(ctx context.Context, id, reason string) error {
	return c.api.do(ctx, "DELETE", path("channels", id), query("reason", reason), nil, nil)
}

// HangupCause ends a channel with a Q.850 cause, 1 to 127.
func (c *Client) HangupCause(ctx context.Context, id string, cause int) error {
	if cause < 1 || cause > 127 {
		return fmt.Errorf("ari: hang up channel %s: no Q.850 cause %d", id, cause)
	}
	return c.api.do(ctx, "DELETE", path("channels", id), query("reason_code", strconv.Itoa(cause)), nil, nil)
}

// Continue lets a channel leave the application for the dialplan. priority 0 means 1;
// an empty context or extension means the channel's own.
func (c *Client) Continue(ctx context.Context, id, dialplan, extension string, priority int) error {
	q := query("context", dialplan, "extension", extension)
	if priority > 0 {
		q.Set("priority", strconv.Itoa(priority))
	}
	return c.api.do(ctx, "POST", path("channels", id, "continue"), q, nil, nil)
}

// DTMFOptions shape the digits sent; zero values leave Asterisk's defaults (100 ms each).
type DTMFOptions struct {
	Before, Between, Duration, After time.Duration
}

// SendDTMF sends digits (0-9 A-D * #) to the channel.
func (c *Client) SendDTMF(ctx context.Context, id, digits string, o DTMFOptions) error {
	if digits == "" {
		return fmt.Errorf("ari: send DTMF to channel %s: no digits", id)
	}
	ms := func(d time.Duration) string {
		if d <= 0 {
			return ""
		}
		return strconv.FormatInt(d.Milliseconds(), 10)
	}
	return c.channelOp(ctx, "POST", id, "dtmf", "dtmf", digits, "before", ms(o.Before),
		"between", ms(o.Between), "duration", ms(o.Duration), "after", ms(o.After))
}

// GetVariable reads a channel variable or function. ErrNotFound: no such channel, or
// the variable is not set.
func (c *Client) GetVariable(ctx context.Context, id, name string) (string, error) {
	var v struct {
		Value string `json:"value"`
	}
	err := c.api.do(ctx, "GET", path("channels", id, "variable"), query("variable", name), nil, &v)
	return v.Value, err
}

// SetVariable sets a channel variable or function; an empty value unsets a variable.
func (c *Client) SetVariable(ctx context.Context, id, name, value string) error {
	if name == "" {
		return fmt.Errorf("ari: set variable of channel %s: no name", id)
	}
	body := map[string]string{"variable": name, "value": value}
	return c.api.do(ctx, "POST", path("channels", id, "variable"), nil, body, nil)
}

// Mute stops the audio of a channel; direction is in, out or both.
func (c *Client) Mute(ctx context.Context, id, direction string) error {
	return c.channelOp(ctx, "POST", id, "mute", "direction", direction)
}

// Unmute undoes Mute.
func (c *Client) Unmute(ctx context.Context, id, direction string) error {
	return c.channelOp(ctx, "DELETE", id, "mute", "direction", direction)
}

// StartMOH plays hold music to a channel; an empty class means the default one.
func (c *Client) StartMOH(ctx context.Context, id, class string) error {
	return c.channelOp(ctx, "POST", id, "moh", "mohClass", class)
}

// StopMOH ends hold music on a channel.
func (c *Client) StopMOH(ctx context.Context, id string) error {
	return c.channelOp(ctx, "DELETE", id, "moh")
}

// SnoopRequest asks for a channel that listens to, or whispers into, another.
type SnoopRequest struct {
	ID      string // of the new channel
	Spy     string // none, both, out, in: what is heard; in is what the channel's owner says
	Whisper string // none, both, out, in
	AppArgs string
	App     string // normally empty: the client's
}

// Snoop starts a snoop channel on a channel. In a bridge, one snoop per leg gives one
// track per person. A snoop channel ends with the channel it listens to.
func (c *Client) Snoop(ctx context.Context, id string, r SnoopRequest) (ChannelInfo, error) {
	if r.ID == "" {
		return ChannelInfo{}, errors.New("ari: snoop: no id for the new channel")
	}
	body := map[string]any{"app": c.app(r.App), "snoopId": r.ID}
	put(body, "spy", r.Spy)
	put(body, "whisper", r.Whisper)
	put(body, "appArgs", r.AppArgs)
	return c.createChannel(ctx, r.ID, path("channels", id, "snoop"), body)
}
