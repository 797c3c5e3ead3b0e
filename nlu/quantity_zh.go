package nlu

import (
	"math"
	"strings"
)

// zhMeasures are characters that count something: a number stands before them.
var zhMeasures = runeSet("个块元毛角分钱天年月日周号次位人件条张只台套本份杯瓶斤公里米岁期点折成十百千万亿小星礼秒刻名户间层倍笔单圆种首刀美欧港英日人")

func runeSet(s string) map[rune]bool {
	m := map[rune]bool{}
	for _, r := range s {
		m[r] = true
	}
	return m
}

// zhNoNumbers are expressions that hold a numeral and count nothing.
var zhNoNumbers = zhSet("一下 一起 一定 一样 一直 一般 一些 一切 一会 一旦 一边 一面 一共 一块儿 一块去 一块来 一向 一点 一点儿 一丁点 一律 一致 一再 一旁 一路 一心 一时 一阵 一辈子 一言 一概 一味 一如 " +
	"一来 一听 一看 一想 一问 一打 一接 万一 千万 十分 百分之 三心二意 乱七八糟 七上八下 四处 四周 三番五次 两下子 一五一十 九牛一毛 二话 两码 不三不四 八成 十足 百姓 百货 万能 千方百计 八卦 二维码 二手 三方 第三方 一方")

// noNumber tells whether a numeral at i belongs to another word: 统一, 星期三.
func (t zhText) noNumber(i int) int {
	if t.ends(i, "星期", "礼拜", "周") && t.in(i, "一二三四五六") {
		return 1
	}
	if t.in(i, "一") && (t.in(i-1, "唯统之单专同") || t.ends(i, "不怕")) {
		return 1
	}
	if _, n := zhNoNumbers.at(t, i); n > 0 {
		// 一点五, 十分之三 and 一千万 are numbers all the same.
		next := t.rune(i + 2)
		_, digit := zhDigits[next]
		if t.has(i, "一点") > 0 && (digit || next >= '0' && next <= '9') || t.one(i, "十分之", "十分钟") > 0 || t.has(i, "一路") > 0 && t.ends(i, "第") {
			return 0
		}
		return n
	}
	return 0
}

// zhQuantityStarts begin numbers, shares and halves.
var zhQuantityStarts = runeSet("0123456789零〇○一二两三四五六七八九幺俩仨壹贰弍叁肆伍陆柒捌玖十拾百千万廿卅几半负-")

// quantity reads the number, fraction or half that begins at i; used is 0 when
// there is none, ok false when it is vague.
func (t zhText) quantity(i int) (v float64, used int, ok bool) {
	if !zhQuantityStarts[t.rune(i)] {
		return 0, 0, false
	}
	if n := t.one(i, "负的", "负", "零下"); n > 0 {
		v, used, ok = t.quantity(i + n)
		if used == 0 {
			return 0, 0, false
		}
		return -v, used + n, ok
	}
	if t.rune(i) == '-' {
		if num := t.number(i + 1); num.used > 0 && num.arabic && !t.digitAt(i-1) {
			return -num.value, num.used + 1, !num.vague
		}
		return 0, 0, false
	}
	if v, used := t.share(i); used > 0 {
		return v, used, true
	}
	if n := t.one(i, "一半", "半"); n > 0 {
		if n == 1 && (t.in(i+1, "夜路途信天晌价") || t.in(i-1, "点多大")) {
			return 0, 0, false
		}
		return 0.5, n + t.one(i+n, "个"), true
	}
	n := t.number(i)
	if n.used == 0 {
		return 0, 0, false
	}
	j := i + n.used
	if v, more := t.mixed(j, n.value); more > 0 {
		return v, n.used + more, !n.vague
	}
	if m := t.one(j, "个半", "倍半"); m > 0 {
		return n.value + 0.5, n.used + m, !n.vague
	}
	return n.value, n.used, !n.vague
}

func (t zhText) digitAt(i int) bool {
	r := t.rune(i)
	_, ok := zhDigits[r]
	return ok || r >= '0' && r <= '9'
}

var zhShares = []struct {
	text string
	part float64
}{{"百分之", 0.01}, {"百分", 0.01}, {"千分之", 0.001}, {"万分之", 0.0001}}

// share reads 百分之二十, 千分之三, 三分之一, 20%.
func (t zhText) share(i int) (v float64, used int) {
	if !zhQuantityStarts[t.rune(i)] {
		return 0, 0
	}
	for _, s := range zhShares {
		n := t.has(i, s.text)
		if n == 0 {
			continue
		}
		if t.has(i+n, "百") > 0 { // 百分之百
			return 100 * s.part, n + 1
		}
		if num := t.number(i + n); num.used > 0 && !num.vague {
			return tidy(num.value * s.part), n + num.used
		}
		return 0, 0
	}
	d := t.number(i)
	if d.used == 0 || d.vague {
		return 0, 0
	}
	j := i + d.used
	if n := t.one(j, "分之"); n > 0 && d.value != 0 {
		if num := t.number(j + n); num.used > 0 && !num.vague {
			return num.value / d.value, d.used + n + num.used
		}
		return 0, 0
	}
	if t.rune(j) == '%' {
		return tidy(d.value / 100), d.used + 1
	}
	if num := t.number(j + 1); t.rune(j) == '/' && d.arabic && num.arabic && num.value != 0 && t.rune(j+1+num.used) != '/' {
		return d.value / num.value, d.used + 1 + num.used
	}
	return 0, 0
}

// mixed reads the rest of 一又二分之一.
func (t zhText) mixed(j int, whole float64) (v float64, used int) {
	n := t.one(j, "又")
	if n == 0 {
		return 0, 0
	}
	part, m := t.share(j + n)
	if m == 0 {
		return 0, 0
	}
	return whole + part, n + m
}

// tidy takes the dust of binary fractions off.
func tidy(v float64) float64 {
	const places = 1e9
	return math.Round(v*places) / places
}

func zhReadNumber(t zhText, o ReadOptions) (Value, bool) {
	for i := 0; i < len(t.c); {
		// Before the numeral: 上百, 好几千 are vague, the numeral after them is no way out.
		if n := t.vagueAt(i); n > 0 {
			return Value{}, false
		}
		if v, used := t.share(i); used > 0 {
			return t.value(Value{Number: v}, i, i+used), true
		}
		if n := t.noNumber(i); n > 0 {
			i += n
			continue
		}
		if v, used, ok := t.quantity(i); used > 0 {
			return t.value(Value{Number: v}, i, i+used), ok
		}
		i++
	}
	return Value{}, false
}

// vagueAt reads 上百, 成千上万, 好几, 几百, 若干.
func (t zhText) vagueAt(i int) int {
	if n := t.one(i, "若干", "好几", "成千上万", "百八十", "千把", "万把", "百把", "个把", "块八毛", "块儿八毛", "万八千", "千儿八百", "百儿八十", "俩仨"); n > 0 {
		return n
	}
	if t.in(i, "上近数") && t.in(i+1, "十百千万亿") && !t.in(i+1, "千") {
		return 2
	}
	if t.has(i, "上千") > 0 || t.has(i, "数千") > 0 || t.has(i, "近千") > 0 {
		return 2
	}
	return 0
}

// ParseNumber's and ParseDigits' Chinese halves.
func zhParseNumber(text string) (float64, bool) {
	v, ok := zhReadNumber(zhFold(text, zhFillers), ReadOptions{})
	return v.Number, ok
}

func zhParseDigits(text string) (string, bool) {
	t := zhFold(text, zhFillers)
	var out strings.Builder
	for i := 0; i < len(t.c); {
		d, n := t.digitElement(i)
		out.WriteString(d)
		i += max(n, 1)
	}
	return out.String(), out.Len() > 0
}
