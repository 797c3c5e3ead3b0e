package model

import (
	_ "embed" // the examples
	"strings"
	"unicode"
)

// other is the intent of what means none of a flow's intents. It is learnt
// beside them and never told: a model that knows two meanings only takes
// everything for one of them.
const other = "\x00other"

// The fewest and the share of examples that other has.
const (
	fewestOther = 24
	shareOther  = 4 // one for so many of the flow's own
)

// What people say that no flow listens for, and bare values: sentences about
// anything but the business of a telephone call, one a line.
var (
	//go:embed other.en.txt
	otherEnglish string
	//go:embed other.zh.txt
	otherChinese string
)

// others are examples of other in the languages of a flow's own examples.
func others(examples []Example) []Example {
	han, latin := false, false
	for _, e := range examples {
		if strings.ContainsFunc(e.Text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			han = true
		} else {
			latin = true
		}
	}
	var out []Example
	add := func(lines string) {
		all := strings.Split(strings.TrimSpace(lines), "\n")
		for _, text := range all[:min(len(all), max(fewestOther, len(examples)/shareOther))] {
			out = append(out, Example{Text: text, Intent: other})
		}
	}
	if latin {
		add(otherEnglish)
	}
	if han {
		add(otherChinese)
	}
	return out
}
