package dialog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dialwright/dialwright/dialog"
)

const head = `flow: test
defaults:
  no_input: [{repeat: true}, {end: no_input}]
  no_match: [{repeat: true}, {end: no_match}]
intents:
  "yes": {phrases: [yes], digits: "1"}
  "no": {phrases: [no], digits: "2"}
  more: [tell me more]
  help: [i need help]
on_hangup: {outcome: hung_up}
`

func parse(t testing.TB, src string) *dialog.Flow {
	t.Helper()
	f, err := dialog.Parse("test.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func outcomeOf(t *testing.T, src string, o dialog.StartOptions, lines ...string) (string, string) {
	t.Helper()
	s, log := talk(t, parse(t, src), o, lines...)
	return s.Outcome(), log
}

func TestTemplates(t *testing.T) {
	src := head + `contact: {balance: number, due: date, vip: boolean, account: digits}
slots: {at: time, n: number}
nodes:
  greet: {say: '%s', end: done}
`
	contact := map[string]any{"name": "Ann", "number": "+442079460123", "balance": "1,234.5", "due": "2025-06-06", "vip": "true", "account": "0042"}
	for template, want := range map[string]string{
		"Hello {{contact.name}}!":                           "Hello Ann!",
		"{{ contact.balance }}":                             "1234.5",
		"{{contact.balance|money}}":                         "1234 dollars and 50 cents",
		`{{contact.balance | money("GBP")}}`:                "1234 pounds and 50 pence",
		`{{contact.balance | money("XYZ")}}`:                "1234 XYZ and 50 hundredths",
		"{{contact.due}}":                                   "Friday the 6th of June",
		"{{contact.vip}}":                                   "yes",
		"{{contact.account}}":                               "0 0 4 2",
		"{{contact.number | digits}}":                       "plus 4 4 2 0 7 9 4 6 0 1 2 3",
		`{{n | default("none | at }all")}}`:                 "none | at }all",
		`{{n | number | default("none")}}`:                  "none",
		"{{now}}":                                           "today at 10:30 AM",
		"{{now | date}} {{now | time}} {{now|datetime}}":    "today 10:30 AM today at 10:30 AM",
		"no places":                                         "no places",
		"{{contact.name}}{{contact.name}} and {{outcome}}!": "", // nothing to say for an outcome that is not there
	} {
		_, log := outcomeOf(t, fmt.Sprintf(src, template), dialog.StartOptions{Contact: contact})
		if want == "" {
			if !strings.Contains(log, "fault: ") || !strings.Contains(log, "needs outcome, which has no value") {
				t.Errorf("%s: no fault in %s", template, log)
			}
		} else if !strings.HasPrefix(log, "> "+want+"\n") {
			t.Errorf("%s: want %q, got %s", template, want, log)
		}
	}
}

func TestTemplatesChinese(t *testing.T) {
	src := strings.Replace(head, "flow: test", "flow: test\nlanguage: zh", 1) + `contact: {balance: number, due: date}
nodes:
  greet: {say: '%s', end: done}
`
	contact := map[string]any{"balance": 1234.5, "due": "2025-06-06", "number": "138"}
	for template, want := range map[string]string{
		"{{contact.balance | money}}":         "1234.5元",
		`{{contact.balance | money("USD")}}`:  "1234.5美元",
		"{{contact.due}}":                     "6月6日星期五",
		"{{contact.number | digits}}":         "一 三 八",
		"{{now}}":                             "今天上午10点半",
		"{{now | time}}":                      "上午10点半",
		`{{contact.name | default("先生")}}，您好`: "先生，您好",
	} {
		_, log := outcomeOf(t, fmt.Sprintf(src, template), dialog.StartOptions{Contact: contact})
		if !strings.HasPrefix(log, "> "+want+"\n") {
			t.Errorf("%s: want %q, got %s", template, want, log)
		}
	}
}

func TestContactOfWrongType(t *testing.T) {
	f := parse(t, head+"contact: {balance: number}\nnodes: {greet: {say: Hello, end: done}}\n")
	_, err := dialog.NewSession(f, dialog.StartOptions{Contact: map[string]any{"balance": "a lot"}})
	if err == nil || !strings.Contains(err.Error(), "contact.balance") {
		t.Errorf("got %v", err)
	}
}

func TestChooseAndSet(t *testing.T) {
	src := head + `contact: {balance: number, tier: text}
slots: {n: number, words: text, at: time, ok: boolean}
nodes:
  greet:
    set: {n: "= contact.balance * 2", words: gold, ok: true, at: "2025-06-07 09:00"}
    choose:
      - {if: not filled("n"), goto: never}
      - {if: n > 100 and contact.tier == words and ok and at > now, goto: big}
      - {if: now + duration("24h") < at, goto: small}
      - goto: never
  big: {set: {n: null}, end: big}
  small: {end: small}
  never: {end: never}
`
	for balance, want := range map[string]string{"60": "big", "10": "small"} {
		got, log := outcomeOf(t, src, dialog.StartOptions{Contact: map[string]any{"balance": balance, "tier": "gold"}})
		if got != want {
			t.Errorf("%s: %s\n%s", balance, got, log)
		}
	}
}

func TestDigression(t *testing.T) {
	src := head + `global:
  more: {goto: more1, return: true}
  help: {goto: help1, return: true}
nodes:
  greet: {say: Will you come?, listen: {intents: {"yes": bye}}}
  bye: {end: done}
  more1: {say: First., goto: more2}
  more2: {say: Clear?, listen: {intents: {"yes": more3}}}
  more3: {say: Fine., return: true}
  help1: {say: Here is help., return: true}
`
	got, log := outcomeOf(t, src, dialog.StartOptions{}, "tell me more", "i need help", "yes", "yes")
	want := "> Will you come?\n  listen greet\n< tell me more\n> First.\n> Clear?\n  listen more2\n< i need help\n> Here is help.\n> First.\n> Clear?\n  listen more2\n< yes\n> Fine.\n> Will you come?\n  listen greet\n< yes\n  end\n"
	if got != "done" || log != want {
		t.Errorf("%s\n%s", got, cmp.Diff(want, log))
	}
	deep := make([]string, 12)
	for i := range deep {
		deep[i] = "tell me more"
	}
	if got, log = outcomeOf(t, src, dialog.StartOptions{}, deep...); got != "error" || !strings.Contains(log, "digressions within digressions") {
		t.Errorf("%s\n%s", got, log)
	}
}

func TestAsk(t *testing.T) {
	src := head + `slots:
  amount: {type: number, min: 1, max: 500}
  size: {type: choice, choices: {small: [small, the small one], large: {phrases: [large, big], digits: "2"}}}
  ok: boolean
  code: {type: digits, min: 4, max: 4}
  words: text
nodes:
  greet: {say: How much?, ask: {slot: amount, goto: size, intents: {"no": bye}}}
  size: {say: Which?, ask: {slot: size, goto: ok}}
  ok: {say: 'So {{amount}} and {{size}}?', ask: {slot: ok, goto: code}}
  code: {say: Your code?, ask: {slot: code, goto: words}}
  words: {say: Anything else?, ask: {slot: words, goto: again}}
  again: {say: not said, ask: {slot: amount, goto: bye}}
  bye: {end: done}
`
	s, log := talk(t, parse(t, src), dialog.StartOptions{}, "nine hundred", "two hundred and five", "the big one", "yes", "#12", "one two three four", "no complaints at all")
	want := map[string]any{"amount": 205.0, "size": "large", "ok": true, "code": "1234", "words": "no complaints at all"}
	if d := cmp.Diff(want, s.Slots()); d != "" || s.Outcome() != "done" || strings.Contains(log, "not said") {
		t.Errorf("%s\n%s", d, log)
	}
	s, log = talk(t, parse(t, src), dialog.StartOptions{}, "#20*5", "#2", "#1", "#1234")
	want = map[string]any{"amount": 20.5, "size": "large", "ok": true, "code": "1234"}
	if d := cmp.Diff(want, s.Slots()); d != "" {
		t.Errorf("%s\n%s", d, log)
	}
	if got, log := outcomeOf(t, src, dialog.StartOptions{}, "no"); got != "done" {
		t.Errorf("%s\n%s", got, log)
	}
}

func TestLoops(t *testing.T) {
	src := head + `slots: {n: number}
nodes:
  a: {goto: b}
  b: {choose: [{if: n > 1, goto: bye}, {goto: a}]}
  bye: {end: done}
  sorry: {say: Sorry., end: failed}
on_error: sorry
`
	got, log := outcomeOf(t, src, dialog.StartOptions{})
	if got != "failed" || !strings.Contains(log, "goes round in circles: a → b → a") && !strings.Contains(log, "b → a → b") || !strings.Contains(log, "> Sorry.") {
		t.Errorf("%s\n%s", got, log)
	}
	got, log = outcomeOf(t, strings.Replace(src, "on_error: sorry", "on_error: a", 1)+"start: sorry\n", dialog.StartOptions{}, "!failed")
	if got != "error" || strings.Count(log, "fault: ") != 2 {
		t.Errorf("on_error that goes round in circles: %s\n%s", got, log)
	}
}

func TestVariants(t *testing.T) {
	src := head + `nodes:
  a: {say: [One., Two., Three.], listen: {intents: {"yes": a, "no": bye}}}
  bye: {end: done}
`
	_, log := outcomeOf(t, src, dialog.StartOptions{}, "yes", "yes", "yes")
	var said []string
	for line := range strings.Lines(log) {
		if text, ok := strings.CutPrefix(line, "> "); ok {
			said = append(said, text)
		}
	}
	if len(said) != 4 || len(slices.Compact(slices.Clone(said))) != 4 || len(slices.Compact(slices.Sorted(slices.Values(said)))) != 3 {
		t.Errorf("four times, all three, never one twice in a row: %q", said)
	}
}

func TestDefaults(t *testing.T) {
	src := `flow: test
defaults: {barge_in: false, end_silence: 1s, no_input: [{end: a}], no_match: [{end: a}]}
intents: {"yes": [yes]}
on_hangup: {outcome: hung_up}
nodes:
  a: {say: A, listen: {intents: {"yes": b}, max_speech: 3s}}
  b: {barge_in: true, say: B, listen: {intents: {"yes": c}, end_silence: 2s, digits: {"12": c}, between_keys: 1s}}
  c: {say: {text: C, barge_in: true, language: zh, rate: 0.8}, end: c}
`
	f := parse(t, src)
	no := false
	s, err := dialog.NewSession(f, dialog.StartOptions{Defaults: dialog.Defaults{BargeIn: &no, EndSilence: 9 * time.Second, NoInputAfter: 7 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	var got []dialog.Action
	for _, ev := range []dialog.Event{{Kind: dialog.EvAnswered}, {Kind: dialog.EvHeard, Text: "yes"}, {Kind: dialog.EvDigits, Digits: "12"}} {
		ev.At = t0
		actions, err := s.Step(ev)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range actions {
			switch a := a.(type) {
			case dialog.Say:
				got = append(got, a)
			case dialog.Listen:
				got = append(got, a)
			}
		}
	}
	want := []dialog.Action{
		dialog.Say{Node: "a", Text: "A", Language: "en", Rate: 1},
		dialog.Listen{Node: "a", Language: "en", Phrases: []string{"yes"}, NoInput: 7 * time.Second, EndSilence: time.Second, MaxSpeech: 3 * time.Second},
		dialog.Say{Node: "b", Text: "B", Language: "en", Rate: 1, BargeIn: true},
		dialog.Listen{Node: "b", Language: "en", Phrases: []string{"yes"}, NoInput: 7 * time.Second, EndSilence: 2 * time.Second, MaxSpeech: 20 * time.Second, Digits: dialog.DigitSpec{Max: 2, Between: time.Second}},
		dialog.Say{Node: "c", Text: "C", Language: "zh", Rate: 0.8, BargeIn: true},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestPrompts(t *testing.T) {
	f := parse(t, head+`contact: {balance: number}
slots: {at: time}
nodes:
  a: {say: [Fixed., 'You owe {{contact.balance | money}}.'], goto: b}
  b: {say: 'At {{at}} or {{now}}.', goto: c}
  c: {say: Fixed., end: done}
`)
	texts := func(all []dialog.Say) string {
		var out []string
		for _, s := range all {
			out = append(out, s.Text)
		}
		return strings.Join(out, "|")
	}
	if got := texts(f.Prompts()); got != "Fixed." {
		t.Errorf("fixed prompts: %s", got)
	}
	all, err := f.PromptsFor(map[string]any{"balance": 5})
	if got := texts(all); err != nil || got != "You owe 5 dollars." {
		t.Errorf("prompts of a contact: %s, %v", got, err)
	}
	if _, err := f.PromptsFor(nil); err == nil {
		t.Error("a missing field is no error")
	}
	if got := strings.Join(f.Outcomes(), "|"); got != "no_input|no_match|done|hung_up" {
		t.Errorf("outcomes: %s", got)
	}
}

func TestOnHangup(t *testing.T) {
	src := strings.Replace(head, "on_hangup: {outcome: hung_up}\n", `on_hangup:
  set: {reached: "= ended"}
  choose:
    - {if: 'ended', outcome: over}
    - {if: 'amount / 0 > 1', outcome: impossible, set: {reached: false}}
  outcome: hung_up
`, 1) + "slots: {reached: boolean, amount: number}\nnodes: {a: {say: A, listen: {intents: {\"yes\": b}}}, b: {end: done}}\n"
	for lines, want := range map[string]string{"yes|!hangup": "over", "!hangup": "hung_up", "yes": "done"} {
		if got, log := outcomeOf(t, src, dialog.StartOptions{}, strings.Split(lines, "|")...); got != want {
			t.Errorf("%s: %s\n%s", lines, got, log)
		}
	}
	s, _ := talk(t, parse(t, src), dialog.StartOptions{}, "!hangup", "!hangup", "yes")
	if !s.Ended() || s.Outcome() != "hung_up" {
		t.Errorf("%v %s", s.Ended(), s.Outcome())
	}
}

func TestResumeRefuses(t *testing.T) {
	f := parse(t, head+"nodes: {a: {say: A, listen: {intents: {\"yes\": b}}}, b: {end: done}}\n")
	other := parse(t, head+"nodes: {a: {say: B, listen: {intents: {\"yes\": b}}}, b: {end: done}}\n")
	s, err := dialog.NewSession(f, dialog.StartOptions{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dialog.Resume(other, data); !errors.Is(err, dialog.ErrOtherFlow) {
		t.Errorf("another flow: %v", err)
	}
	good := string(data)
	for _, bad := range []string{"", "null", "{}", "[]", `{"version":99}`, good[:len(good)/2],
		strings.Replace(good, `"phase":"new"`, `"phase":"listening"`, 1),
		strings.Replace(good, `"phase":"new"`, `"phase":"transferring","node":"a"`, 1),
		strings.Replace(good, `"phase":"new"`, `"phase":"new","node":"nowhere"`, 1),
		strings.Replace(good, `"phase":"new"`, `"phase":"new","slots":{"x":1}`, 1),
		strings.Replace(good, `"phase":"new"`, `"phase":"new","extra":1`, 1)} {
		if _, err := dialog.Resume(f, []byte(bad)); err == nil {
			t.Errorf("%s resumes", bad)
		}
	}
}

func TestStepRefuses(t *testing.T) {
	f := parse(t, head+"nodes: {a: {say: A, end: done}}\n")
	s, err := dialog.NewSession(f, dialog.StartOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Step(dialog.Event{Kind: dialog.EvAnswered}); err == nil {
		t.Error("an event without a time is taken")
	}
	if _, err := s.Step(dialog.Event{Kind: "sneezed", At: t0}); err == nil {
		t.Error("an unknown event is taken")
	}
	for _, late := range []dialog.EventKind{dialog.EvHeard, dialog.EvDigits, dialog.EvNoInput, dialog.EvTransferred, dialog.EvSaid, dialog.EvTimer} {
		if actions, err := s.Step(dialog.Event{Kind: late, At: t0}); err != nil || len(actions) > 0 {
			t.Errorf("%s before the answer: %v %v", late, actions, err)
		}
	}
}
