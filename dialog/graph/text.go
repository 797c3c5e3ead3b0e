package graph

import (
	"strconv"
	"strings"
	"unicode"
)

func itoa(n int) string { return strconv.Itoa(n) }

// textWidth is roughly how wide a text is, in parts of the font's size.
func textWidth(s string) float64 {
	w := 0.0
	for _, r := range s {
		w += runeWidth(r)
	}
	return w
}

func runeWidth(r rune) float64 {
	switch {
	case r > 0x2E00 && (unicode.Is(unicode.Han, r) || r < 0xFFE7):
		return 1
	case strings.ContainsRune("iljtfr.,:;'|!()[] ", r):
		return 0.34
	case strings.ContainsRune("mwMW@%", r):
		return 0.86
	case unicode.IsUpper(r):
		return 0.66
	}
	return 0.56
}

// fit cuts a text to a width in parts of the font's size.
func fit(s string, width float64) string {
	if textWidth(s) <= width {
		return s
	}
	w := 1.0 // of the dots
	for i, r := range s {
		if w += runeWidth(r); w > width {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// wrap breaks a text into lines of a width, at most so many; the last one is
// cut.
func wrap(s string, width float64, lines int) []string {
	s = strings.Join(strings.Fields(s), " ")
	var out []string
	for s != "" && len(out) < lines-1 {
		if textWidth(s) <= width {
			break
		}
		at, space, w := len(s), -1, 0.0
		for i, r := range s {
			if r == ' ' {
				space = i
			} else if unicode.Is(unicode.Han, r) {
				space = i
			}
			if w += runeWidth(r); w > width {
				at = i
				break
			}
		}
		if space > 0 {
			at = space
		}
		out = append(out, strings.TrimSpace(s[:at]))
		s = strings.TrimSpace(s[at:])
	}
	if s != "" {
		out = append(out, fit(s, width))
	}
	return out
}
