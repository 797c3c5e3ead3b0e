package nlu

import "time"

// Grain says how exactly a time was said.
type Grain string

// The grains.
const (
	GrainMinute  Grain = "minute"  // a time of day was said
	GrainDaypart Grain = "daypart" // only morning, afternoon, evening
	GrainDay     Grain = "day"     // only the day: the hour is defaultHour
)

// Time is a moment somebody named.
type Time struct {
	At    time.Time // in the zone of the reference time
	Grain Grain
}

// TimeOptions says how to read a time.
type TimeOptions struct {
	Language string
	Now      time.Time // when it was said, in the speaker's zone
	// Bare takes a lone number for an hour ("three"): right after the question
	// when, wrong everywhere else.
	Bare bool
}

// ParseTime finds the moment named in text. People leave things out: hours
// from 1 to 7 without morning or evening mean the afternoon; a time of day that
// has passed means tomorrow; a part of a day has an hour of its own (morning 9,
// noon 12, afternoon 15, evening 19) and a lone day means 10 o'clock. A day
// that was named stays as it was named, even if its hour has passed. ok is
// false when no time was named, or one that does not exist.
func ParseTime(text string, o TimeOptions) (t Time, ok bool) {
	if IsChinese(o.Language) {
		return zhParseTime(text, o)
	}
	s, ok := enSpoken(rawWords(text), o)
	if !ok {
		return Time{}, false
	}
	return s.resolve(o.Now)
}

// The hours of the day's parts and of a lone day.
const (
	morningHour   = 9
	noonHour      = 12
	afternoonHour = 15
	eveningHour   = 19
	defaultHour   = 10
	nightEnds     = 5 // hours before it, called night or evening, belong to the evening before
)

// daypart is a named part of a day.
type daypart uint8

const (
	partNone      daypart = iota
	partMorning           // before noon
	partNoon              // around 12
	partAfternoon         // 12 to 18
	partEvening           // 18 to 24, and after midnight for hours 12 to 3 at night
	partDawn              // 0 to 6: 凌晨
)

// spoken is what was said about a moment, before it is put on the calendar.
type spoken struct {
	relative    time.Duration // from now; exact
	hasRelative bool
	days        int // days from today
	weekday     time.Weekday
	hasWeekday  bool
	weeks       int        // calendar weeks from this one, weeks begin on Monday
	hasWeek     bool       // a week was named: this Friday, next Friday
	month       time.Month // 0: none
	monthDay    int        // 0: none
	hasDay      bool       // today, tomorrow, in three days
	hour, min   int
	hasHour     bool
	exactHour   bool // 15:30, 3 pm: nothing to guess
	part        daypart
	fixed       time.Time // noon of a day that was named in full; zero: none
}

func (s spoken) said() bool {
	return s.hasRelative || s.hasDay || s.hasWeekday || s.hasWeek || s.monthDay > 0 || s.hasHour || s.part != partNone || !s.fixed.IsZero()
}

func (s spoken) resolve(now time.Time) (Time, bool) {
	if s.hasRelative {
		return Time{At: now.Add(s.relative).Truncate(time.Minute), Grain: GrainMinute}, true
	}
	dayNamed := s.hasDay || s.hasWeekday || s.hasWeek || s.monthDay > 0 || !s.fixed.IsZero()
	day, ok := s.date(now)
	if !ok {
		return Time{}, false
	}
	hour, minute, grain, ok := s.clock(now, day, dayNamed)
	if !ok {
		return Time{}, false
	}
	if dayNamed && s.hasHour && s.part == partEvening && hour < nightEnds {
		day = day.AddDate(0, 0, 1) // tonight at twelve is when the day ends
	}
	at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, now.Location())
	if !dayNamed && !at.After(now) {
		at = time.Date(day.Year(), day.Month(), day.Day()+1, hour, minute, 0, 0, now.Location())
	}
	return Time{At: at, Grain: grain}, true
}

// date puts the named day on the calendar.
func (s spoken) date(now time.Time) (time.Time, bool) {
	y, m, d := now.Date()
	midnight := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 12, 0, 0, 0, now.Location()) }
	switch {
	case !s.fixed.IsZero():
		return s.fixed, true
	case s.monthDay > 0:
		return s.monthDate(now)
	case s.hasWeekday:
		ahead := (int(s.weekday) - int(now.Weekday()) + 7) % 7
		if s.hasWeek {
			mondayBased := func(w time.Weekday) int { return (int(w) + 6) % 7 }
			ahead = mondayBased(s.weekday) - mondayBased(now.Weekday()) + 7*s.weeks
			if ahead < 0 {
				ahead += 7 // "this Monday" said on a Friday
			}
		} else if ahead == 0 {
			ahead = 7
		}
		return midnight(y, m, d+ahead), true
	case s.hasWeek:
		return midnight(y, m, d+7*s.weeks), true
	}
	return midnight(y, m, d+s.days), true
}

func (s spoken) monthDate(now time.Time) (time.Time, bool) {
	y, m, d := now.Date()
	if s.month == 0 {
		for range 3 { // the 31st may be two months off
			if s.monthDay >= d || m != now.Month() {
				if t := time.Date(y, m, s.monthDay, 12, 0, 0, 0, now.Location()); t.Day() == s.monthDay {
					return t, true
				}
			}
			m++
		}
		return time.Time{}, false
	}
	if s.month < m || s.month == m && s.monthDay < d {
		y++
	}
	for range 8 { // 29 February
		if t := time.Date(y, s.month, s.monthDay, 12, 0, 0, 0, now.Location()); t.Day() == s.monthDay {
			return t, true
		}
		if s.month != time.February || s.monthDay != 29 {
			break
		}
		y++
	}
	return time.Time{}, false
}

// clock decides the time of day.
func (s spoken) clock(now, day time.Time, dayNamed bool) (hour, minute int, grain Grain, ok bool) {
	if !s.hasHour {
		switch s.part {
		case partMorning, partDawn:
			return morningHour, 0, GrainDaypart, true
		case partNoon:
			return noonHour, 0, GrainDaypart, true
		case partAfternoon:
			return afternoonHour, 0, GrainDaypart, true
		case partEvening:
			return eveningHour, 0, GrainDaypart, true
		}
		return defaultHour, 0, GrainDay, true
	}
	h := s.hour
	if h < 0 || h > 24 || s.min < 0 || s.min > 59 || h == 24 && s.min > 0 {
		return 0, 0, "", false
	}
	if s.exactHour || h > 12 || h == 0 {
		return h % 24, s.min, GrainMinute, true
	}
	switch s.part {
	case partMorning, partDawn:
		if h == 12 {
			h = 0
		}
	case partNoon:
		if h <= 3 {
			h += 12
		}
	case partAfternoon:
		if h < 12 {
			h += 12
		}
	case partEvening:
		if h == 12 {
			h = 0
		} else if h >= 5 {
			h += 12
		}
	case partNone:
		h = guessHalf(h, s.min, now, day, dayNamed)
	}
	return h, s.min, GrainMinute, true
}

// guessHalf decides between morning and afternoon where nothing was said.
func guessHalf(h, minute int, now, day time.Time, dayNamed bool) int {
	if h <= 7 {
		return h + 12
	}
	today := day.YearDay() == now.YearDay() && day.Year() == now.Year()
	if h < 12 && (today || !dayNamed) && h*60+minute <= now.Hour()*60+now.Minute() && (h+12)*60+minute > now.Hour()*60+now.Minute() {
		return h + 12 // "at nine", said at ten in the morning
	}
	return h
}
