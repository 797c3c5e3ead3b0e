package dialog_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dialwright/dialwright/dialog"
)

func files(pairs ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return out
}

const includes = `flow: big
include: [intents.yaml, nodes/pay.yaml]
slots: {amount: number}
defaults: {no_input: [{end: no_input}], no_match: [{end: no_match}]}
on_hangup: {outcome: hung_up}
nodes:
  greet: {say: Will you pay?, listen: {intents: {"yes": pay}}}
`

const includedIntents = "intents:\n  \"yes\": [yes]\n"

func TestInclude(t *testing.T) {
	good := files("f/flow.yaml", includes, "f/intents.yaml", includedIntents, "f/nodes/pay.yaml", "slots: {day: date}\nnodes:\n  pay: {end: paid}\n")
	f, err := dialog.ParseFS(good, "f")
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(f.Nodes(), f.Files()); got != "[greet pay] [f/flow.yaml f/intents.yaml f/nodes/pay.yaml]" {
		t.Error(got)
	}
	good["f/nodes/pay.yaml"].Data = []byte("nodes:\n  pay: {end: payed}\n")
	if other, err := dialog.ParseFS(good, "f/flow.yaml"); err != nil || other.Hash == f.Hash {
		t.Errorf("an included file does not count for the hash: %v", err)
	}
	alone, err := dialog.Parse("flow.yaml", []byte(head+"nodes: {a: {end: x}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if in, err := dialog.ParseFS(files("flow.yaml", head+"nodes: {a: {end: x}}\n"), "."); err != nil || in.Hash != alone.Hash {
		t.Errorf("a lone file has another hash in a directory: %v", err)
	}
}

func TestIncludeProblems(t *testing.T) {
	for name, c := range map[string]struct{ flow, more, want string }{
		"twice the same name": {includes, "nodes:\n  pay: {end: paid}\n  greet: {end: x}\n", `f/nodes/pay.yaml:3:3: "greet" is already in nodes, at f/flow.yaml:7:3`},
		"a wrong key":         {includes, "nodes:\n  pay: {ent: paid}\n", `f/nodes/pay.yaml:2:9: unknown key "ent" in node pay (did you mean "end"?)`},
		"a top-level key":     {includes, "nodes: {pay: {end: paid}}\nstart: pay\n", `f/nodes/pay.yaml:2:1: unknown key "start" in an included file`},
		"no YAML":             {includes, "nodes: [", "f/nodes/pay.yaml:1:"},
		"an unknown target":   {includes, "nodes:\n  pay: {goto: nowhere}\n", `f/nodes/pay.yaml:2:15: goto leads to an unknown node "nowhere"`},
		"outside":             {strings.Replace(includes, "intents.yaml", "../intents.yaml", 1), "nodes:\n  pay: {end: paid}\n", `flow.yaml:2:11: "../intents.yaml" is no file of the flow`},
		"absolute":            {strings.Replace(includes, "intents.yaml", "/etc/passwd", 1), "", `"/etc/passwd" is no file of the flow`},
		"missing":             {strings.Replace(includes, "intents.yaml", "intent.yaml", 1), "", `flow.yaml:2:11: intent.yaml cannot be read: file does not exist`},
		"included twice":      {strings.Replace(includes, "intents.yaml", "nodes/pay.yaml", 1), "nodes:\n  pay: {end: paid}\n", "flow.yaml:2:27: nodes/pay.yaml is included twice"},
		"too many":            {strings.Replace(includes, "intents.yaml", strings.TrimSuffix(strings.Repeat("a, ", 71), ", "), 1), "", "include names 72 files, more than 64"},
		"too long":            {includes, strings.Repeat("# long\n", 1<<20), "nodes/pay.yaml is longer than 4194304 bytes"},
	} {
		_, err := dialog.ParseFS(files("f/flow.yaml", c.flow, "f/intents.yaml", includedIntents, "f/nodes/pay.yaml", c.more), "f")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := dialog.Parse("flow.yaml", []byte(includes))
	if err == nil || !strings.Contains(err.Error(), "the flow has no directory") {
		t.Errorf("in memory: %v", err)
	}
	if _, err := dialog.ParseFS(files(), "f"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no flow: %v", err)
	}
}

// TestIncludeLink: a link out of the directory is not followed.
func TestIncludeLink(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "f"), 0o755); err != nil {
		t.Fatal(err)
	}
	write("secret.yaml", includedIntents)
	write("f/flow.yaml", strings.Replace(includes, "nodes/pay.yaml", "pay.yaml", 1))
	write("f/pay.yaml", "nodes: {pay: {end: paid}}\n")
	if err := os.Symlink("../secret.yaml", filepath.Join(dir, "f/intents.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, err := dialog.Load(filepath.Join(dir, "f")); err == nil || !strings.Contains(err.Error(), "intents.yaml cannot be read") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "f/intents.yaml")); err != nil {
		t.Fatal(err)
	}
	write("f/intents.yaml", includedIntents)
	f, err := dialog.Load(filepath.Join(dir, "f"))
	if err != nil || f.Dir != filepath.Join(dir, "f") {
		t.Errorf("got %v, %v", f, err)
	}
}
