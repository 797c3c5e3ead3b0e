package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/store"
	"github.com/dialwright/dialwright/web"
)

func TestTableFitsThePage(t *testing.T) {
	tb := newTable("NAME", "NUMBER", "SAYS")
	tb.row("王小明", "+8613800138000", strings.Repeat("您拨打的电话已关机", 10))
	tb.row("Anna\x1b[31m\nred", "+442079460958", strings.Repeat("word ", 40))
	tb.row("é", "", "short")
	var out bytes.Buffer
	if err := tb.write(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	column := runewidth.StringWidth(lines[0][:strings.Index(lines[0], "NUMBER")])
	for _, l := range lines {
		if w := measure().StringWidth(l); w > pageWidth {
			t.Errorf("%d cells: %s", w, l)
		}
		if strings.ContainsAny(l, "\x1b\r") {
			t.Errorf("a control character came through: %q", l)
		}
		if i := strings.IndexAny(l, "N+"); i > 0 && l[i] == '+' && measure().StringWidth(l[:i]) != column {
			t.Errorf("the number stands in column %d, its heading in %d: %s", measure().StringWidth(l[:i]), column, l)
		}
	}
	if !strings.Contains(lines[1], "…") {
		t.Errorf("a cell that was cut does not show it: %s", lines[1])
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 10, ""},
		{"one two three", 7, "one two|three"},
		{"one two three", 80, "one two three"},
		{"abcdefghij", 4, "abcd|efgh|ij"},
		{"您好这里是", 4, "您好|这里|是"},
		{"ok 您好这里", 6, "ok|您好这|里"},
	} {
		if got := strings.Join(wrap(c.text, c.width), "|"); got != c.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

// transferred is a call with everything in it.
func transferred() report.Call {
	at := fixed{}.Now()
	return report.Call{
		ID: "01kz9p5c30xy7m2q4v8ra", Campaign: "spring", Contact: "c1", Number: "+8613800138000", Worker: "w", Flow: "hello.yaml",
		StartedAt: at, AnsweredAt: at.Add(6 * time.Second), EndedAt: at.Add(51 * time.Second),
		Disposition: dialwright.Answered, Outcome: "interested", HungUpBy: "customer",
		Slots: map[string]any{"product": "broadband", "amount": 3},
		Tries: []report.Try{
			{N: 1, Trunk: "trunk-a", Number: "+8613800138000", StartedAt: at, EndedAt: at.Add(time.Second), Disposition: dialwright.Congestion, SIPCode: 503, Q850: 34, Reason: "Service Unavailable"},
			{N: 2, Trunk: "trunk-b", Number: "+8613800138000", StartedAt: at.Add(time.Second), Disposition: dialwright.Answered, Q850: 16, RingMS: 5000, TalkMS: 45000},
		},
		Transfer: &report.Transfer{SkillGroup: "sales", Agent: "anna", Status: "connected", WaitedMS: 4200, TalkedMS: 20000, Offers: 2},
		Transcript: []report.Line{
			{Who: "bot", AtMS: 120, Text: "Good day, this is a call about your broadband contract, which ends this month. Do you have a minute?", CutAtMS: 3000},
			{Who: "customer", AtMS: 4300, Text: "yes i am interested", Confidence: 0.87},
			{Who: "bot", AtMS: 5600, Text: "我们马上为您转接人工客服，请稍候。"},
		},
		Events:    []report.Event{{At: at.Add(time.Second), Kind: "fail_over", Detail: "congestion on trunk-a"}},
		Recording: "recordings/01kz9p5c30xy7m2q4v8ra.wav",
		Latency:   report.Latency{Turns: []report.Turn{{EOSToAudioMS: 640, ASRFinalMS: 90, DialogMS: 1, TTSMS: 3, OwnMS: 5}}},
	}
}

// The longest disposition is not cut for a long outcome.
func TestCallsListShowsDispositions(t *testing.T) {
	d := newDesk(t)
	d.must("dnc", "list") // makes the database
	db, err := store.Open(t.Context(), "sqlite://dialwright.db")
	if err != nil {
		t.Fatal(err)
	}
	c := transferred()
	c.Disposition, c.Outcome = dialwright.InvalidNumber, "wants_the_brochure"
	if err := errors.Join(db.SaveCall(t.Context(), c), db.Close()); err != nil {
		t.Fatal(err)
	}
	d.says(exitOK, []string{" invalid_number ", " wants_…", "OUTCOME"}, "calls", "list")
}

func TestCallsListAndShow(t *testing.T) {
	d := newDesk(t)
	t.Setenv("TZ", "UTC")
	d.must("dnc", "list") // makes the database
	db, err := store.Open(t.Context(), "sqlite://dialwright.db")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.SaveCall(t.Context(), transferred()), db.Close()); err != nil {
		t.Fatal(err)
	}
	d.says(exitOK, []string{"01kz9p5c30xy7m2q4v8ra", "+8613800138000", "answered", "interested", "45"}, "calls", "list")
	d.says(exitOK, []string{"CALL"}, "calls", "list", "--since", "1ns")
	if out := d.must("calls", "list", "--disposition", "busy"); strings.Contains(out, "01kz") {
		t.Errorf("a busy call: %s", out)
	}
	d.says(exitOK, []string{
		"group sales: connected with anna, waited 4.2 s, talked 20.0 s, 2", "slot         amount = 3",
		"trunk-a", "congestion", "503", "34", "Service Unavailable", "trunk-b", "640 ms", "yes i am interested (87%)",
		"我们马上为您转接人工客服", "have a minute? —", "answered, ended by customer", "fail_over",
	}, "calls", "show", "01kz9p5c30xy7m2q4v8ra", "--events")
	var c report.Call
	if err := json.Unmarshal([]byte(d.must("calls", "show", "01kz9p5c30xy7m2q4v8ra", "--json")), &c); err != nil || c.Transfer.Agent != "anna" {
		t.Errorf("as JSON: %+v, %v", c, err)
	}
	d.says(exitOK, []string{"1 ended", "interested", "connected"}, "campaign", "status", createEmpty(d))
}

// createEmpty makes the campaign that transferred belongs to.
func createEmpty(d *desk) string {
	d.write("p.csv", "number\n13800138000\n")
	d.must("contacts", "import", "p.csv", "--list", "l")
	d.must("campaign", "create", "spring", "--list", "l", "--flow", "hello.yaml")
	return "spring"
}

// oneCall is a running call that says one thing and hums.
type oneCall struct{}

func (oneCall) Calls() []web.LiveCall { return []web.LiveCall{{Call: "live1"}} }

func (oneCall) Follow(_ context.Context, _ dialwright.CallID, each func(web.LiveEvent)) error {
	at := fixed{}.Now()
	each(web.LiveEvent{Call: "live1", At: at, Kind: "line", Who: "bot", Text: "Good day."})
	each(web.LiveEvent{Call: "live1", At: at.Add(2500 * time.Millisecond), Kind: "line", Who: "customer", Text: "hello", Confidence: 0.9})
	each(web.LiveEvent{Call: "live1", At: at.Add(3 * time.Second), Kind: "outcome", Text: "greeted"})
	return nil
}

func (oneCall) Listen(_ context.Context, _ dialwright.CallID, each func(web.LiveAudio)) error {
	each(web.LiveAudio{Customer: true, Rate: 16000, PCM: make([]int16, 320)})
	return nil
}

func TestListen(t *testing.T) {
	d := newDesk(t)
	s, err := web.Start(web.Options{Listen: "127.0.0.1:0", Token: "t0ken", Live: oneCall{}, Logger: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	at := []string{"--set", "http.listen=" + s.Addr().String(), "--set", "http.token=t0ken"}
	listen := func(code int, words []string, args ...string) {
		t.Helper()
		d.says(code, words, append(append([]string{"calls", "listen"}, args...), at...)...)
	}
	listen(exitOK, []string{"0.0  bot       Good day.", "2.5  customer  hello (90%)", "outcome   greeted", "the call has ended"}, "live1")
	listen(exitOK, []string{`"text":"hello"`}, "live1", "--json")
	listen(exitNotFound, []string{"not running", "calls show other"}, "other")
	listen(exitUsage, []string{"goes with --audio"}, "live1", "--out", "x.wav")
	listen(exitOK, nil, "live1", "--audio", "--out", "x.wav")
	wav, err := os.ReadFile("x.wav")
	if err != nil || len(wav) < 44 || binary.LittleEndian.Uint32(wav[4:]) != uint32(len(wav)-8) || binary.LittleEndian.Uint32(wav[40:]) != uint32(len(wav)-44) {
		t.Errorf("the file is no whole WAV: %d bytes, %v", len(wav), err)
	}
	at[3] = "http.token=wrong"
	listen(exitRefused, []string{"http.token"}, "live1")
	at[1] = "http.listen=127.0.0.1:1"
	listen(exitFailure, []string{`is "dialwright serve" running?`}, "live1")
}

func TestAsteriskConfig(t *testing.T) {
	d := newDesk(t)
	d.says(exitOK, []string{"pjsip.conf", "ari.conf"}, "asterisk", "config", "--out", "ast")
	pjsip, err := os.ReadFile("ast/pjsip.conf")
	if err != nil || !strings.Contains(string(pjsip), "[trunk-a]") || !strings.Contains(string(pjsip), "[anna]") {
		t.Errorf("pjsip.conf, %v:\n%s", err, pjsip)
	}
	if info, err := os.Stat("ast/ari.conf"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("ari.conf holds a password: %v, %v", info.Mode(), err)
	}
	d.says(exitRefused, []string{"exists already", "--force"}, "asterisk", "config", "--out", "ast")
	d.says(exitOK, nil, "asterisk", "config", "--out", "ast", "--force")
	d.write("empty.yaml", "")
	d.says(exitConfig, []string{"asterisk.password is not set"}, "asterisk", "config", "--out", "b", "-c", "empty.yaml")
}

func TestManAndCompletion(t *testing.T) {
	d := newDesk(t)
	d.says(exitOK, []string{"pages in man"}, "man", "--out", "man")
	page, err := os.ReadFile(filepath.Join("man", "dialwright-campaign-create.1"))
	if err != nil || !strings.Contains(string(page), ".TH") || !strings.Contains(string(page), "Mar 2026") {
		t.Errorf("%v\n%.300s", err, page)
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if out := d.must("completion", shell); !strings.Contains(out, "dialwright") {
			t.Errorf("completion for %s: %.100s", shell, out)
		}
	}
}

func TestConfigShow(t *testing.T) {
	d := newDesk(t)
	d.env = []string{"DIALWRIGHT_LOG_LEVEL=debug", "DIALWRIGHT_CONFIG=dialwright.yaml"}
	d.says(exitOK, []string{"********", "dialwright.yaml:1", "DIALWRIGHT_LOG_LEVEL", "--set drain.limit", "default"},
		"config", "show", "--set", "drain.limit=1m")
	out := d.must("config", "show", "--json")
	if strings.Contains(out, "hush") {
		t.Error("config show tells the password")
	}
	var entries []struct{ Key, Value, Origin string }
	if err := json.Unmarshal([]byte(out), &entries); err != nil || len(entries) < 40 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

// Every command that prints a table prints JSON that can be read.
func TestJSONEverywhere(t *testing.T) {
	d := newDesk(t)
	createEmpty(d)
	for _, line := range []string{
		"campaign status", "campaign status spring", "campaign start spring", "contacts list", "contacts list --list l",
		"contacts why 13800138000", "calls list", "dnc add 13800138001", "dnc list", "agent list", "flow check hello.yaml",
		"config show", "version", "migrate", "stop-all", "stop-all --clear", "man --out m", "asterisk config --out a", "doctor",
	} {
		out, errOut, _ := d.run(append(strings.Fields(line), "--json")...)
		if !json.Valid([]byte(out)) {
			t.Errorf("dialwright %s --json prints no JSON: %.300s %s", line, out, errOut)
		}
	}
}
