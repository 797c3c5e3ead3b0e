//go:build linux

package pbx

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMissingRootNamesTheRemedy(t *testing.T) {
	for name, root := range map[string]string{"nothing there": filepath.Join(t.TempDir(), "none"), "empty directory": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(RootEnv, root)
			_, err := Start(t.Context(), Options{})
			if !errors.Is(err, ErrNoRoot) || !strings.Contains(err.Error(), "make asterisk") {
				t.Errorf("error is %v; want ErrNoRoot with its remedy", err)
			}
		})
	}
}

func TestPortBlocksAreNotShared(t *testing.T) {
	a, err := takePorts(10)
	if err != nil {
		t.Fatal(err)
	}
	defer a.release()
	b, err := takePorts(blockPorts) // more than one block holds
	if err != nil {
		t.Fatal(err)
	}
	defer b.release()
	if a.first < b.first+b.count && b.first < a.first+a.count {
		t.Errorf("%+v and %+v overlap", a, b)
	}
	if b.count != 2*blockPorts {
		t.Errorf("%d RTP ports got a block of %d", blockPorts, b.count)
	}
}

func TestAStartThatFailsLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // other test programs have instances, too
	_, err := Start(t.Context(), Options{Files: func(*Instance) map[string][]byte {
		return map[string][]byte{"modules.conf": []byte("[modules]\nautoload = no\nrequire = no_such_module.so\n")}
	}})
	if err == nil || !strings.Contains(err.Error(), "ended while starting") || !strings.Contains(err.Error(), "no_such_module") {
		t.Errorf("error is %v; want Asterisk's own words", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := Start(ctx, Options{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v; want the context's", err)
	}
	if _, err := Start(t.Context(), Options{Params: asteriskconfig.Params{MaxCalls: -1}}); err == nil {
		t.Error("bad parameters are accepted")
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "dw-ast-*")); err != nil || len(left) > 0 {
		t.Errorf("directories left over: %v (%v)", left, err)
	}
}

func TestSweepRemovesOnlyTheDead(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	place := func(name string, age time.Duration) string {
		dir := filepath.Join(os.TempDir(), dirPrefix+name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(dir, when, when); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	young, alive, dead := place("young", 0), place("alive", 0), place("dead", time.Hour)
	lock, err := lockFile(filepath.Join(alive, lockName))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(alive, long, long); err != nil {
		t.Fatal(err)
	}
	sweep()
	for dir, want := range map[string]bool{young: true, alive: true, dead: false} {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", filepath.Base(dir), err == nil, want)
		}
	}
}

func TestCloseTwiceAndRunAfterClose(t *testing.T) {
	i, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.CLI(t.Context(), "core show uptime"); err != nil {
		t.Error(err)
	}
	if err := i.Run(t.Context()); err == nil {
		t.Error("it runs twice")
	}
	for range 2 {
		if err := i.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := i.Run(t.Context()); err == nil {
		t.Error("it runs after Close")
	}
	if _, err := os.Stat(i.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its directory is still there (%v)", err)
	}
}
