package graph

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever a text holds, its quotes do not end before they should, and
// cutting keeps it whole and narrow.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{"", "Hello", `"]; end`, "a\\", "\\\"", "<br/>|", "#quot;", "您好，请按一。", "\x00\u2028\xff", "{{x}}", "line\nbreak"} {
		f.Add(s)
	}
	quoted := regexp.MustCompile(`^"(?:[^"\\]|\\.)*"$`)
	f.Fuzz(func(t *testing.T, s string) {
		if d := dotText(s); !quoted.MatchString(d) || strings.ContainsAny(d, "\n\r\x00") {
			t.Errorf("DOT: %q", d)
		}
		if m := mermaidText(s); strings.ContainsAny(m, "\"[](){}<>|`\n\r&\\") {
			t.Errorf("Mermaid: %q", m)
		}
		for _, line := range wrap(s, 12, 2) {
			if w := textWidth(line); w > 13.1 && utf8.RuneCountInString(line) > 2 {
				t.Errorf("%q is %.1f wide", line, w)
			}
			if utf8.ValidString(s) && !utf8.ValidString(line) {
				t.Errorf("%q is cut within a character", line)
			}
		}
	})
}
