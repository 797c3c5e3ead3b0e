package nlu

import (
	"strconv"
	"time"
)

// zhNear is a day counted from today, perhaps with its part.
type zhNear struct {
	days int
	part daypart
}

var zhNearDays = zhTable(
	zhMeaning[zhNear]{"今天 今日 今儿 今儿个 今个儿 当日", zhNear{0, partNone}},
	zhMeaning[zhNear]{"明天 明日 明儿 明儿个 明个 第二天", zhNear{1, partNone}},
	zhMeaning[zhNear]{"后天 后日 后儿 后儿个", zhNear{2, partNone}},
	zhMeaning[zhNear]{"大后天 大后儿", zhNear{3, partNone}},
	zhMeaning[zhNear]{"大大后天", zhNear{4, partNone}},
	zhMeaning[zhNear]{"昨天 昨日 昨儿 昨儿个", zhNear{-1, partNone}},
	zhMeaning[zhNear]{"前天 前日 前儿个", zhNear{-2, partNone}},
	zhMeaning[zhNear]{"大前天", zhNear{-3, partNone}},
	zhMeaning[zhNear]{"今早 今晨", zhNear{0, partMorning}},
	zhMeaning[zhNear]{"今晚 今夜 今儿晚", zhNear{0, partEvening}},
	zhMeaning[zhNear]{"明早 明晨 明儿早", zhNear{1, partMorning}},
	zhMeaning[zhNear]{"明晚 明夜 明儿晚", zhNear{1, partEvening}},
	zhMeaning[zhNear]{"后晚", zhNear{2, partEvening}},
	zhMeaning[zhNear]{"昨晚 昨夜", zhNear{-1, partEvening}},
)

// The years a day may be in: those of people alive and of their contracts.
const (
	firstYear = 1900
	lastYear  = 2100
)

// noon is where days are counted from: no change of the clocks moves it to
// another day.
func noon(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 12, 0, 0, 0, t.Location())
}

// day reads a day at i.
func (m *zhMoment) day(i int) int {
	if m.t.one(i, "明后天", "明后两天", "今明") > 0 {
		m.impossible = true // one of two days
		return 0
	}
	if near, n := zhNearDays.at(m.t, i); n > 0 && !m.t.ends(i, "到", "今后") {
		m.s.hasDay, m.s.days = true, near.days
		m.s.fixed = noon(m.now).AddDate(0, 0, near.days)
		if near.part != partNone && !m.days {
			m.s.part = near.part
			n += m.t.one(i+n, "上") // 今儿晚上
		}
		return n
	}
	for _, read := range []func(int) int{m.week, m.inYear, m.inMonth, m.numbered, m.partOfMonth, m.written} {
		if n := read(i); n > 0 || m.impossible {
			return n
		}
	}
	if d, n := m.t.holiday(i, m.now, 0); n > 0 {
		m.s.fixed = d
		return n
	}
	return m.bareDay(i)
}

var zhWeekdays = map[rune]time.Weekday{'一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '日': 0, '天': 0, '末': 6,
	'1': 1, '2': 2, '3': 3, '4': 4, '5': 5, '6': 6, '7': 0}

// week reads 周三, 下周三, 这个星期天, 下下周, 上周五. Weeks begin on Monday.
func (m *zhMoment) week(i int) int {
	t := m.t
	j, weeks, named := i, 0, false
	for t.in(j, "下") && weeks < 4 {
		weeks, named = weeks+1, true
		j++
	}
	for weeks <= 0 && t.in(j, "上") && weeks > -4 {
		weeks, named = weeks-1, true
		j++
	}
	if n := t.one(j, "这", "本"); !named && n > 0 {
		named = true
		j += n
	}
	j += t.one(j, "一个", "个", "一")
	n := t.one(j, "星期", "礼拜", "周")
	if n == 0 {
		return 0
	}
	j += n
	if named { // 下周的周五
		k := j + t.one(j, "的那个", "那个", "的")
		if again := t.one(k, "星期", "礼拜", "周"); again > 0 {
			if _, ok := zhWeekdays[t.rune(k+again)]; ok {
				j = k + again
			}
		}
	}
	if d, ok := zhWeekdays[t.rune(j)]; ok && !(t.arabicAt(j) && (t.arabicAt(j+1) || t.in(j+1, "天年月日个点"))) && !(t.in(j, "天") && t.in(j+1, "天")) {
		m.s.weekday, m.s.hasWeekday, m.s.hasWeek, m.s.weeks = d, true, named, weeks
		if weeks < 0 {
			m.s.fixed = noon(m.now).AddDate(0, 0, (int(d)+6)%7-(int(m.now.Weekday())+6)%7+7*weeks)
		}
		return j + 1 - i
	}
	if weeks <= 0 || t.in(j, "期年边岁") {
		return 0
	}
	m.s.hasWeek, m.s.weeks = true, weeks
	return j - i
}

var zhYears = zhTable(
	zhMeaning[int]{"今年 本年 本年度", 0}, zhMeaning[int]{"明年 来年", 1}, zhMeaning[int]{"后年", 2}, zhMeaning[int]{"大后年", 3},
	zhMeaning[int]{"去年", -1}, zhMeaning[int]{"前年", -2}, zhMeaning[int]{"大前年", -3},
)

// inYear reads what begins with a year: 明年三月五号, 2025年3月5日, 今年年底.
func (m *zhMoment) inYear(i int) int {
	t := m.t
	year, n := m.yearAt(i)
	if n == 0 {
		return 0
	}
	j := i + n + t.one(i+n, "的")
	if d, k := t.holiday(j, m.now, year); k > 0 {
		m.s.fixed = d
		return j + k - i
	}
	if k := t.one(j, "今天", "今日"); k > 0 {
		m.fix(year, m.now.Month(), m.now.Day())
		return j + k - i
	}
	if k := t.one(j, "年底", "年末", "底", "末"); k > 0 {
		m.fix(year, time.December, 31)
		return j + k - i
	}
	if k := t.one(j, "年初", "初"); k > 0 {
		m.fix(year, time.January, 1)
		return j + k - i
	}
	month := t.whole(j)
	if month.used == 0 || t.rune(j+month.used) != '月' {
		return 0
	}
	k := j + month.used + 1
	day, used := m.dayOfMonth(k+t.one(k, "份"), year, int(month.value))
	if used == 0 {
		return 0
	}
	m.fix(year, time.Month(int(month.value)), day)
	return k + t.one(k, "份") + used - i
}

// yearAt reads a year: 明年, 二零二五年, 25年, 两千零二十五年.
func (m *zhMoment) yearAt(i int) (year, used int) {
	if plus, n := zhYears.at(m.t, i); n > 0 {
		return m.now.Year() + plus, n
	}
	n := m.t.whole(i)
	if n.used == 0 || m.t.rune(i+n.used) != '年' {
		return 0, 0
	}
	year = int(n.value)
	switch {
	case n.run == 2: // 八五年, 25年: no further ahead than a loan runs
		if year += 2000; year > m.now.Year()+30 {
			year -= 100
		}
	case year < firstYear || year > lastYear:
		return 0, 0
	}
	return year, n.used + 1
}

// fix names the day in full.
func (m *zhMoment) fix(year int, month time.Month, day int) {
	t := time.Date(year, month, day, 12, 0, 0, 0, m.now.Location())
	if month < 1 || month > 12 || day < 1 || t.Day() != day || t.Month() != month {
		m.impossible = true
		return
	}
	m.s.fixed = t
}

// dayOfMonth reads the day behind a month: 五号, 十五, 底, 中旬.
func (m *zhMoment) dayOfMonth(j, year, month int) (day, used int) {
	t := m.t
	if p, n := zhMonthParts.at(t, j+t.one(j, "的")); n > 0 {
		n += t.one(j, "的")
		if p == monthEnd {
			p = time.Date(year, time.Month(month)+1, 0, 12, 0, 0, 0, time.UTC).Day()
		}
		return p, n
	}
	j0 := j
	j += t.one(j, "的")
	n := t.whole(j)
	if n.used == 0 || n.value != float64(int(n.value)) {
		return 0, 0
	}
	k := j + n.used
	if u := t.one(k, "号", "日"); u > 0 {
		if n.vague || t.in(k-1, "多来") {
			m.impossible = true
		}
		return int(min(n.value, 99)), k + u - j0
	}
	if n.vague || n.value > 31 || zhMeasures[t.rune(k)] || t.in(k, "点时来") {
		return 0, 0
	}
	return int(n.value), k - j0
}

// monthEnd stands for the last day of the month until the calendar is known.
const monthEnd = 99

// zhMonthParts are the days that stand for parts of a month.
var zhMonthParts = zhTable(
	zhMeaning[int]{"初 上旬 月初", 1}, zhMeaning[int]{"中旬 中 月中", 15}, zhMeaning[int]{"下旬", 21}, zhMeaning[int]{"底 末 月底 月末", monthEnd},
)

var zhMonths = zhTable(
	zhMeaning[int]{"这个月 本月 这月 当月", 0}, zhMeaning[int]{"下个月 下月 次月 下一个月", 1}, zhMeaning[int]{"下下个月 下下月", 2},
	zhMeaning[int]{"上个月 上月 上一个月", -1}, zhMeaning[int]{"上上个月 上上月", -2},
)

// inMonth reads what begins with a month that is counted from this one:
// 下个月三号, 本月底. 下个月 alone is the same day a month ahead.
func (m *zhMoment) inMonth(i int) int {
	plus, n := zhMonths.at(m.t, i)
	if n == 0 {
		return 0
	}
	y, month, today := m.now.Date()
	first := time.Date(y, month+time.Month(plus), 1, 12, 0, 0, 0, m.now.Location())
	day, used := m.dayOfMonth(i+n, first.Year(), int(first.Month()))
	if used > 0 {
		m.fix(first.Year(), first.Month(), day)
		return n + used
	}
	if plus <= 0 {
		return 0
	}
	m.fix(first.Year(), first.Month(), min(today, first.AddDate(0, 1, -1).Day()))
	return n + m.t.one(i+n, "的今天", "今天")
}

// numbered reads 六月十五号, 6月5日, 十五号, 三月底.
func (m *zhMoment) numbered(i int) int {
	t := m.t
	n := t.whole(i)
	if t.has(i, "元月") > 0 {
		n = zhNum{value: 1, used: 1}
	}
	if n.used == 0 || n.value != float64(int(n.value)) || t.in(i-1, "第选按") {
		return 0
	}
	j := i + n.used
	if t.in(j, "月") {
		if t.ends(i, "农历", "阴历", "闰") {
			m.impossible = true // no lunar calendar here
			return 0
		}
		return m.monthAndDay(i, j+1, n)
	}
	u := t.one(j, "号", "日")
	if u == 0 || n.value < 1 || n.value > 31 || t.in(j+u, "楼线门院店码机房键车桌窗技坐客产方员元子本用常") || t.ends(i, "路", "街", "道", "巷", "弄", "正月", "腊月") {
		return 0
	}
	if n.vague || t.in(j-1, "多来") {
		m.impossible = true
		return 0
	}
	m.s.monthDay = int(n.value)
	return j + u - i
}

// monthAndDay reads the rest of 六月十五号. Without a year the next such day
// is meant.
func (m *zhMoment) monthAndDay(i, j int, month zhNum) int {
	j += m.t.one(j, "份")
	year := m.now.Year()
	if int(month.value) < int(m.now.Month()) {
		year++
	}
	day, used := m.dayOfMonth(j, year, int(month.value))
	if used == 0 {
		return 0
	}
	if month.value < 1 || month.value > 12 || month.vague || day < 1 || day > 31 {
		m.impossible = true
		return j + used - i
	}
	m.s.month, m.s.monthDay = time.Month(int(month.value)), day
	return j + used - i
}

// partOfMonth reads 月底, 月初, 中旬, 年底, 年初. Those that have passed mean
// the next.
func (m *zhMoment) partOfMonth(i int) int {
	t := m.t
	y, month, today := m.now.Date()
	if n := t.one(i, "年底", "年末"); n > 0 {
		m.fix(y, time.December, 31)
		return n
	}
	if n := t.one(i, "年初"); n > 0 {
		m.fix(y+1, time.January, 1)
		return n
	}
	if !t.in(i, "月上中下") || t.one(i, "中旬", "上旬", "下旬", "月") == 0 {
		return 0
	}
	day, n := zhMonthParts.at(t, i)
	if n < 2 {
		return 0
	}
	if day == monthEnd {
		day = time.Date(y, month+1, 0, 12, 0, 0, 0, time.UTC).Day()
	}
	at := time.Date(y, month, day, 12, 0, 0, 0, m.now.Location())
	if day < today {
		at = at.AddDate(0, 1, 0)
	}
	m.s.fixed = at
	return n
}

// written reads 2025-03-05, 2025/3/5 and 2025.3.5.
func (m *zhMoment) written(i int) int {
	t := m.t
	if !t.arabicAt(i) || t.arabicAt(i-1) {
		return 0
	}
	var parts [3]int
	j := i
	for k := range parts {
		from := j
		for t.arabicAt(j) && j-from < 4 {
			j++
		}
		v, err := strconv.Atoi(t.string(from, j))
		if err != nil {
			return 0
		}
		parts[k] = v
		if k < 2 {
			if !t.in(j, "-/.") {
				return 0
			}
			j++
		}
	}
	if parts[0] < firstYear || parts[0] > lastYear {
		return 0
	}
	m.fix(parts[0], time.Month(parts[1]), parts[2])
	return j - i
}

// bareDay takes a lone number for a day of the month right after the question
// for a date.
func (m *zhMoment) bareDay(i int) int {
	t := m.t
	if !m.bare || !m.days || i > 0 && !t.in(i-1, ",就是那") {
		return 0
	}
	n := t.whole(i)
	j := i + n.used
	if n.used == 0 || n.vague || n.value < 1 || n.value > 31 || n.value != float64(int(n.value)) || j < len(t.c) && !t.in(j, ",") {
		return 0
	}
	m.s.monthDay = int(n.value)
	return n.used
}
