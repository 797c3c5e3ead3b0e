package worker_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
)

const oneCustomer = `
customers:
- {name: c, number: "+8613800000001", trunk: keys, calls: [[answer, wait, press: "1", stay]], expect: {disposition: answered}}
`

// lacks checks an error that names a module, its use, the Asterisk and the
// remedy.
func lacks(t *testing.T, err error, url string) {
	t.Helper()
	for _, w := range []string{url, "chan_rtp.so (audio between Asterisk and Dialwright)", "modules.conf (load = chan_rtp.so)", `"module load chan_rtp.so"`} {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("the worker does not say %q: %v", w, err)
		}
	}
}

// TestModuleMissing: the worker does not start without a module that calls
// need, and does once the remedy was followed.
func TestModuleMissing(t *testing.T) {
	t.Parallel()
	s := newScene(t, sceneOptions{rough: true, personas: oneCustomer})
	s.asterisk.Console(t, "module unload chan_rtp.so")
	lacks(t, s.run(t).fails(t), s.asterisk.ARIURL)
	s.asterisk.Console(t, "module load chan_rtp.so")
	r := s.run(t)
	until(t, "the worker is ready", func() bool { return r.Ready(t.Context()) == nil })
}

// TestModuleLostInRestart: Asterisk comes back without a module. No attempt is
// spent on it.
func TestModuleLostInRestart(t *testing.T) {
	t.Parallel()
	s := newScene(t, sceneOptions{rough: true, personas: oneCustomer})
	r := s.run(t)
	until(t, "the worker is ready", func() bool { return r.Ready(t.Context()) == nil })
	must(t, s.asterisk.Stop())
	path := filepath.Join(s.asterisk.Dir, "etc", "modules.conf")
	whole, err := os.ReadFile(path)
	must(t, err)
	less := strings.Replace(string(whole), "load = chan_rtp.so\n", "", 1)
	if less == string(whole) {
		t.Fatalf("modules.conf does not load chan_rtp.so:\n%s", whole)
	}
	must(t, os.WriteFile(path, []byte(less), 0o600))
	s.start(t, "camp", "c", nil)
	must(t, s.asterisk.Run(t.Context()))
	lacks(t, r.fails(t), s.asterisk.ARIURL)
	for _, c := range s.calls(t) {
		if len(c.Tries) > 0 {
			t.Errorf("a call was tried: %+v", c)
		}
	}
	if n, err := s.db.Count(t.Context(), "camp"); err != nil || n[campaign.Done] != 0 {
		t.Errorf("contacts are %v, %v", n, err)
	}
}

// TestModuleUnloaded: a module went while the connection was down and a call
// lived on. The call finishes, no other is placed, and the worker says why.
func TestModuleUnloaded(t *testing.T) {
	t.Parallel()
	p := &proxy{}
	s := newScene(t, sceneOptions{rough: true, url: p.through, personas: `
customers:
- {name: c, number: "+8613800000001", trunk: keys, calls: [[answer, silent: 8s, press: "1", stay]], expect: {disposition: answered}}
- {name: w, number: "+8613800000002", trunk: keys, calls: [[answer, wait, press: "1", stay]], expect: {disposition: answered}}
`})
	s.start(t, "camp", "c", nil)
	r := s.run(t)
	until(t, "one talks", func() bool { return s.talking(t) == 1 })
	p.set(true)
	until(t, "the worker notices", func() bool { return r.Ready(t.Context()) != nil })
	s.asterisk.Console(t, "module unload codec_g722.so")
	s.start(t, "next", "w", nil)
	p.set(false)
	err := r.fails(t)
	if err == nil || !strings.Contains(err.Error(), "codec_g722.so (wideband trunks)") {
		t.Errorf("the worker ended with %v", err)
	}
	if !strings.Contains(s.log.String(), "no new calls: draining") {
		t.Error("the worker has not logged why it drains")
	}
	if c := s.last(t, "c"); c.Disposition != dialwright.Answered || c.Outcome != "agreed" {
		t.Errorf("the call that lived on: %+v", c)
	}
	for _, c := range s.of(t, "w") {
		if len(c.Tries) > 0 {
			t.Errorf("a call was tried: %+v", c)
		}
	}
}
