package sentiment

import (
	"strings"
	"unicode"
)

// maxTokens of a text are looked at.
const maxTokens = 2000

// token is a word or a Han character, lower case and narrow, with its place in
// characters.
type token struct {
	text       string
	start, end int
}

// tokenize cuts a text. "don't" becomes "do" and "not", other apostrophes are
// dropped; signs part words and vanish.
func tokenize(text string) []token {
	var out []token
	var letters []rune
	from, at := 0, 0
	flush := func() {
		if len(letters) > 0 {
			out = appendWord(out, strings.Trim(string(letters), "'"), from, at)
		}
		letters = letters[:0]
	}
	for _, r := range text {
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFEE0
		}
		r = unicode.ToLower(r)
		switch {
		case unicode.Is(unicode.Han, r):
			flush()
			out = append(out, token{string(r), at, at + 1})
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' || r == '’':
			if r == '’' {
				r = '\''
			}
			if len(letters) == 0 {
				from = at
			}
			letters = append(letters, r)
		default:
			flush()
		}
		at++
	}
	flush()
	return out
}

// notForms are negations that swallowed an apostrophe or changed the verb.
func notForms(w string) (base string, ok bool) {
	switch w {
	case "cannot", "cant", "can't":
		return "can", true
	case "wont", "won't":
		return "will", true
	case "dont", "doesnt", "didnt", "isnt", "wasnt", "wouldnt", "couldnt", "arent", "havent", "hasnt", "shouldnt":
		return strings.TrimSuffix(w, "nt"), true
	case "ain't", "aint":
		return "is", true
	}
	base, ok = strings.CutSuffix(w, "n't")
	return base, ok && base != ""
}

func appendWord(out []token, w string, from, to int) []token {
	if w == "" {
		return out
	}
	if base, ok := notForms(w); ok {
		return append(out, token{base, from, to}, token{"not", from, to})
	}
	base, _, _ := strings.Cut(w, "'")
	return append(out, token{base, from, to})
}

// join is the key of a phrase in the lexicon.
func join(tokens []token) string {
	if len(tokens) == 1 {
		return tokens[0].text
	}
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
}
