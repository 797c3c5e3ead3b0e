package sim

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const demo = "../testdata/personas/demo.yaml"

func TestDemoCoversEveryPersona(t *testing.T) {
	s, err := LoadFile(demo)
	if err != nil {
		t.Fatal(err)
	}
	speech, keys := 0, 0
	kinds, refused := map[Kind]bool{}, map[Refusal]bool{}
	var cut, dnc, callback, transfer, congestedA, congestedB bool
	for _, p := range s.Customers {
		if p.Language == "en" && p.Trunk == "voice" {
			speech++
		}
		if p.Language == "zh" && p.Trunk == "keys" {
			keys++
		}
		for _, call := range p.Calls {
			for _, step := range call {
				kinds[step.Kind] = true
				refused[step.Refusal] = true
				cut = cut || step.Kind == SayStep && step.Duration > 0
			}
		}
		dnc, callback, transfer = dnc || p.Expect.DNC, callback || p.Expect.Callback, transfer || p.Expect.Transfer != ""
		for _, trunk := range p.Congested {
			congestedA, congestedB = congestedA || trunk == TrunkA, congestedB || trunk == TrunkB
		}
	}
	if speech < 24 || keys < 4 || len(s.Agents) < 3 {
		t.Errorf("%d speak, %d press keys, %d agents; want 24, 4 and 3 at least", speech, keys, len(s.Agents))
	}
	for _, k := range []Kind{RingStep, RefuseStep, IgnoreStep, AnswerStep, VoicemailStep, SayStep, WaitStep, InterruptStep, PressStep, SilentStep, StayStep, HangUpStep} {
		if !kinds[k] {
			t.Errorf("nobody does %s", k)
		}
	}
	for _, r := range []Refusal{"busy", "rejected", "invalid_number", "switched_off"} {
		if !refused[r] {
			t.Errorf("nobody is %s", r)
		}
	}
	if !cut || !dnc || !callback || !transfer || !congestedA || !congestedB {
		t.Errorf("missing: cut %v, dnc %v, callback %v, transfer %v, congested %v %v", cut, dnc, callback, transfer, congestedA, congestedB)
	}
}

func TestLoadReadsEveryStep(t *testing.T) {
	s, err := Load("p.yaml", []byte(`
customers:
- name: all
  number: "+4930123456"
  congested: [trunk-a, trunk-b]
  contact: {balance: 1200.50, city: Köln, vip: true}
  calls:
  - [ring: 2s, refuse: busy]
  - [answer, wait, {wait: {silence: 1s, within: 5s}}, say: hi, {interrupt: {after: 1s, say: no}}, press: 1*#, silent: 3s, hang_up]
  - [{voicemail: {greeting: leave a message}}]
  - [answer, {say: {text: oh well, cut: 300ms}}]
  expect: {attempts: 3, disposition: machine, outcome: x, slots: {a: b, n: 3}, transfer: sales, dnc: true, callback: true}
agents:
- {name: anna, language: zh, calls: [[answer, stay: 4s]]}
`))
	if err != nil {
		t.Fatal(err)
	}
	got := s.Customers[0]
	want := [][]Step{
		{{Kind: RingStep, Duration: 2 * time.Second}, {Kind: RefuseStep, Refusal: "busy"}},
		{{Kind: AnswerStep}, {Kind: WaitStep, Duration: defaultSilence, Within: defaultPatience}, {Kind: WaitStep, Duration: time.Second, Within: 5 * time.Second},
			{Kind: SayStep, Text: "hi"}, {Kind: InterruptStep, Text: "no", Duration: time.Second, Within: defaultPatience}, {Kind: PressStep, Text: "1*#"},
			{Kind: SilentStep, Duration: 3 * time.Second}, {Kind: HangUpStep}},
		{{Kind: VoicemailStep, Text: "leave a message", Duration: 10 * time.Second}},
		{{Kind: AnswerStep}, {Kind: SayStep, Text: "oh well", Duration: 300 * time.Millisecond}},
	}
	ignoreLine := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Line" }, cmp.Ignore())
	if d := cmp.Diff(want, got.Calls, ignoreLine); d != "" {
		t.Errorf("steps (-want +got):\n%s", d)
	}
	expect := Expect{Attempts: 3, Disposition: "machine", Outcome: "x", Slots: map[string]string{"a": "b", "n": "3"}, Transfer: "sales", DNC: true, Callback: true}
	if d := cmp.Diff(expect, got.Expect); d != "" {
		t.Errorf("expect (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"hi", "no", "leave a message", "oh well"}, got.Sentences()); d != "" {
		t.Errorf("sentences (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]string{"balance": "1200.50", "city": "Köln", "vip": "true"}, got.Contact); d != "" {
		t.Errorf("contact (-want +got):\n%s", d)
	}
	if got.Calls[1][3].Line != 9 {
		t.Errorf("say is on line %d, want 9", got.Calls[1][3].Line)
	}
}

// TestBadFiles checks each file of testdata/bad against the messages in its
// comment lines: every "# want: " is one line of the error.
func TestBadFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 8 {
		t.Fatalf("found %d bad files (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(content)) {
				if w, ok := strings.CutPrefix(line, "# want: "); ok {
					want = append(want, strings.TrimSpace(w))
				}
			}
			_, err = Load("f", content)
			if err == nil {
				t.Fatal("it was accepted")
			}
			if d := cmp.Diff(want, strings.Split(err.Error(), "\n")); d != "" {
				t.Errorf("problems (-want +got):\n%s", d)
			}
			var p *Problem
			if !errors.As(err, &p) || p.Line == 0 || p.Column == 0 {
				t.Errorf("the error is not a Problem with a place: %v", err)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	content, err := os.ReadFile(demo)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content)
	f.Add([]byte("customers: [{name: a, number: 123, calls: [[answer, say: {text: x, cut: 1s}]], expect: {disposition: busy}}]"))
	f.Add([]byte("agents:\n- name: &a x\n  calls: *a"))
	f.Fuzz(func(t *testing.T, content []byte) {
		s, err := Load("f", content)
		if err != nil {
			return
		}
		for _, p := range append(s.Customers, s.Agents...) {
			if p.Name == "" || len(p.Calls) == 0 {
				t.Fatalf("accepted %+v", p)
			}
			for _, call := range p.Calls {
				if len(call) == 0 {
					t.Fatalf("accepted an empty call of %s", p.Name)
				}
				for _, step := range call {
					if step.speaks() && step.Text == "" || step.Kind == RefuseStep && step.Refusal.SIP() == 0 {
						t.Fatalf("accepted step %+v", step)
					}
				}
			}
		}
	})
}
