package dialog_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dialwright/dialwright/dialog"
)

const propertyHead = `flow: any
contact: {note: text}
opt_out: true
disclosure: This is recorded.
on_screening: n0
on_silence: {after: 20s, goto: n0}
timers: {t: {after: 1m, goto: n0}}
max_length: {after: 5m}
knowledge: {faq: faq.yaml}
experiments: {x: {a: 1, b: 2}}
slots: {t: text, n: {type: number, min: 1, max: 99}, d: date, at: time, b: boolean, r: recording, c: consent, m: {type: text, remember: contact}}
defaults: {no_input: [{repeat: true}, {end: silent}], no_match: [{say: [What?, Pardon?], repeat: true}, {goto: bye}], verify: true}
intents:
  digress: [tell me more]
global: {digress: {goto: info, return: true}, repeat: {repeat: true}, slower: {slower: true}, wait: {wait: 10s}}
flows:
  sub:
    params: {p: text}
    slots: {q: number}
    result: [p]
    nodes:
      s0: {say: "{{p | default(\"x\")}}", ask: {slot: q, goto: s1}}
      s1: {set: {p: "= p + p"}, choose: [{if: q > 5, goto: s0}, {goto: s2}]}
      s2: {end: sub}
on_hangup: {set: {b: true}, choose: [{if: n > 3, outcome: many}], outcome: hung_up}
nodes:
  bye: {end: bye}
  info: {say: "You said {{text | default(\"nothing\")}}.", listen: {intents: {repeat: back}, digits: {"1": back}}}
  back: {return: true}
`

// anyFlow is a flow of nodes of all kinds that lead anywhere.
func anyFlow(t *rapid.T) string {
	count := rapid.IntRange(1, 8).Draw(t, "nodes")
	target := func(label string) string { return fmt.Sprintf("n%d", rapid.IntRange(0, count-1).Draw(t, label)) }
	var b strings.Builder
	b.WriteString("start: n0\n" + propertyHead)
	kinds := []string{
		`{say: "Say {{t | default(\"a\")}} and {{n | default(\"b\")}}", ask: {slot: n, slots: [d], goto: %s, always: true}}`,
		`{say: ["One.", "Two."], ask: {slot: t, goto: %s}}`,
		`{set: {t: "= t + t + text", m: "= t"}, choose: [{if: len(text) > 2, goto: %s}, {goto: bye}]}`,
		`{set: {n: "= n + 1"}, choose: [{if: len(text) > 2, goto: %s}, {goto: bye}]}`,
		`{confirm: {slots: [n, d], goto: %s}}`,
		`{collect: {slot: t, goto: %s, always: true}}`,
		`{call: {http: {url: "https://a.example/{{t}}", query: {q: "{{text}}"}}, into: {t: "= result.x", n: "= result.y"}, goto: %s, failed: bye}}`,
		`{llm: {prompt: Be kind., slots: [n, d, t], exits: {done: %s}, tools: {f: {description: d, function: f}}}}`,
		`{answer: {knowledge: faq, goto: %s, unknown: bye}}`,
		`{record: {slot: r, goto: %s, failed: bye}}`,
		`{send: {via: sms, to: "x{{t}}", text: "{{t | default(\"t\")}}", goto: %s, failed: bye}}`,
		`{run: {flow: sub, with: {p: "= t"}, into: {t: p}, goto: %s}}`,
		`{transfer: {group: g, variables: [t], on: {nobody: %s}}}`,
		`{choose: [{if: 'len(t) > 3 and variant("x") == "a"', goto: %s}, {goto: bye}]}`,
		`{consent: {slot: c}, opt_out: true, outcome: o, choose: [{if: len(text) > 2, goto: %s}, {goto: bye}]}`,
		`{say: "{{t}}", choose: [{if: len(text) > 2, goto: %s}, {goto: bye}]}`,
		`{say: Well?, listen: {intents: {human: %s}, slots: [at, b], goto: bye}}`,
		`{ask: {slot: at, goto: %s}}`,
	}
	for i := range count {
		kind := kinds[rapid.IntRange(0, len(kinds)-1).Draw(t, "kind")]
		if i == 0 { // every node can be reached
			ways := make([]string, count)
			for j := range ways {
				ways[j] = fmt.Sprintf("\"%d\": n%d", j, j)
			}
			kind = "{say: Hello., listen: {digits: {" + strings.Join(ways, ", ") + "}, intents: {human: %s}}}"
		}
		fmt.Fprintf(&b, "  n%d: "+kind+"\n", i, target("target"))
	}
	return b.String()
}

func anyEvent(t *rapid.T, id string) dialog.Event {
	texts := []string{"", "yes", "no", "two", "tell me more", "say that again", "slower please", "just a moment", "on friday", "no, i said three",
		"tomorrow at three", "human please", "stop calling me", "\x00\xff<script>", strings.Repeat("<&>", 3000), strings.Repeat("话", 3000), strings.Repeat("a \"\\ ", 4000), "[unk] yes"}
	text := rapid.SampledFrom(texts)
	var ev dialog.Event
	switch rapid.IntRange(0, 15).Draw(t, "event") {
	case 0:
		ev = dialog.Event{Kind: dialog.EvVoicemail}
	case 1:
		ev = dialog.Event{Kind: dialog.EvScreening}
	case 2:
		ev = dialog.Event{Kind: dialog.EvFailed, Text: text.Draw(t, "text")}
	case 3:
		ev = dialog.Event{Kind: dialog.EvNoInput}
	case 4:
		ev = dialog.Event{Kind: dialog.EvTimer, Timer: rapid.SampledFrom([]string{"on_silence", "max_length", "max_length/end", "timers/t", "filler/" + id, "work/" + id, "x"}).Draw(t, "timer")}
	case 5:
		ev = dialog.Event{Kind: dialog.EvTransferred, Transfer: dialog.TransferResult{Status: rapid.SampledFrom([]string{"connected", "nobody", "busy", "what"}).Draw(t, "status"),
			Agent: text.Draw(t, "agent"), Detail: text.Draw(t, "detail"), CustomerThere: rapid.Bool().Draw(t, "there")}}
	case 6, 7, 8:
		ev = dialog.Event{Kind: dialog.EvDigits, Digits: rapid.SampledFrom([]string{"0", "1", "2", "3", "4", "5", "6", "7", "*", "12345678", strings.Repeat("1", 999)}).Draw(t, "digits")}
	case 9, 10:
		body := rapid.SampledFrom([]any{nil, "x", 5.0, map[string]any{"x": strings.Repeat("<", 9000), "y": 7.0}, []any{1.0}}).Draw(t, "body")
		ev = dialog.Event{Kind: dialog.EvWorked, Work: dialog.WorkResult{ID: id, Class: rapid.SampledFrom([]string{"", "ok", "failed", "timeout", "unknown", "limit", "?"}).Draw(t, "class"),
			Status: rapid.SampledFrom([]int{0, 200, 404, 500}).Draw(t, "code"), Body: body, Text: text.Draw(t, "answer"), Source: text.Draw(t, "source"), Audio: text.Draw(t, "audio"),
			Tool:  rapid.SampledFrom([]string{"", "done", "f", "?"}).Draw(t, "tool"),
			Slots: map[string]any{"n": body, "t": text.Draw(t, "slot"), "d": "next friday"}, Detail: text.Draw(t, "why")}}
	case 11:
		ev = dialog.Event{Kind: dialog.EvSentence, Work: dialog.WorkResult{ID: id, Text: text.Draw(t, "sentence"), Source: text.Draw(t, "source")}}
	default:
		ev = dialog.Event{Kind: dialog.EvHeard, Text: text.Draw(t, "text"), Confidence: rapid.SampledFrom([]float64{0, 0.1, 0.5, 1}).Draw(t, "confidence"),
			Alternatives: []dialog.Alternative{{Text: text.Draw(t, "alternative")}}}
	}
	return ev
}

// TestAnything: whatever happens to whatever flow, a session does not panic,
// does not grow, does the same when it was written down in between, and runs
// on_hangup once.
func TestAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := anyFlow(t)
		f, err := dialog.Parse("any.yaml", []byte(src))
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		note := strings.Repeat("<note>", rapid.IntRange(0, 300).Draw(t, "note"))
		s, err := dialog.NewSession(f, dialog.StartOptions{CallID: "c", Contact: map[string]any{"note": note, "name": note, "number": "+442079460123"},
			Memory: map[string]any{"m": note}})
		if err != nil {
			t.Fatal(err)
		}
		now, id := t0, "w1"
		step := func(ev dialog.Event) []dialog.Action {
			now = now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "seconds")) * time.Second)
			ev.At = now
			return stepTwice(t, f, &s, ev, &id)
		}
		step(dialog.Event{Kind: dialog.EvAnswered})
		for range rapid.IntRange(0, 30).Draw(t, "events") {
			step(anyEvent(t, id))
		}
		step(dialog.Event{Kind: dialog.EvHangup})
		if !s.Ended() || s.Phase() != "closed" {
			t.Fatalf("it is %s after the hang-up", s.Phase())
		}
		outcome := s.Outcome()
		if s.Slots()["b"] != true {
			t.Fatal("on_hangup has not run")
		}
		if again := step(dialog.Event{Kind: dialog.EvHangup}); len(again) > 0 || s.Outcome() != outcome {
			t.Fatalf("a second hang-up does %v", again)
		}
	})
}

// stepTwice steps a session, and a copy that was written down, and compares.
func stepTwice(t *rapid.T, f *dialog.Flow, s **dialog.Session, ev dialog.Event, id *string) []dialog.Action {
	data, err := json.Marshal(*s)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 16<<10 {
		t.Fatalf("a session of %d bytes: %s", len(data), data)
	}
	twin, err := dialog.Resume(f, data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	a, err := (*s).Step(ev)
	if err != nil {
		t.Fatal(err)
	}
	b, err := twin.Step(ev)
	if err != nil {
		t.Fatal(err)
	}
	if len(a)+len(b) > 0 && !reflect.DeepEqual(a, b) {
		for i := range a {
			if i >= len(b) || !reflect.DeepEqual(a[i], b[i]) {
				t.Fatalf("after it was written down it does otherwise:\n%#v\n%#v\n%s", a[i:], b[min(i, len(b)):], data)
			}
		}
		t.Fatalf("after it was written down it does more: %v", b)
	}
	for _, action := range a {
		if w, ok := action.(dialog.Work); ok {
			*id = w.ID
		}
	}
	if rapid.Bool().Draw(t, "resume") {
		*s = twin
	}
	return a
}
