package call

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/report"
)

// record collects what remains of a call. It implements converse.Observer and
// is safe for several goroutines.
type record struct {
	clock dialwright.Clock
	live  *live
	note  func(converse.Timing) // metrics

	mu          sync.Mutex
	call        report.Call
	synthesised time.Time // when something was last said that the cache did not have
}

// uncached notes that what is to be said must be synthesised first.
func (r *record) uncached() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.synthesised = r.clock.Now()
}

func newRecord(order Order, worker dialwright.WorkerID, clock dialwright.Clock, l *live, note func(converse.Timing)) *record {
	return &record{clock: clock, live: l, note: note, call: report.Call{
		ID: order.Call, Campaign: order.Campaign, Contact: order.Contact, Number: order.Number,
		Worker: worker, Flow: order.Flow.Name, FlowHash: order.Flow.Hash, StartedAt: clock.Now(),
		Disposition: dialwright.Unknown, Slots: map[string]any{},
		Latency: report.Latency{Turns: []report.Turn{}, BargeInStopMS: []int64{}},
	}}
}

// change alters the record under its lock.
func (r *record) change(f func(c *report.Call)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.call)
}

// snapshot is a copy that nothing alters any more.
func (r *record) snapshot() report.Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.call
	c.Slots = maps.Clone(c.Slots)
	c.Tries = slices.Clone(c.Tries)
	c.Transcript = slices.Clone(c.Transcript)
	c.Events = slices.Clone(c.Events)
	c.Memory, c.Consents, c.Experiments = maps.Clone(c.Memory), slices.Clone(c.Consents), maps.Clone(c.Experiments)
	c.Latency.Turns = slices.Clone(c.Latency.Turns)
	c.Latency.BargeInStopMS = slices.Clone(c.Latency.BargeInStopMS)
	if c.Transfer != nil {
		t := *c.Transfer
		c.Transfer = &t
	}
	return c
}

// event notes one thing that happened.
func (r *record) event(kind, format string, args ...any) {
	ev := report.Event{At: r.clock.Now(), Kind: kind, Detail: fmt.Sprintf(format, args...)}
	r.change(func(c *report.Call) { c.Events = append(c.Events, ev) })
	r.live.publish(LiveEvent{Call: r.call.ID, At: ev.At, Kind: kind, Text: ev.Detail})
}

// Said adds a line to the transcript.
func (r *record) Said(u converse.Utterance) {
	line := report.Line{Who: u.Who, Text: u.Text, Confidence: u.Confidence, Node: u.Node,
		CutAtMS: u.Interrupted.Milliseconds(), Source: u.Source}
	r.change(func(c *report.Call) {
		line.AtMS = max(0, u.At.Sub(c.AnsweredAt).Milliseconds())
		at := len(c.Transcript) // lines arrive when they end, and stand by when they began
		for at > 0 && c.Transcript[at-1].AtMS > line.AtMS {
			at--
		}
		c.Transcript = slices.Insert(c.Transcript, at, line)
	})
	r.live.publish(LiveEvent{Call: r.call.ID, At: u.At, Kind: "line", Who: u.Who, Text: u.Text, Confidence: u.Confidence})
}

// Turn notes one turn's delays.
func (r *record) Turn(t converse.Timing) {
	r.note(t)
	r.change(func(c *report.Call) {
		if !t.BargeIn.IsZero() && !t.Stopped.IsZero() {
			c.Latency.BargeInStopMS = append(c.Latency.BargeInStopMS, t.Stopped.Sub(t.BargeIn).Milliseconds())
		}
		if !t.FirstAudio.IsZero() {
			turn := turnOf(t)
			turn.Synthesised = !r.synthesised.Before(t.Stepped) && !r.synthesised.After(t.FirstAudio)
			c.Latency.Turns = append(c.Latency.Turns, turn)
		}
	})
}

// turnOf takes the differences. A turn by keys has no end of speech: its
// delay counts from the decision.
func turnOf(t converse.Timing) report.Turn {
	between := func(from, to time.Time) int64 {
		if from.IsZero() || to.IsZero() {
			return 0
		}
		return to.Sub(from).Milliseconds()
	}
	from := t.SpeechEnd
	if from.IsZero() {
		from = t.Decided
	}
	final := t.Final
	if final.IsZero() {
		final = t.Decided
	}
	return report.Turn{
		EOSToAudioMS: between(from, t.FirstAudio),
		ASRFinalMS:   between(t.Decided, t.Final),
		DialogMS:     between(final, t.Stepped),
		TTSMS:        between(t.Stepped, t.FirstAudio),
		OwnMS:        between(final, t.FirstAudio),
	}
}

// Action notes what the dialog did.
func (r *record) Action(at time.Time, a dialog.Action) {
	ev := report.Event{At: at}
	switch a := a.(type) {
	case dialog.Slot:
		r.change(func(c *report.Call) { c.Slots[a.Name] = a.Value })
		ev.Kind, ev.Detail = "slot", fmt.Sprintf("%s = %v", a.Name, a.Value)
	case dialog.Outcome:
		r.change(func(c *report.Call) { c.Outcome = a.Name })
		ev.Kind, ev.Detail = "outcome", a.Name
	case dialog.Entered:
		ev.Kind, ev.Detail = "node", strings.TrimSpace(a.Node+" "+a.Intent)
	case dialog.Disclosed:
		ev.Kind, ev.Detail = "disclosed", a.Text
	case dialog.Assigned:
		r.change(func(c *report.Call) {
			if c.Experiments == nil {
				c.Experiments = map[string]string{}
			}
			c.Experiments[a.Experiment] = a.Variant
		})
		ev.Kind, ev.Detail = "experiment", a.Experiment+" "+a.Variant
	default:
		return
	}
	r.change(func(c *report.Call) { c.Events = append(c.Events, ev) })
	r.live.publish(LiveEvent{Call: r.call.ID, At: at, Kind: ev.Kind, Text: ev.Detail})
}
