package compliance

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Window is a part of a day on the clock of the contact's zone: it holds at
// From and no longer at To. Both count minutes from midnight, 0 to 1440.
type Window struct{ From, To int }

// String gives 09:00-18:30, and nothing for the zero Window.
func (w Window) String() string {
	if w == (Window{}) {
		return ""
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", w.From/60, w.From%60, w.To/60, w.To%60)
}

func (w Window) contains(at time.Time) bool {
	minute := at.Hour()*60 + at.Minute()
	return w.From <= minute && minute < w.To
}

// MarshalText gives the window as String does.
func (w Window) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what String gives.
func (w *Window) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*w = Window{}
		return nil
	}
	got, err := parseWindow(string(b))
	if err == nil {
		*w = got
	}
	return err
}

// Hours are the windows of each weekday, Sunday first as in time.Weekday. A
// day without windows is closed. Hours without any window at all mean that no
// hours were set. In text, JSON and YAML they read
//
//	mon-fri 09:00-12:00 14:00-18:00; sat 10:00-16:00
type Hours [7][]Window

// ErrHours is wrapped by every error about hours that make no sense.
var ErrHours = errors.New("not calling hours")

// Set reports whether any window is given.
func (h Hours) Set() bool {
	return slices.ContainsFunc(h[:], func(day []Window) bool { return len(day) > 0 })
}

// Contains reports whether the wall clock of at, in its own zone, is inside.
func (h Hours) Contains(at time.Time) bool {
	return slices.ContainsFunc(h[at.Weekday()], func(w Window) bool { return w.contains(at) })
}

// Next is the first moment at or after at, in at's zone, that is inside; zero
// when there is none. Where a clock is put forward over the start of a window,
// the window starts with the first minute that exists.
func (h Hours) Next(at time.Time) time.Time {
	if h.Contains(at) {
		return at
	}
	year, month, day := at.Date()
	for ahead := range 9 { // a week, and today's and next week's same day
		noon := time.Date(year, month, day+ahead, 12, 0, 0, 0, at.Location())
		for _, w := range h[noon.Weekday()] {
			y, m, d := noon.Date()
			if start := w.start(y, m, d, at.Location()); !start.IsZero() && !start.Before(at) {
				return start
			}
		}
	}
	return time.Time{}
}

// start is when the window begins on a day; zero when the clock skips it.
func (w Window) start(y int, m time.Month, d int, zone *time.Location) time.Time {
	start := time.Date(y, m, d, w.From/60, w.From%60, 0, 0, zone)
	if w.contains(start) && start.Minute()+60*start.Hour() == w.From {
		return start
	}
	// time.Date went around a gap, by as much as two hours in any zone.
	start = start.Add(-2 * time.Hour)
	for range 4 * 60 {
		if w.contains(start) && start.Day() == d {
			return start
		}
		start = start.Add(time.Minute)
	}
	return time.Time{}
}

// String gives the hours as ParseHours reads them.
func (h Hours) String() string {
	var parts []string
	for i := 0; i < 7; {
		first := i
		for i++; i < 7 && slices.Equal(h[order[i]], h[order[first]]); i++ {
		}
		if len(h[order[first]]) == 0 {
			continue
		}
		days := dayNames[order[first]]
		if i-first > 1 {
			days += "-" + dayNames[order[i-1]]
		}
		for _, w := range h[order[first]] {
			days += " " + w.String()
		}
		parts = append(parts, days)
	}
	return strings.Join(parts, "; ")
}

// MarshalText gives the hours as String does.
func (h Hours) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what ParseHours reads.
func (h *Hours) UnmarshalText(b []byte) error {
	got, err := ParseHours(string(b))
	if err == nil {
		*h = got
	}
	return err
}

var (
	dayNames = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	order    = [7]int{1, 2, 3, 4, 5, 6, 0} // people's weeks begin on Monday
)

// ParseHours reads hours as String writes them. Days are mon to sun, single,
// as a range (mon-fri, also over the week's end, sat-mon) or daily. The empty
// text gives hours that are not set.
func ParseHours(text string) (Hours, error) {
	var h Hours
	for part := range strings.SplitSeq(text, ";") {
		fields := strings.Fields(strings.NewReplacer(",", " ", "–", "-").Replace(part))
		if len(fields) == 0 {
			continue
		}
		days, err := parseDays(strings.ToLower(fields[0]))
		if err != nil {
			return Hours{}, err
		}
		if len(fields) == 1 {
			return Hours{}, fmt.Errorf("%w: %q names no time, as in mon-fri 09:00-18:00", ErrHours, part)
		}
		for _, f := range fields[1:] {
			w, err := parseWindow(f)
			if err != nil {
				return Hours{}, err
			}
			for _, d := range days {
				h[d] = append(h[d], w)
			}
		}
	}
	for d := range h {
		slices.SortFunc(h[d], func(a, b Window) int { return a.From - b.From })
		for i := 1; i < len(h[d]); i++ {
			if h[d][i].From < h[d][i-1].To {
				return Hours{}, fmt.Errorf("%w: on %s, %s and %s overlap", ErrHours, dayNames[d], h[d][i-1], h[d][i])
			}
		}
	}
	return h, nil
}

func parseDays(s string) ([]int, error) {
	if s == "daily" {
		return slices.Clone(order[:]), nil
	}
	first, last, ranged := strings.Cut(s, "-")
	if !ranged {
		last = first
	}
	from, to := slices.Index(dayNames[:], first), slices.Index(dayNames[:], last)
	if from < 0 || to < 0 {
		return nil, fmt.Errorf("%w: %q is no day; use mon, mon-fri, sat or daily", ErrHours, s)
	}
	days := []int{from}
	for d := from; d != to; {
		d = (d + 1) % 7
		days = append(days, d)
	}
	return days, nil
}

func parseWindow(s string) (Window, error) {
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		return Window{}, fmt.Errorf("%w: %q is no window, as in 09:00-18:00", ErrHours, s)
	}
	a, err := parseClock(from)
	if err != nil {
		return Window{}, err
	}
	b, err := parseClock(to)
	if err != nil {
		return Window{}, err
	}
	if a >= b {
		return Window{}, fmt.Errorf("%w: %q ends before it starts; a window over midnight is written as two", ErrHours, s)
	}
	return Window{From: a, To: b}, nil
}

func parseClock(s string) (int, error) {
	hour, minute, ok := strings.Cut(s, ":")
	h, errH := strconv.ParseUint(hour, 10, 8)
	m, errM := strconv.ParseUint(minute, 10, 8)
	if !ok || errH != nil || errM != nil || len(minute) != 2 || h > 24 || m > 59 || h*60+m > 1440 {
		return 0, fmt.Errorf("%w: %q is no time of day between 00:00 and 24:00", ErrHours, s)
	}
	return int(h*60 + m), nil
}
