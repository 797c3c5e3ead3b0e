package flowtest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/converse/flowtest"
	"github.com/dialwright/dialwright/dialog"
)

// TestBadFiles has one file for each mistake, with all that is said about it.
func TestBadFiles(t *testing.T) {
	step := func(s string) string { return "tests:\n  - name: a\n    steps:\n      - " + s + "\n" }
	for _, c := range []struct{ name, src, want string }{
		{"empty", "", "a.yaml:1:1: the file is empty (it begins with: tests:)"},
		{"no tests", "flow: x\n", "a.yaml:1:1: the file has no tests (tests: [{name: …, steps: […]}])"},
		{"tests empty", "tests: []\n", "a.yaml:1:1: tests is empty"},
		{"tests no list", "tests: 3\n", "a.yaml:1:8: tests must be a list, not a number"},
		{"unknown key", "tets: []\n", "a.yaml:1:1: the file has no tests (tests: [{name: …, steps: […]}])\na.yaml:1:1: unknown key \"tets\" in a file of tests (did you mean \"tests\"?)"},
		{"no name", "tests: [{steps: [{bot: {any: true}}]}]\n", "a.yaml:1:9: the test has no name (name: what the conversation shows)"},
		{"two of a name", "tests:\n  - {name: a, steps: [{hangup: true}]}\n  - {name: a, steps: [{hangup: true}]}\n", "a.yaml:3:12: two tests have the name \"a\" (the other one begins at line 2)"},
		{"no steps", "tests: [{name: a}]\n", "a.yaml:1:9: the test has no steps (steps: [{bot: …}, {user: …}])"},
		{"now without a zone", "defaults: {now: 2026-06-01 10:00}\ntests: [{name: a, steps: [{hangup: true}]}]\n", "a.yaml:1:17: now must be a date, a time and a zone, not \"2026-06-01 10:00\" (for example 2026-06-01T10:00:00+08:00)"},
		{"zone", "tests: [{name: a, zone: Mars/Base, steps: [{hangup: true}]}]\n", "a.yaml:1:25: zone \"Mars/Base\" is not known (for example Asia/Shanghai)"},
		{"contact", "tests: [{name: a, contact: Ann, steps: [{hangup: true}]}]\n", "a.yaml:1:28: contact must be a mapping"},
		{"hours", "tests: [{name: a, hours: 20:00-09:00, steps: [{hangup: true}]}]\n", "a.yaml:1:26: hours must be a part of a day, not \"20:00-09:00\" (hours: \"09:00-20:00\")"},
		{"unknown step", step("{boot: Hello}"), "a.yaml:4:10: unknown key \"boot\" in a step (did you mean \"bot\"?)"},
		{"two steps in one", step("{bot: Hello, user: hi}"), "a.yaml:4:9: a step must have one key, not 2 (quote texts that hold a comma or a colon)"},
		{"bot number", step("{bot: 12}"), "a.yaml:4:15: bot must be text, not a number (write it in quotes: \"12\")"},
		{"bot key", step("{bot: {nod: greet}}"), "a.yaml:4:16: unknown key \"nod\" in bot (did you mean \"node\"?)"},
		{"bot nothing", step("{bot: {}}"), "a.yaml:4:15: bot expects nothing (bot: {any: true} takes whatever it says)"},
		{"pattern", step("{bot: {matches: '(a'}}"), "a.yaml:4:25: matches is no regular expression: error parsing regexp: missing closing ): `(a` (RE2 syntax)"},
		{"user nothing", step("{user: {after: 1s}}"), "a.yaml:4:16: user needs one thing to be heard (text, digits or noise)"},
		{"user true", step("{user: true}"), "a.yaml:4:16: user must be text, not true or false (write it in quotes: \"true\")"},
		{"confidence", step("{user: {text: a, confidence: 2}}"), "a.yaml:4:38: confidence is between 0 and 1"},
		{"barge_in when", step("{barge_in: wait}"), "a.yaml:4:20: barge_in must say when (barge_in: {after: 800ms, text: wait})"},
		{"digits", step("{digits: abc}"), "a.yaml:4:18: digits must be telephone keys, not \"abc\" (0 to 9, * and #)"},
		{"silence without a unit", step("{silence: 6}"), "a.yaml:4:19: silence needs a unit (write 6s or 6ms)"},
		{"silence false", step("{silence: false}"), "a.yaml:4:19: silence: false means nothing (leave the step out)"},
		{"silence for ever", step("{silence: 900h}"), "a.yaml:4:19: silence must be between 1ms and 24h0m0s, not 900h0m0s"},
		{"hangup", step("{hangup: {when: 1s}}"), "a.yaml:4:19: unknown key \"when\" in hangup (known: after)"},
		{"fail", step("{fail: everything}"), "a.yaml:4:16: fail cannot be \"everything\" (known: duty, ears, mouth)"},
		{"expect in a step", step("{expect: {opt_out: true}}"), "a.yaml:4:19: unknown key \"opt_out\" in expect (known: ended, intent, interrupted, listening, node, outcome, slots)"},
		{"final expect", "tests: [{name: a, expect: {intent: x}}]\n", "a.yaml:1:28: unknown key \"intent\" in expect (known: callback, consents, ended_by, experiments, faults, node, opt_out, outcome, remembered, slots, transfer)"},
		{"callback", "tests: [{name: a, expect: {callback: 3}}]\n", "a.yaml:1:38: callback must be a time (true, false or 2026-06-02 15:00)"},
		{"ended by", "tests: [{name: a, expect: {ended_by: bot}}]\n", "a.yaml:1:38: ended_by cannot be \"bot\" (known: customer, flow)"},
		{"transfer result", step("{transfer: {result: lost}}"), "a.yaml:4:29: result cannot be \"lost\" (known: abandoned, busy, connected, failed, nobody)"},
		{"http status", step("{http: {reply: {status: 20}}}"), "a.yaml:4:33: status must be one of HTTP's (100 to 599)"},
		{"http key", step("{http: {uri: x}}"), "a.yaml:4:17: unknown key \"uri\" in http (did you mean \"url\"?)"},
		{"llm reply", step("{llm: {reply: {sentence: x}}}"), "a.yaml:4:24: unknown key \"sentence\" in reply (did you mean \"sentences\"?)"},
		{"work failure", step("{http: {fail: broken}}"), "a.yaml:4:23: fail cannot be \"broken\" (known: failed, limit, timeout, unknown)"},
		{"anchor", step("&a {bot: x}"), "a.yaml:4:9: anchors and aliases are not part of the flow language (write it out)"},
		{"duplicate key", step("{bot: a, bot: b}"), "a.yaml:4:18: not valid YAML: mapping key \"bot\" already defined at [4:10]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := flowtest.Parse("a.yaml", []byte(c.src))
			var problems dialog.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("it loads: %v", err)
			}
			if err.Error() != c.want {
				t.Errorf("\n got %s\nwant %s", err, c.want)
			}
		})
	}
}

// FuzzParse: whatever the source, it loads and its tests come to an end, or
// every problem has a place.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob(flows + "*/tests/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	f.Add("tests:\n  - name: a\n    steps: [{bot: 'x {{…}} y'}, {user: {text: a, partials: [b], after: 1s}}, {silence: 20s}, {fail: ears}]\n    expect: {slots: {size: [1, {a: null}]}, callback: 15:00}\n")
	flow, err := dialog.Parse("pizza.yaml", []byte(pizza))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src string) {
		file, err := flowtest.Parse("fuzz.yaml", []byte(src))
		var problems dialog.Problems
		if (file == nil) != (err != nil) || err != nil && (!errors.As(err, &problems) || !problems.Fatal()) {
			t.Fatalf("%v, %v", file, err)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Fatalf("%+v", p)
			}
		}
		if file == nil {
			return
		}
		for _, test := range file.Tests {
			res := flowtest.Play(t.Context(), flow, test)
			if f := res.Failure; f != nil && (f.At.Line < 1 || !strings.Contains(f.String(), f.Message)) {
				t.Fatalf("%+v", f)
			}
		}
	})
}

// BenchmarkPlay is one whole conversation on one core: understood by the
// phrases alone, and by what the flow learnt from them, as in calls.
func BenchmarkPlay(b *testing.B) {
	learnt, err := flowtest.Open(flows + "renewal")
	if err != nil {
		b.Fatal(err)
	}
	for name, s := range map[string]*flowtest.Suite{"phrases": phrases(b, flows+"renewal"), "learnt": learnt} {
		b.Run(name, func(b *testing.B) {
			var tests []*flowtest.Test
			for _, f := range s.Files {
				tests = append(tests, f.Tests...)
			}
			i := 0
			for b.Loop() {
				if f := flowtest.Play(b.Context(), s.Flow, tests[i%len(tests)]).Failure; f != nil {
					b.Fatal(f)
				}
				i++
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "conversations/s")
		})
	}
}
