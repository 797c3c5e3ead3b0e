package nlu

import (
	"strings"
	"time"
)

// zhReader walks over the characters of one utterance.
type zhTimeReader struct {
	rs   []rune
	s    spoken
	bare bool
}

// zhWords are fixed expressions, longer ones first where one begins another.
var zhWords = []struct {
	text string
	set  func(*spoken)
}{
	{"大后天", func(s *spoken) { s.hasDay, s.days = true, 3 }},
	{"后天", func(s *spoken) { s.hasDay, s.days = true, 2 }},
	{"明天", func(s *spoken) { s.hasDay, s.days = true, 1 }},
	{"明日", func(s *spoken) { s.hasDay, s.days = true, 1 }},
	{"明早", func(s *spoken) { s.hasDay, s.days, s.part = true, 1, partMorning }},
	{"明晚", func(s *spoken) { s.hasDay, s.days, s.part = true, 1, partEvening }},
	{"今天", func(s *spoken) { s.hasDay, s.days = true, 0 }},
	{"今日", func(s *spoken) { s.hasDay, s.days = true, 0 }},
	{"今晚", func(s *spoken) { s.hasDay, s.days, s.part = true, 0, partEvening }},
	{"今早", func(s *spoken) { s.hasDay, s.days, s.part = true, 0, partMorning }},
	{"早上", func(s *spoken) { s.part = partMorning }},
	{"早晨", func(s *spoken) { s.part = partMorning }},
	{"上午", func(s *spoken) { s.part = partMorning }},
	{"中午", func(s *spoken) { s.part = partNoon }},
	{"正午", func(s *spoken) { s.part = partNoon }},
	{"下午", func(s *spoken) { s.part = partAfternoon }},
	{"午后", func(s *spoken) { s.part = partAfternoon }},
	{"傍晚", func(s *spoken) { s.part = partEvening }},
	{"晚上", func(s *spoken) { s.part = partEvening }},
	{"夜里", func(s *spoken) { s.part = partEvening }},
	{"凌晨", func(s *spoken) { s.part = partDawn }},
	{"月底", func(s *spoken) { s.monthDay = monthEnd }},
	{"月末", func(s *spoken) { s.monthDay = monthEnd }},
}

// monthEnd stands for the last day of the month until the calendar is known.
const monthEnd = 99

func zhSpoken(rs []rune, o TimeOptions) (spoken, bool) {
	r := zhTimeReader{rs: rs, bare: o.Bare}
	for i := 0; i < len(rs); {
		if n := r.step(i); n > 0 {
			i += n
		} else {
			i++
		}
	}
	if r.s.monthDay == monthEnd {
		y, m, _ := o.Now.Date()
		r.s.monthDay = time.Date(y, m+1, 0, 12, 0, 0, 0, o.Now.Location()).Day()
	}
	return r.s, r.s.said()
}

func (r *zhTimeReader) has(i int, text string) bool {
	want := []rune(text)
	if i < 0 || i+len(want) > len(r.rs) {
		return false
	}
	for k, c := range want {
		if r.rs[i+k] != c {
			return false
		}
	}
	return true
}

// one returns how long the first of the texts that stands at i is.
func (r *zhTimeReader) one(i int, texts ...string) int {
	for _, t := range texts {
		if r.has(i, t) {
			return len([]rune(t))
		}
	}
	return 0
}

func (r *zhTimeReader) step(i int) int {
	if n := r.span(i); n > 0 {
		return n
	}
	if n := r.week(i); n > 0 {
		return n
	}
	for _, w := range zhWords {
		if r.has(i, w.text) {
			w.set(&r.s)
			return len([]rune(w.text))
		}
	}
	if n := r.calendar(i); n > 0 {
		return n
	}
	return r.clock(i)
}

// span reads 半小时后, 一个半小时以后, 十分钟后, 三天后.
func (r *zhTimeReader) span(i int) int {
	j := i
	var value float64
	if n := r.one(j, "半"); n > 0 {
		value = 0.5
		j += n
		j += r.one(j, "个")
	} else {
		v, n := zhNumberAt(r.rs, j)
		if n == 0 {
			return 0
		}
		value = v
		j += n
		if n := r.one(j, "个半"); n > 0 {
			value += 0.5
			j += n
		} else {
			j += r.one(j, "个")
		}
	}
	unit, days, n := r.unit(j)
	if n == 0 {
		return 0
	}
	j += n
	if unit == time.Hour && r.has(j, "半") { // 一小时半
		value += 0.5
		j++
	}
	later := r.one(j, "之后", "以后", "过后", "后")
	before := i > 0 && r.rs[i-1] == '过'
	if later == 0 && !before && !r.bare || value > 24*60 {
		return 0
	}
	if days > 0 {
		r.s.hasDay, r.s.days = true, days*int(value)
	} else {
		r.s.relative, r.s.hasRelative = time.Duration(value*float64(unit)), true
	}
	return j + later - i
}

// unit reads 小时, 分钟, 刻钟 or 天, 星期, 周.
func (r *zhTimeReader) unit(j int) (unit time.Duration, days, used int) {
	switch {
	case r.one(j, "小时", "钟头") > 0:
		return time.Hour, 0, 2
	case r.has(j, "刻钟"):
		return 15 * time.Minute, 0, 2
	case r.has(j, "分钟"):
		return time.Minute, 0, 2
	case r.has(j, "天"):
		return 0, 1, 1
	case r.one(j, "星期", "礼拜") > 0:
		return 0, 7, 2
	case r.has(j, "周"):
		return 0, 7, 1
	}
	return 0, 0, 0
}

var zhWeekdays = map[rune]time.Weekday{'一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '日': 0, '天': 0, '末': 6}

// week reads 周三, 下周三, 这个星期天, 下下周.
func (r *zhTimeReader) week(i int) int {
	j, weeks, named := i, 0, false
	for j < len(r.rs) && r.rs[j] == '下' && weeks < 4 {
		weeks, named = weeks+1, true
		j++
	}
	if !named && (r.has(j, "这") || r.has(j, "本")) {
		named = true
		j++
	}
	j += r.one(j, "个")
	n := r.one(j, "星期", "礼拜", "周")
	if n == 0 {
		return 0
	}
	j += n
	if j < len(r.rs) {
		if d, ok := zhWeekdays[r.rs[j]]; ok {
			r.s.weekday, r.s.hasWeekday = d, true
			r.s.hasWeek, r.s.weeks = named, weeks
			return j + 1 - i
		}
	}
	if !named || weeks == 0 {
		return 0
	}
	r.s.hasWeek, r.s.weeks = true, weeks
	return j - i
}

// calendar reads 六月五号, 15号, 6月5日.
func (r *zhTimeReader) calendar(i int) int {
	v, n := zhNumberAt(r.rs, i)
	if n == 0 || v != float64(int(v)) || v < 1 || v > 31 {
		return 0
	}
	j := i + n
	if r.has(j, "月") && v <= 12 {
		d, m := zhNumberAt(r.rs, j+1)
		if m == 0 || d < 1 || d > 31 || d != float64(int(d)) {
			return 0
		}
		end := j + 1 + m
		end += r.one(end, "号", "日")
		r.s.month, r.s.monthDay = time.Month(int(v)), int(d)
		return end - i
	}
	if k := r.one(j, "号", "日"); k > 0 {
		r.s.monthDay = int(v)
		return j + k - i
	}
	return 0
}

// clock reads 三点, 三点半, 三点一刻, 十五点二十分, 3:30.
func (r *zhTimeReader) clock(i int) int {
	if h, m, n := r.colon(i); n > 0 {
		r.s.hour, r.s.min, r.s.hasHour = h, m, true
		return n
	}
	j := i
	for j < len(r.rs) && r.rs[j] != '点' && j-i < 4 {
		j++
	}
	if !r.has(j, "点") {
		return r.bareHour(i)
	}
	// 三点五 is a time here, never 3.5: the number ends at 点.
	v, n := zhNumberAt(r.rs[:j], i)
	if n == 0 || i+n != j || v > 24 || v != float64(int(v)) {
		return 0
	}
	j++
	minute := 0
	switch {
	case r.has(j, "钟"):
		j++
	case r.has(j, "半"):
		minute = 30
		j++
	case r.has(j, "一刻"):
		minute = 15
		j += 2
	case r.has(j, "三刻"):
		minute = 45
		j += 2
	default:
		j += r.one(j, "过")
		if m, k := zhNumberAt(r.rs, j); k > 0 && m <= 59 && m == float64(int(m)) && !strings.ContainsRune("个天", r.at(j+k)) {
			minute = int(m)
			j += k
			j += r.one(j, "分钟", "分")
		}
	}
	r.s.hour, r.s.min, r.s.hasHour = int(v), minute, true
	return j - i
}

func (r *zhTimeReader) at(i int) rune {
	if i < len(r.rs) {
		return r.rs[i]
	}
	return 0
}

func (r *zhTimeReader) colon(i int) (hour, minute, used int) {
	j := i
	for j < len(r.rs) && (r.rs[j] >= '0' && r.rs[j] <= '9' || r.rs[j] == ':') && j-i < 5 {
		j++
	}
	h, m, ok := strings.Cut(string(r.rs[i:j]), ":")
	if !ok {
		return 0, 0, 0
	}
	hour, minute, n, _ := clockDigits(h, m)
	if n == 0 {
		return 0, 0, 0
	}
	return hour, minute, j - i
}

// bareHour takes a lone number for an hour right after the question when.
func (r *zhTimeReader) bareHour(i int) int {
	if !r.bare || r.s.hasHour || r.s.hasRelative {
		return 0
	}
	v, n := zhNumberAt(r.rs, i)
	if n == 0 || v < 1 || v > 24 || v != float64(int(v)) || i+n != len(r.rs) {
		return 0
	}
	r.s.hour, r.s.hasHour = int(v), true
	return n
}
