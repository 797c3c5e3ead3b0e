package nlu_test

import (
	"testing"

	"github.com/dialwright/dialwright/nlu"
)

func renewal() []nlu.Intent {
	return []nlu.Intent{
		{Name: "yes", Phrases: []string{"yes", "yes please", "i am interested", "interested", "sure", "yes i am", "of course", "go ahead", "connect me", "put me through", "sounds good"}},
		{Name: "no", Phrases: []string{"no", "no thank you", "not interested", "i am not interested", "not now", "i do not want it"}},
		{Name: "callback", Phrases: []string{"call me back", "call me later", "call me tomorrow", "call me at", "call me", "not a good time", "i am busy"}},
		{Name: "opt_out", Phrases: []string{"do not call me again", "stop calling me", "do not call", "take me off your list", "remove my number", "never call me again"}},
		{Name: "who_are_you", Phrases: []string{"who are you", "who is this", "who is calling", "what company is this"}},
		{Name: "repeat", Phrases: []string{"repeat that", "please repeat", "say that again", "pardon", "i did not hear you", "what did you say"}},
		{Name: "human", Phrases: []string{"speak to a human", "talk to a person", "real person", "speak to an agent", "an adviser"}},
	}
}

var among = []string{"yes", "no", "callback", "opt_out", "who_are_you", "repeat", "human"}

func TestPhrases(t *testing.T) {
	p := nlu.NewPhrases(renewal())
	for text, want := range map[string]string{
		"yes":                                   "yes",
		"yes i am interested":                   "yes",
		"yes please connect me":                 "yes",
		"yeah sure":                             "yes",
		"yes yes that would be fine thank you":  "yes",
		"no":                                    "no",
		"no thank you":                          "no",
		"no i am not interested":                "no",
		"i'm not really interested":             "no",
		"no i'm not interested thanks":          "no",
		"please call me tomorrow at three":      "callback",
		"call me tomorrow at three":             "callback",
		"no call me tomorrow":                   "callback",
		"well can you call me back later":       "callback",
		"please do not call me again":           "opt_out",
		"don't call me again":                   "opt_out",
		"please don't ever call me again":       "opt_out",
		"stop calling me":                       "opt_out",
		"who are you":                           "who_are_you",
		"excuse me who is this":                 "who_are_you",
		"please repeat that":                    "repeat",
		"could you say that again please":       "repeat",
		"can i speak to a real person":          "human",
		"yes i am intrested":                    "yes",
		"i have no idea what the weather is":    "",
		"purple elephants dance in the moon":    "",
		"uh":                                    "",
		"":                                      "",
		"the quick brown fox is not interested": "no",
	} {
		got, ok := nlu.Decide(p.Classify(nlu.Query{Text: text, Among: among}), 0.5, 0.03)
		if !ok {
			got.Intent = ""
		}
		if got.Intent != want {
			t.Errorf("%q is %q, want %q; ranked %+v", text, got.Intent, want, p.Classify(nlu.Query{Text: text, Among: among}))
		}
	}
}

func TestPhrasesChinese(t *testing.T) {
	p := nlu.NewPhrases([]nlu.Intent{
		{Name: "yes", Phrases: []string{"好的", "可以", "需要", "有兴趣", "感兴趣", "行", "是的", "没问题"}},
		{Name: "no", Phrases: []string{"不需要", "不用了", "没兴趣", "不感兴趣", "不要", "不行"}},
		{Name: "later", Phrases: []string{"以后再说", "明天再打", "现在没时间", "在开会", "晚点打给我"}},
		{Name: "opt_out", Phrases: []string{"不要再打了", "别再打了", "不要再打电话给我"}},
	})
	for text, want := range map[string]string{
		"好的": "yes", "可以啊": "yes", "我需要": "yes", "嗯，行": "yes",
		"我不需要": "no", "不需要谢谢": "no", "没有兴趣": "no", "我对这个不感兴趣": "no", "不用了": "no",
		"现在没时间": "later", "你晚点打给我吧": "later",
		"请不要再打电话给我": "opt_out", "别再打了": "opt_out", "没问题": "yes",
	} {
		got, ok := nlu.Decide(p.Classify(nlu.Query{Text: text, Among: []string{"yes", "no", "later", "opt_out"}}), 0.5, 0.03)
		if !ok || got.Intent != want {
			t.Errorf("%q is %q, want %q; ranked %+v", text, got.Intent, want, p.Classify(nlu.Query{Text: text, Among: []string{"yes", "no", "later", "opt_out"}}))
		}
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]float64{
		"five": 5, "twenty three": 23, "a hundred": 100, "one hundred and five": 105, "two thousand": 2000, "three point five": 3.5,
		"about 1,250 dollars": 1250, "12.5": 12.5, "two hundred fifty thousand": 250000, "five grand": 5000, "one million two hundred thousand": 1200000,
		"minus four": -4, "it is nineteen": 19, "nineteen ninety": 19, "sixty": 60, "3 million": 3000000,
	} {
		if got, ok := nlu.ParseNumber(text, "en"); !ok || got != want {
			t.Errorf("%q is %v %v, want %v", text, got, ok, want)
		}
	}
	for text, want := range map[string]float64{
		"五": 5, "十五": 15, "二十": 20, "二十三": 23, "一百": 100, "一百零五": 105, "一百一十": 110, "三百五": 350, "两千零五": 2005, "一万二": 12000,
		"一万二千": 12000, "三点五": 3.5, "一亿三千万": 130000000, "大概500块": 500, "12.5万": 125000, "三万五千六百": 35600, "一点二万": 12000, "负三": -3, "零": 0,
		"十万": 100000, "一千零一十": 1010,
	} {
		if got, ok := nlu.ParseNumber(text, "zh"); !ok || got != want {
			t.Errorf("%q is %v %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "hello", "point", "and"} {
		if v, ok := nlu.ParseNumber(text, "en"); ok {
			t.Errorf("%q is %v, want none", text, v)
		}
	}
}

func TestDigits(t *testing.T) {
	for text, want := range map[string]string{
		"one three eight double oh": "13800", "triple five one": "5551", "twenty three four": "234", "138 0013": "1380013",
		"my code is nine nine": "99", "twenty": "20", "oh seven": "07",
	} {
		if got, ok := nlu.ParseDigits(text, "en"); !ok || got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if got, _ := nlu.ParseDigits("一三八零零，幺二", "zh"); got != "1380012" {
		t.Errorf("got %q", got)
	}
	if _, ok := nlu.ParseDigits("no digits here", "en"); ok {
		t.Error("found digits where there are none")
	}
}

func TestBoolean(t *testing.T) {
	for text, want := range map[string]bool{"yes": true, "yes that is right": true, "no": false, "that's wrong": false, "no that is not right": false, "对的": true, "不对": false, "不是": false} {
		if got, ok := nlu.ParseBoolean(text); !ok || got != want {
			t.Errorf("%q is %v %v", text, got, ok)
		}
	}
	if _, ok := nlu.ParseBoolean("maybe next year"); ok {
		t.Error("a maybe is neither")
	}
}
