package nlu

import "time"

// zhUnit is a unit of time.
type zhUnit struct {
	months int // per unit
	days   int
	clock  time.Duration
	half   Span // of one unit; a half month is 15 days
	bare   bool // may stand without 个 and not be a date: 三天, 两年
}

var (
	zhYear    = zhUnit{months: 12, half: Span{Months: 6}, bare: true}
	zhQuarter = zhUnit{months: 3, half: Span{Days: 45}}
	zhMonth   = zhUnit{months: 1, half: Span{Days: 15}}
	zhWeek    = zhUnit{days: 7, half: Span{Days: 3, Clock: 12 * time.Hour}, bare: true}
	zhTenDays = zhUnit{days: 10, half: Span{Days: 5}}
	zhDay     = zhUnit{days: 1, half: Span{Clock: 12 * time.Hour}, bare: true}
	zhHour    = zhUnit{clock: time.Hour, half: Span{Clock: 30 * time.Minute}, bare: true}
	zhKe      = zhUnit{clock: 15 * time.Minute, bare: true}
	zhMinute  = zhUnit{clock: time.Minute, half: Span{Clock: 30 * time.Second}, bare: true}
	zhSecond  = zhUnit{clock: time.Second, half: Span{Clock: 500 * time.Millisecond}, bare: true}
)

var zhUnits = zhTable(
	zhMeaning[zhUnit]{"年 年的时间 周年", zhYear},
	zhMeaning[zhUnit]{"季度 季", zhQuarter},
	zhMeaning[zhUnit]{"月", zhMonth},
	zhMeaning[zhUnit]{"星期 礼拜 周 工作周", zhWeek},
	zhMeaning[zhUnit]{"旬", zhTenDays},
	zhMeaning[zhUnit]{"天 昼夜 晚上 晚", zhDay},
	zhMeaning[zhUnit]{"小时 钟头 钟 小時 h", zhHour},
	zhMeaning[zhUnit]{"刻钟", zhKe},
	zhMeaning[zhUnit]{"分钟 min", zhMinute},
	zhMeaning[zhUnit]{"秒钟 秒", zhSecond},
)

func (u zhUnit) times(n int) Span {
	return Span{Years: n * u.months / 12, Months: n * u.months % 12, Days: n * u.days, Clock: time.Duration(n) * u.clock}
}

func (s Span) plus(o Span) Span {
	return Span{Years: s.Years + o.Years, Months: s.Months + o.Months, Days: s.Days + o.Days, Clock: s.Clock + o.Clock}
}

func zhMinus(s Span) Span {
	return Span{Years: -s.Years, Months: -s.Months, Days: -s.Days, Clock: -s.Clock}
}

// maxUnits bounds a count of units: a span stays within what a calendar holds.
const maxUnits = 10000

// span reads the length of time that begins at i: 三天, 一年零三个月, 一个半小时,
// 两小时三十分, 半年, 一刻钟. used is 0 when there is none; ok is false for
// vague ones.
func (t zhText) span(i int) (s Span, used int, ok bool) {
	j := i
	ok = true
	last := zhUnit{months: 1 << 20}
	for {
		k := j
		if j > i {
			k += t.one(j, "零", "又", "外加", "加")
		}
		part, u, n, fine := t.spanPart(k, j > i)
		if n == 0 && last == zhHour && k == j { // 一小时十五
			if d := t.number(j); d.used > 0 && !d.vague && d.value < 60 && (j+d.used == len(t.c) || t.in(j+d.used, ",")) {
				return s.plus(zhMinute.times(int(d.value))), j + d.used - i, ok
			}
		}
		if n == 0 || !u.smaller(last) {
			break
		}
		s, last, ok = s.plus(part), u, ok && fine
		j = k + n
	}
	return s, j - i, ok
}

// smaller tells whether u may follow o in one span: hours after days.
func (u zhUnit) smaller(o zhUnit) bool {
	size := func(u zhUnit) time.Duration {
		return time.Duration(u.months)*30*24*time.Hour + time.Duration(u.days)*24*time.Hour + u.clock
	}
	return o.months == 1<<20 || size(u) < size(o)
}

// spanPart reads one count and its unit. inside: after a larger unit, where 分
// is minutes and 个 may be left out.
func (t zhText) spanPart(i int, inside bool) (s Span, unit zhUnit, used int, ok bool) {
	if n := t.one(i, "半个多", "半个", "半"); n > 0 && !t.in(i-1, "大多") {
		u, m := zhUnits.at(t, i+n)
		if m == 0 || u == zhKe || t.in(i+n, "晚") || t.has(i+n, "钟") > 0 && n == 1 {
			return Span{}, unit, 0, false
		}
		return u.half, u, n + m, true
	}
	num := t.number(i)
	if num.used == 0 || num.value != float64(int(num.value)) && num.value > 1000 {
		return Span{}, unit, 0, false
	}
	j := i + num.used
	measure, half := t.one(j, "个", "整个", "整"), 0 // 一整天
	if measure > 0 {
		half = t.one(j+measure, "半", "多", "来")
	}
	if t.in(i, "俩仨") && t.one(j, "半小时", "半钟头") > 0 { // 俩半小时
		half = 1
	}
	// 两小时三十分: a lone 分 is money or marks.
	u, m := zhUnits.at(t, j+measure+half)
	if m == 0 && inside && t.has(j, "分") > 0 {
		u, m = zhMinute, 1
	}
	if d := t.number(j + 1); m == 0 && t.has(j, "分") > 0 && d.used > 0 && t.in(j+1+d.used, "秒") { // 两分三十秒
		u, m = zhMinute, 1
	}
	if n := t.one(j, "分半钟", "分半"); m == 0 && n > 0 {
		return zhMinute.times(int(num.value)).plus(zhMinute.half), zhMinute, num.used + n, !num.vague
	}
	if m == 0 && t.has(j, "日") > 0 && t.one(j+1, "内", "之内", "以内", "游") > 0 {
		u, m = zhDay, 1
	}
	if m == 0 || !t.unitFits(u, num, i, j, measure, inside) {
		return Span{}, unit, 0, false
	}
	j += measure + half + m
	s, fine := u.count(num.value)
	if half > 0 && t.in(j-m-1, "半") {
		s = s.plus(u.half)
	} else if half == 0 && t.in(j, "半") { // 一年半, 三天半, 一小时半
		s = s.plus(u.half)
		j++
	} else if t.in(j, "多") {
		j++
	}
	return s, u, j - i, fine && !num.vague && !t.vagueBefore(i)
}

// unitFits refuses what only looks like a span: 三月 is March, 2025年 a year,
// 一点钟 an hour of the day, 周三.
func (t zhText) unitFits(u zhUnit, num zhNum, i, j, measure int, inside bool) bool {
	switch {
	case t.in(i-1, "第"), measure == 1 && t.in(j, "个") && t.in(j+1, "年天周"): // 一个年轮, 一个周杰伦
		return false
	case u == zhYear:
		return num.value < 1000 && num.run < 4 && (measure == 0 || t.in(j+measure, "年")) && !t.in(j+measure+1, "级代")
	case u == zhMonth:
		// 俩月 is two months, 二月 is February.
		return measure > 0 || inside && t.in(i, "两俩仨") || t.in(i, "两俩仨") && num.used == 1
	case u == zhDay:
		return !t.in(j+measure, "晚") || t.in(i, "一两三四五")
	case u == zhHour && t.has(j+measure, "钟") > 0 && t.has(j+measure, "钟头") == 0:
		return measure > 0
	case u == zhWeek:
		return !t.ends(i, "周", "星期", "礼拜", "第")
	case u == zhQuarter:
		return measure > 0
	}
	return true
}

func (t zhText) vagueBefore(i int) bool { return t.ends(i, "好几", "上", "几") }

// count is n units; only halves and hours may be fractions.
func (u zhUnit) count(n float64) (Span, bool) {
	whole := int(n)
	if n > maxUnits || n < 0 {
		return Span{}, false
	}
	if n == float64(whole) {
		return u.times(whole), true
	}
	if u.clock > 0 {
		return Span{Clock: time.Duration(n * float64(u.clock))}, true
	}
	if n-float64(whole) == 0.5 {
		return u.times(whole).plus(u.half), true
	}
	return Span{}, false
}

func zhReadDuration(t zhText, _ ReadOptions) (Value, bool) {
	for i := 0; i < len(t.c); {
		s, used, ok := t.span(i)
		if used == 0 {
			i += max(1, t.number(i).used)
			if t.in(i-1, "半") && t.in(i, "天") { // 大半天, 老半天
				i++
			}
			continue
		}
		if ok && !t.idleSpan(i, used) {
			return t.value(Value{Span: s}, i, i+used), true
		}
		if !ok {
			return Value{}, false
		}
		i += used
	}
	return Value{}, false
}

// zhIdleSpans hold a span and mean none.
var zhIdleSpans = zhSet("一天到晚 一天天 三天两头 有一天 哪一天 半天没 半天都 半天了 一年到头 一年四季 一年一度 百年")

func (t zhText) idleSpan(i, used int) bool {
	if _, n := zhIdleSpans.at(t, i); n > 0 {
		return true
	}
	return t.in(i, "一") && t.ends(i, "有", "哪", "某", "那", "每", "下", "这") && t.one(i, "一天", "一秒", "一年", "一分钟") > 0
}
