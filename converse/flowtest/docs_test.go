package flowtest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/converse/flowtest"
)

var fence = regexp.MustCompile("(?ms)^```([^\n]*)\n(.*?)^```$")

// TestDocs holds the conversations that the pages about testing show, with the
// flow they show: all pass, and reach every node.
func TestDocs(t *testing.T) {
	for _, page := range []string{"../../docs/flow-test.md", "../../docs/flow-test.zh-CN.md"} {
		t.Run(filepath.Base(page), func(t *testing.T) {
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for _, b := range fence.FindAllStringSubmatch(string(text), -1) {
				if b[1] == "text" || b[1] == "sh" {
					continue
				}
				name, ok := strings.CutPrefix(b[1], "yaml file ")
				if !ok {
					t.Fatalf("a block of kind %q is not checked", b[1])
				}
				file := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(b[2]), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if r := flowtest.Verify(t, dir, 100); len(r.Results) < 10 {
				t.Errorf("only %d conversations", len(r.Results))
			}
		})
	}
}
