package nlu

import (
	"strings"
	"unicode"
)

// enAlphabet are the words people spell with: the radiotelephony alphabet of
// ICAO Annex 10, with common spellings, and the names of letters as
// recognisers write them.
var enAlphabet = map[string]byte{
	"alpha": 'A', "alfa": 'A', "bravo": 'B', "charlie": 'C', "delta": 'D', "echo": 'E', "foxtrot": 'F', "golf": 'G', "hotel": 'H',
	"india": 'I', "juliet": 'J', "juliett": 'J', "kilo": 'K', "lima": 'L', "mike": 'M', "november": 'N', "oscar": 'O', "papa": 'P',
	"quebec": 'Q', "romeo": 'R', "sierra": 'S', "tango": 'T', "uniform": 'U', "victor": 'V', "whiskey": 'W', "whisky": 'W',
	"xray": 'X', "yankee": 'Y', "zulu": 'Z', "zed": 'Z', "zee": 'Z',
}

// enLetterSounds are words that sound like a letter: they are one only beside
// other letters and digits, and only when spelling was asked for.
var enLetterSounds = map[string]byte{
	"ay": 'A', "bee": 'B', "be": 'B', "see": 'C', "sea": 'C', "cee": 'C', "dee": 'D', "ef": 'F', "eff": 'F', "gee": 'G', "jay": 'J',
	"kay": 'K', "el": 'L', "ell": 'L', "em": 'M', "en": 'N', "pee": 'P', "pea": 'P', "queue": 'Q', "cue": 'Q', "are": 'R', "ar": 'R',
	"ess": 'S', "tee": 'T', "tea": 'T', "you": 'U', "vee": 'V', "ex": 'X', "why": 'Y',
}

// letter reads one spelled letter at i: b, bravo, "b as in boy", "b for boy",
// "double u", "x ray".
func (w enWords) letter(i int) (c byte, n int) {
	s := w.at(i)
	switch {
	case len(s) == 1 && s[0] >= 'a' && s[0] <= 'z':
		c, n = s[0]-'a'+'A', 1
	case w.has(i, "double u") > 0:
		c, n = 'W', 2
	default:
		c = enAlphabet[s]
		if c == 0 {
			return 0, 0
		}
		return c, 1
	}
	if c == 'X' && w.at(i+1) == "ray" {
		return c, 2
	}
	// The word behind must begin with the letter: "j for john", not "a for apple's".
	if k := w.hasAny(i+n, []string{"as in", "for", "like", "like in", "as", "is for"}); k > 0 {
		if word := w.at(i + n + k); len(word) > 1 && word[0] == c-'A'+'a' {
			return c, n + k + 1
		}
	}
	return c, n
}

// enPlateWords are passed over inside a plate.
var enPlateWords = wordSet("dash hyphen space then and capital letter")

// Lengths of licence plates. Shorter ones are believed only when asked for.
const (
	minPlateAsked = 2
	minPlate      = 5
	maxPlate      = 10
)

// plateAt reads letters and digits said in a row from i on.
func (in *enInput) plateAt(i int) (s string, n, letters, digits int) {
	w := in.w
	var out strings.Builder
	for out.Len() <= maxDigits {
		j := i + n
		for n > 0 && enPlateWords[w.at(j)] {
			j++
		}
		part, used := in.platePart(j, out.Len() > 0)
		if used == 0 {
			break
		}
		for _, r := range part {
			if isDigit(r) {
				digits++
			} else {
				letters++
			}
		}
		out.WriteString(part)
		n = j + used - i
	}
	return out.String(), n, letters, digits
}

// platePart reads one piece: a letter, a group of digits, or letters written
// together. "o" is the letter, unless it stands between digits; "oh" and "zero"
// are the digit.
func (in *enInput) platePart(i int, inside bool) (string, int) {
	w := in.w
	if times := enRepeats[w.at(i)]; times > 0 && w.at(i+1) != "u" {
		if c, n := w.letter(i + 1); n > 0 {
			return strings.Repeat(string(rune(c)), times), n + 1
		}
	}
	if w.at(i) == "o" {
		_, before := w.digit(i - 1)
		_, after := w.digit(i + 1)
		if before && after {
			return "0", 1
		}
		return "O", 1
	}
	if c, n := w.letter(i); n > 0 {
		return string(rune(c)), n
	}
	if s, n := w.digitGroup(i); n > 0 && !w.allNoise(i, n) || n > 0 && inside {
		return s, n
	}
	if s, n := w.homophone(i, 0); n > 0 && inside {
		return s, n
	}
	if c := enLetterSounds[w.at(i)]; c > 0 && in.o.Asked && w.besideSpelled(i) {
		return string(rune(c)), 1
	}
	if s := w.at(i); w.plateLetters(i, inside, in.o.Asked) {
		return strings.ToUpper(s), 1
	}
	return "", 0
}

// besideSpelled tells whether a letter or a digit stands on one side of i.
func (w enWords) besideSpelled(i int) bool {
	for _, k := range []int{i - 1, i + 1} {
		_, l := w.letter(k)
		_, d := w.digit(k)
		if l > 0 || d || enLetterSounds[w.at(k)] > 0 && k > i {
			return true
		}
	}
	return false
}

// plateLetters tells whether the word at i is letters of a plate written
// together: it touches digits, or, right after the question, is a short word
// without a meaning of its own.
func (w enWords) plateLetters(i int, inside, asked bool) bool {
	s := w.at(i)
	if len(s) < 2 || len(s) > 4 || strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) }) {
		return false
	}
	if light[s] || enNoName[s] || enDayparts[s] != partNone || enSpanUnits[s] != (enSpanUnit{}) || w.isOne(i, "st", "nd", "rd", "th", "am", "pm") || w.isOne(i+2, "@") {
		return false
	}
	if w.glued(i) && w.isNum(i-1) || w.glued(i+1) && w.isNum(i+1) || w.isNum(i+1) && w.sep(i+1) == '-' || w.isNum(i-1) && w.sep(i) == '-' {
		return true
	}
	if i > 1 && w.isNum(i-1) && w.glued(i-1) { // ab12 cde
		return true
	}
	if asked && (w.isNum(i+1) || w.isNum(i-1)) { // abc 123
		return true
	}
	return asked && inside && !strings.ContainsAny(s, "aeiou") && enUnits[s] == 0
}

func (in *enInput) readPlate() (enHit, bool) {
	w := in.w
	next := 0
	for i := 0; i < len(w); i = max(i+1, next) {
		if w.isOne(i, "a", "i") && i+1 < len(w) { // mostly words
			_, own := w.letter(i) // a as in apple
			if _, l := w.letter(i + 1); l == 0 && own == 1 {
				continue
			}
		}
		s, n, letters, digits := in.plateAt(i)
		if n == 0 || len(s) > maxPlate { // a part of a longer row is none
			next = i + n
			continue
		}
		if letters > 0 && digits > 0 && len(s) >= minPlate || in.o.Asked && letters > 0 && len(s) >= minPlateAsked && (digits > 0 || letters > 2) {
			return enHit{Value{Text: s}, i, i + n}, true
		}
	}
	return enHit{}, false
}
