package demo

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/report"
)

// Report is report.json: what the demo's campaigns came to, and whether it is
// what the personas were scripted to do.
type Report struct {
	Calls   []Contact `json:"calls"`
	Summary Summary   `json:"summary"`
	Truth   Truth     `json:"truth"`
}

// Contact is one contact with all attempts made. What only the last attempt
// that reached somebody has (transcript, recording, latency) is that one's.
type Contact struct {
	Campaign    dialwright.CampaignID  `json:"campaign"`
	Contact     string                 `json:"contact"`
	Number      dialwright.Number      `json:"number"`
	CallID      dialwright.CallID      `json:"call_id"`
	Attempts    []Attempt              `json:"attempts"`
	Disposition dialwright.Disposition `json:"disposition"`
	Outcome     string                 `json:"outcome"`
	Slots       map[string]any         `json:"slots"`
	Transfer    *report.Transfer       `json:"transfer"`
	Transcript  []report.Line          `json:"transcript"`
	Recording   string                 `json:"recording"`
	Latency     report.Latency         `json:"latency"`
}

// Attempt is one call.
type Attempt struct {
	CallID      dialwright.CallID      `json:"call_id"`
	Disposition dialwright.Disposition `json:"disposition"`
	Outcome     string                 `json:"outcome,omitempty"`
	StartedAt   time.Time              `json:"started_at"`
	Tries       []report.Try           `json:"tries"`
}

// Truth is the check against the personas.
type Truth struct {
	Checked int      `json:"checked"`
	Wrong   []string `json:"wrong"`
}

// Summary are the demo's figures.
type Summary struct {
	Seconds       float64     `json:"seconds"`
	Attempts      int         `json:"attempts"`
	Tries         int         `json:"tries"`
	MaxConcurrent int         `json:"max_concurrent"`
	Transfers     int         `json:"transfers"`
	Words         int         `json:"words"`
	WordErrors    int         `json:"word_errors"`
	WER           float64     `json:"wer"`
	OwnMS         Percentiles `json:"own_ms"`          // final transcript to first frame sent, prompt cached
	FarTurnMS     Percentiles `json:"far_turn_ms"`     // end of speech to first audio, heard by the far side
	FarBargeInMS  Percentiles `json:"far_barge_in_ms"` // first sound of an interruption to silence, heard by the far side
	Leftovers     []string    `json:"leftovers"`
}

// Percentiles of some milliseconds.
type Percentiles struct {
	N   int     `json:"n"`
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	Max float64 `json:"max"`
}

// percentiles takes the nearest rank.
func percentiles(ms []float64) Percentiles {
	if len(ms) == 0 {
		return Percentiles{}
	}
	slices.Sort(ms)
	rank := func(p float64) float64 { return ms[min(len(ms)-1, int(p*float64(len(ms))))] }
	return Percentiles{N: len(ms), P50: rank(.5), P95: rank(.95), Max: ms[len(ms)-1]}
}

// group puts the calls of each contact together, in the order they were made.
func group(calls []report.Call, contacts map[dialwright.ContactID]campaign.Contact) []Contact {
	slices.SortFunc(calls, func(a, b report.Call) int { return cmp.Compare(a.ID, b.ID) })
	byContact := map[dialwright.ContactID]*Contact{}
	var order []dialwright.ContactID
	for _, c := range calls {
		g, ok := byContact[c.Contact]
		if !ok {
			g = &Contact{Campaign: c.Campaign, Contact: contacts[c.Contact].Name,
				Slots: map[string]any{}, Transcript: []report.Line{}, Latency: noLatency()}
			byContact[c.Contact] = g
			order = append(order, c.Contact)
		}
		g.add(c)
	}
	out := make([]Contact, len(order))
	for i, id := range order {
		out[i] = *byContact[id]
	}
	slices.SortFunc(out, func(a, b Contact) int { return cmp.Compare(a.Number, b.Number) })
	return out
}

func (g *Contact) add(c report.Call) {
	g.Attempts = append(g.Attempts, Attempt{CallID: c.ID, Disposition: c.Disposition, Outcome: c.Outcome,
		StartedAt: c.StartedAt, Tries: c.Tries})
	g.CallID, g.Number, g.Disposition = c.ID, c.Number, c.Disposition
	if !c.Disposition.Reached() {
		return
	}
	g.Outcome, g.Transfer, g.Recording = c.Outcome, c.Transfer, c.Recording
	g.Slots, g.Transcript, g.Latency = map[string]any{}, append([]report.Line{}, c.Transcript...), noLatency()
	maps.Copy(g.Slots, c.Slots)
	g.Latency.Turns = append(g.Latency.Turns, c.Latency.Turns...)
	g.Latency.BargeInStopMS = append(g.Latency.BargeInStopMS, c.Latency.BargeInStopMS...)
}

// noLatency has empty lists, which JSON shows as such.
func noLatency() report.Latency {
	return report.Latency{Turns: []report.Turn{}, BargeInStopMS: []int64{}}
}

// write puts the report into the demo's directory, whole or not at all.
func (r *Report) write(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	tmp := filepath.Join(filepath.Dir(path), ".report.json.tmp")
	if err := os.WriteFile(tmp, append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
