//go:build pocketsphinx && linux

package demo

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// The demo, with fewer people: real Asterisks, real speech both ways, a real
// recogniser, and the truth at the end.
func TestDemo(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "demo")
	r, err := Run(t.Context(), Options{
		Out: out, Personas: filepath.Join(root, "testdata", "personas", "short.yaml"), Flows: filepath.Join(root, "testdata", "flows"),
		Concurrent: 4, Logger: zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel),
		Say: t.Logf, Now: func(Status) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range r.Truth.Wrong {
		t.Errorf("wrong: %s", w)
	}
	for _, l := range r.Summary.Leftovers {
		t.Errorf("left behind: %s", l)
	}
	if r.Truth.Checked < 6 || r.Summary.Words == 0 || r.Summary.WER > 0.15 {
		t.Errorf("%d checked, %d of %d words wrong", r.Truth.Checked, r.Summary.WordErrors, r.Summary.Words)
	}
	if r.Summary.FarTurnMS.N == 0 || r.Summary.FarTurnMS.Max > float64(time.Minute.Milliseconds()) {
		t.Errorf("turns measured by the far side: %+v", r.Summary.FarTurnMS)
	}
}
