package nlu_test

import (
	"testing"
	"time"

	"github.com/dialwright/dialwright/nlu"
)

// Wednesday.
var ref = time.Date(2025, 6, 4, 10, 30, 20, 0, time.FixedZone("CST", 8*3600))

func checkTimes(t *testing.T, language string, bare bool, table map[string]string) {
	t.Helper()
	for text, want := range table {
		got, ok := nlu.ParseTime(text, nlu.TimeOptions{Language: language, Now: ref, Bare: bare})
		text2 := ""
		if ok {
			text2 = got.At.Format("2006-01-02 15:04")
		}
		if text2 != want {
			t.Errorf("%s %q is %q, want %q", language, text, text2, want)
		}
	}
}

func TestEnglishTimes(t *testing.T) {
	checkTimes(t, "en", false, map[string]string{
		"at three":                             "2025-06-04 15:00",
		"call me at three":                     "2025-06-04 15:00",
		"please call me tomorrow at three":     "2025-06-05 15:00",
		"tomorrow at three thirty":             "2025-06-05 15:30",
		"three pm":                             "2025-06-04 15:00",
		"three p m":                            "2025-06-04 15:00",
		"3pm":                                  "2025-06-04 15:00",
		"3:30 pm":                              "2025-06-04 15:30",
		"at 3:30":                              "2025-06-04 15:30",
		"15:45":                                "2025-06-04 15:45",
		"seven am":                             "2025-06-05 07:00",
		"at nine":                              "2025-06-04 21:00",
		"at eleven":                            "2025-06-04 11:00",
		"tomorrow at nine":                     "2025-06-05 09:00",
		"at twelve":                            "2025-06-04 12:00",
		"in an hour":                           "2025-06-04 11:30",
		"in half an hour":                      "2025-06-04 11:00",
		"in twenty minutes":                    "2025-06-04 10:50",
		"in an hour and a half":                "2025-06-04 12:00",
		"in two and a half hours":              "2025-06-04 13:00",
		"a couple of hours from now":           "2025-06-04 12:30",
		"two hours later":                      "2025-06-04 12:30",
		"tomorrow morning":                     "2025-06-05 09:00",
		"tomorrow afternoon":                   "2025-06-05 15:00",
		"this evening":                         "2025-06-04 19:00",
		"tonight at eight":                     "2025-06-04 20:00",
		"tomorrow":                             "2025-06-05 10:00",
		"the day after tomorrow at five":       "2025-06-06 17:00",
		"on friday":                            "2025-06-06 10:00",
		"next friday at three":                 "2025-06-13 15:00",
		"this friday":                          "2025-06-06 10:00",
		"wednesday":                            "2025-06-11 10:00",
		"next week":                            "2025-06-11 10:00",
		"in three days":                        "2025-06-07 10:00",
		"half past three":                      "2025-06-04 15:30",
		"quarter to four tomorrow":             "2025-06-05 15:45",
		"ten past two":                         "2025-06-04 14:10",
		"seven in the morning":                 "2025-06-05 07:00",
		"tomorrow at seven in the evening":     "2025-06-05 19:00",
		"three o'clock":                        "2025-06-04 15:00",
		"three o clock tomorrow":               "2025-06-05 15:00",
		"on june fifteenth at four":            "2025-06-15 16:00",
		"the fifth of july":                    "2025-07-05 10:00",
		"the first":                            "2025-07-01 10:00",
		"noon":                                 "2025-06-04 12:00",
		"tomorrow at noon":                     "2025-06-05 12:00",
		"call me two morrow at three":          "2025-06-05 15:00",
		"tomorrow at ten forty five":           "2025-06-05 10:45",
		"call me later":                        "",
		"i have three children":                "",
		"no":                                   "",
		"thirty dollars":                       "",
		"one moment":                           "",
		"at twenty five pm":                    "",
		"tomorrow after five":                  "2025-06-05 17:00",
		"saturday morning at eleven":           "2025-06-07 11:00",
		"could you ring me monday at ten past": "2025-06-09 10:00",
	})
	checkTimes(t, "en", true, map[string]string{"three": "2025-06-04 15:00", "two thirty": "2025-06-04 14:30", "an hour": "2025-06-04 11:30"})
}

func TestChineseTimes(t *testing.T) {
	checkTimes(t, "zh", false, map[string]string{
		"明天下午三点":      "2025-06-05 15:00",
		"明天三点":        "2025-06-05 15:00",
		"半小时后":        "2025-06-04 11:00",
		"半个小时以后打给我":   "2025-06-04 11:00",
		"一个半小时后":      "2025-06-04 12:00",
		"两小时后":        "2025-06-04 12:30",
		"十分钟后":        "2025-06-04 10:40",
		"过一个小时":       "2025-06-04 11:30",
		"下周三":         "2025-06-11 10:00",
		"下周三下午两点半":    "2025-06-11 14:30",
		"周五":          "2025-06-06 10:00",
		"这个星期天晚上八点":   "2025-06-08 20:00",
		"后天上午十点一刻":    "2025-06-06 10:15",
		"大后天":         "2025-06-07 10:00",
		"今晚九点":        "2025-06-04 21:00",
		"明早八点":        "2025-06-05 08:00",
		"下午4点20分":     "2025-06-04 16:20",
		"十五点":         "2025-06-04 15:00",
		"下午3:30":      "2025-06-04 15:30",
		"六月十五号":       "2025-06-15 10:00",
		"20号下午":       "2025-06-20 15:00",
		"月底":          "2025-06-30 10:00",
		"三天后":         "2025-06-07 10:00",
		"中午十二点":       "2025-06-04 12:00",
		"明天中午一点":      "2025-06-05 13:00",
		"凌晨两点":        "2025-06-05 02:00",
		"下周":          "2025-06-11 10:00",
		"明天上午":        "2025-06-05 09:00",
		"请你明天下午三点再打来": "2025-06-05 15:00",
		"以后再说":        "",
		"我有三个孩子":      "",
		"不需要":         "",
		"一点都不想":       "2025-06-04 13:00", // 一点 is also "a little": a flow asks before it relies on it
	})
	checkTimes(t, "zh", true, map[string]string{"三": "2025-06-04 15:00", "半小时": "2025-06-04 11:00"})
}

func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"tomorrow at three", "in half an hour", "明天下午三点", "半小时后", "the 31st of february", "25:99", "half past", "in in a a half"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, text string, bare bool) {
		for _, lang := range []string{"en", "zh"} {
			got, ok := nlu.ParseTime(text, nlu.TimeOptions{Language: lang, Now: ref, Bare: bare})
			if !ok && !got.At.IsZero() {
				t.Fatalf("%q: not ok, but %v", text, got)
			}
			if ok && (got.At.Before(ref.AddDate(0, 0, -1)) || got.At.After(ref.AddDate(9, 0, 0))) {
				t.Fatalf("%s %q is %v, far from %v", lang, text, got.At, ref)
			}
		}
	})
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"one hundred and five", "一万二", "12.5万", "double oh seven", "99999999999999999999", "二二二二万"} {
		f.Add(s)
	}
	p := nlu.NewPhrases(renewal())
	f.Fuzz(func(t *testing.T, text string) {
		for _, lang := range []string{"en", "zh"} {
			if v, ok := nlu.ParseNumber(text, lang); ok && v != v {
				t.Fatalf("%q is not a number", text)
			}
			if d, ok := nlu.ParseDigits(text, lang); ok != (d != "") {
				t.Fatalf("%q: %q %v", text, d, ok)
			}
		}
		for _, c := range p.Classify(nlu.Query{Text: text, Among: among}) {
			if c.Score < 0 || c.Score > 1.0001 {
				t.Fatalf("%q scores %v", text, c)
			}
		}
	})
}
