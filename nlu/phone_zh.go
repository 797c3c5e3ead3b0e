package nlu

import (
	"regexp"
	"strings"
	"time"
)

// zhPhoneForm is a shape of telephone number in one region.
type zhPhoneForm struct {
	region string // empty: everywhere Chinese is spoken, the mainland first
	form   *regexp.Regexp
	asked  bool   // only after the question for a number
	prefix string // put before
}

// Number ranges: the mainland's numbering plan (MIIT), Hong Kong's (OFCA) and
// Taiwan's (NCC).
var zhPhoneForms = []zhPhoneForm{
	{form: regexp.MustCompile(`^1[3-9]\d{9}$`)},
	{form: regexp.MustCompile(`^0(?:10|2[0-57-9])[2-8]\d{7}$`)},
	{form: regexp.MustCompile(`^0[3-9]\d{2}[2-8]\d{6,7}$`)},
	{form: regexp.MustCompile(`^[48]00\d{7}$`)},
	{form: regexp.MustCompile(`^86(?:1[3-9]\d{9}|10[2-8]\d{7}|2[0-57-9][2-8]\d{7}|[3-9]\d{2}[2-8]\d{6,7})$`), prefix: "+"},
	{region: "HK", form: regexp.MustCompile(`^[2-9]\d{7}$`)},
	{region: "MO", form: regexp.MustCompile(`^[268]\d{7}$`)},
	{region: "TW", form: regexp.MustCompile(`^0(?:9\d{8}|[2-8]\d{7,8})$`)},
	{form: regexp.MustCompile(`^[2-8]\d{6,7}$`), asked: true},
	{form: regexp.MustCompile(`^(?:95\d{3,4}|100\d{2}|12\d{3}|11[0249]|96\d{3,4})$`), asked: true},
}

// zhAbroad is a number with a country code that is not 86: E.164 allows 15 digits.
var zhAbroad = regexp.MustCompile(`^[1-9]\d{7,14}$`)

// zhExtension introduces an extension.
var zhExtension = zhSet("转 分机 转分机 分机号 分机号码 分机是 分机号是 转接 再转 内线")

// zhMended says that what was said before was wrong.
var zhMended = zhSet("不对 不是 错了 说错了 哦不 应该是 更正 更正一下 改成 改为 改到 而是 等等 搞错了 不不 不不不 我说错了 我是说")

// zhTail says which digits a correction puts right.
var zhTail = regexp.MustCompile(`^,?(?:最后|末尾|后面|尾号|后)(?:面)?[一二两三四五六七八1-8]?位?(?:数)?(?:字)?(?:应该)?是?`)

// zhReadPhone reads a telephone number. An extension follows it as RFC 3966
// writes it: 02162345678;ext=123.
func zhReadPhone(t zhText, o ReadOptions) (Value, bool) {
	asked := o.Asked || t.contains("电话", "号码", "手机", "联系方式", "座机", "打")
	for i := 0; ; {
		r, ok := t.digitRun(i)
		if !ok {
			return Value{}, false
		}
		start, plus := t.plusBefore(r.start)
		text, end := t.mended(r, func(s string) bool { _, ok := zhPhone(s, plus, asked, o.Region); return ok })
		number, ok := zhPhone(text, plus, asked, o.Region)
		if !ok {
			i = max(end, r.end)
			continue
		}
		if ext, n := t.extension(end); n > 0 {
			number, end = number+";ext="+ext, end+n
		}
		return t.value(Value{Text: number}, start, end), true
	}
}

// plusBefore finds the + or 加 of a country code.
func (t zhText) plusBefore(i int) (start int, plus bool) {
	if t.in(i-1, "+加") {
		return i - 1, true
	}
	return i, false
}

// zhPhone is the number as it is dialled; ok is false for strings of digits
// that are none.
func zhPhone(s string, plus, asked bool, region string) (string, bool) {
	if rest, ok := strings.CutPrefix(s, "00"); ok && len(rest) > 8 {
		s, plus = rest, true
	}
	for _, f := range zhPhoneForms {
		if (!f.asked || asked) && (f.region == "" || f.region == region) && f.form.MatchString(s) {
			if plus && f.prefix == "" {
				continue
			}
			return f.prefix + s, true
		}
	}
	if plus && zhAbroad.MatchString(s) && !strings.HasPrefix(s, "86") {
		return "+" + s, true
	}
	return "", false
}

// mended follows the corrections behind a string of digits: said again as a
// whole, or only its last group. good tells a complete string.
func (t zhText) mended(r zhDigitRun, good func(string) bool) (text string, end int) {
	text, end = r.text, r.end
	for k := range 3 {
		n := t.mendedAt(end)
		if k > 0 && n == 0 {
			n = t.one(end, ",是", "是") // 不是八，是九
		}
		if n == 0 {
			break
		}
		next, ok := t.digitRun(end + n)
		if !ok || next.start > end+n+6 {
			break
		}
		switch {
		case good(next.text):
			text = next.text
		case len(next.text) < len(text) && good(text[:len(text)-len(next.text)]+next.text):
			text = text[:len(text)-len(next.text)] + next.text
		case len(text) < 18:
			text = regrouped(text, next.text, good)
		}
		end = next.end
	}
	return text, end
}

// regrouped joins a broken-off string with its correction, which begins
// somewhere in the string's last digits.
func regrouped(before, after string, good func(string) bool) string {
	for drop := min(len(after), len(before)); drop >= 0; drop-- {
		if joined := before[:len(before)-drop] + after; good(joined) {
			return joined
		}
	}
	return before + after
}

// mendedAt returns how long the words of a correction at i are, 0 for none.
func (t zhText) mendedAt(i int) int {
	j := i
	for k := 0; k < 4 && j < len(t.c); k++ {
		if t.in(j, ",啊哦") {
			j++
			continue
		}
		if m := zhTail.FindString(t.string(j, min(len(t.c), j+12))); m != "" {
			return j + len([]rune(m)) - i
		}
		_, n := zhMended.at(t, j)
		if n == 0 {
			break
		}
		j += n
		if m := zhTail.FindString(t.string(j, min(len(t.c), j+12))); m != "" {
			j += len([]rune(m))
			return j - i
		}
	}
	for _, n := zhMended.at(t, j); n > 0; _, n = zhMended.at(t, j) {
		j += n
	}
	if j == i || j == i+1 && t.in(i, ",啊哦") {
		return 0
	}
	return j - i + t.one(j, "是", ",是", ",")
}

func (t zhText) extension(i int) (digits string, used int) {
	j := i + t.one(i, ",")
	_, n := zhExtension.at(t, j)
	if n == 0 {
		return "", 0
	}
	r, ok := t.digitRun(j + n)
	if !ok || r.start > j+n+2 || len(r.text) > 8 {
		return "", 0
	}
	return r.text, r.end - i
}

// zhCrosses are the spellings of the letter X, the check digit ten.
var zhCrosses = zhSet("x × 叉 埃克斯 艾克斯 爱克斯 大写x 大写的x 字母x")

// zhReadID reads a resident identity number (GB 11643): region, date of birth,
// order and a check digit, all of which must be right.
func zhReadID(t zhText, o ReadOptions) (Value, bool) {
	for i := 0; ; {
		r, ok := t.digitRun(i)
		if !ok {
			return Value{}, false
		}
		good := func(s string) bool { return zhIdentity(s, o.Now) || len(s) == 17 }
		text, end := t.mended(r, good)
		if len(text) == 17 {
			skip := t.digitNoise(end)
			if _, n := zhCrosses.at(t, end+skip); n > 0 {
				text, end = text+"X", end+skip+n
			}
		}
		if zhIdentity(text, o.Now) {
			return t.value(Value{Text: text}, r.start, end), true
		}
		i = max(end, r.end)
	}
}

// zhProvinces are the first two digits of an identity number (GB/T 2260), and
// those of residents of Hong Kong, Macao and Taiwan.
var zhProvinces = wordSet("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83")

// zhIdentity tells whether s is a possible identity number.
func zhIdentity(s string, now time.Time) bool {
	if len(s) != 18 || !zhProvinces[s[:2]] {
		return false
	}
	born, err := time.Parse("20060102", s[6:14])
	if err != nil || born.Year() < 1900 || !now.IsZero() && born.After(now) {
		return false
	}
	sum, weight := 0, []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} // ISO 7064 MOD 11-2
	for i, w := range weight {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		sum += int(s[i]-'0') * w
	}
	return s[17] == "10X98765432"[sum%11]
}
