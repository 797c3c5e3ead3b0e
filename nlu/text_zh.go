package nlu

import (
	"slices"
	"strings"
	"unicode"
)

// zhText is an utterance as the Chinese readers want it: narrow, lower case,
// simplified, without blanks and hesitations, every pause a comma; and where
// each character stood in what was said.
type zhText struct {
	c   []rune
	at  []int  // place in the utterance, in characters
	gap []bool // a blank or a pause stood before it

	asks bool // it ends in a question mark
}

// zhTraditional are the traditional characters the readers' own words need;
// recognisers of Hong Kong and Taiwan write them.
var zhTraditional = runeMap("萬万億亿點点塊块錢钱兩两個个號号後后週周時时鐘钟禮礼幾几負负從从對对沒没錯错這这過过還还來来說说電电話话國国慶庆誕诞節节聖圣" +
	"區区縣县鎮镇號号樓楼鄉乡東东機机撥拨轉转郵邮記记劃划線线橫横歲岁開开陽阳龍龙馬马陳陈張张劉刘楊杨趙赵黃黄吳吴鄭郑馮冯鄧邓許许韓韩蕭萧蘇苏盧卢蔣蒋賈贾葉叶閆闫餘余潘潘廣广雲云貴贵遼辽" +
	"魯鲁滬沪晉晋粵粤贛赣閩闽陝陕寧宁滿满請请問问謝谢連连雙双貳贰參叁陸陆圓圆" +
	"頭头間间單单場场廈厦內内車车書书現现實实處处灣湾賓宾館馆門门長长無无應应該该確确認认識识樣样當当願愿會会裡里裏里臺台麼么嗎吗們们給给換换買买賣卖遲迟確确興兴趣趣")

// zhPauses break what was said; all of them are read as a comma.
const zhPauses = ",，。、！？；;!?…“”\"'‘’（）()《》【】[]\n~～"

func runeMap(pairs string) map[rune]rune {
	rs := []rune(pairs)
	m := make(map[rune]rune, len(rs)/2)
	for i := 0; i+1 < len(rs); i += 2 {
		m[rs[i]] = rs[i+1]
	}
	return m
}

// zhRune is the form of one character; 0 for those that are dropped.
func zhRune(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
		return r
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	case r == '￥':
		return '¥'
	case strings.ContainsRune(zhPauses, r):
		return ','
	case r >= 0xff01 && r <= 0xff5e: // full-width ASCII
		return unicode.ToLower(r - 0xfee0)
	case unicode.IsSpace(r) || unicode.IsControl(r):
		return 0
	case strings.ContainsRune("—–－−‐", r):
		return '-'
	}
	if s, ok := zhTraditional[r]; ok {
		return s
	}
	return r
}

// zhFold prepares a text. drop names the characters that mean nothing here.
func zhFold(text, drop string) zhText {
	var t zhText
	n := len(text)/3 + 8
	t.c, t.at, t.gap = make([]rune, 0, n), make([]int, 0, n), make([]bool, 0, n)
	gap, i := false, -1
	for _, r := range text {
		i++
		t.asks = r == '?' || r == '？'
		r = zhRune(r)
		if r == 0 || r > 127 && strings.ContainsRune(drop, r) {
			gap = true
			continue
		}
		if r == ',' && len(t.c) > 0 && t.c[len(t.c)-1] == ',' {
			continue
		}
		t.c, t.at, t.gap = append(t.c, r), append(t.at, i), append(t.gap, gap)
		gap = false
	}
	t.joinThousands()
	return t
}

// joinThousands takes the commas out of 1,250,000; 1,2,3 keeps them.
func (t *zhText) joinThousands() {
	if !slices.Contains(t.c, ',') {
		return
	}
	isDigit := func(i int) bool { return i >= 0 && i < len(t.c) && t.c[i] >= '0' && t.c[i] <= '9' }
	k := 0
	for i, r := range t.c {
		if r == ',' && isDigit(i-1) && isDigit(i+1) && isDigit(i+2) && isDigit(i+3) && !isDigit(i+4) && !t.gap[i+1] {
			continue
		}
		t.c[k], t.at[k], t.gap[k] = r, t.at[i], t.gap[i]
		k++
	}
	t.c, t.at, t.gap = t.c[:k], t.at[:k], t.gap[:k]
}

func (t zhText) from(i int) zhText { return zhText{c: t.c[i:], at: t.at[i:], gap: t.gap[i:]} }

// rune is the character at i, 0 outside.
func (t zhText) rune(i int) rune {
	if i < 0 || i >= len(t.c) {
		return 0
	}
	return t.c[i]
}

func (t zhText) in(i int, set string) bool {
	r := t.rune(i)
	return r != 0 && strings.ContainsRune(set, r)
}

// has returns how long text is if it stands at i, 0 otherwise.
func (t zhText) has(i int, text string) int {
	n := 0
	for _, r := range text {
		if i < 0 || i+n >= len(t.c) || t.c[i+n] != r {
			return 0
		}
		n++
	}
	return n
}

// one returns how long the first of the texts that stands at i is.
func (t zhText) one(i int, texts ...string) int {
	for _, text := range texts {
		if n := t.has(i, text); n > 0 {
			return n
		}
	}
	return 0
}

// ends tells whether one of the texts ends right before i.
func (t zhText) ends(i int, texts ...string) bool {
	for _, text := range texts {
		if n := len([]rune(text)); t.has(i-n, text) > 0 {
			return true
		}
	}
	return false
}

// contains tells whether one of the texts stands anywhere.
func (t zhText) contains(texts ...string) bool {
	for i := range t.c {
		if t.one(i, texts...) > 0 {
			return true
		}
	}
	return false
}

// value sets where v stands: from i to j, j exclusive.
func (t zhText) value(v Value, i, j int) Value {
	v.Start, v.End = t.at[i], t.at[j-1]+1
	return v
}

func (t zhText) string(i, j int) string { return string(t.c[i:j]) }

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// zhPhrases finds the longest of many fixed expressions at a place.
type zhPhrases[T any] map[rune][]zhPhrase[T]

type zhPhrase[T any] struct {
	text []rune
	mean T
}

// add puts in expressions, separated by blanks, that mean the same.
func (p zhPhrases[T]) add(mean T, texts string) {
	for text := range strings.FieldsSeq(texts) {
		rs := []rune(text)
		list := append(p[rs[0]], zhPhrase[T]{rs, mean})
		slices.SortStableFunc(list, func(a, b zhPhrase[T]) int { return len(b.text) - len(a.text) })
		p[rs[0]] = list
	}
}

func (p zhPhrases[T]) at(t zhText, i int) (mean T, used int) {
	if i < 0 || i >= len(t.c) {
		return mean, 0
	}
	for _, ph := range p[t.c[i]] {
		if len(t.c)-i >= len(ph.text) && slices.Equal(t.c[i:i+len(ph.text)], ph.text) {
			return ph.mean, len(ph.text)
		}
	}
	return mean, 0
}

// zhMeaning is one row of a table that becomes zhPhrases.
type zhMeaning[T any] struct {
	texts string
	mean  T
}

func zhTable[T any](rows ...zhMeaning[T]) zhPhrases[T] {
	p := make(zhPhrases[T], len(rows))
	for _, r := range rows {
		p.add(r.mean, r.texts)
	}
	return p
}

func zhSet(texts string) zhPhrases[bool] { return zhTable(zhMeaning[bool]{texts, true}) }
