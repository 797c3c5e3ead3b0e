//go:build linux

// Package pgtest gives tests a real PostgreSQL: a cluster of their own in a
// temporary directory, on a port of loopback, one per test program, with a
// fresh database for every test. The system's own clusters are not touched.
//
// A test program that uses it runs its tests through Run:
//
//	func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.Run(m)) }
//
// A machine without the server's binaries fails the test, with the remedy.
package pgtest

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

// shared is the test program's cluster; Run owns it.
var shared struct {
	mu      sync.Mutex
	running bool // Run is there to stop it
	cluster *cluster
	err     error
	count   int
}

// M is a testing.M that stops the cluster when the tests are over.
type M struct{ m *testing.M }

// Run wraps m. Nothing is started until a test asks for a database.
func Run(m *testing.M) M { return M{m: m} }

// Run runs the tests, then stops the cluster and removes its files.
func (m M) Run() int {
	shared.mu.Lock()
	shared.running = true
	shared.mu.Unlock()
	code := m.m.Run()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	shared.running = false
	if shared.cluster != nil {
		if err := shared.cluster.close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
		shared.cluster = nil
	}
	return code
}

// NewDatabase makes an empty database for this test and returns its DSN
// (postgres://…). The database is dropped with the cluster.
func NewDatabase(t testing.TB) string {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if !shared.running {
		t.Fatal("pgtest: TestMain must run the tests through pgtest.Run")
	}
	if shared.cluster == nil && shared.err == nil {
		shared.cluster, shared.err = start()
	}
	if shared.err != nil {
		t.Fatalf("start a private PostgreSQL: %v", shared.err)
	}
	shared.count++
	name := fmt.Sprintf("test%d", shared.count)
	if err := shared.cluster.run("createdb", "--host", shared.cluster.dir, "--port", fmt.Sprint(shared.cluster.port), "--username", account, name); err != nil {
		t.Fatalf("make database %s: %v", name, err)
	}
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", account, shared.cluster.port, name)
}
