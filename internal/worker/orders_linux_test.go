package worker_test

import (
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
)

// state waits until a campaign has come to a state.
func (s *scene) state(t testing.TB, id string, want campaign.State) {
	t.Helper()
	until(t, id+" is "+string(want), func() bool {
		c, err := s.db.GetCampaign(t.Context(), dialwright.CampaignID(id))
		must(t, err)
		return c.State == want
	})
}

// quiet watches for a second that no call begins beyond those on record.
func (s *scene) quiet(t testing.TB) {
	t.Helper()
	n, began := len(s.calls(t)), time.Now()
	until(t, "a quiet second", func() bool {
		if now := len(s.calls(t)); now != n {
			t.Fatalf("%d new calls were placed", now-n)
		}
		return time.Since(began) > time.Second
	})
}

// TestOrders: pause, resume, drain, start, stop, and the switch that stops
// everything.
func TestOrders(t *testing.T) {
	t.Parallel()
	s := newScene(t, sceneOptions{personas: "customers:\n" + crowd("c", 1, 6, "[[answer, silent: 3s, press: \"1\", stay]]") +
		crowd("w", 11, 2, "[[ignore]]")})
	s.start(t, "camp", "c", func(c *campaign.Campaign) { c.MaxConcurrent = 2 })
	r := s.run(t)
	ended := func(n int) func() bool {
		return func() bool { return len(s.calls(t)) == n && s.talking(t) == 0 && len(r.Live().Calls()) == 0 }
	}
	until(t, "two talk", func() bool { return s.talking(t) == 2 })
	s.order(t, "camp", campaign.Pause)
	until(t, "they have ended", ended(2))
	s.quiet(t)

	s.order(t, "camp", campaign.Resume)
	until(t, "two more talk", func() bool { return s.talking(t) == 2 })
	s.order(t, "camp", campaign.Drain)
	s.state(t, "camp", campaign.Stopped)
	until(t, "they have ended", ended(4))
	s.quiet(t)
	for _, c := range s.calls(t) {
		if c.Outcome != "agreed" || c.HungUpBy == "system" {
			t.Errorf("a pause or a drain disturbed a call: %+v", c)
		}
	}

	s.order(t, "camp", campaign.Start)
	until(t, "the last two talk", func() bool { return s.talking(t) == 2 })
	s.order(t, "camp", campaign.Stop)
	began := time.Now()
	until(t, "they have ended", ended(6))
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s to stop two calls", took)
	}
	for _, c := range s.calls(t)[4:] {
		if c.Disposition != dialwright.Answered || c.HungUpBy != "system" || c.Outcome != "hung_up" {
			t.Errorf("a stopped call: %+v", c)
		}
	}

	s.start(t, "next", "w", nil)
	until(t, "two ring", func() bool { return len(s.customers(t)) == 2 })
	must(t, s.db.SetStopAll(t.Context(), true, "test", time.Now()))
	until(t, "nothing rings", func() bool { return len(s.customers(t)) == 0 })
	until(t, "they have ended", ended(8))
	s.quiet(t)
	for _, c := range s.calls(t)[6:] {
		if c.Disposition != dialwright.Cancelled || c.EndedAt.IsZero() {
			t.Errorf("a call that rang when everything was stopped: %+v", c)
		}
	}
	counts, err := s.db.Count(t.Context(), "next")
	if err != nil || counts[campaign.Retrying] != 2 {
		t.Errorf("whom nobody talked with is to be called again: %v %v", counts, err)
	}
	r.stop(t)
	s.agree(t)
}

// TestAppointment: a call that was promised is placed at its time.
func TestAppointment(t *testing.T) {
	t.Parallel()
	s := newScene(t, sceneOptions{personas: `
customers:
- {name: c-later, number: "+8613800000001", trunk: keys, calls: [[answer, wait, press: "3", stay], [answer, wait, press: "1", stay]], expect: {disposition: answered}}
`})
	s.start(t, "camp", "c", nil)
	r := s.run(t)
	until(t, "the promise", func() bool {
		all, err := s.db.Appointments(t.Context(), "camp")
		must(t, err)
		return len(all) == 1
	})
	all, err := s.db.Appointments(t.Context(), "camp")
	must(t, err)
	promised := all[0].At
	s.finished(t, "camp")
	r.Drain()
	r.wait(t)
	s.agree(t)
	calls := s.of(t, "c-later")
	if len(calls) != 2 || calls[0].Outcome != "later" || calls[1].Outcome != "agreed" {
		t.Fatalf("calls %+v", calls)
	}
	if late := calls[1].StartedAt.Sub(promised); late < 0 || late > 5*time.Second {
		t.Errorf("promised for %s, called at %s", promised, calls[1].StartedAt)
	}
	all, err = s.db.Appointments(t.Context(), "camp")
	if err != nil || len(all) != 1 || all[0].State != "kept" || all[0].KeptCall != calls[1].ID {
		t.Errorf("appointments %+v, %v", all, err)
	}
}
