package worker_test

import (
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/sim"
)

// townsfolk want to be transferred, each another way.
const townsfolk = `
customers:
- {name: c-group, number: "+8613800000001", calls: [[answer, wait, press: "8", {wait: {silence: 1500ms}}, say: yes please tell me more about the offer, stay]], expect: {disposition: answered}}
- {name: c-nobody, number: "+8613800000002", calls: [[answer, wait, press: "4", silent: 9s, press: "1", stay]], expect: {disposition: answered}}
- {name: c-number, number: "+8613800000003", calls: [[answer, wait, press: "5", stay]], expect: {disposition: answered}}
- {name: c-queue, number: "+8613800000004", calls: [[answer, wait, press: "6", stay]], expect: {disposition: answered}}
- {name: c-night, number: "+8613800000005", calls: [[answer, wait, press: "7", silent: 9s, press: "1", stay]], expect: {disposition: answered}}
- {name: c-impatient, number: "+8613800000006", calls: [[answer, wait, press: "7", silent: 1500ms, hang_up]], expect: {disposition: answered}}
- {name: outside, number: "+8613800000099", calls: [[ring: 500ms, answer, say: hello who is there, silent: 1s, hang_up]], expect: {disposition: answered, attempts: 0}}
agents:
- {name: sales-anna, calls: [[ring: 500ms, answer, say: hello this is anna how can i help you today, {wait: {silence: 1200ms}}, say: thank you and goodbye, hang_up]]}
- {name: closed-dora, calls: [[ignore]]}
- {name: support-ben, calls: [[ring: 500ms, answer, say: hello this is ben, silent: 1s, hang_up]]}
- {name: night-carl, calls: [[ignore]]}
`

// TestTransfers hands customers to a group, to nobody of a group, to a number
// outside and to Asterisk's own queues, and takes them back.
func TestTransfers(t *testing.T) {
	t.Parallel()
	s := newScene(t, sceneOptions{personas: townsfolk, queues: []asteriskconfig.Queue{
		{Name: "support", Members: []string{"support-ben"}}, {Name: "night", Members: []string{"night-carl"}}}})
	s.start(t, "camp", "c", func(c *campaign.Campaign) { c.Trunks = []string{sim.TrunkA} })
	r := s.run(t)
	until(t, "the agents are there", func() bool {
		if r.Ready(t.Context()) != nil {
			return false
		}
		for _, a := range s.script.Agents {
			must(t, r.AgentReady(t.Context(), dialwright.AgentID(a.Name), 0))
		}
		return true
	})
	s.finished(t, "camp")
	r.Drain()
	r.wait(t)
	s.agree(t)
	for _, want := range []struct {
		who, outcome string
		transfer     report.Transfer
		least        time.Duration // of the talk
	}{
		{"c-group", "talked", report.Transfer{SkillGroup: "sales", Agent: "sales-anna", Status: dialog.TransferConnected, Offers: 1}, 3 * time.Second},
		{"c-nobody", "taken_back", report.Transfer{SkillGroup: "closed", Status: dialog.TransferNobody, Offers: 1}, 0},
		{"c-number", "talked", report.Transfer{Number: "+8613800000099", Agent: "+8613800000099", Status: dialog.TransferConnected, Offers: 1}, time.Second},
		{"c-queue", "talked", report.Transfer{Queue: "support", Agent: "PJSIP/support-ben", Status: dialog.TransferConnected}, time.Second},
		{"c-night", "taken_back", report.Transfer{Queue: "night", Status: dialog.TransferNobody}, 0},
		{"c-impatient", "hung_up", report.Transfer{Queue: "night", Status: dialog.TransferAbandoned}, 0},
	} {
		c := s.last(t, want.who)
		if c.Transfer == nil {
			t.Errorf("%s was not transferred: %+v", want.who, c)
			continue
		}
		got := *c.Transfer
		if talked := time.Duration(got.TalkedMS) * time.Millisecond; talked < want.least || talked > 20*time.Second || want.least == 0 && talked > 0 {
			t.Errorf("%s talked for %s", want.who, talked)
		}
		got.WaitedMS, got.TalkedMS = 0, 0
		if c.Outcome != want.outcome || got != want.transfer || c.Disposition != dialwright.Answered {
			t.Errorf("%s: %s, outcome %s, transfer %+v; want %s, %+v\n%+v", want.who, c.Disposition, c.Outcome, got, want.outcome, want.transfer, c.Events)
		}
		if happened(c, "recording_failed") || happened(c, "error") {
			t.Errorf("%s: %+v", want.who, c.Events)
		}
	}
	s.twoTracks(t, s.last(t, "c-group"))
}

// twoTracks: while a human has the customer, the recording has the customer on
// the left and the human on the right, each alone.
func (s *scene) twoTracks(t *testing.T, c report.Call) {
	t.Helper()
	a, err := media.ReadWAV(c.Recording)
	must(t, err)
	if len(a.Channels) != 2 {
		t.Fatalf("the recording has %d channels", len(a.Channels))
	}
	var from, to time.Time
	for _, ev := range c.Events {
		switch ev.Kind {
		case "connected":
			from = ev.At
		case "transferred":
			to = ev.At
		}
	}
	// What the far side said, on its own clock, is to be heard on its track and
	// not on the other.
	spoken := 0
	for _, r := range s.network.Recordings() {
		track := 0
		switch {
		case r.Persona == "sales-anna":
			track = 1
		case r.Persona != "c-group":
			continue
		}
		for _, u := range r.Said {
			middle := u.At.Add(u.Length / 2)
			if middle.Before(from.Add(time.Second)) || middle.After(to) {
				continue // the second snoop takes a moment to begin
			}
			own, other := loudness(a, track, middle.Sub(c.AnsweredAt)), loudness(a, 1-track, middle.Sub(c.AnsweredAt))
			if own < 300 || other > own/4 {
				t.Errorf("%s said %q: loudness %.0f on their own track, %.0f on the other", r.Persona, u.Text, own, other)
			}
			spoken |= 1 << track
		}
	}
	if spoken != 3 {
		t.Errorf("between %s and %s not both spoke (%b)", from, to, spoken)
	}
}

// loudness of a second of a track around a moment, as mean absolute amplitude.
func loudness(a media.Audio, track int, at time.Duration) float64 {
	middle := int(at.Seconds() * float64(a.Rate))
	from, to := max(0, middle-a.Rate/2), min(len(a.Channels[track]), middle+a.Rate/2)
	if from >= to {
		return 0
	}
	sum := 0.0
	for _, v := range a.Channels[track][from:to] {
		sum += max(float64(v), -float64(v))
	}
	return sum / float64(to-from)
}
