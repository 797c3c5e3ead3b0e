package asr

import (
	"strings"
	"unicode"
)

// WER compares a hypothesis with its reference: the number of word errors (substitutions,
// insertions and deletions of the best alignment) and the number of words in the reference. The
// word error rate is their quotient, summed over all sentences before dividing. Case and
// punctuation do not count; each Han character counts as a word, so that for Chinese it is the
// character error rate.
func WER(ref, hyp string) (errors, words int) {
	a, b := Normalize(ref), Normalize(hyp)
	prev, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i, x := range a {
		row[0] = i + 1
		for j, y := range b {
			cost := 1
			if x == y {
				cost = 0
			}
			row[j+1] = min(prev[j]+cost, prev[j+1]+1, row[j]+1)
		}
		prev, row = row, prev
	}
	return prev[len(b)], len(a)
}

// Normalize splits text into the words that WER compares: lower case, without punctuation, but with
// apostrophes inside words.
func Normalize(text string) []string {
	var words []string
	var word strings.Builder
	flush := func() {
		if w := strings.Trim(word.String(), "'"); w != "" {
			words = append(words, w)
		}
		word.Reset()
	}
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			flush()
			words = append(words, string(r))
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
			word.WriteRune(unicode.ToLower(r))
		case r == '\'', r == '\u2019':
			word.WriteByte('\'')
		default:
			flush()
		}
	}
	flush()
	return words
}
