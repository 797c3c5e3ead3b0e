package nlu

import (
	"strconv"
	"strings"
)

// enDigitRun is a row of digits said one by one or in groups.
type enDigitRun struct {
	s string
	n int // words taken; 0: there is none
}

// enRepeats multiply the digit behind them.
var enRepeats = map[string]int{"double": 2, "triple": 3, "treble": 3, "quadruple": 4}

// enDigitWords are said for a digit among digits only.
var enDigitWords = map[string]int{"oh": 0, "o": 0, "owe": 0, "nil": 0, "niner": 9, "fife": 5}

// enHomophones are what recognisers write for a digit. They count between two
// digits, and at the end of three or more.
var enHomophones = map[string]int{"for": 4, "fore": 4, "to": 2, "too": 2, "ate": 8}

// enBetweenDigits may be said inside a row.
var enBetweenDigits = wordSet("dash hyphen space then and comma slash stroke")

const maxDigits = 64

// digitRun reads the row that begins at i.
func (w enWords) digitRun(i int) enDigitRun {
	var out strings.Builder
	n := 0
	for out.Len() < maxDigits {
		j := i + n
		if n > 0 {
			for enBetweenDigits[w.at(j)] {
				j++
			}
		}
		s, used := w.digitGroup(j)
		if used == 0 && n > 0 {
			s, used = w.homophone(j, out.Len())
		}
		if used == 0 {
			break
		}
		out.WriteString(s)
		n = j + used - i
	}
	if n > 0 && w.allNoise(i, n) {
		return enDigitRun{}
	}
	return enDigitRun{out.String(), n}
}

// allNoise tells a lone "oh" from a zero.
func (w enWords) allNoise(i, n int) bool {
	return n == 1 && w.isOne(i, "oh", "o", "owe", "nil", "fife")
}

// homophone reads for, to and ate as digits where they stand in a row.
func (w enWords) homophone(i, before int) (s string, used int) {
	d, ok := enHomophones[w.at(i)]
	if !ok {
		return "", 0
	}
	// Ten to twenty is a range, one to three may be: so only among single digits.
	_, single := w.digit(i - 1)
	_, was := enHomophones[w.at(i-1)]
	if !single && !was && !w.isNum(i-1) {
		return "", 0
	}
	next := 0
	if _, ok := w.digit(i + 1); ok || w.isNum(i+1) || enRepeats[w.at(i+1)] > 0 {
		next = 1
	}
	_, more := enHomophones[w.at(i+1)]
	if next > 0 || more && before >= 2 || i+1 == len(w) && before >= 3 {
		return itoa(d), 1
	}
	return "", 0
}

// digitGroup reads one group: seven, double oh, twenty three, three hundred,
// two thousand and five, 138.
func (w enWords) digitGroup(i int) (s string, n int) {
	if w.isNum(i) {
		if strings.Contains(w[i].s, ".") {
			return "", 0
		}
		return w[i].s, 1
	}
	if times := enRepeats[w.at(i)]; times > 0 {
		if d, ok := w.digit(i + 1); ok {
			return strings.Repeat(d, times), 2
		}
		return "", 0
	}
	if d, ok := enDigitWords[w.at(i)]; ok {
		return itoa(d), 1
	}
	t, n := w.tens(i)
	if w.isOne(i+n, "hundred", "thousand") && (n == 0 && w.at(i) == "hundred" || n > 0 && t > 0) {
		return w.roundGroup(i, max(t, 1), n)
	}
	if n == 0 {
		return "", 0
	}
	return strconv.Itoa(t), n
}

// digit is the single digit said at i.
func (w enWords) digit(i int) (string, bool) {
	if w.isNum(i) && len(w[i].s) == 1 {
		return w[i].s, true
	}
	if d, ok := enDigitWords[w.at(i)]; ok {
		return itoa(d), true
	}
	if d, ok := enUnits[w.at(i)]; ok && d < 10 {
		return itoa(d), true
	}
	return "", false
}

// roundGroup reads eight hundred, three hundred and five, two thousand six. A
// small number without "and" belongs to it only when no digits follow it:
// "eight hundred five five five" is 800 555.
func (w enWords) roundGroup(i, count, n int) (string, int) {
	scale := 100
	if w.at(i+n) == "thousand" {
		scale = 1000
	}
	n++
	k := i + n
	if w.at(k) == "and" {
		k++
	}
	t, m := w.tens(k)
	if scale == 1000 && m > 0 && t < 10 && w.at(k+m) == "hundred" { // one thousand two hundred thirty four
		rest, used := w.roundGroup(k, t, m)
		return strconv.Itoa(count) + rest, k + used - i
	}
	if m > 0 && t > 0 && (t >= 10 || w.at(i+n) == "and") {
		return strconv.Itoa(count*scale + t), k + m - i
	}
	if _, next := w.digitGroup(k + m); m > 0 && t > 0 && next == 0 {
		return strconv.Itoa(count*scale + t), k + m - i
	}
	return strconv.Itoa(count * scale), n
}

// longestRun finds the row with the most digits from i on, the first of equals.
func (w enWords) longestRun() (at int, best enDigitRun) {
	for i := 0; i < len(w); {
		run := w.digitRun(i)
		if run.n == 0 || run.n == 1 && w.pronoun(i) {
			i++
			continue
		}
		if len(run.s) > len(best.s) {
			at, best = i, run
		}
		i += run.n
	}
	return at, best
}

// readDigits takes the longest row. A single digit is one only when it was
// asked for.
func (in *enInput) readDigits() (enHit, bool) {
	at, run := in.w.longestRun()
	if run.n == 0 || len(run.s) < 2 && !in.o.Asked {
		return enHit{}, false
	}
	return enHit{Value{Text: run.s}, at, at + run.n}, true
}

// Lengths of telephone numbers: E.164 allows 15 digits; shorter ones than 7
// are believed only right after the question.
const (
	minPhoneAsked = 5
	minPhone      = 7
	maxPhone      = 15
)

// enInPhone may be said inside a telephone number.
var enInPhone = []string{"country code", "area code", "area code is", "that is", "thats", "and then", "then", "dash", "and", "the number is", "number", "hyphen", "space"}

// readPhone takes a telephone number with its leading plus. An extension ends
// it and is no part of it.
func (in *enInput) readPhone() (enHit, bool) {
	w := in.w
	least := minPhone
	if in.o.Asked {
		least = minPhoneAsked
	}
	for i := 0; i < len(w); {
		s, n := w.phone(i)
		if d := strings.TrimPrefix(s, "+"); !w.datedRow(i, n) && len(d) >= least && len(d) <= maxPhone {
			return enHit{Value{Text: s}, i, i + n}, true
		}
		i += max(n, 1)
	}
	return enHit{}, false
}

func (w enWords) phone(i int) (s string, n int) {
	j, plus := i, ""
	if w.isOne(j, "plus", "+") {
		plus, j = "+", j+1
	} else if k := w.has(j, "country code"); k > 0 {
		plus, j = "+", j+k
		if w.at(j) == "is" {
			j++
		}
	}
	run := w.digitRun(j)
	if run.n == 0 {
		return "", 0
	}
	out, end := run.s, j+run.n
	for len(out) <= maxPhone {
		k := end
		for m := w.hasAny(k, enInPhone); m > 0; m = w.hasAny(k, enInPhone) {
			k += m
		}
		more := w.digitRun(k)
		if k == end || more.n == 0 {
			break
		}
		out, end = out+more.s, k+more.n
	}
	return plus + out, end - i
}

// datedRow tells a date or an amount in figures from a telephone number:
// 3/3/1979, 2026-06-05, 10,000,000.
func (w enWords) datedRow(i, n int) bool {
	for k := i; k < i+n; k++ {
		if w.sep(k) == '/' || n == 1 && w.isNum(k) && w[k].end-w[k].start != len(w[k].s) {
			return true
		}
	}
	return n == 3 && w.sep(i+1) == '-' && w.sep(i+2) == '-' && len(w.at(i)) == 4 && len(w.at(i+1)) == 2 && len(w.at(i+2)) == 2
}

// readID takes a Chinese resident identity number (GB 11643): seventeen digits
// and a check digit, which is X for ten.
func (in *enInput) readID() (enHit, bool) {
	w := in.w
	for i := 0; i < len(w); {
		run := w.digitRun(i)
		if run.n == 0 {
			i++
			continue
		}
		s, end := run.s, i+run.n
		if len(s) == 17 {
			if k := w.hasAny(end, []string{"x", "ex", "x ray", "xray", "capital x", "letter x", "the letter x"}); k > 0 {
				s, end = s+"X", end+k
			}
		}
		if zhIdentity(s, in.o.Now) {
			return enHit{Value{Text: s}, i, end}, true
		}
		i += run.n
	}
	return enHit{}, false
}
