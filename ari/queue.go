package ari

import "sync"

// queue is an unbounded, measured queue of events with a channel at its end. The reader
// of the websocket must never wait for a consumer: Asterisk gives a slow reader 100 ms
// (websocket_write_timeout) and then drops the connection with all it had queued.
type queue struct {
	out   chan Event
	wake  chan struct{} // capacity 1: there is something to pump
	stop  chan struct{}
	ended chan struct{}
	once  sync.Once
	stats *counters

	mu     sync.Mutex
	items  []Event
	head   int
	closed bool
}

// newQueue starts the pump that moves events to the channel.
func newQueue(st *counters) *queue {
	q := &queue{
		out: make(chan Event), wake: make(chan struct{}, 1),
		stop: make(chan struct{}), ended: make(chan struct{}), stats: st,
	}
	go q.pump()
	return q
}

// push appends an event and returns how many wait now; 0 if the queue was closed.
func (q *queue) push(ev Event) int {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return 0
	}
	q.items = append(q.items, ev)
	depth := len(q.items) - q.head
	q.stats.queued(depth)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return depth
}

func (q *queue) pop() (Event, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.head == len(q.items) {
		return Event{}, false
	}
	ev := q.items[q.head]
	q.items[q.head] = Event{}
	q.head++
	switch {
	case q.head == len(q.items):
		q.items, q.head = q.items[:0], 0
		if cap(q.items) > 1024 {
			q.items = nil
		}
	case q.head > 64 && q.head > len(q.items)/2:
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	return ev, true
}

// extract removes and returns, in order, the waiting events that match.
func (q *queue) extract(match func(*Event) bool) []Event {
	q.mu.Lock()
	var taken []Event
	kept := q.items[:q.head]
	for i := q.head; i < len(q.items); i++ {
		if match(&q.items[i]) {
			taken = append(taken, q.items[i])
		} else {
			kept = append(kept, q.items[i])
		}
	}
	clear(q.items[len(kept):])
	q.items = kept
	q.mu.Unlock()
	q.stats.dequeued(len(taken))
	return taken
}

func (q *queue) depth() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items) - q.head
}

func (q *queue) pump() {
	defer close(q.ended)
	defer close(q.out)
	for {
		ev, ok := q.pop()
		if !ok {
			select {
			case <-q.wake:
				continue
			case <-q.stop:
				return
			}
		}
		select {
		case q.out <- ev:
			q.stats.dequeued(1)
		case <-q.stop:
			q.stats.dequeued(1)
			return
		}
	}
}

// close ends the queue; what still waits is let go. It returns when the pump has ended.
func (q *queue) close() {
	q.once.Do(func() {
		q.mu.Lock()
		q.closed = true
		left := len(q.items) - q.head
		q.items, q.head = nil, 0
		q.mu.Unlock()
		q.stats.dequeued(left)
		close(q.stop)
	})
	<-q.ended
}
