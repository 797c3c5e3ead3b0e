package dialog

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// percent says 0.2 as 20 percent.
func (sp speaker) percent(v float64) string {
	p := math.Round(v*1e8) / 1e6 // 0.07·100 is not quite 7
	switch {
	case !sp.chinese:
		return sp.number(p) + " percent"
	case p < 0:
		return "负" + sp.percent(-v)
	case p == 100:
		return "百分之百"
	}
	return "百分之" + zhWords(p)
}

// ordinal says a place in an order: 3rd, 第三.
func (sp speaker) ordinal(v float64) string {
	if v != math.Trunc(v) || v < 0 || v >= 1e15 { // no place in any order
		return sp.number(v)
	}
	if sp.chinese {
		return "第" + zhWords(v)
	}
	return ordinal(int64(v))
}

// words spells a number out.
func (sp speaker) words(v float64) string {
	if math.Abs(v) >= 1e15 {
		return sp.number(v)
	}
	if v < 0 {
		return sp.pick("minus ", "负") + sp.words(-v)
	}
	if sp.chinese {
		return zhWords(v)
	}
	whole, fraction := split(v)
	out := enWords(whole)
	if fraction != "" {
		out += " point"
		for _, r := range fraction {
			out += " " + enSmall[r-'0']
		}
	}
	return out
}

// split cuts a number that is not negative at its point.
func split(v float64) (whole int64, fraction string) {
	text := strconv.FormatFloat(v, 'f', -1, 64)
	w, fraction, _ := strings.Cut(text, ".")
	whole, err := strconv.ParseInt(w, 10, 64)
	if err != nil {
		return math.MaxInt64, "" // the caller lets nothing so large in
	}
	return whole, fraction
}

var (
	enSmall = []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
		"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"}
	enTens   = []string{"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
	enScales = []struct {
		value int64
		name  string
	}{{1e12, "trillion"}, {1e9, "billion"}, {1e6, "million"}, {1e3, "thousand"}}
)

func enWords(n int64) string {
	for _, s := range enScales {
		if n < s.value {
			continue
		}
		out := enWords(n/s.value) + " " + s.name
		switch rest := n % s.value; {
		case rest == 0:
		case rest < 100:
			out += " and " + enWords(rest)
		default:
			out += " " + enWords(rest)
		}
		return out
	}
	switch {
	case n < 20:
		return enSmall[n]
	case n < 100:
		if n%10 == 0 {
			return enTens[n/10]
		}
		return enTens[n/10] + "-" + enSmall[n%10]
	case n%100 == 0:
		return enSmall[n/100] + " hundred"
	}
	return enSmall[n/100] + " hundred and " + enWords(n%100)
}

var zhDigits = []rune("零一二三四五六七八九")

// zhWords spells a number out: 一百二十三, 两千零五, 十二点五.
func zhWords(v float64) string {
	if v < 0 {
		return "负" + zhWords(-v)
	}
	if v >= 1e15 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	whole, fraction := split(v)
	var b strings.Builder
	if whole == 0 {
		b.WriteRune('零')
	} else {
		zhWhole(&b, whole, false)
	}
	if fraction != "" {
		b.WriteRune('点')
		for _, r := range fraction {
			b.WriteRune(zhDigits[r-'0'])
		}
	}
	return b.String()
}

// zhWhole writes n, which is positive. after tells that something larger was
// written before it, so that 十 is 一十.
func zhWhole(b *strings.Builder, n int64, after bool) {
	for _, s := range []struct {
		value int64
		name  rune
	}{{1e8, '亿'}, {1e4, '万'}, {1000, '千'}, {100, '百'}, {10, '十'}} {
		if n < s.value {
			continue
		}
		high, rest := n/s.value, n%s.value
		switch {
		case high == 2 && s.value >= 1000:
			b.WriteRune('两')
		case high == 1 && s.value == 10 && !after:
		default:
			zhWhole(b, high, false)
		}
		b.WriteRune(s.name)
		if rest == 0 {
			return
		}
		if rest < s.value/10 {
			b.WriteRune('零')
		}
		zhWhole(b, rest, true)
		return
	}
	b.WriteRune(zhDigits[n])
}

// groups reads digits one by one with a pause between groups of these sizes;
// the last size is that of all that follow.
func (sp speaker) groups(s string, sizes []int) string {
	var words []string
	for _, r := range s {
		if w := sp.digit(r); w != "" {
			words = append(words, w)
		} else if unicode.IsLetter(r) {
			words = append(words, string(unicode.ToUpper(r)))
		}
	}
	return sp.group(words, sizes)
}

func (sp speaker) group(words []string, sizes []int) string {
	var out []string
	for i := 0; len(words) > 0; i++ {
		n := min(sizes[min(i, len(sizes)-1)], len(words))
		out = append(out, strings.Join(words[:n], " "))
		words = words[n:]
	}
	return strings.Join(out, sp.pick(", ", "，"))
}

// phone reads a telephone number in the groups people are used to.
func (sp speaker) phone(s string) string {
	number := strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	digits := strings.TrimLeft(number, "+")
	if sp.chinese {
		return sp.phoneZH(number, digits)
	}
	var lead []string
	if number != digits {
		code := countryCode(digits)
		lead, digits = append([]string{"plus"}, strings.Split(digits[:code], "")...), digits[code:]
	}
	out := sp.group(strings.Split(digits, ""), phoneGroups(len(digits)))
	if digits == "" {
		return strings.Join(lead, " ")
	}
	if len(lead) > 0 {
		return strings.Join(lead, " ") + ", " + out
	}
	return out
}

// phoneZH drops the country code that nobody in the country says, and says 幺
// for 1.
func (sp speaker) phoneZH(number, digits string) string {
	if strings.HasPrefix(number, "+86") && len(digits) >= 12 {
		number, digits = digits[2:], digits[2:]
	}
	lead := ""
	if number != digits {
		code := countryCode(digits)
		lead, digits = "加 "+strings.ReplaceAll(sp.digits(digits[:code]), "一", "幺"), digits[code:]
	}
	sizes := phoneGroups(len(digits))
	if len(digits) == 11 && digits[0] == '1' {
		sizes = []int{3, 4, 4}
	}
	var words []string
	for _, r := range digits {
		words = append(words, strings.ReplaceAll(sp.digit(r), "一", "幺"))
	}
	out := sp.group(words, sizes)
	if lead != "" && out != "" {
		return lead + "，" + out
	}
	return lead + out
}

// phoneGroups cuts a number without its country code: pieces of three and four.
func phoneGroups(n int) []int {
	switch {
	case n <= 5:
		return []int{5}
	case n == 8:
		return []int{4, 4}
	case n == 11:
		return []int{3, 4, 4}
	case n == 12:
		return []int{4, 4, 4}
	}
	var out []int
	for ; n > 4; n -= 3 {
		out = append(out, 3)
	}
	return append(out, n)
}

// countryCode is how many digits of an international number are the country's.
func countryCode(digits string) int {
	switch {
	case digits == "":
		return 0
	case digits[0] == '1' || digits[0] == '7':
		return 1
	case len(digits) < 3:
		return len(digits)
	}
	for _, two := range []string{"20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49",
		"51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98"} {
		if digits[:2] == two {
			return 2
		}
	}
	return 3
}

// id reads an identity number: a Chinese one as region, birthday and the rest.
func (sp speaker) id(s string) string {
	if len(s) == 18 {
		return sp.groups(s, []int{6, 8, 4})
	}
	return sp.groups(s, []int{4})
}

// characters reads one character after the other.
func (sp speaker) characters(s string) string {
	var out []string
	for _, r := range s {
		switch w := sp.digit(r); {
		case unicode.IsSpace(r):
		case w != "":
			out = append(out, w)
		case sp.sign(r) != "":
			out = append(out, sp.sign(r))
		default:
			out = append(out, string(unicode.ToUpper(r)))
		}
	}
	return strings.Join(out, " ")
}

// sign is the name of a punctuation mark.
func (sp speaker) sign(r rune) string {
	switch r {
	case '.':
		return sp.pick("dot", "点")
	case '@':
		return sp.pick("at", "艾特")
	case '-':
		return sp.pick("dash", "杠")
	case '_':
		return sp.pick("underscore", "下划线")
	case '/':
		return sp.pick("slash", "斜杠")
	}
	return ""
}

// email reads an address with the names of its signs.
func (sp speaker) email(s string) string {
	var b strings.Builder
	for _, r := range s {
		if w := sp.sign(r); w != "" || r == '+' {
			if r == '+' {
				w = sp.digit(r)
			}
			b.WriteString(" " + w + " ")
			continue
		}
		b.WriteRune(r)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (sp speaker) weekday(t time.Time) string {
	return sp.pick(t.Weekday().String(), "星期"+string([]rune("日一二三四五六")[t.Weekday()]))
}

// duration says a length of time with all its parts.
func (sp speaker) duration(s Span) string {
	sign := ""
	if s.Years < 0 || s.Months < 0 || s.Days < 0 || s.Clock < 0 {
		sign = sp.pick("minus ", "负")
		s.Years, s.Months, s.Days, s.Clock = -s.Years, -s.Months, -s.Days, -s.Clock
	}
	seconds := s.Clock.Seconds()
	hours := math.Floor(seconds / 3600)
	minutes := math.Floor((seconds - hours*3600) / 60)
	seconds = math.Round((seconds-hours*3600-minutes*60)*1000) / 1000
	var out []string
	add := func(n float64, english, chinese string) {
		switch {
		case n == 0:
		case sp.chinese:
			out = append(out, sp.number(n)+chinese)
		case n == 1:
			out = append(out, "1 "+english)
		default:
			out = append(out, sp.number(n)+" "+english+"s")
		}
	}
	add(float64(s.Years), "year", "年")
	add(float64(s.Months), "month", "个月")
	add(float64(s.Days), "day", "天")
	add(hours, "hour", "小时")
	add(minutes, "minute", "分钟")
	add(seconds, "second", "秒")
	if len(out) == 0 {
		return sp.pick("0 seconds", "0秒")
	}
	if sp.chinese {
		return sign + strings.Join(out, "")
	}
	return sign + sp.list(out, "and")
}

// secondsSpan is a number of seconds as a length of time.
func secondsSpan(v float64) Span {
	var s Span
	if limit := float64(math.MaxInt64 / int64(time.Second)); math.Abs(v) < limit {
		s.Clock = time.Duration(v * float64(time.Second))
	} else {
		s.Days = int(math.Copysign(1, v)) * math.MaxInt32
	}
	return s
}

// interval says what a value may be, for the sentence that asks again.
func (sp speaker) interval(low, high string) string {
	switch {
	case low == high:
		return sp.pick("of ", "") + low
	case low != "" && high != "":
		return fmt.Sprintf(sp.pick("between %s and %s", "%s到%s之间"), low, high)
	case low != "":
		return fmt.Sprintf(sp.pick("at least %s", "不低于%s"), low)
	}
	return fmt.Sprintf(sp.pick("at most %s", "不超过%s"), high)
}
