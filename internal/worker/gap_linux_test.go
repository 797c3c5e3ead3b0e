package worker_test

import (
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/report"
)

// happened tells whether a call's record holds an event.
func happened(c report.Call, kind string) bool {
	for _, ev := range c.Events {
		if ev.Kind == kind {
			return true
		}
	}
	return false
}

// TestConnectionCut: the connection to Asterisk breaks under a call that ends
// meanwhile, one whose ringing ends meanwhile, and one that goes on.
func TestConnectionCut(t *testing.T) {
	t.Parallel()
	p := &proxy{}
	s := newScene(t, sceneOptions{rough: true, url: p.through, personas: `
customers:
- {name: c-ends, number: "+8613800000001", trunk: keys, calls: [[answer, silent: 4s, hang_up]], expect: {disposition: answered}}
- {name: c-rings, number: "+8613800000002", trunk: keys, calls: [[ring: 5s, refuse: busy]], expect: {disposition: unknown}}
- {name: c-lives, number: "+8613800000003", trunk: keys, calls: [[answer, silent: 14s, press: "1", stay]], expect: {disposition: answered}}
- {name: w-waits, number: "+8613800000004", trunk: keys, calls: [[answer, wait, press: "1", stay]], expect: {disposition: answered}}
`})
	s.start(t, "camp", "c", nil)
	r := s.run(t)
	until(t, "two talk and one rings", func() bool { return len(s.customers(t)) == 3 && s.talking(t) == 2 })
	p.set(true)
	until(t, "the worker notices", func() bool { return r.Ready(t.Context()) != nil })
	s.start(t, "next", "w", nil) // into the gap
	until(t, "two calls have ended meanwhile", func() bool { return len(s.customers(t)) == 1 })
	if c := s.last(t, "c-rings"); !c.EndedAt.IsZero() {
		t.Errorf("the worker claims to know the end of a call that it cannot see: %+v", c)
	}
	if n := len(s.last(t, "w-waits").Tries); n != 0 {
		t.Errorf("%d tries without a connection", n)
	}
	p.set(false)
	s.finished(t, "camp")
	s.finished(t, "next")
	r.Drain()
	r.wait(t)
	s.agree(t)
	if c := s.last(t, "c-ends"); c.Disposition != dialwright.Answered || c.HungUpBy != "unknown" || !happened(c, "end_missed") {
		t.Errorf("the call that ended meanwhile: %+v", c)
	}
	if c := s.last(t, "c-rings"); c.Disposition != dialwright.Unknown || !c.AnsweredAt.IsZero() {
		t.Errorf("the call whose ringing ended meanwhile: %+v", c)
	}
	for _, name := range []string{"c-lives", "w-waits"} {
		if c := s.last(t, name); c.Disposition != dialwright.Answered || c.Outcome != "agreed" {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// TestAsteriskKilled: Asterisk dies and comes back in mid campaign.
func TestAsteriskKilled(t *testing.T) {
	t.Parallel()
	s := newScene(t, sceneOptions{rough: true, maxCalls: 4, personas: "customers:\n" +
		crowd("c-talks", 1, 2, "[[answer, silent: 6s, hang_up]]") +
		crowd("c-rings", 11, 2, "[[ring: 6s, refuse: busy], [answer, wait, press: \"1\", stay]]") +
		crowd("w", 21, 3, "[[answer, wait, press: \"1\", stay]]")})
	s.start(t, "camp", "c", func(c *campaign.Campaign) {
		c.MaxAttempts = 2
		c.Retry = campaign.RetryPolicy{dialwright.Unknown: {After: 10 * time.Second}}
	})
	r := s.run(t)
	until(t, "two talk and two ring", func() bool {
		up, ringing := s.customers(t), 0
		for _, state := range up {
			if state == "Ringing" {
				ringing++
			}
		}
		return len(up) == 4 && ringing == 2 && s.talking(t) == 2
	})
	must(t, s.asterisk.Kill())
	until(t, "the worker notices", func() bool { return r.Ready(t.Context()) != nil })
	s.start(t, "next", "w", nil)
	must(t, s.asterisk.Run(t.Context()))
	until(t, "the calls are closed", func() bool {
		for _, c := range s.calls(t) {
			if c.Campaign == "camp" && c.EndedAt.IsZero() {
				return false
			}
		}
		return true
	})
	s.finished(t, "camp")
	s.finished(t, "next")
	r.Drain()
	r.wait(t)
	s.agree(t)
	for _, name := range []string{"c-talks-1", "c-talks-2"} {
		if c := s.of(t, name); len(c) != 1 || c[0].Disposition != dialwright.Answered || c[0].HungUpBy != "unknown" {
			t.Errorf("%s: %+v", name, c)
		}
	}
	for _, name := range []string{"c-rings-1", "c-rings-2"} {
		if c := s.of(t, name); len(c) != 2 || c[0].Disposition != dialwright.Unknown || c[1].Outcome != "agreed" {
			t.Errorf("%s: %+v", name, c)
		}
	}
	for _, name := range []string{"w-1", "w-2", "w-3"} {
		if c := s.last(t, name); c.Outcome != "agreed" {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// TestHangupInGap: a conversation comes to its end while Asterisk cannot be
// told. The customer is not left on a silent line once it can.
func TestHangupInGap(t *testing.T) {
	t.Parallel()
	p := &proxy{}
	s := newScene(t, sceneOptions{rough: true, url: p.through, patience: "3s", personas: "customers:\n" + crowd("c", 1, 2, "[[answer, stay: 80s]]")})
	s.start(t, "camp", "c", nil)
	r := s.run(t)
	until(t, "both talk", func() bool { return s.talking(t) == 2 })
	p.set(true)
	until(t, "the conversations are over", func() bool { return s.talking(t) == 0 })
	if up := s.customers(t); len(up) != 2 {
		t.Errorf("the channels did not survive: %v", up)
	}
	if n, err := s.db.Count(t.Context(), "camp"); err != nil || n[campaign.Claimed] != 2 {
		t.Errorf("contacts whose line is still up are %v, %v", n, err)
	}
	p.set(false)
	until(t, "the lines are free", func() bool { return len(s.customers(t)) == 0 })
	s.finished(t, "camp")
	r.Drain()
	r.wait(t)
	s.agree(t)
	for _, c := range s.calls(t) {
		if c.Outcome != "no_input" || c.Disposition != dialwright.Answered || c.HungUpBy != "bot" {
			t.Errorf("%+v", c)
		}
	}
}
