package dialog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright/dialog"
)

// conversation is a table entry: what is said and done, what must be in the
// record, in this order, what must not, and the outcome.
type conversation struct {
	lines   string
	want    string // pieces, separated by |
	not     string
	outcome string
}

func converse(t *testing.T, src string, o dialog.StartOptions, all []conversation) {
	t.Helper()
	f := parse(t, src)
	for _, c := range all {
		var lines []string
		if c.lines != "" {
			lines = strings.Split(c.lines, "|")
		}
		s, log := talk(t, f, o, lines...)
		rest := log
		for piece := range strings.SplitSeq(c.want, "|") {
			_, after, ok := strings.Cut(rest, piece)
			if !ok {
				t.Errorf("%s: %q is missing in\n%s", c.lines, piece, log)
				break
			}
			rest = after
		}
		if c.not != "" && strings.Contains(log, c.not) {
			t.Errorf("%s: %q is in\n%s", c.lines, c.not, log)
		}
		if s.Outcome() != c.outcome {
			t.Errorf("%s: outcome %q, want %q\n%s", c.lines, s.Outcome(), c.outcome, log)
		}
	}
}

const httpFlow = head + `contact: {id: text}
slots: {balance: number, due: date, name: text}
nodes:
  look:
    call:
      http: {url: "https://crm.example.com/c/{{contact.id}}", query: {full: "{{1 + 1}}"}, headers: {X-Id: "a{{contact.id}}"}}
      timeout: 3s
      filler: One moment.
      into: {balance: "= result.balance", due: "= result.due"}
      goto: tell
      failed: sorry
      timeout_goto: slow
      when: [{status: 404, goto: unknown}]
  tell: {say: "You owe {{balance}} since {{due}}.", end: told}
  sorry: {say: Sorry., end: failed}
  slow: {say: Too slow., end: slow}
  unknown: {say: Who are you?, end: unknown}
`

func TestCall(t *testing.T) {
	o := dialog.StartOptions{Contact: map[string]any{"id": "a/../b?x\r\nY: 1"}}
	converse(t, httpFlow, o, []conversation{
		{`!worked {"status":200,"body":{"balance":12.5,"due":"2025-06-01"}}`,
			"work w1 GET https://crm.example.com/c/a%2F..%2Fb%3Fx%20%20Y:%201?full=2 map[X-Id:aa/../b?x  Y: 1]|timer filler/w1 700ms|stop filler/w1|You owe 12.5 since", "cancel", "told"},
		{`!worked {"status":404,"class":"failed"}`, "Who are you?", "", "unknown"},
		{`!worked {"status":500,"body":"oops"}`, "Sorry.", "", "failed"},
		{`!worked {"status":200,"body":{"balance":"a lot"}}`, "Sorry.", "", "failed"},
		{`!worked {"status":200,"body":null}`, "Sorry.", "", "failed"},
		{`!worked {"status":200,"body":[1,2]}`, "Sorry.", "", "failed"},
		{`!worked {"class":"timeout"}`, "Too slow.", "", "slow"},
		{`!timer filler/w1|!timer filler/w1|!timer work/w1`, "One moment.|cancel w1|Too slow.", "", "slow"},
		{`!worked {"id":"w2","status":200}|!timer filler/w9|!timer work/w9|!worked {"class":"timeout"}`, "Too slow.", "One moment", "slow"},
		{`!worked {"class":"timeout"}|!worked {"status":200,"body":{"balance":1,"due":"2025-06-01"}}`, "Too slow.", "You owe", "slow"},
		{"hello|#1|…|!hangup", "cancel w1", "fault", "hung_up"},
		{"hello|!voicemail", "cancel w1|end", "", "voicemail"},
		{"!failed", "cancel w1", "", "error"},
	})
}

func TestCallFunctions(t *testing.T) {
	src := head + `slots: {n: number, at: time}
nodes:
  a:
    set: {n: 2, at: "2025-06-07 09:00"}
    call: {crm: note, with: {n: "= n * 2", at: "= at", text: "n is {{n}}", list: [1, "= n", {a: true}], none: null}, goto: b}
  b: {call: {function: score, goto: c, failed: c}}
  c: {call: {http: {method: POST, url: "https://x.example/y", body: {n: "= n", at: "{{at}}"}}, goto: d, failed: d}}
  d: {call: {http: {method: PUT, url: "https://x.example/y", body: "n={{n}}"}, goto: e, failed: e}}
  e: {end: done}
`
	converse(t, src, dialog.StartOptions{}, []conversation{
		{`!worked {}|!worked {"class":"failed"}|!worked {}|!worked {}`,
			"w1 crm note map[at:2025-06-07T09:00:00Z list:[1 2 map[a:true]] n:4 none:<nil> text:n is 2]|w2 function score map[]|" +
				`w3 POST https://x.example/y map[] {"at":"2025-06-07T09:00:00Z","n":2}|w4 PUT https://x.example/y map[] n=2`, "", "done"},
		{`!worked {"class":"failed","detail":"no such record"}`, "fault: node a: crm failed: no such record", "", "error"},
	})
}

const confirmFlow = head + `slots: {amount: {type: number, min: 1, max: 5000}, day: date, ok: boolean}
nodes:
  a: {say: How much?, ask: {slot: amount, goto: b}}
  b: {say: When?, ask: {slot: day, goto: c}}
  c: {confirm: {slots: [amount, day], goto: d}}
  d: {end: agreed}
`

func TestConfirm(t *testing.T) {
	converse(t, confirmFlow, dialog.StartOptions{}, []conversation{
		{"two hundred|on friday|yes", "Let me check: 200 and Friday the 6th of June. Is that right?", "", "agreed"},
		{"two hundred|on friday|#1", "", "", "agreed"},
		{"two hundred|on friday|no, i said monday|yes that's right", "Let me check: 200 and Monday the 9th", "", "agreed"},
		{"two hundred|on friday|no, the amount is three hundred|yes", "Let me check: 300 and Friday", "", "agreed"},
		{"two hundred|on friday|#2|the amount|four hundred|yes", "What is not right|What is the amount|Let me check: 400 and Friday", "", "agreed"},
		{"two hundred|on friday|no|it should be sunday|yes", "What is not right|Let me check: 200 and Sunday", "", "agreed"},
		{"two hundred|on friday|no|no|no|!hangup", "What is not right", "", "no_match"},
		{"two hundred|on friday|purple|yes", "Is that right?|Is that right?", "", "agreed"},
		{"two hundred|on friday|not monday but|!hangup", "", "", "hung_up"},
		{"nine thousand|two hundred|on friday|yes", "Please name a number between 1 and 5000|Let me check: 200", "", "agreed"},
	})
	once := strings.Replace(confirmFlow, "slots: [amount, day], goto: d", `slots: [day], say: "{{day}}, right?", denied: e, goto: d`, 1) + "  e: {end: denied}\n"
	converse(t, once, dialog.StartOptions{}, []conversation{
		{"two hundred|on friday|no", "Friday the 6th of June, right?", "", "denied"},
		{"two hundred|on friday|no, sunday|yes", "Sunday the 8th of June, right?", "", "agreed"},
		{"two hundred|on friday|no sunday|no monday|no tuesday|no thursday|!hangup", "", "", "hung_up"},
	})
	single := strings.Replace(confirmFlow, "slots: [amount, day]", "slots: [amount]", 1)
	converse(t, single, dialog.StartOptions{}, []conversation{
		{"two hundred|on friday|no|five hundred|yes", "What should it be|Let me check: 500", "", "agreed"},
		{"two hundred|on friday|no|#500|#1", "What should it be|Let me check: 500", "", "agreed"},
		{"two hundred|on friday|no|nine thousand|!hangup", "What should it be", "", "hung_up"},
	})
}

func TestCorrections(t *testing.T) {
	converse(t, confirmFlow, dialog.StartOptions{}, []conversation{
		{"two hundred|no, i said three hundred|on friday|yes", "When?|All right, 300.|When?|Let me check: 300", "", "agreed"},
		{"two hundred|no, the amount is three hundred|on friday|yes", "All right, 300.", "", "agreed"},
		{"two hundred|sorry, make that three hundred|on friday|yes", "All right, 300.", "", "agreed"},
		{"two hundred|not three hundred|on friday|yes", "Let me check: 200", "All right", "agreed"},
		{"two hundred|actually friday|yes", "Let me check: 200 and Friday", "All right", "agreed"},
		{"two hundred|bla|bla bla|no, i said three hundred|!hangup", "", "All right, 300.", "no_match"},
	})
	off := strings.Replace(confirmFlow, "defaults:\n", "defaults:\n  corrections: false\n", 1)
	converse(t, off, dialog.StartOptions{}, []conversation{{"two hundred|no, i said three hundred|!hangup", "", "All right", "hung_up"}})
	zh := strings.Replace(strings.Replace(confirmFlow, "flow: test", "flow: test\nlanguage: zh", 1), "on friday", "", 1)
	converse(t, zh, dialog.StartOptions{}, []conversation{
		{"两百|周五|不对，是周三|对的", "跟您确认一下|跟您确认一下|星期三", "", "agreed"},
		{"两百|不对，我说的是三百|周五|对", "好的，改成300。", "", "agreed"},
		{"两百|周五|不是，是下周一|是的", "6月9日", "", "agreed"},
		{"两百|周五|不是是下周一|是的", "6月9日", "", "agreed"},
		{"两百|不是三百|周五|对", "200", "好的，改成", "agreed"},
	})
}

func TestCollect(t *testing.T) {
	src := head + `slots: {card: digits, pin: text}
global: {help: bye}
nodes:
  a: {say: Your card number please., collect: {slot: card, min: 6, max: 8, terminator: "#", goto: b}}
  b: {say: And the code., collect: {slot: pin, max: 4, goto: c, intents: {"no": bye}}}
  c: {say: "{{card}} {{pin | digits}}", end: done}
  bye: {end: bye}
`
	converse(t, src, dialog.StartOptions{}, []conversation{
		{"#123|#123456|#0042", "Your card number|Your card number|And the code|1 2 3 4 5 6 0 0 4 2", "", "done"},
		{"one two three four five six|#123456|no", "Your card number|Your card number", "", "bye"},
		{"i need help", "", "", "bye"},
		{"#123456|#1|", "", "", "done"},
	})
}

func TestRunSubFlow(t *testing.T) {
	src := head + `slots: {amount: number, day: date, total: number}
global:
  more: {goto: explain, return: true}
  help: helped
flows:
  promise:
    params: {most: number}
    slots: {n: number, day: date}
    result: [n, day]
    nodes:
      ask: {say: "At most {{most}}. How much?", ask: {slot: n, goto: test}}
      test: {choose: [{if: n > most, goto: over}, {goto: when}]}
      over: {end: too_much}
      when: {run: {flow: date, into: {day: d}, goto: done}}
      done: {end: promised}
  date:
    slots: {d: date}
    result: [d]
    nodes:
      ask: {say: When?, ask: {slot: d, goto: out}}
      out: {end: }
nodes:
  a:
    set: {total: 400}
    run: {flow: promise, with: {most: "= total / 2"}, into: {amount: n, day: day}, on: {promised: good}, goto: bad}
  good: {say: "{{amount}} on {{day}}", end: promised}
  bad: {say: "Not {{amount}}.", end: refused}
  explain: {say: "You owe {{total}}.", return: true}
  helped: {end: help}
on_error: helped
`
	converse(t, src, dialog.StartOptions{}, []conversation{
		{"one hundred|on friday", "At most 200. How much?|listen promise/ask|When?|listen date/ask|100 on Friday", "fault", "promised"},
		{"five hundred", "Not 500.", "", "refused"},
		{"tell me more|one hundred|tell me more|on friday", "At most 200|You owe 400.|At most 200|listen promise/ask|When?|You owe 400.|When?|listen date/ask|100 on Friday", "", "promised"},
		{"one hundred|i need help", "", "fault", "help"},
		{"one hundred|!hangup", "", "fault", "hung_up"},
		{"one hundred|…|…", "", "fault", "no_input"},
		{"one hundred|!failed", "", "", "help"},
	})
}

func TestEvents(t *testing.T) {
	src := head + `disclosure: This call is recorded.
on_screening: screen
on_voicemail: machine
on_silence: {after: 20s, goto: nobody}
timers: {long: {after: 5m, goto: hurry}}
max_length: {after: 10m, say: Our time is over.}
nodes:
  a: {say: Will you come?, listen: {intents: {"yes": b}}}
  b: {say: When?, listen: {intents: {"yes": c}}}
  c: {call: {function: f, goto: b, failed: b}}
  screen: {say: "It is Dialwright, about your appointment.", listen: {intents: {"yes": a}}}
  machine: {say: Please call us., end: message}
  nobody: {end: silent}
  hurry: {say: We must hurry., goto: a}
`
	converse(t, src, dialog.StartOptions{}, []conversation{
		{"!hangup", "timer on_silence 20s|timer max_length 10m0s|timer timers/long 5m0s|This call is recorded.|disclosed|Will you come?", "", "hung_up"},
		{"!timer on_silence", "", "", "silent"},
		{"bla|!timer on_silence|!hangup", "stop on_silence", "", "hung_up"},
		{"!timer timers/long|!hangup", "We must hurry.|Will you come?", "", "hung_up"},
		{"yes|yes|!timer timers/long|!worked {}|!hangup", "We must hurry.|Will you come?", "", "hung_up"},
		{"!timer max_length|yes", "timer max_length/end 30s|Our time is over.|end", "", "max_length"},
		{"yes|yes|!timer max_length|!timer max_length/end", "cancel w1|end", "Our time", "max_length"},
		{"!screening|yes|!hangup", "It is Dialwright|Will you come?", "", "hung_up"},
		{"yes|yes|!screening|!hangup", "cancel w1|It is Dialwright", "", "hung_up"},
		{"yes|yes|!voicemail", "cancel w1|Please call us.", "", "message"},
		{"!timer nonsense|!timer max_length/end|!hangup", "", "  end\n", "hung_up"},
	})
	f := parse(t, src)
	_, log := talk(t, f, dialog.StartOptions{}, "!voicemail")
	if !strings.HasPrefix(log, "< !voicemail\n> This call is recorded.\n  disclosed\n> Please call us.") {
		t.Error(log)
	}
	s, err := dialog.NewSession(f, dialog.StartOptions{AnsweredAt: t0.Add(-time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	actions, err := s.Step(dialog.Event{Kind: dialog.EvAnswered, At: t0})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range actions {
		switch a := a.(type) {
		case dialog.Say:
			if a.BargeIn != (a.Text != "This call is recorded.") {
				t.Errorf("%+v", a)
			}
		case dialog.StartTimer:
			if a.Name == "max_length" && a.After != 9*time.Minute {
				t.Errorf("%+v", a)
			}
		}
	}
}
