package nlu

import (
	"strconv"
	"strings"
	"time"
)

// enHolidays are days that are known by name. Those with a function move.
var enHolidays = []struct {
	words string
	month time.Month
	day   int
	moves func(year int) (time.Month, int)
}{
	{"christmas", 12, 25, nil}, {"christmas day", 12, 25, nil}, {"xmas", 12, 25, nil}, {"christmas eve", 12, 24, nil}, {"boxing day", 12, 26, nil},
	{"new years eve", 12, 31, nil}, {"new year eve", 12, 31, nil}, {"new years", 1, 1, nil}, {"new years day", 1, 1, nil},
	{"valentines", 2, 14, nil}, {"valentines day", 2, 14, nil}, {"saint patricks day", 3, 17, nil}, {"st patricks day", 3, 17, nil},
	{"halloween", 10, 31, nil}, {"independence day", 7, 4, nil}, {"juneteenth", 6, 19, nil}, {"veterans day", 11, 11, nil}, {"bonfire night", 11, 5, nil},
	{"thanksgiving", 0, 0, func(y int) (time.Month, int) { return nthWeekday(y, 11, time.Thursday, 4) }},
	{"thanksgiving day", 0, 0, func(y int) (time.Month, int) { return nthWeekday(y, 11, time.Thursday, 4) }},
	{"black friday", 0, 0, func(y int) (time.Month, int) { m, d := nthWeekday(y, 11, time.Thursday, 4); return m, d + 1 }},
	{"labor day", 0, 0, func(y int) (time.Month, int) { return nthWeekday(y, 9, time.Monday, 1) }},
	{"labour day", 0, 0, func(y int) (time.Month, int) { return nthWeekday(y, 9, time.Monday, 1) }},
	{"memorial day", 0, 0, func(y int) (time.Month, int) { m, d := nthWeekday(y, 6, time.Monday, 1); return daysBefore(y, m, d, 7) }},
	{"easter", 0, 0, easterSunday}, {"easter sunday", 0, 0, easterSunday},
	{"good friday", 0, 0, func(y int) (time.Month, int) { m, d := easterSunday(y); return daysBefore(y, m, d, 2) }},
	{"easter monday", 0, 0, func(y int) (time.Month, int) { m, d := easterSunday(y); return daysBefore(y, m, d, -1) }},
}

func nthWeekday(y int, m time.Month, w time.Weekday, n int) (time.Month, int) {
	first := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC).Weekday()
	return m, 1 + (int(w)-int(first)+7)%7 + 7*(n-1)
}

func daysBefore(y int, m time.Month, d, days int) (time.Month, int) {
	t := time.Date(y, m, d-days, 0, 0, 0, 0, time.UTC)
	return t.Month(), t.Day()
}

// easterSunday follows the anonymous Gregorian computus.
func easterSunday(y int) (time.Month, int) {
	a, b, c := y%19, y/100, y%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Month(n / 31), n%31 + 1
}

func (r *enReader) holiday(i int) (enDay, int) {
	best, n := -1, 0
	for k := range enHolidays {
		if m := r.w.has(i, enHolidays[k].words); m > n {
			best, n = k, m
		}
	}
	if n == 0 {
		return enDay{}, 0
	}
	h := enHolidays[best]
	if y, m := r.year(i + n); m > 0 {
		month, day := h.month, h.day
		if h.moves != nil {
			month, day = h.moves(y)
		}
		return r.onDate(y, month, day), n + m
	}
	if h.moves == nil {
		return r.nextDate(h.month, h.day), n
	}
	for y := r.today.Year(); ; y++ {
		m, d := h.moves(y)
		if t := time.Date(y, m, d, 12, 0, 0, 0, r.today.Location()); !t.Before(r.today) {
			return enDay{t, rankDate, partNone}, n
		}
	}
}

// edge reads the beginning, middle and end of a week, month or year: "end of
// the month", "mid July", "early next week", "end of June".
func (r *enReader) edge(i int) (enDay, int) {
	for _, p := range enPeriodEnds {
		if n := r.w.has(i, p.words); n > 0 {
			d := r.edgeOfYear(edgeEnd, 0)
			if p.month {
				d = edgeOfMonth(r.today.AddDate(0, 0, 1-r.today.Day()), edgeEnd)
			}
			return enDay{d, rankDate, partNone}, n
		}
	}
	where, k := r.edgeWord(i)
	if k == i {
		return enDay{}, 0
	}
	if r.w.at(k) == "of" {
		k++
	}
	end := func(d time.Time, n int) (enDay, int) { return enDay{d, rankDate, partNone}, k + n - i }
	if m, ok := enMonths[r.w.at(k)]; ok {
		first := time.Date(r.today.Year(), m, 1, 12, 0, 0, 0, r.today.Location())
		d := edgeOfMonth(first, where)
		if d.Before(r.today) {
			d = edgeOfMonth(first.AddDate(1, 0, 0), where)
		}
		return end(d, 1)
	}
	if months, n := r.whichMonth(k); n > 0 {
		first := time.Date(r.today.Year(), r.today.Month()+time.Month(months), 1, 12, 0, 0, 0, r.today.Location())
		d := edgeOfMonth(first, where)
		if months == 0 && d.Before(r.today) {
			d = edgeOfMonth(first.AddDate(0, 1, 0), where)
		}
		return end(d, n)
	}
	for _, p := range []struct {
		words string
		weeks int
	}{{"next week", 1}, {"this week", 0}, {"the week", 0}, {"week", 0}, {"the following week", 1}} {
		if n := r.w.has(k, p.words); n > 0 && (n > 1 || where == edgeMiddle) {
			return end(r.edgeOfWeek(where, p.weeks), n)
		}
	}
	for _, p := range []struct {
		words string
		years int
	}{{"next year", 1}, {"this year", 0}, {"the year", 0}} {
		if n := r.w.has(k, p.words); n > 0 {
			return end(r.edgeOfYear(where, p.years), n)
		}
	}
	if n := r.w.hasAny(k, []string{"the quarter", "this quarter"}); n > 0 && where == edgeEnd {
		q := (r.today.Month()-1)/3*3 + 4
		return end(time.Date(r.today.Year(), q, 0, 12, 0, 0, 0, r.today.Location()), n)
	}
	return enDay{}, 0
}

var enPeriodEnds = []struct {
	words string
	month bool
}{{"month end", true}, {"months end", true}, {"year end", false}, {"years end", false}}

type enEdge uint8

const (
	edgeStart enEdge = iota + 1
	edgeMiddle
	edgeLate
	edgeEnd
)

var enEdges = []struct {
	words string
	edge  enEdge
}{
	{"beginning", edgeStart}, {"start", edgeStart}, {"early", edgeStart}, {"early in", edgeStart}, {"first of", edgeStart}, {"first day", edgeStart},
	{"middle", edgeMiddle}, {"mid", edgeMiddle}, {"late", edgeLate}, {"late in", edgeLate}, {"later", edgeLate}, {"end", edgeEnd}, {"last day", edgeEnd}, {"last", edgeEnd},
}

func (r *enReader) edgeWord(i int) (e enEdge, next int) {
	next = i
	for k := range enEdges {
		p := &enEdges[k]
		if n := r.w.has(i, p.words); n > next-i {
			e, next = p.edge, i+n
		}
	}
	// "last" and "first" are edges only of something.
	if r.w.isOne(next-1, "last", "beginning", "start", "end", "day") && r.w.at(next) != "of" || r.w.isOne(next-1, "of") && r.w.isOne(next, "all") {
		return 0, i
	}
	return e, next
}

func edgeOfMonth(first time.Time, e enEdge) time.Time {
	switch e {
	case edgeMiddle:
		return first.AddDate(0, 0, 14)
	case edgeLate:
		return first.AddDate(0, 0, 24)
	case edgeEnd:
		return first.AddDate(0, 0, monthLength(first)-1)
	}
	return first
}

// edgeOfWeek counts working days: a week begins on Monday and ends on Friday.
func (r *enReader) edgeOfWeek(e enEdge, weeks int) time.Time {
	monday := r.today.AddDate(0, 0, 7*weeks-int(r.today.Weekday()+6)%7)
	d := monday.AddDate(0, 0, map[enEdge]int{edgeStart: 0, edgeMiddle: 2, edgeLate: 3, edgeEnd: 4}[e])
	if weeks == 0 && d.Before(r.today) {
		d = d.AddDate(0, 0, 7)
	}
	return d
}

func (r *enReader) edgeOfYear(e enEdge, years int) time.Time {
	y := r.today.Year() + years
	month, day := time.January, 1
	switch e {
	case edgeMiddle:
		month = time.July
	case edgeLate:
		month = time.November
	case edgeEnd:
		month, day = time.December, 31
	}
	d := time.Date(y, month, day, 12, 0, 0, 0, r.today.Location())
	if years == 0 && d.Before(r.today) {
		d = d.AddDate(1, 0, 0)
	}
	return d
}

// enMonthFirst are the regions that write the month before the day.
var enMonthFirst = wordSet("US PH PR GU FM MH PW")

func (r *enReader) monthFirst() bool {
	region := r.o.Region
	if region == "" {
		_, region, _ = strings.Cut(r.o.Language, "-")
	}
	return region == "" || enMonthFirst[strings.ToUpper(region)]
}

// numericDate reads 6/5, 6/5/2026, 2026-06-05, 5.6.2026, and spoken "six slash
// five". Which is the month depends on the region, or on what is possible.
func (r *enReader) numericDate(i int) (enDay, int) {
	if !r.w.isNum(i) && r.w.at(i+1) != "slash" {
		if !r.o.Asked || !r.wantDate {
			return enDay{}, 0
		}
	}
	a, sep, k, ok := r.dateField(i)
	if !ok {
		return enDay{}, 0
	}
	b, sep2, k, ok := r.dateField(k)
	if !ok || sep == ' ' && !(r.o.Asked && r.wantDate) {
		return enDay{}, 0
	}
	if a > 999 { // ISO 8601
		c, _, k, ok := r.dateField(k)
		if !ok || b < 1 || b > 12 || sep == ' ' {
			return enDay{}, 0
		}
		return r.onDate(a, time.Month(b), c), k - i
	}
	if a == 24 && b == 7 || a < 1 || b < 1 || a > 31 || b > 31 {
		return enDay{}, 0
	}
	m, d := b, a
	if r.monthFirst() && a <= 12 || b > 12 {
		m, d = a, b
	}
	if m > 12 {
		r.impossible = true
		return enDay{}, 0
	}
	if y, n := r.year(k); n > 0 && (sep2 == sep || sep == ' ') {
		return r.onDate(y, time.Month(m), d), k + n - i
	}
	if sep == ' ' || sep == '-' || sep == '.' {
		return enDay{}, 0 // 5-6 and 5.6 are as well something else
	}
	if y, _, end, ok := r.dateField(k); ok && sep2 == sep && y < 100 {
		return r.onDate(fullYear(y, r.today.Year()), time.Month(m), d), end - i
	}
	return r.nextDate(time.Month(m), d), k - i
}

// fullYear is the year that ends in two digits and is not more than ten years
// ahead.
func fullYear(y, now int) int {
	full := now - now%100 + y
	if full > now+10 {
		full -= 100
	}
	return full
}

// dateField reads one number of a numeric date and what divides it from the next.
func (r *enReader) dateField(i int) (v int, sep rune, next int, ok bool) {
	if r.w.isNum(i) {
		v, err := strconv.Atoi(r.w[i].s)
		sep, next = ' ', i+1
		if r.w.isNum(i+1) || r.w.at(i+1) == "" {
			sep = r.w.sep(i + 1)
		}
		if r.w.at(next) == "slash" {
			sep, next = '/', next+1
		}
		if sep != '/' && sep != '-' && sep != '.' && sep != ' ' || len(r.w[i].s) > 4 || r.w.glued(i+1) {
			return 0, 0, 0, false
		}
		return v, sep, next, err == nil
	}
	var n int
	if r.w.isOne(i, "oh", "zero", "o") { // oh six
		v, n = r.w.tens(i + 1)
		if v > 9 {
			return 0, 0, 0, false
		}
		if n > 0 {
			n++
		}
	} else {
		v, n = r.w.tens(i)
	}
	if n == 0 {
		return 0, 0, 0, false
	}
	if r.w.at(i+n) == "slash" {
		return v, '/', i + n + 1, true
	}
	return v, ' ', i + n, true
}
