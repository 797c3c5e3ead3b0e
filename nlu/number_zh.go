package nlu

import (
	"math"
	"strings"
)

var zhDigits = map[rune]int{
	'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9, '幺': 1,
	'壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9,
}

var zhScales = map[rune]float64{'十': 10, '拾': 10, '百': 100, '佰': 100, '千': 1000, '仟': 1000}

// zhNumberAt reads the number that begins at rs[i] and returns how many
// characters it takes; 0 when none begins there. 两千零五, 一万二, 三点五,
// 12.5万 and bare digits (一三八) are understood.
func zhNumberAt(rs []rune, i int) (value float64, used int) {
	if i < len(rs) && rs[i] >= '0' && rs[i] <= '9' {
		return arabicAt(rs, i)
	}
	r := zhReader{rs: rs, start: i, lastScale: 0}
	for j := i; j < len(rs); j++ {
		if !r.take(rs[j], j) {
			break
		}
	}
	return r.finish()
}

type zhReader struct {
	rs        []rune
	start     int
	total     float64 // of finished 万 and 亿 groups
	group     float64 // within the group
	digit     float64
	hasDigit  bool
	run       []int // bare digits so far, while no scale was met
	lastScale float64
	zero      bool
	used      int
}

func (r *zhReader) take(c rune, j int) bool {
	if d, ok := zhDigits[c]; ok {
		if r.lastScale == 0 && r.total == 0 && r.group == 0 {
			r.run = append(r.run, d)
		} else if r.hasDigit && d != 0 {
			return false
		}
		if d == 0 {
			r.zero = true
		} else {
			r.hasDigit = true
		}
		r.digit = float64(d)
		r.used = j - r.start + 1
		return true
	}
	if s, ok := zhScales[c]; ok && len(r.run) <= 1 {
		if !r.hasDigit {
			if s != 10 || r.digit != 0 && !r.zero {
				return false
			}
			r.digit = 1 // 十五, 一百零十
		}
		r.group += r.digit * s
		r.closeDigit(s)
		r.used = j - r.start + 1
		return true
	}
	if c == '万' || c == '亿' {
		if r.used == 0 || len(r.run) > 1 {
			return false
		}
		s := 1e4
		if c == '亿' { // gathers all before it: 一万亿
			s = 1e8
			r.total = (r.total + r.group + r.digit) * s
		} else { // only its own group: 一亿三千万
			r.total += (r.group + r.digit) * s
		}
		r.group = 0
		r.closeDigit(s)
		r.used = j - r.start + 1
		return true
	}
	return false
}

func (r *zhReader) closeDigit(scale float64) {
	r.digit, r.hasDigit, r.zero, r.run = 0, false, false, nil
	r.lastScale = scale
}

func (r *zhReader) finish() (float64, int) {
	if r.used == 0 {
		return 0, 0
	}
	if len(r.run) > 1 {
		v := 0.0
		for _, d := range r.run {
			v = v*10 + float64(d)
		}
		return v, r.used
	}
	v := r.total + r.group + r.digit
	if r.hasDigit && !r.zero && r.lastScale >= 100 {
		v += r.digit*r.lastScale/10 - r.digit // 一万二 is 12000, 三百五 is 350
	}
	j := r.start + r.used
	if j+1 < len(r.rs) && r.rs[j] == '点' {
		frac, scale, n := 0.0, 0.1, 0
		for _, c := range r.rs[j+1:] {
			d, ok := zhDigits[c]
			if !ok {
				break
			}
			frac += float64(d) * scale
			scale /= 10
			n++
		}
		if n > 0 {
			r.used += 1 + n
			v += frac
			if k := r.start + r.used; k < len(r.rs) && (r.rs[k] == '万' || r.rs[k] == '亿') {
				v *= map[rune]float64{'万': 1e4, '亿': 1e8}[r.rs[k]]
				r.used++
			}
		}
	}
	return math.Round(v*1e6) / 1e6, r.used
}

func arabicAt(rs []rune, i int) (float64, int) {
	j := i
	for j < len(rs) && (rs[j] >= '0' && rs[j] <= '9' || rs[j] == '.' && j+1 < len(rs) && rs[j+1] >= '0' && rs[j+1] <= '9') {
		j++
	}
	v, err := parseDecimal(string(rs[i:j]))
	if err != nil {
		return 0, 0
	}
	for j < len(rs) && strings.ContainsRune("百千万亿", rs[j]) {
		v *= map[rune]float64{'百': 100, '千': 1000, '万': 1e4, '亿': 1e8}[rs[j]]
		j++
	}
	return v, j - i
}
