package tts

import (
	"context"
	"fmt"
	"sync"
)

// flights let those who want the same at the same time share one synthesis. It
// goes on as long as one of them still waits, whoever came first.
type flights struct {
	mu     sync.Mutex
	all    map[string]*flight
	closed bool
	work   sync.WaitGroup
}

type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int
	audio   Audio
	err     error
}

// wait joins the flight for a key, or starts one that calls load.
func (f *flights) wait(ctx context.Context, key string, load func(context.Context) (Audio, error)) (Audio, error) {
	fl, err := f.join(key, load)
	if err != nil {
		return Audio{}, err
	}
	select {
	case <-fl.done:
		return fl.audio, fl.err
	case <-ctx.Done():
		f.leave(key, fl)
		return Audio{}, fmt.Errorf("synthesising: %w", context.Cause(ctx))
	}
}

func (f *flights) join(key string, load func(context.Context) (Audio, error)) (*flight, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, fmt.Errorf("%w: the cache is closed", ErrEngine)
	}
	if fl := f.all[key]; fl != nil {
		fl.waiting++
		return fl, nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	fl := &flight{done: make(chan struct{}), cancel: cancel, waiting: 1}
	f.all[key] = fl
	f.work.Go(func() {
		defer cancel()
		fl.audio, fl.err = load(ctx)
		f.mu.Lock()
		f.forget(key, fl)
		f.mu.Unlock()
		close(fl.done)
	})
	return fl, nil
}

// leave gives up waiting. A flight that nobody waits for is cancelled, and
// forgotten at once, so that whoever comes next does not get its cancellation.
func (f *flights) leave(key string, fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl.waiting--; fl.waiting == 0 {
		fl.cancel()
		f.forget(key, fl)
	}
}

func (f *flights) forget(key string, fl *flight) {
	if f.all[key] == fl {
		delete(f.all, key)
	}
}

// close cancels what is under way and waits for it.
func (f *flights) close() {
	f.mu.Lock()
	f.closed = true
	for _, fl := range f.all {
		fl.cancel()
	}
	f.mu.Unlock()
	f.work.Wait()
}
