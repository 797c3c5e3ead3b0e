package nlu

// yesNo are examples of agreeing and refusing, in both languages.
func yesNo() []Intent {
	return []Intent{
		{Name: "yes", Phrases: []string{"yes", "yes please", "sure", "of course", "that is right", "correct", "right", "okay", "fine", "i do", "i am", "absolutely", "certainly",
			"是", "是的", "对", "对的", "好", "好的", "可以", "行", "没错", "没问题", "要", "嗯"}},
		{Name: "no", Phrases: []string{"no", "no thank you", "not really", "i do not", "not", "wrong", "that is wrong", "incorrect", "never",
			"不", "不是", "不对", "不要", "不行", "不可以", "不用", "没有", "错"}},
	}
}

var yesNoPhrases = NewPhrases(yesNo()) // read only

// ParseBoolean reads a yes or a no, in either language.
func ParseBoolean(text string) (value, ok bool) {
	if yes, _, _, ok, unclear := enLex(text, nil).leaning(); ok || unclear {
		return yes, ok
	}
	c, ok := Decide(yesNoPhrases.Classify(Query{Text: text, Among: []string{"yes", "no"}}), 0.5, 0.05)
	return c.Intent == "yes", ok
}
