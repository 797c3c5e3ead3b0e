package dialog

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// plain says a value the way its type is usually said.
func (sp speaker) plain(v any, typ SlotType) string {
	switch x := v.(type) {
	case float64:
		return sp.number(x)
	case time.Time:
		if typ == DateSlot {
			return sp.date(x)
		}
		return sp.datetime(x)
	case bool:
		switch {
		case sp.chinese && x:
			return "是"
		case sp.chinese:
			return "否"
		case x:
			return "yes"
		}
		return "no"
	case string:
		if typ == DigitsSlot || typ == PhoneSlot {
			return sp.digits(x)
		}
		return x
	}
	return fmt.Sprint(v)
}

func (sp speaker) number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// digits are read one by one: blanks between them keep a synthesiser from
// making a number of them.
func (sp speaker) digits(s string) string {
	var out []string
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9' && sp.chinese:
			out = append(out, string([]rune("零一二三四五六七八九")[r-'0']))
		case r >= '0' && r <= '9':
			out = append(out, string(r))
		case r == '+':
			out = append(out, map[bool]string{true: "加", false: "plus"}[sp.chinese])
		}
	}
	return strings.Join(out, " ")
}

// currency names in English: one, many, hundredths.
var currencies = map[string][3]string{
	"USD": {"dollar", "dollars", "cent"}, "EUR": {"euro", "euros", "cent"}, "GBP": {"pound", "pounds", "penny"},
	"CNY": {"yuan", "yuan", "fen"}, "HKD": {"Hong Kong dollar", "Hong Kong dollars", "cent"},
}

var zhCurrencies = map[string]string{"": "元", "CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "HKD": "港元"}

// money says an amount, rounded to hundredths. Without a currency it is
// dollars in English and yuan in Chinese.
func (sp speaker) money(v float64, currency string) string {
	sign := ""
	if v < 0 {
		sign, v = map[bool]string{true: "负", false: "minus "}[sp.chinese], -v
	}
	cents := int64(math.Round(v * 100))
	whole, part := cents/100, cents%100
	if sp.chinese {
		unit, ok := zhCurrencies[currency]
		if !ok {
			unit = currency
		}
		amount := strconv.FormatInt(whole, 10)
		if part > 0 {
			amount = strings.TrimRight(fmt.Sprintf("%d.%02d", whole, part), "0")
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
	out := fmt.Sprintf("%s%d %s", sign, whole, plural(whole, names[0], names[1]))
	if part > 0 {
		many := names[2] + "s"
		switch names[2] {
		case "penny":
			many = "pence"
		case "fen":
			many = "fen"
		}
		out += fmt.Sprintf(" and %d %s", part, plural(part, names[2], many))
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
		return map[bool]string{true: "今天", false: "today"}[sp.chinese]
	case 1:
		return map[bool]string{true: "明天", false: "tomorrow"}[sp.chinese]
	}
	if sp.chinese {
		year := ""
		if t.Year() != sp.now.Year() {
			year = fmt.Sprintf("%d年", t.Year())
		}
		return fmt.Sprintf("%s%d月%d日星期%s", year, t.Month(), t.Day(), string([]rune("日一二三四五六")[t.Weekday()]))
	}
	s := fmt.Sprintf("%s the %s of %s", t.Weekday(), ordinal(t.Day()), t.Month())
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

func ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
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
		h12 := (h+11)%12 + 1
		switch m {
		case 0:
			return fmt.Sprintf("%s%d点", part, h12)
		case 30:
			return fmt.Sprintf("%s%d点半", part, h12)
		}
		return fmt.Sprintf("%s%d点%02d分", part, h12, m)
	}
	if h == 12 && m == 0 {
		return "noon"
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
