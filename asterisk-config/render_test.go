package asteriskconfig

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRenderNamesEveryProblem(t *testing.T) {
	ok := Params{ARI: ARI{Password: "x"}}
	for name, c := range map[string]struct {
		change func(*Params)
		want   string
	}{
		"no password":      {func(p *Params) { p.ARI.Password = "" }, "a password is required"},
		"injected line":    {func(p *Params) { p.ARI.Password = "x\n[evil]" }, "line break"},
		"bad bind":         {func(p *Params) { p.HTTP.Bind = "localhost" }, `"localhost" is not an IP address`},
		"bad port":         {func(p *Params) { p.SIP.Port = 70000 }, "port 70000 is not between 1 and 65535"},
		"rtp backwards":    {func(p *Params) { p.RTP = Ports{Start: 200, End: 100} }, "200 to 100 is not a range"},
		"reserved name":    {func(p *Params) { p.Trunks = []Trunk{{Name: "global", Host: "a"}} }, `name "global"`},
		"same name":        {func(p *Params) { p.Trunks = []Trunk{{Name: "a", Host: "a"}, {Name: "a", Host: "b"}} }, "the name is taken"},
		"no host":          {func(p *Params) { p.Trunks = []Trunk{{Name: "a"}} }, `host "" is neither`},
		"register unnamed": {func(p *Params) { p.Trunks = []Trunk{{Name: "a", Host: "h", Register: true}} }, "takes a username"},
		"lost agent":       {func(p *Params) { p.Agents = []Agent{{Name: "anna"}} }, "needs a contact, or a password"},
		"bad contact":      {func(p *Params) { p.Agents = []Agent{{Name: "anna", Contact: "PJSIP/anna"}} }, "does not look like sip:"},
		"no such member":   {func(p *Params) { p.Queues = []Queue{{Name: "q", Members: []string{"zoe"}}} }, `member "zoe" is no agent`},
		"bad strategy":     {func(p *Params) { p.Queues = []Queue{{Name: "q", Strategy: "fair"}} }, `strategy "fair"`},
		"half directories": {func(p *Params) { p.Directories.Etc = "/etc" }, "either all seven"},
		"long socket":      {func(p *Params) { p.Directories.Run = "/" + strings.Repeat("r", 100) }, "too long for a socket"},
		"bad module":       {func(p *Params) { p.Modules = []string{"x y"} }, `module "x y"`},
		"bad app":          {func(p *Params) { p.InboundApp = "a,b" }, "must be one word"},
	} {
		t.Run(name, func(t *testing.T) {
			p := ok
			c.change(&p)
			_, err := Render(p)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v; want one with %q", err, c.want)
			}
		})
	}
	if _, err := Render(Params{HTTP: HTTP{Port: -1}}); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("two problems make two lines, got: %v", err)
	}
}

func TestWriteKeepsSecretsFromOthers(t *testing.T) {
	dir := t.TempDir()
	if err := Write(dir, Params{ARI: ARI{Password: "geheim;1"}}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "ari.conf")
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(got), `password = geheim\;1`) {
		t.Errorf("ari.conf does not hold the escaped password:\n%s", got)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("ari.conf has mode %v, want 0600", info.Mode())
	}
	if conf, _ := os.ReadFile(filepath.Join(dir, "asterisk.conf")); strings.Contains(string(conf), "[directories]") {
		t.Errorf("without directories the system's stay in force, but asterisk.conf sets them")
	}
}

// TestEveryTemplateExplainsItself holds the templates to their readers: a section's
// settings are never a page without a comment.
func TestEveryTemplateExplainsItself(t *testing.T) {
	files, err := Render(Params{ARI: ARI{Password: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if strings.HasSuffix(name, ".conf") && !strings.HasPrefix(string(content), "; ") {
			t.Errorf("%s does not begin by saying what it is for", name)
		}
		if strings.Contains(string(content), "<no value>") {
			t.Errorf("%s has a hole:\n%s", name, content)
		}
	}
}

func TestHoldMusicIsWAVThatDoesNotClip(t *testing.T) {
	b := holdMusic()
	if string(b[:4]) != "RIFF" || string(b[8:16]) != "WAVEfmt " || binary.LittleEndian.Uint32(b[24:]) != musicRate {
		t.Fatalf("header is % x", b[:44])
	}
	if got := int(binary.LittleEndian.Uint32(b[40:])); got != len(b)-44 {
		t.Errorf("data chunk claims %d bytes, has %d", got, len(b)-44)
	}
	var peak int16
	for i := 44; i < len(b); i += 2 {
		peak = max(peak, int16(binary.LittleEndian.Uint16(b[i:])))
	}
	if peak < 2000 || peak > 16000 {
		t.Errorf("peak is %d; want it audible and far from clipping", peak)
	}
}

// FuzzRender looks for parameters that pass the checks and yet start a line of
// their own in a file.
func FuzzRender(f *testing.F) {
	f.Add("secret", "trunk-a", "sip.example.net", "me", "sip:anna@127.0.0.1", "rrmemory")
	f.Add("a;b\\", "x", "::1", "\r\n[evil]", ">", "")
	f.Fuzz(func(t *testing.T, password, name, host, user, contact, strategy string) {
		p := Params{
			ARI:    ARI{Password: password},
			Trunks: []Trunk{{Name: name, Host: host, Username: user, Password: password}},
			Agents: []Agent{{Name: "agent-1", Contact: contact, Username: user, Password: password}},
			Queues: []Queue{{Name: "q", Strategy: strategy, Members: []string{"agent-1"}}},
		}
		got, err := Render(p)
		if err != nil {
			return
		}
		p.ARI.Password, p.Trunks[0].Password, p.Agents[0].Password = "x", "x", "x"
		p.Trunks[0].Username, p.Agents[0].Username = "x", "x"
		if user == "" {
			p.Trunks[0].Username = ""
			p.Agents[0].Username = ""
		}
		if password == "" {
			p.Trunks[0].Password, p.Agents[0].Password = "", ""
		}
		plain, err := Render(p)
		if err != nil {
			t.Fatalf("harmless values are refused: %v", err)
		}
		for file := range got {
			if a, b := strings.Count(string(got[file]), "\n"), strings.Count(string(plain[file]), "\n"); a != b && file != MusicFile {
				t.Errorf("%s has %d lines, with harmless values %d", file, a, b)
			}
		}
	})
}
