package campaign_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
)

func pool(t *testing.T, trunks ...campaign.Trunk) *campaign.TrunkPool {
	t.Helper()
	for i := range trunks {
		trunks[i].Endpoint = "PJSIP/{number}@" + trunks[i].Name
	}
	p, err := campaign.NewTrunkPool(trunks, dialwright.SystemClock{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// next takes a place and gives the trunk's name, "" when there is none.
func next(t *testing.T, p *campaign.TrunkPool, tried ...string) (string, func(dialwright.Disposition)) {
	t.Helper()
	trunk, release, err := p.Next(t.Context(), []string{"a", "b"}, tried)
	if errors.Is(err, campaign.ErrNoTrunk) {
		return "", nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return trunk.Name, release
}

func TestTrunkDial(t *testing.T) {
	for format, want := range map[string]string{"": "+8613800138000", campaign.FormatE164: "+8613800138000", campaign.FormatDigits: "8613800138000", campaign.FormatNational: "13800138000"} {
		trunk := campaign.Trunk{Endpoint: "PJSIP/{number}@a", NumberFormat: format}
		if got := trunk.Dial("+8613800138000"); got != "PJSIP/"+want+"@a" {
			t.Errorf("%q: %s", format, got)
		}
	}
	if got := (campaign.Trunk{Endpoint: "{number}", NumberFormat: campaign.FormatNational}).Dial("+861062345678"); got != "01062345678" {
		t.Errorf("a landline: %s", got)
	}
}

func TestTrunkPoolRefuses(t *testing.T) {
	for name, trunk := range map[string]campaign.Trunk{
		"no name":   {Endpoint: "{number}"},
		"no number": {Name: "a", Endpoint: "PJSIP/a"},
		"capacity":  {Name: "a", Endpoint: "{number}", Capacity: -1},
		"format":    {Name: "a", Endpoint: "{number}", NumberFormat: "roman"},
	} {
		if _, err := campaign.NewTrunkPool([]campaign.Trunk{trunk}, dialwright.SystemClock{}); !errors.Is(err, campaign.ErrTrunk) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := pool(t, campaign.Trunk{Name: "a"})
	if _, _, err := p.Next(t.Context(), []string{"x"}, nil); !errors.Is(err, campaign.ErrTrunk) {
		t.Errorf("an unknown trunk: %v", err)
	}
	if _, _, err := p.Next(t.Context(), nil, nil); !errors.Is(err, campaign.ErrNoTrunk) {
		t.Errorf("no trunks at all: %v", err)
	}
}

func TestTrunkPoolFailsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(t, campaign.Trunk{Name: "a", Capacity: 1}, campaign.Trunk{Name: "b", Capacity: 1})
		first, releaseA := next(t, p)
		second, _ := next(t, p)
		if first != "a" || second != "b" {
			t.Fatalf("%s, then %s", first, second)
		}
		start := time.Now()
		if got, _ := next(t, p, "a", "b"); got != "" || time.Since(start) != 0 {
			t.Errorf("all were tried: %q after %s", got, time.Since(start))
		}
		if got, _ := next(t, p); got != "" || time.Since(start) != 10*time.Second {
			t.Errorf("all are busy: %q after %s", got, time.Since(start))
		}
		go func() {
			<-time.After(3 * time.Second)
			releaseA(dialwright.Answered)
			releaseA(dialwright.Answered) // again: nothing
		}()
		start = time.Now()
		if got, _ := next(t, p); got != "a" || time.Since(start) != 3*time.Second {
			t.Errorf("one was released: %q after %s", got, time.Since(start))
		}
		if s := p.Status(); len(s) != 2 || s[0].Live != 1 || s[0].Placed != 2 || s[1].Live != 1 {
			t.Errorf("status %+v", s)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := p.Next(ctx, []string{"a"}, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a context that ends: %v", err)
		}
	})
}

func TestTrunkPoolRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(t, campaign.Trunk{Name: "a", CallsPerSecond: 2}, campaign.Trunk{Name: "b", CallsPerSecond: 1})
		start := time.Now()
		used := map[string]int{}
		for range 30 {
			name, release := next(t, p)
			used[name]++
			release(dialwright.Busy)
		}
		if took := time.Since(start); took < 9*time.Second || took > 10*time.Second || used["a"] < 19 || used["b"] < 9 {
			t.Errorf("30 calls at 3 a second took %s: %v", took, used)
		}
	})
}

func TestTrunkPoolRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(t, campaign.Trunk{Name: "a"}, campaign.Trunk{Name: "b"})
		for i := range 8 {
			name, release := next(t, p)
			if name != "a" {
				t.Fatalf("call %d goes over %s", i, name)
			}
			release(dialwright.TrunkFailure)
		}
		if s := p.Status()[0]; s.RestsTo.IsZero() || s.Failures != 8 {
			t.Errorf("status %+v", s)
		}
		if got, _ := next(t, p); got != "b" {
			t.Errorf("over %s while a rests", got)
		}
		if got, _ := next(t, p, "b"); got != "" {
			t.Errorf("over %s, with nothing left", got)
		}
		<-time.After(15 * time.Second)
		probe, release := next(t, p)
		other, _ := next(t, p)
		if probe != "a" || other != "b" {
			t.Errorf("%s probes, %s carries on", probe, other)
		}
		release(dialwright.Congestion)
		<-time.After(16 * time.Second)
		if got, _ := next(t, p); got != "b" {
			t.Errorf("over %s although the probe failed", got)
		}
		<-time.After(15 * time.Second)
		probe, release = next(t, p)
		release(dialwright.Busy)
		if got, _ := next(t, p); probe != "a" || got != "a" {
			t.Errorf("%s probed well, then %s", probe, got)
		}
	})
}
