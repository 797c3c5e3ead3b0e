package dialog

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// speaker puts values into spoken words.
type speaker struct {
	chinese bool
	now     time.Time
	voice   pronunciation
}

// pick is the English or the Chinese of two texts.
func (sp speaker) pick(english, chinese string) string {
	if sp.chinese {
		return chinese
	}
	return english
}

// plain says a value the way its type is usually said.
func (sp speaker) plain(v any, typ SlotType, s *slot) string {
	switch x := v.(type) {
	case float64:
		switch typ {
		case MoneySlot:
			return sp.money(x, s.currency)
		case PercentSlot:
			return sp.percent(x)
		case OrdinalSlot:
			return sp.ordinal(x)
		}
		return sp.number(x)
	case time.Time:
		if typ == DateSlot {
			return sp.date(x)
		}
		return sp.datetime(x)
	case bool:
		return sp.yesNo(x)
	case Consent:
		return sp.yesNo(x.Given)
	case Span:
		return sp.duration(x)
	case string:
		return sp.text(x, typ, s)
	}
	return fmt.Sprint(v)
}

func (sp speaker) yesNo(b bool) string {
	if b {
		return sp.pick("yes", "是")
	}
	return sp.pick("no", "否")
}

func (sp speaker) text(x string, typ SlotType, s *slot) string {
	switch typ {
	case DigitsSlot:
		return sp.digits(x)
	case PhoneSlot:
		return sp.phone(x)
	case IDSlot:
		return sp.id(x)
	case PlateSlot:
		return sp.characters(x)
	case EmailSlot:
		return sp.email(x)
	case ChoiceSlot, EntitySlot:
		return s.label(x)
	}
	return x
}

func (sp speaker) number(v float64) string {
	if v < 0 {
		return sp.pick("minus ", "负") + sp.number(-v)
	}
	return strconv.FormatFloat(math.Abs(v), 'f', -1, 64) // not -0
}

// digits are read one by one: blanks between them keep a synthesiser from
// making a number of them.
func (sp speaker) digits(s string) string {
	var out []string
	for _, r := range s {
		if w := sp.digit(r); w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// digit is one character of a number; empty for what is not read.
func (sp speaker) digit(r rune) string {
	switch {
	case r >= '0' && r <= '9' && sp.chinese:
		return string([]rune("零一二三四五六七八九")[r-'0'])
	case r >= '0' && r <= '9':
		return string(r)
	case r == '+':
		return sp.pick("plus", "加")
	case r == 'X' || r == 'x':
		return "X"
	}
	return ""
}

// currency names in English: one, many, hundredths.
var currencies = map[string][3]string{
	"USD": {"dollar", "dollars", "cent"}, "EUR": {"euro", "euros", "cent"}, "GBP": {"pound", "pounds", "penny"},
	"CNY": {"yuan", "yuan", "fen"}, "HKD": {"Hong Kong dollar", "Hong Kong dollars", "cent"},
	"AUD": {"Australian dollar", "Australian dollars", "cent"}, "CAD": {"Canadian dollar", "Canadian dollars", "cent"},
	"SGD": {"Singapore dollar", "Singapore dollars", "cent"}, "CHF": {"Swiss franc", "Swiss francs", "cent"},
	"JPY": {"yen", "yen", "sen"}, "INR": {"rupee", "rupees", "paisa"}, "KRW": {"won", "won", "jeon"}, "RUB": {"rouble", "roubles", "kopeck"},
}

var zhCurrencies = map[string]string{"": "元", "CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "HKD": "港元",
	"AUD": "澳元", "CAD": "加元", "SGD": "新加坡元", "CHF": "瑞士法郎", "JPY": "日元", "INR": "卢比", "KRW": "韩元", "RUB": "卢布", "TWD": "新台币", "MOP": "澳门元"}

// hundredths cuts an amount that is not negative into its whole part and its
// hundredths, rounded.
func hundredths(v float64) (whole string, part int64) {
	if v >= 1e15 { // what has hundredths is not known so exactly
		return strconv.FormatFloat(v, 'f', 0, 64), 0
	}
	cents := int64(math.Round(v * 100))
	return strconv.FormatInt(cents/100, 10), cents % 100
}

// money says an amount, rounded to hundredths. Without a currency it is
// dollars in English and yuan in Chinese.
func (sp speaker) money(v float64, currency string) string {
	sign := ""
	if v <= -0.005 {
		sign, v = sp.pick("minus ", "负"), -v
	}
	whole, part := hundredths(v)
	if sp.chinese {
		unit, ok := zhCurrencies[currency]
		if !ok {
			unit = currency
		}
		amount := whole
		if part > 0 {
			amount = strings.TrimRight(fmt.Sprintf("%s.%02d", whole, part), "0")
		}
		return sign + amount + unit
	}
	if currency == "" {
		currency = "USD"
	}
	names, ok := currencies[currency]
	if !ok {
		names = [3]string{currency, currency, "hundredth"}
	}
	one := int64(2)
	if whole == "1" {
		one = 1
	}
	out := fmt.Sprintf("%s%s %s", sign, whole, plural(one, names[0], names[1]))
	if part > 0 {
		many := names[2] + "s"
		switch names[2] {
		case "penny":
			many = "pence"
		case "fen", "sen", "jeon":
			many = names[2]
		case "paisa":
			many = "paise"
		}
		small := fmt.Sprintf("%d %s", part, plural(part, names[2], many))
		if whole == "0" {
			return sign + small
		}
		out += " and " + small
	}
	return out
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// date says a day: today, tomorrow, or its name and date.
func (sp speaker) date(t time.Time) string {
	switch daysBetween(sp.now, t) {
	case 0:
		return sp.pick("today", "今天")
	case 1:
		return sp.pick("tomorrow", "明天")
	case -1:
		return sp.pick("yesterday", "昨天")
	}
	if sp.chinese {
		year := ""
		if t.Year() != sp.now.Year() {
			year = fmt.Sprintf("%d年", t.Year())
		}
		return fmt.Sprintf("%s%d月%d日星期%s", year, t.Month(), t.Day(), string([]rune("日一二三四五六")[t.Weekday()]))
	}
	s := fmt.Sprintf("%s the %s of %s", t.Weekday(), ordinal(int64(t.Day())), t.Month())
	if t.Year() != sp.now.Year() {
		s += fmt.Sprintf(" %d", t.Year())
	}
	return s
}

// daysBetween counts calendar days; the hours and clock changes between do not
// matter.
func daysBetween(from, to time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(to).Sub(day(from)).Hours() / 24)
}

func ordinal(n int64) string {
	suffix := "th"
	if last := max(n, -n) % 100; last < 11 || last > 13 {
		switch last % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.FormatInt(n, 10) + suffix
}

// clockTime says a time of day.
func (sp speaker) clockTime(t time.Time) string {
	h, m := t.Hour(), t.Minute()
	if sp.chinese {
		part := "下午"
		switch {
		case h < 6:
			part = "凌晨"
		case h < 12:
			part = "上午"
		case h == 12:
			part = "中午"
		case h >= 18:
			part = "晚上"
		}
		h12 := strconv.Itoa((h+11)%12 + 1)
		if h == 0 {
			h12 = "零"
		}
		switch m {
		case 0:
			return fmt.Sprintf("%s%s点", part, h12)
		case 30:
			return fmt.Sprintf("%s%s点半", part, h12)
		}
		return fmt.Sprintf("%s%s点%02d分", part, h12, m)
	}
	switch {
	case h == 12 && m == 0:
		return "noon"
	case h == 0 && m == 0:
		return "midnight"
	}
	half := "AM"
	if h >= 12 {
		half = "PM"
	}
	if m == 0 {
		return fmt.Sprintf("%d %s", (h+11)%12+1, half)
	}
	return fmt.Sprintf("%d:%02d %s", (h+11)%12+1, m, half)
}

func (sp speaker) datetime(t time.Time) string {
	if sp.chinese {
		return sp.date(t) + sp.clockTime(t)
	}
	return sp.date(t) + " at " + sp.clockTime(t)
}
