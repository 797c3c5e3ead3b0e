package ari

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	ariv6 "github.com/CyCoreSystems/ari/v6"
)

// MinMajor is the oldest Asterisk the client works with (externalMedia came with 16).
const MinMajor = 16

// Info is what was found out about the connected Asterisk.
type Info struct {
	Version      string // as Asterisk says it, such as 22.10.1~dfsg+~cs6.16.60671435-1
	Major, Minor int    // 0, 0 for a development build without a number
	EntityID     string
	StartedAt    time.Time
	Modules      map[string]bool // loaded modules; true if running
	// Described is true when Features come from the API description that this Asterisk
	// serves; false when it serves none and its version had to answer.
	Described bool
	Features  Features
}

// Features say what the connected Asterisk can do.
type Features struct {
	TechCause         bool // ChannelDestroyed carries the SIP status
	ExternalMedia     bool // RTP media channels
	AudioSocket       bool // externalMedia over AudioSocket
	ChanWebsocket     bool // media over websocket
	RESTOverWebsocket bool
	EventFilter       bool // PUT /applications/{app}/eventFilter
	Progress          bool // POST /channels/{id}/progress
	TransferProgress  bool // POST /channels/{id}/transfer_progress
	ClaimEvents       bool // events/claim and StasisBroadcast
	CreateVariables   bool // POST /channels/create takes variables
}

// Info returns what is known about the connected Asterisk. It is looked at again after
// each reconnect, since a restart may bring another version.
func (c *Client) Info() Info { return *c.info.Load() }

var versionNumber = regexp.MustCompile(`(\d+)\.(\d+)`)

func parseVersion(s string) (major, minor int) {
	m := versionNumber.FindStringSubmatch(s)
	if m == nil {
		return 0, 0
	}
	major, _ = strconv.Atoi(m[1]) // digits; an overflow leaves the largest int
	minor, _ = strconv.Atoi(m[2])
	return major, minor
}

// identify asks Asterisk what it is; it fails with ErrVersion if it is too old.
func (c *Client) identify(ctx context.Context) (*Info, error) {
	ai, err := c.AsteriskInfo(ctx)
	if err != nil {
		if errors.Is(err, ErrNotFound) {
			return nil, fmt.Errorf("%w (is the URL that of ARI, usually ending in /ari, and is res_ari loaded?)", err)
		}
		return nil, err
	}
	in := &Info{
		Version: ai.SystemInfo.Version, EntityID: ai.SystemInfo.EntityID,
		StartedAt: time.Time(ai.StatusInfo.StartupTime), Modules: map[string]bool{},
	}
	in.Major, in.Minor = parseVersion(in.Version)
	if in.Major != 0 && in.Major < MinMajor {
		return nil, fmt.Errorf("ari: %w: %s, at least %d is needed", ErrVersion, in.Version, MinMajor)
	}
	mods, err := c.Modules(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range mods {
		in.Modules[m.Name] = m.Status == "Running"
	}
	docs, err := c.describe(ctx)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	if docs != nil {
		in.Described = true
		in.Features = docs.features()
	} else {
		in.Features = byVersion(in.Major, in.Minor)
	}
	in.Features.ExternalMedia = in.Features.ExternalMedia && in.Modules["chan_rtp.so"]
	in.Features.AudioSocket = in.Features.AudioSocket && in.Modules["chan_audiosocket.so"]
	in.Features.ChanWebsocket = in.Modules["chan_websocket.so"]
	return in, nil
}

// description is the part of Asterisk's own API description that we look at.
type description struct {
	paths  map[string]map[string]bool // path -> parameter names
	models map[string]map[string]bool // model -> property names
}

type apiDoc struct {
	APIs []struct {
		Path       string `json:"path"`
		Operations []struct {
			Parameters []struct {
				Name string `json:"name"`
			} `json:"parameters"`
		} `json:"operations"`
	} `json:"apis"`
	Models map[string]struct {
		Properties map[string]json.RawMessage `json:"properties"`
	} `json:"models"`
}

// describe reads the API description; ErrNotFound if this Asterisk serves none
// (its rest-api directory is packaged apart, or not at all).
func (c *Client) describe(ctx context.Context) (*description, error) {
	d := &description{paths: map[string]map[string]bool{}, models: map[string]map[string]bool{}}
	for _, name := range []string{"applications.json", "channels.json", "events.json"} {
		var doc apiDoc
		if err := c.api.do(ctx, "GET", path("api-docs", name), nil, nil, &doc); err != nil {
			return nil, err
		}
		for _, a := range doc.APIs {
			params := map[string]bool{}
			for _, op := range a.Operations {
				for _, p := range op.Parameters {
					params[p.Name] = true
				}
			}
			d.paths[a.Path] = params
		}
		for model, m := range doc.Models {
			props := map[string]bool{}
			for p := range m.Properties {
				props[p] = true
			}
			d.models[model] = props
		}
	}
	return d, nil
}

func (d *description) features() Features {
	has := func(p string) bool { return d.paths[p] != nil }
	return Features{
		TechCause:         d.models["ChannelDestroyed"]["tech_cause"],
		ExternalMedia:     has("/channels/externalMedia"),
		AudioSocket:       d.paths["/channels/externalMedia"]["data"],
		RESTOverWebsocket: d.models["RESTResponse"] != nil || d.models["RESTRequest"] != nil,
		EventFilter:       has("/applications/{applicationName}/eventFilter"),
		Progress:          has("/channels/{channelId}/progress"),
		TransferProgress:  has("/channels/{channelId}/transfer_progress"),
		ClaimEvents:       has("/events/claim"),
		CreateVariables:   d.paths["/channels/create"]["variables"],
	}
}

// byVersion answers for an Asterisk without API description, by the releases in which
// things appeared in the 22 series; older series are granted only what they had from
// their first release.
func byVersion(major, minor int) Features {
	since := func(n int) bool { return major > 22 || (major == 22 && minor >= n) }
	return Features{
		TechCause:         since(7),
		ExternalMedia:     major >= 16,
		AudioSocket:       major >= 18,
		RESTOverWebsocket: since(4),
		EventFilter:       major >= 17,
		Progress:          since(6),
		TransferProgress:  since(3),
		ClaimEvents:       since(10),
		CreateVariables:   major >= 18,
	}
}

// AsteriskInfo asks for build, configuration, status and system information.
func (c *Client) AsteriskInfo(ctx context.Context) (ariv6.AsteriskInfo, error) {
	var ai ariv6.AsteriskInfo
	err := c.api.do(ctx, "GET", "/asterisk/info", nil, nil, &ai)
	return ai, err
}
