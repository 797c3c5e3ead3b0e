package flowtest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dialwright/dialwright/dialog"
)

// Load reads a file of tests. What is wrong with it is a dialog.Problems.
func Load(path string) (*File, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read tests: %w", err)
	}
	return Parse(path, src)
}

// Parse is Load for a source in memory.
func Parse(path string, src []byte) (*File, error) {
	if len(bytes.TrimSpace(src)) == 0 {
		return nil, dialog.Problems{{File: path, Line: 1, Column: 1, Severity: dialog.SevError,
			Message: "the file is empty", Hint: "it begins with: tests:"}}
	}
	r := &reader{Document: dialog.ReadDocument(path, src), file: &File{Path: path}}
	if r.Root != nil {
		r.root()
	}
	if problems := r.Problems(); problems != nil {
		return nil, problems
	}
	return r.file, nil
}

// Dir lists the files of tests of a flow's directory, tests/*.yaml.
func Dir(dir string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "tests", "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("look for tests in %s: %w", dir, err)
	}
	slices.Sort(names)
	return names, nil
}

// reader turns a document into tests.
type reader struct {
	*dialog.Document
	file *File
	base Test // what all tests of the file begin with
	seen map[string]dialog.Place
}

// baseKeys are those of a test that the whole file may set.
var baseKeys = [...]string{"now", "zone", "contact", "memory", "key", "hours"}

func (r *reader) root() {
	fields, ok := r.Fields(r.Root, "a file of tests", "flow", "defaults", "tests")
	if !ok {
		return
	}
	r.seen = map[string]dialog.Place{}
	// Monday, so that weekdays in tests are easy to reckon.
	r.base = Test{now: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC), contact: map[string]any{}}
	var tests *dialog.Field
	for _, f := range fields {
		switch f.Name {
		case "flow":
			r.file.Flow = r.Text(f.Value, "flow")
		case "defaults":
			if fs, ok := r.Fields(f.Value, "defaults", baseKeys[:]...); ok {
				for _, f := range fs {
					r.begin(&r.base, f)
				}
			}
		case "tests":
			tests = &f
		}
	}
	if tests == nil {
		r.Errorf(r.PlaceOf(r.Root), "tests: [{name: …, steps: […]}]", "the file has no tests")
		return
	}
	for _, n := range r.List(tests.Value, "tests") {
		r.test(n)
	}
	if len(r.file.Tests) == 0 && r.Problems() == nil {
		r.Errorf(tests.At, "", "tests is empty")
	}
}

func (r *reader) test(n dialog.Node) {
	fields, ok := r.Fields(n, "a test", append([]string{"name", "steps", "expect"}, baseKeys[:]...)...)
	if !ok {
		return
	}
	t := r.base
	t.File, t.At = r.file.Path, r.PlaceOf(n)
	t.contact = map[string]any{}
	for k, v := range r.base.contact {
		t.contact[k] = v
	}
	listed := false
	for _, f := range fields {
		switch f.Name {
		case "name":
			t.Name = r.Text(f.Value, "name")
			if p, twice := r.seen[t.Name]; twice && t.Name != "" {
				r.Errorf(r.PlaceOf(f.Value), fmt.Sprintf("the other one begins at line %d", p.Line), "two tests have the name %q", t.Name)
			}
			r.seen[t.Name] = t.At
		case "steps":
			items := r.List(f.Value, "steps")
			listed = len(items) > 0 || !r.IsList(f.Value) // else it has been told already
			for _, s := range items {
				r.step(&t, s)
			}
		case "expect":
			t.expect = r.expectations(f.Value, f.At, finalKeys)
		default:
			r.begin(&t, f)
		}
	}
	if t.Name == "" {
		r.Errorf(t.At, "name: what the conversation shows", "the test has no name")
	}
	if t.zone != nil {
		t.now = t.now.In(t.zone)
	}
	if !listed && !t.expect.given {
		r.Errorf(t.At, "steps: [{bot: …}, {user: …}]", "the test has no steps")
	}
	r.file.Tests = append(r.file.Tests, &t)
}

// begin reads what a conversation begins with.
func (r *reader) begin(t *Test, f dialog.Field) {
	switch f.Name {
	case "now":
		s := r.Text(f.Value, "now")
		at, err := time.Parse(time.RFC3339, s)
		if err != nil && s != "" {
			r.Errorf(r.PlaceOf(f.Value), "for example 2026-06-01T10:00:00+08:00", "now must be a date, a time and a zone, not %q", s)
			return
		}
		t.now = at
	case "zone":
		s := r.Text(f.Value, "zone")
		zone, err := time.LoadLocation(s)
		if err != nil || s == "" || s == "Local" {
			r.Errorf(r.PlaceOf(f.Value), "for example Asia/Shanghai", "zone %q is not known", s)
			return
		}
		t.zone = zone
	case "contact":
		if m, ok := r.mapping(f); ok {
			merged := map[string]any{}
			for _, from := range []map[string]any{t.contact, m} {
				for k, v := range from {
					merged[k] = v
				}
			}
			t.contact = merged
		}
	case "memory":
		t.memory, _ = r.mapping(f)
	case "key":
		t.key = r.Text(f.Value, "key")
	case "hours":
		t.hours = r.hours(f)
	}
}

// hours reads when the contact may be called: "09:00-20:00".
func (r *reader) hours(f dialog.Field) *callingHours {
	s := r.Text(f.Value, "hours")
	from, to, _ := strings.Cut(s, "-")
	opens, err := time.Parse("15:04", from)
	closes, err2 := time.Parse("15:04", to)
	if err != nil || err2 != nil || !opens.Before(closes) {
		if s != "" {
			r.Errorf(r.PlaceOf(f.Value), `hours: "09:00-20:00"`, "hours must be a part of a day, not %q", s)
		}
		return nil
	}
	midnight := opens.Truncate(24 * time.Hour)
	return &callingHours{opens.Sub(midnight), closes.Sub(midnight)}
}

func (r *reader) mapping(f dialog.Field) (map[string]any, bool) {
	if !r.IsMapping(f.Value) {
		r.Errorf(r.PlaceOf(f.Value), "", "%s must be a mapping", f.Name)
		return nil, false
	}
	m, ok := r.Value(f.Value, f.Name).(map[string]any)
	return m, ok
}
