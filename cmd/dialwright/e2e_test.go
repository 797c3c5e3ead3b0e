package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"
	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixed is a Thursday, 11:00 in Shanghai.
type fixed struct{}

func (fixed) Now() time.Time { return time.Date(2026, 3, 5, 3, 0, 0, 0, time.UTC) }

// desk is a command line with a directory and a database of its own.
type desk struct {
	t   *testing.T
	dir string
	env []string
}

const testConfig = `asterisk: {password: hush}
trunks:
  - {name: trunk-a, endpoint: "PJSIP/{number}@trunk-a", host: 127.0.0.1, port: 5070}
agents:
  - {name: anna, endpoint: PJSIP/anna, groups: {sales: 2, support: 1}, contact: "sip:anna@127.0.0.1:5071"}
queues:
  - {name: help, members: [anna]}
compliance: {region: CN, zone: Asia/Shanghai}
`

const testFlow = `flow: hello
language: en
start: greet
on_hangup: {outcome: hung_up}
nodes:
  greet:
    say: Good day.
    end: greeted
`

func newDesk(t *testing.T) *desk {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	d := &desk{t: t, dir: dir}
	d.write("dialwright.yaml", testConfig)
	d.write("flows/hello.yaml", testFlow)
	return d
}

func (d *desk) write(name, text string) {
	d.t.Helper()
	path := filepath.Join(d.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// run gives what a command line prints and its exit code.
func (d *desk) run(args ...string) (stdout, stderr string, code int) {
	d.t.Helper()
	var out, errOut bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &errOut, env: d.env, clock: fixed{}}
	code = run(context.Background(), a, args)
	return out.String(), errOut.String(), code
}

// must runs a command line that has to succeed.
func (d *desk) must(args ...string) string {
	d.t.Helper()
	out, errOut, code := d.run(args...)
	if code != exitOK {
		d.t.Fatalf("dialwright %s: exit code %d\n%s%s", strings.Join(args, " "), code, out, errOut)
	}
	return out
}

// says runs a command line and looks for words in what it prints.
func (d *desk) says(code int, words []string, args ...string) {
	d.t.Helper()
	out, errOut, got := d.run(args...)
	if got != code {
		d.t.Errorf("dialwright %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, out, errOut)
	}
	for _, w := range words {
		if !strings.Contains(out+errOut, w) {
			d.t.Errorf("dialwright %s does not say %q:\n%s%s", strings.Join(args, " "), w, out, errOut)
		}
	}
	for line := range strings.SplitSeq(strings.TrimRight(out, "\n"), "\n") {
		if w := runewidth.StringWidth(line); w > pageWidth && strings.Contains(out, "  ") && !strings.HasPrefix(out, "{") {
			d.t.Errorf("dialwright %s: a line of %d cells: %s", strings.Join(args, " "), w, line)
		}
	}
}

// From a file of contacts to the reasons why one of them is not called.
func TestFromImportToDNC(t *testing.T) {
	d := newDesk(t)
	d.write("people.csv", "name,number,product\n王小明,13800138000,Spring offer\nAnna,+44 20 7946 0958,Other\nBad,123,None\nTwice,138-0013-8000,x\n")
	d.says(exitOK, []string{"4 rows: 2 imported into list spring, 0 updated, 1 duplicates, 1 rejected", "people.csv.rejects.csv"},
		"contacts", "import", "people.csv", "--list", "spring")
	var report map[string]any
	if err := json.Unmarshal([]byte(d.must("contacts", "import", "people.csv", "--list", "spring", "--json")), &report); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]float64{"rows": 4, "imported": 0, "updated": 0, "duplicates": 3, "rejected": 1} {
		if report[key] != want {
			t.Errorf("second import: %s is %v, want %v", key, report[key], want)
		}
	}
	if rss, _ := report["max_rss_bytes"].(float64); rss < 1<<20 {
		t.Errorf("max_rss_bytes is %v", report["max_rss_bytes"])
	}
	d.says(exitOK, []string{"spring", "2"}, "contacts", "list")
	d.says(exitOK, []string{"王小明", "+8613800138000", "product=Spring offer"}, "contacts", "list", "--list", "spring")
	d.says(exitNotFound, []string{"autumn"}, "contacts", "list", "--list", "autumn")

	d.says(exitRefused, []string{"no campaign calls that list"}, "contacts", "why", "13800138000")
	d.says(exitOK, []string{"created, 2 contacts"}, "campaign", "create", "spring", "--list", "spring", "--flow", "hello.yaml", "--trunk", "trunk-a")
	d.says(exitFailure, []string{"exists already"}, "campaign", "create", "spring", "--list", "spring", "--flow", "hello.yaml")
	d.says(exitRefused, []string{"campaign spring is draft"}, "contacts", "why", "13800138000")
	d.says(exitOK, []string{"no worker is running"}, "campaign", "start", "spring")
	d.says(exitOK, []string{"spring", "running"}, "campaign", "status")
	d.says(exitOK, []string{"2 to call, 0 in a call"}, "campaign", "status", "spring")
	d.says(exitOK, []string{"would call +8613800138000 王小明 now"}, "contacts", "why", "13800138000")

	d.says(exitOK, []string{"is on the Do-Not-Call list"}, "dnc", "add", "13800138000", "--why", "asked by letter")
	d.says(exitRefused, []string{"since 2026-03-05T03:00:00Z, by operator: asked by letter"}, "dnc", "check", "+86 138 0013 8000")
	d.says(exitRefused, []string{"NO", "dnc", "asked by"}, "contacts", "why", "13800138000")
	d.says(exitUsage, []string{"why"}, "dnc", "remove", "13800138000")
	d.says(exitOK, []string{"may be called again"}, "dnc", "remove", "13800138000", "--why", "consent given")
	d.says(exitNotFound, []string{"was not on"}, "dnc", "remove", "13800138000", "--why", "consent given")
	d.says(exitOK, []string{"is not on"}, "dnc", "check", "13800138000")
	d.says(exitNotFound, []string{"in no list"}, "contacts", "why", "13800138001")
	d.says(exitUsage, []string{"not a telephone number"}, "contacts", "why", "12")
}

func TestOrders(t *testing.T) {
	d := newDesk(t)
	d.write("p.csv", "number\n13800138000\n")
	d.must("contacts", "import", "p.csv", "--list", "l")
	d.must("campaign", "create", "c", "--list", "l", "--flow", "flows/hello.yaml")
	d.says(exitRefused, []string{"cannot drain a campaign that is draft"}, "campaign", "drain", "c")
	for _, step := range [][2]string{{"start", "running"}, {"pause", "paused"}, {"resume", "running"}, {"drain", "draining"}, {"stop", "stopped"}} {
		var got struct{ State string }
		if err := json.Unmarshal([]byte(d.must("campaign", step[0], "c", "--json")), &got); err != nil || got.State != step[1] {
			t.Errorf("after %s: %+v, %v", step[0], got, err)
		}
	}
	d.says(exitNotFound, []string{"nobody"}, "campaign", "start", "nobody")
	d.says(exitOK, []string{"all calling is stopped"}, "stop-all")
	d.says(exitOK, []string{"All calling is stopped"}, "campaign", "status")
	d.says(exitOK, []string{"but all calling is stopped"}, "campaign", "start", "c")
	d.says(exitRefused, []string{"stopped by hand"}, "contacts", "why", "13800138000")
	d.says(exitOK, []string{"allowed again"}, "stop-all", "--clear")
	d.says(exitOK, []string{"would call"}, "contacts", "why", "13800138000")
}

func TestAgents(t *testing.T) {
	d := newDesk(t)
	d.says(exitOK, []string{"anna", "off", "sales:2 support:1", "PJSIP/anna"}, "agent", "list")
	d.says(exitOK, []string{"anna: ready"}, "agent", "ready", "anna")
	d.says(exitOK, []string{"ready"}, "agent", "list")
	d.says(exitOK, []string{"anna: off"}, "agent", "off", "anna", "--json=false")
	d.says(exitNotFound, []string{"bob"}, "agent", "ready", "bob")
}

func TestExitCodes(t *testing.T) {
	d := newDesk(t)
	d.write("bad.yaml", "asterisk: {urll: x}\n")
	d.write("flows/bad.yaml", "name: bad\nstart: nowhere\nnodes: {}\n")
	for _, c := range []struct {
		code  int
		words string
		args  string
	}{
		{exitOK, "dialwright (devel)", "version"},
		{exitUsage, `unknown command "campain" for "dialwright"; did you mean "campaign"?`, "campain"},
		{exitUsage, `unknown command "strat" for "dialwright campaign"; did you mean "start"?`, "campaign strat x"},
		{exitUsage, "unknown flag: --nonsense", "version --nonsense"},
		{exitUsage, "NAME is missing", "campaign start"},
		{exitUsage, `"b" is one argument too many`, "campaign start a b"},
		{exitUsage, "list", "contacts import p.csv"},
		{exitUsage, "write --set key=value", "config show --set nonsense"},
		{exitUsage, "--disposition nonsense", "calls list --disposition nonsense"},
		{exitUsage, "no passwords", "asr serve --listen 0.0.0.0:2700"},
		{exitUsage, "--engine whisper", "asr serve --engine whisper"},
		{exitConfig, `bad.yaml:1:12: unknown key "urll" in asterisk (did you mean "url"?)`, "config show --config bad.yaml"},
		{exitConfig, "cannot be read", "config show --config absent.yaml"},
		{exitConfig, `unknown key "asterisk.ulr"`, "config show --set asterisk.ulr=x"},
		{exitConfig, "bad.yaml", "flow check bad.yaml"},
		{exitConfig, "no trunk \"z\"", "campaign create c --list l --flow hello.yaml --trunk z"},
		{exitConfig, "flow", "campaign create c --list l --flow bad.yaml"},
		{exitNotFound, "no such file", "campaign create c --list l --flow absent.yaml"},
		{exitNotFound, "no such file", "flow check absent.yaml"},
		{exitNotFound, "no such file", "contacts import absent.csv --list l"},
		{exitNotFound, "there is no record", "calls show abc"},
		{exitFailure, "unable to open database file", "dnc list --database sqlite:///nonexistent/d.db"},
		{exitOK, "hello.yaml: good: 1 nodes, 1 fixed prompts", "flow check hello.yaml"},
	} {
		out, errOut, code := d.run(strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(out+errOut, c.words) {
			t.Errorf("dialwright %s: exit code %d, want %d and %q:\n%s%s", c.args, code, c.code, c.words, out, errOut)
		}
	}
}

// Every command has help with an example, and its help is what the golden
// file says.
func TestHelp(t *testing.T) {
	d := newDesk(t)
	root := newRootCommand(&app{out: &bytes.Buffer{}, err: &bytes.Buffer{}})
	var all strings.Builder
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Name() == "completion" || c.Name() == "help" {
			return // cobra's own
		}
		if c.Example == "" || c.Short == "" {
			t.Errorf("%s has no example or no description", c.CommandPath())
		}
		args := append(strings.Fields(c.CommandPath())[1:], "--help")
		all.WriteString("$ dialwright " + strings.Join(args, " ") + "\n" + d.must(args...) + "\n")
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	golden(t, "help.txt", all.String())
}

var goldenDir = func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return filepath.Join(dir, "testdata")
}()

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join(goldenDir, name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), write it anew with -update:\n%s", name, diff)
	}
}
