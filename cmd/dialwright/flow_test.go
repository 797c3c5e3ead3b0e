package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/dialwright/dialwright/converse/flowtest"
)

const chatFlow = `flow: shop
language: en
contact: {balance: number}
slots: {when: time}
intents:
  pay: {phrases: [i will pay, pay now], digits: "1"}
  agent: {phrases: [speak to a person], digits: "12"}
  stop: [do not call me again]
global: {stop: stop}
defaults: {no_input: [{say: Hello?}, {end: no_input}], no_match: [{say: Pardon?}, {end: no_match}]}
nodes:
  greet:
    say: Hello {{contact.name}}, you owe {{contact.balance}}. Will you pay?
    listen: {intents: {pay: when, agent: agent}}
  when: {say: When?, ask: {slot: when, goto: keep}}
  keep: {callback: when, say: Good., end: promised}
  agent: {say: One moment., transfer: {group: sales, on: {connected: bye, nobody: bye}}}
  bye: {say: Goodbye., end: talked}
  stop: {opt_out: true, say: We will not., end: opt_out}
on_hangup: {outcome: hung_up}
`

const chatTests = `defaults: {contact: {name: Ann, balance: 5}}
tests:
  - name: pays
    steps:
      - bot: Hello Ann, you owe 5. Will you pay?
      - user: i will pay
      - bot: When?
      - user: tomorrow at three
      - bot: Good.
    expect: {outcome: promised, callback: "2026-06-02 15:00"}
`

// with gives the desk a flow with tests.
func withShop(t *testing.T) *desk {
	d := newDesk(t)
	d.write("flows/shop/flow.yaml", chatFlow)
	d.write("flows/shop/tests/pays.yaml", chatTests)
	return d
}

func TestFlowTest(t *testing.T) {
	d := withShop(t)
	d.says(exitOK, []string{"shop: 1 conversations, ok", "nodes 3 of 6 (50 %)"}, "flow", "test", "flows/shop")
	d.says(exitOK, []string{"ok    pays (", "greet  when  1", "no test reaches these nodes:\n  agent"}, "flow", "test", "shop", "-v", "--coverage")
	d.says(exitTests, []string{"the tests reach 50.0 % of the nodes, not 90"}, "flow", "test", "flows/shop", "--min-coverage", "90")
	d.says(exitNotFound, []string{"matches --run ^x$"}, "flow", "test", "flows/shop", "--run", "^x$")
	d.says(exitUsage, []string{"--run"}, "flow", "test", "flows/shop", "--run", "(")
	d.says(exitUsage, []string{"between 0 and 100"}, "flow", "test", "flows/shop", "--min-coverage", "101")
	d.says(exitNotFound, []string{"there are no tests"}, "flow", "test", "flows")
	d.says(exitNotFound, []string{"no such file"}, "flow", "test", "flows/other")

	d.write("flows/shop/tests/wrong.yaml", "tests:\n  - name: wrong\n    contact: {name: Ann, balance: 5}\n    steps: [{bot: 'Hello, you owe nothing. This is a line that is long enough to be broken on the page.'}]\n")
	d.says(exitTests, []string{"FAIL  wrong", "wrong.yaml:4:14:", "the bot said something else", "expected  Hello[, you owe", "2 conversations, 1 failed"}, "flow", "test", "flows/shop")
	d.says(exitTests, nil, "flow", "test", "flows/shop", "--junit", "report.xml")
	report, err := os.ReadFile("report.xml")
	if err != nil || xml.Unmarshal(report, new(any)) != nil || !strings.Contains(string(report), `failures="1"`) {
		t.Errorf("%v\n%s", err, report)
	}
	out, _, code := d.run("flow", "test", "flows/shop", "--json")
	var run struct {
		OK    bool
		Tests int
		Flows []struct {
			Nodes struct{ Percent float64 }
			Tests []struct {
				OK      bool
				Failure *flowtest.Failure
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &run); err != nil || run.OK || run.Tests != 2 || run.Flows[0].Tests[1].Failure == nil || code != exitTests {
		t.Errorf("exit code %d, %v\n%s", code, err, out)
	}
	d.write("flows/shop/tests/wrong.yaml", "tests: [{nmae: x}]\n")
	d.says(exitConfig, []string{`wrong.yaml:1:10: unknown key "nmae" in a test (did you mean "name"?)`}, "flow", "test", "flows/shop")
	out, _, _ = d.run("flow", "test", "flows/shop", "--json")
	if !json.Valid([]byte(out)) {
		t.Errorf("no JSON: %s", out)
	}
}

// flow check tells what the tests leave out, and what is wrong with them.
func TestFlowCheckTests(t *testing.T) {
	d := withShop(t)
	d.says(exitOK, []string{"flow.yaml:17:3: warning: no test comes to node agent", "good: 6 nodes"}, "flow", "check", "flows/shop")
	d.write("flows/shop/tests/wrong.yaml", "tests: [{nmae: x}]\n")
	d.says(exitConfig, []string{`unknown key "nmae" in a test`}, "flow", "check", "flows/shop")
}

// chatWith types lines into a chat.
func chatWith(d *desk, in io.Reader, args ...string) (string, int) {
	var out, errOut bytes.Buffer
	a := &app{in: in, out: &out, err: &errOut, env: d.env, clock: fixed{}}
	code := run(context.Background(), a, append([]string{"flow", "chat", "flows/shop", "--contact", "name=Ann", "--contact", "balance=5", "--zone", "Asia/Shanghai"}, args...))
	return out.String() + errOut.String(), code
}

func TestFlowChat(t *testing.T) {
	d := withShop(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for _, c := range []struct {
		lines string
		args  []string
		want  []string
	}{
		{"i will pay\ntomorrow at three\n", nil, []string{"bot  Hello Ann, you owe 5. Will you pay?\nyou  i will pay\nbot  When?\nyou  tomorrow at three\n", "appointment: ", "15:00 CST", "bot  Good.\n", "ended by the flow: outcome promised, at node keep, turns 2"}},
		{"/press 1\n", []string{"--show", "slots,intents,timers,actions"}, []string{"you  /press 1\n", "intent pay", "node when", "listens: no input after", "bot  When?", "ended by the customer: outcome hung_up"}},
		{"/press 12\n/nobody\n", nil, []string{"transfer to group sales: /connected", "you  /nobody\nbot  Goodbye.", "outcome talked"}},
		{"speak to a person\nwhat\n\n", nil, []string{"the customer is with the agent", "ended by the customer"}},
		{"/press 12\n", nil, []string{"transfer to group sales", "ended by the customer"}},
		{"i want to pay now please\n/intents\n", nil, []string{"understood last: pay", "0.", "pay, as in \"pay now\""}},
		{"/silence\n/silence\n", nil, []string{"you  /silence\nbot  Hello?\nyou  /silence\n     ended by the flow: outcome no_input"}},
		{"please do not call me again\n", nil, []string{"opt-out: ", "bot  We will not.", "outcome opt_out"}},
		{"/slots\n/timers\n/intents\n/help\n/nonsense\n/press abc\n/hangup\n", nil, []string{"no slot has a value", "at node greet the bot expects: pay, agent, stop", "silence counts after 5s", "keys: up to 2", "/press 12#", "there is no /nonsense", "there is no /press abc", "outcome hung_up"}},
		{"purple\nelephants\n", nil, []string{"bot  Pardon?", "outcome no_match"}},
		{"", nil, []string{"ended by the customer: outcome hung_up, at node greet, turns 0"}},
	} {
		out, code := chatWith(d, strings.NewReader(c.lines), c.args...)
		if code != exitOK {
			t.Errorf("%q: exit code %d", c.lines, code)
		}
		for _, w := range c.want {
			if !strings.Contains(out, w) {
				t.Errorf("%q does not say %q:\n%s", c.lines, w, out)
			}
		}
		if strings.Contains(out, "\x1b") {
			t.Errorf("%q: colours where there is no terminal:\n%q", c.lines, out)
		}
	}
	d.says(exitUsage, []string{"--show words"}, "flow", "chat", "flows/shop", "--show", "words")
	d.says(exitUsage, []string{"write --contact name=value"}, "flow", "chat", "flows/shop", "--contact", "name")
	d.says(exitUsage, []string{"no such time zone"}, "flow", "chat", "flows/shop", "--zone", "Mars")
	d.says(exitUsage, []string{"balance"}, "flow", "chat", "flows/shop", "--contact", "balance=much")
	d.says(exitConfig, []string{"cannot be used"}, "flow", "chat", "dialwright.yaml")
}

// TestFlowChatTiming speaks at the pace of a voice, and silence counts.
func TestFlowChatTiming(t *testing.T) {
	d := withShop(t)
	in, typed := io.Pipe()
	began := time.Now()
	go func() {
		_, _ = io.WriteString(typed, "please do not call me again\n")
		_ = typed.Close()
	}()
	out, code := chatWith(d, in, "--voice-timing")
	if code != exitOK || !strings.Contains(out, "We will not.") || !strings.Contains(out, "outcome opt_out") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if took := time.Since(began); took < 2*time.Second {
		t.Errorf("the prompts took no time: %s", took)
	}
}

// TestFlowChatInterrupted ends in order when its owner wants it to end.
func TestFlowChatInterrupted(t *testing.T) {
	d := withShop(t)
	in, typed := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	a := &app{in: in, out: &out, err: &out, env: d.env, clock: fixed{}}
	time.AfterFunc(100*time.Millisecond, cancel)
	code := run(ctx, a, []string{"flow", "chat", "flows/shop", "--contact", "name=Ann", "--contact", "balance=5"})
	_ = typed.Close()
	if code != exitOK || !strings.Contains(out.String(), "ended by you: outcome hung_up") {
		t.Errorf("exit code %d\n%s", code, out.String())
	}
}
