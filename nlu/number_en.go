package nlu

import (
	"math"
	"strconv"
)

// enUnits are the words numbers are made of. What is misspelt is in two parts,
// so that it is not taken for a mistake of ours.
var enUnits = map[string]int{
	"zero": 0, "nought": 0, "naught": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
	"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
	"twenty": 20, "thirty": 30, "forty": 40, "fou" + "rty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "nin" + "ty": 90,
}

// enScales come after a number and multiply it; hundred belongs to the number
// itself.
var enScales = map[string]float64{"thousand": 1e3, "grand": 1e3, "k": 1e3, "million": 1e6, "mil": 1e6, "mill": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}

// enMany may have an article for its number: a hundred, a grand.
var enMany = map[string]float64{"hundred": 100, "thousand": 1e3, "grand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12}

// enParts of one: a third, two fifths.
var enDenominators = map[string]float64{
	"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5, "fifths": 5,
	"sixth": 6, "sixths": 6, "seventh": 7, "sevenths": 7, "eighth": 8, "eighths": 8, "ninth": 9, "ninths": 9, "tenth": 10, "tenths": 10,
}

// enPairs says which two numbers side by side are read as one.
type enPairs uint8

const (
	noPairs   enPairs = iota
	centuries         // nineteen eighty four
	allPairs          // two fifty, one oh five
)

// enNum is a number that was said.
type enNum struct {
	v     float64
	n     int     // words taken; 0: there is none
	scale float64 // of the last scale word; 1 without
	slang bool    // five grand, 5k: an amount of money even without a currency
}

// tens reads 0 to 99 in words.
func (w enWords) tens(i int) (v, n int) {
	u, ok := enUnits[w.at(i)]
	if !ok {
		return 0, 0
	}
	if u >= 20 {
		if d, more := enUnits[w.at(i+1)]; more && d > 0 && d < 10 {
			return u + d, 2
		}
	}
	return u, 1
}

// figure reads a number in digits. Digits that touch letters are part of a
// name (b12, 3rd), unless the letters are a scale (5k).
func (w enWords) figure(i int) (v float64, ok bool) {
	if !w.isNum(i) || len(w[i].s) > 15 {
		return 0, false
	}
	v, err := strconv.ParseFloat(w[i].s, 64)
	return v, err == nil
}

// group reads what may stand before thousand and million: up to 9999, with
// decimals or a fraction.
func (w enWords) group(i int, pairs enPairs) enNum {
	v, n := 0.0, 0
	if f, ok := w.figure(i); ok {
		v, n = f, 1
		if w.glued(i+1) && w.isNum(i+1) && enWholeNumber(f) && w[i+1].s[0] == '0' { // 2½
			if part, ok := w.figure(i + 1); ok && part < 1 {
				return enNum{v: v + part, n: 2}
			}
		}
	} else if w.isOne(i, "a", "an") && enMany[w.at(i+1)] > 0 {
		v, n = 1, 1
	} else if c := w.couple(i); c > 0 && enMany[w.at(i+c)] > 0 {
		v, n = 2, c
	} else if p, m := w.pair(i, pairs); m > 0 {
		return enNum{v: p, n: m}
	} else if t, m := w.tens(i); m > 0 {
		v, n = float64(t), m
	} else if w.at(i) == "hundred" {
		v = 1
	} else if w.at(i) != "point" {
		return enNum{}
	}
	if w.isOne(i+n, "hundred", "hundreds") {
		v *= 100
		n++
		k := i + n
		if w.at(k) == "and" {
			k++
		}
		if _, m := w.andFraction(i + n); m > 0 { // five hundred and one half
			k = len(w)
		}
		if t, m := w.tens(k); m > 0 && t > 0 && w.at(k+m) != "hundred" {
			v, n = v+float64(t), k+m-i
		} else if f, ok := w.figure(k); ok && f > 0 && f < 100 && enWholeNumber(f) && w.sep(k+1) != ':' {
			v, n = v+f, k+1-i
		}
	}
	if w.at(i+n) == "point" {
		if f, m := w.decimals(i + n + 1); m > 0 {
			return enNum{v: v + f, n: n + 1 + m}
		}
	}
	if n > 0 && enWholeNumber(v) {
		if f, m := w.andFraction(i + n); m > 0 {
			return enNum{v: v + f, n: n + m}
		}
	}
	return enNum{v: v, n: n}
}

func enWholeNumber(v float64) bool { return v == math.Trunc(v) }

// couple reads "a couple of" and its short forms.
func (w enWords) couple(i int) (n int) {
	return w.hasAny(i, []string{"a couple of", "a couple", "couple of", "couple"})
}

// pair reads two numbers said side by side that mean hundreds: nineteen eighty
// four, two fifty, one oh five.
func (w enWords) pair(i int, all enPairs) (v float64, n int) {
	a, n := w.tens(i)
	if n == 0 || a == 0 || all == noPairs || all == centuries && (a < 13 || a > 20) {
		return 0, 0
	}
	if w.isOne(i+n, "oh", "o") {
		if d, ok := enUnits[w.at(i+n+1)]; ok && d > 0 && d < 10 {
			return float64(a*100 + d), n + 2
		}
		return 0, 0
	}
	b, m := w.tens(i + n)
	if m == 0 || b < 10 || w.isOne(i+n+m, "hundred", "hundreds") {
		return 0, 0
	}
	return float64(a*100 + b), n + m
}

// decimals reads what follows "point": digits, or a number like twenty five.
func (w enWords) decimals(i int) (value float64, used int) {
	if w.isNum(i) && len(w[i].s) <= 6 {
		f, err := strconv.ParseFloat("0."+w[i].s, 64)
		if err != nil {
			return 0, 0
		}
		return f, 1
	}
	var digits []byte
	for len(digits) < 12 {
		if w.isOne(i+used, "oh", "o") {
			digits = append(digits, '0')
			used++
			continue
		}
		t, n := w.tens(i + used)
		if n == 0 {
			break
		}
		digits = strconv.AppendInt(digits, int64(t), 10)
		used += n
	}
	if used == 0 {
		return 0, 0
	}
	value, _ = strconv.ParseFloat("0."+string(digits), 64)
	return value, used
}

// andFraction reads "and a half", "and three quarters", "and half".
func (w enWords) andFraction(i int) (v float64, n int) {
	if w.at(i) != "and" {
		return 0, 0
	}
	f, m := w.fraction(i + 1)
	// "two and half a million" says half a million.
	if m == 0 || w.isOne(i+1+m, "a", "an", "past", "of") {
		return 0, 0
	}
	return f, m + 1
}

// fraction reads half, a third, three quarters, 3/4.
func (w enWords) fraction(i int) (v float64, n int) {
	if a, ok := w.figure(i); ok {
		b, more := w.figure(i + 1)
		if more && w.sep(i+1) == '/' && a > 0 && a < b && b <= 20 && enWholeNumber(a) && enWholeNumber(b) && w.sep(i+2) != '/' {
			return a / b, 2
		}
		return 0, 0
	}
	count, n := 1, 0
	if w.isOne(i, "a", "an", "one") {
		n = 1
	} else if c, ok := enUnits[w.at(i)]; ok && c > 1 && c < 10 {
		count, n = c, 1
	}
	word := w.at(i + n)
	d := enDenominators[word]
	plural := d > 0 && (word[len(word)-1] == 's')
	if d == 0 || (count > 1) != plural || n == 0 && word != "half" && word != "quarter" {
		return 0, 0
	}
	return float64(count) / d, n + 1
}

// scaleAt is the scale word at i. Only figures have an m for a million.
func (w enWords) scaleAt(i int) (s float64, slang bool) {
	word := w.at(i)
	if s = enScales[word]; s > 0 {
		return s, word == "grand" || word == "k"
	}
	if word == "m" && w.glued(i) && w.isNum(i-1) {
		return 1e6, true
	}
	return 0, false
}

// cardinal reads a whole number or one with decimals, with all its scales.
func (w enWords) cardinal(i int, pairs enPairs) enNum {
	out := enNum{scale: 1}
	limit := math.Inf(1)
	if s := enScales[w.at(i)]; s > 0 && enMany[w.at(i)] > 0 && w.at(i) != "grand" { // "thousand", its article swallowed
		out, limit = enNum{v: s, n: 1, scale: s}, s
	}
	for {
		j := i + out.n
		if out.n > 0 && w.at(j) == "and" {
			j++
		}
		g := w.group(j, pairs)
		pairs = noPairs // only at the beginning
		if g.n == 0 {
			break
		}
		end := j + g.n
		s, slang := w.scaleAt(end)
		if s > 0 && s < limit {
			out.v += g.v * s
			out.slang = out.slang || slang
			out.scale, limit = s, s
			out.n = end + 1 - i
			continue
		}
		if out.n > 0 && (s > 0 || g.v >= limit) {
			break
		}
		out.v += g.v
		out.n = end - i
		break
	}
	return out
}

// number reads any number: signed, fractional, in dozens. pairs lets two
// numbers side by side mean hundreds.
func (w enWords) number(i int, pairs enPairs) enNum {
	if w.isOne(i, "minus", "negative", "-") {
		x := w.positive(i+1, pairs)
		if x.n > 0 {
			x.v, x.n = -x.v, x.n+1
		}
		return x
	}
	return w.positive(i, pairs)
}

func (w enWords) positive(i int, pairs enPairs) enNum {
	if f, n := w.fraction(i); n > 0 {
		return w.fractionOf(i, f, n)
	}
	x := w.cardinal(i, pairs)
	switch {
	case x.n > 0:
		if w.at(i+x.n) == "dozen" {
			x.v, x.n, x.scale = x.v*12, x.n+1, 12
		}
		// "a million and a half" is half a million more, "a hundred and a half" is not said.
		if f, m := w.andFraction(i + x.n); m > 0 && x.scale >= 1e3 {
			x.v, x.n = x.v+f*x.scale, x.n+m
		}
		return x
	case w.isOne(i, "a", "one") && w.at(i+1) == "dozen":
		return enNum{v: 12, n: 2, scale: 12}
	case w.at(i) == "dozen":
		return enNum{v: 12, n: 1, scale: 12}
	}
	if n := w.couple(i); n > 0 {
		return enNum{v: 2, n: n, scale: 1}
	}
	return enNum{}
}

// fractionOf goes on behind a fraction: half a million, three quarters of a
// million; "half past", "half an hour" and "half three" are no numbers.
func (w enWords) fractionOf(i int, f float64, n int) enNum {
	k := i + n
	if w.at(k) == "of" {
		k++
	}
	if w.isOne(k, "a", "an", "one") {
		k++
	}
	if s := max(enMany[w.at(k)], enScales[w.at(k)]); s > 0 {
		return enNum{v: f * s, n: k + 1 - i, scale: s, slang: w.at(k) == "grand"}
	}
	_, unit := enUnits[w.at(i+n)]
	if unit || w.at(i+n) == "of" && w.partOfHour(i+n+1) || w.isOne(i+n, "a", "an", "past", "to", "after", "till", "before") {
		return enNum{}
	}
	return enNum{v: f, n: n, scale: 1}
}

// enParseNumber is ParseNumber for English.
func enParseNumber(text string) (float64, bool) {
	w := enLex(text, fillers)
	for i := range w {
		if x := w.number(i, noPairs); x.n > 0 {
			return x.v, true
		}
	}
	return 0, false
}
