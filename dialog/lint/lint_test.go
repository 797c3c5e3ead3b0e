package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/dialog/lint"
)

const head = `flow: f
language: %s
on_hangup: {outcome: gone}
opt_out: true
defaults:
  no_input: [{end: silent}]
  no_match: [{say: Press eight., repeat: true}, {end: lost}]
`

func check(t *testing.T, language, rest string, o lint.Options) []string {
	t.Helper()
	f, err := dialog.Parse("flow.yaml", []byte(fmt.Sprintf(head, language)+rest))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range lint.Check(f, o) {
		if p.File != "flow.yaml" || p.Line < 1 || p.Column < 1 || p.Severity != dialog.SevWarning {
			t.Errorf("%+v", p)
		}
		out = append(out, strings.TrimPrefix(p.String(), "flow.yaml:"))
	}
	return out
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestExamplesOfTwoIntents(t *testing.T) {
	flow := `intents:
  pay: [i want to pay my bill now, pay the bill, settle it]
  fight: [i want to pay my bill now please, the bill is wrong, i do not agree]
  elsewhere: [pay the bill please, another thing, one more]
nodes:
  a: {say: Hello, listen: {intents: {pay: b, fight: b}}}
  b: {say: Well, listen: {intents: {elsewhere: c, fight: c}}}
  c: {end: done}
`
	expect(t, check(t, "en", flow, lint.Options{}),
		`10:1: the example "i want to pay my bill now please" of intent fight is nearly an example of intent pay (both are heard at node a)`)
}

func TestFewExamplesOnlyWhenStrict(t *testing.T) {
	flow := "intents: {ok: [fine, good, all right], x: [one thing], key: {digits: \"1\"}}\nnodes: {a: {say: Hi, listen: {intents: {ok: b, x: b, key: b}}}, b: {end: done}}\n"
	expect(t, check(t, "en", flow, lint.Options{}))
	expect(t, check(t, "en", flow, lint.Options{Strict: true}),
		"7:20: say of node a announces the key 8, which is not taken there", "8:1: intent x has only 1 examples")
}

func TestKeysAnnouncedAndTaken(t *testing.T) {
	flow := `intents: {"yes": {phrases: ["yes"], digits: "1"}, human: {phrases: [a person], digits: "9"}}
global: {human: c}
nodes:
  a: {say: "Say yes, or press 1, 2 or three.", listen: {intents: {"yes": b}, digits: {"4": b}}}
  b:
    say: Please press one of the keys, or press 12 for more. Press star.
    listen: {intents: {"yes": n}, no_input: [{say: Press seven., repeat: true}, {goto: c}]}
  n: {say: "Enter your number, then press hash.", ask: {slot: number, goto: c}}
  c: {end: done}
slots: {number: digits}
`
	expect(t, check(t, "en", flow, lint.Options{}),
		"11:3: node a takes the key 4, and its prompts announce others only",
		"11:12: say of node a announces the key 2, which is not taken there",
		"11:12: say of node a announces the key 3, which is not taken there",
		"12:3: node b takes the key 1, and its prompts announce others only",
		"13:10: say of node b announces the key *, which is not taken there",
		"14:52: say of node b announces the key 7, which is not taken there")
}

func TestKeysInChinese(t *testing.T) {
	flow := `intents: {好: {phrases: [好的], digits: "1"}, 不: {phrases: [不要], digits: "2"}}
nodes:
  a: {say: 同意请按一，拒绝请按 2 号键，稍后请按三或井号键。请您按一下键。, listen: {intents: {好: c, 不: c}}}
  b: {say: 请按二十。, listen: {intents: {好: c}}}
  c: {end: done}
`
	flow = strings.ReplaceAll(flow, "请按 2 号", "请按2号")
	flow = strings.Replace(flow, "好: c, 不: c", "好: b, 不: c", 1)
	expect(t, check(t, "zh", flow, lint.Options{}),
		"10:12: say of node a announces the key #, which is not taken there",
		"10:12: say of node a announces the key 3, which is not taken there")
}

func TestPromptsThatAreTooLong(t *testing.T) {
	long := strings.Repeat("This sentence is one of many and it goes on. ", 9)
	flow := "prompts: {speech: \"" + long + "\"}\nnodes:\n  a: {say: \"@speech\", goto: b}\n  b: {say: \"@speech\", goto: c}\n  c: {say: {text: \"" + long + "\", rate: 2}, end: done}\n"
	expect(t, check(t, "en", flow, lint.Options{}), "10:12: say of node a takes about")
	expect(t, check(t, "zh", "nodes:\n  a: {say: "+strings.Repeat("这句话很长，", 30)+", end: done}\n", lint.Options{}), "9:12: say of node a takes about 36 s")
}

func TestPromptsNearlyTheSame(t *testing.T) {
	flow := `prompts: {bye: Thank you very much for your time and goodbye.}
nodes:
  a: {say: "I am sorry, I did not understand what you said.", goto: b}
  b: {say: "I am sorry, I did not understand what you say.", goto: c}
  c: {say: "@bye", goto: d}
  d: {say: "@bye", end: done}
`
	expect(t, check(t, "en", flow, lint.Options{}))
	expect(t, check(t, "en", flow, lint.Options{Strict: true}), "11:12: what node b says is nearly what node a says")
}

func TestVoices(t *testing.T) {
	flow := "nodes: {a: {say: One., goto: b}, b: {say: Two., end: done}}\n"
	cached := func(s dialog.Say) bool { return s.Text != "Two." }
	expect(t, check(t, "en", flow, lint.Options{Cached: cached, EachVoice: true}), `1:1: no voice is cached for "Two."`)
	got := check(t, "en", flow, lint.Options{Cached: cached})
	if len(got) != 1 || !strings.HasPrefix(got[0], "1:1: 1 of ") {
		t.Errorf("%q", got)
	}
	expect(t, check(t, "en", flow, lint.Options{Cached: func(dialog.Say) bool { return true }}))
}

// The project's own flows are in order.
func TestOwnFlows(t *testing.T) {
	for _, name := range []string{"renewal", "renewal-zh", "helpdesk"} {
		f, err := dialog.Load("../../testdata/flows/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range lint.Check(f, lint.Options{}) {
			t.Error(p)
		}
	}
}
