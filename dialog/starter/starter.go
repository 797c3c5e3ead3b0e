// Package starter holds complete flows to begin with: each a directory with a
// flow, what it includes, and conversations that test every node of it.
package starter

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed templates
var files embed.FS

// root is where the templates lie in files: root/LANGUAGE/NAME.
const root = "templates"

// Template is a flow to begin with.
type Template struct {
	Name     string `json:"name"`
	Language string `json:"language"` // en or zh
	Title    string `json:"title"`    // one line, in the flow's language
	Nodes    int    `json:"nodes"`
	Tests    int    `json:"tests"`
}

// ErrNoTemplate means that there is no template of that name and language.
var ErrNoTemplate = errors.New("no such template")

// Files are a template's files, as a flow's directory.
func Files(name, language string) (fs.FS, error) {
	if !plain.MatchString(name) || !plain.MatchString(language) {
		return nil, fmt.Errorf("%w: %s in %s", ErrNoTemplate, name, language)
	}
	dir := path.Join(root, language, name)
	if _, err := fs.Stat(files, path.Join(dir, "flow.yaml")); err != nil {
		return nil, fmt.Errorf("%w: %s in %s", ErrNoTemplate, name, language)
	}
	sub, err := fs.Sub(files, dir)
	if err != nil {
		return nil, fmt.Errorf("template %s in %s: %w", name, language, err)
	}
	return sub, nil
}

// plain is what names of templates and languages are made of.
var plain = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,40}$`)

// List is all templates, by language and name.
func List() ([]Template, error) {
	found, err := fs.Glob(files, root+"/*/*/flow.yaml")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	slices.Sort(found)
	out := make([]Template, 0, len(found))
	for _, file := range found {
		t, err := describe(path.Dir(file))
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

var (
	nodeLine = regexp.MustCompile(`(?m)^  [\pL_][\pL\pN_-]*:`)
	testLine = regexp.MustCompile(`(?m)^  - name:`)
)

// describe reads a template's title, the comment its flow begins with, and
// counts. Templates keep to one style, so that lines tell nodes and tests; a
// test compares the counts with the loaded flows.
func describe(dir string) (Template, error) {
	t := Template{Name: path.Base(dir), Language: path.Base(path.Dir(dir))}
	err := fs.WalkDir(files, dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		src, err := fs.ReadFile(files, file)
		if err != nil {
			return err
		}
		rel := strings.TrimPrefix(file, dir+"/")
		switch {
		case path.Dir(rel) == "tests":
			t.Tests += len(testLine.FindAll(src, -1))
		case path.Ext(rel) == ".yaml":
			t.Nodes += len(nodeLine.FindAll(section(src, "nodes"), -1))
		}
		if rel == "flow.yaml" {
			first, _, _ := bytes.Cut(src, []byte("\n"))
			t.Title = strings.TrimSpace(strings.TrimLeft(string(first), "# "))
		}
		return nil
	})
	if err != nil {
		return t, fmt.Errorf("template %s in %s: %w", t.Name, t.Language, err)
	}
	return t, nil
}

// section is what stands under a top-level key of a YAML file.
func section(src []byte, key string) []byte {
	_, after, ok := bytes.Cut(append([]byte("\n"), src...), []byte("\n"+key+":"))
	if !ok {
		return nil
	}
	var out []byte
	for i, line := range bytes.SplitAfter(after, []byte("\n")) {
		if i > 0 && len(line) > 0 && line[0] != ' ' && line[0] != '\n' && line[0] != '#' {
			break
		}
		out = append(out, line...)
	}
	return out
}
