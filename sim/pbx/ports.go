package pbx

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// Instances of many test programs run at once, so each takes ports out of
// blocks that lie below the range of the kernel's ephemeral ports. A block
// belongs to whoever holds the lock on its file; the kernel drops the lock
// when the holder dies, however it dies.
const (
	firstPort  = 10000
	blockPorts = 500
	blocks     = 45 // up to port 32499
	headPorts  = 20 // of a block, for single listeners; the rest is for RTP
)

// block is a run of ports that is ours until release.
type block struct {
	first, count int
	locks        []*os.File
}

// takePorts finds a free block with at least rtp ports for audio.
func takePorts(rtp int) (*block, error) {
	need := (rtp + headPorts + blockPorts - 1) / blockPorts
	dir := filepath.Join(os.TempDir(), "dialwright-ports")
	if err := os.MkdirAll(dir, 0o777|os.ModeSticky); err != nil {
		return nil, fmt.Errorf("private Asterisk: make the directory of port locks: %w", err)
	}
	for first := 0; first+need <= blocks; first++ {
		b := &block{first: firstPort + first*blockPorts, count: need * blockPorts}
		if b.lock(dir, first, need) && b.free() {
			return b, nil
		}
		b.release()
	}
	return nil, errors.New("private Asterisk: all port blocks from 10000 to 32499 are in use")
}

func (b *block) lock(dir string, first, need int) bool {
	for n := first; n < first+need; n++ {
		f, err := lockFile(filepath.Join(dir, fmt.Sprintf("%02d.lock", n)))
		if err != nil {
			return false // another user's file, or another holder
		}
		b.locks = append(b.locks, f)
	}
	return true
}

// free asks the kernel about the ports of our listeners: something that takes
// no locks may sit on one. RTP ports are left to Asterisk, which tries on.
func (b *block) free() bool {
	for port := b.first; port < b.first+headPorts; port++ {
		addr := fmt.Sprintf("127.0.0.1:%d", port)
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return false
		}
		_ = l.Close()
		u, err := net.ListenPacket("udp", addr)
		if err != nil {
			return false
		}
		_ = u.Close()
	}
	return true
}

func (b *block) release() {
	for _, f := range b.locks {
		_ = f.Close() // which unlocks it
	}
	b.locks = nil
}
