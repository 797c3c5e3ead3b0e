package compliance_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/dialwright/dialwright/compliance"
)

func TestParseHours(t *testing.T) {
	for in, want := range map[string]string{
		"":                    "",
		"mon-fri 09:00-18:00": "mon-fri 09:00-18:00",
		"MON-FRI 9:00-12:00,14:00-18:00; sat 10:00-16:00": "mon-fri 09:00-12:00 14:00-18:00; sat 10:00-16:00",
		"daily 00:00-24:00":                   "mon-sun 00:00-24:00",
		"sat-mon 10:00-11:00":                 "mon 10:00-11:00; sat-sun 10:00-11:00",
		"sun 14:00-15:00 10:00-11:00":         "sun 10:00-11:00 14:00-15:00",
		"mon 09:00-10:00; mon 11:00-12:00; ;": "mon 09:00-10:00 11:00-12:00",
	} {
		h, err := compliance.ParseHours(in)
		if err != nil || h.String() != want || h.Set() != (want != "") {
			t.Errorf("%q reads as %q, %v; want %q", in, h, err, want)
		}
	}
	for _, in := range []string{"mon", "mon-fri", "foo 09:00-10:00", "mon 9-10", "mon 10:00-09:00", "mon 10:00-10:00", "mon 22:00-06:00",
		"mon 09:60-10:00", "mon 09:00-24:01", "mon 9:0-10:00", "mon -1:00-10:00", "mon 09:00-12:00 11:00-13:00", "mon-fri-sat 09:00-10:00"} {
		if h, err := compliance.ParseHours(in); !errors.Is(err, compliance.ErrHours) {
			t.Errorf("%q reads as %q, %v", in, h, err)
		}
	}
}

func FuzzParseHours(f *testing.F) {
	f.Add("mon-fri 09:00-12:00 14:00-18:00; sat 10:00-16:00")
	f.Fuzz(func(t *testing.T, in string) {
		h, err := compliance.ParseHours(in)
		if err != nil {
			return
		}
		again, err := compliance.ParseHours(h.String())
		if err != nil || again.String() != h.String() {
			t.Errorf("%q reads as %q, which reads as %q, %v", in, h, again, err)
		}
	})
}

func TestHoursInJSON(t *testing.T) {
	type both struct {
		Hours compliance.Hours  `json:"hours"`
		Legal compliance.Window `json:"legal"`
	}
	for _, want := range []both{{}, {hours(t, "sat 10:00-16:00"), compliance.Window{From: 480, To: 1260}}} {
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got both
		if err := json.Unmarshal(text, &got); err != nil || got.Hours.String() != want.Hours.String() || got.Legal != want.Legal {
			t.Errorf("%s reads as %+v, %v", text, got, err)
		}
	}
	if err := json.Unmarshal([]byte(`{"hours":"whenever 1"}`), &both{}); !errors.Is(err, compliance.ErrHours) {
		t.Errorf("nonsense: %v", err)
	}
}

func TestOpen(t *testing.T) {
	at := func(z *time.Location, text string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04:05", text, z)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	shanghai, york := zone(t, "Asia/Shanghai"), zone(t, "America/New_York")
	for _, c := range []struct {
		zone  *time.Location
		hours string
		at    string
		next  string // empty: open
	}{
		{shanghai, "", "2026-03-02 08:00:00", ""},
		{shanghai, "", "2026-03-02 20:59:59", ""},
		{shanghai, "", "2026-03-02 21:00:00", "2026-03-03 08:00:00"},
		{shanghai, "", "2026-03-02 07:59:59", "2026-03-02 08:00:00"},
		{shanghai, "mon-fri 09:00-18:00", "2026-03-06 18:00:00", "2026-03-09 09:00:00"},
		{shanghai, "mon 07:00-10:00", "2026-03-02 07:30:00", "2026-03-02 08:00:00"}, // cut by the legal window
		{shanghai, "mon 09:00-10:00", "2026-03-02 10:00:00", "2026-03-09 09:00:00"},
		{shanghai, "thu 09:00-10:00", "2028-02-28 10:00:00", "2028-03-02 09:00:00"}, // over a leap day
		// The clock goes from 02:00 to 03:00 on 8 March, and back on 1 November.
		{york, "sun 09:00-10:00", "2026-03-08 01:59:00", "2026-03-08 09:00:00"},
		{york, "daily 08:00-09:00", "2026-03-07 12:00:00", "2026-03-08 08:00:00"},
		{york, "daily 08:00-09:00", "2026-10-31 12:00:00", "2026-11-01 08:00:00"},
	} {
		rules := compliance.Rules{Hours: hours(t, c.hours), Zone: c.zone}
		open, next := rules.Open(at(c.zone, c.at).UTC(), nil)
		want := c.next
		if want == "" {
			want = c.at
		}
		if open != (c.next == "") || !next.Equal(at(c.zone, want)) {
			t.Errorf("%q at %s: open %v, next %s; want %s", c.hours, c.at, open, next.In(c.zone), want)
		}
	}
	// A window that begins in the hour that is left out begins when the clock is there.
	rules := compliance.Rules{Hours: hours(t, "sun 02:30-04:00"), Legal: compliance.Window{To: 1440}, Zone: york}
	if _, next := rules.Open(at(york, "2026-03-08 00:00:00"), nil); !next.Equal(at(york, "2026-03-08 03:00:00")) {
		t.Errorf("a window in the gap begins at %s", next)
	}
	// One that lies in it whole does not exist that day.
	rules.Hours = hours(t, "sun 02:00-03:00")
	if _, next := rules.Open(at(york, "2026-03-08 00:00:00"), nil); !next.Equal(at(york, "2026-03-15 02:00:00")) {
		t.Errorf("a window that does not exist begins at %s", next)
	}
	if open, next := (compliance.Rules{}).Open(noon, nil); open || !next.IsZero() {
		t.Errorf("without a zone: %v, %s", open, next)
	}
	if _, err := compliance.LoadZone("Local"); !errors.Is(err, compliance.ErrZone) {
		t.Errorf("the machine's own zone: %v", err)
	}
}
