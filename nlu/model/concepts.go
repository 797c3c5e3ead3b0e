package model

import (
	"strings"
	"sync"
)

// concepts gives words of nearly the same meaning one name: what a few
// examples say with one word, customers say with another. It is read once.
var concepts = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, lexicon := range []string{lexiconEnglish, lexiconChinese} {
		for line := range strings.SplitSeq(lexicon, "\n") {
			group := strings.Fields(line)
			for _, w := range group {
				w = strings.NewReplacer("'", "", "-", "").Replace(w)
				if _, ok := m[w]; !ok {
					m[w] = group[0]
				}
			}
		}
	}
	return m
})

// stopWords say little about what somebody wants; between the others, they
// are passed over.
var stopWords = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`i am is are was were be been being the a an to you me my we us our your it its that this
		these those there here at of and or but if so as for on in into onto from by with about just really very actually then
		than too also some any please hi hello hey thank thanks dear im ive id ill would will shall should could can may might do
		does did has have had having what which who whom he she they them his her their up out get got getting need want know how s t
		我 你 您 的 是 了 吗 就 那 这 个 请 谢 们 一 下 啊 呀 呢 吧 嘛 哦 噢 喔 嗯 呃 额 哎 唉`) {
		m[w] = true
	}
	return m
})

// conceptOf a word: its group, or else its stem, or the stem's group.
func conceptOf(known map[string]string, w string) string {
	if c, ok := known[w]; ok {
		return c
	}
	s := stem(w)
	if c, ok := known[s]; ok {
		return c
	}
	return s
}

// suffixes are cut from words of which at least some letters are left over.
var suffixes = [...]struct {
	end, instead string
	left         int
}{{"ies", "y", 2}, {"sses", "ss", 2}, {"ing", "", 3}, {"edly", "", 3}, {"ed", "", 3}, {"es", "e", 3}, {"ly", "", 3}, {"s", "", 3}}

// stem cuts the commonest English endings off.
func stem(w string) string {
	for _, x := range suffixes {
		base, ok := strings.CutSuffix(w, x.end)
		if !ok || len(base) < x.left {
			continue
		}
		if strings.HasSuffix(w, "ss") {
			return w
		}
		s := base + x.instead
		if n := len(s); (x.end == "ing" || x.end == "ed") && s[n-1] == s[n-2] && s[n-1] != 'l' && s[n-1] != 's' {
			s = s[:n-1] // stopped, stop
		}
		return strings.TrimSuffix(s, "e")
	}
	return strings.TrimSuffix(w, "e")
}

// conceptWords are the concepts of a sentence in their order, without those
// of words that say little.
func conceptWords(words []word) []string {
	known, stop := concepts(), stopWords()
	var out []string
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w.kind == wordHan {
			n, c := hanConcept(known, words[i:])
			if n > 0 {
				out = append(out, c)
				i += n - 1
			}
			continue
		}
		if w.kind != wordLetters {
			continue
		}
		if i+1 < len(words) {
			if c, ok := known[w.text+"_"+words[i+1].text]; ok {
				out = append(out, c)
				i++
				continue
			}
		}
		if !stop[w.text] {
			out = append(out, conceptOf(known, w.text))
		}
	}
	return out
}

// hanConcept finds the longest word of the lexicon that Han characters begin
// with: how many characters it has, and its concept.
func hanConcept(known map[string]string, words []word) (int, string) {
	text := ""
	n, concept := 0, ""
	for i := 0; i < len(words) && i < 4 && words[i].kind == wordHan; i++ {
		text += words[i].text
		if c, ok := known[text]; ok {
			n, concept = i+1, c
		}
	}
	return n, concept
}

const (
	maxConcepts  = 24 // of a sentence are paired; the pairs of more would be too many
	conceptReach = 8  // concepts among which triples are formed
)

// concepts writes the concepts of a sentence, and their pairs and triples in
// whatever order they come: customers change the order of what they say more
// than what they say.
func (g *gramWriter) concepts(words []word) {
	list := conceptWords(words)
	for i, c := range list {
		g.put(blockConcepts, gramConcept, c)
		for j := i + 1; j < min(len(list), maxConcepts); j++ {
			g.put(blockConcepts, gramConceptPair, min(c, list[j]), max(c, list[j]))
			for k := j + 1; k < min(len(list), maxConcepts, i+conceptReach); k++ {
				x, y, z := c, list[j], list[k]
				g.put(blockConcepts, gramConceptTriple, min(x, y, z), max(min(x, y), min(max(x, y), z)), max(x, y, z))
			}
		}
	}
}
