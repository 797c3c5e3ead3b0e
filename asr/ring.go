package asr

import "sync"

// ring is the bounded queue between the audio path and a socket: samples, and marks between them.
// Adding copies and never waits, so that a slow network cannot hold the audio up.
type ring struct {
	mu     sync.Mutex
	buf    []int16
	head   int64 // samples ever added
	tail   int64 // samples ever taken
	marks  []mark
	closed bool
	wake   chan struct{} // one token: something was added
}

// mark is a message that belongs between two samples.
type mark struct {
	at   int64
	kind markKind
	text []byte // the message, for markConfig
}

type markKind uint8

const (
	markFinalize markKind = iota + 1
	markConfig
)

// maxMarks bounds the Finalize and Switch calls that may wait unsent.
const maxMarks = 64

func newRing(samples int) *ring {
	return &ring{buf: make([]int16, samples), wake: make(chan struct{}, 1)}
}

func (r *ring) signal() {
	select {
	case r.wake <- struct{}{}:
	default: // a token is waiting already
	}
}

// add takes all of pcm or nothing.
func (r *ring) add(pcm []int16) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return ErrClosed
	}
	size := int64(len(r.buf))
	if r.head-r.tail+int64(len(pcm)) > size {
		return ErrOverflow
	}
	at := int(r.head % size)
	n := copy(r.buf[at:], pcm)
	copy(r.buf, pcm[n:])
	r.head += int64(len(pcm))
	r.signal()
	return nil
}

func (r *ring) mark(kind markKind, text []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return ErrClosed
	}
	if len(r.marks) >= maxMarks {
		return ErrOverflow
	}
	r.marks = append(r.marks, mark{at: r.head, kind: kind, text: text})
	r.signal()
	return nil
}

func (r *ring) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.signal()
}

// next takes what is due: up to len(out) samples once a whole chunk, a mark or the end has come;
// or the mark that is due. all reports that the ring is closed and empty.
func (r *ring) next(out []int16) (n int, m mark, all bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	end, hurry := r.head, r.closed
	if len(r.marks) > 0 {
		if r.marks[0].at == r.tail {
			m = r.marks[0]
			r.marks = append(r.marks[:0], r.marks[1:]...)
			return 0, m, false
		}
		end, hurry = r.marks[0].at, true
	}
	waiting := int(min(end-r.tail, int64(len(out))))
	if waiting == 0 {
		return 0, mark{}, r.closed
	}
	if waiting < len(out) && !hurry {
		return 0, mark{}, false
	}
	at := int(r.tail % int64(len(r.buf)))
	n = copy(out[:waiting], r.buf[at:])
	n += copy(out[n:waiting], r.buf)
	r.tail += int64(n)
	return n, mark{}, false
}
