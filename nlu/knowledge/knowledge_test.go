package knowledge

import (
	"strings"
	"testing"
)

const bank = `
language: en
questions:
  - ask: [what are your opening hours, when are you open]
    answer: We are open from nine to five on weekdays.
    source: website, contact page
  - ask: [how do I close my account, cancel my account]
    answer: You can close your account in any branch.
things:
  loan: {name: the loan}
  gold: {name: Gold Loan, also: [the golden one], kind: loan}
  silver: {name: Silver Loan, kind: loan}
relations:
  early_repayment_fee:
    ask: [fee for early repayment, what does it cost to repay early]
    say: Early repayment of {subject} costs {object}.
  term: {ask: [how long does it run]}
facts:
  - [gold, early_repayment_fee, 1 percent of the remaining amount, terms 4.2]
  - [loan, early_repayment_fee, 2 percent of the remaining amount]
  - [loan, term, ten years]
`

func TestAsk(t *testing.T) {
	b, err := Parse("en", File{"bank.yaml", []byte(bank)})
	if err != nil {
		t.Fatal(err)
	}
	for question, want := range map[string][2]string{
		"when do you open":                                          {"We are open from nine to five on weekdays.", "website, contact page"},
		"i want to close an account":                                {"You can close your account in any branch.", "bank.yaml:7"},
		"what is the fee for early repayment of the gold loan":      {"Early repayment of Gold Loan costs 1 percent of the remaining amount.", "terms 4.2"},
		"and what does it cost to repay the silver loan early":      {"Early repayment of Silver Loan costs 2 percent of the remaining amount.", "bank.yaml:20"},
		"how long does the golden one run":                          {"The term of Gold Loan is ten years.", "bank.yaml:21"},
		"what is the weather like tomorrow":                         {},
		"tell me about the gold loan and the silver loan fee early": {},
		"":                                    {},
		"what is the colour of the gold loan": {},
	} {
		a, ok := b.Ask(question)
		if ok != (want[0] != "") || a.Text != want[0] || a.Source != want[1] {
			t.Errorf("%q: %v %+v", question, ok, a)
		}
	}
	if found := b.Find("gold loan early repayment", 3); len(found) == 0 || !strings.Contains(found[0].Text, "1 percent") {
		t.Errorf("passages: %+v", found)
	}
	if got := b.Size(); got != "2 answers, 3 things, 3 facts" {
		t.Error(got)
	}
}

func TestChinese(t *testing.T) {
	b, err := Parse("zh", File{"k.yaml", []byte(`
questions:
  - {ask: [营业时间是几点, 你们几点开门], answer: 我们早上九点到下午五点营业。, source: 官网}
things: {gold: {name: 金卡, also: [金色的卡]}, plain: {name: 普卡}}
relations:
  年费: {ask: [一年要多少钱]}
  提前还款手续费: {ask: [提前还款要收多少钱]}
facts:
  - [gold, 年费, 三百元]
  - [plain, 年费, 免费]
  - [gold, 提前还款手续费, 剩余本金的百分之一]
`)})
	if err != nil {
		t.Fatal(err)
	}
	for question, want := range map[string]string{
		"你们早上几点开门啊":    "我们早上九点到下午五点营业。",
		"请问金卡的年费是多少":   "金卡的年费是三百元。",
		"普卡一年要多少钱":     "普卡的年费是免费。",
		"金卡提前还款要收手续费吗": "金卡的提前还款手续费是剩余本金的百分之一。",
		"今天天气怎么样":      "",
	} {
		if a, _ := b.Ask(question); a.Text != want {
			t.Errorf("%q: %+v", question, a)
		}
	}
}

func TestCSV(t *testing.T) {
	b, err := Parse("en", File{"f.csv", []byte("\xef\xbb\xbfsubject,relation,object,source\nGold Loan,interest rate,4.5 percent,price list\nGold Loan,\"limit, upper\",\"10,000 dollars\",\n")})
	if err != nil {
		t.Fatal(err)
	}
	if a, _ := b.Ask("what is the interest rate of the gold loan"); a.Text != "The interest rate of Gold Loan is 4.5 percent." || a.Source != "price list" {
		t.Errorf("%+v", a)
	}
	if a, _ := b.Ask("the upper limit of the gold loan"); a.Source != "f.csv:3" {
		t.Errorf("%+v", a)
	}
	b, err = Parse("en", File{"q.csv", []byte("question,answer\nwhere is your office,In the high street.\n")})
	if err != nil {
		t.Fatal(err)
	}
	if a, _ := b.Ask("where is the office"); a.Text != "In the high street." {
		t.Errorf("%+v", a)
	}
}

func TestMistakes(t *testing.T) {
	for src, want := range map[string]string{
		"":                                                         "the file is empty",
		"language: en":                                             "it needs at least one",
		"language: fr\nquestions: []":                              "language must be en or zh",
		"language: en\nquestion: []":                               "2:1: unknown field",
		"language: en\nquestions: [{ask: x}]":                      "2:13: a question needs ask and answer",
		"questions:\n- {ask: '?', answer: y}":                      "2:3: the question \"?\" has no words",
		"things: {a: {kind: b}}\nfacts: [[a, b, c]]":               "1:10: the kind \"b\" of a is no thing",
		"things: {a: {kind: a}}\nfacts: [[a, b, c]]":               "a is a kind of itself",
		"things: {a: {}}\nfacts: [[a, b, c]]":                      "uses \"b\", which is no relation",
		"things: {a: {}}\nfacts: [[b, b, c]]":                      "about \"b\", which is no thing",
		"things: {a: {}}\nrelations: {b: {}}\nfacts:\n- [a, b]":    "4:3: a fact is",
		"things: {a: {name: x}, b: {name: X}}\nfacts: [[a, b, c]]": "both called",
		"a: &a [x]\nb: *a":                                         "aliases",
		"questions: [":                                             "", // any message
	} {
		_, err := Parse("en", File{"k.yaml", []byte(src)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", src, err, want)
		}
	}
	for src, want := range map[string]string{"a,b\n1,2\n": "columns", "": "columns", "question,answer\n\"x": "2:", "question,answer\nx\n": "wrong number of fields"} {
		if _, err := Parse("en", File{"k.csv", []byte(src)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", src, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("k.yaml", []byte(bank), "gold loan fee")
	f.Add("k.csv", []byte("question,answer\na,b\n"), "a")
	f.Add("k.csv", []byte("subject,relation,object\na,b,c\n"), "b of a")
	f.Fuzz(func(t *testing.T, file string, src []byte, question string) {
		b, err := Parse("en", File{file, src})
		if err != nil {
			return
		}
		if a, ok := b.Ask(question); ok && (a.Text == "" || a.Source == "" || a.Score < minScore || a.Score > 1.000001) {
			t.Errorf("%q: %+v", question, a)
		}
		b.Find(question, 3)
	})
}
