package nlu

import (
	"strconv"
	"strings"
	"time"
)

var enWeekdays = map[string]time.Weekday{
	"sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6,
	"mon": 1, "tue": 2, "tues": 2, "weds": 3, "thu": 4, "thur": 4, "thurs": 4, "fri": 5,
	"sundays": 0, "mondays": 1, "tuesdays": 2, "wednesdays": 3, "thursdays": 4, "fridays": 5, "saturdays": 6, "wens" + "day": 3, "teus" + "day": 2,
}

// enShortWeekdays are words of their own, too: days only behind next, this, on.
var enShortWeekdays = map[string]time.Weekday{"sun": 0, "wed": 3, "sat": 6}

var enMonths = map[string]time.Month{
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8,
	"september": 9, "october": 10, "november": 11, "december": 12,
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12, "febu" + "ary": 2,
}

// enFixedDays are days counted from today, longest first where one begins another.
var enFixedDays = []struct {
	words string
	days  int
	part  daypart
}{
	{"today", 0, partNone}, {"tonight", 0, partEvening}, {"tomorrow", 1, partNone}, {"two morrow", 1, partNone}, {"to morrow", 1, partNone},
	{"to day", 0, partNone}, {"tomorrows", 1, partNone}, {"todays", 0, partNone}, {"tonite", 0, partEvening}, {"tmrw", 1, partNone},
	{"day after tomorrow", 2, partNone}, {"overmorrow", 2, partNone}, {"yesterday", -1, partNone}, {"day before yesterday", -2, partNone}, {"last night", -1, partEvening},
	{"this morning", 0, partMorning}, {"this afternoon", 0, partAfternoon}, {"this evening", 0, partEvening}, {"this lunchtime", 0, partNoon},
}

// dayAt reads a day at i without keeping it.
func (r *enReader) dayAt(i int) (enDay, int) {
	d, n := r.plainDay(i)
	if n == 0 {
		return enDay{}, 0
	}
	// Friday week, tomorrow fortnight: counted from that day.
	if d.rank == rankWeekday || d.rank == rankRelative {
		switch {
		case r.w.at(i+n) == "week" && !r.w.isOne(i, "next", "last"):
			return enDay{d.at.AddDate(0, 0, 7), rankDate, d.part}, n + 1
		case r.w.at(i+n) == "fortnight":
			return enDay{d.at.AddDate(0, 0, 14), rankDate, d.part}, n + 1
		}
	}
	return d, n
}

func (r *enReader) plainDay(i int) (enDay, int) {
	if !r.w.isNum(i) && !enDayStarts[r.w.at(i)] {
		return enDay{}, 0
	}
	best, n := enDay{}, 0
	for k := range enFixedDays {
		f := &enFixedDays[k]
		if m := r.w.has(i, f.words); m > n {
			best, n = enDay{r.today.AddDate(0, 0, f.days), rankRelative, f.part}, m
		}
	}
	if n > 0 {
		return best, n
	}
	if n := r.w.hasAny(i, []string{"day after", "day before"}); n > 0 {
		if d, m := r.dayAt(i + n); m > 0 && d.rank >= rankWeekday {
			days := 1
			if r.w.at(i+1) == "before" {
				days = -1
			}
			return enDay{d.at.AddDate(0, 0, days), rankDate, partNone}, n + m
		}
	}
	if d, n := r.holiday(i); n > 0 {
		return d, n
	}
	if d, n := r.edge(i); n > 0 {
		return d, n
	}
	if d, n := r.weekday(i); n > 0 {
		return d, n
	}
	if d, n := r.weekAway(i); n > 0 {
		return d, n
	}
	if d, n := r.numericDate(i); n > 0 {
		return d, n
	}
	return r.monthDay(i)
}

// weekday reads "Friday", "next Friday", "this coming Friday", "last Friday",
// "Friday next week", "the Friday after next".
func (r *enReader) weekday(i int) (enDay, int) {
	which, k := r.whichWeek(i)
	d, ok := enWeekdays[r.w.at(k)]
	if !ok && (k > i || r.w.at(i-1) == "on" || r.o.Asked && len(r.w) == 1) {
		d, ok = enShortWeekdays[r.w.at(k)]
	}
	if !ok {
		return enDay{}, 0
	}
	k++
	ahead := (int(d) - int(r.today.Weekday()) + 7) % 7 // 0: today
	if which == "" {
		switch {
		case r.w.has(k, "next week") > 0:
			which, k = "next", k+2
		case r.w.has(k, "of next week") > 0:
			which, k = "next", k+3
		case r.w.has(k, "this week") > 0:
			which, k = "this", k+2
		case r.w.has(k, "last week") > 0:
			which, k = "lastweek", k+2
		case r.w.has(k, "after next") > 0:
			which, k = "afternext", k+2
		}
	}
	inWeek := int(d+6)%7 - int(r.today.Weekday()+6)%7 // of this week, which begins on Monday
	switch which {
	case "next":
		ahead = inWeek + 7
	case "this":
		if ahead = inWeek; ahead < 0 {
			ahead += 7
		}
	case "last":
		if ahead -= 7; ahead == 0 {
			ahead = -7
		}
	case "lastweek":
		ahead = inWeek - 7
	case "afternext":
		ahead = inWeek + 14
	default:
		if ahead == 0 {
			ahead = 7
		}
	}
	return enDay{r.today.AddDate(0, 0, ahead), rankWeekday, partNone}, k - i
}

// enWhichWeek are the words before a weekday.
var enWhichWeek = []struct{ words, which string }{
	{"this coming", "coming"}, {"the coming", "coming"}, {"coming", "coming"}, {"this", "this"}, {"next week on", "next"}, {"next week", "next"},
	{"next", "next"}, {"this past", "last"}, {"past", "last"}, {"last", "last"}, {"the following", "next"}, {"following", "next"}, {"this week on", "this"},
	{"last week on", "lastweek"}, {"this next", "coming"},
}

// whichWeek reads the words before a weekday, and "next week" before one.
func (r *enReader) whichWeek(i int) (which string, next int) {
	next = i
	for k := range enWhichWeek {
		p := &enWhichWeek[k]
		if n := r.w.has(i, p.words); n > next-i {
			which, next = p.which, i+n
		}
	}
	return which, next
}

// enAway are days a week, a month or a year off; weekends are counted from the
// Saturday of this week.
var enAway = []struct {
	words        string
	days, months int
	weekend      bool
}{
	{"week after next", 14, 0, false}, {"next week", 7, 0, false}, {"last week", -7, 0, false}, {"next month", 0, 1, false}, {"month after next", 0, 2, false},
	{"last month", 0, -1, false}, {"next year", 0, 12, false}, {"last year", 0, -12, false}, {"this weekend", 0, 0, true}, {"the weekend", 0, 0, true},
	{"at the weekend", 0, 0, true}, {"next weekend", 7, 0, true}, {"weekend after next", 14, 0, true}, {"last weekend", -7, 0, true},
}

// weekAway reads next week, the week after next, next month, next year, this weekend.
func (r *enReader) weekAway(i int) (enDay, int) {
	if r.w.at(i-1) == "of" { // the first week of next month
		return enDay{}, 0
	}
	for k := range enAway {
		p := &enAway[k]
		n := r.w.has(i, p.words)
		if n == 0 {
			continue
		}
		day := monthsOn(r.today, p.months)
		if p.weekend {
			day = r.today.AddDate(0, 0, 5-int(r.today.Weekday()+6)%7)
		}
		return enDay{day.AddDate(0, 0, p.days), rankWeek, partNone}, n
	}
	return enDay{}, 0
}

// monthDay reads "June fifth", "the fifth of June twenty twenty six", "5 June",
// "the twenty first", "the fifteenth of next month".
func (r *enReader) monthDay(i int) (enDay, int) {
	if m, ok := enMonths[r.w.at(i)]; ok {
		j := i + 1
		if r.w.at(j) == "the" {
			j++
		}
		if d, n := r.dayOfMonth(j, true); n > 0 {
			return r.dated(i, j+n, d, m)
		}
		return enDay{}, 0
	}
	j := i
	the := r.w.at(j) == "the"
	if the {
		j++
	}
	d, n := r.dayOfMonth(j, false)
	cardinal := n == 0
	if cardinal {
		d, n = r.dayOfMonth(j, true)
	}
	if n == 0 {
		return enDay{}, 0
	}
	j += n
	k := j
	if r.w.at(k) == "of" {
		k++
	}
	if m, ok := enMonths[r.w.at(k)]; ok && (!cardinal || the || k > j || r.w.isNum(i) || !r.laterDay(k)) {
		return r.dated(i, k+1, d, m)
	}
	if m, n := r.monthByNumber(k); n > 0 && k > j && the {
		return r.dated(i, k+n, d, m)
	}
	if months, n := r.whichMonth(k); n > 0 && k > j {
		return r.ofMonth(i, k+n, d, months)
	}
	if !r.loneDay(i, n, the, cardinal) || r.w.isFraction(i, n) || enNotDays[r.w.at(j)] {
		return enDay{}, 0
	}
	return r.nextOn(d), j - i
}

// loneDay tells whether a number without a month is a day: the fifteenth, on
// fifteenth; as an answer also fifteenth, and fifteen when nothing else is said.
func (r *enReader) loneDay(i, n int, the, cardinal bool) bool {
	answer := r.o.Asked && r.wantDate
	if cardinal {
		return answer && !the && i+n == len(r.w)
	}
	return answer || the || r.w.at(i-1) == "on"
}

// monthByNumber reads the month of "the ninth of the eighth".
func (r *enReader) monthByNumber(i int) (time.Month, int) {
	if r.w.at(i) != "the" {
		return 0, 0
	}
	d, n := r.w.ordinal(i + 1)
	if n == 0 || d > 12 || enNotDays[r.w.at(i+1+n)] {
		return 0, 0
	}
	return time.Month(d), n + 1
}

// enNotDays follow a rank that is no day: the first one, the second time.
var enNotDays = wordSet("one ones last to time times thing name option choice floor street avenue road payment instalment installment half quarter person of place row month week year hour degree")

// laterDay tells whether the month at i has a day of its own behind it, as in
// "at three June fifth".
func (r *enReader) laterDay(i int) bool {
	_, n := r.dayOfMonth(i+1, true)
	return n > 0
}

// nextOn is the next day with that number, in the first month that has it.
func (r *enReader) nextOn(d int) enDay {
	first := time.Date(r.today.Year(), r.today.Month(), 1, 12, 0, 0, 0, r.today.Location())
	for k := range 4 {
		m := first.AddDate(0, k, 0)
		if day := m.AddDate(0, 0, d-1); d <= monthLength(m) && !day.Before(r.today) {
			return enDay{day, rankDate, partNone}
		}
	}
	return enDay{} // not reached: one of any two months has 31 days
}

var enWhichMonth = []struct {
	words  string
	months int
}{
	{"next month", 1}, {"the next month", 1}, {"the following month", 1}, {"this month", 0}, {"the month", 0}, {"last month", -1}, {"month after next", 2}, {"the month after next", 2},
}

// whichMonth reads this month, next month, the month.
func (r *enReader) whichMonth(i int) (months, n int) {
	for k := range enWhichMonth {
		p := &enWhichMonth[k]
		if m := r.w.has(i, p.words); m > n {
			months, n = p.months, m
		}
	}
	return months, n
}

func (r *enReader) ofMonth(i, end, d, months int) (enDay, int) {
	first := time.Date(r.today.Year(), r.today.Month()+time.Month(months), 1, 12, 0, 0, 0, r.today.Location())
	if d > monthLength(first) {
		r.impossible = true
		return enDay{}, end - i
	}
	if months == 0 && r.w.has(end-2, "the month") > 0 {
		return r.nextOn(d), end - i
	}
	return enDay{first.AddDate(0, 0, d-1), rankDate, partNone}, end - i
}

// dated puts a day and a month on the calendar, with the year that may follow.
func (r *enReader) dated(i, end, d int, m time.Month) (enDay, int) {
	k := end
	if r.w.isOne(k, "in", "of") {
		k++
	}
	if y, n := r.year(k); n > 0 {
		return r.onDate(y, m, d), k + n - i
	}
	if y, n := r.shortYear(k); n > 0 {
		return r.onDate(fullYear(y, r.today.Year()), m, d), k + n - i
	}
	for _, p := range []struct {
		words string
		years int
	}{{"next year", 1}, {"this year", 0}, {"last year", -1}} {
		if n := r.w.has(end, p.words); n > 0 {
			return r.onDate(r.today.Year()+p.years, m, d), end + n - i
		}
	}
	return r.nextDate(m, d), end - i
}

// nextDate is that day this year or, once it has gone by, the year after. A
// 29th of February is the next there is.
func (r *enReader) nextDate(m time.Month, d int) enDay {
	for y := r.today.Year(); y <= r.today.Year()+8; y++ {
		t := time.Date(y, m, d, 12, 0, 0, 0, r.today.Location())
		if t.Day() == d && !t.Before(r.today) {
			return enDay{t, rankDate, partNone}
		}
	}
	r.impossible = true
	return enDay{}
}

func (r *enReader) onDate(y int, m time.Month, d int) enDay {
	t := time.Date(y, m, d, 12, 0, 0, 0, r.today.Location())
	if t.Day() != d || t.Month() != m {
		r.impossible = true
		return enDay{}
	}
	return enDay{t, rankDate, partNone}
}

// year reads 2026, twenty twenty six, two thousand and five, nineteen oh four.
func (r *enReader) year(i int) (y, n int) {
	if r.w.isNum(i) && len(r.w[i].s) == 4 && r.w.sep(i+1) != ':' && !r.w.isOne(i+1, "hours", "am", "pm") {
		y, err := strconv.Atoi(r.w[i].s)
		return y, okYear(y, err == nil)
	}
	if v, n := r.w.pair(i, centuries); n > 0 && okYear(int(v), true) > 0 {
		return int(v), n
	}
	if r.w.has(i, "two thousand") > 0 {
		if s, n := r.w.roundGroup(i, 2, 1); len(s) == 4 {
			y, err := strconv.Atoi(s)
			if okYear(y, err == nil) > 0 {
				return y, n
			}
		}
	}
	return 0, 0
}

// shortYear reads the seventy nine of a date, where it cannot be minutes or a day.
func (r *enReader) shortYear(i int) (y, n int) {
	if !r.wantDate {
		return 0, 0
	}
	y, n = r.w.tens(i)
	if f, ok := r.w.figure(i); ok && len(r.w[i].s) == 2 {
		y, n = int(f), 1
	}
	if r.w.isNum(i) && y >= 20 && !r.w.isNum(i+1) && n == 1 {
		return y, 1
	}
	if n == 0 || y < 32 || enNotHours[r.w.at(i+n)] || r.w.isOne(i+n, "hundred", "thousand") {
		return 0, 0
	}
	return y, n
}

func okYear(y int, ok bool) int {
	if ok && y >= 1900 && y < 2100 {
		return 1
	}
	return 0
}

// dayOfMonth reads a day's number: fifth, 5th, and, behind or before a month, five.
func (r *enReader) dayOfMonth(i int, cardinal bool) (day, n int) {
	if d, n := r.w.ordinal(i); n > 0 && d <= 31 {
		return d, n
	}
	if !cardinal || r.w.sep(i+1) == ':' && r.w.isNum(i+1) {
		return 0, 0
	}
	if f, ok := r.w.figure(i); ok && enWholeNumber(f) && f >= 1 && f <= 31 && !(r.w.glued(i+1) && !r.w.isNum(i+1)) {
		return int(f), 1
	}
	d, n := r.w.tens(i)
	if n == 0 || d < 1 || d > 31 {
		return 0, 0
	}
	return d, n
}

// enDayStarts are the words a day may begin with: most words of a sentence are
// none, and need not be compared with every table.
var enDayStarts = enFirstWords()

func enFirstWords() map[string]bool {
	m := wordSet("day the oh zero o")
	add := func(phrase string) {
		first, _, _ := strings.Cut(phrase, " ")
		m[first] = true
	}
	for _, f := range enFixedDays {
		add(f.words)
	}
	for _, h := range enHolidays {
		add(h.words)
	}
	for _, e := range enEdges {
		add(e.words)
	}
	for _, p := range enWhichWeek {
		add(p.words)
	}
	for _, p := range enAway {
		add(p.words)
	}
	for _, p := range enPeriodEnds {
		add(p.words)
	}
	for w := range enWeekdays {
		m[w] = true
	}
	for w := range enShortWeekdays {
		m[w] = true
	}
	for w := range enMonths {
		m[w] = true
	}
	for w := range enUnits {
		m[w] = true
	}
	for w := range enOrdinals {
		m[w] = true
	}
	return m
}
