package outside

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/dialwright/dialwright/dialog"
)

// maxBody is the most that is read of an answer: a flow wants a few fields.
const maxBody = 1 << 20

// HTTP makes requests to hosts that are on its list.
type HTTP struct {
	client *http.Client
	hosts  []string
}

// NewHTTP allows requests to hosts: "crm.example.com" (the standard ports),
// "crm.example.com:8443", "*.example.com". Close ends idle connections.
func NewHTTP(hosts []string) *HTTP {
	h := &HTTP{hosts: hosts}
	h.client = &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: 5 * time.Second, ForceAttemptHTTP2: true,
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) >= 3 {
				return errors.New("more than three redirections")
			}
			return h.allowed(r.URL)
		},
	}
	return h
}

// Close ends idle connections.
func (h *HTTP) Close() { h.client.CloseIdleConnections() }

// allowed says why a request must not be made.
func (h *HTTP) allowed(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("only http and https, not %q", u.Scheme)
	}
	if u.User != nil {
		return errors.New("a password does not belong into an address")
	}
	for _, pattern := range h.hosts {
		if hostFits(pattern, u) {
			return nil
		}
	}
	return fmt.Errorf("the host %s is not among services.hosts", u.Host)
}

func hostFits(pattern string, u *url.URL) bool {
	name, port, err := net.SplitHostPort(pattern)
	if err != nil {
		name, port = pattern, ""
	}
	standard := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	got := u.Port()
	if got == "" {
		got = standard
	}
	if port == "" {
		port = standard
	}
	if port != got {
		return false
	}
	host := strings.ToLower(u.Hostname())
	name = strings.ToLower(name)
	if tail, wild := strings.CutPrefix(name, "*."); wild {
		return strings.HasSuffix(host, "."+tail)
	}
	return host == name
}

func (h *HTTP) do(ctx context.Context, q dialog.HTTPRequest) dialog.WorkResult {
	r, err := http.NewRequestWithContext(ctx, q.Method, q.URL, bytes.NewReader(q.Body))
	if err != nil {
		return failure(ctx, "the request", err)
	}
	what := q.Method + " " + r.URL.Redacted()
	if err := h.allowed(r.URL); err != nil {
		return failure(ctx, what, err)
	}
	r.Header.Set("Accept", "application/json, text/plain;q=0.5")
	r.Header.Set("User-Agent", "dialwright")
	for k, v := range q.Header {
		r.Header.Set(k, v)
	}
	if len(q.Body) > 0 && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", q.ContentType)
	}
	resp, err := h.client.Do(r)
	if err != nil {
		return failure(ctx, "request", err) // names method and address itself
	}
	defer resp.Body.Close()
	return h.read(ctx, what, resp)
}

func (h *HTTP) read(ctx context.Context, what string, resp *http.Response) dialog.WorkResult {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return failure(ctx, what, err)
	case len(body) > maxBody:
		return dialog.WorkResult{Class: dialog.WorkLimit, Status: resp.StatusCode, Detail: fmt.Sprintf("%s: the answer is longer than %d bytes", what, maxBody)}
	}
	r := dialog.WorkResult{Class: dialog.WorkOK, Status: resp.StatusCode}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	isJSON := kind == "application/json" || strings.HasSuffix(kind, "+json")
	if len(body) > 0 {
		if err := json.Unmarshal(body, &r.Body); err != nil {
			r.Body = strings.ToValidUTF8(string(body), "�")
			if isJSON {
				r.Class, r.Detail = dialog.WorkFailed, what+": the answer is no JSON: "+err.Error()
			}
		}
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		r.Class, r.Detail = dialog.WorkFailed, fmt.Sprintf("%s: %s", what, resp.Status)
	}
	return r
}

// Webhook is a Sender, and a CRM, that speaks JSON to one address.
type Webhook struct {
	HTTP  *HTTP
	URL   string
	Token string // sent as a bearer token; empty: none
}

// Send posts {"id","via","to","text"}. Any 2xx answer means delivered. The id
// is also the header Idempotency-Key.
func (w *Webhook) Send(ctx context.Context, id string, m dialog.Message) error {
	_, err := w.post(ctx, w.URL, id, map[string]any{"id": id, "via": m.Via, "to": m.To, "text": m.Text})
	return err
}

// Call posts what an operation is called with to URL/operation, and gives the
// answer's JSON.
func (w *Webhook) Call(ctx context.Context, operation string, with map[string]any) (any, error) {
	return w.post(ctx, strings.TrimRight(w.URL, "/")+"/"+url.PathEscape(operation), "", with)
}

func (w *Webhook) post(ctx context.Context, address, id string, body any) (any, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode the request: %w", err)
	}
	header := map[string]string{}
	if w.Token != "" {
		header["Authorization"] = "Bearer " + w.Token
	}
	if id != "" {
		header["Idempotency-Key"] = id
	}
	r := w.HTTP.do(ctx, dialog.HTTPRequest{Method: "POST", URL: address, Header: header, Body: b, ContentType: "application/json"})
	if r.Class != dialog.WorkOK {
		return nil, errors.New(r.Detail)
	}
	return r.Body, nil
}
