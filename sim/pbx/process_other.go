//go:build !linux

package pbx

import (
	"errors"
	"os"
)

type process struct {
	pid  int
	done chan struct{}
	err  error
}

var errLinux = errors.New("a private Asterisk runs on Linux only")

func startProcess([]string, string, *os.File) (*process, error) { return nil, errLinux }

func (p *process) signal(os.Signal) {}

func lockFile(string) (*os.File, error) { return nil, errLinux }

var terminate, kill os.Signal = os.Interrupt, os.Kill
