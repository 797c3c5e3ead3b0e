package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dialwright/dialwright/dialog"
)

const (
	englishKey = `(?:[0-9*#]|zero|one|two|three|four|five|six|seven|eight|nine|star|asterisk|hash|pound)`
	chineseKey = `(?:[0-9*#零〇一二三四五六七八九]|星号|井号|星|井)`
)

var (
	englishPress = regexp.MustCompile(`(?i)\b(?:press|dial|hit)\s+(?:the\s+)?(?:key\s+|number\s+)?(` + englishKey + `(?:\s*(?:,\s*or|,|or|and|/)\s*` + englishKey + `\b)*)([^\s]|\s+of\b|)`)
	chinesePress = regexp.MustCompile(`按下?(?:数字)?键?(` + chineseKey + `(?:[、或和/]` + chineseKey + `)*)(.?)`)
	englishOne   = regexp.MustCompile(`(?i)` + englishKey)
	chineseOne   = regexp.MustCompile(chineseKey)
)

var keyNames = map[string]string{"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
	"nine": "9", "star": "*", "asterisk": "*", "hash": "#", "pound": "#",
	"零": "0", "〇": "0", "一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9", "星号": "*", "星": "*", "井号": "#", "井": "#"}

// announced are the keys a text tells people to press, each once.
func announced(text string) []string {
	var out []string
	add := func(names []string) {
		for _, n := range names {
			k := keyNames[strings.ToLower(n)]
			if k == "" {
				k = n
			}
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	for _, m := range englishPress.FindAllStringSubmatch(text, -1) {
		// "press one of the keys", "press 12": no key of its own.
		if after := m[2]; strings.HasSuffix(after, "of") || after != "" && strings.ContainsAny(after, "0123456789abcdefghijklmnopqrstuvwxyz") {
			continue
		}
		add(englishOne.FindAllString(m[1], -1))
	}
	for _, m := range chinesePress.FindAllStringSubmatch(text, -1) {
		if strings.ContainsAny(m[2], "0123456789十百千零一二三四五六七八九下定次般个些边") {
			continue // 按一下, 按一定, 按二十
		}
		add(chineseOne.FindAllString(m[1], -1))
	}
	return out
}

// keys compares what prompts announce with what their nodes take.
func (c *checker) keys() {
	for _, n := range c.nodes {
		if !n.Listens {
			continue
		}
		taken := map[string]bool{}
		for _, k := range n.info.Keys {
			taken[k.Keys[:1]] = true
		}
		if n.info.Yes {
			taken["1"], taken["2"] = true, true
		}
		if n.info.MaxKeys > 0 { // a value is keyed in
			for _, k := range "0123456789*#" {
				taken[string(k)] = true
			}
		}
		said := map[string]bool{}
		c.announcedAt(n, func(p dialog.PromptInfo, k string, inherited bool) {
			if !inherited {
				said[k] = true
			}
			if !taken[k] {
				c.warnPrompt(p, "digits: {\""+k+"\": NODE}", "%s of node %s announces the key %s, which is not taken there", p.Part, n.Name, k)
			}
		})
		for _, k := range n.info.Keys {
			if len(said) > 0 && !k.Global && !said[k.Keys[:1]] {
				c.warn(n.File, n.Line, n.Column, "say so, or take the key away", "node %s takes the key %s, and its prompts announce others only", n.Name, k.Keys)
			}
		}
	}
}

func (c *checker) announcedAt(n node, visit func(p dialog.PromptInfo, key string, inherited bool)) {
	look := func(p dialog.PromptInfo, inherited bool) {
		for _, v := range p.Variants {
			for _, k := range announced(v) {
				visit(p, k, inherited)
			}
		}
	}
	for _, p := range n.info.Prompts {
		if p.Part != "filler" {
			look(p, false)
		}
	}
	for _, l := range []dialog.LadderInfo{n.info.NoInput, n.info.NoMatch} {
		for _, r := range l.Rungs {
			if r.Say != nil && (!l.Inherited || c.options.Strict) {
				look(*r.Say, l.Inherited)
			}
		}
	}
}
