package demo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/report"
)

func TestGroupKeepsTheConversationOfTheAttemptThatReachedSomebody(t *testing.T) {
	line := []report.Line{{Who: "customer", Text: "yes"}}
	calls := []report.Call{
		{ID: "2", Contact: "c", Number: "+8613800000001", Disposition: dialwright.Answered, Outcome: "interested", Transcript: line},
		{ID: "1", Contact: "c", Number: "+8613800000001", Disposition: dialwright.Busy, Tries: []report.Try{{N: 1}, {N: 2}}},
		{ID: "3", Contact: "c", Number: "+8613800000001", Disposition: dialwright.NoAnswer},
	}
	got := group(calls, map[dialwright.ContactID]campaign.Contact{"c": {Name: "anna"}})
	if len(got) != 1 {
		t.Fatalf("%d contacts", len(got))
	}
	c := got[0]
	if c.Contact != "anna" || len(c.Attempts) != 3 || c.Attempts[0].CallID != "1" || len(c.Attempts[0].Tries) != 2 {
		t.Errorf("attempts: %+v", c.Attempts)
	}
	if c.Disposition != dialwright.NoAnswer || c.Outcome != "interested" || len(c.Transcript) != 1 {
		t.Errorf("%s %s %v", c.Disposition, c.Outcome, c.Transcript)
	}
}

func TestPercentiles(t *testing.T) {
	var ms []float64
	for i := 100; i > 0; i-- {
		ms = append(ms, float64(i))
	}
	if p := percentiles(ms); p.N != 100 || p.P50 != 51 || p.P95 != 96 || p.Max != 100 {
		t.Errorf("%+v", p)
	}
	if p := percentiles(nil); p != (Percentiles{}) {
		t.Errorf("of nothing: %+v", p)
	}
}

func TestNoonZoneIsAlwaysWithinLegalHours(t *testing.T) {
	for hour := range 24 {
		now := time.Date(2026, 3, 1, hour, 30, 0, 0, time.UTC)
		zone, err := time.LoadLocation(noonZone(now))
		if err != nil {
			t.Fatal(err)
		}
		if h := now.In(zone).Hour(); h != 12 {
			t.Errorf("at %d UTC it is %d in %s", hour, h, zone)
		}
	}
}

func TestClearOutSparesWhatIsNotADemos(t *testing.T) {
	dir := t.TempDir()
	keep := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(keep, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := clearOut(dir); err == nil || !strings.Contains(err.Error(), "--out") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(keep); err != nil {
		t.Errorf("it is gone: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "dialwright.yaml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := clearOut(dir); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(keep); err == nil {
		t.Error("a former demo is still there")
	}
}
