package nlu

import (
	"strconv"
	"strings"
)

// clockTime reads a time of day: "at three", "three pm", "three thirty",
// "half past three", "quarter to four", "three o'clock", "15:30", "3pm".
func (r *enReader) clockTime() int {
	i := r.i
	lead := false
	for {
		switch r.word(i) {
		case "at", "around", "about", "by", "before", "after", "from", "until", "till":
			lead = lead || r.word(i) != "about"
			i++
			continue
		}
		break
	}
	if n := r.pastTo(i); n > 0 {
		return i + n - r.i
	}
	hour, minute, n, exact := r.hourAt(i)
	if n == 0 || enUnits[r.word(i-1)] >= 20 { // twenty five is no five
		return 0
	}
	end := i + n
	half, marked := r.halfAt(end)
	switch half {
	case "am", "pm":
		if hour > 12 || hour == 0 {
			if half == "am" && hour > 12 {
				return 0
			}
		} else {
			hour %= 12
			if half == "pm" {
				hour += 12
			}
		}
		exact = true
		end += marked
	case "oclock":
		lead = true
		end += marked
		if after, m := r.halfAt(end); after == "am" || after == "pm" {
			hour %= 12
			if after == "pm" {
				hour += 12
			}
			exact = true
			end += m
		}
	}
	dayThere := r.s.hasDay || r.s.hasWeekday || r.s.monthDay > 0 || r.s.part != partNone || r.partFollows(end)
	if !lead && !exact && half == "" && !r.bare && !dayThere {
		return 0
	}
	if unit := r.word(end); unit == "minutes" || unit == "hours" || unit == "days" || unit == "times" || unit == "percent" || unit == "dollars" {
		return 0
	}
	r.s.hour, r.s.min, r.s.hasHour = hour, minute, true
	r.s.exactHour = exact
	return end - r.i
}

func (r *enReader) partFollows(i int) bool {
	return r.word(i) == "in" && r.word(i+1) == "the" && enParts[r.word(i+2)] != partNone ||
		r.word(i) == "at" && r.word(i+1) == "night" || r.word(i) == "tomorrow" || r.word(i) == "today" || r.word(i) == "tonight" ||
		r.word(i) == "on" && r.isWeekday(i+1)
}

func (r *enReader) isWeekday(i int) bool { _, ok := enWeekdays[r.word(i)]; return ok }

// halfAt reads what makes an hour certain: am, pm (also spelt p m), o'clock.
func (r *enReader) halfAt(i int) (half string, used int) {
	switch w := r.word(i); w {
	case "am", "pm", "oclock":
		return w, 1
	case "a", "p":
		if r.word(i+1) == "m" {
			return w + "m", 2
		}
	case "o":
		if r.word(i+1) == "clock" {
			return "oclock", 2
		}
	}
	return "", 0
}

// pastTo reads "half past three", "a quarter to four", "ten past two".
func (r *enReader) pastTo(i int) int {
	start := i
	if r.word(i) == "a" {
		i++
	}
	var minutes int
	switch r.word(i) {
	case "half":
		minutes = 30
		i++
	case "quarter":
		minutes = 15
		i++
	default:
		v, n := enNumberAt(r.w, i)
		if n == 0 || v < 1 || v > 29 || v != float64(int(v)) {
			return 0
		}
		minutes = int(v)
		i += n
		if r.word(i) == "minutes" {
			i++
		}
	}
	sign := r.word(i)
	if sign != "past" && sign != "to" {
		return 0
	}
	hour, _, n, _ := r.hourAt(i + 1)
	if n == 0 || hour < 1 || hour > 12 {
		return 0
	}
	end := i + 1 + n
	if half, m := r.halfAt(end); m > 0 {
		end += m
		if half != "oclock" {
			r.s.exactHour = true
			hour %= 12
			if half == "pm" {
				hour += 12
			}
		}
	}
	if sign == "to" {
		minutes = 60 - minutes
		if hour--; hour <= 0 && !r.s.exactHour {
			hour = 12
		}
	}
	r.s.hour, r.s.min, r.s.hasHour = (hour+24)%24, minutes, true
	return end - start
}

// hourAt reads an hour with or without minutes. exact tells that it can only
// mean one time of day.
func (r *enReader) hourAt(i int) (hour, minute, used int, exact bool) {
	w := r.word(i)
	if h, m, ok := strings.Cut(w, ":"); ok {
		return clockDigits(h, m)
	}
	for _, half := range []string{"am", "pm"} {
		digits, ok := strings.CutSuffix(w, half)
		if !ok || digits == "" {
			continue
		}
		h, m := digits, "0"
		if a, b, split := strings.Cut(strings.ReplaceAll(digits, ".", ":"), ":"); split {
			h, m = a, b
		}
		hour, minute, used, _ = clockDigits(h, m)
		if used == 0 || hour > 12 {
			return 0, 0, 0, false
		}
		hour %= 12
		if half == "pm" {
			hour += 12
		}
		return hour, minute, 1, true
	}
	if h, err := strconv.Atoi(w); err == nil && len(w) <= 2 {
		if h > 24 {
			return 0, 0, 0, false
		}
		minute, n := r.minutesAt(i + 1)
		return h, minute, 1 + n, h > 12
	}
	h, ok := enUnits[w]
	if !ok || h > 12 || h == 0 {
		return 0, 0, 0, false
	}
	minute, n := r.minutesAt(i + 1)
	return h, minute, 1 + n, false
}

// minutesAt reads the minutes behind an hour: thirty, forty five, oh five.
func (r *enReader) minutesAt(i int) (minute, used int) {
	w := r.word(i)
	if w == "oh" || w == "o" {
		if v, ok := enUnits[r.word(i+1)]; ok && v > 0 && v < 10 {
			return v, 2
		}
		return 0, 0
	}
	v, ok := enUnits[w]
	if !ok || v < 10 || v > 50 {
		return 0, 0
	}
	if u, more := enUnits[r.word(i+1)]; more && v >= 20 && u > 0 && u < 10 {
		return v + u, 2
	}
	return v, 1
}

func clockDigits(h, m string) (hour, minute, used int, exact bool) {
	hour, err := strconv.Atoi(h)
	if err != nil || hour > 24 || hour < 0 || len(m) > 2 {
		return 0, 0, 0, false
	}
	minute, err = strconv.Atoi(m)
	if err != nil || minute > 59 || minute < 0 {
		return 0, 0, 0, false
	}
	return hour, minute, 1, hour > 12 || strings.HasPrefix(h, "0")
}
