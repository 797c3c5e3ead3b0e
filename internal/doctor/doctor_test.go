package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/voskserver"
	"github.com/dialwright/dialwright/internal/asterisktest"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/sim/pbx"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hums is a voice that hums, or fails in one language.
type hums struct{ mute string }

func (h hums) Speak(_ context.Context, _, language, _ string) ([]int16, int, error) {
	if language == h.mute {
		return nil, 0, errors.New("flite: executable file not found in $PATH")
	}
	return media.Tone(16000, 500*time.Millisecond, media.Component{Hz: 300, Level: -6}), 16000, nil
}

func (hums) Close() error { return nil }

// recogniser is a Vosk server on loopback that understands one sentence.
func recogniser(t *testing.T, text string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- voskserver.Serve(ctx, l, backend(text)) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "ws://" + l.Addr().String()
}

type backend string

func (backend) Name() string { return "one sentence" }
func (b backend) Open(context.Context, asr.Options) (voskserver.Recognizer, error) {
	return ear1(b), nil
}
func (backend) Close() error { return nil }

type ear1 string

func (ear1) Write([]int16) (asr.Result, error) { return asr.Result{}, nil }
func (e ear1) Finalize() (asr.Result, error)   { return asr.Result{Final: true, Text: string(e)}, nil }
func (ear1) Configure(asr.Options) error       { return nil }
func (ear1) Close() error                      { return nil }

func options(t *testing.T, url string) Options {
	dir := t.TempDir()
	c := config.Default()
	c.Database = config.DSN("sqlite://" + filepath.Join(dir, "d.db"))
	c.Media.Recordings, c.TTS.Cache, c.Flows = config.Path(dir+"/rec/deep"), config.Path(dir+"/tts"), config.Path(dir)
	c.Compliance.Zone = "Asia/Shanghai"
	c.ASR.URL = url
	return Options{Config: c, Clock: dialwright.SystemClock{}, Logger: zerolog.Nop(),
		Voice: func(*config.Config) (Voice, error) { return hums{}, nil }}
}

// to points the options at a running Asterisk.
func to(o Options, a *asterisktest.Instance) Options {
	o.Config.Asterisk.URL, o.Config.Asterisk.Username = a.ARIURL, a.User
	o.Config.Asterisk.Password = config.Secret(a.Password)
	return o
}

// want checks one check's status and that detail and remedy say certain words.
func want(t *testing.T, checks []Check, name string, status Status, words ...string) {
	t.Helper()
	for _, c := range checks {
		if c.Name != name {
			continue
		}
		text := c.Detail + " | " + c.Remedy
		if c.Status != status {
			t.Errorf("%s is %s, want %s: %s", name, c.Status, status, text)
		}
		if c.Status == Failed && c.Remedy == "" {
			t.Errorf("%s has failed without a remedy", name)
		}
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q: %s", name, w, text)
			}
		}
		return
	}
	t.Errorf("no check %q in %+v", name, checks)
}

func TestAllIsWell(t *testing.T) {
	a := asterisktest.Start(t, asterisktest.Options{})
	o := to(options(t, recogniser(t, "one two three")), a)
	o.Config.Trunks = []config.Trunk{{Name: "nowhere", Endpoint: "PJSIP/{number}@nowhere"}}
	var told int
	o.Each = func(Check) { told++ }
	checks := Run(t.Context(), o)
	want(t, checks, nameClock, OK, "Asia/Shanghai")
	want(t, checks, nameDirectories, OK)
	want(t, checks, nameDatabase, OK, "is empty")
	want(t, checks, nameAsterisk, OK, a.ARIURL)
	want(t, checks, nameVersion, OK, "Asterisk 22")
	want(t, checks, nameRights, OK)
	want(t, checks, nameModules, OK)
	want(t, checks, nameMedia, OK, "1004 Hz", "697 Hz")
	want(t, checks, nameTrunks, Failed, "PJSIP/nowhere", "pjsip.conf")
	want(t, checks, nameVoice, OK, "en by flite/slt", "zh by espeak-ng/cmn")
	want(t, checks, nameRecogniser, OK, `heard "one two three"`)
	if told != len(checks) || Healthy(checks) {
		t.Errorf("told of %d of %d checks; healthy: %v", told, len(checks), Healthy(checks))
	}
	// Nothing is left behind.
	for _, command := range []string{"core show channels count", "bridge show all", "ari show apps"} {
		a.Settles(t, command, func(out string) bool {
			// Asterisk forgets an application whose last channel outlived its
			// websocket only when the next application goes.
			another(t, a)
			return !strings.Contains(out, "doctor") && !strings.Contains(out, "UnicastRTP") &&
				(command[0] != 'c' || strings.Contains(out, "0 active channels"))
		})
	}
}

// another is an application that comes and goes.
func another(t *testing.T, a *asterisktest.Instance) {
	t.Helper()
	c, err := ari.Dial(t.Context(), ari.Options{URL: a.ARIURL, Username: a.User, Password: a.Password, App: "another", Logger: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestWrongPassword(t *testing.T) {
	a := asterisktest.Start(t, asterisktest.Options{IgnoreLog: true})
	o := to(options(t, recogniser(t, "")), a)
	o.Config.Asterisk.Password = "not-this"
	checks := Run(t.Context(), o)
	want(t, checks, nameAsterisk, Failed, "does not accept user", "ari.conf")
	want(t, checks, nameMedia, Untried)
	want(t, checks, nameRecogniser, Warning, "took \"one two three\" for \"\"")
	o.Config.Asterisk.Password = ""
	want(t, Run(t.Context(), o), nameAsterisk, Failed, "asterisk.password is not set", "password_file")
	o = to(o, a)
	o.Config.Asterisk.URL = strings.TrimSuffix(a.ARIURL, "/ari") + "/arid"
	want(t, Run(t.Context(), o), nameAsterisk, Failed, "no ARI there", "asterisk.url ends in /ari")
}

func TestReadOnlyUser(t *testing.T) {
	a := asterisktest.Start(t, asterisktest.Options{IgnoreLog: true, Files: func(i *pbx.Instance) map[string][]byte {
		return map[string][]byte{"ari.conf": fmt.Appendf(nil,
			"[general]\nenabled=yes\n[%s]\ntype=user\nread_only=yes\npassword=%s\n", i.User, i.Password)}
	}})
	checks := Run(t.Context(), to(options(t, recogniser(t, "one")), a))
	want(t, checks, nameAsterisk, OK)
	want(t, checks, nameRights, Failed, "may look but not act", "read_only=yes")
	want(t, checks, nameMedia, Untried)
}

func TestMissingModules(t *testing.T) {
	a := asterisktest.Start(t, asterisktest.Options{IgnoreLog: true})
	for _, m := range []string{"chan_rtp.so", "res_stasis_snoop.so"} {
		a.Console(t, "module unload "+m)
	}
	checks := Run(t.Context(), to(options(t, recogniser(t, "one")), a))
	want(t, checks, nameModules, Failed, "chan_rtp.so (audio between Asterisk and Dialwright)", "module load")
	want(t, checks, nameMedia, Untried, "missing modules")
}

// A media.listen that is no address of this machine.
func TestMediaListensElsewhere(t *testing.T) {
	a := asterisktest.Start(t, asterisktest.Options{IgnoreLog: true})
	o := to(options(t, recogniser(t, "one")), a)
	o.Config.Media.Listen = "192.0.2.1:4000"
	want(t, Run(t.Context(), o), nameMedia, Failed, "192.0.2.1", "media.listen")
}

func TestNothingThere(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	o := options(t, "ws://"+addr)
	o.Config.Asterisk.URL, o.Config.Asterisk.Password = "http://"+addr+"/ari", "x"
	o.Config.Database = config.DSN("sqlite://" + t.TempDir() + "/absent/d.db")
	o.Config.Compliance.Zone = ""
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o.Config.Media.Recordings = config.Path(blocked)
	o.Voice = func(*config.Config) (Voice, error) { return hums{mute: "zh"}, nil }
	checks := Run(t.Context(), o)
	want(t, checks, nameClock, Warning, "compliance.zone")
	want(t, checks, nameDirectories, Failed, "is not a directory")
	want(t, checks, nameDatabase, Failed, "directory of the file")
	want(t, checks, nameAsterisk, Failed, "no Asterisk answers", "http.conf")
	want(t, checks, nameVoice, Failed, "zh (espeak-ng/cmn)", "apt-get install flite espeak-ng")
	want(t, checks, nameRecogniser, Failed, "dialwright asr serve")
}

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		info  ari.Info
		want  Status
		words string
	}{
		{ari.Info{Version: "22.10.1", Major: 22, Features: ari.Features{TechCause: true}}, OK, "22.10.1"},
		{ari.Info{Version: "20.5.0", Major: 20}, Warning, "tech_cause"},
		{ari.Info{Version: "18.9.0", Major: 18}, Warning, "RTP alone"},
		{ari.Info{Version: "GIT-master"}, Warning, "without a version number"},
	} {
		if f := version(c.info); f.status != c.want || !strings.Contains(f.detail+f.remedy, c.words) {
			t.Errorf("%s: %+v", c.info.Version, f)
		}
	}
	v := &visit{Options: Options{Config: config.Default()}}
	if f := v.noConnection(fmt.Errorf("ari: %w: 13.1.0, at least 16 is needed", ari.ErrVersion)); f.status != Failed || !strings.Contains(f.remedy, "upgrade") {
		t.Errorf("an ancient Asterisk: %+v", f)
	}
}
