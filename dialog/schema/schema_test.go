package schema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/dialwright/dialwright/converse/flowtest"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/dialog/schema"
)

var (
	update = flag.Bool("update", false, "write the schemas into docs")
	all    = flag.Bool("all", false, "put every value into every place, not one of them")
)

// The schemas in docs are those of this build.
func TestPublished(t *testing.T) {
	for name, make := range map[string]func() ([]byte, error){"flow.schema.json": schema.Flow, "tests.schema.json": schema.Tests} {
		got, err := make()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("..", "..", "docs", name)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not the one of this build: go test ./dialog/schema -update", path)
		}
	}
}

// language is what a schema describes: the schema, and the loader whose word
// counts.
type language struct {
	schema *jsonschema.Schema
	names  []string // all keys the schema has anywhere
	single bool     // its mappings of one key may have no other beside it
	load   func(src []byte) dialog.Problems
}

func compile(t *testing.T, make func() ([]byte, error), fragment string) (*jsonschema.Schema, []string) {
	t.Helper()
	src, err := make()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:///s.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mem:///s.json" + fragment)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if p, ok := v["properties"].(map[string]any); ok {
				for name := range p {
					names[name] = true
				}
			}
			for _, in := range v {
				walk(in)
			}
		case []any:
			for _, in := range v {
				walk(in)
			}
		}
	}
	walk(doc)
	return s, slices.Sorted(maps.Keys(names))
}

// wav is a recording of no length to speak of.
func wav() []byte {
	return []byte("RIFF\x26\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x02\x00\x00\x00\x00\x00")
}

func flowLanguage(t *testing.T, fragment string) language {
	more, err := os.ReadFile("testdata/more.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := func(flow, more []byte) fstest.MapFS {
		return fstest.MapFS{"flow.yaml": {Data: flow}, "more.yaml": {Data: more}, "hello.wav": {Data: wav()}, "faq.yaml": {Data: []byte("questions: [{ask: [what is it], answer: A test.}]")}}
	}
	l := language{}
	l.schema, l.names = compile(t, schema.Flow, fragment)
	l.load = func(src []byte) dialog.Problems {
		fsys := files(src, more)
		if fragment == "#/$defs/included" {
			full, err := os.ReadFile("testdata/full.yaml")
			if err != nil {
				t.Fatal(err)
			}
			fsys = files(full, src)
		}
		_, err := dialog.ParseFS(fsys, "flow.yaml")
		return problems(t, err)
	}
	return l
}

func testLanguage(t *testing.T) language {
	l := language{single: true, load: func(src []byte) dialog.Problems {
		_, err := flowtest.Parse("tests.yaml", src)
		return problems(t, err)
	}}
	l.schema, l.names = compile(t, schema.Tests, "")
	return l
}

func problems(t *testing.T, err error) dialog.Problems {
	t.Helper()
	var ps dialog.Problems
	if err != nil && !errors.As(err, &ps) {
		t.Fatal(err)
	}
	return ps
}

func read(t *testing.T, path string) any {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := value(src)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return v
}

// value is a YAML document as a JSON schema sees it.
func value(src []byte) (any, error) {
	var v any
	if err := yaml.Unmarshal(src, &v); err != nil {
		return nil, err
	}
	js, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(js))
}

// extra are the keys that a schema refuses at a place.
func extra(err error, place []string) map[string]bool {
	out := map[string]bool{}
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if k, ok := e.ErrorKind.(*kind.AdditionalProperties); ok && slices.Equal(e.InstanceLocation, place) {
			for _, name := range k.Properties {
				out[name] = true
			}
		}
		for _, c := range e.Causes {
			walk(c)
		}
	}
	var v *jsonschema.ValidationError
	if errors.As(err, &v) {
		walk(v)
	}
	return out
}

var unknownKey = regexp.MustCompile(`^unknown key "([^"]*)" in `)

func unknown(ps dialog.Problems) map[string]bool {
	out := map[string]bool{}
	for _, p := range ps {
		if m := unknownKey.FindStringSubmatch(p.Message); m != nil {
			out[m[1]] = true
		}
	}
	return out
}

// each calls do for every value of a document with its place, after which the
// document is as it was. put replaces the value.
func each(v any, place []string, do func(v any, place []string), put func(any)) {
	do(v, place)
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			each(v[k], append(slices.Clone(place), k), do, func(n any) { v[k] = n })
		}
	case []any:
		for i := range v {
			each(v[i], append(slices.Clone(place), itoa(i)), do, func(n any) { v[i] = n })
		}
	}
	put(v)
}

func itoa(i int) string {
	b, _ := json.Marshal(i)
	return string(b)
}

// at replaces the value at a place and gives the document as JSON, which is
// YAML too.
func at(t *testing.T, doc any, place []string, with any) (any, []byte) {
	t.Helper()
	var set func(v any, place []string) any
	set = func(v any, place []string) any {
		if len(place) == 0 {
			return with
		}
		switch v := v.(type) {
		case map[string]any:
			out := maps.Clone(v)
			out[place[0]] = set(v[place[0]], place[1:])
			return out
		case []any:
			out := slices.Clone(v)
			for i := range out {
				if itoa(i) == place[0] {
					out[i] = set(out[i], place[1:])
				}
			}
			return out
		}
		t.Fatalf("no such place: %v", place)
		return nil
	}
	changed := set(doc, place)
	src, err := json.Marshal(changed)
	if err != nil {
		t.Fatal(err)
	}
	return changed, src
}

func languages(t *testing.T) map[string]struct {
	language
	doc any
} {
	return map[string]struct {
		language
		doc any
	}{
		"full.yaml":  {flowLanguage(t, "#/$defs/flow"), read(t, "testdata/full.yaml")},
		"more.yaml":  {flowLanguage(t, "#/$defs/included"), read(t, "testdata/more.yaml")},
		"tests.yaml": {testLanguage(t), read(t, "testdata/tests.yaml")},
	}
}

// At every mapping of a document that has everything, the loader and the
// schema know the same keys: all names that one of them knows anywhere are
// tried.
func TestSameKeys(t *testing.T) {
	for name, l := range languages(t) {
		t.Run(name, func(t *testing.T) {
			_, src := at(t, l.doc, nil, l.doc)
			if ps := l.load(src); ps.Fatal() {
				t.Fatal(ps)
			}
			if err := l.schema.Validate(l.doc); err != nil {
				t.Fatal(err)
			}
			tried, seen := 0, map[string]bool{}
			each(l.doc, nil, func(v any, place []string) {
				m, ok := v.(map[string]any)
				if !ok {
					return
				}
				if m["experiment"] != nil { // its other keys are names
					return
				}
				if l.single && len(m) == 1 { // many documents: one step is like another
					like := index.ReplaceAllString(strings.Join(place, "/"), "*")
					if seen[like] {
						return
					}
					seen[like] = true
				}
				tried++
				for _, more := range l.tries(m) {
					doc, src := at(t, l.doc, place, more)
					known := unknown(l.load(src))
					refused := extra(l.schema.Validate(doc), place)
					for k := range more {
						if _, there := m[k]; !there && known[k] != refused[k] {
							t.Errorf("/%s: key %s: unknown to the loader: %v, to the schema: %v", strings.Join(place, "/"), k, known[k], refused[k])
						}
					}
				}
			}, func(any) {})
			if tried < 20 {
				t.Errorf("only %d mappings were tried", tried)
			}
		})
	}
}

var index = regexp.MustCompile(`\b[0-9]+\b`)

// tries are a mapping with all other names added; for one that takes a single
// key, one of each name instead.
func (l language) tries(m map[string]any) []map[string]any {
	all := maps.Clone(m)
	var out []map[string]any
	for _, name := range append(slices.Clone(l.names), "zzzzzzzzzzzzzzz") {
		if _, there := m[name]; !there && name != "experiment" { // it makes another kind of prompt
			all[name] = nil
			if l.single && len(m) == 1 {
				out = append(out, map[string]any{name: nil})
			}
		}
	}
	if l.single && len(m) == 1 {
		return out
	}
	return []map[string]any{all}
}

var wrongType = regexp.MustCompile(`must be (text|a mapping|a list|true or false|a number|telephone keys|a duration)\b|needs a unit| is empty$| is an empty list$`)

// Whatever is put in the place of whatever is there: what the schema refuses,
// the loader refuses too; and a value of the wrong type is refused by both.
func TestSameTypes(t *testing.T) {
	values := []any{nil, true, 17, 3.5, "zz zz", "", []any{}, []any{"zz"}, map[string]any{"zz": "zz"}, map[string]any{}}
	for name, l := range languages(t) {
		t.Run(name, func(t *testing.T) {
			tried, turn := 0, 0
			each(l.doc, nil, func(_ any, place []string) {
				turn++
				for i, v := range values {
					if !*all && (i+turn)%len(values) > 0 {
						continue
					}
					tried++
					doc, src := at(t, l.doc, place, v)
					ps, err := l.load(src), l.schema.Validate(doc)
					if err != nil && !ps.Fatal() {
						t.Errorf("/%s: %#v is refused by the schema alone: %v", strings.Join(place, "/"), v, err)
					}
					for _, p := range ps {
						if err == nil && wrongType.MatchString(p.Message) {
							t.Errorf("/%s: %#v is refused by the loader alone: %s", strings.Join(place, "/"), v, p.Message)
						}
					}
				}
			}, func(any) {})
			t.Logf("%d documents", tried)
		})
	}
}

// Every flow in the repository that loads is good for the schema, and so are
// its tests.
func TestGoodFlows(t *testing.T) {
	whole, _ := compile(t, schema.Flow, "")
	strict, _ := compile(t, schema.Flow, "#/$defs/flow")
	tests, _ := compile(t, schema.Tests, "")
	seen := 0
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".git") || filepath.Base(path) == "bad") {
			return filepath.SkipDir
		}
		s := strict
		switch {
		case filepath.Base(filepath.Dir(path)) == "tests" && filepath.Ext(path) == ".yaml":
			s = tests
		case d.Name() != "flow.yaml":
			return nil
		}
		seen++
		if err := s.Validate(read(t, path)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if s == strict {
			return whole.Validate(read(t, path))
		}
		return nil
	})
	if err != nil || seen < 2 {
		t.Errorf("%d files, %v", seen, err)
	}
}

// What the corpus of broken flows has of unknown keys and wrong types, the
// schema refuses.
func TestBadFlows(t *testing.T) {
	files, err := filepath.Glob("../../testdata/flows/bad/*.yaml")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	s, _ := compile(t, schema.Flow, "#/$defs/flow")
	expected, refused := 0, 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, err = dialog.Parse(file, src)
		v, bad := value(src)
		if bad != nil {
			continue // no YAML
		}
		wrong := s.Validate(v)
		if wrong != nil {
			refused++
		}
		for _, p := range problems(t, err) {
			variants := strings.HasPrefix(filepath.Base(file), "speech-experiment-variant") // names of the flow's own
			if !variants && unknownKey.MatchString(p.Message) || wrongType.MatchString(p.Message) {
				if expected++; wrong == nil {
					t.Errorf("%s is good for the schema, and yet %s", filepath.Base(file), p.Message)
				}
			}
		}
	}
	if expected < 20 {
		t.Errorf("only %d problems are the schema's", expected)
	}
	t.Logf("%d of %d broken flows are refused by the schema alone", refused, len(files))
}
