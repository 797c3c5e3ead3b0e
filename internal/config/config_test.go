package config

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each bad file has its exact messages beside it.
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("found %d bad files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, err := Load(Options{Path: file})
			if err == nil {
				t.Fatal("a bad file was taken")
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, rerr := os.ReadFile(golden)
			if rerr != nil {
				t.Fatal(rerr)
			}
			if diff := cmp.Diff(string(want), err.Error()+"\n"); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExampleLoads(t *testing.T) {
	c, err := Load(Options{Path: "../../dialwright.example.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Trunks[0].Name != "trunk-a" || c.Trunks[0].CallerID != "+861062345678" || c.Agents[0].Groups["sales"] != 2 ||
		c.Compliance.Caps[2].Within != 24*time.Hour || c.Compliance.Hours.String() != "mon-fri 09:00-20:00; sat-sun 10:00-18:00" {
		t.Errorf("the example reads as %+v", c)
	}
	// It documents every key, and shows the defaults where it says so.
	shown := map[string]bool{}
	for _, e := range c.Show() {
		shown[e.Key] = true
		if e.Origin == "default" && !strings.HasSuffix(e.Key, ".attempts") {
			t.Errorf("%s is not in the example", e.Key)
		}
	}
	d := Default()
	for key, pair := range map[string][2]any{
		"worker.poll": {c.Worker.Poll, d.Worker.Poll}, "asterisk.max_ring": {c.Asterisk.MaxRing, d.Asterisk.MaxRing},
		"media.format": {c.Media.Format, d.Media.Format}, "drain.limit": {c.Drain.Limit, d.Drain.Limit},
		"http.listen": {c.HTTP, d.HTTP}, "log": {c.Log, d.Log}, "flows": {c.Flows, "../../" + d.Flows},
	} {
		if !shown[key] && key != "log" {
			t.Errorf("%s is not shown", key)
		}
		if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
			t.Errorf("%s differs from its default: %s", key, diff)
		}
	}
}

func TestEmptyFileIsTheDefault(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "asterisk:\n", "---\n"} {
		c, err := Parse("dialwright.yaml", []byte(text))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		c.origins = nil
		if diff := cmp.Diff(Default(), c, cmp.AllowUnexported(Config{})); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestNoFileNoComplaint(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := Load(Options{}); err != nil {
		t.Error(err)
	}
	_, err := Load(Options{Path: "absent.yaml"})
	want := "absent.yaml: cannot be read: no such file or directory (name the file with --config or DIALWRIGHT_CONFIG)"
	if err == nil || err.Error() != want {
		t.Errorf("a named file that is absent: %v", err)
	}
	if err := os.Mkdir("dir.yaml", 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(Options{Path: "dir.yaml"}); err == nil || err.Error() != "dir.yaml: is a directory, not a file" {
		t.Errorf("a directory: %v", err)
	}
}

func TestPrecedenceAndOrigins(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "d.yaml")
	write(t, file, "asterisk:\n  url: http://file:1/ari\n  username: file\n  password_file: pw\n"+
		"media: {recordings: rec}\ntrunks:\n- {name: t-1, endpoint: 'PJSIP/{number}@t-1', password: hush}\n")
	write(t, filepath.Join(dir, "pw"), "s3cret\n")
	write(t, filepath.Join(dir, "token"), "tok\n")
	c, err := Load(Options{Path: file,
		Env: []string{"DIALWRIGHT_ASTERISK_USERNAME=env", "DIALWRIGHT_ASTERISK_URL=http://env:1/ari", "DIALWRIGHT_CONFIG=x",
			"DIALWRIGHT_TRUNKS_T_1_CAPACITY=7", "DIALWRIGHT_ASR_LANGUAGES=en, de", "DIALWRIGHT_HTTP_TOKEN_FILE=" + filepath.Join(dir, "token"),
			"DIALWRIGHT_DATABASE=postgres://u:pw@h/db?sslmode=disable", "DIALWRIGHT_SERVICE_HOST=10.0.0.1", "PATH=/bin"},
		Flags: map[string]string{"asterisk.url": "http://flag:1/ari", "tts.voices": "en=flite/kal,zh=espeak-ng/cmn"}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range c.Show() {
		got[e.Key] = fmt.Sprintf("%s <- %s", e.Value, strings.TrimPrefix(e.Origin, dir+"/"))
	}
	for key, want := range map[string]string{
		"asterisk.url":        "http://flag:1/ari <- --set asterisk.url",
		"asterisk.username":   "env <- DIALWRIGHT_ASTERISK_USERNAME",
		"asterisk.password":   "******** <- d.yaml:4",
		"asterisk.max_ring":   "45s <- default",
		"trunks.t-1.capacity": "7 <- DIALWRIGHT_TRUNKS_T_1_CAPACITY",
		"trunks.t-1.password": "******** <- d.yaml:7",
		"asr.languages":       "en,de <- DIALWRIGHT_ASR_LANGUAGES",
		"http.token":          "******** <- DIALWRIGHT_HTTP_TOKEN_FILE",
		"database":            "postgres://u:********@h/db?sslmode=disable <- DIALWRIGHT_DATABASE",
		"tts.voices":          "en=flite/kal,zh=espeak-ng/cmn <- --set tts.voices",
		"media.recordings":    filepath.Join(dir, "rec") + " <- d.yaml:5",
	} {
		if got[key] != want {
			t.Errorf("%s: %s, want %s", key, got[key], want)
		}
	}
	if c.Asterisk.Password != "s3cret" || c.HTTP.Token != "tok" || c.Trunks[0].Password != "hush" {
		t.Error("a secret was not read as it is")
	}
}

func TestBadEnvironmentAndFlags(t *testing.T) {
	_, err := Load(Options{Path: "testdata/good.yaml",
		Env:   []string{"DIALWRIGHT_ASTERISK_ULR=x", "DIALWRIGHT_TTS_WORKERS=many", "DIALWRIGHT_HTTP_TOKEN_FILE=/nonexistent"},
		Flags: map[string]string{"asterisk.pasword": "x", "drain.limit": "soon"}})
	want := `environment: DIALWRIGHT_ASTERISK_ULR sets no known key (did you mean "DIALWRIGHT_ASTERISK_URL"?)
environment: DIALWRIGHT_HTTP_TOKEN_FILE: /nonexistent cannot be read: no such file or directory
environment: DIALWRIGHT_TTS_WORKERS: "many" is not a whole number
flags: drain.limit: "soon" is not a duration like 90s, 15m, 24h or 7d
flags: unknown key "asterisk.pasword" (did you mean "asterisk.password"?)`
	if err == nil || cmp.Diff(want, err.Error()) != "" {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

// A secret is in none of the ways a value gets printed.
func TestSecretsStayHidden(t *testing.T) {
	c := Default()
	c.Asterisk.Password, c.HTTP.Token = "hunter2", "hunter2"
	c.Database = "postgres://u:hunter2@h/d?sslpassword=hunter2"
	c.Trunks = []Trunk{{Name: "a", Password: "hunter2"}}
	j, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprintf("%v", c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), string(j), fmt.Sprint(c.Show()),
		DSN("host=h password=hunter2 user=u").String(), DSN("host=h password='hun hunter2'").String()} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("a secret is shown in %s", text)
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Whatever the file holds: an answer, never a panic; and what is good stays
// good when it is read again.
func FuzzParse(f *testing.F) {
	f.Add([]byte("0\n---")) // a second document with nothing in it
	for _, pattern := range []string{"testdata/*.yaml", "testdata/bad/*.yaml", "../../dialwright.example.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("f.yaml", data)
		if (c == nil) == (err == nil) {
			t.Fatalf("%v, %v", c, err)
		}
		if err == nil {
			c.Show()
			return
		}
		var all Errors
		if !errors.As(err, &all) {
			t.Fatalf("an error of another kind: %v", err)
		}
		for _, p := range all {
			if p.Message == "" || p.File == "" {
				t.Errorf("a problem that says nothing: %+v", p)
			}
		}
	})
}
