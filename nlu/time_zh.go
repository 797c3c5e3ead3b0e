package nlu

import (
	"strconv"
	"strings"
	"time"
)

// zhMoment reads one expression of time: days, parts of days and clocks in any
// order, each once.
type zhMoment struct {
	t     zhText
	now   time.Time
	bare  bool // a lone number is an hour, or a day of the month where only days are wanted
	loose bool // 一点 is one o'clock wherever it stands
	days  bool // only days are wanted

	s          spoken
	dated      bool // a day was named
	impossible bool // 二月三十号, 二十五点
	start, end int
}

// zhJoints may stand between the parts of one expression.
var zhJoints = zhSet("的 , 那天 当天 就 大概 大约 差不多 左右 在 那个 大概是 是 也就是")

// zhRanges join two moments; the first is meant.
var zhRanges = []string{"到", "至", "或者", "还是", "-", "和", "跟"}

// read finds the first expression at or after i.
func (m *zhMoment) read(i int) bool {
	for i < len(m.t.c) {
		if !m.next(i) {
			return false
		}
		if m.impossible || m.t.refused(m.end) == 0 {
			return true
		}
		// 今天不行，明天吧: what was refused is not meant.
		i = m.end + m.t.refused(m.end)
		*m = zhMoment{t: m.t, now: m.now, bare: m.bare, loose: m.loose, days: m.days}
	}
	return false
}

// zhRefusals turn down what stands before them.
var zhRefusals = zhSet("不行 没空 没时间 没有时间 不方便 不在 不可以 来不及 还不了 不能 太晚 太早 太赶 不合适 不太行 不太方便 没有空 抽不出 太多 太贵 太高 太少 拿不出 没有 给不了 付不了 交不了 赶不上 赶不及 做不到 也不行 不可能")

// refused returns how long a refusal right behind a value is; 0 for none.
func (t zhText) refused(i int) int {
	j := i
	for range 4 {
		if _, n := zhRefusals.at(t, j); n > 0 {
			return j + n - i
		}
		n := t.one(j, "的话", "我", "都", "也", "肯定", "可能", "恐怕", "是", "就", "钱", "还", "那天", "实在", "真的", "确实")
		if n == 0 {
			return 0
		}
		j += n
	}
	return 0
}

// next finds the first expression at or after i, refused or not.
func (m *zhMoment) next(i int) bool {
	t := m.t
	for i < len(t.c) {
		m.start, m.end = i, i
		for j := i; ; {
			n := m.piece(j)
			if n == 0 {
				break
			}
			m.end = j + n
			j = m.end
			if _, k := zhJoints.at(t, j); k > 0 {
				j += k
			}
		}
		if m.end > i || m.impossible {
			return true
		}
		if t.in(i, "百千万") && t.one(i, "百分", "千分", "万分") > 0 {
			_, n := t.share(i)
			i += n
		}
		// Past the whole number: of 三十二号, 二号 was not said.
		i += max(1, t.noNumber(i), t.whole(i).used)
	}
	return false
}

// piece reads one part of the expression at i.
func (m *zhMoment) piece(i int) int {
	if !m.dated && !m.s.hasRelative {
		if n := m.later(i); n > 0 {
			return n
		}
		if n := m.day(i); n > 0 {
			m.dated = true
			return n
		}
	}
	if m.days || m.impossible {
		return 0
	}
	if m.s.part == partNone {
		if part, n := zhParts.at(m.t, i); n > 0 && m.partStands(i, n) {
			m.s.part = part
			return n
		}
	}
	if !m.s.hasHour && !m.s.hasRelative {
		return m.clock(i)
	}
	return 0
}

// zhParts are the parts of a day.
var zhParts = zhTable(
	zhMeaning[daypart]{"早上 早晨 清早 清晨 大清早 一大早 一早 上午 午前 早间 早", partMorning},
	zhMeaning[daypart]{"中午 正午 晌午 午间", partNoon},
	zhMeaning[daypart]{"下午 午后 后晌 过午", partAfternoon},
	zhMeaning[daypart]{"傍晚 黄昏 晚上 晚间 夜里 夜晚 深夜 夜间 半夜 午夜 大半夜 三更半夜 晚", partEvening},
	zhMeaning[daypart]{"凌晨 拂晓", partDawn},
)

// partStands refuses what is only like a part of a day: 早 and 晚 are one
// before a clock alone (晚八点), 半夜 is no hour one could call at.
func (m *zhMoment) partStands(i, n int) bool {
	t := m.t
	if n == 1 && t.has(i+1, "一点") > 0 && !t.in(i+3, "钟半整刻") {
		return false // 早一点 is a bit earlier
	}
	if n == 1 || t.one(i, "半夜", "午夜", "大半夜", "三更半夜") > 0 {
		return t.clockAt(i + n)
	}
	return !t.ends(i, "一", "几", "两", "三") || !t.in(i, "晚") // 住一晚上
}

// clockAt tells whether a time of day stands at i.
func (t zhText) clockAt(i int) bool {
	if t.one(i, "差") > 0 {
		return true
	}
	if _, _, n := t.colon(i); n > 0 {
		return true
	}
	n := t.whole(i)
	return n.used > 0 && !n.vague && t.in(i+n.used, "点时")
}

// later reads 半小时后, 过一个小时, 三天以后, 两周前, 三天之内; right after the
// question when also a lone 半小时.
func (m *zhMoment) later(i int) int {
	t := m.t
	lead := t.one(i, "再过", "再等", "过", "等")
	s, used, ok := t.span(i + lead)
	if used == 0 {
		return 0
	}
	j := i + lead + used
	tail := t.one(j, "之后", "以后", "过后", "后", "之内", "以内", "内")
	ago := t.one(j, "之前", "以前", "前")
	if tail == 0 && ago == 0 && lead == 0 && !m.bare || tail > 0 && t.in(j+tail, "天面") || t.ends(i, "第", "最近", "近") {
		return 0
	}
	if !ok {
		m.impossible = true // 两三天后: not to be relied on
		return 0
	}
	if tail == 0 && ago > 0 {
		s = zhMinus(s)
	}
	if m.days && s.Years == 0 && s.Months == 0 && s.Days == 0 {
		return 0
	}
	if y := s.After(m.now).Year(); y < firstYear || y > lastYear {
		m.impossible = true // 一万年后 is no appointment, and no calendar's day
		return 0
	}
	if s.Clock != 0 {
		m.s.relative, m.s.hasRelative = s.After(m.now).Sub(m.now), true
	}
	if s.Years != 0 || s.Months != 0 || s.Days != 0 {
		m.dated = true
		m.s.fixed = noon(s.After(m.now))
	}
	return j + tail + ago*(1-min(tail, 1)) - i
}

// clock reads a time of day: 三点, 三点半, 三点一刻, 差五分三点, 15:30.
func (m *zhMoment) clock(i int) int {
	t := m.t
	if h, minute, n := t.colon(i); n > 0 {
		m.s.hour, m.s.min, m.s.hasHour = h, minute, true
		m.s.exactHour = t.rune(i) == '0' && m.s.part == partNone // 08:30 is written on a clock of 24 hours
		return n
	}
	before, lead := 0, 0
	if n := t.one(i, "差"); n > 0 {
		short, used := t.minutes(i+n, true)
		if used == 0 {
			return 0
		}
		before, lead = short, n+used+t.one(i+n+used, "到", "就")
	}
	h := t.whole(i + lead)
	if h.used == 0 || h.scaled && h.value > 100 {
		return 0
	}
	j := i + lead + h.used
	point := t.hourWord(j)
	if point == 0 {
		return m.bareHour(i, h)
	}
	if !m.hourStands(i, j, h) {
		return 0
	}
	j += point
	minute, n, fine := t.past(j)
	if !fine {
		return 0 // 三点五万
	}
	j += n
	if h.vague || h.value > 24 || h.value != float64(int(h.value)) || minute > 59 {
		m.impossible = true
		return j - i
	}
	m.setClock(int(h.value), minute-before)
	j += t.one(j, "来钟", "多钟", "左右", "多", "前后")
	return j - i
}

func (m *zhMoment) setClock(hour, minute int) {
	if minute < 0 {
		hour, minute = hour-1, minute+60
		if hour < 0 {
			hour = 23
		}
		if hour == 0 && m.s.part == partNone {
			hour = 12 // 差五分一点
		}
	}
	m.s.hour, m.s.min, m.s.hasHour = hour, minute, true
}

// hourWord is 点, 点钟, or the 时 of written times.
func (t zhText) hourWord(j int) int {
	if t.in(j, "点") {
		return 1
	}
	if t.in(j, "时") && !t.in(j+1, "候间段刻常尚期装") {
		return 1
	}
	return 0
}

// past reads what stands behind 点: 半, 一刻, 五十五分, 过五分, 差五分. ok is
// false when the 点 was a decimal point.
func (t zhText) past(j int) (minute, used int, ok bool) {
	if n := t.one(j, "钟半", "半钟", "半"); n > 0 {
		return 30, n, true
	}
	if n := t.one(j, "钟", "整"); n > 0 {
		if t.in(j+n, "差过") { // 三点钟过五分
			if m, k, ok := t.past(j + n); k > 0 {
				return m, n + k, ok
			}
		}
		return 0, n, true
	}
	sign, lead := 1, 0
	if n := t.one(j, "过了", "过"); n > 0 {
		lead = n
	} else if n := t.one(j, "差"); n > 0 {
		lead, sign = n, -1
	}
	if d := t.whole(j); lead == 0 && d.used > 0 && !d.vague && (d.scaled && d.value >= 1000 || t.in(j+d.used, "折块元倍%公米吨斤个度")) {
		return 0, 0, false
	}
	m, n := t.minutes(j+lead, lead > 0)
	if n == 0 {
		return 0, 0, true
	}
	return sign * m, lead + n, true
}

// minutes reads 五分, 一刻, 二十, 零五. unit: 分 or 刻 must be named.
func (t zhText) minutes(j int, unit bool) (minute, used int) {
	n := t.whole(j)
	if n.used == 0 || n.vague || n.value != float64(int(n.value)) || n.value > 99 {
		return 0, 0
	}
	k := j + n.used
	if m := t.one(k, "刻钟", "刻"); m > 0 && n.value <= 3 {
		return int(n.value) * 15, n.used + m
	}
	if m := t.one(k, "分钟", "分"); m > 0 && t.has(k, "分之") == 0 {
		return int(n.value), n.used + m
	}
	if unit || zhMeasures[t.rune(k)] && !t.in(k, ",") {
		return 0, 0
	}
	return int(n.value), n.used
}

// zhPoints follow 点 where it counts points: 两点意见.
var zhPoints = zhSet("意见 建议 要求 问题 原因 想法 说明 理由 好处 坏处 钱 小 水 事 东西 疑问 优惠 儿")

// zhMore end words of which 一点 makes a bit more: 便宜一点, 有一点.
const zhMore = "宜快慢多少早晚大小高低好轻近远有差这那么稍清楚白响声细再点松急长短贵单易等忙烦难重薄厚强弱热冷冰累饿困"

// hourStands tells whether the 点 at j is the clock's.
func (m *zhMoment) hourStands(i, j int, h zhNum) bool {
	t := m.t
	if t.in(i-1, "第") {
		return false
	}
	if _, n := zhPoints.at(t, j+1); n > 0 {
		return false
	}
	if t.has(i, "一点") == 0 || m.loose || h.used != 1 {
		return true
	}
	if m.dated || m.s.part != partNone {
		return !t.in(j+1, "都也不没点")
	}
	if t.in(i-1, zhMore) || t.in(j+1, "都也不没点") {
		return false
	}
	if m.bare || t.one(j+1, "钟", "整", "半", "过", "左右", "前", "后", "到", "之前", "以前", "以后", "之后", ",") > 0 {
		return true
	}
	if _, n := t.minutes(j+1, false); n > 0 {
		return true
	}
	return (i == 0 || t.in(i-1, ",在约是定")) && j+1 == len(t.c)
}

// colon reads 3:30.
func (t zhText) colon(i int) (hour, minute, used int) {
	if t.arabicAt(i - 1) {
		return 0, 0, 0
	}
	j := i
	for j < len(t.c) && (t.c[j] >= '0' && t.c[j] <= '9' || t.c[j] == ':') && j-i < 5 {
		j++
	}
	h, m, ok := strings.Cut(t.string(i, j), ":")
	if !ok || len(h) == 0 || len(h) > 2 || len(m) != 2 {
		return 0, 0, 0
	}
	hour, herr := strconv.Atoi(h)
	minute, merr := strconv.Atoi(m)
	if herr != nil || merr != nil || hour > 24 || minute > 59 {
		return 0, 0, 0
	}
	return hour, minute, j - i
}

func (t zhText) arabicAt(i int) bool { r := t.rune(i); return r >= '0' && r <= '9' }

// bareHour takes a lone number for an hour right after the question when.
func (m *zhMoment) bareHour(i int, h zhNum) int {
	j := i + h.used
	if !m.bare || h.value < 1 || h.value > 24 || h.value != float64(int(h.value)) || j < len(m.t.c) && !m.t.in(j, ",") || h.vague {
		return 0
	}
	if t := m.t; t.in(i-1, "第") || t.ends(i, "周", "星期") {
		return 0
	}
	m.s.hour, m.s.hasHour = int(h.value), true
	return h.used
}

// momentIn reads the first moment of a text. A day and an hour that were said
// apart belong together: 明天我有空，下午三点吧.
func momentIn(t zhText, o ReadOptions, loose bool) (m zhMoment, ok bool) {
	m = zhMoment{t: t, now: o.Now, bare: o.Asked, loose: loose}
	if !m.read(0) || m.impossible {
		return m, false
	}
	if m.s.hasRelative || m.dated && m.s.hasHour || t.one(m.end, zhRanges...) > 0 {
		return m, true
	}
	more := zhMoment{t: t, now: o.Now, loose: loose}
	if !more.read(m.end) || more.impossible || more.dated == m.dated || more.s.hasRelative || t.ends(more.start, zhRanges...) {
		return m, true
	}
	if m.dated {
		if m.s.part == partNone {
			m.s.part = more.s.part
		} else if more.s.part != partNone && !m.s.hasHour && more.s.part != m.s.part {
			return m, true // 明天上午或者下午三点: which was meant is not for us to say
		}
		m.s.hour, m.s.min, m.s.hasHour = more.s.hour, more.s.min, more.s.hasHour
	} else {
		clock := m.s
		if more.s.hasHour && clock.hasHour {
			return m, true
		}
		m.s = more.s
		m.dated = true
		if clock.hasHour {
			m.s.hour, m.s.min, m.s.hasHour = clock.hour, clock.min, true
		}
		if clock.part != partNone {
			m.s.part = clock.part
		}
	}
	m.end = more.end
	return m, true
}

func zhReadTime(t zhText, o ReadOptions) (Value, bool) {
	m, ok := momentIn(t, o, false)
	if !ok {
		return Value{}, false
	}
	at, ok := m.s.resolve(o.Now)
	if !ok {
		return Value{}, false
	}
	return t.value(Value{Time: at.At, Grain: at.Grain}, m.start, m.end), true
}

func zhReadDate(t zhText, o ReadOptions) (Value, bool) {
	m := zhMoment{t: t, now: o.Now, bare: o.Asked, days: true}
	if !m.read(0) || m.impossible || !m.dated {
		return Value{}, false
	}
	day, ok := m.s.date(o.Now)
	if !ok {
		return Value{}, false
	}
	y, month, d := day.Date()
	return t.value(Value{Time: time.Date(y, month, d, 0, 0, 0, 0, o.Now.Location()), Grain: GrainDay}, m.start, m.end), true
}

// The moments ParseTime gives are appointments: not before today, nor further
// ahead than anyone plans.
const maxYearsAhead = 8

func zhParseTime(text string, o TimeOptions) (Time, bool) {
	m, ok := momentIn(zhFold(text, zhNoise), ReadOptions{Now: o.Now, Asked: o.Bare}, true)
	if !ok {
		return Time{}, false
	}
	at, ok := m.s.resolve(o.Now)
	if !ok {
		return Time{}, false
	}
	y, month, d := o.Now.Date()
	if at.At.Before(time.Date(y, month, d, 0, 0, 0, 0, o.Now.Location())) || at.At.After(o.Now.AddDate(maxYearsAhead, 0, 0)) {
		return Time{}, false
	}
	return at, true
}
