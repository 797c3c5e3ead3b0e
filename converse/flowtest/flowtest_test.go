package flowtest_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/dialwright/dialwright/converse/flowtest"
	"github.com/dialwright/dialwright/dialog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const flows = "../../testdata/flows/"

// TestFlows holds the conversations of the project's own flows.
func TestFlows(t *testing.T) {
	for name, least := range map[string]int{"renewal": 25, "renewal-zh": 25, "helpdesk": 20, "questions": 3} {
		t.Run(name, func(t *testing.T) {
			r := flowtest.Verify(t, flows+name, 100)
			if len(r.Results) < least || r.Coverage.Transitions.Total == 0 {
				t.Errorf("only %d conversations, %+v", len(r.Results), r.Coverage.Transitions)
			}
		})
	}
}

// pizza is a flow to try the language itself on.
const pizza = `
flow: pizza
contact: {balance: number}
slots: {size: {type: choice, choices: {small: [small], large: [large]}}}
intents: {hello: [hello], bye: [goodbye]}
global: {bye: end}
defaults: {no_input_after: 4s, no_input: [{say: Hello?}, {end: no_input}], no_match: [{say: Pardon?}, {end: no_match}]}
nodes:
  greet:
    say: Small or large, {{contact.name}}?
    ask: {slot: size, goto: sold}
  sold: {say: "A {{size}} one.", goto: thanks}
  thanks: {say: {text: Thank you., barge_in: false}, end: sold}
  end: {say: Goodbye., end: left}
on_hangup: {outcome: hung_up}
`

// run holds the conversation of steps with pizza.
func run(t *testing.T, test string) *flowtest.Failure {
	t.Helper()
	flow, err := dialog.Parse("pizza.yaml", []byte(pizza))
	if err != nil {
		t.Fatal(err)
	}
	f, err := flowtest.Parse("pizza/tests/a.yaml", []byte(test))
	if err != nil {
		t.Fatal(err)
	}
	return flowtest.Play(t.Context(), flow, f.Tests[0]).Failure
}

const head = `tests:
  - name: it
    contact: {name: Ann}
    steps:
`

// TestFailures has one conversation for each way to fail, with what the
// failure says.
func TestFailures(t *testing.T) {
	for _, c := range []struct{ name, test, want string }{
		{"passes", "- {bot: 'Small or large, {{contact.name}}?'}\n- {user: large}\n- {bot: A large one. Thank you.}", ""},
		{"other words", "- {bot: 'Small or grand, Ann?'}", "a.yaml:5:10: it: the bot said something else (at node greet)\n  expected  Small or [grand], Ann?\n  it said   Small or [large], Ann?   (node greet)"},
		{"other node", "- {bot: {node: sold}}", "expected  a prompt of node sold"},
		{"no such part", "- {bot: {contains: [large, tiny]}}", "… tiny …"},
		{"no such pattern", "- {bot: {matches: '^Small$'}}", "/^Small$/"},
		{"says nothing", "- {bot: {any: true}}\n- {bot: More?}", "the bot says nothing: the bot listens"},
		{"says too much", "- {bot: {node: greet}}\n- {user: large}\n- {bot: A large one.}", "said something that no step expects"},
		{"unexpected before an answer", "- {user: large}", "said something that no step expects"},
		{"answers when it is over", "- {bot: {node: greet}}\n- {user: goodbye}\n- {bot: Goodbye.}\n- {user: hello}", "cannot answer: the conversation is over"},
		{"silent when it is over", "- {bot: {node: greet}}\n- {user: goodbye}\n- {bot: Goodbye.}\n- {silence: true}", "nobody can be silent"},
		{"hangs up when it is over", "- {bot: {node: greet}}\n- {user: goodbye}\n- {bot: Goodbye.}\n- {hangup: 9s}", "too late for hangup"},
		{"node", "- {bot: {any: true}}\n- {expect: {node: sold}}", "the node is greet, not sold"},
		{"slot", "- {bot: {any: true}}\n- {expect: {slots: {size: large}}}", "a.yaml:6:27: it: slot size is nothing, not \"large\""},
		{"intent", "- {bot: {any: true}}\n- {expect: {intent: bye}}", "the intent is none, not bye"},
		{"interrupted", "- {bot: {any: true}}\n- {expect: {interrupted: true}}", "interrupted is false, not true"},
		{"too late to interrupt", "- {bot: {any: true}}\n- {barge_in: {after: 1m, text: large}}", "nothing to interrupt: the prompt was over after 1.49s"},
		{"nothing to interrupt", "- {barge_in: {after: 1m, text: large}}", "barge_in comes after the bot step"},
		{"no transfer", "- {bot: {any: true}}\n- {transfer: {group: sales}}", "nobody is transferred"},
		{"no work", "- {bot: {any: true}}\n- {http: {reply: {status: 200}}}", "the flow does not ask for http: the bot listens"},
		{"outcome", "- {bot: {any: true}}\n    expect: {outcome: sold}", "the outcome is hung_up, not sold"},
		{"ended by", "- {bot: {any: true}}\n    expect: {ended_by: flow}", "ended_by is customer, not flow"},
		{"opt out", "- {bot: {any: true}}\n    expect: {opt_out: true}", "opt_out is false"},
		{"callback", "- {bot: {any: true}}\n    expect: {callback: true}", "the callback is none, not any"},
		{"transferred", "- {bot: {any: true}}\n    expect: {transfer: {group: x}}", "nobody was transferred"},
		{"final slots", "- {bot: {any: true}}\n    expect: {slots: {size: small}}", "slot size is nothing"},
		{"a fault that should be", "- {bot: {any: true}}\n    expect: {faults: true}", "the flow has no fault, but should"},
		{"a fault nobody wants", "- {bot: {any: true}}\n- {user: large}\n- {bot: A big one.}", "A [big] one."},
	} {
		t.Run(c.name, func(t *testing.T) {
			var lines []string
			for _, l := range strings.Split(c.test, "\n") {
				if strings.HasPrefix(l, "-") {
					l = "      " + l
				}
				lines = append(lines, l)
			}
			f := run(t, head+strings.Join(lines, "\n"))
			switch {
			case f == nil && c.want != "":
				t.Error("passed")
			case f != nil && (c.want == "" || !strings.Contains(f.String(), c.want)):
				t.Errorf("want %q in\n%s", c.want, f)
			}
		})
	}
}

func TestFaultsFail(t *testing.T) {
	broken := strings.Replace(pizza, "A {{size}} one.", "A {{size}} one for {{contact.balance}}.", 1)
	flow, err := dialog.Parse("pizza.yaml", []byte(broken))
	if err != nil {
		t.Fatal(err)
	}
	steps := head + "      - {bot: {any: true}}\n      - {user: large}\n"
	for test, want := range map[string]string{
		steps: "the flow has a fault: sold: ",
		steps + "    expect: {faults: balance, outcome: error}\n": "",
		steps + "    expect: {faults: [nothing of the kind]}\n":   "the fault is",
	} {
		f, err := flowtest.Parse("a.yaml", []byte(test))
		if err != nil {
			t.Fatal(err)
		}
		got := flowtest.Play(t.Context(), flow, f.Tests[0]).Failure
		if (got == nil) != (want == "") || got != nil && !strings.Contains(got.Message, want) {
			t.Errorf("%s: %v, want %q", test, got, want)
		}
	}
}

// phrases is a flow's suite that understands by the phrases alone: nothing has
// to be learnt first.
func phrases(t testing.TB, dir string) *flowtest.Suite {
	t.Helper()
	s := &flowtest.Suite{Path: dir}
	names, err := flowtest.Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		f, err := flowtest.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		s.Files = append(s.Files, f)
	}
	if s.Flow, err = dialog.Load(dir); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRun: reports are the same however many run at once, and can be narrowed.
func TestRun(t *testing.T) {
	s := phrases(t, flows+"renewal")
	var first []string
	for _, workers := range []int{1, 7, 0} {
		r := s.Run(t.Context(), flowtest.Options{Workers: workers})
		var all []string
		for _, res := range r.Results {
			all = append(all, fmt.Sprint(res.Test.Name, res.Lasted, res.Failure))
		}
		if first == nil {
			first = all
		}
		if !slices.Equal(all, first) {
			t.Errorf("%d at a time: %v, not %v", workers, all, first)
		}
	}
	if r := s.Run(t.Context(), flowtest.Options{Run: regexp.MustCompile("^declined$")}); len(r.Results) != 1 || r.Coverage.Nodes.Covered != 2 {
		t.Errorf("narrowed: %d tests, %+v", len(r.Results), r.Coverage.Nodes)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := s.Run(ctx, flowtest.Options{}); r.Failed() != len(r.Results) {
		t.Error("tests ran after the end of their context")
	}
}

func TestJUnit(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "flow.yaml", pizza)
	write(t, dir, "tests/a.yaml", head+"      - {bot: \"nothing \\u0001 <of> that\"}\n")
	s, err := flowtest.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := flowtest.WriteJUnit(&out, []flowtest.Report{s.Run(t.Context(), flowtest.Options{})}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Cases []struct {
				Name    string `xml:"name,attr"`
				Failure struct {
					Text string `xml:",chardata"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(out.Bytes(), &got); err != nil || got.Failures != 1 || !strings.Contains(got.Suites[0].Cases[0].Failure.Text, "<of> that") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "flow.yaml", pizza)
	if _, err := flowtest.Open(dir); !errors.Is(err, flowtest.ErrNoTests) {
		t.Errorf("without tests: %v", err)
	}
	file := write(t, dir, "tests/a.yaml", head+"      - {bot: {any: true}}\n")
	other := write(t, dir, "elsewhere/b.yaml", "flow: ../flow.yaml\n"+head+"      - {bot: {any: true}}\n")
	for _, path := range []string{dir, file, other} {
		s, err := flowtest.Open(path)
		if err != nil || s.Flow.Name != "pizza" || len(s.Files) != 1 {
			t.Errorf("%s: %v", path, err)
		}
	}
	var problems dialog.Problems
	lost := write(t, dir, "else/where/c.yaml", head+"      - {bot: {any: true}}\n")
	if _, err := flowtest.Open(lost); !errors.As(err, &problems) {
		t.Errorf("of no flow: %v", err)
	}
	write(t, dir, "tests/b.yaml", "tests: [{nmae: x}]")
	write(t, dir, "tests/c.yaml", "tests: 3")
	if _, err := flowtest.Open(dir); !errors.As(err, &problems) || len(problems) < 3 {
		t.Errorf("broken files: %v", err)
	}
}

// TestNotes: what a session only notes, such as a timer it starts, leaves the
// ears open.
func TestNotes(t *testing.T) {
	long := strings.NewReplacer("on_hangup:", "max_length: {after: 10s, say: We must end.}\non_hangup:", "{say: Hello?}", "{say: Hello?}, {say: Still there?}").Replace(pizza)
	flow, err := dialog.Parse("long.yaml", []byte(long))
	if err != nil {
		t.Fatal(err)
	}
	f, err := flowtest.Parse("a.yaml", []byte(head+`      - {bot: {node: greet}}
      - {silence: true}
      - {bot: Hello?}
      - {silence: 3900ms}
      - {expect: {listening: true}}
      - {silence: 100ms}
      - {bot: [Still there?, We must end.]}
    expect: {ended_by: flow}
`))
	if err != nil {
		t.Fatal(err)
	}
	if f := flowtest.Play(t.Context(), flow, f.Tests[0]).Failure; f != nil {
		t.Error(f)
	}
}

// TestHours: an appointment outside the hours takes its own way, and the key
// decides experiments.
func TestHours(t *testing.T) {
	src := strings.NewReplacer("slots: {", "experiments: {opening: {warm: 1, short: 1}}\nslots: {when: time, ", "- {end: no_match}", "- {end: no_match}",
		"goto: thanks}", "goto: ask}\n  ask: {say: When?, ask: {slot: when, goto: kept}}\n  kept: {callback: {slot: when, outside: closed}, goto: thanks}\n  closed: {say: We are closed then., goto: thanks}",
		"say: Small or large, {{contact.name}}?", "say: {experiment: opening, warm: Small or large?, short: Size?}").Replace(pizza)
	flow, err := dialog.Parse("hours.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	variants := map[string]bool{}
	for i := range 20 {
		for said, want := range map[string]string{"tomorrow at ten": "Thank you.", "tomorrow at nine in the evening": "We are closed then. Thank you."} {
			f, err := flowtest.Parse("a.yaml", fmt.Appendf(nil, `tests:
  - name: a
    key: contact %d
    hours: 09:00-20:00
    steps:
      - {bot: {node: greet}}
      - {user: small}
      - {bot: A small one. When?}
      - {user: %s}
      - {bot: %s}
    expect: {experiments: {opening: warm}}
`, i, said, want))
			if err != nil {
				t.Fatal(err)
			}
			failure := flowtest.Play(t.Context(), flow, f.Tests[0]).Failure
			if failure != nil && !strings.Contains(failure.Message, "experiment opening is") {
				t.Fatal(failure)
			}
			variants[fmt.Sprint(failure == nil)] = true
		}
	}
	if len(variants) != 2 {
		t.Error("all keys have one variant")
	}
}
