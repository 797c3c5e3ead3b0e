package tagger

import (
	"unicode"
)

// token is a word, a Han character or a sign, with its place in the text in
// characters.
type token struct {
	start, end int
	letters    []rune // lower case, narrow
	id         uint64 // hash of letters
	kind       kind
	masked     bool // in training: a word made unknown
}

type kind uint8

const (
	kindSign kind = iota
	kindWord
	kindDigits
	kindMixed // letters and digits
	kindHan
)

// narrow gives the ordinary form of a full-width character.
func narrow(r rune) rune {
	if r >= 0xFF01 && r <= 0xFF5E {
		return r - 0xFEE0
	}
	return r
}

func isWordRune(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) && !unicode.Is(unicode.Han, r)
}

// joins tells whether a sign between two word characters belongs to the word:
// 7:30, 3.5, jean-michel, r&b.
func joins(r, before, after rune) bool {
	switch r {
	case ':', '.', ',', '/':
		return unicode.IsDigit(before) && unicode.IsDigit(after)
	case '-', '&', '_':
		return isWordRune(before) && isWordRune(after)
	}
	return false
}

// tokenize cuts text into tokens. Han characters stand alone, an apostrophe
// begins a token of its own ("john", "'s"), blanks only part.
func tokenize(text string) []token {
	runes := []rune(text)
	lower := make([]rune, len(runes))
	for i, r := range runes {
		lower[i] = unicode.ToLower(narrow(r))
	}
	out := make([]token, 0, len(runes)/3+1)
	for i := 0; i < len(lower); {
		r := lower[i]
		if unicode.IsSpace(r) {
			i++
			continue
		}
		j := i + 1
		switch {
		case isWordRune(r) || (r == '\'' || r == '’') && j < len(lower) && isWordRune(lower[j]):
			for j < len(lower) && (isWordRune(lower[j]) || j+1 < len(lower) && joins(lower[j], lower[j-1], lower[j+1])) {
				j++
			}
		}
		t := token{start: i, end: j, letters: lower[i:j]}
		t.kind, t.id = kindOf(t.letters), hashRunes(t.letters)
		out = append(out, t)
		i = j
	}
	return out
}

func kindOf(letters []rune) kind {
	word, digit := false, false
	for _, r := range letters {
		switch {
		case unicode.IsDigit(r):
			digit = true
		case unicode.Is(unicode.Han, r):
			return kindHan
		case unicode.IsLetter(r):
			word = true
		}
	}
	switch {
	case word && digit:
		return kindMixed
	case word:
		return kindWord
	case digit:
		return kindDigits
	}
	return kindSign
}

// mix folds v into h. It is not cryptographic: a hostile text can at worst
// make two features share a weight.
func mix(h, v uint64) uint64 {
	h = (h ^ v) * 0x9E3779B97F4A7C15
	return h ^ h>>29
}

func hashRunes(letters []rune) uint64 {
	h := uint64(0x51ED270B)
	for _, r := range letters {
		h = mix(h, uint64(r))
	}
	return finish(h)
}

// hashBits is the length of a feature's hash: 2^40 leaves a clash between a
// million features unlikely, and files small.
const hashBits = 40

func finish(h uint64) uint64 {
	h *= 0xD6E8FEB86659FD93
	return (h ^ h>>32) & (1<<hashBits - 1)
}
