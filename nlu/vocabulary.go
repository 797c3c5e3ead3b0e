package nlu

import "fmt"

// TimeVocabulary gives ways to name a time, for a recogniser that wants to
// know what it may hear.
func TimeVocabulary(language string) []string {
	if IsChinese(language) {
		var out []string
		for _, day := range []string{"今天", "明天", "后天", "下周一", "下周二", "下周三", "下周四", "下周五"} {
			out = append(out, day)
			for _, part := range []string{"上午", "下午", "晚上"} {
				out = append(out, day+part)
			}
		}
		for _, h := range []string{"八", "九", "十", "十一", "十二", "一", "两", "三", "四", "五", "六", "七"} {
			out = append(out, h+"点", h+"点半", "明天下午"+h+"点")
		}
		return append(out, "半小时后", "一小时后", "两小时后")
	}
	hours := []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	days := []string{"today", "tomorrow", "tonight", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "next week"}
	var out []string
	for _, h := range hours {
		out = append(out, "at "+h, h+" pm", h+" am", "at "+h+" thirty", "half past "+h, h+" o'clock")
		for _, d := range days {
			out = append(out, fmt.Sprintf("%s at %s", d, h))
		}
	}
	for _, d := range days {
		out = append(out, d, d+" morning", d+" afternoon", d+" evening")
	}
	return append(out, "in an hour", "in half an hour", "in two hours", "this afternoon", "this evening", "the day after tomorrow")
}

// NumberVocabulary gives the words numbers and digits are made of.
func NumberVocabulary(language string) []string {
	if IsChinese(language) {
		return []string{"零", "一", "二", "两", "三", "四", "五", "六", "七", "八", "九", "十", "百", "千", "万", "亿", "点", "幺"}
	}
	return []string{"zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
		"fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty",
		"ninety", "hundred", "thousand", "million", "point", "and", "double", "triple"}
}

// BooleanVocabulary gives the ways to agree and to refuse.
func BooleanVocabulary(language string) []string {
	var out []string
	for _, in := range yesNo() {
		for _, p := range in.Phrases {
			if (p[0] > 127) == IsChinese(language) {
				out = append(out, p)
			}
		}
	}
	return out
}
