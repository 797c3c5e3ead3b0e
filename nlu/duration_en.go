package nlu

import "time"

// enSpanUnit is a unit of time as Span counts it.
type enSpanUnit struct {
	years, months, days int
	clock               time.Duration
}

var enSpanUnits = map[string]enSpanUnit{
	"second": {clock: time.Second}, "seconds": {clock: time.Second}, "sec": {clock: time.Second}, "secs": {clock: time.Second},
	"minute": {clock: time.Minute}, "minutes": {clock: time.Minute}, "min": {clock: time.Minute}, "mins": {clock: time.Minute},
	"hour": {clock: time.Hour}, "hours": {clock: time.Hour}, "hr": {clock: time.Hour}, "hrs": {clock: time.Hour},
	"day": {days: 1}, "days": {days: 1}, "night": {days: 1}, "nights": {days: 1}, "week": {days: 7}, "weeks": {days: 7}, "fortnight": {days: 14}, "fortnights": {days: 14},
	"month": {months: 1}, "months": {months: 1}, "year": {years: 1}, "years": {years: 1}, "yr": {years: 1}, "yrs": {years: 1},
	"decade": {years: 10}, "decades": {years: 10},
}

// enUnitAdjectives may stand between a number and its unit.
var enUnitAdjectives = wordSet("business working full whole calendar more long solid entire")

const maxCount = 1e6 // of any unit; more is no length of time people mean

// times is v of a unit. Half a month is 15 days, half a year six months.
func (u enSpanUnit) times(v float64) (Span, bool) {
	if v < 0 || v > maxCount {
		return Span{}, false
	}
	whole := int(v)
	rest := v - float64(whole)
	s := Span{Years: whole * u.years, Months: whole * u.months, Days: whole * u.days}
	switch {
	case u.clock > 0:
		s.Clock = time.Duration(v * float64(u.clock))
	case u.years > 0:
		s.Months = int(rest*float64(12*u.years) + 0.5)
		s.Years, s.Months = s.Years+s.Months/12, s.Months%12
	case u.months > 0:
		s.Days = int(rest*30 + 0.5)
	case u.days > 0:
		days := rest * float64(u.days)
		s.Days += int(days)
		s.Clock = time.Duration((days - float64(int(days))) * float64(24*time.Hour)).Round(time.Minute)
	}
	return s, true
}

// size orders units: what is added behind a unit must be smaller.
func (u enSpanUnit) size() time.Duration {
	return u.clock + 24*time.Hour*time.Duration(u.days+30*u.months+365*u.years)
}

func enSum(a, b Span) Span {
	return Span{a.Years + b.Years, a.Months + b.Months, a.Days + b.Days, a.Clock + b.Clock}
}

// unitAt finds the unit of time at i, behind an adjective or none. The m and h
// of figures are minutes and hours.
func (w enWords) unitAt(i int) (u enSpanUnit, n int) {
	for enUnitAdjectives[w.at(i+n)] && n < 2 {
		n++
	}
	if u, ok := enSpanUnits[w.at(i+n)]; ok {
		return u, n + 1
	}
	if w.glued(i) && w.isNum(i-1) && w.at(i) == "h" {
		return enSpanUnits["hour"], 1
	}
	return enSpanUnit{}, 0
}

// count reads how many units: a number, an, half an, a couple of, a few.
func (w enWords) count(i int) (v float64, n int) {
	if f, m := w.fraction(i); m > 0 { // half an hour, three quarters of an hour, half hour
		k := i + m
		if w.at(k) == "of" {
			k++
		}
		if w.isOne(k, "a", "an") {
			k++
		}
		if _, u := w.unitAt(k); u > 0 {
			return f, k - i
		}
	}
	if m := w.couple(i); m > 0 && enMany[w.at(i+m)] == 0 {
		return 2, m
	}
	if m := w.hasAny(i, []string{"a few", "few"}); m > 0 {
		return 3, m
	}
	if w.isOne(i, "a", "an", "another", "one") {
		k := i + 1
		if f, m := w.andFraction(k); m > 0 {
			return 1 + f, 1 + m
		}
		if _, u := w.unitAt(k); u > 0 {
			return 1, 1
		}
	}
	x := w.number(i, noPairs)
	return x.v, x.n
}

// duration reads a length of time at i, and the size of its smallest unit.
func (w enWords) duration(i int) (s Span, n int) {
	s, u, n := w.durationPart(i)
	for n > 0 {
		k := i + n
		if f, m := w.andFraction(k); m > 0 { // an hour and a half
			if _, unit := w.unitAt(k + m); unit == 0 {
				half, ok := u.times(f)
				if !ok {
					return Span{}, 0
				}
				return enSum(s, half), n + m
			}
		}
		if w.at(k) == "and" {
			k++
		}
		more, smaller, m := w.durationPart(k)
		if m > 0 && smaller.size() < u.size() {
			s, u, n = enSum(s, more), smaller, k+m-i
			continue
		}
		if v, m := w.tens(i + n); m > 0 && v >= 5 && u.clock == time.Hour && !w.isOne(i+n+m, "percent", "dollars", "pounds") { // one hour thirty
			return enSum(s, Span{Clock: time.Duration(v) * time.Minute}), n + m
		}
		break
	}
	return s, n
}

func (w enWords) durationPart(i int) (s Span, u enSpanUnit, n int) {
	if w.insideWord(i) && !(w.glued(i+1) && w.at(i+1) == "h") && enSpanUnits[w.at(i+1)] == (enSpanUnit{}) {
		return Span{}, u, 0
	}
	v, n := w.count(i)
	if n == 0 {
		return Span{}, u, 0
	}
	u, m := w.unitAt(i + n)
	if v >= 20 && w.at(i+n) == "second" && !w.isNum(i) { // a rank
		return Span{}, u, 0
	}
	end := i + n + m
	if m == 0 { // two or three weeks: the first
		_, after := w.until(i + n)
		if after == 0 || w.at(i+n) == "and" && w.at(i-1) != "between" {
			return Span{}, u, 0
		}
		if u, m = w.unitAt(after); m == 0 {
			return Span{}, u, 0
		}
		end = after + m
	}
	s, ok := u.times(v)
	if !ok {
		return Span{}, u, 0
	}
	return s, u, end - i
}

// enWaits are units of time in idioms that ask for patience or say how often.
var (
	enBeforeIdiom = wordSet("wait just on me for got once twice times time dollars pounds euros bucks quid per cents percent other some hold hang ")
	enAfterCount  = wordSet("ago old past")
)

func (in *enInput) readDuration() (enHit, bool) {
	w := in.w
	for i := range w {
		if i > 0 && !w.isNum(i) {
			if _, unit := w.tens(i - 1); unit > 0 && w.at(i-1) != "zero" {
				if _, inside := w.duration(i - 1); inside > 0 {
					continue
				}
			}
		}
		s, n := w.duration(i)
		if n == 0 || enAfterCount[w.at(i+n)] || in.clockFollows(i, n, s) {
			continue
		}
		if w.isOne(i, "a", "an", "one", "another") && n == 2 && enIdiom(w, i) && (s.Clock < time.Hour && s.Clock > 0 || !w.isOne(i-1, "for")) {
			continue
		}
		return enHit{Value{Span: s}, i, i + n}, true
	}
	return enHit{}, false
}

// clockFollows tells whether the words from i on are a time of day: five minutes
// to six, fifteen hundred hours.
func (in *enInput) clockFollows(i, n int, s Span) bool {
	w := in.w
	if w.at(i+n) == "to" {
		if _, m := w.tens(i + n + 1); m > 0 {
			return true
		}
	}
	hours := s.Clock / time.Hour
	round := w.at(i+n-1) == "hours" && hours >= 100 && hours <= 2400 && hours%100 == 0
	return round && (w.isOne(i-1, "oh", "zero", "o") || !in.o.Asked && hours >= 1300)
}

// enIdiom tells "wait a minute", "twice a day" and "fifty dollars a month" from
// lengths of time.
func enIdiom(w enWords, i int) bool {
	return enBeforeIdiom[w.at(i-1)] || w.isOne(i+1, "second", "sec") && i == 0 && len(w) <= 3
}
