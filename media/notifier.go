package media

import "sync"

// notifier calls callers' functions in order, from a goroutine of its own, so that
// neither the pacer nor somebody inside Play waits for them. Its queue holds at
// most two entries for each playout that was started, so Play bounds it.
type notifier struct {
	mu     sync.Mutex
	queue  []func()
	closed bool
	wake   chan struct{}
	done   chan struct{}
}

func newNotifier() *notifier {
	n := &notifier{wake: make(chan struct{}, 1), done: make(chan struct{})}
	go n.run()
	return n
}

// call queues f.
func (n *notifier) call(f func()) {
	n.mu.Lock()
	n.queue = append(n.queue, f)
	n.mu.Unlock()
	n.signal()
}

func (n *notifier) signal() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// close lets everything queued be called and waits for the goroutine.
func (n *notifier) close() {
	n.mu.Lock()
	n.closed = true
	n.mu.Unlock()
	n.signal()
	<-n.done
}

func (n *notifier) run() {
	defer close(n.done)
	for {
		n.mu.Lock()
		batch, closed := n.queue, n.closed
		n.queue = nil
		n.mu.Unlock()
		for _, f := range batch {
			f()
		}
		if len(batch) > 0 {
			continue // something may have been queued meanwhile, even by f
		}
		if closed {
			return
		}
		<-n.wake
	}
}
