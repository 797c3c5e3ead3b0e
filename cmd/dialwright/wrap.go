package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// wrap breaks a text into lines of at most width cells: at blanks, and where
// there are none, as in Chinese, between characters.
func wrap(text string, width int) []string {
	cond := measure()
	var lines []string
	line, used := strings.Builder{}, 0
	flush := func() {
		lines = append(lines, strings.TrimRight(line.String(), " "))
		line.Reset()
		used = 0
	}
	for _, word := range strings.SplitAfter(text, " ") {
		w := cond.StringWidth(strings.TrimRight(word, " "))
		if used > 0 && used+w > width {
			flush()
		}
		for _, r := range word {
			rw := cond.RuneWidth(r)
			if used+rw > width && r != ' ' {
				flush()
			}
			line.WriteRune(r)
			used += rw
		}
	}
	flush()
	return lines
}
