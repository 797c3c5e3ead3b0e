package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/store"
)

func record(id string, at time.Time) report.Call {
	return report.Call{
		ID: dialwright.CallID(id), Campaign: "camp", Contact: "anna", Number: Number(1), Worker: "w", Flow: "f.yaml", FlowHash: "abc",
		StartedAt: at, AnsweredAt: at.Add(5 * time.Second), EndedAt: at.Add(65 * time.Second), Disposition: dialwright.Answered, Outcome: "promised",
		Cause: dialwright.Cause{SIPCode: 200, Q850: 16, Reason: "Normal Clearing"}, HungUpBy: "customer",
		Slots: map[string]any{"amount": 12.5, "name": "张三"}, Recording: "rec/a.wav", Error: "",
		Tries: []report.Try{
			{N: 1, Trunk: "a", Number: Number(1), Channel: "x-cust-1", StartedAt: at, EndedAt: at.Add(time.Second), Disposition: dialwright.Congestion, SIPCode: 503, Q850: 34, Reason: "full"},
			{N: 2, Trunk: "b", Number: Number(1), Channel: "x-cust-2", StartedAt: at.Add(time.Second), EndedAt: at.Add(65 * time.Second), Disposition: dialwright.Answered, RingMS: 4000, TalkMS: 60000},
		},
		Transfer:    &report.Transfer{SkillGroup: "sales", Agent: "bert", Status: "connected", WaitedMS: 1200, TalkedMS: 30000, Offers: 2},
		Transcript:  []report.Line{{Who: "bot", AtMS: 100, Text: "Hello"}, {Who: "customer", AtMS: 2000, Text: "yes", Confidence: 0.9}},
		Events:      []report.Event{{At: at, Kind: "started"}},
		Latency:     report.Latency{Turns: []report.Turn{{EOSToAudioMS: 500, OwnMS: 12}}, BargeInStopMS: []int64{80}},
		Memory:      map[string]any{"language": "zh", "promised": 2.0},
		Consents:    []report.Consent{{Slot: "agreed", Scope: "recording", Given: true, At: at.Add(9 * time.Second), AtMS: 4000, Words: "yes that is fine"}},
		Experiments: map[string]string{"opening": "warm"},
	}
}

func calls(t *testing.T, db *store.DB) {
	want := record("a1", noon)
	running := want
	running.EndedAt, running.Disposition, running.Tries = time.Time{}, "", want.Tries[:1]
	ok(t, db.SaveCall(t.Context(), running))
	ok(t, db.SaveCall(t.Context(), want))
	ok(t, db.SaveCall(t.Context(), want)) // again changes nothing
	got, err := db.GetCall(t.Context(), "a1")
	ok(t, err)
	is(t, "the record", got, want)
	if _, err := db.GetCall(t.Context(), "none"); !errors.Is(err, report.ErrNotFound) {
		t.Errorf("a call that is not there: %v", err)
	}
	bad := want
	bad.Slots = map[string]any{"f": func() {}}
	if err := db.SaveCall(t.Context(), bad); err == nil {
		t.Error("a slot that cannot be written was")
	}
}

// kept: what outlives a call is there for the next one, and a later call's
// word stands whatever arrives after it.
func kept(t *testing.T, db *store.DB) {
	first, second := record("a1", noon), record("a2", noon.Add(time.Hour))
	second.Memory = map[string]any{"promised": nil, "day": "2026-06-02"}
	second.Consents[0].Given, second.Consents[0].Words = false, "no do not"
	for _, c := range []report.Call{second, first, second} {
		ok(t, db.SaveCall(t.Context(), c))
	}
	got, err := db.Memory(t.Context(), "anna")
	ok(t, err)
	is(t, "the memory", got, map[string]any{"language": "zh", "day": "2026-06-02"})
	got, err = db.Memory(t.Context(), "nobody")
	ok(t, err)
	is(t, "nobody's memory", got, map[string]any{})
	all, err := db.Consents(t.Context(), Number(1))
	ok(t, err)
	if len(all) != 2 || all[0].Given || !all[1].Given || all[1].Call != "a1" {
		t.Fatalf("consents: %+v", all)
	}
	is(t, "the proof", all[1].Consent, first.Consents[0])
}

// lateSave: a record of a running call that arrives after the end was written
// does not open the call again.
func lateSave(t *testing.T, db *store.DB) {
	ended := record("a1", noon)
	ok(t, db.SaveCall(t.Context(), ended))
	late := ended
	late.EndedAt, late.Disposition, late.Outcome = time.Time{}, "", ""
	ok(t, db.SaveCall(t.Context(), late))
	got, err := db.GetCall(t.Context(), "a1")
	ok(t, err)
	is(t, "the record", got, ended)
}

func listCalls(t *testing.T, db *store.DB) {
	for i := range 5 {
		c := record(fmt.Sprint("c", i), noon.Add(time.Duration(i)*time.Minute))
		switch i {
		case 1:
			c.Campaign, c.Disposition, c.Tries = "other", dialwright.Busy, nil
		case 2:
			c.Number, c.Contact, c.Outcome = Number(2), "bert", "refused"
		case 4:
			c.EndedAt = time.Time{}
		}
		ok(t, db.SaveCall(t.Context(), c))
	}
	for _, c := range []struct {
		filter report.Filter
		want   string
	}{
		{report.Filter{}, "c4 c3 c2 c1 c0 "},
		{report.Filter{Limit: 2}, "c4 c3 "},
		{report.Filter{Campaign: "other"}, "c1 "},
		{report.Filter{Contact: "bert"}, "c2 "},
		{report.Filter{Number: Number(2)}, "c2 "},
		{report.Filter{Disposition: dialwright.Busy}, "c1 "},
		{report.Filter{Outcome: "refused"}, "c2 "},
		{report.Filter{Running: true}, "c4 "},
		{report.Filter{Since: noon.Add(3 * time.Minute)}, "c4 c3 "},
		{report.Filter{Until: noon.Add(time.Minute)}, "c0 "},
		{report.Filter{Campaign: "none"}, ""},
	} {
		got, err := db.ListCalls(t.Context(), c.filter)
		ok(t, err)
		ids := ""
		for _, call := range got {
			ids += string(call.ID) + " "
			if want := 2; call.ID != "c1" && len(call.Tries) != want {
				t.Errorf("%s has %d tries, want %d", call.ID, len(call.Tries), want)
			}
		}
		is(t, fmt.Sprintf("calls by %+v", c.filter), ids, c.want)
	}
}

func eachCall(t *testing.T, db *store.DB) {
	const n = 1203 // more than two pages
	for i := range n {
		at := noon.Add(time.Duration(i/3) * time.Second) // several at one time
		ok(t, db.SaveCall(t.Context(), report.Call{ID: dialwright.CallID(fmt.Sprintf("c%05d", i)), Campaign: "camp", StartedAt: at, EndedAt: at, Disposition: dialwright.Busy,
			Tries: []report.Try{{N: 1, Disposition: dialwright.Busy}}}))
	}
	i := 0
	ok(t, db.EachCall(t.Context(), report.Filter{Campaign: "camp"}, func(c report.Call) error {
		if want := dialwright.CallID(fmt.Sprintf("c%05d", i)); c.ID != want {
			t.Fatalf("call %d is %s, want %s", i, c.ID, want)
		}
		i++
		return nil
	}))
	is(t, "calls", i, n)
	stop := errors.New("enough")
	if err := db.EachCall(t.Context(), report.Filter{}, func(report.Call) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped with %v", err)
	}
	s, err := report.Summarise(t.Context(), db, report.Filter{Campaign: "camp"})
	ok(t, err)
	is(t, "the summary's calls", s.Calls, n)
	is(t, "the summary's NER", s.NER, 1.0)
}
