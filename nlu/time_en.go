package nlu

import (
	"strconv"
	"strings"
	"time"
)

var enWeekdays = map[string]time.Weekday{
	"sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6,
}

var enMonths = map[string]time.Month{
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8,
	"september": 9, "october": 10, "november": 11, "december": 12,
}

var enParts = map[string]daypart{
	"morning": partMorning, "afternoon": partAfternoon, "evening": partEvening, "night": partEvening, "tonight": partEvening,
	"noon": partNoon, "midday": partNoon, "lunchtime": partNoon, "lunch": partNoon,
}

var enOrdinals = map[string]int{
	"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
	"eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
	"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}

var enSpans = map[string]time.Duration{"minute": time.Minute, "minutes": time.Minute, "hour": time.Hour, "hours": time.Hour}

// enReader walks over the words of one utterance.
type enReader struct {
	w    []string
	i    int
	s    spoken
	bare bool
}

func enSpoken(words []string, o TimeOptions) (spoken, bool) {
	r := enReader{bare: o.Bare}
	for _, w := range words {
		switch w = strings.TrimSuffix(w, "'s"); w {
		case "o'clock":
			w = "oclock"
		case "a.m":
			w = "am"
		case "p.m":
			w = "pm"
		}
		r.w = append(r.w, w)
	}
	for r.i = 0; r.i < len(r.w); {
		if n := r.step(); n > 0 {
			r.i += n
		} else {
			r.i++
		}
	}
	return r.s, r.s.said()
}

func (r *enReader) word(k int) string {
	if k < 0 || k >= len(r.w) {
		return ""
	}
	return r.w[k]
}

// step reads one expression at r.i and returns how many words it took.
func (r *enReader) step() int {
	for _, try := range []func() int{r.span, r.dayWord, r.weekday, r.monthDay, r.clockTime, r.partWord} {
		if n := try(); n > 0 {
			return n
		}
	}
	return 0
}

// span reads "in an hour", "half an hour", "two hours from now", "in three days".
func (r *enReader) span() int {
	i := r.i
	lead := r.word(i) == "in" || r.word(i) == "after" || r.word(i) == "within"
	if lead {
		i++
	}
	for r.word(i) == "about" || r.word(i) == "around" || r.word(i) == "like" {
		i++
	}
	value, n := r.quantity(i)
	if n == 0 {
		return 0
	}
	unit := r.word(i + n)
	end := i + n + 1
	if unit == "and" && r.word(end) == "a" && r.word(end+1) == "half" { // two and a half hours
		value += 0.5
		unit = r.word(end + 2)
		end += 3
	}
	trail := r.word(end) == "later" || r.word(end) == "time" || r.word(end) == "from" && r.word(end+1) == "now"
	if d, ok := enSpans[unit]; ok {
		if r.word(end) == "and" && r.word(end+1) == "a" && r.word(end+2) == "half" { // an hour and a half
			value += 0.5
			end += 3
			trail = trail || r.word(end) == "later" || r.word(end) == "from"
		}
		if !lead && !trail && !r.bare || value > 24*60 {
			return 0
		}
		r.s.relative, r.s.hasRelative = time.Duration(value*float64(d)), true
		return end - r.i
	}
	if (lead || trail) && value == float64(int(value)) && value <= 366 {
		switch unit {
		case "day", "days":
			r.s.days, r.s.hasDay = int(value), true
			return end - r.i
		case "week", "weeks":
			r.s.days, r.s.hasDay = 7*int(value), true
			return end - r.i
		}
	}
	return 0
}

func (r *enReader) quantity(i int) (float64, int) {
	switch {
	case r.word(i) == "half" && (r.word(i+1) == "an" || r.word(i+1) == "a"):
		return 0.5, 2
	case r.word(i) == "half" && r.word(i+1) == "hour":
		return 0.5, 1
	case r.word(i) == "a" && r.word(i+1) == "half" && r.word(i+2) == "hour":
		return 0.5, 2
	case r.word(i) == "a" && r.word(i+1) == "quarter" && r.word(i+2) == "of" && r.word(i+3) == "an":
		return 0.25, 4
	case r.word(i) == "a" && r.word(i+1) == "couple" && r.word(i+2) == "of":
		return 2, 3
	case r.word(i) == "a" && r.word(i+1) == "couple":
		return 2, 2
	case r.word(i) == "a" && r.word(i+1) == "few":
		return 3, 2
	case r.word(i) == "an" || r.word(i) == "a" && enScales[r.word(i+1)] == 0:
		return 1, 1
	}
	return enNumberAt(r.w, i)
}

func (r *enReader) dayWord() int {
	switch r.word(r.i) {
	case "today":
		r.s.hasDay, r.s.days = true, 0
		return 1
	case "tonight":
		r.s.hasDay, r.s.days, r.s.part = true, 0, partEvening
		return 1
	case "tomorrow":
		r.s.hasDay, r.s.days = true, 1
		return 1
	case "two", "to":
		if r.word(r.i+1) == "morrow" { // as a recogniser may spell it
			r.s.hasDay, r.s.days = true, 1
			return 2
		}
	case "day":
		if r.word(r.i+1) == "after" && r.word(r.i+2) == "tomorrow" {
			r.s.hasDay, r.s.days = true, 2
			return 3
		}
	case "this":
		if p := enParts[r.word(r.i+1)]; p != partNone {
			r.s.hasDay, r.s.days, r.s.part = true, 0, p
			return 2
		}
	}
	return 0
}

func (r *enReader) weekday() int {
	i := r.i
	switch r.word(i) {
	case "next":
		if r.word(i+1) == "week" {
			r.s.hasWeek, r.s.weeks = true, 1
			return 2
		}
		if d, ok := enWeekdays[r.word(i+1)]; ok {
			r.s.weekday, r.s.hasWeekday, r.s.hasWeek, r.s.weeks = d, true, true, 1
			return 2
		}
		return 0
	case "this":
		if d, ok := enWeekdays[r.word(i+1)]; ok {
			r.s.weekday, r.s.hasWeekday, r.s.hasWeek, r.s.weeks = d, true, true, 0
			return 2
		}
		return 0
	}
	if d, ok := enWeekdays[r.word(i)]; ok {
		r.s.weekday, r.s.hasWeekday = d, true
		return 1
	}
	return 0
}

// monthDay reads "june fifth", "the fifth of june", "the twenty first".
func (r *enReader) monthDay() int {
	i := r.i
	if m, ok := enMonths[r.word(i)]; ok {
		j := i + 1
		if r.word(j) == "the" {
			j++
		}
		if d, n := r.ordinal(j, true); n > 0 {
			r.s.month, r.s.monthDay = m, d
			return j + n - i
		}
		return 0
	}
	the := r.word(i) == "the"
	if the {
		i++
	}
	d, n := r.ordinal(i, false)
	if n == 0 {
		return 0
	}
	j := i + n
	if r.word(j) == "of" {
		j++
	}
	if m, ok := enMonths[r.word(j)]; ok {
		r.s.month, r.s.monthDay = m, d
		return j + 1 - r.i
	}
	if !the {
		return 0
	}
	r.s.monthDay = d
	return i + n - r.i
}

func (r *enReader) ordinal(i int, cardinal bool) (day, used int) {
	w := r.word(i)
	if d, ok := enOrdinals[w]; ok {
		return d, 1
	}
	if tens := enUnits[w]; tens == 20 || tens == 30 {
		if d, ok := enOrdinals[r.word(i+1)]; ok && d < 10 && tens+d <= 31 {
			return tens + d, 2
		}
	}
	for _, suffix := range []string{"st", "nd", "rd", "th"} {
		if digits, ok := strings.CutSuffix(w, suffix); ok {
			if d, err := strconv.Atoi(digits); err == nil && d >= 1 && d <= 31 {
				return d, 1
			}
		}
	}
	if cardinal {
		if v, n := enNumberAt(r.w, i); n > 0 && v >= 1 && v <= 31 && v == float64(int(v)) {
			return int(v), n
		}
	}
	return 0, 0
}

func (r *enReader) partWord() int {
	w := r.word(r.i)
	if w == "midnight" {
		r.s.hour, r.s.hasHour, r.s.exactHour = 24, true, true
		return 1
	}
	p := enParts[w]
	if p == partNone {
		return 0
	}
	if r.s.part == partNone {
		r.s.part = p
	}
	return 1
}
