//go:build linux

package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"
)

const (
	account    = "dialwright" // database superuser; trusted, on loopback only
	startLimit = 60 * time.Second
	stopLimit  = 20 * time.Second
)

// cluster is one running server with its files.
type cluster struct {
	bin, dir string
	port     int
	cred     *syscall.Credential // whom the server runs as; nil: us
	pid      int
	done     chan struct{} // closed when the server has been reaped
	out      bytes.Buffer  // what the server said; read after done
}

// binaries returns the newest installed server's directory. Debian keeps the
// server's programs off PATH, one directory per major version.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		path, err := exec.LookPath("initdb")
		if err != nil {
			return "", errors.New("PostgreSQL's server is not installed: run `make deps` (scripts/install-deps.sh)")
		}
		return filepath.Dir(path), nil
	}
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(found[len(found)-1]), nil
}

func version(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb)))) // 0 sorts first
	return n
}

func start() (_ *cluster, err error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("/tmp", "dw-pg-") // short: it holds a unix socket
	if err != nil {
		return nil, err
	}
	c := &cluster{bin: bin, dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	if c.cred, err = serverAccount(); err != nil {
		return nil, err
	}
	if c.cred != nil {
		if err := os.Chown(dir, int(c.cred.Uid), int(c.cred.Gid)); err != nil {
			return nil, err
		}
	}
	if err := c.run("initdb", "--pgdata", dir+"/data", "--username", account, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"); err != nil {
		return nil, err
	}
	if c.port, err = freePort(); err != nil {
		return nil, err
	}
	if err := c.serve(); err != nil {
		return nil, err
	}
	return c, c.await()
}

// serverAccount is whom the server runs as: it refuses to be root.
func serverAccount() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func (c *cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+c.dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred}
	return cmd
}

func (c *cluster) run(name string, args ...string) error {
	if out, err := c.command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, bytes.TrimSpace(out))
	}
	return nil
}

// serve starts the server. What a test database loses in a crash of the
// machine is worth nothing, so nothing is synced to disk.
func (c *cluster) serve() error {
	cmd := c.command("postgres", "-D", c.dir+"/data", "-k", c.dir, "-h", "127.0.0.1", "-p", strconv.Itoa(c.port),
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "timezone=UTC")
	cmd.Stdout, cmd.Stderr = &c.out, &c.out
	cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT // it dies with the test program
	c.done = make(chan struct{})
	started := make(chan error, 1)
	go func() {
		defer close(c.done)
		runtime.LockOSThread() // Pdeathsig watches the thread, see prctl(2)
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			c.pid = cmd.Process.Pid
		}
		started <- err
		if err == nil {
			_ = cmd.Wait() // await and close read what it said
		}
	}()
	return <-started
}

// await returns when the server takes connections.
func (c *cluster) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for {
		err := c.run("pg_isready", "--host", c.dir, "--port", strconv.Itoa(c.port))
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-c.done:
			return fmt.Errorf("the server ended while starting: %s", bytes.TrimSpace(c.out.Bytes()))
		case <-ctx.Done():
			return fmt.Errorf("the server did not start within %s: %w", startLimit, err)
		}
	}
}

// close stops the server, by SIGINT, which ends sessions (PostgreSQL's "fast
// shutdown"), and removes its files.
func (c *cluster) close() error {
	var err error
	if c.pid != 0 {
		_ = syscall.Kill(c.pid, syscall.SIGINT)
		timer := time.NewTimer(stopLimit)
		defer timer.Stop()
		select {
		case <-c.done:
		case <-timer.C:
			_ = syscall.Kill(c.pid, syscall.SIGKILL)
			<-c.done
			err = fmt.Errorf("the private PostgreSQL did not stop within %s and was killed", stopLimit)
		}
	}
	return errors.Join(err, os.RemoveAll(c.dir))
}
