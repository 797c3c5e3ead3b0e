//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
	"github.com/dialwright/dialwright/internal/asterisktest"
)

// served is a `dialwright serve` of its own.
type served struct {
	*desk
	url  string
	stop context.CancelFunc
	code chan int
	log  *logBook
}

// logBook is a log that is read while it is written.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func startAsterisk(t *testing.T, rough bool) *asterisktest.Instance {
	t.Helper()
	return asterisktest.Start(t, asterisktest.Options{IgnoreLog: rough, Params: asteriskconfig.Params{
		Trunks: []asteriskconfig.Trunk{{Name: "trunk-a", Host: "127.0.0.1", Port: 5070}}}})
}

// startServe writes the configuration and runs serve.
func startServe(t *testing.T, ari, user, password string) *served {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s := &served{desk: newDesk(t), url: "http://" + addr, code: make(chan int, 1), log: &logBook{}}
	s.write("dialwright.yaml", fmt.Sprintf(testConfig[strings.Index(testConfig, "\n")+1:]+`
asterisk: {url: %q, username: %q, password: %q}
http: {listen: %q}
drain: {limit: 5s}
worker: {name: test}
`, ari, user, password, addr))
	ctx, stop := context.WithCancel(t.Context())
	s.stop = stop
	a := &app{in: strings.NewReader(""), out: io.Discard, err: s.log, clock: dialwright.SystemClock{}}
	go func() { s.code <- run(ctx, a, []string{"-c", filepath.Join(s.dir, "dialwright.yaml"), "serve"}) }()
	t.Cleanup(stop)
	return s
}

// fails waits for serve to give up, and checks that it says certain words.
func (s *served) fails(words ...string) {
	s.t.Helper()
	if code := <-s.code; code != exitFailure {
		s.t.Errorf("exit code %d", code)
	}
	s.logs(words...)
}

func (s *served) logs(words ...string) {
	s.t.Helper()
	for _, w := range words {
		if !strings.Contains(s.log.String(), w) {
			s.t.Errorf("serve does not say %q:\n%s", w, s.log)
		}
	}
}

// get asks until the answer has the status wanted, or gives the last one.
func (s *served) get(path string, want int) (status int, body string) {
	s.t.Helper()
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
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
	pbx := startAsterisk(t, false)
	s := startServe(t, pbx.ARIURL, pbx.User, pbx.Password)
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
	pbx := startAsterisk(t, false)
	startServe(t, pbx.ARIURL, pbx.User, "wrong").fails("set asterisk.username and asterisk.password")
}

func TestServeNamesMissingModules(t *testing.T) {
	pbx := startAsterisk(t, true)
	for _, m := range []string{"chan_rtp.so", "codec_g722.so"} {
		pbx.Console(t, "module unload "+m)
	}
	startServe(t, pbx.ARIURL, pbx.User, pbx.Password).fails(pbx.ARIURL, "codec_g722.so (wideband trunks)",
		"chan_rtp.so (audio between Asterisk and Dialwright)", "modules.conf", "module load", "install the package")
}

func TestServeNamesAnOldVersion(t *testing.T) {
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ari/asterisk/info" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"system":{"version":"13.38.3","entity_id":"00:00:00:00:00:01"},"status":{"startup_time":"2026-03-02T12:00:00.000+0000"}}`)
	}))
	defer old.Close()
	startServe(t, old.URL+"/ari", "dialwright", "secret").fails(old.URL, "13.38.3", "Asterisk 20 or later", "upgrade")
}

func TestServeWaitsForAsterisk(t *testing.T) {
	pbx := startAsterisk(t, true)
	if err := pbx.Stop(); err != nil {
		t.Fatal(err)
	}
	s := startServe(t, pbx.ARIURL, pbx.User, pbx.Password)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for !strings.Contains(s.log.String(), "waiting for Asterisk") {
		select {
		case <-tick.C:
		case code := <-s.code:
			t.Fatalf("serve has ended with exit code %d\n%s", code, s.log)
		case <-deadline:
			t.Fatalf("serve waits for nothing\n%s", s.log)
		}
	}
	s.logs(pbx.ARIURL, "start Asterisk", "asterisk.url", "http.conf")
	if status, body := s.get("/readyz", http.StatusServiceUnavailable); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz: %d %s", status, body)
	}
	if err := pbx.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status, body := s.get("/readyz", http.StatusOK); status != http.StatusOK {
		t.Errorf("Asterisk is there, but /readyz: %d %s\n%s", status, body, s.log)
	}
	s.stop()
	if code := <-s.code; code != exitOK {
		t.Errorf("exit code %d\n%s", code, s.log)
	}
}
