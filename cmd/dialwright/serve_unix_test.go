//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
	"github.com/dialwright/dialwright/internal/asterisktest"
)

// served is a `dialwright serve` of its own on a real Asterisk.
type served struct {
	*desk
	url  string
	stop context.CancelFunc
	code chan int
	log  *bytes.Buffer // to be read when code has been
}

// startServe writes the configuration and runs serve until it is ready.
func startServe(t *testing.T, password string) *served {
	t.Helper()
	pbx := asterisktest.Start(t, asterisktest.Options{Params: asteriskconfig.Params{
		Trunks: []asteriskconfig.Trunk{{Name: "trunk-a", Host: "127.0.0.1", Port: 5070}}}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if password == "" {
		password = pbx.Password
	}
	s := &served{desk: newDesk(t), url: "http://" + addr, code: make(chan int, 1), log: &bytes.Buffer{}}
	s.write("dialwright.yaml", fmt.Sprintf(testConfig[strings.Index(testConfig, "\n")+1:]+`
asterisk: {url: %q, username: %q, password: %q}
http: {listen: %q}
drain: {limit: 5s}
worker: {name: test}
`, pbx.ARIURL, pbx.User, password, addr))
	ctx, stop := context.WithCancel(t.Context())
	s.stop = stop
	a := &app{in: strings.NewReader(""), out: io.Discard, err: s.log, clock: dialwright.SystemClock{}}
	go func() { s.code <- run(ctx, a, []string{"-c", filepath.Join(s.dir, "dialwright.yaml"), "serve"}) }()
	t.Cleanup(stop)
	return s
}

// get asks until the answer has the status wanted, or gives the last one.
func (s *served) get(path string, want int) (status int, body string) {
	s.t.Helper()
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		res, err := client.Get(s.url + path)
		if err == nil {
			text, rerr := io.ReadAll(res.Body)
			if err := res.Body.Close(); err != nil || rerr != nil {
				s.t.Fatal(err, rerr)
			}
			if status, body = res.StatusCode, string(text); status == want {
				return status, body
			}
		}
		select {
		case <-tick.C:
		case <-deadline:
			return status, body
		}
	}
}

func TestServeIsReadyAndDrains(t *testing.T) {
	s := startServe(t, "")
	if status, body := s.get("/readyz", http.StatusOK); status != http.StatusOK {
		t.Fatalf("/readyz: %d %s", status, body)
	}
	if status, _ := s.get("/healthz", http.StatusOK); status != http.StatusOK {
		t.Errorf("/healthz: %d", status)
	}
	if _, body := s.get("/metrics", http.StatusOK); !strings.Contains(body, "dialwright_calls_running 0") || !strings.Contains(body, "dialwright_ari_") {
		t.Errorf("/metrics lacks the calls or the connection:\n%.2000s", body)
	}
	if status, body := s.get("/v1/calls/live", http.StatusOK); status != http.StatusOK || strings.TrimSpace(body) == "" {
		t.Errorf("/v1/calls/live: %d %q", status, body)
	}
	s.stop()
	if code := <-s.code; code != exitOK {
		t.Errorf("exit code %d\n%s", code, s.log)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "dialwright.db")); err != nil {
		t.Error(err)
	}
}

func TestServeNamesAWrongPassword(t *testing.T) {
	s := startServe(t, "wrong")
	if code := <-s.code; code != exitFailure || !strings.Contains(s.log.String(), "set asterisk.username and asterisk.password") {
		t.Errorf("exit code %d\n%s", code, s.log)
	}
}
