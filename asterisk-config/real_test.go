//go:build unix

package asteriskconfig_test

import (
	"strings"
	"testing"
	"time"

	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
	"github.com/dialwright/dialwright/internal/asterisktest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// full uses every feature of the templates once.
func full() asteriskconfig.Params {
	return asteriskconfig.Params{
		ARI:        asteriskconfig.ARI{Password: "a;b secret"},
		InboundApp: "inbound.w1",
		MaxCalls:   500,
		Trunks: []asteriskconfig.Trunk{
			{Name: "trunk-a", Host: "127.0.0.1", Port: 5999, Codecs: []string{"g722"}, MaxChannels: 10, Match: []string{"127.0.0.1"}},
			{Name: "trunk-b", Host: "127.0.0.1", Port: 5998, Username: "me", Password: `p;w"d`, Register: true, FromUser: "4930", FromDomain: "example.net", SessionTimers: true, Qualify: 30 * time.Second, Match: []string{"127.0.0.2/32"}},
		},
		Agents: []asteriskconfig.Agent{
			{Name: "anna", Contact: "sip:anna@127.0.0.1:5997"},
			{Name: "ben", Password: "b;en", Codecs: []string{"alaw"}},
		},
		Queues: []asteriskconfig.Queue{{Name: "sales", Members: []string{"anna", "ben"}}},
	}
}

// TestRealAsteriskLoadsWithoutWarning is the lint of the templates: Asterisk
// itself reads them. The check of its log is asterisktest's.
func TestRealAsteriskLoadsWithoutWarning(t *testing.T) {
	for name, p := range map[string]asteriskconfig.Params{"empty": {}, "full": full()} {
		t.Run(name, func(t *testing.T) {
			a := asterisktest.Start(t, asterisktest.Options{Params: p})
			out := a.Console(t, "module show")
			for _, m := range asteriskconfig.Modules() {
				line := lineWith(out, m)
				if !strings.Contains(line, "Running") || strings.Contains(line, "Not Running") {
					t.Errorf("module %s does not run: %q", m, line)
				}
			}
			if out := a.Console(t, "moh show files"); !strings.Contains(out, "hold") {
				t.Errorf("hold music is not found: %s", out)
			}
		})
	}
}

func TestRealAsteriskUnderstandsEverySetting(t *testing.T) {
	a := asterisktest.Start(t, asterisktest.Options{Params: full()})
	for command, want := range map[string][]string{
		"pjsip show endpoint trunk-a":      {"sip:127.0.0.1:5999", "(g722)", "device_state_busy_at               : 10"},
		"pjsip show endpoint trunk-b":      {"4930", "example.net", "timers                             : yes"},
		"pjsip show auth trunk-b":          {`p;w"d`},
		"pjsip show endpoint anna":         {"sip:anna@127.0.0.1:5997", "(g722|alaw|ulaw)"},
		"pjsip show auth ben":              {"b;en"},
		"queue show sales":                 {"rrmemory", "PJSIP/anna", "PJSIP/ben"},
		"dialplan show dialwright-queue":   {"queue-result", "Queue(${DIALWRIGHT_QUEUE}"},
		"dialplan show dialwright-inbound": {"inbound.w1"},
		"http show status":                 {"Enabled and Bound to 127.0.0.1"},
		"core show settings":               {"Maximum calls:", "500"},
	} {
		out := a.Console(t, command)
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: no %q in\n%s", command, w, out)
			}
		}
	}
}

func lineWith(text, word string) string {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, word) {
			return line
		}
	}
	return ""
}
