package dialog_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright/dialog"
)

// hugeFlow has the longest names the language takes, prompts longer than
// anybody listens to, digressions in sub-flows in sub-flows.
func hugeFlow() string {
	long := func(name string) string { return name + strings.Repeat("_", 64-len(name)) }
	var b strings.Builder
	b.WriteString("flow: " + strings.Repeat("f", 300) + "\nopt_out: true\ncontact: {")
	for i := range 40 {
		fmt.Fprintf(&b, "%s: text, ", long(fmt.Sprint("c", i)))
	}
	b.WriteString("}\nslots: {")
	for i := range 60 {
		fmt.Fprintf(&b, "%s: {type: text, remember: contact}, ", long(fmt.Sprint("s", i)))
	}
	b.WriteString("}\nexperiments: {")
	for i := range 30 {
		fmt.Fprintf(&b, "%s: {%s: 1, %s: 2}, ", long(fmt.Sprint("x", i)), long("a"), long("b"))
	}
	b.WriteString("}\nintents: {digress: [tell me more]}\nglobal: {digress: {goto: " + long("d") + ", return: true}}\n" +
		"defaults: {no_input: [{end: a}], no_match: [{repeat: true}, {repeat: true}, {end: a}], verify: true}\non_hangup: {outcome: hung_up}\nflows:\n")
	say := strings.Repeat("A long story <&> 话. ", 60)
	const depth = 7
	for i := range depth {
		next := "{goto: e}"
		if i+1 < depth {
			next = fmt.Sprintf("{run: {flow: %s, with: {p: x}, goto: e}}", fmt.Sprint("f", i+1, strings.Repeat("_", 60)))
		}
		fmt.Fprintf(&b, "  f%d%s: {params: {p: text}, nodes: {%s: {say: %q, ask: {slot: p, always: true, goto: n}}, n: %s, e: {end: out}}}\n", i, strings.Repeat("_", 60), long("q"), say, next)
	}
	b.WriteString("nodes:\n")
	fmt.Fprintf(&b, "  %s: {say: [%q, %q], set: {", long("n"), say, say+"!")
	for i := range 3 {
		fmt.Fprintf(&b, "%s: \"= text\", ", long(fmt.Sprint("s", i)))
	}
	b.WriteString("}, listen: {digits: {\"1\": r, \"2\": " + long("n") + "}, intents: {human: v}}}\n")
	fmt.Fprintf(&b, "  r: {run: {flow: f0%s, with: {p: x}, goto: %s}}\n", strings.Repeat("_", 60), long("n"))
	fmt.Fprintf(&b, "  %s: {say: %q, listen: {digits: {\"3\": t}}}\n  t: {return: true}\n  v: {choose: [", long("d"), say)
	for i := range 30 {
		fmt.Fprintf(&b, "{if: 'variant(\"%s\") == \"no\"', goto: r}, ", long(fmt.Sprint("x", i)))
	}
	b.WriteString("{goto: r}]}\n")
	return b.String()
}

func TestSessionStaysSmall(t *testing.T) {
	f := parse(t, hugeFlow())
	contact, memory := map[string]any{}, map[string]any{}
	for i := range 40 {
		contact[fmt.Sprint("c", i, strings.Repeat("_", 64-len(fmt.Sprint("c", i))))] = strings.Repeat("<\"话", 500)
	}
	for i := range 60 {
		memory[fmt.Sprint("s", i, strings.Repeat("_", 64-len(fmt.Sprint("s", i))))] = strings.Repeat("<\"话", 500)
	}
	if _, err := dialog.NewSession(f, dialog.StartOptions{Contact: contact}); err == nil {
		t.Error("40 fields with names of 64 characters fit")
	}
	for name := range contact {
		if len(contact) > 10 {
			delete(contact, name)
		}
	}
	long := strings.Repeat("<&\"话", 900)
	s, err := dialog.NewSession(f, dialog.StartOptions{CallID: long, ContactKey: long, Contact: contact, Memory: memory})
	if err != nil {
		t.Fatal(err)
	}
	largest := 0
	events := []dialog.Event{{Kind: dialog.EvAnswered}, {Kind: dialog.EvHeard, Text: "human"}}
	for range 6 { // down the sub-flows, with a digression in each
		events = append(events, dialog.Event{Kind: dialog.EvHeard, Text: "tell me more"}, dialog.Event{Kind: dialog.EvDigits, Digits: "3"},
			dialog.Event{Kind: dialog.EvHeard, Text: "ok"})
	}
	for range 8 {
		events = append(events, dialog.Event{Kind: dialog.EvHeard, Text: "tell me more"})
	}
	events = append(events, dialog.Event{Kind: dialog.EvHeard, Text: long, Confidence: 0.1})
	for i, ev := range append(events, dialog.Event{Kind: dialog.EvHangup}) {
		ev.At = t0.Add(time.Duration(i) * time.Second)
		if _, err := s.Step(ev); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if largest = max(largest, len(data)); len(data) > 16<<10 {
			t.Fatalf("after %d events %d bytes: %s", i, len(data), data)
		}
	}
	t.Logf("at most %d bytes", largest)
}
