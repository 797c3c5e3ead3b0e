package dialog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu"
)

const graphFlow = head + `opt_out: true
slots: {n: number, d: date}
global: {more: {goto: info, return: true}, help: human, repeat: {repeat: true}}
on_error: sorry
timers: {long: {after: 5m, goto: sorry}}
flows:
  pay: {params: {x: number}, slots: {y: text}, result: [y], nodes: {ask: {say: "Pay {{x}}?", ask: {slot: y, goto: out}}, out: {end: paid}}}
nodes:
  greet: {say: [Hello., "Hello {{contact.name}}."], listen: {intents: {"yes": look, "no": bye}, digits: {"7": bye}}}
  look: {call: {http: {url: "https://a.example/"}, filler: One moment., into: {n: "= result.n"}, goto: pay, failed: sorry, timeout_goto: bye, when: [{status: 404, goto: bye}]}}
  pay: {run: {flow: pay, with: {x: "= n"}, on: {paid: check}, goto: bye}}
  check: {ask: {slot: d, goto: sure}}
  sure: {confirm: {slots: [n, d], denied: check, goto: fork}}
  fork: {choose: [{if: n > 5, goto: human}, {goto: bye}]}
  human: {transfer: {group: sales, on: {nobody: bye}}}
  info: {say: It is so., return: true}
  sorry: {end: error}
  bye: {outcome: bye, end: }
`

func TestGraph(t *testing.T) {
	f := parse(t, graphFlow)
	g := f.Graph()
	var edges []string
	for _, e := range g.Edges {
		edges = append(edges, strings.TrimSpace(fmt.Sprintf("%s -> %s %s %s", e.From, e.To, e.Kind, e.Label)))
	}
	for _, want := range []string{"-> greet event start", "-> sorry event on_error", "-> sorry event timers.long", "greet -> look intent yes", "greet -> bye digits 7",
		"greet -> info digress more", "greet -> human global help", "look -> pay worked", "look -> sorry failed", "look -> bye timeout", "look -> bye status 404",
		"pay -> pay/ask run pay", "pay -> check result paid", "pay -> bye result", "pay/ask -> pay/out filled y", "pay/ask -> human global help", "check -> sure filled d",
		"sure -> fork confirmed n, d", "sure -> check denied n, d", "fork -> human branch n > 5", "fork -> bye branch else", "human -> bye transfer nobody"} {
		if !slices.Contains(edges, want) {
			t.Errorf("%q is missing in\n%s", want, strings.Join(edges, "\n"))
		}
	}
	if slices.Contains(edges, "greet -> look digits 1") {
		t.Error("a key that means an intent has a way of its own")
	}
	byName := map[string]dialog.GraphNode{}
	for _, n := range g.Nodes {
		byName[n.Name] = n
	}
	for name, want := range map[string]string{"greet": "listen [Hello. Hello {{contact.name}}.] true false", "look": "call [One moment.] false true",
		"pay": "run [] false true", "check": "ask [] true true", "sure": "confirm [] true true", "pay/ask": "ask [Pay {{x}}?] true false", "bye": "end [] false true", "info": "return [It is so.] false true"} {
		n := byName[name]
		if got := fmt.Sprint(n.Kind, " ", n.Prompts, " ", n.Listens, " ", n.Fixed); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if n.File != "test.yaml" || n.Line == 0 {
			t.Errorf("%s is at %s:%d", name, n.File, n.Line)
		}
	}
	if n := byName["pay/ask"]; n.Flow != "pay" || n.Slot != "y" {
		t.Errorf("%+v", n)
	}
	if got := fmt.Sprint(f.IntentsAt("greet"), f.IntentsAt("bye"), f.IntentsAt("nowhere")); got != "[yes no more help repeat opt_out] [] []" {
		t.Error(got)
	}
	var slots []string
	for _, s := range f.Slots() {
		slots = append(slots, s.Flow+"."+s.Name)
	}
	if got := strings.Join(slots, " "); got != ".n .d pay.x pay.y" {
		t.Error(got)
	}
	for _, in := range f.Intents() {
		if in.Builtin != (in.Name == "repeat" || in.Name == "opt_out") || len(in.Phrases) == 0 {
			t.Errorf("%+v", in)
		}
	}
}

// TestWarnings: what lets a flow run, and is said all the same.
func TestWarnings(t *testing.T) {
	base := head + "slots: {n: number, m: number, t: text, kept: {type: text, remember: contact}, at: time}\nopt_out: true\n%s"
	for nodes, want := range map[string]string{
		"nodes: {a: {say: \"{{n}}\", goto: b}, b: {ask: {slot: n, goto: c}}, c: {end: x}}":                                                                                  "node a reads n, which cannot have a value there yet",
		"nodes: {a: {ask: {slot: n, goto: b}}, b: {say: \"{{n}}\", end: x}}":                                                                                                "",
		"nodes: {a: {say: \"{{n | default(\\\"x\\\")}}\", end: x}}":                                                                                                         "",
		"nodes: {a: {say: \"{{kept}}\", end: x}}":                                                                                                                           "",
		"nodes: {a: {set: {n: \"= n + 1\"}, say: \"{{n}}\", end: x}}":                                                                                                       "",
		"nodes: {a: {choose: [{if: m > 1, goto: b}, {goto: b}]}, b: {end: x}}":                                                                                              "test.yaml:13:27: node a reads m",
		"nodes: {a: {choose: [{if: filled(\"m\"), goto: b}, {goto: b}]}, b: {end: x}}":                                                                                      "",
		"nodes: {a: {confirm: {slots: [n], goto: b}}, b: {end: x}}":                                                                                                         "node a reads n",
		"nodes: {a: {callback: at, end: x}}":                                                                                                                                "node a reads at",
		"global: {more: {goto: d, return: true}}\nnodes: {a: {listen: {intents: {\"yes\": b}}}, b: {say: \"{{n}}\", end: x}, d: {set: {n: 1}, return: true}}":               "",
		"on_error: e\nnodes: {a: {end: x}, e: {say: \"{{n}}\", end: x}}":                                                                                                    "",
		"flows: {s: {params: {p: number}, slots: {q: text}, nodes: {x: {say: \"{{p}} {{q}}\", end: y}}}}\nnodes: {a: {run: {flow: s, with: {p: 1}, goto: b}}, b: {end: x}}": "node s/x reads q",
		"flows: {s: {slots: {q: number}, result: [q], nodes: {x: {ask: {slot: q, goto: y}}, y: {end: y}}}}\nnodes: {a: {run: {flow: s, into: {n: q}, goto: b}}, b: {say: \"{{n}}\", end: x}}": "",
		"flows: {s: {nodes: {x: {end: y}}}}\nnodes: {a: {end: x}}":      "flow s is never run",
		"nodes: {a: {call: {function: f, goto: b}}, b: {end: x}}":       "node a does not say what happens when it fails",
		"nodes: {a: {send: {via: sms, text: x, goto: b}}, b: {end: x}}": "node a does not say what happens when it fails",
	} {
		f := parse(t, fmt.Sprintf(base, nodes))
		var got []string
		for _, w := range f.Warnings {
			if !strings.Contains(w.Message, "never listened for") {
				got = append(got, w.String())
			}
		}
		all := strings.Join(got, "\n")
		if want == "" && all != "" || !strings.Contains(all, want) || len(got) > 1 {
			t.Errorf("%s\n got %s\nwant %s", nodes, all, want)
		}
	}
	f := parse(t, head+"nodes: {a: {end: x}}\n")
	if !strings.Contains(f.Warnings.Error(), "nobody can ask this flow not to be called again (opt_out: true)") {
		t.Error(f.Warnings)
	}
}

type always string

// Classify implements nlu.Classifier.
func (a always) Classify(nlu.Query) []nlu.Candidate {
	return []nlu.Candidate{{Intent: string(a), Score: 1}}
}

// TestClassifier: something else may understand for a flow.
func TestClassifier(t *testing.T) {
	src := head + "nodes: {a: {listen: {intents: {\"yes\": b, \"no\": c}}}, b: {end: \"yes\"}, c: {end: \"no\"}}\n"
	f := parse(t, src)
	if s, log := talk(t, f.WithClassifier(always("no")), dialog.StartOptions{}, "yes"); s.Outcome() != "no" {
		t.Error(log)
	}
	if s, log := talk(t, f, dialog.StartOptions{}, "yes"); s.Outcome() != "yes" {
		t.Error(log)
	}
	var seen []string
	f, err := dialog.ParseFSWith(files("flow.yaml", src), "flow.yaml", dialog.LoadOptions{Classifier: func(all []nlu.Intent) nlu.Classifier {
		for _, in := range all {
			seen = append(seen, in.Name)
		}
		return always("no")
	}})
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := talk(t, f, dialog.StartOptions{}, "yes"); s.Outcome() != "no" || fmt.Sprint(seen) != "[yes no more help]" {
		t.Errorf("%s %v", s.Outcome(), seen)
	}
}
