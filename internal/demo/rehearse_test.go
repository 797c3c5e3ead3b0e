package demo

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright/sim"
)

func rehearsalOf(t *testing.T, flow, personas string, calls int) Options {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return Options{Out: filepath.Join(t.TempDir(), "rehearsal"), Personas: filepath.Join(root, "testdata", "personas", personas),
		Rehearse: filepath.Join(root, "testdata", "flows", flow), Calls: calls, Concurrent: 2,
		Logger: zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel), Say: t.Logf, Now: func(Status) {}}
}

// A flow in Mandarin is tried by keys, on real Asterisks, without a recogniser.
func TestRehearseByKeys(t *testing.T) {
	r, err := Run(t.Context(), rehearsalOf(t, "renewal-zh", "short.yaml", 2))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Truth.Wrong)+len(r.Summary.Leftovers) > 0 || r.Truth.Checked != 2 || len(r.Calls) != 2 {
		t.Errorf("%+v, left behind: %v", r.Truth, r.Summary.Leftovers)
	}
	for _, c := range r.Calls {
		if c.Outcome != "interested" || c.Transfer == nil || c.Transfer.Agent == "" || c.Campaign != "rehearsal" {
			t.Errorf("%+v", c)
		}
	}
}

func TestNobodySpeaksTheLanguage(t *testing.T) {
	o := rehearsalOf(t, "renewal-zh", "short.yaml", 0)
	script := &sim.Script{Customers: []sim.Persona{{Name: "a", Language: "en"}}}
	if _, err := rehearse(&o, script); !errors.Is(err, ErrNobody) {
		t.Error(err)
	}
	script.Customers = []sim.Persona{{Name: "a", Language: "zh", Trunk: "keys"}, {Name: "b", Language: "zh", Trunk: "voice", Line: 7}}
	if _, err := rehearse(&o, script); err == nil || !strings.Contains(err.Error(), "short.yaml:7: b is called over another trunk") {
		t.Error(err)
	}
	script.Customers[1].Trunk = "keys"
	r, err := rehearse(&o, script)
	if err != nil || r.flow != "renewal-zh" || r.speech || len(r.groups) != 1 || r.groups[0] != "sales-zh" || filepath.Base(o.Flows) != "flows" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestCast(t *testing.T) {
	people := []sim.Persona{{Name: "a", Number: "+8613800000001"}, {Name: "b", Number: "+8615000000002"}}
	if got := cast(people, 0); len(got) != 2 {
		t.Errorf("%d people", len(got))
	}
	if got := cast(people, 1); len(got) != 1 || got[0].Name != "a" {
		t.Errorf("%+v", got)
	}
	names, numbers := map[string]bool{}, map[string]bool{}
	for _, p := range cast(people, 9) {
		names[p.Name], numbers[p.Number] = true, true
	}
	if len(names) != 9 || len(numbers) != 9 || !names["a-5"] || !names["b-4"] {
		t.Errorf("%v %v", names, numbers)
	}
}

// What a persona is known by comes into the contacts' file.
func TestContactFile(t *testing.T) {
	s := &stage{rehearsed: &rehearsal{}, script: &sim.Script{Customers: []sim.Persona{
		{Name: "a", Number: "+8613800000001", Contact: map[string]string{"balance": "1200"}},
		{Name: "b", Number: "+8613800000002", Contact: map[string]string{"office": "Köln, Süd"}}}}}
	c := s.campaigns()[0]
	c.Zone = "Etc/GMT"
	want := "name,number,zone,balance,office\na,+8613800000001,Etc/GMT,1200,\nb,+8613800000002,Etc/GMT,,\"Köln, Süd\"\n"
	if got := string(s.contactFile(c)); got != want {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}
