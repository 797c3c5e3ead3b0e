//go:build unix

// Package asterisktest gives a test an Asterisk of its own: the real program,
// with private directories and ports, on loopback, gone when the test ends.
//
// The program comes from the root that `make asterisk` builds; an Asterisk on
// PATH is ignored. A machine without the root fails the test, with the remedy.
package asterisktest

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
	"github.com/dialwright/dialwright/sim/pbx"
)

// Options say what the instance should have. The zero value is an Asterisk
// with ARI, hold music and no peers.
type Options struct {
	Params   asteriskconfig.Params                 // trunks, agents, queues; ports and directories are filled in
	Files    func(*pbx.Instance) map[string][]byte // replace rendered files; may be nil
	RTPPorts int                                   // default 480: 240 legs
	// AllowWarnings lists what the log may hold. A WARNING or ERROR that
	// contains none of these fails the test at its end.
	AllowWarnings []string
	// IgnoreLog turns that check off, for tests that provoke trouble.
	IgnoreLog bool
}

// Instance is a running Asterisk; see pbx.Instance for its fields and for
// Stop, Run, Restart, Kill and CLI.
type Instance struct{ *pbx.Instance }

// Start starts an Asterisk and stops it when the test ends. It returns when
// ARI answers.
func Start(t testing.TB, o Options) *Instance {
	t.Helper()
	i, err := pbx.Start(t.Context(), pbx.Options{Params: o.Params, Files: o.Files, RTPPorts: o.RTPPorts})
	if err != nil {
		t.Fatalf("start a private Asterisk: %v", err)
	}
	inst := &Instance{i}
	t.Cleanup(func() { inst.finish(t, o) })
	return inst
}

// Console runs a command on Asterisk's command line and returns its output.
func (i *Instance) Console(t testing.TB, command string) string {
	t.Helper()
	// The test's own context is over while its cleanups run.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 20*time.Second)
	defer cancel()
	out, err := i.CLI(ctx, command)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Settles runs a command on Asterisk's command line until ok says that its
// output is right, and fails the test when that takes more than 20 s: Asterisk
// clears up in its own time after it has answered.
func (i *Instance) Settles(t testing.TB, command string, ok func(out string) bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		out := i.Console(t, command)
		if ok(out) {
			return
		}
		if time.Now().After(deadline) {
			t.Errorf("%s: %s", command, out)
			return
		}
		<-time.After(50 * time.Millisecond)
	}
}

// finish checks the log, stops Asterisk and sees that the process is gone.
func (i *Instance) finish(t testing.TB, o Options) {
	lines, err := i.Warnings()
	if err != nil {
		t.Error(err)
	}
	if !o.IgnoreLog {
		for _, line := range lines {
			if !allowed(line, o.AllowWarnings) {
				t.Errorf("asterisk's log: %s", line)
			}
		}
	}
	pid := i.PID()
	if err := i.Close(); err != nil {
		t.Error(err)
	}
	if pid != 0 {
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("asterisk's process %d is still there after Close (%v)", pid, err)
		}
	}
	if _, err := os.Stat(i.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("asterisk's directory %s is still there after Close (%v)", i.Dir, err)
	}
}

func allowed(line string, patterns []string) bool {
	for _, p := range patterns {
		if strings.Contains(line, p) {
			return true
		}
	}
	return false
}
