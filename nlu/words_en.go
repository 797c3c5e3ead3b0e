package nlu

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// enWord is one word, number or sign of an English transcript.
type enWord struct {
	s          string // lower case, narrow, without apostrophes; of a number its digits and decimal point
	start, end int    // in characters of the transcript, end exclusive
	num        bool   // written in digits
	// sep is what stands between the word before and this one: 0 when they
	// touch (3pm), the character when there is just one (6/5, twenty-five),
	// a blank otherwise.
	sep rune
}

type enWords []enWord

// maxWords of an utterance are read; a value that comes later was not an answer.
const maxWords = 400

// at is the word at i, empty outside.
func (w enWords) at(i int) string {
	if i < 0 || i >= len(w) {
		return ""
	}
	return w[i].s
}

func (w enWords) isNum(i int) bool { return i >= 0 && i < len(w) && w[i].num }

// glued tells whether the word at i touches the one before.
func (w enWords) glued(i int) bool { return i > 0 && i < len(w) && w[i].sep == 0 }

// sep is what stands before the word at i.
func (w enWords) sep(i int) rune {
	if i <= 0 || i >= len(w) {
		return ' '
	}
	return w[i].sep
}

// isOne tells whether the word at i is one of a few.
func (w enWords) isOne(i int, of ...string) bool {
	s := w.at(i)
	if s == "" {
		return false
	}
	for _, o := range of {
		if s == o {
			return true
		}
	}
	return false
}

// has tells whether the words of a phrase stand at i, and how many they are.
func (w enWords) has(i int, phrase string) int {
	for n := 0; ; n++ {
		s := w.at(i + n)
		if s == "" || len(phrase) < len(s) || phrase[:len(s)] != s {
			return 0
		}
		if len(phrase) == len(s) {
			return n + 1
		}
		if phrase[len(s)] != ' ' {
			return 0
		}
		phrase = phrase[len(s)+1:]
	}
}

// hasAny finds the longest of some phrases at i.
func (w enWords) hasAny(i int, phrases []string) (n int) {
	for _, p := range phrases {
		n = max(n, w.has(i, p))
	}
	return n
}

// enSigns are the characters that mean something by themselves.
const enSigns = "$£€¥₹%+@#_&"

var enFractionSigns = map[rune]string{'½': "0.5", '¼': "0.25", '¾': "0.75"}

type enLexer struct {
	rs    []rune // narrow and lower case, one for one with the transcript
	out   enWords
	after int // end of the last word kept
}

// enLex cuts a transcript into words, without those in drop.
func enLex(text string, drop map[string]bool) enWords {
	l := enLexer{rs: []rune(text)}
	for i, r := range l.rs {
		if n := width.LookupRune(r).Narrow(); n != 0 {
			r = n
		}
		switch r {
		case '’', '‘', '`', 'ʼ':
			r = '\''
		case '–', '—', '−', '‐', '‑':
			r = '-'
		}
		l.rs[i] = unicode.ToLower(r)
	}
	for i := 0; i < len(l.rs) && len(l.out) < maxWords; {
		i = l.next(i, drop)
	}
	return l.out
}

// next reads what begins at i and returns where to go on.
func (l *enLexer) next(i int, drop map[string]bool) int {
	r := l.rs[i]
	switch {
	case isDigit(r) || r == '.' && l.digit(i+1) && (i == 0 || !l.wordRune(i-1)):
		return l.number(i)
	case unicode.IsLetter(r):
		return l.word(i, drop)
	case enFractionSigns[r] != "":
		l.emit(enFractionSigns[r], i, i+1, true)
	case strings.ContainsRune(enSigns, r), r == '-' && l.minusAt(i):
		l.emit(string(r), i, i+1, false)
	}
	return i + 1
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func (l *enLexer) digit(i int) bool { return i >= 0 && i < len(l.rs) && isDigit(l.rs[i]) }

func (l *enLexer) wordRune(i int) bool {
	return i >= 0 && i < len(l.rs) && (unicode.IsLetter(l.rs[i]) || isDigit(l.rs[i]))
}

// minusAt tells a minus sign from the hyphen of twenty-five and 555-1234.
func (l *enLexer) minusAt(i int) bool {
	if i > 0 && (l.wordRune(i-1) || l.rs[i-1] == ')') {
		return false
	}
	return l.digit(i+1) || i+2 < len(l.rs) && strings.ContainsRune("$£€", l.rs[i+1]) && l.digit(i+2)
}

// number reads digits with thousands separators and decimals: 1,250.75. Three
// groups with points between are a date or a version, not decimals.
func (l *enLexer) number(i int) int {
	start := i
	var s strings.Builder
	if l.rs[i] == '.' {
		s.WriteByte('0')
	}
	digits := func() (n int) {
		for ; l.digit(i); i++ {
			s.WriteRune(l.rs[i])
			n++
		}
		return n
	}
	first := digits()
	for first > 0 && first <= 3 && i < len(l.rs) && l.rs[i] == ',' && l.digit(i+1) && l.digit(i+2) && l.digit(i+3) && !l.digit(i+4) {
		i++
		digits()
	}
	dotted := start > 0 && l.rs[start-1] == '.' && l.digit(start-2)
	if !dotted && i < len(l.rs) && l.rs[i] == '.' && l.digit(i+1) {
		end := i + 1
		for l.digit(end) {
			end++
		}
		if end >= len(l.rs) || l.rs[end] != '.' || !l.digit(end+1) {
			s.WriteByte('.')
			i++
			digits()
		}
	}
	l.emit(s.String(), start, i, true)
	return i
}

func (l *enLexer) word(i int, drop map[string]bool) int {
	start := i
	var s strings.Builder
	for ; i < len(l.rs); i++ {
		r := l.rs[i]
		switch {
		case unicode.IsLetter(r) || unicode.Is(unicode.Mn, r):
			s.WriteRune(r)
			continue
		case r == '\'' && i+1 < len(l.rs) && unicode.IsLetter(l.rs[i+1]):
			continue
		}
		break
	}
	w := s.String()
	// a.m. and p.m. are one word.
	if n := len(l.out); w == "m" && start > 0 && l.rs[start-1] == '.' && n > 0 && l.out[n-1].end == start-1 && (l.out[n-1].s == "a" || l.out[n-1].s == "p") {
		l.out[n-1].s += "m"
		l.out[n-1].end, l.after = i, i
		return i
	}
	if !drop[w] {
		l.emit(w, start, i, false)
	}
	return i
}

func (l *enLexer) emit(s string, start, end int, num bool) {
	w := enWord{s: s, start: start, end: end, num: num, sep: ' '}
	if len(l.out) > 0 {
		switch start - l.after {
		case 0:
			w.sep = 0
		case 1:
			w.sep = l.rs[l.after]
		}
	}
	l.out = append(l.out, w)
	l.after = end
}
