package dialog_test

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/dialog"
)

// what an example leaves out is taken from here.
var docBase = []struct{ key, text string }{
	{"flow", "flow: example\n"},
	{"intents", "intents: {\"yes\": [yes], \"no\": [no]}\n"},
	{"defaults", "defaults: {no_input: [{end: no_input}], no_match: [{end: no_match}]}\n"},
	{"on_hangup", "on_hangup: {outcome: hung_up}\n"},
}

var (
	fence  = regexp.MustCompile("(?ms)^```([a-z ]+)\n(.*?)^```$")
	topKey = regexp.MustCompile(`(?m)^([a-z_]+):`)
)

// complete makes a flow of a fragment: sections that are missing, the intents
// yes and no, and a node goodbye.
func complete(example string) string {
	has := map[string]bool{}
	for _, m := range topKey.FindAllStringSubmatch(example, -1) {
		has[m[1]] = true
	}
	if !has["flow"] {
		if has["intents"] {
			example = strings.Replace(example, "intents:\n", "intents:\n  \"yes\": [yes]\n  \"no\": [no]\n", 1)
		}
		if strings.Contains(example, "goodbye") {
			example = strings.Replace(example, "nodes:\n", "start: greet\nnodes:\n  goodbye: {end: done}\n", 1)
		}
	}
	var head strings.Builder
	for _, s := range docBase {
		if !has[s.key] {
			head.WriteString(s.text)
		}
	}
	return head.String() + example
}

// TestDocs loads every example of the language reference, in both languages,
// and compares the mistakes it shows with what the loader says.
func TestDocs(t *testing.T) {
	for _, file := range []string{"../docs/flow.md", "../docs/flow.zh-CN.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		blocks := fence.FindAllStringSubmatch(string(text), -1)
		checked := 0
		for i, b := range blocks {
			switch b[1] {
			case "yaml":
				checked++
				src := complete(b[2])
				if f, err := dialog.Parse("flow.yaml", []byte(src)); err != nil {
					t.Errorf("%s, example %d:\n%v\n%s", file, i+1, err, src)
				} else {
					for _, w := range f.Warnings {
						if !strings.Contains(w.Message, "never listened for") && !strings.Contains(w.Message, "not to be called again") {
							t.Errorf("%s, example %d: %v", file, i+1, w)
						}
					}
				}
			case "yaml bad":
				checked++
				_, err := dialog.Parse("flow.yaml", []byte(b[2]))
				var problems dialog.Problems
				if !errors.As(err, &problems) || i+1 >= len(blocks) || blocks[i+1][1] != "text" || strings.TrimSpace(blocks[i+1][2]) != err.Error() {
					t.Errorf("%s, example %d says\n%v", file, i+1, err)
				}
			case "text":
			default:
				t.Errorf("%s: a block of kind %q is not checked", file, b[1])
			}
		}
		if checked < 8 {
			t.Errorf("%s: only %d examples", file, checked)
		}
	}
}
