//go:build unix

package asterisktest

import (
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestInstanceLivesThroughKillAndRestart(t *testing.T) {
	a := Start(t, Options{})
	if got := a.Console(t, "core show version"); !strings.Contains(got, "Asterisk") {
		t.Errorf("core show version printed %q", got)
	}
	first := a.PID()
	if err := a.Kill(); err != nil {
		t.Fatal(err)
	}
	if a.PID() != 0 {
		t.Errorf("a killed instance still names process %d", a.PID())
	}
	if err := a.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a.PID() == first || a.PID() == 0 {
		t.Errorf("process id after a restart is %d, at first it was %d", a.PID(), first)
	}
}

func TestTwoInstancesShareNothing(t *testing.T) {
	a, b := Start(t, Options{}), Start(t, Options{})
	if a.ARIURL == b.ARIURL || a.SIPPort == b.SIPPort || a.Dir == b.Dir || a.RTP == b.RTP {
		t.Errorf("two instances share something: %+v and %+v", a.Instance, b.Instance)
	}
}
