package gazetteer

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func entriesOf(names ...string) []Entry {
	var out []Entry
	for _, n := range names {
		parts := strings.Split(n, "|")
		out = append(out, Entry{Name: parts[0], Synonyms: parts[1:]})
	}
	return out
}

func mustNew(tb testing.TB, entries []Entry, language string) *Gazetteer {
	tb.Helper()
	g, err := New(entries, Options{Language: language})
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// brief writes matches as NAME@start-end, those of one place joined by "/".
func brief(ms []Match) string {
	var out []string
	for i, m := range ms {
		s := fmt.Sprintf("%s@%d-%d", m.Entry.Name, m.Start, m.End)
		if i > 0 && ms[i-1].Start == m.Start && ms[i-1].End == m.End {
			out[len(out)-1] += "/" + s
			continue
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestFindEnglish(t *testing.T) {
	g := mustNew(t, entriesOf("Gold Card|gold credit card", "Platinum Card", "John Smith", "Catherine O'Brien", "York", "New York", "Wi-Fi", "A1", "Riverside Branch", "Smith"), "en")
	for _, c := range []struct{ text, want string }{
		{"i lost my gold card yesterday", "Gold Card@10-19"},
		{"my gold credit card", "Gold Card@3-19"},
		{"the goldcard please", "Gold Card@4-12"},
		{"a platnum card", "Platinum Card@2-14"},
		{"the platinum cart", "Platinum Card@4-17"},
		{"ask for jon smith please", "John Smith@8-17"},
		{"this is john smyth", "John Smith@8-18"},
		{"smyth", "Smith@0-5"},
		{"katherine obrien here", "Catherine O'Brien@0-16"},
		{"in new york city", "New York@3-11"},
		{"york minster", "York@0-4"},
		{"work is york", "York@8-12"}, // four letters have to be right
		{"is there wifi", "Wi-Fi@9-13"},
		{"room a1 please", "A1@5-7"},
		{"the river side branch", "Riverside Branch@4-21"},
		{"nothing of the kind", ""},
		{"", ""},
		{"gold card or platinum card", "Gold Card@0-9 Platinum Card@13-26"},
	} {
		if got := brief(g.Find(c.text)); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestFindChinese(t *testing.T) {
	g := mustNew(t, entriesOf("招商银行|招行", "建设银行|建行", "李伟", "李玮", "王小明", "长乐路", "花呗", "七天乐", "iPhone手机", "福州", "湖州", "北京", "北京银行", "钻石卡"), "zh-CN")
	for _, c := range []struct{ text, want string }{
		{"我是招商银行的客户", "招商银行@2-6"},
		{"我是找商银行的", "招商银行@2-6"}, // another tone
		{"昭商银航", "招商银行@0-4"},
		{"招行", "招商银行@0-2"},
		{"我叫王晓明", "王小明@2-5"},
		{"我叫黄小明", ""}, // wang is not huang
		{"李伟在吗", "李伟@0-2/李玮@0-2"},
		{"李炜在吗", "李伟@0-2/李玮@0-2"},
		{"住在常乐路", "长乐路@2-5"},
		{"华贝怎么还", "花呗@0-2"},
		{"7天乐", "七天乐@0-3"},
		{"北京银航", "北京银行@0-4"},
		{"我在北京", "北京@2-4"},
		{"买iphone手机", "iPhone手机@1-9"},
		{"我要钻石咖", "钻石卡@2-5"},
		{"湖州", "湖州@0-2/福州@0-2"},
		{"今天天气不错", ""},
	} {
		if got := brief(g.Find(c.text)); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestFindScoresExactHighest(t *testing.T) {
	g := mustNew(t, entriesOf("福州", "湖州"), "zh")
	ms := g.Find("福州")
	if len(ms) != 2 || ms[0].Entry.Name != "福州" || ms[0].Score != 1 || ms[1].Score >= 1 {
		t.Errorf("福州: %+v", ms)
	}
}

func TestBest(t *testing.T) {
	g := mustNew(t, entriesOf("李伟", "李玮", "王小明"), "zh")
	if m, ok := g.Best("王小明和李伟"); !ok || m.Entry.Name != "王小明" {
		t.Errorf("the longer of two exact names: %+v %v", m, ok)
	}
	if m, ok := g.Best("我找李玮"); !ok || m.Entry.Name != "李玮" {
		t.Errorf("李玮 as written: %+v %v", m, ok)
	}
	if m, ok := g.Best("我找李炜"); ok {
		t.Errorf("李炜 may be both: %+v", m)
	}
	if m, ok := g.Best("没有人"); ok {
		t.Errorf("nobody: %+v", m)
	}
}

func TestSameNameOfSeveralEntries(t *testing.T) {
	g := mustNew(t, []Entry{{Name: "Gold Card", Synonyms: []string{"card"}}, {Name: "Silver Card", Synonyms: []string{"card"}}}, "en")
	if got := brief(g.Find("my card")); got != "Gold Card@3-7/Silver Card@3-7" {
		t.Errorf("got %q", got)
	}
}

func TestExact(t *testing.T) {
	g, err := New(entriesOf("John Smith", "招商银行"), Options{Language: "zh", Exact: true})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"JOHN SMITH": "John Smith@0-10", "jon smith": "", "找商银行": "", "招商银行": "招商银行@0-4"} {
		if got := brief(g.Find(text)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestNewRefusesEmptyNames(t *testing.T) {
	_, err := New([]Entry{{Name: "Gold", Synonyms: []string{"…"}}}, Options{})
	if err == nil || !strings.Contains(err.Error(), `entry 1, "Gold": "…" has no letter or digit`) {
		t.Errorf("got %v", err)
	}
}

// Every name is found in any sentence around it, at its place, with score 1.
func TestEveryNameIsFound(t *testing.T) {
	names := []string{"alpha centauri", "bo", "x", "northern lights tour", "招商银行", "李", "长乐路", "s7号线", "gold"}
	for _, language := range []string{"en", "zh"} {
		g := mustNew(t, entriesOf(names...), language)
		rapid.Check(t, func(t *rapid.T) {
			name := rapid.SampledFrom(names).Draw(t, "name")
			around := rapid.SampledFrom([]string{"", " ", "zz zz ", "嗯嗯", "12 "})
			before, after := around.Draw(t, "before"), " "+around.Draw(t, "after")
			text := before + " " + strings.ToUpper(name) + after
			start := utf8.RuneCountInString(before) + 1
			ms := g.Find(text)
			if !slices.ContainsFunc(ms, func(m Match) bool {
				return m.Entry.Name == name && m.Start == start && m.End == start+utf8.RuneCountInString(name) && m.Score == 1
			}) {
				t.Fatalf("%q not found in %q: %v", name, text, ms)
			}
		})
	}
}

func FuzzFind(f *testing.F) {
	g := mustNew(f, entriesOf("招商银行|招行", "李伟", "gold card", "x", "John Smith", "é", "七"), "zh")
	f.Add("找商银行 jon smith")
	f.Add("\xff\xfe 李")
	f.Fuzz(func(t *testing.T, text string) {
		n := utf8.RuneCountInString(text)
		for _, m := range g.Find(text) {
			if m.Start < 0 || m.End <= m.Start || m.End > n || m.Score <= 0 || m.Score > 1 {
				t.Fatalf("%q: %+v", text, m)
			}
		}
	})
}

var size = flag.Int("entries", 10000, "entries of BenchmarkFind's gazetteer")

func BenchmarkFind(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	han := []rune("招商银行建设工农发展中国民生平安光大华夏广东北京上海天津重庆江苏浙江福州湖南四川云贵陕甘青宁新疆西藏内蒙古辽吉林黑龙江河台湾港澳门王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段")
	var syllables []string
	for _, onset := range strings.Fields("b br c ch d f g h j k l m n p r s sh st t v w") {
		for _, vowel := range []string{"a", "e", "i", "o", "u", "ea"} {
			for _, coda := range []string{"", "n", "r", "l", "ck", "s"} {
				syllables = append(syllables, onset+vowel+coda)
			}
		}
	}
	var zh, en []Entry
	for range *size {
		var c, w strings.Builder
		for range 2 + rng.IntN(4) {
			c.WriteRune(han[rng.IntN(len(han))])
			w.WriteString(syllables[rng.IntN(len(syllables))])
			if rng.IntN(3) == 0 {
				w.WriteByte(' ')
			}
		}
		zh, en = append(zh, Entry{Name: c.String()}), append(en, Entry{Name: w.String()})
	}
	for _, c := range []struct {
		language, text string
		entries        []Entry
	}{{"zh", "你好我想问一下" + zh[77].Name + "的分期付款怎么提前还清谢谢", zh}, {"en", "hello i would like to ask how i pay off the instalments of my " + en[77].Name + " before the end of the month", en}} {
		b.Run(c.language, func(b *testing.B) {
			g := mustNew(b, c.entries, c.language)
			for b.Loop() {
				g.Find(c.text)
			}
		})
	}
}
