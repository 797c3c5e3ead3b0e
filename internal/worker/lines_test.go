package worker

import (
	"errors"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/call"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/media"
)

func TestFormatFor(t *testing.T) {
	for _, c := range []struct {
		codecs   []string
		fallback string
		speech   bool
		in, out  media.Codec
	}{
		// Speech is heard as configured, whatever the trunk carries.
		{[]string{"alaw"}, "slin16", true, media.SLin16, media.ALaw},
		{[]string{"ulaw"}, "slin16", true, media.SLin16, media.ULaw},
		{[]string{"g722", "alaw"}, "slin16", true, media.SLin16, media.ULaw},
		{nil, "slin16", true, media.SLin16, media.ULaw},
		{[]string{"g722"}, "ulaw", true, media.ULaw, media.ULaw}, // a model for the telephone's rate
		{[]string{"ulaw"}, "alaw", true, media.ALaw, media.ALaw},
		// Keys need no more than the trunk has.
		{[]string{"alaw"}, "slin16", false, media.ALaw, media.ALaw},
		{[]string{"ulaw", "alaw"}, "slin16", false, media.ULaw, media.ULaw},
		{[]string{"g722", "alaw"}, "slin16", false, media.SLin16, media.ULaw},
		{[]string{"opus"}, "slin16", false, media.SLin16, media.ULaw},
		{[]string{"slin"}, "slin16", false, media.SLin16, media.ULaw},
		{nil, "alaw", false, media.ALaw, media.ALaw},
	} {
		got := formatFor(c.codecs, c.fallback, c.speech)
		if got.In != c.in || got.Out != c.out {
			t.Errorf("trunk %v, media.format %s, speech %v: %s in, %s out; want %s, %s", c.codecs, c.fallback, c.speech,
				got.In, got.Out, c.in, c.out)
		}
		if got.Out == media.SLin16 {
			t.Errorf("%v: RTP cannot carry what we say", c)
		}
	}
}

func TestLines(t *testing.T) {
	clock := dialwright.SystemClock{}
	conf := config.Default()
	conf.Trunks = []config.Trunk{
		{Name: "one", Endpoint: "PJSIP/{number}@one", Capacity: 1, CallsPerSecond: 100, NumberFormat: "digits", CallerID: "+4930123456", Codecs: []string{"alaw"}},
		{Name: "two", Endpoint: "PJSIP/{number}@two", Capacity: 1, CallsPerSecond: 100, NumberFormat: "e164", Codecs: []string{"g722"}},
	}
	pool, err := trunkPool(conf.Trunks, clock)
	if err != nil {
		t.Fatal(err)
	}
	w := &Worker{o: Options{Config: conf, Clock: clock}, trunks: pool}
	l := lines{w: w, trunks: []string{"one", "two"}}
	first, err := l.Next(t.Context(), "+8613800000001", nil)
	if err != nil {
		t.Fatal(err)
	}
	if first.Trunk != "one" || first.Endpoint != "PJSIP/8613800000001@one" || first.CallerID != "+4930123456" || first.Format.In != media.ALaw {
		t.Errorf("first line %+v", first)
	}
	second, err := lines{w: w, trunks: l.trunks, speech: true}.Next(t.Context(), "+8613800000001", []string{"one"})
	if err != nil {
		t.Fatal(err)
	}
	if second.Trunk != "two" || second.Endpoint != "PJSIP/+8613800000001@two" || second.Format.In != media.SLin16 {
		t.Errorf("second line %+v", second)
	}
	if _, err := l.Next(t.Context(), "+8613800000001", []string{"one", "two"}); !errors.Is(err, call.ErrNoLine) || !errors.Is(err, campaign.ErrNoTrunk) {
		t.Errorf("a third line: %v", err)
	}
	first.Release(dialwright.Answered)
	second.Release(dialwright.Answered)
	if again, err := l.Next(t.Context(), "+8613800000001", nil); err != nil || again.Trunk != "one" {
		t.Errorf("after the release: %+v, %v", again, err)
	}
	if _, err := trunkPool([]config.Trunk{{Name: "x"}, {Name: "x"}}, clock); err == nil {
		t.Error("two trunks of one name were taken")
	}
}

func TestOrphanDisposition(t *testing.T) {
	for _, c := range []struct {
		orphan campaign.Orphan
		want   dialwright.Disposition
	}{
		{campaign.Orphan{}, dialwright.Cancelled},
		{campaign.Orphan{Try: 1}, dialwright.Unknown},
		{campaign.Orphan{Try: 2, Answered: true}, dialwright.Answered},
	} {
		if got := orphanDisposition(c.orphan); got != c.want {
			t.Errorf("%+v: %s, want %s", c.orphan, got, c.want)
		}
	}
}

func TestFields(t *testing.T) {
	person := campaign.Contact{Name: "Anna", Language: "en", Fields: map[string]any{"city": "Bonn", "name": "other"}, CreatedAt: time.Unix(0, 0)}
	got := fields(person)
	if got["name"] != "Anna" || got["city"] != "Bonn" || got["language"] != "en" {
		t.Errorf("fields %v", got)
	}
	if person.Fields["name"] != "other" {
		t.Error("the contact's own fields were changed")
	}
	if got := fields(campaign.Contact{Name: "Ben"}); got["name"] != "Ben" {
		t.Errorf("fields of a contact without any: %v", got)
	}
}
