package lint

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu"
)

// How fast people and synthesisers talk: some fifteen letters or four Han
// characters a second, and a breath after a sentence.
const (
	perLetter   = 65 * time.Millisecond
	perHan      = 240 * time.Millisecond
	perSentence = 250 * time.Millisecond

	// longest that people listen to a machine.
	longest = 25 * time.Second

	shortestCompared = 20  // letters; a Han character counts as three
	mostCompared     = 600 // prompts
)

var (
	place  = regexp.MustCompile(`\{\{[^{}]*\}\}`)
	markup = regexp.MustCompile(`<[^<>]*>`)
)

// spoken is how long a text takes to say. What is filled in counts as two
// words.
func spoken(text string, rate float64) time.Duration {
	total := time.Duration(0)
	for _, r := range markup.ReplaceAllString(place.ReplaceAllString(text, "twelve words"), "") {
		switch {
		case strings.ContainsRune(".?!。？！", r):
			total += perSentence
		case unicode.Is(unicode.Han, r):
			total += perHan
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == ' ':
			total += perLetter
		}
	}
	if rate > 0 {
		total = time.Duration(float64(total) / rate)
	}
	return total
}

// lengths warns of prompts that are too long to listen to.
func (c *checker) lengths() {
	told := map[int]bool{}
	warn := func(where string, p dialog.PromptInfo) {
		for _, v := range p.Variants {
			if d := spoken(v, p.Rate); d > longest && !told[p.ID] {
				told[p.ID] = true
				c.warnPrompt(p, "people stop listening; make two of it, or ask in between", "%s%s takes about %.0f s to say", p.Part, where, d.Seconds())
			}
		}
	}
	c.prompts(func(n node, p dialog.PromptInfo) { warn(" of node "+n.Name, p) })
	for _, p := range c.flow.EventPrompts() {
		warn("", p)
	}
}

// nearlySame warns of prompts that differ in a few letters only: one of them
// was mended and the other forgotten.
func (c *checker) nearlySame() {
	type said struct {
		node   string
		prompt dialog.PromptInfo
		text   string
	}
	var all []said
	c.prompts(func(n node, p dialog.PromptInfo) {
		for _, v := range p.Variants {
			if text := strings.Join(nlu.Tokens(v), " "); weight(v) >= shortestCompared && len(all) < mostCompared {
				all = append(all, said{n.Name, p, text})
			}
		}
	})
	for i, b := range all {
		for _, a := range all[:i] {
			if a.prompt.ID == b.prompt.ID || a.text == b.text {
				continue
			}
			most := min(utf8.RuneCountInString(a.text), utf8.RuneCountInString(b.text)) / 12
			if nlu.EditDistance(a.text, b.text, most) <= most {
				c.warnPrompt(b.prompt, "give it a name under prompts and say it by that", "what node %s says is nearly what node %s says", b.node, a.node)
				break
			}
		}
	}
}

// weight is how much a text says, in letters.
func weight(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			n += 3
		case unicode.IsLetter(r):
			n++
		}
	}
	return n
}
