package asteriskconfig

import (
	"bytes"
	"embed"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"
)

//go:embed templates/*.conf.tmpl
var templates embed.FS

// MusicFile is where Render puts the hold music, relative to the set's root.
const MusicFile = "moh/hold.wav16"

// Render returns the whole set, file name to content. Every problem of the
// parameters is in the error, which errors.Join made.
func Render(p Params) (map[string][]byte, error) {
	p = p.withDefaults()
	if err := p.validate(); err != nil {
		return nil, fmt.Errorf("asterisk configuration: %w", err)
	}
	t, err := template.New("").Option("missingkey=error").Funcs(template.FuncMap{
		"join":    strings.Join,
		"seconds": func(d time.Duration) int { return int((d + time.Second - 1) / time.Second) },
		"value":   escape,
	}).ParseFS(templates, "templates/*.conf.tmpl")
	if err != nil {
		return nil, fmt.Errorf("asterisk configuration: parse the templates: %w", err)
	}
	files := map[string][]byte{MusicFile: holdMusic()}
	for _, tmpl := range t.Templates() {
		name, ok := strings.CutSuffix(tmpl.Name(), ".tmpl")
		if !ok {
			continue // the unnamed root
		}
		var out bytes.Buffer
		if err := tmpl.Execute(&out, p); err != nil {
			return nil, fmt.Errorf("asterisk configuration: render %s: %w", name, err)
		}
		files[name] = out.Bytes()
	}
	return files, nil
}

// escape keeps a semicolon from starting a comment (main/config.c).
func escape(s string) string { return strings.ReplaceAll(s, ";", `\;`) }

// Write renders the set into dir, which it makes if need be. Files hold
// passwords, so only their owner may read them. Others' files in dir stay.
func Write(dir string, p Params) error {
	files, err := Render(p)
	if err != nil {
		return err
	}
	return WriteFiles(dir, files)
}

// WriteFiles writes a set, as Render returns it, into dir.
func WriteFiles(dir string, files map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("asterisk configuration: make the directory of %s: %w", name, err)
		}
		if err := os.WriteFile(path, files[name], 0o600); err != nil {
			return fmt.Errorf("asterisk configuration: write %s: %w", name, err)
		}
	}
	return nil
}
