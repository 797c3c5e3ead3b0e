package nlu

import "math"

var zhDigits = map[rune]int{
	'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9, '幺': 1, '俩': 2, '仨': 3,
	'壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9, '弍': 2, '○': 0,
}

var zhScales = map[rune]float64{'十': 10, '拾': 10, '百': 100, '佰': 100, '千': 1000, '仟': 1000}

var zhBigScales = map[rune]float64{'万': 1e4, '亿': 1e8}

// zhTensWords are one character for a multiple of ten: 廿三, 卅.
var zhTensWords = map[rune]float64{'廿': 20, '卅': 30}

// maxNumber bounds how many characters of a number are read: no one says more,
// and garbage costs no more than that.
const maxNumber = 40

// zhNum is a number that stands in a text.
type zhNum struct {
	value  float64
	used   int // characters; 0: none
	run    int // digits when it is nothing but digits: 一三八, 2025
	scaled bool
	vague  bool // 几十, 二三十, 三四个: a number nobody can rely on
	arabic bool // begins with 0-9
}

// zhNumReader reads one number. A number is groups of 千百十 under 万 and 亿;
// coefficients may be Chinese digits or 0-9: 3万5, 1万2千.
type zhNumReader struct {
	t          zhText
	start, j   int
	total      float64 // of finished 万 and 亿 groups
	group      float64 // within the group
	digit      float64 // not yet scaled
	digits     int     // how many digits digit has; 0: none
	first      float64 // the first of them
	lastScale  float64 // of the last scale word
	groupScale float64 // of the last scale word within the group; 0: none yet
	bigScale   float64 // of the last 万 or 亿
	zero       bool    // a zero stood after the last scale
	hanZero    bool    // the run holds a zero: no vague pair
	out        zhNum
}

// number reads the number that begins at i, decimals included.
func (t zhText) number(i int) zhNum { return t.readNumber(i, true) }

// whole reads the number that begins at i and ends before 点, which in 三点五十
// is the clock's.
func (t zhText) whole(i int) zhNum { return t.readNumber(i, false) }

func (t zhText) readNumber(i int, decimals bool) zhNum {
	c := t.rune(i)
	if _, digit := zhDigits[c]; !digit && (c < '0' || c > '9') && c != '十' && c != '拾' && c != '廿' && c != '卅' && c != '几' {
		return zhNum{}
	}
	r := zhNumReader{t: t, start: i, j: i}
	for r.j < len(t.c) && r.j-i < maxNumber && r.take(t.c[r.j]) {
	}
	return r.finish(decimals)
}

// take reads one element and moves on; false ends the number.
func (r *zhNumReader) take(c rune) bool {
	if r.out.vague {
		return false
	}
	if c >= '0' && c <= '9' {
		return r.takeArabic()
	}
	if d, ok := zhDigits[c]; ok {
		return r.takeDigit(d)
	}
	if v, ok := zhTensWords[c]; ok {
		if r.digits > 0 || r.groupScale > 0 && r.groupScale <= 10 {
			return false
		}
		r.group += v
		r.lastScale, r.groupScale, r.zero, r.out.scaled = 10, 10, false, true
		r.j++
		return true
	}
	if s, ok := zhScales[c]; ok {
		return r.takeScale(s)
	}
	if s, ok := zhBigScales[c]; ok {
		return r.takeBig(s)
	}
	return r.takeApproximate(c)
}

func (r *zhNumReader) takeArabic() bool {
	if r.digits > 0 {
		return false
	}
	r.out.arabic = r.out.arabic || r.j == r.start
	for ; r.j < len(r.t.c) && r.t.c[r.j] >= '0' && r.t.c[r.j] <= '9'; r.j++ {
		r.digit = r.digit*10 + float64(r.t.c[r.j]-'0')
		r.digits++
	}
	if r.digits > 1 {
		r.hanZero = true // 35 is no vague pair as 三五 may be
	}
	if next := r.t.rune(r.j + 1); r.t.rune(r.j) == '.' && next >= '0' && next <= '9' {
		part := 0.1
		for r.j++; r.j < len(r.t.c) && r.t.c[r.j] >= '0' && r.t.c[r.j] <= '9'; r.j++ {
			r.digit += part * float64(r.t.c[r.j]-'0')
			part /= 10
		}
		r.digits = 1 // a coefficient like any other: 1.5万; but nothing to be read as 一万二's two
		r.zero = true
		r.out.scaled = true
	}
	return true
}

func (r *zhNumReader) takeDigit(d int) bool {
	if r.out.arabic && r.lastScale == 0 {
		return false // 138一二 is not one number
	}
	if r.lastScale > 0 {
		if d == 0 {
			if r.digits > 0 {
				return false
			}
			r.zero = true
			r.j++
			return true
		}
		if r.digits > 0 {
			// 一百二三: between 120 and 130.
			if r.digits == 1 && float64(d) == r.digit+1 {
				r.out.vague = true
				r.j++
			}
			return false
		}
	}
	if r.digits == 0 {
		r.first = float64(d)
	}
	r.hanZero = r.hanZero || d == 0
	r.digit = r.digit*10 + float64(d)
	r.digits++
	r.j++
	return true
}

// takeScale reads 十, 百 or 千, which go down within a group.
func (r *zhNumReader) takeScale(s float64) bool {
	if r.groupScale > 0 && s >= r.groupScale {
		return false
	}
	switch {
	case r.digits == 0 && s == 10: // 十五, 一百零十
		r.digit = 1
	case r.digits == 0:
		return false
	case r.digits == 2 && r.pair():
		r.out.vague = true
		return false
	case r.digits > 1 && !r.out.arabic:
		return false
	}
	r.group += r.digit * s
	r.closeDigit(s)
	r.groupScale = s
	return true
}

// takeBig reads 万 or 亿.
func (r *zhNumReader) takeBig(s float64) bool {
	if r.digits == 0 && r.group == 0 && r.total == 0 || r.bigScale == 1e4 && s == 1e4 || r.bigScale == 1e8 && s == 1e8 {
		return false
	}
	if r.digits == 2 && r.pair() {
		r.out.vague = true
		return false
	}
	if r.digits > 1 && !r.hanZero {
		return false // 二二二二万
	}
	if s == 1e8 { // gathers all before it: 一万亿
		r.total = (r.total + r.group + r.digit) * s
	} else { // only its own group: 一亿三千万
		r.total += (r.group + r.digit) * s
	}
	r.group, r.groupScale, r.bigScale = 0, 0, s
	r.closeDigit(s)
	return true
}

// takeApproximate reads what stands between a number's parts: 来 and 多, which
// change nothing; 几, which makes it vague; 个 in 三个亿.
func (r *zhNumReader) takeApproximate(c rune) bool {
	t := r.t
	switch {
	case c == '几' && r.digits == 0, c == '好' && t.in(r.j+1, "几"): // 十几, 二十好几
		r.out.vague = true
		r.j++
		return false
	case (c == '来' || c == '多') && r.digits == 0 && r.lastScale > 0:
		_, measure := zhMeasures[t.rune(r.j+1)]
		if _, big := zhBigScales[t.rune(r.j+1)]; !measure && !big && c == '来' {
			return false // 来 is also to come
		}
		r.j++
		if _, big := zhBigScales[t.rune(r.j)]; !big {
			r.zero = true
			return false
		}
		return true
	case c == '个' && r.digits > 0 && t.in(r.j+1, "亿"):
		r.j++
		return true
	case c == ',' && r.digits == 0 && r.lastScale >= 100: // 一万，二千: a pause after a scale
		d, ok := zhDigits[t.rune(r.j+1)]
		next := zhScales[t.rune(r.j+2)]
		if ok && d > 0 && next > 0 && (r.groupScale == 0 || next < r.groupScale) { // but 三百，三百块 is said twice
			r.j++
			return true
		}
	}
	return false
}

// pair tells two neighbouring digits: 二三十, 三五百.
func (r *zhNumReader) pair() bool {
	second := r.digit - r.first*10
	return !r.hanZero && r.first < second && second-r.first <= 2
}

func (r *zhNumReader) closeDigit(scale float64) {
	r.digit, r.digits, r.zero, r.hanZero, r.first = 0, 0, false, false, 0
	r.lastScale, r.out.scaled = scale, true
	r.j++
}

func (r *zhNumReader) finish(decimals bool) zhNum {
	r.out.used = r.j - r.start
	if r.out.used == 0 {
		return zhNum{}
	}
	if r.out.vague { // all of 二三十万
		for r.t.in(r.j, "十百千万亿") {
			r.j++
		}
		r.out.used = r.j - r.start
	}
	v := r.total + r.group + r.digit
	if r.digits == 1 && r.digit < 10 && !r.zero && r.lastScale >= 100 {
		v += r.digit*r.lastScale/10 - r.digit // 一万二 is 12000, 三百五 is 350
	}
	if r.digits > 0 && !r.out.scaled {
		r.out.run = r.digits
	}
	if _, measure := zhMeasures[r.t.rune(r.j)]; measure && r.out.run == 2 && r.pair() {
		r.out.vague = true // 三四个, 两三天
	}
	if decimals {
		v = r.decimals(v)
		r.suffix(&v)
	}
	r.out.used = r.j - r.start
	r.out.value = math.Round(v*1e6) / 1e6
	if v > 1e15 {
		return zhNum{used: r.out.used, vague: true} // a string of digits, but no number anyone means
	}
	return r.out
}

// decimals reads 点五. In 三点五十 the 点 is the clock's.
func (r *zhNumReader) decimals(v float64) float64 {
	t, k := r.t, r.j+1
	if t.rune(r.j) != '点' || r.out.vague {
		return v
	}
	frac, part := 0.0, 0.1
	for ; k < len(t.c) && k-r.j < maxNumber; k++ {
		d, ok := zhDigits[t.c[k]]
		if !ok && t.c[k] >= '0' && t.c[k] <= '9' {
			d, ok = int(t.c[k]-'0'), true
		}
		if !ok {
			break
		}
		frac += float64(d) * part
		part /= 10
	}
	if k == r.j+1 || t.in(k, "十刻分") && t.has(k, "分之") == 0 {
		return v
	}
	r.j, r.out.run, r.out.scaled = k, 0, true
	v += frac
	if s, ok := zhBigScales[t.rune(k)]; ok {
		v *= s
		r.j++
		if s, ok := zhBigScales[t.rune(r.j)]; ok && s == 1e8 { // 一点五万亿
			v *= s
			r.j++
		}
	}
	return v
}

// suffix reads k and w, as in 5k and 三w.
func (r *zhNumReader) suffix(v *float64) {
	j := r.j
	if r.t.rune(j) == '个' && r.t.in(j+1, "w") { // 两个w
		j++
	}
	scale := map[rune]float64{'k': 1e3, 'w': 1e4}[r.t.rune(j)]
	if next := r.t.rune(j + 1); scale == 0 || next >= 'a' && next <= 'z' || next >= '0' && next <= '9' {
		return
	}
	*v *= scale
	r.j, r.out.run, r.out.scaled = j+1, 0, true
}
