package dialog_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/dialog/schema"
)

var italic = regexp.MustCompile(`\*([^*]+)\*`)

// saidInTable are the phrases of a cell of the table of types.
func saidInTable(cell, language string) []string {
	var out []string
	if language == "en" {
		for _, m := range italic.FindAllStringSubmatch(cell, -1) {
			out = append(out, m[1])
		}
	} else {
		out = strings.FieldsFunc(strings.TrimSpace(cell), func(r rune) bool { return r == '、' || r == '；' })
	}
	return slices.DeleteFunc(out, func(s string) bool {
		return strings.Contains(s, "…") || strings.Contains(s, "校验") || s == "–" || s == "同左"
	})
}

// TestDocsTypes says what the table of types says is understood.
func TestDocsTypes(t *testing.T) {
	for _, p := range []struct {
		file, heading string
		languages     []string // of the second and third column
	}{{"../docs/flow.md", "\n### Types\n", []string{"en", "zh"}}, {"../docs/flow.zh-CN.md", "\n### 类型\n", []string{"zh", "en"}}} {
		text, err := os.ReadFile(p.file)
		if err != nil {
			t.Fatal(err)
		}
		_, table, _ := strings.Cut(string(text), p.heading)
		checked := 0
		for row := range strings.SplitSeq(table, "\n") {
			if strings.HasPrefix(row, "#") {
				break
			}
			cells := strings.Split(row, " | ")
			typ := strings.Trim(cells[0], "| `")
			if len(cells) < 5 || !strings.HasPrefix(row, "| `") || slices.Contains([]string{"text", "choice", "consent", "recording"}, typ) {
				continue
			}
			for i, language := range p.languages {
				for _, said := range saidInTable(cells[i+1], language) {
					checked++
					f := parse(t, "flow: f\nlanguage: "+language+"\nopt_out: true\nslots: {v: {type: "+typ+"}}\nnodes:\n  a: {say: \"?\", ask: {slot: v, goto: b, no_input: [{end: x}], no_match: [{end: x}]}}\n  b: {end: done}\non_hangup: {outcome: h}\n")
					if s, log := talk(t, f, dialog.StartOptions{CallID: "c", Zone: time.UTC}, said); s.Slots()["v"] == nil {
						t.Errorf("%s: %s of type %s is not understood: %s\n%s", p.file, said, typ, language, log)
					}
				}
			}
		}
		if checked < 40 {
			t.Errorf("%s: only %d phrases in the table of types", p.file, checked)
		}
	}
}

// TestDocsNameEveryKey compares the pages with the schema, which is held
// against the loader: every key and every fixed word is on both.
func TestDocsNameEveryKey(t *testing.T) {
	flow, err := schema.Flow()
	if err != nil {
		t.Fatal(err)
	}
	tests, err := schema.Tests()
	if err != nil {
		t.Fatal(err)
	}
	for page, src := range map[string][]byte{"flow.md": flow, "flow.zh-CN.md": flow, "flow-test.md": tests, "flow-test.zh-CN.md": tests} {
		var s any
		if err := json.Unmarshal(src, &s); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile("../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		words := map[string]bool{}
		schemaWords(s, words)
		if len(words) < 40 {
			t.Fatalf("the schema for %s has only %d words", page, len(words))
		}
		for w := range words {
			if !regexp.MustCompile(`(^|[^A-Za-z_])` + regexp.QuoteMeta(w) + `([^A-Za-z_]|$)`).Match(text) {
				t.Errorf("docs/%s does not mention %q", page, w)
			}
		}
	}
}

// schemaWords collects the names of properties and what they may be.
func schemaWords(s any, into map[string]bool) {
	switch s := s.(type) {
	case map[string]any:
		if all, ok := s["properties"].(map[string]any); ok {
			for name := range all {
				into[name] = true
			}
		}
		if all, ok := s["enum"].([]any); ok {
			for _, v := range all {
				if word, ok := v.(string); ok {
					into[word] = true
				}
			}
		}
		for _, v := range s {
			schemaWords(v, into)
		}
	case []any:
		for _, v := range s {
			schemaWords(v, into)
		}
	}
}
