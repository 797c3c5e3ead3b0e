package nlu

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// contractions are written out, so that "don't" and "do not" are the same
// words and a negation is always a word of its own.
var contractions = map[string]string{
	"can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "ain't": "is not",
	"i'm": "i am", "let's": "let us", "gonna": "going to", "wanna": "want to", "gotta": "got to",
	"dont": "do not", "cant": "can not", "wont": "will not", "im": "i am", "didnt": "did not", "isnt": "is not",
	"o'clock": "oclock", "a.m": "am", "p.m": "pm", "ok": "okay", "yep": "yes", "yeah": "yes", "yup": "yes", "nope": "no", "nah": "no",
}

// fillers carry no meaning and are dropped; unk is what recognisers write for
// what they do not know.
var fillers = map[string]bool{"unk": true, "uh": true, "um": true, "er": true, "erm": true, "hmm": true, "mm": true, "hm": true, "ah": true, "eh": true, "huh": true}

const zhFillers = "啊呀呢吧嘛哦噢喔嗯呃额哎唉诶呐啦咯哈"

// Tokens splits a transcript into normalised words: lower case, narrow forms,
// no punctuation, contractions written out, hesitations dropped. Every Han
// character is a token of its own.
func Tokens(text string) []string {
	var out []string
	for _, w := range rawWords(text) {
		if fillers[w] {
			continue
		}
		if full, ok := contractions[w]; ok {
			out = append(out, strings.Fields(full)...)
			continue
		}
		if base, ok := strings.CutSuffix(w, "n't"); ok && base != "" {
			out = append(out, base, "not")
			continue
		}
		out = append(out, splitApostrophe(w)...)
	}
	return out
}

func splitApostrophe(w string) []string {
	i := strings.IndexByte(w, '\'')
	if i < 0 {
		return []string{w}
	}
	base, tail := w[:i], strings.ReplaceAll(w[i+1:], "'", "")
	switch tail {
	case "s":
		tail = "is"
	case "re":
		tail = "are"
	case "ll":
		tail = "will"
	case "d":
		tail = "would"
	case "ve":
		tail = "have"
	}
	var out []string
	for _, p := range []string{base, tail} {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

// rawWords cuts text into lower-case words and single Han characters. Digits,
// and the points and colons between them, stay together.
func rawWords(text string) []string {
	var out []string
	var word []rune
	flush := func() {
		if w := strings.Trim(string(word), "'.:"); w != "" {
			out = append(out, w)
		}
		word = word[:0]
	}
	for _, r := range width.Narrow.String(text) {
		r = unicode.ToLower(r)
		switch {
		case r == '’' || r == '‘' || r == '`':
			word = append(word, '\'')
		case unicode.Is(unicode.Han, r) || r == '〇':
			flush()
			if !strings.ContainsRune(zhFillers, r) {
				out = append(out, string(r))
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' || r == '.' || r == ':':
			word = append(word, r)
		case r == ',' && len(word) > 0 && unicode.IsDigit(word[len(word)-1]):
			// A thousands separator joins; a list of digits is not spoken with commas.
		default:
			flush()
		}
	}
	flush()
	return out
}

// light words say little about what somebody means.
var light = wordSet("i am is are was be the a an to you me my we us it that this please at of and or can could do does did would will " +
	"have has had for on in so just well then now your okay thank thanks hello hi there sir madam with as if but actually really very " +
	"我 你 您 的 是 了 吗 就 那 这 个 请 谢 们 一 下")

// negators turn a meaning round.
var negators = wordSet("not never without hardly 不 没 别 勿 甭")

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

func weight(token string) float64 {
	if light[token] {
		return 0.3
	}
	return 1
}

// sameWord tells whether heard may be the recogniser's spelling of want: one
// wrong letter in words of five letters or more, two from nine on, but never
// the first: correct is not incorrect.
func sameWord(heard, want string) bool {
	if heard == want {
		return true
	}
	if len(want) < 5 || negators[want] || want[0] > 127 || heard == "" || heard[0] != want[0] {
		return false
	}
	allowed := 1
	if len(want) >= 9 {
		allowed = 2
	}
	return EditDistance(heard, want, allowed) <= allowed
}

// EditDistance is Levenshtein's distance in bytes, two letters exchanged
// counting as one mistake, or limit+1 once it is known to be more than limit.
func EditDistance(a, b string, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	rows := make([]int, 3*(len(b)+1))
	before, prev, cur := rows[:len(b)+1], rows[len(b)+1:2*(len(b)+1)], rows[2*(len(b)+1):]
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		best := cur[0]
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
			best = min(best, cur[j])
		}
		if best > limit+1 { // an exchange may still win one back
			return limit + 1
		}
		before, prev, cur = prev, cur, before
	}
	return min(prev[len(b)], limit+1)
}

// Meaning counts the words of a text that say something, and tells whether
// one of them turns a meaning round.
func Meaning(text string) (words int, negated bool) {
	for _, t := range Tokens(text) {
		if !light[t] {
			words++
		}
		negated = negated || negators[t]
	}
	return words, negated
}

// Words counts the words of a transcript that mean something: hesitations and
// back-channel noises are not among them.
func Words(text string) int { return len(Tokens(text)) }
