package nlu

import "strconv"

var enOrdinals = map[string]int{
	"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
	"eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
	"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60,
	"seventieth": 70, "eightieth": 80, "ninetieth": 90, "hundredth": 100, "thousandth": 1000,
}

// ordinal reads a rank at i: third, twenty third, one hundred and first, 23rd.
func (w enWords) ordinal(i int) (rank, n int) {
	if w.isNum(i) {
		if w.glued(i+1) && w.isOne(i+1, "st", "nd", "rd", "th") {
			if v, err := strconv.Atoi(w[i].s); err == nil && v > 0 {
				return v, 2
			}
		}
		return 0, 0
	}
	if d, ok := enOrdinals[w.at(i)]; ok {
		return d, 1
	}
	if tens, ok := enUnits[w.at(i)]; ok && tens >= 20 {
		if d := enOrdinals[w.at(i+1)]; d > 0 && d < 10 {
			return tens + d, 2
		}
	}
	return w.bigOrdinal(i)
}

// bigOrdinal reads one hundred and first, two hundredth.
func (w enWords) bigOrdinal(i int) (rank, n int) {
	count, k := 1, i
	if t, m := w.tens(i); m == 1 && t > 0 && t < 10 {
		count, k = t, i+1
	} else if w.at(i) == "a" {
		k++
	}
	if k == i && w.at(k) != "hundred" {
		return 0, 0
	}
	switch w.at(k) {
	case "hundredth":
		return count * 100, k + 1 - i
	case "hundred":
		k++
		if w.at(k) == "and" {
			k++
		}
		d, m := enOrdinals[w.at(k)], 1
		if tens := enUnits[w.at(k)]; tens >= 20 {
			d, m = enOrdinals[w.at(k+1)], 2
			if d >= 10 {
				return 0, 0
			}
			if d > 0 {
				d += tens
			}
		}
		if d > 0 && d < 100 {
			return count*100 + d, k + m - i
		}
	}
	return 0, 0
}

// enNoRanks are ordinals that rank nothing.
var enNoRanks = []string{"first of all", "first name", "first names", "first thing", "second thoughts", "third party", "third parties", "second to last", "second hand",
	"first class", "second class", "second nature", "second last", "first hand", "first aid"}

func (in *enInput) readOrdinal() (enHit, bool) {
	w := in.w
	for i := 0; i < len(w); i++ {
		if n := w.hasAny(i, enNoRanks); n > 0 {
			i += n - 1
			continue
		}
		d, n := w.ordinal(i)
		if n == 0 || w.isFraction(i, n) || w.besideMonth(i, n) {
			continue
		}
		return enHit{Value{Number: float64(d)}, i, i + n}, true
	}
	for i := range w { // number three, option three
		lead := w.isOne(i-1, "number", "option", "choice", "item", "#")
		if !lead && !in.o.Asked || w.insideWord(i) || w.pronoun(i) {
			continue
		}
		if x := w.number(i, noPairs); x.n > 0 && x.v >= 1 && x.v <= 1000 && enWholeNumber(x.v) && !enNoAmount[w.at(i+x.n)] {
			return enHit{Value{Number: x.v}, i, i + x.n}, true
		}
	}
	return enHit{}, false
}

// besideMonth tells the day of a date from a rank: June fifth, the fifth of next month.
func (w enWords) besideMonth(i, n int) bool {
	before, after := i-1, i+n
	if w.at(before) == "the" {
		before--
	}
	if w.at(after) == "of" {
		after++
		if w.hasAny(after, []string{"next month", "this month", "the month", "last month"}) > 0 {
			return true
		}
	}
	_, a := enMonths[w.at(before)]
	_, b := enMonths[w.at(after)]
	_, day := enWeekdays[w.at(before)]
	return a || b || day && w.at(i-1) == "the"
}

// isFraction tells the seconds of a clock and the thirds of a whole from
// ranks: wait a second, a third of it, two thirds.
func (w enWords) isFraction(i, n int) bool {
	switch w.at(i - 1) {
	case "a", "one", "just", "per", "every", "at":
		return true
	}
	if w.at(i) == "second" && w.isOne(i+1, "please") && i == 0 {
		return true
	}
	_, counted := enUnits[w.at(i-1)]
	return counted && n == 1
}
