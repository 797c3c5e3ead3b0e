package pbx

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
)

// Limits of an instance's life.
const (
	startLimit = 60 * time.Second // a loaded machine; on an idle one it is one or two
	stopLimit  = 10 * time.Second // then the process is killed
)

// Options say what instance to start.
type Options struct {
	Root string // of the program; default: FindRoot()
	// Params configure it. Directories, ports, addresses, the ARI password and
	// the media address are the instance's own: what is set there is replaced.
	Params asteriskconfig.Params
	// Files replace or complement the rendered ones, by name. May be nil.
	Files func(*Instance) map[string][]byte
	// RTPPorts is how many ports audio may use; a leg takes two. Default 480.
	RTPPorts int
}

// Instance is one running Asterisk.
type Instance struct {
	Dir      string // holds everything that is its own; removed by Close
	ARIURL   string // http://127.0.0.1:port/ari
	User     string
	Password string
	SIPPort  int   // of pjsip's UDP transport
	Extra    []int // further free ports, for Files to use
	RTP      asteriskconfig.Ports

	program program
	ports   *block
	lock    *os.File // held while Dir is in use

	mu      sync.Mutex // guards what follows
	process *process
	out     *os.File
	closed  bool
}

// Start starts an instance and returns when it is fully booted and ARI
// answers. Close it, whatever happens to ctx.
func Start(ctx context.Context, o Options) (*Instance, error) {
	if o.Root == "" {
		root, err := FindRoot()
		if err != nil {
			return nil, err
		}
		o.Root = root
	}
	if o.RTPPorts == 0 {
		o.RTPPorts = blockPorts - headPorts
	}
	prog, err := openProgram(o.Root)
	if err != nil {
		return nil, err
	}
	ports, err := takePorts(o.RTPPorts)
	if err != nil {
		return nil, err
	}
	i := &Instance{program: prog, ports: ports, Password: rand.Text(), User: "dialwright"}
	if err := i.prepare(o); err != nil {
		return nil, errors.Join(err, i.Close())
	}
	if err := i.Run(ctx); err != nil {
		return nil, errors.Join(err, i.Close())
	}
	return i, nil
}

// prepare gives the instance its directories, ports and configuration.
func (i *Instance) prepare(o Options) error {
	sweep()
	dir, err := os.MkdirTemp(shortTempDir(), dirPrefix)
	if err != nil {
		return fmt.Errorf("private Asterisk: make its directory: %w", err)
	}
	i.Dir = dir
	if i.lock, err = lockFile(filepath.Join(dir, lockName)); err != nil {
		return fmt.Errorf("private Asterisk: lock its directory: %w", err)
	}
	http := i.ports.first
	i.SIPPort = i.ports.first + 1
	for n := 2; n < headPorts; n++ {
		i.Extra = append(i.Extra, i.ports.first+n)
	}
	i.RTP = asteriskconfig.Ports{Start: i.ports.first + headPorts, End: i.ports.first + i.ports.count - 1}
	i.ARIURL = fmt.Sprintf("http://127.0.0.1:%d/ari", http)

	p := o.Params
	p.Directories = asteriskconfig.Directories{
		Etc: filepath.Join(dir, "etc"), Modules: i.program.modules, Data: i.program.data, Lib: filepath.Join(dir, "lib"),
		Spool: filepath.Join(dir, "spool"), Run: filepath.Join(dir, "run"), Log: filepath.Join(dir, "log"),
	}
	p.HTTP = asteriskconfig.HTTP{Bind: "127.0.0.1", Port: http}
	p.ARI = asteriskconfig.ARI{User: i.User, Password: i.Password}
	p.SIP = asteriskconfig.Listen{Bind: "127.0.0.1", Port: i.SIPPort}
	p.MediaAddress = "127.0.0.1"
	p.RTP = i.RTP
	p.MusicDirectory = ""
	files, err := asteriskconfig.Render(p)
	if err != nil {
		return err
	}
	if o.Files != nil {
		maps.Copy(files, o.Files(i))
	}
	d := p.Directories
	for _, dir := range []string{d.Lib, d.Spool, filepath.Join(d.Spool, "recording"), filepath.Join(d.Spool, "monitor"), d.Run, d.Log, filepath.Join(d.Log, "cdr-csv"), filepath.Join(d.Log, "cel-custom")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("private Asterisk: %w", err)
		}
	}
	return asteriskconfig.WriteFiles(d.Etc, files)
}

const (
	dirPrefix = "dw-ast-"
	lockName  = "lock"
)

// sweep removes the directories of instances whose program was killed: their
// locks are free. One that is young may be about to be locked.
func sweep() {
	dirs, err := filepath.Glob(filepath.Join(shortTempDir(), dirPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		lock, err := lockFile(filepath.Join(dir, lockName))
		if err != nil {
			continue // in use, or another user's
		}
		_ = os.RemoveAll(dir) // what stays is tried again next time
		_ = lock.Close()
	}
}

// shortTempDir keeps the control socket's path inside the 108 bytes of unix(7).
func shortTempDir() string {
	if dir := os.TempDir(); len(dir) <= 60 {
		return dir
	}
	return "/tmp"
}

// PID is the process id, 0 while no process runs.
func (i *Instance) PID() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.process == nil {
		return 0
	}
	return i.process.pid
}

// Run starts the process again after Stop or Kill, with the same ports and
// files, and returns when it is fully booted.
func (i *Instance) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	i.mu.Lock()
	if i.closed || i.process != nil {
		i.mu.Unlock()
		return errors.New("private Asterisk: it is running already, or closed")
	}
	out, err := os.OpenFile(filepath.Join(i.Dir, "log", "console.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		i.mu.Unlock()
		return fmt.Errorf("private Asterisk: %w", err)
	}
	// -f: stay in the foreground; -n: no colours.
	p, err := startProcess(i.program.args("-f", "-n", "-C", i.config()), i.Dir, out)
	if err != nil {
		i.mu.Unlock()
		_ = out.Close()
		return fmt.Errorf("private Asterisk: %w", err)
	}
	i.process, i.out = p, out
	i.mu.Unlock()
	if err := i.await(ctx, p); err != nil {
		return errors.Join(err, i.end(kill))
	}
	return nil
}

func (i *Instance) config() string { return filepath.Join(i.Dir, "etc", "asterisk.conf") }

// Stop ends the process in an orderly way and returns when it is gone. The
// calls in it end.
func (i *Instance) Stop() error { return i.end(terminate) }

// Kill ends the process with SIGKILL and returns when it is gone.
func (i *Instance) Kill() error { return i.end(kill) }

// Restart is Stop and Run.
func (i *Instance) Restart(ctx context.Context) error {
	if err := i.Stop(); err != nil {
		return err
	}
	return i.Run(ctx)
}

func (i *Instance) end(sig os.Signal) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.process == nil {
		return nil
	}
	p := i.process
	p.signal(sig)
	timer := time.NewTimer(stopLimit)
	defer timer.Stop()
	var err error
	select {
	case <-p.done:
	case <-timer.C:
		p.signal(kill)
		<-p.done
		err = fmt.Errorf("private Asterisk (process %d): it had to be killed, having not stopped within %s", p.pid, stopLimit)
	}
	i.process = nil
	return errors.Join(err, i.out.Close())
}

// Close stops the process, gives the ports back and removes the directory. It
// may be called again.
func (i *Instance) Close() error {
	err := i.Stop()
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.closed {
		return nil
	}
	i.closed = true
	i.ports.release()
	if i.lock != nil {
		err = errors.Join(err, i.lock.Close())
	}
	if i.Dir != "" {
		err = errors.Join(err, os.RemoveAll(i.Dir))
	}
	return err
}
