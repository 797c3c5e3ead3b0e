package ari

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	ariv6 "github.com/CyCoreSystems/ari/v6"
)

// ChannelInfo is a channel as Asterisk describes it, with what the v6 library leaves out.
type ChannelInfo struct {
	ariv6.ChannelData
	AppName string          // dialplan application it runs, such as Stasis (Asterisk 18 and later)
	AppData string          // that application's arguments
	Raw     json.RawMessage // as received
}

// UnmarshalJSON reads a channel as Asterisk sends it.
func (ch *ChannelInfo) UnmarshalJSON(data []byte) error {
	if err := ch.ChannelData.UnmarshalJSON(data); err != nil {
		return err
	}
	var more struct {
		Dialplan struct {
			AppName string `json:"app_name"`
			AppData string `json:"app_data"`
		} `json:"dialplan"`
	}
	if err := json.Unmarshal(data, &more); err != nil {
		return err
	}
	ch.AppName, ch.AppData = more.Dialplan.AppName, more.Dialplan.AppData
	ch.Raw = append(json.RawMessage(nil), data...)
	return nil
}

// MarshalJSON writes the channel as it was received, if it was.
func (ch ChannelInfo) MarshalJSON() ([]byte, error) {
	if ch.Raw != nil {
		return ch.Raw, nil
	}
	return ch.ChannelData.MarshalJSON()
}

// inApp tells whether the channel is in the Stasis application. Being subscribed does
// not prove it: originate subscribes the application while the channel still rings.
func (ch ChannelInfo) inApp(app string, s *snapshot) bool {
	if ch.AppName == "" {
		return ch.State == "Up" && s.subscribed[ch.ID]
	}
	first, _, _ := strings.Cut(ch.AppData, ",")
	return strings.EqualFold(ch.AppName, "Stasis") && first == app
}

// OriginateRequest asks for a channel that enters the client's application when it is
// answered.
type OriginateRequest struct {
	// ID is chosen by the caller and unique for ever; watch it first. Asterisk (22.10) also
	// takes an id for used (ErrConflict; of ExternalMedia an APIError 500) if a living
	// channel's id begins with it, whatever the case: abc-1 cannot be made while abc-10
	// lives. Ids of one length, or counters that only grow, are safe.
	ID        string
	OtherID   string            // of the second half of a Local channel; may be empty
	Endpoint  string            // as in PJSIP/100@trunk
	CallerID  string            // as in "Name" <number>
	Timeout   time.Duration     // ringing; rounded up to seconds; default 30 s
	AppArgs   string            // arguments of StasisStart, comma-separated
	Variables map[string]string // channel variables, also functions such as PJSIP_HEADER(add,X)
	Formats   []string          // codecs to offer; empty for the endpoint's own
	// Originator is a channel whose codecs are wanted; it excludes Formats.
	Originator string
	// MaxDuration is the absolute limit, counted from the request, ringing included, after
	// which Asterisk itself hangs the channel up, whatever has become of us. Rounded up
	// to seconds; zero means DefaultMaxDuration.
	MaxDuration time.Duration
	App         string // another application than the client's; normally empty
}

func (r OriginateRequest) validate() error {
	switch {
	case r.ID == "":
		return errors.New("ari: originate: no channel id")
	case r.Endpoint == "":
		return fmt.Errorf("ari: originate %s: no endpoint", r.ID)
	case r.Originator != "" && len(r.Formats) > 0:
		return fmt.Errorf("ari: originate %s: originator and formats exclude each other", r.ID)
	}
	return nil
}

// Originate asks Asterisk to call. The channel enters Stasis when it is answered; until
// then its watch sees Dial, ChannelStateChange and perhaps ChannelDestroyed, which may
// come before Originate returns. ErrConflict: the id is in use. After ErrTimeout or
// ErrUnavailable the call may have been placed all the same: GetChannel tells.
func (c *Client) Originate(ctx context.Context, r OriginateRequest) (ChannelInfo, error) {
	if err := r.validate(); err != nil {
		return ChannelInfo{}, err
	}
	body := map[string]any{
		"channelId": r.ID, "endpoint": r.Endpoint, "app": c.app(r.App), "timeout": seconds(r.Timeout, 30*time.Second),
		"variables": withLimit(r.Variables, r.MaxDuration),
	}
	put(body, "appArgs", r.AppArgs)
	put(body, "callerId", r.CallerID)
	put(body, "otherChannelId", r.OtherID)
	put(body, "originator", r.Originator)
	put(body, "formats", strings.Join(r.Formats, ","))
	return c.createChannel(ctx, r.ID, "/channels", body)
}

// CreateRequest asks for a channel that enters Stasis before it is dialled.
type CreateRequest struct {
	ID, OtherID string
	Endpoint    string
	AppArgs     string
	Originator  string
	Formats     []string
	Variables   map[string]string
	MaxDuration time.Duration // see OriginateRequest
	App         string        // normally empty: the client's
}

// Create makes a channel without dialling it: bridge it, then DialChannel, and early
// media is heard. Its absolute limit needs Features.CreateVariables (Asterisk 18).
func (c *Client) Create(ctx context.Context, r CreateRequest) (ChannelInfo, error) {
	if r.ID == "" || r.Endpoint == "" {
		return ChannelInfo{}, errors.New("ari: create: no channel id or no endpoint")
	}
	if !c.Info().Features.CreateVariables {
		return ChannelInfo{}, fmt.Errorf("ari: create %s: %w: a channel without absolute limit", r.ID, ErrUnsupported)
	}
	body := map[string]any{
		"channelId": r.ID, "endpoint": r.Endpoint, "app": c.app(r.App),
		"variables": withLimit(r.Variables, r.MaxDuration),
	}
	put(body, "appArgs", r.AppArgs)
	put(body, "otherChannelId", r.OtherID)
	put(body, "originator", r.Originator)
	put(body, "formats", strings.Join(r.Formats, ","))
	return c.createChannel(ctx, r.ID, path("channels", "create"), body)
}

// DialChannel dials a channel made by Create. caller, if not empty, is the channel on
// whose behalf it is dialled.
func (c *Client) DialChannel(ctx context.Context, id, caller string, timeout time.Duration) error {
	q := query("caller", caller, "timeout", strconv.Itoa(seconds(timeout, 30*time.Second)))
	return c.api.do(ctx, "POST", path("channels", id, "dial"), q, nil, nil)
}

func (c *Client) app(name string) string {
	if name != "" {
		return name
	}
	return c.opts.App
}

func put(body map[string]any, name, value string) {
	if value != "" {
		body[name] = value
	}
}

// seconds rounds up: Asterisk counts whole seconds, and 0 would mean at once or never.
func seconds(d, zero time.Duration) int {
	if d <= 0 {
		d = zero
	}
	return int((d + time.Second - 1) / time.Second)
}

// withLimit adds the absolute limit. TIMEOUT(absolute) counts from the moment it is set.
func withLimit(vars map[string]string, limit time.Duration) map[string]string {
	out := make(map[string]string, len(vars)+1)
	for k, v := range vars {
		out[k] = v
	}
	out["TIMEOUT(absolute)"] = strconv.Itoa(seconds(limit, DefaultMaxDuration))
	return out
}

// createChannel posts and, if the event connection broke meanwhile, finds out whether
// the new channel's end was missed.
func (c *Client) createChannel(ctx context.Context, id, p string, body any) (ChannelInfo, error) {
	gap := c.gap.Load()
	if !strings.HasSuffix(p, "/snoop") {
		c.router.subscribed(id) // Asterisk does so as it creates the channel
	}
	var ch ChannelInfo
	if err := c.api.do(ctx, "POST", p, nil, body, &ch); err != nil {
		return ch, err
	}
	c.router.confirm(id)
	if c.gap.Load() == gap {
		return ch, nil
	}
	// Either the next reconciliation will include the channel, as it is known to exist
	// now, or the last one was too early to do so: look. An end that is on its way has
	// the cause with it, so it goes first.
	if err := pause(ctx, c.opts.Grace); err != nil {
		return ch, fmt.Errorf("ari: channel %s exists, waiting for its events: %w", id, err)
	}
	if _, err := c.GetChannel(ctx, id); errors.Is(err, ErrNotFound) {
		c.router.endAll(living{channels: []string{id}}, c.opts.App)
	}
	return ch, nil
}

// GetChannel describes a channel; ErrNotFound if there is none.
func (c *Client) GetChannel(ctx context.Context, id string) (ChannelInfo, error) {
	var ch ChannelInfo
	err := c.api.do(ctx, "GET", path("channels", id), nil, nil, &ch)
	if err == nil {
		c.router.confirm(id)
	}
	return ch, err
}

// ListChannels describes all channels of this Asterisk, also those of others.
func (c *Client) ListChannels(ctx context.Context) ([]ChannelInfo, error) {
	var chans []ChannelInfo
	err := c.api.do(ctx, "GET", "/channels", nil, nil, &chans)
	return chans, err
}
