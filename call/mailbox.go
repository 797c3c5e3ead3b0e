package call

import "sync"

// mailbox hands events from goroutines that must not wait (the audio path,
// event readers) to one that takes its time. It keeps order and loses nothing;
// what one call can put into it is bounded by the call's length.
type mailbox[T any] struct {
	mu     sync.Mutex
	queue  []T
	wake   chan struct{}
	out    chan T
	closed bool
	done   chan struct{}
}

func newMailbox[T any]() *mailbox[T] {
	m := &mailbox[T]{wake: make(chan struct{}, 1), out: make(chan T), done: make(chan struct{})}
	go m.pump()
	return m
}

// put never waits. After close it does nothing.
func (m *mailbox[T]) put(v T) {
	m.mu.Lock()
	if !m.closed {
		m.queue = append(m.queue, v)
	}
	m.mu.Unlock()
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// close drops what nobody took and waits for the pump to end.
func (m *mailbox[T]) close() {
	m.mu.Lock()
	already := m.closed
	m.closed = true
	m.mu.Unlock()
	if !already {
		close(m.done)
	}
	for range m.out { // until the pump has closed it
	}
}

func (m *mailbox[T]) pump() {
	defer close(m.out)
	for {
		m.mu.Lock()
		batch := m.queue
		m.queue = nil
		m.mu.Unlock()
		for _, v := range batch {
			select {
			case m.out <- v:
			case <-m.done:
				return
			}
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-m.wake:
		case <-m.done:
			return
		}
	}
}
