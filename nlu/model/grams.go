package model

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// maxRunes of a sentence are looked at: longer ones are speeches, and the
// time of a parse must stay bounded.
const maxRunes = 1500

// word is a run of letters and digits, a single Han character or a mark.
type word struct {
	text string
	kind byte // wordLetters, wordHan or wordMark
}

const (
	wordLetters = 'l'
	wordHan     = 'h'
	wordMark    = 'm'
)

// The blocks of n-grams, each of which is brought to length 1 on its own, so
// that many letters do not drown few words.
const (
	blockWords = iota
	blockLetters
	blockConcepts
	blocks
)

// splitWords brings a text into lower case and narrow forms and cuts it.
func splitWords(text string) []word {
	var out []word
	var run []rune
	flush := func() {
		if len(run) > 0 {
			out = append(out, word{string(run), wordLetters})
			run = run[:0]
		}
	}
	n := 0
	for _, r := range width.Narrow.String(clip(text)) {
		if n++; n > maxRunes {
			break
		}
		r = unicode.ToLower(r)
		switch {
		case unicode.Is(unicode.Han, r) || r == '〇':
			flush()
			out = append(out, word{string(r), wordHan})
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			run = append(run, r)
		case r == '\'' || r == '’' || r == '`': // don't and dont are one word
		default:
			flush()
			if r > ' ' && !unicode.IsSpace(r) && r != utf8.RuneError {
				out = append(out, word{string(r), wordMark})
			}
		}
	}
	flush()
	return out
}

// clip cuts a text off before it is normalised at all.
func clip(text string) string {
	if len(text) <= 4*maxRunes {
		return text
	}
	end := 4 * maxRunes
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// gramWriter calls emit for each n-gram of a text. The bytes it hands over are
// only valid during the call; their first byte says what kind of n-gram it is.
type gramWriter struct {
	buf  []byte
	emit func(block int, gram []byte)
}

func (g *gramWriter) put(block int, kind byte, parts ...string) {
	g.buf = append(g.buf[:0], kind)
	for i, p := range parts {
		if i > 0 {
			g.buf = append(g.buf, ' ')
		}
		g.buf = append(g.buf, p...)
	}
	g.emit(block, g.buf)
}

// The kinds of n-grams.
const (
	gramWord    = 'w'
	gramPair    = 'b'
	gramSkip    = 's' // two words with one between them
	gramTriple  = 't'
	gramFour    = 'q'
	gramLetters = 'c'

	gramConcept       = 'k'
	gramConceptPair   = 'K' // in any order
	gramConceptTriple = 'L'
)

// edge stands before the first and after the last word.
const edge = "\x01"

func (g *gramWriter) write(words []word) {
	at := func(i int) string {
		if i < 0 || i >= len(words) {
			return edge
		}
		return words[i].text
	}
	n := len(words)
	for i := range words {
		g.put(blockWords, gramWord, at(i))
		if i+2 < n {
			g.put(blockWords, gramSkip, at(i), at(i+2))
		}
	}
	for i := -1; i < n && n > 0; i++ {
		g.put(blockWords, gramPair, at(i), at(i+1))
	}
	for i := -1; i < n && n > 1; i++ {
		if i >= 0 && words[i].kind != wordHan || i < 0 && words[0].kind != wordHan {
			continue
		}
		if i+2 <= n {
			g.put(blockWords, gramTriple, at(i), at(i+1), at(i+2))
		}
		if i+3 <= n {
			g.put(blockWords, gramFour, at(i), at(i+1), at(i+2), at(i+3))
		}
	}
	g.letters(words)
	g.concepts(words)
}

// letters writes the n-grams of letters: over the whole run of words that are
// not Han, blanks included, so that they see some of the order of words.
func (g *gramWriter) letters(words []word) {
	var run []byte
	flush := func() {
		if len(run) > 0 {
			g.spell(append(run, ' '))
		}
		run = run[:0]
	}
	for _, w := range words {
		if w.kind == wordHan {
			flush()
			continue
		}
		run = append(run, ' ')
		run = append(run, w.text...)
	}
	flush()
}

func (g *gramWriter) spell(run []byte) {
	starts := make([]int, 0, len(run)+1)
	for i := range run {
		if utf8.RuneStart(run[i]) {
			starts = append(starts, i)
		}
	}
	starts = append(starts, len(run))
	for i := range starts {
		for n := 2; n <= 5 && i+n < len(starts); n++ {
			g.buf = append(g.buf[:0], gramLetters)
			g.buf = append(g.buf, run[starts[i]:starts[i+n]]...)
			g.emit(blockLetters, g.buf)
		}
	}
}

// hashGram is FNV-1a with a last mixing, the same on every machine.
func hashGram(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}
