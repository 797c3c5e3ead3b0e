package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/web"
)

// listenFlags are what `calls listen` takes.
type listenFlags struct {
	audio bool
	out   string
	url   string
}

func newCallsListenCommand(a *app) *cobra.Command {
	var f listenFlags
	cmd := &cobra.Command{
		Use: "listen ID", Short: "Follow a live call: read along, or hear it", Args: args("ID"),
		Long: `Follow a live call: print what is said and what happens, as it happens, until the
call ends. With --audio hear it instead: a stereo WAV stream, the customer
left, Dialwright or the agent right. "dialwright serve" must be running; its
address and token are http.listen and http.token.`,
		Example: `  dialwright calls list --running
  dialwright calls listen 01kz9p5c30xy7m2q4v8ra
  dialwright calls listen 01kz9p5c30xy7m2q4v8ra --audio | aplay
  dialwright calls listen 01kz9p5c30xy7m2q4v8ra --audio --out call.wav`,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.config()
			if err != nil {
				return err
			}
			if f.out != "" && !f.audio {
				return usagef("--out %s: goes with --audio", f.out)
			}
			if f.audio {
				return a.listenAudio(cmd.Context(), c, f, dialwright.CallID(args[0]))
			}
			return a.listenEvents(cmd.Context(), c, f, dialwright.CallID(args[0]))
		},
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.audio, "audio", false, "hear the call: a WAV stream on standard output")
	fl.StringVar(&f.out, "out", "", "`file` for the audio instead of standard output")
	fl.StringVar(&f.url, "url", "", "address of the running serve (default http.listen)")
	return cmd
}

// serveURL is where the running serve answers.
func serveURL(c *config.Config, given string) (string, error) {
	if given != "" {
		return strings.TrimRight(given, "/"), nil
	}
	if c.HTTP.Listen == "" {
		return "", &exitError{exitConfig, errors.New("http.listen is empty, so serve has no HTTP side: set it, or --url")}
	}
	host, port, err := net.SplitHostPort(c.HTTP.Listen)
	if err != nil {
		return "", fmt.Errorf("http.listen: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port), nil
}

// openLive asks serve for one of a live call's streams.
func (a *app) openLive(ctx context.Context, c *config.Config, given string, id dialwright.CallID, what string) (io.ReadCloser, error) {
	base, err := serveURL(c, given)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/v1/calls/"+url.PathEscape(string(id))+"/"+what, nil)
	if err != nil {
		return nil, usagef("--url %s: %w", given, err)
	}
	if c.HTTP.Token != "" {
		req.Header.Set("Authorization", "Bearer "+string(c.HTTP.Token))
	}
	tr := &http.Transport{ResponseHeaderTimeout: 10 * time.Second, DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask serve at %s for call %s: %w (is \"dialwright serve\" running?)", base, id, err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	var answer struct{ Error string }
	err = json.NewDecoder(io.LimitReader(resp.Body, 4096)).Decode(&answer)
	_ = resp.Body.Close() // the answer has been read
	message := fmt.Sprintf("call %s: serve at %s answers %s: %s", id, base, resp.Status, answer.Error)
	switch {
	case resp.StatusCode == http.StatusNotFound && err == nil:
		return nil, notFoundf("call %s is not running (what ended is under: dialwright calls show %s)", id, id)
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusForbidden:
		return nil, refusedf("%s", message)
	}
	return nil, errors.New(message)
}

func (a *app) listenAudio(ctx context.Context, c *config.Config, f listenFlags, id dialwright.CallID) error {
	if f.out == "" && isTerminal(a.out) {
		return usagef("--audio would write a WAV stream to your terminal: pipe it (| aplay) or name a file with --out")
	}
	body, err := a.openLive(ctx, c, f.url, id, "audio")
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	if f.out == "" {
		return copied(ctx, a.out, body)
	}
	file, err := os.Create(f.out)
	if err != nil {
		return fmt.Errorf("write the audio: %w", err)
	}
	return errors.Join(copied(ctx, file, body), finishWAV(file), file.Close())
}

// copied copies until the call ends; ending the command is no error.
func copied(ctx context.Context, to io.Writer, from io.Reader) error {
	if _, err := io.Copy(to, from); err != nil && ctx.Err() == nil {
		return fmt.Errorf("listen: %w", err)
	}
	return nil
}

// finishWAV puts the real sizes where the stream had none, so that every
// player takes the file.
func finishWAV(f *os.File) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil || size < 44 || size > 1<<32-1 {
		return err
	}
	put := func(at, n int64) {
		if err == nil {
			_, err = f.WriteAt([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}, at)
		}
	}
	put(4, size-8)
	put(40, size-44)
	if err != nil {
		return fmt.Errorf("finish %s: %w", f.Name(), err)
	}
	return nil
}

func (a *app) listenEvents(ctx context.Context, c *config.Config, f listenFlags, id dialwright.CallID) error {
	body, err := a.openLive(ctx, c, f.url, id, "events")
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	ended := false
	var first time.Time
	for lines.Scan() {
		ended = ended || lines.Text() == "event: end"
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok || ended {
			continue
		}
		if a.json {
			a.printf("%s\n", data)
			continue
		}
		var ev web.LiveEvent
		if err := json.Unmarshal([]byte(data), &ev); err != nil {
			return fmt.Errorf("listen to call %s: serve said %.80q: %w", id, data, err)
		}
		if first.IsZero() {
			first = ev.At
		}
		who := ev.Who
		if ev.Kind != "line" {
			who = ev.Kind
		}
		a.printf("%s", transcriptLine(ev.At.Sub(first), who, ev.Text, ev.Confidence, false))
	}
	if err := lines.Err(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("listen to call %s: %w", id, err)
	}
	if !ended && ctx.Err() == nil {
		return fmt.Errorf("listen to call %s: serve closed the stream before the call had ended", id)
	}
	if !a.json && ended {
		a.printf("the call has ended\n")
	}
	return nil
}
