package ari

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	ariv6 "github.com/CyCoreSystems/ari/v6"
)

// Play plays media URIs (sound:NAME, tone:NAME, recording:NAME, digits:N, ...) one after
// another to a channel. PlaybackStarted and PlaybackFinished come on the channel's watch
// under the playback id chosen here.
func (c *Client) Play(ctx context.Context, channel, playbackID string, media ...string) (ariv6.PlaybackData, error) {
	return c.play(ctx, "channel", path("channels", channel, "play"), channel, playbackID, media)
}

// PlayBridge plays media URIs to everybody in a bridge; see Play.
func (c *Client) PlayBridge(ctx context.Context, bridge, playbackID string, media ...string) (ariv6.PlaybackData, error) {
	return c.play(ctx, "bridge", path("bridges", bridge, "play"), bridge, playbackID, media)
}

func (c *Client) play(ctx context.Context, kind, p, id, playbackID string, media []string) (ariv6.PlaybackData, error) {
	var pb ariv6.PlaybackData
	if playbackID == "" || len(media) == 0 {
		return pb, fmt.Errorf("ari: play to %s %s: no playback id or no media", kind, id)
	}
	// A comma separates media in Asterisk's list.
	for _, m := range media {
		if m == "" || strings.Contains(m, ",") {
			return pb, fmt.Errorf("ari: play to %s %s: media %q is empty or holds a comma", kind, id, m)
		}
	}
	q := query("media", strings.Join(media, ","), "playbackId", playbackID)
	err := c.api.do(ctx, "POST", p, q, nil, &pb)
	return pb, err
}

// StopPlayback ends a playback; ErrNotFound if it has ended already.
func (c *Client) StopPlayback(ctx context.Context, playbackID string) error {
	return c.api.do(ctx, "DELETE", path("playbacks", playbackID), nil, nil, nil)
}

// RecordRequest asks Asterisk to record into a file of its own.
type RecordRequest struct {
	Name        string        // without extension; may hold directories
	Format      string        // as in wav, sln16
	MaxDuration time.Duration // 0: no limit
	MaxSilence  time.Duration // 0: no limit
	IfExists    string        // fail (default), overwrite, append
	TerminateOn string        // digit that ends it: none (default), any, *, #
	Beep        bool          // needs the sound "beep" installed; without it the recording ends at once
}

func (r RecordRequest) values() ([]string, error) {
	if r.Name == "" || r.Format == "" {
		return nil, errors.New("ari: record: name and format are needed")
	}
	secs := func(d time.Duration) string {
		if d <= 0 {
			return ""
		}
		return strconv.Itoa(seconds(d, 0))
	}
	beep := ""
	if r.Beep {
		beep = "true"
	}
	return []string{"name", r.Name, "format", r.Format, "maxDurationSeconds", secs(r.MaxDuration),
		"maxSilenceSeconds", secs(r.MaxSilence), "ifExists", r.IfExists, "terminateOn", r.TerminateOn, "beep", beep}, nil
}

// RecordChannel records what a channel sends. RecordingStarted and RecordingFinished
// come on its watch.
func (c *Client) RecordChannel(ctx context.Context, id string, r RecordRequest) error {
	v, err := r.values()
	if err != nil {
		return err
	}
	return c.api.do(ctx, "POST", path("channels", id, "record"), query(v...), nil, nil)
}

// RecordBridge records the mix of a bridge.
func (c *Client) RecordBridge(ctx context.Context, id string, r RecordRequest) error {
	v, err := r.values()
	if err != nil {
		return err
	}
	return c.api.do(ctx, "POST", path("bridges", id, "record"), query(v...), nil, nil)
}

// StopRecording ends a running recording and keeps its file.
func (c *Client) StopRecording(ctx context.Context, name string) error {
	return c.api.do(ctx, "POST", path("recordings", "live", name, "stop"), nil, nil, nil)
}

// DeleteRecording deletes a finished recording from Asterisk's disk.
func (c *Client) DeleteRecording(ctx context.Context, name string) error {
	return c.api.do(ctx, "DELETE", path("recordings", "stored", name), nil, nil, nil)
}
