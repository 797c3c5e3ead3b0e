package sentiment

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// lines reads a table: a sign (+, -, 0, ! for angry) and an utterance a line.
func lines(table string) [][2]string {
	var out [][2]string
	for line := range strings.Lines(table) {
		sign, text, ok := strings.Cut(strings.TrimSpace(line), " ")
		if ok {
			out = append(out, [2]string{sign, text})
		}
	}
	return out
}

func mustNew(tb testing.TB, language string) *Analyzer {
	tb.Helper()
	a, err := New(language)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func judge(t *testing.T, language, table string) {
	t.Helper()
	a := mustNew(t, language)
	cases := lines(table)
	if len(cases) < 60 {
		t.Fatalf("%d utterances, want at least 60", len(cases))
	}
	for _, c := range cases {
		want := map[string]Label{"+": Positive, "-": Negative, "!": Negative, "0": Neutral}[c[0]]
		r := a.Analyze(c[1])
		if r.Label != want || r.Angry != (c[0] == "!") {
			t.Errorf("%q: %s (%.2f), angry %v, by %+v; want %s, angry %v", c[1], r.Label, r.Score, r.Angry, r.Terms, want, c[0] == "!")
		}
	}
}

func TestEnglish(t *testing.T) {
	judge(t, "en-GB", `
+ that's great thank you so much
+ you've been very helpful
+ i'm really happy with it
+ sounds good to me
+ yes that would be perfect
+ it's not bad actually
+ no problem at all
+ oh lovely i appreciate that
+ i love this card
+ the agent was polite and quick
+ it took a while but now everything works great
+ can't complain really
+ i couldn't be happier
+ thanks
+ that is fine by me
+ i'm interested tell me more
+ you people are awesome
+ honestly the best service i have had
+ i am looking forward to it
+ the staff were friendly
+ it's sorted now cheers
+ this is not a problem
0 i would like to speak to somebody
0 good morning this is john
0 what time is it
0 my account number is four five six
0 call me back on tuesday
0 could you repeat that
0 yes speaking
0 no
0 i don't know
0 what is the late fee
0 i'd like to know the balance
0 who is this
0 the address is twelve king street
0 i lost my card
0 is this about the loan
- i'm not happy with this
- that's not good
- it doesn't work
- this is terrible
- i am very disappointed
- it's too expensive for me
- i'm not interested
- you are wasting my time
- the app is slow and confusing
- it was good but now it is awful
- i've been waiting for two hours
- i didn't enjoy it
- nobody answers the phone there
- i want to speak to your manager
- please stop calling me
- i want a refund
- it isn't fair
- that's the worst bank in town
- i never liked it
- the line is a bit noisy
- sorry i'm busy
- i hate these calls
- i don't trust you
- it broke and customer service was rude
! shut up
! you are all thieves
! what the hell do you want
! i'm absolutely furious
! this is a scam
! don't be stupid
! are you kidding me
! i have had enough of this
! i am going to complain this is unacceptable
! you idiots charged me twice
! stop harassing me or i call the police it's ridiculous
! go to hell
! fuck off
! i'm sick and tired of your calls
`)
}

func TestChinese(t *testing.T) {
	judge(t, "zh-CN", `
+ 好的谢谢你
+ 服务很好我很满意
+ 太好了
+ 这个产品不错
+ 非常感谢你的帮助
+ 可以没问题
+ 挺好的
+ 你们的客服很耐心
+ 我很喜欢
+ 一点也不贵
+ 没毛病挺靠谱的
+ 送餐很快味道好吃
+ 虽然贵但是质量很棒
+ 行啊那就这样办吧谢谢
+ 我对这个感兴趣
+ 辛苦了
+ 问题解决了多谢
+ 好嘞
+ 态度好五星好评
+ 没什么不满意的
+ 太给力了
+ 不难
0 你好
0 您好请问您是哪位
0 我想查一下余额
0 你是谁
0 明天下午三点
0 我不知道
0 差不多十点钟吧
0 好像是上个月
0 什么时候还款
0 喂
0 能不能再说一遍
0 我的号码是一三八
0 不好意思我没听到
0 最近的网点在哪里
0 您贵姓
0 是本人
0 还有多少没还
0 麻烦您帮我转一下
- 不好
- 我不喜欢
- 太贵了
- 我不需要
- 没兴趣
- 服务太差了
- 我很失望
- 不太满意
- 你们别再打了
- 一直打电话烦不过来真讨厌
- 东西坏了没人管
- 本来挺好的但是现在很糟糕
- 我没钱
- 打了好几次都打不通
- 有点慢
- 我不想听
- 等了好久还没解决
- 这也太麻烦了吧
- 我要退款
- 我要投诉
- 叫你们领导来
- 一点都不好吃
- 说的和做的不一样上当了
- 不怎么样
- 我现在没时间
- 不靠谱
- 乱扣费
! 你们就是骗子
! 滚
! 烦不烦啊
! 有完没完
! 气死我了
! 闭嘴
! 再打电话我就报警了真是太过分了
! 你有病吧
! 什么态度
! 他妈的又打来
! 我要投诉你们服务太差
! 别骗我了
! 不要脸
! 有没有搞错
! 垃圾公司
! 你们这是诈骗
`)
}

func TestScoresAreOrdered(t *testing.T) {
	for language, rising := range map[string][]string{
		"en": {"you stupid liars", "it is very bad", "it is bad", "it is a bit slow", "hello", "it is good", "it is very good", "it is absolutely amazing i love it"},
		"zh": {"你们这帮骗子", "非常差", "差", "有点慢", "你好", "满意", "非常满意", "太好了非常满意"},
	} {
		a := mustNew(t, language)
		for i := 1; i < len(rising); i++ {
			if x, y := a.Analyze(rising[i-1]), a.Analyze(rising[i]); x.Score >= y.Score {
				t.Errorf("%q scores %.3f, %q %.3f", rising[i-1], x.Score, rising[i], y.Score)
			}
		}
	}
}

func TestTermsSayWhatDecided(t *testing.T) {
	r := mustNew(t, "en").Analyze("Well, I DON’T like it")
	if len(r.Terms) != 1 || r.Terms[0].Text != "like" || r.Terms[0].Start != 14 || r.Terms[0].End != 18 || r.Terms[0].Weight >= 0 || r.Terms[0].Kind != Praise {
		t.Errorf("%+v", r)
	}
	r = mustNew(t, "zh").Analyze("我不太满意")
	if len(r.Terms) != 1 || r.Terms[0].Text != "满 意" && r.Terms[0].Text != "满意" || r.Terms[0].Start != 3 || r.Terms[0].End != 5 {
		t.Errorf("%+v", r)
	}
}

func TestNewRefusesOtherLanguages(t *testing.T) {
	if _, err := New("fr"); err == nil || !strings.Contains(err.Error(), `no lexicon for language "fr"`) {
		t.Errorf("got %v", err)
	}
}

// No phrase may stand in a lexicon twice with different weights.
func TestLexiconsDoNotContradictThemselves(t *testing.T) {
	for name, lexicon := range map[string][]entry{"en": english(), "zh": chinese()} {
		seen := map[string]word{}
		for _, e := range lexicon {
			for phrase := range strings.SplitSeq(e.phrases, ",") {
				key := join(tokenize(phrase))
				if before, known := seen[key]; known && before != e.word {
					t.Errorf("%s: %q is %+v and %+v", name, phrase, before, e.word)
				}
				if key == "" {
					t.Errorf("%s: an empty phrase in %q", name, e.phrases)
				}
				seen[key] = e.word
			}
		}
	}
}

func FuzzAnalyze(f *testing.F) {
	en, zh := mustNew(f, "en"), mustNew(f, "zh")
	f.Add("not not very bad 不不不好")
	f.Add("'’'\xff n't")
	f.Fuzz(func(t *testing.T, text string) {
		n := utf8.RuneCountInString(text)
		for _, a := range []*Analyzer{en, zh} {
			r := a.Analyze(text)
			if r.Score < -1 || r.Score > 1 || r.Score != r.Score {
				t.Fatalf("%q scores %v", text, r.Score)
			}
			for _, x := range r.Terms {
				if x.Start < 0 || x.End <= x.Start || x.End > n {
					t.Fatalf("%q: %+v", text, x)
				}
			}
		}
	})
}

func BenchmarkAnalyze(b *testing.B) {
	a := mustNew(b, "zh")
	for b.Loop() {
		a.Analyze("你们的服务本来挺好的但是最近太差了我要投诉")
	}
}

var language = flag.String("language", "zh", "language of -labelled")
var labelled = flag.String("labelled", "", "JSON lines with text and intent (positive or negative) for BenchmarkLabelled")

// BenchmarkLabelled says how often the lexicon is right about utterances it
// was not written for: of those it calls positive or negative, and how many
// those are.
func BenchmarkLabelled(b *testing.B) {
	data, err := os.ReadFile(*labelled)
	if err != nil {
		b.Fatalf("no labelled utterances: give -labelled FILE: %v", err)
	}
	a := mustNew(b, *language)
	for b.Loop() {
		right, decided, all, balanced := 0, 0, 0, 0
		for line := range bytes.Lines(data) {
			var u struct{ Text, Intent string }
			if err := json.Unmarshal(line, &u); err != nil {
				b.Fatal(err)
			}
			all++
			r := a.Analyze(u.Text)
			if (r.Score > 0) == (u.Intent == string(Positive)) {
				balanced++
			}
			if r.Label == Neutral {
				continue
			}
			decided++
			if string(r.Label) == u.Intent {
				right++
			}
		}
		b.ReportMetric(100*float64(right)/float64(max(1, decided)), "%right_of_decided")
		b.ReportMetric(100*float64(decided)/float64(max(1, all)), "%decided")
		b.ReportMetric(100*float64(balanced)/float64(max(1, all)), "%right_when_forced")
	}
}
