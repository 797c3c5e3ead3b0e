package dialog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright/dialog"
)

// FuzzParse: whatever the source, it either loads or every problem has a
// place; and what loads can be talked to without end.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{badDir + "/*.yaml", "../testdata/flows/*/flow.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(src)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		flow, err := dialog.Parse("fuzz.yaml", src)
		var problems dialog.Problems
		if (flow == nil) != (err != nil) || err != nil && (!errors.As(err, &problems) || !problems.Fatal()) {
			t.Fatalf("%v, %v", flow, err)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Fatalf("%+v", p)
			}
		}
		if flow != nil {
			chat(t, flow)
		}
	})
}

// chat says a few things to any flow; it must survive, serialise and end.
func chat(t *testing.T, flow *dialog.Flow) {
	s, err := dialog.NewSession(flow, dialog.StartOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i, ev := range []dialog.Event{{Kind: dialog.EvAnswered}, {Kind: dialog.EvHeard, Text: "yes"}, {Kind: dialog.EvDigits, Digits: "1"},
		{Kind: dialog.EvTransferred, Transfer: dialog.TransferResult{Status: dialog.TransferNobody, CustomerThere: true}},
		{Kind: dialog.EvHeard, Text: "tomorrow at three"}, {Kind: dialog.EvWorked, Work: dialog.WorkResult{ID: "w1", Status: 200, Body: map[string]any{"x": 1.0}, Text: "fine"}}, {Kind: dialog.EvHeard, Text: "no, i said five"},
		{Kind: dialog.EvTimer, Timer: "max_length"}, {Kind: dialog.EvTimer, Timer: "work/w2"}, {Kind: dialog.EvNoInput}, {Kind: dialog.EvFailed, Text: "x"}, {Kind: dialog.EvVoicemail}, {Kind: dialog.EvHangup}} {
		ev.At = t0.Add(time.Duration(i) * time.Second)
		if _, err := s.Step(ev); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if s, err = dialog.Resume(flow, data); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
	}
	if !s.Ended() {
		t.Fatal("it does not end")
	}
}

// FuzzTemplate: any text is a template or an error, never a crash.
func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"Hello {{contact.name}}", `{{n | money("USD")}}`, "{{", "}}", "{{|}}", `{{ n | default("|") }}`, "您好{{at | date}}", "{{n|money(}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := json.Marshal(strings.ToValidUTF8(text, "?"))
		if err != nil {
			t.Fatal(err)
		}
		flow, err := dialog.Parse("fuzz.yaml", fmt.Appendf(nil, "%sslots: {n: number, at: time}\nnodes: {a: {say: %s, end: done}}\n", head, quoted))
		if err == nil {
			chat(t, flow)
		}
	})
}

func bigFlow(nodes int) []byte {
	var b strings.Builder
	b.WriteString(head + "slots: {n: number, at: time}\nnodes:\n")
	for i := range nodes {
		fmt.Fprintf(&b, "  n%d: {say: 'This is node %d for {{contact.name | default(\"you\")}}.', listen: {intents: {\"yes\": n%d, \"no\": m%d}, digits: {\"3\": n%d}}}\n  m%d: {choose: [{if: n > %d, goto: n%d}, {goto: bye}]}\n",
			i, i, (i+1)%nodes, i, (i+2)%nodes, i, i, i)
	}
	b.WriteString("  bye: {end: done}\n")
	return []byte(b.String())
}

func BenchmarkParse1000Nodes(b *testing.B) {
	src := bigFlow(500)
	for b.Loop() {
		if _, err := dialog.Parse("big.yaml", src); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStep(b *testing.B) {
	flow := load(b, "../testdata/flows/renewal")
	for b.Loop() {
		s, err := dialog.NewSession(flow, dialog.StartOptions{})
		if err != nil {
			b.Fatal(err)
		}
		for _, ev := range []dialog.Event{{Kind: dialog.EvAnswered}, {Kind: dialog.EvDigits, Digits: "1"}, {Kind: dialog.EvDigits, Digits: "2"}, {Kind: dialog.EvHangup}} {
			ev.At = t0
			if _, err := s.Step(ev); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkHeard(b *testing.B) {
	flow := load(b, "../testdata/flows/renewal")
	s, err := dialog.NewSession(flow, dialog.StartOptions{})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.Step(dialog.Event{Kind: dialog.EvAnswered, At: t0}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Step(dialog.Event{Kind: dialog.EvHeard, Text: "who are you please", At: t0}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestHostileSources: bombs are errors, and quick ones.
func TestHostileSources(t *testing.T) {
	for name, src := range map[string]string{
		"brackets":   "nodes: " + strings.Repeat("[", 100000),
		"braces":     strings.Repeat("{a: ", 100000),
		"dashes":     strings.Repeat("- ", 100000) + "a",
		"questions":  strings.Repeat("? ", 100000) + "a",
		"aliases":    "a: &a [x]\nb: [*a, *a]\n",
		"large":      strings.Repeat("# comment\n", 1<<20),
		"indentless": strings.Repeat("a:\n", 10),
	} {
		began := time.Now()
		if _, err := dialog.Parse(name, []byte(src)); err == nil {
			t.Errorf("%s loads", name)
		} else if len(err.Error()) > 1<<16 {
			t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
		}
		if d := time.Since(began); d > 10*time.Second {
			t.Errorf("%s took %s", name, d)
		}
	}
}
