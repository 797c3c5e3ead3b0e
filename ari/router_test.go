package ari

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// TestOrderProperty: whatever mix of events, watches and unwatched channels, every
// event reaches every watch it concerns exactly once and in order, or else Unclaimed.
func TestOrderProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRouter(newCounters("a"))
		defer r.close()
		want := map[*Watch][]int{}
		var unclaimed []int
		type sub struct {
			id string
			w  *Watch
		}
		var subs []sub
		n := 0
		steps := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 200).Draw(t, "steps")
		id := rapid.SampledFrom([]string{"a", "b", "c", "d"})
		for _, step := range steps {
			switch {
			case step == 0 && len(subs) < 6:
				ch := id.Draw(t, "watch")
				// Waiting events move over; drain first so that the expectation stays simple.
				collect(t, r.unclaimed.out, len(unclaimed), unclaimed)
				unclaimed = nil
				w := r.watchChannel(ch)
				subs = append(subs, sub{ch, w})
				want[w] = nil
			case step == 1 && len(subs) > 0:
				i := rapid.IntRange(0, len(subs)-1).Draw(t, "close")
				s := subs[i]
				collect(t, s.w.Events(), len(want[s.w]), want[s.w])
				s.w.Close()
				delete(want, s.w)
				subs = append(subs[:i], subs[i+1:]...)
			default:
				n++
				one, two := id.Draw(t, "channel"), id.Draw(t, "other")
				r.route(mustDecode(t, fmt.Sprintf(`{"type":"Dial","n":%d,"peer":{"id":%q},"caller":{"id":%q}}`, n, one, two)))
				claimed := false
				for _, s := range subs {
					if s.id == one || s.id == two {
						want[s.w] = append(want[s.w], n)
						claimed = true
					}
				}
				if !claimed {
					unclaimed = append(unclaimed, n)
				}
			}
		}
		for w, ns := range want {
			collect(t, w.Events(), len(ns), ns)
			w.Close()
		}
		collect(t, r.unclaimed.out, len(unclaimed), unclaimed)
		if w := r.stats.waiting.Load(); w < 0 || w > 1 {
			// The pump counts an event out just after the receiver has it.
			t.Fatalf("%d events counted as waiting at the end", w)
		}
	})
}

func mustDecode(t *rapid.T, raw string) Event {
	ev, err := decodeEvent([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return ev
}

func collect(t *rapid.T, ch <-chan Event, n int, want []int) {
	for i := range n {
		var got struct {
			N int `json:"n"`
		}
		if err := json.Unmarshal((<-ch).Raw, &got); err != nil {
			t.Fatal(err)
		}
		if got.N != want[i] {
			t.Fatalf("event %d came, want %d", got.N, want[i])
		}
	}
}

// TestReconcileProperty plays a random life of channels with a gap at a random place,
// a snapshot taken at a random later place, and checks what the watch was told: states
// only go forward, one start of Stasis per stay, exactly one end if it ended.
func TestReconcileProperty(t *testing.T) {
	life := []string{
		`{"type":"ChannelCreated","channel":{"id":"x","state":"Down"}}`,
		`{"type":"ChannelStateChange","channel":{"id":"x","state":"Ringing"}}`,
		`{"type":"ChannelStateChange","channel":{"id":"x","state":"Up"}}`,
		`{"type":"StasisStart","channel":{"id":"x","state":"Up"}}`,
		`{"type":"StasisEnd","channel":{"id":"x","state":"Up"}}`,
		`{"type":"ChannelDestroyed","cause":16,"channel":{"id":"x","state":"Up"}}`,
	}
	states := []string{"", "Down", "Ringing", "Up", "Up", "Up", ""}
	rapid.Check(t, func(t *rapid.T) {
		end := rapid.IntRange(1, len(life)).Draw(t, "events in all")
		lost := rapid.IntRange(0, end).Draw(t, "first lost")
		back := rapid.IntRange(lost, end).Draw(t, "connection back before")
		taken := rapid.IntRange(back, end).Draw(t, "snapshot after")
		late := rapid.IntRange(back, end).Draw(t, "snapshot used after")
		r := newRouter(newCounters("a"))
		defer r.close()
		w := r.watchChannel("x")
		route := func(i int) {
			r.route(mustDecode(t, life[i]))
		}
		for i := range lost {
			route(i)
		}
		r.confirm("x")
		before := r.mark()
		snap := &snapshot{channels: map[string]ChannelInfo{}, bridges: map[string]bool{}, subscribed: map[string]bool{"x": true}}
		if taken > 0 && taken < 6 {
			ch := ChannelInfo{AppName: "AppDial2"}
			ch.ID, ch.State = "x", states[taken]
			if taken == 4 {
				ch.AppName, ch.AppData = "Stasis", "app,x"
			}
			snap.channels["x"] = ch
		}
		for i := back; i < late; i++ {
			route(i)
		}
		r.advance(snap, "app")
		gone := before.missing(snap, "app", false)
		if taken == 0 {
			gone = living{} // it was not there yet, so it cannot be missing
		}
		r.endAll(gone, "app")
		for i := late; i < end; i++ {
			route(i)
		}
		r.route(Event{Type: "last", channels: []string{"x"}, ChannelID: "x"})
		check(t, w, taken == 6 || end == 6 && back < 6)
	})
}

func check(t *rapid.T, w *Watch, ended bool) {
	last, ends, in := 0, 0, false
	for ev := range w.Events() {
		if ev.Type == "last" {
			break
		}
		switch ev.Type {
		case "ChannelStateChange":
			if rank(ev.State) < last {
				t.Fatalf("state went back to %s", ev.State)
			}
			last = rank(ev.State)
		case "StasisStart":
			if in {
				t.Fatal("entered Stasis twice")
			}
			in = true
		case "StasisEnd":
			in = false
		case "ChannelDestroyed":
			ends++
		}
	}
	if want := map[bool]int{true: 1}[ended]; ends > 1 || ends < want {
		t.Fatalf("%d ends, want %d", ends, want)
	}
}
