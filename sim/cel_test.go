//go:build unix

package sim_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestEndsCanBeLookedUp: what a program missed is in the files that the
// rendered configuration makes Asterisk keep, by our own channel id.
func TestEndsCanBeLookedUp(t *testing.T) {
	w := newTown(t, refusing)
	const id = "missed-cust-1"
	watch := w.dial(t, id, "PJSIP/8613800000001@trunk-a", 10*time.Second)
	event(t, watch, "ChannelDestroyed")
	for file, want := range map[string][]string{
		"cel-custom/Master.csv": {`"HANGUP","` + id + `"`, `""hangupcause"":17`},
		"cdr-csv/Master.csv":    {`"` + id + `"`, `"BUSY"`},
	} {
		line := w.logged(t, file, want[0])
		if !strings.Contains(line, want[1]) {
			t.Errorf("%s says %s; want %s in it", file, line, want[1])
		}
	}
}

// logged returns the first line of one of Asterisk's files that has the word
// in it; they are written some time after the event.
func (w *town) logged(t *testing.T, file, word string) string {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 200 {
		content, err := os.ReadFile(filepath.Join(w.near.Dir, "log", file))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			if strings.Contains(line, word) {
				return line
			}
		}
		<-tick.C
	}
	content, err := os.ReadFile(filepath.Join(w.near.Dir, "log", file))
	t.Fatalf("%s has no line with %s (%v):\n%s", file, word, err, content)
	return ""
}
