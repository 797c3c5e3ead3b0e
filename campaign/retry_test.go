package campaign_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
)

var now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestAfter(t *testing.T) {
	c := campaign.Campaign{MaxAttempts: 3}.WithDefaults()
	fresh := campaign.Progress{State: campaign.Pending}
	twice := campaign.Progress{State: campaign.Retrying, Attempts: 2, Counts: map[dialwright.Disposition]int{dialwright.Rejected: 1, dialwright.Busy: 1}}
	promised := campaign.Progress{State: campaign.Appointment, Attempts: 1}
	for _, test := range []struct {
		name    string
		from    campaign.Progress
		numbers int
		result  campaign.Result
		state   campaign.ContactState
		in      time.Duration // until due, unless done
		used    int
		number  int
	}{
		{"answered", fresh, 1, campaign.Result{Disposition: dialwright.Answered}, campaign.Done, 0, 1, 0},
		{"busy", fresh, 1, campaign.Result{Disposition: dialwright.Busy}, campaign.Retrying, 10 * time.Minute, 1, 0},
		{"busy has no other number", fresh, 2, campaign.Result{Disposition: dialwright.Busy}, campaign.Retrying, 10 * time.Minute, 1, 0},
		{"no answer tries the next number", fresh, 2, campaign.Result{Disposition: dialwright.NoAnswer}, campaign.Retrying, 4 * time.Hour, 1, 1},
		{"the last attempt", twice, 1, campaign.Result{Disposition: dialwright.Busy}, campaign.Done, 0, 3, 0},
		{"rejected twice", campaign.Progress{Attempts: 1, Counts: map[dialwright.Disposition]int{dialwright.Rejected: 1}}, 1,
			campaign.Result{Disposition: dialwright.Rejected}, campaign.Done, 0, 2, 0},
		{"no rule", fresh, 1, campaign.Result{Disposition: dialwright.Fax}, campaign.Done, 0, 1, 0},
		{"invalid, another number", fresh, 2, campaign.Result{Disposition: dialwright.InvalidNumber}, campaign.Retrying, 0, 1, 1},
		{"invalid, another number, attempts used up", twice, 2, campaign.Result{Disposition: dialwright.InvalidNumber}, campaign.Retrying, 0, 3, 1},
		{"invalid, no other", fresh, 1, campaign.Result{Disposition: dialwright.InvalidNumber}, campaign.Done, 0, 1, 0},
		{"invalid, the other too", campaign.Progress{Number: 1, Dead: 1, Attempts: 1}, 2, campaign.Result{Disposition: dialwright.InvalidNumber}, campaign.Done, 0, 2, 1},
		{"unwanted", fresh, 2, campaign.Result{Disposition: dialwright.Unwanted}, campaign.Done, 0, 1, 0},
		{"congestion", fresh, 1, campaign.Result{Disposition: dialwright.Congestion}, campaign.Retrying, 30 * time.Second, 0, 0},
		{"congestion again", campaign.Progress{Free: 2}, 1, campaign.Result{Disposition: dialwright.Congestion}, campaign.Retrying, 2 * time.Minute, 0, 0},
		{"congestion for the fifth time", campaign.Progress{Free: 4}, 1, campaign.Result{Disposition: dialwright.Congestion}, campaign.Retrying, 16 * time.Minute, 1, 0},
		{"congestion of an appointment", promised, 1, campaign.Result{Disposition: dialwright.TrunkFailure}, campaign.Appointment, 30 * time.Second, 1, 0},
		{"cancelled after an opt-out", fresh, 1, campaign.Result{Disposition: dialwright.Cancelled, OptedOut: true}, campaign.Done, 0, 1, 0},
		{"opted out", fresh, 1, campaign.Result{Disposition: dialwright.Answered, OptedOut: true, Callback: now.Add(time.Hour)}, campaign.Done, 0, 1, 0},
		{"callback", twice, 1, campaign.Result{Disposition: dialwright.Answered, Callback: now.Add(time.Hour)}, campaign.Appointment, time.Hour, 3, 0},
		{"appointment not answered", promised, 1, campaign.Result{Disposition: dialwright.NoAnswer}, campaign.Retrying, 4 * time.Hour, 2, 0},
		{"machine", fresh, 1, campaign.Result{Disposition: dialwright.Machine}, campaign.Retrying, 5 * time.Hour, 1, 0},
		{"blocked for an hour", fresh, 1, campaign.Result{Blocked: true, RetryAt: now.Add(time.Hour)}, campaign.Pending, time.Hour, 0, 0},
		{"blocked until now", fresh, 1, campaign.Result{Blocked: true, RetryAt: now}, campaign.Pending, 5 * time.Second, 0, 0},
		{"blocked appointment", promised, 1, campaign.Result{Blocked: true, RetryAt: now.Add(time.Hour)}, campaign.Appointment, time.Hour, 1, 0},
		{"blocked for ever", fresh, 1, campaign.Result{Blocked: true}, campaign.Done, 0, 0, 0},
	} {
		got := c.After(test.from, test.numbers, test.result, now)
		due := time.Duration(0)
		if !got.NextAt.IsZero() {
			due = got.NextAt.Sub(now)
		}
		if got.State != test.state || due != test.in || got.Attempts != test.used || got.Number != test.number {
			t.Errorf("%s: %s in %s, %d attempts, number %d; want %s in %s, %d, %d", test.name, got.State, due, got.Attempts, got.Number,
				test.state, test.in, test.used, test.number)
		}
	}
	c.VoicemailPolicy = campaign.VoicemailMessage
	if got := c.After(fresh, 1, campaign.Result{Disposition: dialwright.Machine}, now); got.State != campaign.Done {
		t.Errorf("a message left: %+v", got)
	}
}

// However calls end, a contact is done after a bounded number of them, and is
// never due in the past.
func TestAfterEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := campaign.Campaign{MaxAttempts: rapid.IntRange(1, 6).Draw(t, "attempts")}.WithDefaults()
		numbers := rapid.IntRange(1, 4).Draw(t, "numbers")
		p, at := campaign.Progress{State: campaign.Pending}, now
		most := 5 * (c.MaxAttempts + numbers + 1)
		for n := 0; p.State != campaign.Done; n++ {
			if n > most {
				t.Fatalf("not done after %d calls: %+v", n, p)
			}
			d := rapid.SampledFrom(dialwright.Dispositions()).Draw(t, "disposition")
			p = c.After(p, numbers, campaign.Result{Disposition: d}, at)
			if p.State == campaign.Done {
				break
			}
			if p.NextAt.Before(at) || p.Number >= numbers || p.Dead&(1<<p.Number) != 0 {
				t.Fatalf("at %s after %s: %+v", at, d, p)
			}
			at = p.NextAt
		}
	})
}

func TestCampaignCheck(t *testing.T) {
	good := campaign.Campaign{ID: "a", List: "l", Flow: "f.yaml", Zone: "Asia/Shanghai"}.WithDefaults()
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*campaign.Campaign){
		"id":            func(c *campaign.Campaign) { c.ID = "a/b" },
		"no list":       func(c *campaign.Campaign) { c.List = "" },
		"no flow":       func(c *campaign.Campaign) { c.Flow = "" },
		"no lines":      func(c *campaign.Campaign) { c.MaxConcurrent = -1 },
		"ring":          func(c *campaign.Campaign) { c.RingTimeout = time.Hour },
		"voicemail":     func(c *campaign.Campaign) { c.VoicemailPolicy = "shout" },
		"zone":          func(c *campaign.Campaign) { c.Zone = "Mars" },
		"retry what":    func(c *campaign.Campaign) { c.Retry = campaign.RetryPolicy{"sunny": {After: 1}} },
		"retry line":    func(c *campaign.Campaign) { c.Retry = campaign.RetryPolicy{dialwright.Congestion: {After: 1}} },
		"retry at once": func(c *campaign.Campaign) { c.Retry = campaign.RetryPolicy{dialwright.Busy: {}} },
		"retry before":  func(c *campaign.Campaign) { c.Retry = campaign.RetryPolicy{dialwright.Busy: {After: -1}} },
		"night": func(c *campaign.Campaign) {
			if err := c.Hours.UnmarshalText([]byte("daily 22:00-23:00")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		c := good
		spoil(&c)
		if err := c.Check(); !errors.Is(err, campaign.ErrCampaign) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
