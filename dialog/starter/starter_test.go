package starter

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/converse/flowtest"
	"github.com/dialwright/dialwright/dialog"
)

// leastTests every template has.
const leastTests = 25

func all(t *testing.T) []Template {
	t.Helper()
	list, err := List()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("there is no template")
	}
	return list
}

func dirOf(tm Template) string { return filepath.Join(root, tm.Language, tm.Name) }

// A template is a good flow without a warning, each of its conversations comes
// out as written, and together they go through all its nodes.
func TestEveryTemplate(t *testing.T) {
	for _, tm := range all(t) {
		t.Run(tm.Language+"/"+tm.Name, func(t *testing.T) {
			flow, err := dialog.Load(dirOf(tm))
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range flow.Warnings {
				t.Errorf("warning: %s", w)
			}
			if flow.Language != tm.Language {
				t.Errorf("language is %s", flow.Language)
			}
			r := flowtest.Verify(t, dirOf(tm), 100)
			if len(r.Results) < leastTests {
				t.Errorf("%d conversations, fewer than %d", len(r.Results), leastTests)
			}
			if tm.Tests != len(r.Results) || tm.Nodes != len(flow.Nodes()) {
				t.Errorf("listed with %d nodes and %d tests; it has %d and %d", tm.Nodes, tm.Tests, len(flow.Nodes()), len(r.Results))
			}
			if tm.Title == "" {
				t.Error("flow.yaml does not begin with a comment that says what it is")
			}
			t.Logf("%d nodes, %d conversations, %.0f %% of the nodes, %.0f %% of the transitions", tm.Nodes, len(r.Results),
				r.Coverage.Nodes.Percent(), r.Coverage.Transitions.Percent())
		})
	}
}

// Each intent has examples enough to learn from.
func TestExamples(t *testing.T) {
	const least, most = 15, 30
	for _, tm := range all(t) {
		flow, err := dialog.Load(dirOf(tm))
		if err != nil {
			t.Errorf("%s/%s: %v", tm.Language, tm.Name, err)
			continue
		}
		for _, in := range flow.Examples() {
			if n := len(in.Phrases); n < least || n > most {
				t.Errorf("%s/%s: intent %s has %d examples, not %d to %d", tm.Language, tm.Name, in.Name, n, least, most)
			}
			seen := map[string]bool{}
			for _, ph := range in.Phrases {
				if seen[ph] {
					t.Errorf("%s/%s: intent %s has %q twice", tm.Language, tm.Name, in.Name, ph)
				}
				seen[ph] = true
			}
		}
	}
}

func TestWrite(t *testing.T) {
	for _, tm := range all(t) {
		dir := filepath.Join(t.TempDir(), "flows", "mine")
		written, err := Write(tm.Name, tm.Language, dir, Options{Name: "my-flow"})
		if err != nil {
			t.Fatal(err)
		}
		flow, err := dialog.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if flow.Name != "my-flow" {
			t.Errorf("%s: the flow is called %q", tm.Name, flow.Name)
		}
		if !slices.Contains(written, "flow.yaml") {
			t.Errorf("%s: flow.yaml is not among %v", tm.Name, written)
		}
		for _, name := range written {
			if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestWriteTakesNothingAway(t *testing.T) {
	tm := all(t)[0]
	dir := t.TempDir()
	mine := filepath.Join(dir, "flow.yaml")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(tm.Name, tm.Language, dir, Options{}); !errors.Is(err, ErrExists) {
		t.Errorf("writing over a flow: %v", err)
	}
	if b, err := os.ReadFile(mine); err != nil || string(b) != "mine" {
		t.Errorf("what was there is %q, %v", b, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%d files, %v", len(entries), err)
	}
	if _, err := Write(tm.Name, tm.Language, filepath.Join(mine, "below"), Options{}); err == nil {
		t.Error("wrote below a file")
	}
}

func TestWriteRefuses(t *testing.T) {
	tm := all(t)[0]
	for _, c := range []struct {
		name, language, flow string
		want                 error
	}{
		{"no-such", tm.Language, "", ErrNoTemplate},
		{tm.Name, "fr", "", ErrNoTemplate},
		{"../" + tm.Language + "/" + tm.Name, tm.Language, "", ErrNoTemplate},
		{"", "", "", ErrNoTemplate},
		{tm.Name, tm.Language, "two words", ErrName},
		{tm.Name, tm.Language, "x\nvoice: y", ErrName},
	} {
		dir := filepath.Join(t.TempDir(), "new")
		if _, err := Write(c.name, c.language, dir, Options{Name: c.flow}); !errors.Is(err, c.want) {
			t.Errorf("%q in %q as %q: %v, not %v", c.name, c.language, c.flow, err, c.want)
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q in %q as %q left %s behind: %v", c.name, c.language, c.flow, dir, err)
		}
	}
}

// A name with characters of any language is a name; the flow keeps its
// template's when none is given.
func TestWriteNames(t *testing.T) {
	tm := all(t)[0]
	for give, want := range map[string]string{"": tm.Name, "回访-2": "回访-2"} {
		dir := filepath.Join(t.TempDir(), "new")
		if _, err := Write(tm.Name, tm.Language, dir, Options{Name: give}); err != nil {
			t.Fatal(err)
		}
		flow, err := dialog.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if flow.Name != want {
			t.Errorf("the flow is called %q, not %q", flow.Name, want)
		}
	}
}

// Files of a template keep to sizes people read.
func TestFilesStayShort(t *testing.T) {
	err := fs.WalkDir(files, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		src, err := fs.ReadFile(files, name)
		if n := strings.Count(string(src), "\n"); n > 600 {
			t.Errorf("%s has %d lines", name, n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
