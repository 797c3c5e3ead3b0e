package report_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/report"
)

func TestPercentile(t *testing.T) {
	values := []int64{50, 10, 40, 20, 30}
	for p, want := range map[float64]int64{0: 10, 0.2: 10, 0.21: 20, 0.5: 30, 0.95: 50, 1: 50} {
		if got := report.Percentile(values, p); got != want {
			t.Errorf("p%v is %d, want %d", 100*p, got, want)
		}
	}
	if values[0] != 50 {
		t.Error("the values were sorted in place")
	}
	if got := report.Percentile([]time.Duration{}, 0.5); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

// At least p of the values do not exceed the percentile, and fewer do not
// exceed any smaller value.
func TestPercentileIsNearestRank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-50, 50), 1, 60).Draw(t, "values")
		p := rapid.Float64Range(0.01, 1).Draw(t, "p")
		got := report.Percentile(values, p)
		upTo, below := 0, 0
		for _, v := range values {
			if v <= got {
				upTo++
			}
			if v < got {
				below++
			}
		}
		n := float64(len(values))
		if !slices.Contains(values, got) || float64(upTo) < p*n-1e-9 || float64(below) >= p*n+1e-9 {
			t.Fatalf("p%v of %v is %d", 100*p, values, got)
		}
	})
}

type calls []report.Call

func (c calls) SaveCall(context.Context, report.Call) error { return errors.New("read only") }
func (c calls) GetCall(context.Context, dialwright.CallID) (report.Call, error) {
	return report.Call{}, report.ErrNotFound
}
func (c calls) ListCalls(context.Context, report.Filter) ([]report.Call, error) { return c, nil }
func (c calls) EachCall(_ context.Context, _ report.Filter, fn func(report.Call) error) error {
	if c == nil {
		return errors.New("the database is away")
	}
	for _, call := range c {
		if err := fn(call); err != nil {
			return err
		}
	}
	return nil
}

func TestSummary(t *testing.T) {
	start := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	call := func(contact string, talked time.Duration, tries ...dialwright.Disposition) report.Call {
		c := report.Call{Contact: dialwright.ContactID(contact), StartedAt: start, EndedAt: start.Add(time.Minute + talked), Disposition: tries[len(tries)-1]}
		if talked > 0 {
			c.AnsweredAt = start.Add(time.Minute)
		}
		for i, d := range tries {
			c.Tries = append(c.Tries, report.Try{N: i + 1, Disposition: d})
		}
		return c
	}
	answered := call("a", 30*time.Second, dialwright.Congestion, dialwright.Answered)
	answered.Outcome, answered.Transfer = "promised", &report.Transfer{Status: "connected"}
	answered.Latency = report.Latency{Turns: []report.Turn{{EOSToAudioMS: 500, OwnMS: 10}, {EOSToAudioMS: 700, OwnMS: 20}}, BargeInStopMS: []int64{90}}
	s, err := report.Summarise(t.Context(), calls{
		answered, call("a", 0, dialwright.Busy), call("b", 10*time.Second, dialwright.Machine), call("c", 20*time.Second, dialwright.Abandoned),
		call("d", 0, dialwright.TrunkFailure), {ID: "running", StartedAt: start},
	}, report.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"calls", s.Calls, 5}, {"running", s.Running, 1}, {"tries", s.Tries, 6}, {"contacts", s.Contacts, 4},
		{"busy", s.Dispositions[dialwright.Busy], 1}, {"promised", s.Outcomes["promised"], 1}, {"outcomes", len(s.Outcomes), 1},
		{"connected", s.Transfers["connected"], 1},
		{"ASR", s.ASR, 3.0 / 6}, {"NER", s.NER, 4.0 / 6}, {"ACD", s.ACD, 20 * time.Second},
		{"contact rate", s.ContactRate, 2.0 / 5}, {"abandoned", s.Abandon, 1.0 / 2},
		{"delays", s.EOSToAudio, report.Spread{N: 2, P50: 500, P95: 700, Max: 700}},
		{"our share", s.Own, report.Spread{N: 2, P50: 10, P95: 20, Max: 20}}, {"interruptions", s.BargeInStop, report.Spread{N: 1, P50: 90, P95: 90, Max: 90}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
	if empty := report.NewTally().Summary(); empty.ASR != 0 || empty.ACD != 0 || empty.Abandon != 0 || empty.EOSToAudio.N != 0 {
		t.Errorf("of nothing: %+v", empty)
	}
	if _, err := report.Summarise(t.Context(), calls(nil), report.Filter{}); err == nil {
		t.Error("a store that is away gives a summary")
	}
}
