package nlu

import "strings"

// IsChinese tells whether a BCP 47 tag names Chinese.
func IsChinese(language string) bool {
	return language == "zh" || strings.HasPrefix(language, "zh-") || strings.HasPrefix(language, "cmn")
}

// ParseNumber finds the first number said in text: digits, words, or both.
// Without a number ok is false.
func ParseNumber(text, language string) (value float64, ok bool) {
	if IsChinese(language) {
		return zhParseNumber(text)
	}
	return enParseNumber(text)
}

// ParseDigits reads a string of digits said one by one or in groups: "one
// three eight double oh", "一三八零零", "twenty three" (23). Words that are no
// digits are passed over. ok is false when there is no digit at all.
func ParseDigits(text, language string) (digits string, ok bool) {
	var out strings.Builder
	if IsChinese(language) {
		return zhParseDigits(text)
	}
	times := 1
	tens := 0 // a tens word that waits for its unit: twenty three is 23, twenty is 20
	flush := func() {
		if tens > 0 {
			out.WriteString(strings.Repeat(itoa(tens), times))
			tens, times = 0, 1
		}
	}
	for _, w := range rawWords(text) {
		switch v, unit := enUnits[w]; {
		case w == "double":
			flush()
			times = 2
		case w == "triple":
			flush()
			times = 3
		case w == "oh" || w == "o":
			flush()
			out.WriteString(strings.Repeat("0", times))
			times = 1
		case unit && v >= 20:
			flush()
			tens = v
		case unit && tens > 0 && v > 0 && v < 10:
			tens += v
			flush()
		case unit:
			flush()
			out.WriteString(strings.Repeat(itoa(v), times))
			times = 1
		default:
			flush()
			for _, r := range w {
				if r >= '0' && r <= '9' {
					out.WriteRune(r)
				}
			}
		}
	}
	flush()
	return out.String(), out.Len() > 0
}

func itoa(v int) string {
	if v >= 10 {
		return string([]byte{byte('0' + v/10), byte('0' + v%10)})
	}
	return string([]byte{byte('0' + v)})
}
