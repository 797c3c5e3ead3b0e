package pbx

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// process is a child that is waited for.
type process struct {
	pid  int
	done chan struct{} // closed when the child has been reaped
	err  error         // how it ended; read after done
}

// startProcess runs args with its output in the file. If this program dies,
// the kernel kills the child: nothing is left behind even by SIGKILL.
func startProcess(args []string, dir string, out *os.File) (*process, error) {
	p := &process{done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		defer close(p.done)
		// PR_SET_PDEATHSIG fires when the thread that forked ends (prctl(2)), so
		// that thread is kept for as long as the child lives.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		cmd.Stdout, cmd.Stderr = out, out
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		p.pid = cmd.Process.Pid
		started <- nil
		p.err = cmd.Wait()
	}()
	if err := <-started; err != nil {
		<-p.done
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	return p, nil
}

// signal reaches the child only while it is ours: until done is closed its
// process id cannot be anybody else's.
func (p *process) signal(sig os.Signal) {
	select {
	case <-p.done:
	default:
		_ = syscall.Kill(p.pid, sig.(syscall.Signal))
	}
}

func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

var (
	terminate os.Signal = syscall.SIGTERM
	kill      os.Signal = syscall.SIGKILL
)
