package nlu

import "strconv"

var enDayparts = map[string]daypart{
	"morning": partMorning, "mornings": partMorning, "afternoon": partAfternoon, "afternoons": partAfternoon, "evening": partEvening, "evenings": partEvening, "night": partEvening,
	"tonight": partEvening, "noon": partNoon, "midday": partNoon, "lunchtime": partNoon, "lunch": partNoon,
}

// enFixedHours are hours that are known by what people do then.
var enFixedHours = []struct {
	words string
	hour  int
}{
	{"midnight", 24}, {"close of business", 17}, {"close of play", 17}, {"end of business", 17}, {"end of the day", 17}, {"end of day", 17}, {"cob", 17}, {"eod", 17},
	{"after lunch", 14}, {"before lunch", 11}, {"after work", 18}, {"before work", 8}, {"after breakfast", 9}, {"after dinner", 20}, {"dinner time", 19}, {"dinnertime", 19},
	{"after school", 16}, {"first thing", 9}, {"tea time", 17}, {"teatime", 17}, {"mid morning", 10}, {"midmorning", 10}, {"mid afternoon", 15}, {"midafternoon", 15},
	{"late afternoon", 17}, {"early evening", 18}, {"early morning", 8}, {"late morning", 11}, {"early afternoon", 13}, {"late evening", 21},
}

// enHourStarts are the first words of enFixedHours.
var enHourStarts = wordSet("midnight close end cob eod after before dinner dinnertime first tea teatime mid midmorning midafternoon late early")

// partWord reads an hour or a part of the day that has a name.
func (r *enReader) partWord() int {
	hour, n := 0, 0
	for k := range enFixedHours {
		if !enHourStarts[r.w.at(r.i)] {
			break
		}
		f := &enFixedHours[k]
		if m := r.w.has(r.i, f.words); m > n {
			hour, n = f.hour, m
		}
	}
	if n > 0 {
		if !r.s.hasHour || r.i < r.redo {
			r.s.hour, r.s.hasHour, r.s.exactHour = hour, true, true
		}
		return n
	}
	if r.w.isOne(r.i, "now", "immediately") && r.o.Asked && len(r.w) <= 3 && r.w.at(r.i-1) != "not" {
		r.s.hasRelative = true
		return 1
	}
	n = r.partAt(r.i)
	if n > 0 && (r.s.part == partNone || r.i < r.redo) {
		r.s.part = enDayparts[r.w.at(r.i)]
	}
	return n
}

// partAt tells whether a part of the day stands at i; greetings are none.
func (r *enReader) partAt(i int) int {
	if enDayparts[r.w.at(i)] == partNone || r.w.isOne(i-1, "good", "every", "lovely") {
		return 0
	}
	return 1
}

// enBeforeHour announce an hour. About is not among them: "about three" of what?
var enBeforeHour = wordSet("at around by before after from until till between say maybe make")

// enNotHours follow a number that is no hour.
var enNotHours = wordSet("minute minutes hour hours day days week weeks month months year years times percent dollars dollar pounds pound euros people children kids " +
	"bucks quid cents pence grand thousand hundred million more of per")

// enLead is what announces a time of day.
type enLead struct {
	next   int  // where the hour begins
	sure   bool // at, by, before
	ranged bool // from, between
}

func (r *enReader) lead() (l enLead) {
	l.next = r.i
	if n := r.w.has(l.next, "make it"); n > 0 {
		l.next, l.sure = l.next+n, true
	}
	for enBeforeHour[r.w.at(l.next)] || r.w.isOne(l.next, "about", "it", "the") && l.sure {
		l.sure = l.sure || !r.w.isOne(l.next, "about", "say", "maybe", "make")
		l.ranged = l.ranged || r.w.isOne(l.next, "from", "between")
		l.next++
	}
	if r.w.at(l.next) == "about" {
		l.next++
	}
	return l
}

// clockTime reads a time of day: "at three", "three pm", "three thirty",
// "half past three", "quarter to four", "three o'clock", "15:30", "3pm",
// "fifteen hundred hours".
func (r *enReader) clockTime() int {
	l := r.lead()
	if !l.ranged {
		if n := r.pastTo(l.next); n > 0 {
			return l.next + n - r.i
		}
	}
	h := r.hourAt(l.next)
	if h.n == 0 || r.insideNumber(l.next) {
		return 0
	}
	half, end, ok := r.halved(&h, l.next+h.n)
	if !ok || !r.isHour(l, h, half, end) {
		return 0
	}
	if r.s.hasHour && r.i >= r.redo { // between two and three: the first
		return end - r.i
	}
	r.s.hour, r.s.min, r.s.hasHour, r.s.exactHour = h.hour, h.minute, true, h.exact
	if half, n := r.rangeHalf(end); n > 0 && !h.exact && r.s.part == partNone && h.hour <= 12 {
		h.exactly(half)
		r.s.hour, r.s.exactHour = h.hour, true
	}
	return end - r.i
}

// halved reads am, pm, o'clock behind the hour that ends before i. ok is false
// when they do not fit it: 15 am.
func (r *enReader) halved(h *enHour, i int) (half string, end int, ok bool) {
	half, n := r.halfAt(i)
	end = i + n
	if half == "oclock" {
		if after, m := r.halfAt(end); after == "am" || after == "pm" {
			h.exactly(after)
			end += m
		}
	}
	if half == "am" || half == "pm" {
		if h.hour > 12 && half == "am" {
			return "", 0, false
		}
		h.exactly(half)
	}
	return half, end, true
}

// isHour decides whether a number that may be an hour is one: something must
// say so before it, in it or behind it, and nothing against it.
func (r *enReader) isHour(l enLead, h enHour, half string, end int) bool {
	if l.ranged && r.notHours(end) {
		return false
	}
	if half != "" {
		return true
	}
	if enNotHours[r.w.at(end)] || r.w.at(end) == "%" || r.w.has(end, "per cent") > 0 {
		return false
	}
	if h.loose(r.w.isNum(l.next)) && !r.endsHour(end) {
		return false
	}
	if h.needsHalf && !l.sure && !r.o.Asked {
		return false
	}
	if h.round && !l.sure && !r.o.Asked && r.day.rank == 0 {
		return false
	}
	return l.sure || h.written || r.o.Asked && !r.wantDate || r.day.rank > 0 || r.s.part != partNone || r.partFollows(end) || r.rangeFollows(end)
}

// loose tells whether the hour may as well be the number of a house or the
// beginning of a larger number: 23, 730, one hundred.
func (h enHour) loose(figures bool) bool {
	return !h.written && (h.needsHalf || h.round || figures && h.hour > 12 && h.minute == 0)
}

// endsHour tells whether a loose hour may end before i: the sentence does, or
// something about time or courtesy follows.
func (r *enReader) endsHour(i int) bool {
	return i >= len(r.w) || r.partFollows(i) || r.w.isOne(i, "please", "thanks", "thank", "and", "or", "if", "on", "would", "is", "works", "but", "to", "until", "then", "sharp")
}

// notHours tells whether a range goes on at i with what is no hour: between
// ten and fifteen.
func (r *enReader) notHours(i int) bool {
	if !r.w.isOne(i, "and", "to") {
		return false
	}
	return r.w.number(i+1, noPairs).n > 0 && r.hourAt(i+1).n == 0 && r.w.has(i+1, "half") == 0
}

// rangeHalf looks at the end of a range for am or pm: two to four pm. It is the
// first hour's, too, unless the range crosses noon.
func (r *enReader) rangeHalf(i int) (half string, n int) {
	if !r.w.isOne(i, "to", "and", "or", "till", "until") {
		return "", 0
	}
	h := r.hourAt(i + 1)
	if h.n == 0 || h.hour > 12 {
		return "", 0
	}
	half, n = r.halfAt(i + 1 + h.n)
	if half != "am" && half != "pm" || h.hour%12 < r.s.hour%12 {
		return "", 0
	}
	return half, n
}

// rangeFollows tells whether the end of a range at i shows that hours are meant:
// two to four pm, three or four tomorrow.
func (r *enReader) rangeFollows(i int) bool {
	if !r.w.isOne(i, "to", "and", "or", "till", "until") {
		return false
	}
	h := r.hourAt(i + 1)
	if h.n == 0 {
		return false
	}
	half, _ := r.halfAt(i + 1 + h.n)
	return half != "" || h.written || r.partFollows(i+1+h.n)
}

// insideNumber tells whether the word at i ends a larger number: twenty five.
func (r *enReader) insideNumber(i int) bool {
	if r.w.isNum(i) {
		return r.w.glued(i) && i > 0 || r.w.isOne(i-1, "$", "£", "€", "#")
	}
	return enUnits[r.w.at(i-1)] >= 20 || r.w.at(i-1) == "number" || r.w.isOne(i-1, "hundred", "thousand")
}

func (r *enReader) partFollows(i int) bool {
	if r.w.isOne(i, "ish", "sharp") {
		return true
	}
	k := i
	if r.w.isOne(k, "in", "on", "at") {
		k++
	}
	if r.w.at(k) == "the" {
		k++
	}
	if enDayparts[r.w.at(k)] != partNone {
		return k > i || r.w.at(k) == "tonight"
	}
	d, n := r.plainDay(k)
	return n > 0 && d.rank > 0
}

// halfAt reads what makes an hour certain: am, pm (also spelt p m), o'clock.
func (r *enReader) halfAt(i int) (half string, used int) {
	switch w := r.w.at(i); w {
	case "am", "pm", "oclock", "sharp":
		return w, 1
	case "ish":
		return "sharp", 1
	case "a", "p":
		if r.w.at(i+1) == "m" {
			return w + "m", 2
		}
	case "o":
		if r.w.at(i+1) == "clock" {
			return "oclock", 2
		}
	case "hours", "hundred":
		if r.w.isNum(i-1) && len(r.w.at(i-1)) == 4 || r.w.at(i-1) == "hundred" {
			return "oclock", 1
		}
	}
	return "", 0
}

// pastTo reads "half past three", "a quarter to four", "ten past two",
// "quarter of four", and the British "half three".
func (r *enReader) pastTo(i int) int {
	start := i
	if r.w.at(i) == "a" {
		i++
	}
	var minutes int
	switch r.w.at(i) {
	case "half":
		minutes, i = 30, i+1
	case "quarter":
		minutes, i = 15, i+1
	default:
		x := r.w.number(i, noPairs)
		if x.n == 0 || x.v < 1 || x.v > 29 || !enWholeNumber(x.v) || r.w.sep(i+1) == ':' && r.w.isNum(i+1) {
			return 0
		}
		minutes, i = int(x.v), i+x.n
		named := r.w.isOne(i, "minute", "minutes")
		if named {
			i++
		}
		// "two to four" are hours from and to; "ten to four" is a time.
		if !named && minutes%5 != 0 && !r.w.isOne(i, "past") {
			return 0
		}
	}
	to, n := r.direction(i, minutes)
	if n < 0 {
		return 0
	}
	h := r.hourAt(i + n)
	if h.n == 0 || h.hour < 1 || h.hour > 12 || h.minute > 0 || n == 0 && r.w.isNum(i) {
		return 0
	}
	end := i + n + h.n
	half, m := r.halfAt(end)
	end += m
	if half == "am" || half == "pm" {
		h.exactly(half)
	}
	if n == 0 && (enNotHours[r.w.at(end)]) { // half five hundred
		return 0
	}
	if to {
		minutes = 60 - minutes
		if h.hour--; h.hour <= 0 && !h.exact {
			h.hour = 12
		}
	}
	if !r.s.hasHour || r.i < r.redo {
		r.s.hour, r.s.min, r.s.hasHour, r.s.exactHour = (h.hour+24)%24, minutes, true, h.exact
	}
	return end - start
}

// direction reads past or to; n is -1 when neither stands at i. Half needs no
// word: half three.
func (r *enReader) direction(i, minutes int) (to bool, n int) {
	switch r.w.at(i) {
	case "past", "after":
		return false, 1
	case "to", "till", "before", "til":
		return true, 1
	case "of":
		if minutes == 15 {
			return true, 1
		}
	}
	if minutes == 30 && r.w.at(i-1) == "half" {
		return false, 0
	}
	return false, -1
}

// enHour is an hour with or without minutes.
type enHour struct {
	hour, minute int
	n            int  // words taken; 0: there is none
	exact        bool // it can only mean one time of day
	written      bool // with a colon: certainly a time
	round        bool // fifteen hundred: may be an amount
	needsHalf    bool // 730: a time only with am, pm or at
}

// exactly sets the half of the day.
func (h *enHour) exactly(half string) {
	h.exact = true
	if h.hour > 12 {
		return
	}
	h.hour %= 12
	if half == "pm" {
		h.hour += 12
	}
}

// hourAt reads an hour. Hours without am or pm stay between 0 and 24.
func (r *enReader) hourAt(i int) enHour {
	if r.w.isNum(i) {
		return r.figureHour(i)
	}
	k, zero := i, false
	if r.w.isOne(i, "oh", "zero", "o") { // oh nine hundred
		k, zero = i+1, true
	}
	v, n := r.w.tens(k)
	if n == 0 || v == 0 || v > 24 || zero && v > 9 {
		return enHour{}
	}
	end := k + n
	if r.w.at(end) == "hundred" {
		if r.w.isOne(end+1, "and", "thousand", "dollars", "pounds", "bucks") {
			return enHour{}
		}
		if v <= 12 && !zero && !r.w.isOne(end+1, "hours") { // five hundred
			return enHour{}
		}
		return enHour{hour: v % 24, n: end + 1 - i, exact: true, round: true}
	}
	minute, m := r.minutesAt(end)
	if v > 12 || zero {
		if m == 0 {
			return enHour{}
		}
		return enHour{hour: v, minute: minute, n: end + m - i, exact: true}
	}
	return enHour{hour: v, minute: minute, n: end + m - i}
}

// figureHour reads 3, 15:30, 3.30 and 730.
func (r *enReader) figureHour(i int) enHour {
	s := r.w[i].s
	if r.w.sep(i) == '/' || r.w.sep(i+1) == '/' || r.w.sep(i) == '-' && r.w.sep(i+1) == '-' {
		return enHour{}
	}
	if r.w.isNum(i+1) && r.w.sep(i+1) == ':' {
		n := 2
		if r.w.isNum(i+2) && r.w.sep(i+2) == ':' {
			n = 3
		}
		return clockFigures(s, r.w[i+1].s, n)
	}
	for k := range s {
		if s[k] == '.' {
			h := clockFigures(s[:k], s[k+1:], 1)
			if len(s)-k != 3 {
				return enHour{}
			}
			h.written, h.needsHalf = false, true
			return h
		}
	}
	if len(s) == 3 || len(s) == 4 {
		h := clockFigures(s[:len(s)-2], s[len(s)-2:], 1)
		h.written, h.needsHalf = false, true
		return h
	}
	v, err := strconv.Atoi(s)
	if err != nil || len(s) > 2 || v > 24 {
		return enHour{}
	}
	minute, n := r.minutesAt(i + 1)
	return enHour{hour: v, minute: minute, n: 1 + n, exact: v > 12}
}

func clockFigures(hs, ms string, n int) enHour {
	h, err := strconv.Atoi(hs)
	m, err2 := strconv.Atoi(ms)
	if err != nil || err2 != nil || h > 24 || m > 59 || h == 24 && m > 0 || len(ms) > 2 {
		return enHour{}
	}
	return enHour{hour: h, minute: m, n: n, exact: h > 12 || hs[0] == '0', written: true}
}

// minutesAt reads the minutes behind an hour: thirty, forty five, oh five.
func (r *enReader) minutesAt(i int) (minute, used int) {
	if r.w.isOne(i, "oh", "o") {
		if v, ok := enUnits[r.w.at(i+1)]; ok && v > 0 && v < 10 {
			return v, 2
		}
		return 0, 0
	}
	if r.w.isNum(i) && len(r.w[i].s) == 2 && r.w.sep(i) == ' ' && r.w.sep(i+1) != ':' {
		if v, err := strconv.Atoi(r.w[i].s); err == nil && v < 60 && !enNotHours[r.w.at(i+1)] {
			return v, 1
		}
		return 0, 0
	}
	v, n := r.w.tens(i)
	if n == 0 || v < 10 || v > 59 || enNotHours[r.w.at(i+n)] {
		return 0, 0
	}
	return v, n
}
