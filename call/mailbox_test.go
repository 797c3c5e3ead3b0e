package call

import (
	"sync"
	"testing"
)

func TestMailboxKeepsOrderAndLosesNothing(t *testing.T) {
	m := newMailbox[int]()
	const n = 10_000
	go func() {
		for i := range n {
			m.put(i)
		}
	}()
	for want := range n {
		if got := <-m.out; got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	}
	m.close()
}

func TestMailboxClosesUnderFire(t *testing.T) {
	m := newMailbox[int]()
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for i := range 1000 {
				m.put(i)
			}
		})
	}
	m.close()
	m.close() // twice is once
	writers.Wait()
	m.put(1)
	if _, open := <-m.out; open {
		t.Error("a closed mailbox still delivers")
	}
}
