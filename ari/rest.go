package ari

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// maxBody is the size above which Asterisk refuses a JSON body
	// (MAX_POST_CONTENT in main/http.c: 40 * 1024).
	maxBody = 40 * 1024
	// maxAnswer bounds what we read of an answer: a channel is about 1 kB in a list.
	maxAnswer = 64 << 20
	// idleConn stays below http.conf's session_keep_alive (default 15 s), so that it is
	// us who close an idle connection, never Asterisk while a POST is on its way.
	idleConn = 10 * time.Second
)

// api speaks HTTP to one Asterisk; it knows nothing of events.
type api struct {
	base    *url.URL
	opts    Options
	http    *http.Client
	stats   *counters
	stopped context.Context // ended when the client has; its cause says why
}

func newAPI(base *url.URL, o Options, st *counters, stopped context.Context) *api {
	tr := &http.Transport{
		DialContext:         o.DialContext,
		TLSClientConfig:     o.TLS,
		MaxConnsPerHost:     o.MaxConns,
		MaxIdleConnsPerHost: o.MaxConns,
		IdleConnTimeout:     idleConn,
		DisableCompression:  true, // Asterisk never compresses
	}
	return &api{base: base, opts: o, http: &http.Client{Transport: tr}, stats: st, stopped: stopped}
}

func (a *api) close() { a.http.CloseIdleConnections() }

// path joins path segments, escaping each: ids and names may hold any character.
func path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(s))
	}
	return b.String()
}

// do sends one request and decodes the answer into out, unless out is nil.
// body, if not nil, is sent as JSON.
func (a *api) do(ctx context.Context, method, p string, q url.Values, body, out any) error {
	what := fmt.Sprintf("ari: %s %s", method, p)
	if a.stopped.Err() != nil {
		return fmt.Errorf("%s: %w", what, context.Cause(a.stopped))
	}
	payload, err := encodeBody(what, body)
	if err != nil {
		return err
	}
	rctx, cancel := context.WithTimeout(ctx, a.opts.RequestTimeout)
	defer cancel()
	defer context.AfterFunc(a.stopped, cancel)()

	req, err := a.request(rctx, method, p, q, payload)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	start := time.Now()
	err = a.exchange(req, p, out)
	a.stats.request(time.Since(start), err)
	var apiErr *APIError
	switch {
	case err == nil || errors.As(err, &apiErr):
		return err
	case a.stopped.Err() != nil:
		return fmt.Errorf("%s: %w", what, context.Cause(a.stopped))
	case errors.Is(err, errBadAnswer):
		return fmt.Errorf("%s: %w", what, err)
	}
	return transportError(ctx, what, err)
}

func encodeBody(what string, body any) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	payload, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("%s: encode body: %w", what, err)
	}
	if len(payload) > maxBody {
		return nil, fmt.Errorf("%s: %w: body of %d bytes, limit %d", what, ErrTooLarge, len(payload), maxBody)
	}
	return payload, nil
}

func (a *api) request(ctx context.Context, method, p string, q url.Values, payload []byte) (*http.Request, error) {
	target := strings.TrimRight(a.base.String(), "/") + p
	if len(q) > 0 {
		// Asterisk decodes '+' in a query as a plus sign in some versions: send %20.
		target += "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
	}
	var rd io.Reader
	if payload != nil {
		rd = bytes.NewReader(payload)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, rd)
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(a.opts.Username, a.opts.Password)
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

var errBadAnswer = errors.New("answer cannot be understood")

func (a *api) exchange(req *http.Request, p string, out any) error {
	resp, err := a.http.Do(req)
	if err != nil {
		// url.Error repeats method and URL, which the caller names already.
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return &APIError{Method: req.Method, Path: p, Status: resp.StatusCode, Message: errorMessage(data)}
	}
	if len(data) > maxAnswer {
		return fmt.Errorf("%w: over %d bytes", errBadAnswer, maxAnswer)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%w: %w: %.120q", errBadAnswer, err, data)
	}
	return nil
}

// errorMessage takes Asterisk's words out of {"message": "..."} or {"error": "..."};
// anything else (an HTML page of its web server) is left out.
func errorMessage(data []byte) string {
	var m struct {
		Message string `json:"message"`
		Error   string `json:"error"`
	}
	if json.Unmarshal(data, &m) != nil {
		return ""
	}
	if m.Message != "" {
		return m.Message
	}
	return m.Error
}

// query builds url.Values from name, value pairs; empty values are left out.
func query(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}
