//go:build pocketsphinx && linux

package demo

import (
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/call"
	"github.com/dialwright/dialwright/internal/worker"
	"github.com/dialwright/dialwright/store"
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

// A flow in English is tried by speech.
func TestRehearseBySpeech(t *testing.T) {
	r, err := Run(t.Context(), rehearsalOf(t, "renewal", "short.yaml", 1))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Truth.Wrong)+len(r.Summary.Leftovers) > 0 || r.Truth.Checked != 1 || r.Summary.Words == 0 {
		t.Errorf("%+v %+v", r.Truth, r.Summary)
	}
}

// An operator's own call passes hours and caps, but not the Do-Not-Call list.
func TestCallByHand(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	s, err := setUp(t.Context(), Options{
		Out: filepath.Join(t.TempDir(), "demo"), Personas: filepath.Join(root, "testdata", "personas", "short.yaml"),
		Flows: filepath.Join(root, "testdata", "flows"), Concurrent: 2, Logger: zerolog.Nop(), Say: t.Logf,
	})
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.AddDNC(t.Context(), store.DNCEntry{Number: "+8613800000002", At: time.Now(), Source: "operator"}); err != nil {
		t.Fatal(err)
	}
	o := worker.Options{Config: s.config, Store: s.db, Engines: s.engines, Clock: dialwright.SystemClock{}, Logger: zerolog.Nop(),
		Metrics: prometheus.NewRegistry()}
	var followed atomic.Int64
	single := worker.Single{Number: "+8613800000004", Flow: filepath.Join(root, "testdata", "flows", "renewal"), Operator: "test",
		RingTimeout: 10 * time.Second, MaxDuration: time.Minute, Follow: func(call.LiveEvent) { followed.Add(1) }}
	id, err := worker.Place(t.Context(), o, single)
	if err != nil {
		t.Fatal(err)
	}
	record, err := s.db.GetCall(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	// The persona asks never to be called again; trunk-a has no line for it.
	if record.Outcome != "opt_out" || len(record.Tries) != 2 || record.EndedAt.IsZero() || followed.Load() == 0 {
		t.Errorf("%s, %d tries, ended %v, %d events followed", record.Outcome, len(record.Tries), record.EndedAt, followed.Load())
	}
	if _, listed, err := s.db.CheckDNC(t.Context(), single.Number); err != nil || !listed {
		t.Errorf("on the Do-Not-Call list: %v, %v", listed, err)
	}
	single.Number = "+8613800000002"
	if _, err := worker.Place(t.Context(), o, single); !errors.Is(err, worker.ErrRefused) {
		t.Errorf("calling a number on the Do-Not-Call list: %v", err)
	}
	if left := s.leftovers(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
