package nlu

import (
	"strconv"
	"strings"
)

// zhCalled are digits as they are called over radio and telephone.
var zhCalled = runeMap("洞0拐7勾9钩9")

// zhHeard are what recognisers write for a digit. They count between two
// digits only.
var zhHeard = runeMap("妖1腰1邀1夭1吆1医1衣1而2儿2耳2山3伞3散3丝4思4死4是4武5舞5吴5吾5午5流6刘6留6溜6气7期7其7起7漆7巴8爸8吧8扒8酒9久9就9玖9铃0灵0林0另0凌0令0")

// zhDigitNoise may stand between two digits of one string.
var zhDigitNoise = zhSet("号码 号码是 , - . 的 那个 然后 再 杠 横杠 还有 接着 后面 后面是 空格 这个 就是 接下来 接下来是 再来 然后是 ( ) / 嗯 呃 啊 额")

// zhDigitRun is a string of digits that was said in one go.
type zhDigitRun struct {
	text       string
	start, end int
	groups     []int // where groups begin in text: after a pause or a word
}

// oneDigit reads a single digit character.
func (t zhText) oneDigit(i int) (byte, bool) {
	r := t.rune(i)
	if r >= '0' && r <= '9' {
		return byte(r), true
	}
	if d, ok := zhDigits[r]; ok {
		return byte('0' + d), true
	}
	if d, ok := zhCalled[r]; ok && (t.calledAt(i-1) || t.calledAt(i+1)) {
		return byte(d), true
	}
	return 0, false
}

// calledAt tells whether a digit stands at i, radio words among them.
func (t zhText) calledAt(i int) bool {
	_, ok := zhCalled[t.rune(i)]
	return ok || t.digitAt(i)
}

// zhDigitStarts begin what stands for digits; all else is passed over quickly.
var zhDigitStarts = runeSet("0123456789零〇○一二两三四五六七八九幺俩仨壹贰弍叁肆伍陆柒捌玖洞拐勾钩双十拾")

// digitElement reads what stands for one or more digits at i: 五, 138, 三个零,
// 双八, 十八, 三百二十.
func (t zhText) digitElement(i int) (digits string, used int) {
	if !zhDigitStarts[t.rune(i)] {
		return "", 0
	}
	if d, ok := t.oneDigit(i + 1); ok && t.rune(i) == '双' {
		return strings.Repeat(string(d), 2), 2
	}
	n := 0
	for n < maxNumber {
		if _, ok := t.oneDigit(i + n); !ok {
			break
		}
		n++
	}
	if n <= 1 {
		if times, ok := t.oneDigit(i); ok && times >= '1' && t.in(i+1, "个") {
			if d, ok := t.oneDigit(i + 2); ok && !t.in(i+3, "十百千万个") {
				return strings.Repeat(string(d), int(times-'0')), 3
			}
		}
		if v, used := t.grouped(i); used > n {
			return v, used
		}
	}
	// The last digit of a string may count what follows: 一三三个零, 八三十.
	if n > 1 && t.in(i+n, "个十百") && (!t.in(i+n, "个") || t.digitAt(i+n+1)) {
		n--
	}
	var out strings.Builder
	for k := range n {
		d, _ := t.oneDigit(i + k)
		out.WriteByte(d)
	}
	return out.String(), n
}

// grouped reads a number that is said as one within a string of digits:
// 三百二十, 十八. Nothing is rounded or guessed: 一百二 is 120.
func (t zhText) grouped(i int) (digits string, used int) {
	v, j, last := 0, i, 1
	for _, s := range []struct {
		words string
		scale int
	}{{"千仟", 1000}, {"百佰", 100}, {"十拾", 10}} {
		if t.in(j, "零〇") && j > i {
			j++
			last = 1
		}
		d, ok := t.oneDigit(j)
		switch {
		case ok && d > '0' && t.in(j+1, s.words):
			v, j, last = v+int(d-'0')*s.scale, j+2, s.scale
		case s.scale == 10 && t.in(j, s.words):
			v, j, last = v+10, j+1, 10
		}
	}
	if j == i {
		return "", 0
	}
	if t.in(j, "零〇") && t.digitAt(j+1) {
		j, last = j+1, 1
	}
	// 一百一十 一零五 is 110 and 105; but some recognisers part every character.
	parted := j < len(t.c) && t.gap[j] && !t.gap[j-1]
	if d, ok := t.oneDigit(j); ok && d > '0' && !parted && !t.in(j+1, "十百千") {
		v += int(d-'0') * max(1, last/10)
		j++
	}
	return strconv.Itoa(v), j - i
}

// digitRun reads the string of digits that begins at or after i; false when
// there is none.
func (t zhText) digitRun(i int) (zhDigitRun, bool) {
	for ; i < len(t.c); i++ {
		d, n := t.digitElement(i)
		if n == 0 && t.in(i, "妖腰邀夭吆") && t.digitAt(i+1) && t.digitAt(i+2) { // 幺 begins most numbers
			d, n = "1", 1
		}
		if n == 0 {
			continue
		}
		r := zhDigitRun{text: d, start: i, end: i + n, groups: []int{0}}
		for len(r.text) < 64 {
			skip := t.digitNoise(r.end)
			d, n = t.digitElement(r.end + skip)
			if n == 0 {
				if heard, ok := zhHeard[t.rune(r.end)]; ok && t.digitAt(r.end+1) && len(r.text) > 1 {
					r.text += string(heard)
					r.end++
					continue
				}
				break
			}
			if skip > 0 || t.gap[r.end] {
				r.groups = append(r.groups, len(r.text))
			}
			r.text += d
			r.end += skip + n
		}
		return r, true
	}
	return zhDigitRun{}, false
}

func (t zhText) digitNoise(i int) int {
	j := i
	for range 3 {
		_, n := zhDigitNoise.at(t, j)
		if n == 0 {
			break
		}
		j += n
	}
	return j - i
}

// zhReadDigits reads the longest string of digits in a text.
func zhReadDigits(t zhText, o ReadOptions) (Value, bool) {
	var best zhDigitRun
	for i := 0; ; {
		r, ok := t.digitRun(i)
		if !ok {
			break
		}
		i = r.end
		counts := len(r.text) == 1 && !o.Asked && (zhMeasures[t.rune(r.end)] || t.noNumber(r.start) > 0)
		if len(r.text) > len(best.text) && !counts && (t.noNumber(r.start) == 0 || len(r.text) > 1) {
			best = r
		}
	}
	if best.text == "" {
		return Value{}, false
	}
	return t.value(Value{Text: best.text}, best.start, best.end), true
}
