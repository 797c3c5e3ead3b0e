package asr

import "sync"

// resultRoom is how many results may lie in the channel unread, which is also how many of a closed
// stream's last results can still be read.
const resultRoom = 64

// mailbox hands results to a reader of any speed: an unread partial is replaced by the next one,
// finals and errors wait. Its length is bounded by the finals that are asked for (maxMarks and those in flight).
type mailbox struct {
	mu     sync.Mutex
	queue  []Result
	closed bool
	wake   chan struct{}
	out    chan Result
}

func newMailbox() *mailbox {
	return &mailbox{wake: make(chan struct{}, 1), out: make(chan Result, resultRoom)}
}

func (b *mailbox) put(r Result) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	if n := len(b.queue); n > 0 && b.queue[n-1].partial() {
		b.queue = b.queue[:n-1] // what follows says all of it again
	}
	b.queue = append(b.queue, r)
	b.signal()
}

func (r Result) partial() bool { return !r.Final && r.Err == nil }

func (b *mailbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.signal()
}

func (b *mailbox) signal() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

func (b *mailbox) take() (r Result, ok, ended bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 {
		return Result{}, false, b.closed
	}
	r = b.queue[0]
	b.queue = append(b.queue[:0], b.queue[1:]...)
	return r, true, false
}

// run delivers until the box is closed and empty, or until stop: then what fits the channel is left there.
func (b *mailbox) run(stop <-chan struct{}) {
	defer close(b.out)
	for {
		r, ok, ended := b.take()
		switch {
		case ended:
			return
		case ok:
			if !b.deliver(r, stop) {
				return
			}
		default:
			<-b.wake
		}
	}
}

func (b *mailbox) deliver(r Result, stop <-chan struct{}) bool {
	select {
	case b.out <- r:
		return true
	default:
	}
	select {
	case b.out <- r:
		return true
	case <-stop:
		return false // full, and nobody will read any more
	}
}
