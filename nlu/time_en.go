package nlu

import (
	"strings"
	"time"
)

// enReader walks over the words of one utterance that may name a moment.
type enReader struct {
	w          enWords
	o          ReadOptions
	wantDate   bool // a lone number is a day of the month, not an hour
	today      time.Time
	s          spoken
	day        enDay
	impossible bool // a day was named that does not exist
	i          int
	from, to   int // words that were understood
	redo       int // a moment before this word takes the place of the one before
}

// enDay is a day that was named.
type enDay struct {
	at   time.Time // at noon, so that no change of the clocks can move it
	rank int       // how exact it is; 0: none was named
	part daypart
}

// How exact days are: "Friday the fifth of June" is the fifth, whatever its
// day of the week.
const (
	rankWeek = iota + 1
	rankWeekday
	rankRelative
	rankDate
)

// maxAhead is how far off an appointment may be: eight years, so that a 29th of
// February is always within reach.
const maxAhead = 8 * 366

// enSpoken reads a moment for ParseTime.
func enSpoken(words []string, o TimeOptions) (spoken, bool) {
	r := newEnReader(enLex(strings.Join(words, " "), fillers), ReadOptions{Language: o.Language, Now: o.Now, Asked: o.Bare})
	return r.moment()
}

func newEnReader(w enWords, o ReadOptions) *enReader {
	y, m, d := o.Now.Date()
	return &enReader{w: w, o: o, today: time.Date(y, m, d, 12, 0, 0, 0, o.Now.Location()), from: -1}
}

// moment reads everything and gives what ParseTime resolves. Days gone by are
// no appointment.
func (r *enReader) moment() (spoken, bool) {
	r.read()
	if r.impossible {
		return spoken{}, false
	}
	if r.day.rank > 0 {
		r.s.hasDay, r.s.days = true, daysBetween(r.today, r.day.at)
		if r.s.part == partNone {
			r.s.part = r.day.part
		}
		if r.s.hasHour && r.s.hour == 24 && r.s.part != partEvening {
			r.s.days++ // Friday at midnight is when Friday ends
		}
		if r.s.days < 0 || r.s.days > maxAhead {
			return spoken{}, false
		}
	}
	return r.s, r.s.said()
}

func daysBetween(a, b time.Time) int {
	y, m, d := a.Date()
	Y, M, D := b.Date()
	return int(time.Date(Y, M, D, 0, 0, 0, 0, time.UTC).Sub(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
}

func (r *enReader) read() {
	for r.i = 0; r.i < len(r.w); {
		if n := r.w.hasAny(r.i, enRepairs); n > 0 && r.from >= 0 {
			r.redo = r.i + n + 3
			r.i += n
			continue
		}
		n := r.refused()
		if n == 0 {
			if n = r.step(); n > 0 {
				if r.from < 0 {
					r.from = r.i
				}
				r.to = r.i + n
			}
		}
		r.i += max(n, 1)
	}
}

// refused passes over a moment that is ruled out: "not tomorrow", "not on Friday".
func (r *enReader) refused() int {
	if !r.w.isOne(r.i, "not", "except", "but") || r.w.at(r.i) == "but" && !r.w.isOne(r.i-1, "anything", "any", "day", "time", "anytime") {
		return 0
	}
	k := r.i + 1
	for r.w.isOne(k, "on", "at", "in", "this", "day", "time", "the", "for") && r.w.has(k, "this week") == 0 {
		k++
	}
	if d, n := r.dayAt(k); n > 0 && d.rank > 0 {
		return k + n - r.i
	}
	if n := r.partAt(k); n > 0 {
		return k + n - r.i
	}
	return 0
}

// step reads one expression at r.i and returns how many words it took.
func (r *enReader) step() int {
	if n := r.span(); n > 0 {
		return n
	}
	if d, n := r.dayAt(r.i); n > 0 {
		r.take(d)
		return n
	}
	if n := r.clockTime(); n > 0 {
		return n
	}
	return r.partWord()
}

// take keeps the most exact day, of equals the first.
func (r *enReader) take(d enDay) {
	if d.rank > r.day.rank || d.rank > 0 && r.i < r.redo {
		r.day.at, r.day.rank = d.at, d.rank
	}
	if d.part != partNone && (r.day.part == partNone || r.i < r.redo) {
		r.day.part = d.part
	}
}

// span reads "in an hour", "half an hour", "two hours from now", "in three
// days", "three days' time", "a week ago". A length of time by itself is a
// moment only as an answer.
func (r *enReader) span() int {
	i := r.i
	lead := r.w.isOne(i, "in", "after", "within")
	if lead {
		i++
	}
	i += r.w.hasAny(i, []string{"about", "around", "like", "another", "maybe", "roughly", "say", "exactly", "just", "maybe about", "only"})
	s, n := r.w.duration(i)
	if n == 0 {
		return 0
	}
	end := i + n
	end += r.w.hasAny(end, []string{"or so", "or two", "time"})
	if n := r.anchored(s, end); n > 0 {
		return n - r.i
	}
	trail := r.w.hasAny(end, []string{"later", "from now", "time", "from today", "hence"})
	end += trail
	lead = lead || trail > 0 || r.w.isOne(end-1, "time")
	if r.w.isOne(end, "ago") {
		s, lead, end = Span{-s.Years, -s.Months, -s.Days, -s.Clock}, true, end+1
	}
	if !lead && !r.o.Asked {
		return 0
	}
	if s.Years == 0 && s.Months == 0 && s.Days == 0 {
		if s.Clock < 0 || s.Clock > 24*60*time.Hour || r.s.hasRelative {
			return 0
		}
		r.s.relative, r.s.hasRelative = s.Clock, true
		return end - r.i
	}
	r.take(enDay{at: r.daysOn(r.today, s), rank: rankRelative})
	return end - r.i
}

// daysOn adds a span to a day. A month after the 31st of January is the last of
// February.
func (r *enReader) daysOn(day time.Time, s Span) time.Time {
	t := monthsOn(day, 12*s.Years+s.Months)
	return t.AddDate(0, 0, s.Days+int(s.Clock/(24*time.Hour)))
}

func monthsOn(day time.Time, months int) time.Time {
	y, m, d := day.Date()
	first := time.Date(y, m+time.Month(months), 1, 12, 0, 0, 0, day.Location())
	return first.AddDate(0, 0, min(d, monthLength(first))-1)
}

func monthLength(t time.Time) int {
	y, m, _ := t.Date()
	return time.Date(y, m+1, 0, 12, 0, 0, 0, time.UTC).Day()
}

// anchored reads what a span counts from: "a week from Monday", "a week on
// Friday", "two days before Christmas", "a week tomorrow". It returns the end.
func (r *enReader) anchored(s Span, i int) (end int) {
	sign := 1
	switch {
	case r.w.at(i) == "before":
		sign = -1
		i++
	case r.w.isOne(i, "from", "after", "on", "past"):
		i++
	case s.Days < 7 || s.Days%7 != 0: // only weeks are counted from a day without a word between
		return 0
	}
	if r.w.at(i) == "this" {
		i++
	}
	d, n := r.dayAt(i)
	if n == 0 && r.w.at(i) == "the" { // before the end of the month
		i++
		d, n = r.dayAt(i)
	}
	if n == 0 || d.rank < rankWeekday || s == (Span{Clock: s.Clock}) {
		return 0
	}
	r.take(enDay{at: r.daysOn(d.at, Span{sign * s.Years, sign * s.Months, sign * s.Days, 0}), rank: rankDate})
	return i + n
}

// readTime reads a day and an hour.
func (in *enInput) readTime() (enHit, bool) {
	r := newEnReader(in.w, in.o)
	s, ok := r.moment()
	if !ok {
		return enHit{}, false
	}
	t, ok := s.resolve(in.o.Now)
	if !ok || r.from < 0 {
		return enHit{}, false
	}
	return enHit{Value{Time: t.At, Grain: t.Grain}, r.from, r.to}, true
}

// readDate reads a day, also one gone by. A lone hour names none.
func (in *enInput) readDate() (enHit, bool) {
	r := newEnReader(in.w, in.o)
	r.wantDate = true
	r.read()
	if r.impossible || r.from < 0 {
		return enHit{}, false
	}
	day := r.day.at
	switch {
	case r.day.rank > 0:
	case r.s.hasRelative:
		day = in.o.Now.Add(r.s.relative)
	default:
		return enHit{}, false
	}
	y, m, d := day.Date()
	if y < 1900 || y > in.o.Now.Year()+100 {
		return enHit{}, false
	}
	return enHit{Value{Time: time.Date(y, m, d, 0, 0, 0, 0, in.o.Now.Location()), Grain: GrainDay}, r.from, r.to}, true
}
