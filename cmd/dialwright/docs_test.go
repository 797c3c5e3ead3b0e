package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/internal/config"
)

func page(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(goldenDir, "..", "..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The map of the command line names every command, and no other.
func TestDocsNameEveryCommand(t *testing.T) {
	text := page(t, "cli.md")
	root := newRootCommand(&app{out: &bytes.Buffer{}, err: &bytes.Buffer{}})
	known := map[string]bool{}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		known[c.CommandPath()] = true
		if !c.HasSubCommands() && c.Name() != "help" && !strings.Contains(text, "`"+c.CommandPath()) {
			t.Errorf("docs/cli.md does not name %s", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	for _, m := range regexp.MustCompile("(?m)^\\| `(dialwright[a-z -]*)").FindAllStringSubmatch(text, -1) {
		path, _, _ := strings.Cut(m[1], " --")
		if path = strings.TrimSpace(path); !known[path] {
			t.Errorf("docs/cli.md names %q, which is no command", path)
		}
	}
}

// The table of keys has every key, and no other.
func TestDocsNameEveryKey(t *testing.T) {
	c, err := config.Load(config.Options{Path: filepath.Join(goldenDir, "..", "..", "..", "dialwright.example.yaml")})
	if err != nil {
		t.Fatal(err)
	}
	entry := regexp.MustCompile(`^(trunks|agents|queues|compliance\.caps|services\.senders)\.[^.]+\.`)
	keys := map[string]bool{}
	for _, e := range c.Show() {
		keys[entry.ReplaceAllString(e.Key, "$1.*.")] = true
	}
	text := page(t, "config.md")
	for key := range keys {
		if !strings.Contains(text, "| `"+key+"` |") {
			t.Errorf("docs/config.md does not name %s", key)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_.*]+)` \\|").FindAllStringSubmatch(text, -1) {
		if !keys[m[1]] {
			t.Errorf("docs/config.md names %s, which is no key", m[1])
		}
	}
}
