package report

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/dialwright/dialwright"
)

// Summary is what is counted from the calls of a campaign. Ratios are 0 to 1
// and 0 where there was nothing to count.
type Summary struct {
	Calls        int                            `json:"calls"` // attempts that have ended
	Running      int                            `json:"running"`
	Tries        int                            `json:"tries"`
	Contacts     int                            `json:"contacts"` // different ones
	Dispositions map[dialwright.Disposition]int `json:"dispositions"`
	Outcomes     map[string]int                 `json:"outcomes"`
	Transfers    map[string]int                 `json:"transfers"` // by status
	ASR          float64                        `json:"asr"`       // answer-seizure ratio: answered of all tries
	NER          float64                        `json:"ner"`       // network effectiveness: tries that the network delivered (ITU-T E.425)
	ACD          time.Duration                  `json:"acd"`       // average call duration of answered calls
	ContactRate  float64                        `json:"contact_rate"`
	Abandon      float64                        `json:"abandon"` // of live humans, those who got nobody
	EOSToAudio   Spread                         `json:"eos_to_audio_ms"`
	Own          Spread                         `json:"own_ms"`
	BargeInStop  Spread                         `json:"barge_in_stop_ms"`
}

// Spread describes a distribution, in the unit of what was measured.
type Spread struct {
	N   int     `json:"n"`
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	Max float64 `json:"max"`
}

// Tally counts calls one by one, so that a summary of a million needs the
// memory of their turns only.
type Tally struct {
	sum      Summary
	contacts map[dialwright.ContactID]struct{}
	answered int // calls
	talked   time.Duration
	reached  int // tries that were picked up
	worked   int // tries that the network delivered

	eos, own, barge []int64
}

// NewTally makes an empty tally.
func NewTally() *Tally {
	return &Tally{contacts: map[dialwright.ContactID]struct{}{}, sum: Summary{
		Dispositions: map[dialwright.Disposition]int{}, Outcomes: map[string]int{}, Transfers: map[string]int{},
	}}
}

// Add counts one call.
func (t *Tally) Add(c Call) {
	if c.EndedAt.IsZero() {
		t.sum.Running++
		return
	}
	t.sum.Calls++
	t.sum.Dispositions[c.Disposition]++
	if c.Outcome != "" {
		t.sum.Outcomes[c.Outcome]++
	}
	if c.Contact != "" {
		t.contacts[c.Contact] = struct{}{}
	}
	if c.Transfer != nil {
		t.sum.Transfers[c.Transfer.Status]++
	}
	for _, try := range c.Tries {
		t.sum.Tries++
		if try.Disposition.Reached() {
			t.reached++
		}
		if delivered(try.Disposition) {
			t.worked++
		}
	}
	if !c.AnsweredAt.IsZero() {
		t.answered++
		t.talked += c.EndedAt.Sub(c.AnsweredAt)
	}
	for _, turn := range c.Latency.Turns {
		t.eos = append(t.eos, turn.EOSToAudioMS)
		t.own = append(t.own, turn.OwnMS)
	}
	t.barge = append(t.barge, c.Latency.BargeInStopMS...)
}

// delivered tells the tries in which the network did its part: whatever the
// callee then did with the call.
func delivered(d dialwright.Disposition) bool {
	switch d {
	case dialwright.Busy, dialwright.NoAnswer, dialwright.Rejected, dialwright.Unwanted:
		return true
	}
	return d.Reached()
}

// Summary gives what was counted so far.
func (t *Tally) Summary() Summary {
	s := t.sum
	s.Contacts = len(t.contacts)
	s.ASR, s.NER = ratio(t.reached, s.Tries), ratio(t.worked, s.Tries)
	if t.answered > 0 {
		s.ACD = t.talked / time.Duration(t.answered)
	}
	live := s.Dispositions[dialwright.Answered] + s.Dispositions[dialwright.Abandoned]
	s.ContactRate = ratio(live, s.Calls)
	s.Abandon = ratio(s.Dispositions[dialwright.Abandoned], live)
	s.EOSToAudio, s.Own, s.BargeInStop = SpreadOf(t.eos), SpreadOf(t.own), SpreadOf(t.barge)
	return s
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// Summarise counts the calls that a filter picks.
func Summarise(ctx context.Context, store Store, f Filter) (Summary, error) {
	t := NewTally()
	err := store.EachCall(ctx, f, func(c Call) error {
		t.Add(c)
		return nil
	})
	if err != nil {
		return Summary{}, fmt.Errorf("summarise calls: %w", err)
	}
	return t.Summary(), nil
}

// Percentile gives the value that p of the values (0 to 1) do not exceed, by
// the nearest rank; 0 of none. The values are left as they are.
func Percentile[T cmp.Ordered](values []T, p float64) T {
	var zero T
	if len(values) == 0 {
		return zero
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(p * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// SpreadOf describes values.
func SpreadOf[T ~int64 | ~float64](values []T) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	return Spread{N: len(values), P50: float64(Percentile(values, 0.5)),
		P95: float64(Percentile(values, 0.95)), Max: float64(slices.Max(values))}
}
