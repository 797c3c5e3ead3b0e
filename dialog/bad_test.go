package dialog_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/dialog"
)

var update = flag.Bool("update", false, "write what the loader says into the .want files")

const badDir = "../testdata/flows/bad"

// TestBadFlows loads every bad flow and compares all that is said about it,
// word for word, with the file beside it.
func TestBadFlows(t *testing.T) {
	files, err := filepath.Glob(badDir + "/*.yaml")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			flow, err := dialog.Parse(filepath.Base(file), src)
			var problems dialog.Problems
			if flow != nil || !errors.As(err, &problems) || !problems.Fatal() {
				t.Fatalf("it loads, or fails otherwise: %v", err)
			}
			want := strings.TrimSuffix(file, ".yaml") + ".want"
			got := []byte(err.Error() + "\n")
			if *update {
				if err := os.WriteFile(want, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			expected, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, expected) {
				t.Errorf("\n got %s\nwant %s", got, expected)
			}
			lines := bytes.Count(src, []byte("\n")) + 1
			for _, p := range problems {
				if p.Line < 1 || p.Line > lines || p.Column < 1 {
					t.Errorf("no such place: %v", p)
				}
			}
		})
	}
}
