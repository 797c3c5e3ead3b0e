package web

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/dialwright/dialwright"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeLive runs one call, "abc", whose events and audio the test feeds.
type fakeLive struct {
	events chan LiveEvent
	audio  chan LiveAudio
}

func (f *fakeLive) Calls() []LiveCall {
	return []LiveCall{{Call: "abc", Campaign: "spring", Number: "+8613800138000"}}
}

func feed[T any](ctx context.Context, from <-chan T, each func(T)) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case v, ok := <-from:
			if !ok {
				return nil
			}
			each(v)
		}
	}
}

func (f *fakeLive) Follow(ctx context.Context, _ dialwright.CallID, each func(LiveEvent)) error {
	return feed(ctx, f.events, each)
}

func (f *fakeLive) Listen(ctx context.Context, _ dialwright.CallID, each func(LiveAudio)) error {
	return feed(ctx, f.audio, each)
}

func start(t *testing.T, o Options) (base string, s *Server) {
	t.Helper()
	o.Listen, o.Logger = "127.0.0.1:0", zerolog.Nop()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Errorf("shut down: %v", err)
		}
	})
	return "http://" + s.Addr().String(), s
}

// client makes its own connections and closes them with the test.
func client(t *testing.T) *http.Client {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

func get(t *testing.T, url string, header ...string) (int, string) {
	t.Helper()
	resp := open(t, url, header...)
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func open(t *testing.T, url string, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func TestHealthReadyMetrics(t *testing.T) {
	broken := errors.New("no connection")
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "dialwright_test"}, func() float64 { return 7 }))
	base, _ := start(t, Options{Metrics: registry, Ready: map[string]func(context.Context) error{
		"database": func(context.Context) error { return nil },
		"asterisk": func(context.Context) error { return broken },
	}})
	if code, body := get(t, base+"/healthz"); code != 200 || body != "{\"status\":\"ok\"}\n" {
		t.Errorf("/healthz: %d %s", code, body)
	}
	want := `{"checks":{"asterisk":"no connection","database":"ok"},"status":"not ready"}` + "\n"
	if code, body := get(t, base+"/readyz"); code != 503 || body != want {
		t.Errorf("/readyz: %d %s", code, body)
	}
	broken = nil
	if code, body := get(t, base+"/readyz"); code != 200 {
		t.Errorf("/readyz when all is well: %d %s", code, body)
	}
	if code, body := get(t, base+"/metrics"); code != 200 || !strings.Contains(body, "dialwright_test 7") {
		t.Errorf("/metrics: %d %s", code, body)
	}
	if code, body := get(t, base+"/nowhere"); code != 404 || !strings.Contains(body, "no such page") {
		t.Errorf("an unknown page: %d %s", code, body)
	}
}

// A check that hangs makes the answer late, never absent.
func TestReadyzGivesUpOnAHangingCheck(t *testing.T) {
	base, _ := start(t, Options{Ready: map[string]func(context.Context) error{
		"slow": func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
	}})
	if code, body := get(t, base+"/readyz"); code != 503 || !strings.Contains(body, "deadline") {
		t.Errorf("%d %s", code, body)
	}
}

func TestCallsAreGuarded(t *testing.T) {
	open, _ := start(t, Options{Live: &fakeLive{}})
	locked, _ := start(t, Options{Live: &fakeLive{}, Token: "t0ken"})
	for _, c := range []struct {
		name, url string
		header    []string
		want      int
	}{
		{"loopback without token", open, nil, 200},
		{"rebound name", open, []string{"Host", "evil.example:80"}, 403},
		{"no token", locked, nil, 401},
		{"wrong token", locked, []string{"Authorization", "Bearer t0kem"}, 401},
		{"the token without Bearer", locked, []string{"Authorization", "Basic t0ken"}, 401},
		{"right token", locked, []string{"Authorization", "Bearer t0ken"}, 200},
		{"right token, other name", locked, []string{"Authorization", "Bearer t0ken", "Host", "dialer.example"}, 200},
	} {
		if code, body := get(t, c.url+"/v1/calls/live", c.header...); code != c.want {
			t.Errorf("%s: %d, want %d: %s", c.name, code, c.want, body)
		}
	}
	if _, body := get(t, open+"/v1/calls/live"); body != `{"calls":[{"call":"abc","campaign":"spring","number":"+8613800138000"}]}`+"\n" {
		t.Errorf("live calls: %s", body)
	}
	for _, path := range []string{"/v1/calls/other/events", "/v1/calls/other/audio"} {
		if code, body := get(t, open+path); code != 404 || !strings.Contains(body, "no such call") {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}

func TestEventsStream(t *testing.T) {
	live := &fakeLive{events: make(chan LiveEvent)}
	base, _ := start(t, Options{Live: live})
	resp := open(t, base+"/v1/calls/abc/events")
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("content type %q", kind)
	}
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	lines := bufio.NewScanner(resp.Body)
	next := func() string {
		for lines.Scan() {
			if lines.Text() != "" && !strings.HasPrefix(lines.Text(), ":") {
				return lines.Text()
			}
		}
		return "(ended)"
	}
	live.events <- LiveEvent{Call: "abc", At: at, Kind: "line", Who: "customer", Text: "yes\n\nplease", Confidence: 0.5}
	if got := next(); got != "event: line" {
		t.Errorf("got %q", got)
	}
	var ev LiveEvent
	if err := json.Unmarshal([]byte(strings.TrimPrefix(next(), "data: ")), &ev); err != nil || ev.Text != "yes\n\nplease" || !ev.At.Equal(at) {
		t.Errorf("%+v, %v", ev, err)
	}
	live.events <- LiveEvent{Kind: "odd\nevent: forged"}
	if got := next(); got != "event: message" {
		t.Errorf("a kind with a line end in it: %q", got)
	}
	next()
	close(live.events)
	if got := next(); got != "event: end" {
		t.Errorf("after the call: %q", got)
	}
}

func TestAudioStream(t *testing.T) {
	live := &fakeLive{audio: make(chan LiveAudio)}
	base, _ := start(t, Options{Live: live})
	resp := open(t, base+"/v1/calls/abc/audio")
	header := make([]byte, 44)
	if _, err := io.ReadFull(resp.Body, header); err != nil || string(header[:4]) != "RIFF" || binary.LittleEndian.Uint32(header[24:]) != 16000 {
		t.Fatalf("header % x, %v", header, err)
	}
	customer, bot := make([]int16, 320), make([]int16, 160)
	for i := range customer {
		customer[i] = 1000
	}
	for i := range bot {
		bot[i] = -2000
	}
	live.audio <- LiveAudio{Customer: true, Rate: 16000, PCM: customer}
	live.audio <- LiveAudio{Rate: 8000, PCM: bot}
	close(live.audio)
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var left, right int
	for i := 0; i+4 <= len(body); i += 4 {
		switch int16(binary.LittleEndian.Uint16(body[i:])) {
		case 1000:
			left++
		}
		switch int16(binary.LittleEndian.Uint16(body[i+2:])) {
		case -2000:
			right++
		}
	}
	if left != 320 || right < 319 { // the first sample leads up from silence
		t.Errorf("heard %d samples of the customer and %d of the bot, want 320 each", left, right)
	}
}

func TestMixerBoundsItsBacklog(t *testing.T) {
	var m mixer
	for range 100 {
		m.put(LiveAudio{Customer: true, Rate: 16000, PCM: make([]int16, 320)})
	}
	if got := len(m.sides[0]); got != backlogSamples || m.dropped != int64(32000-backlogSamples) {
		t.Errorf("%d samples wait, %d dropped", got, m.dropped)
	}
}

// Shutdown does not wait for listeners who would listen for ever.
func TestShutdownEndsStreams(t *testing.T) {
	live := &fakeLive{events: make(chan LiveEvent), audio: make(chan LiveAudio)}
	s, err := Start(Options{Listen: "127.0.0.1:0", Live: live, Logger: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + s.Addr().String()
	events, audio := open(t, base+"/v1/calls/abc/events"), open(t, base+"/v1/calls/abc/audio")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Errorf("shut down with two listeners: %v", err)
	}
	for _, resp := range []*http.Response{events, audio} {
		if _, err := io.ReadAll(resp.Body); err != nil {
			t.Errorf("the stream broke off instead of ending: %v", err)
		}
	}
	if _, err := Start(Options{Listen: "127.0.0.1:-1"}); err == nil {
		t.Error("an impossible address was taken")
	}
}
