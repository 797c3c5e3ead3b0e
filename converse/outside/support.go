package outside

import (
	"strings"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/knowledge"
)

// supported tells whether a sentence says nothing that the passages do not:
// every number of it stands in one of them, and most of its words that mean
// something do. Politeness needs no source.
func supported(sentence string, passages []knowledge.Passage) bool {
	known, digits := map[string]bool{}, map[string]bool{}
	for _, p := range passages {
		for _, t := range nlu.Tokens(p.Text) {
			known[t] = true
		}
		for _, d := range numbers(p.Text) {
			digits[d] = true
		}
	}
	for _, d := range numbers(sentence) {
		if !digits[d] {
			return false
		}
	}
	rich, found := 0, 0
	for _, t := range nlu.Tokens(sentence) {
		if common[t] {
			continue
		}
		rich++
		if known[t] || len(t) > 4 && t[0] < 128 && alike(t, known) {
			found++
		}
	}
	return rich <= 2 || float64(found) >= 0.6*float64(rich)
}

// alike forgives endings: repay, repaying, repayment.
func alike(word string, known map[string]bool) bool {
	for k := range known {
		if n := min(len(k), len(word)); n >= 4 && len(k) < 128 && k[:n-n/4] == word[:n-n/4] {
			return true
		}
	}
	return false
}

// numbers are the runs of digits of a text, without separators of thousands.
func numbers(text string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(text, ",", ""), func(r rune) bool { return r < '0' || r > '9' })
}

// common words need no source.
var common = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`a an the i you we he she it they is are was were be been am do does did have has had will would can could
may might shall should must and or but if so then that this these those there here of to in on at for with from by as about into your our my
me us them their its not no yes please thank thanks sorry hello sure course okay happy help glad just also too very well let know like
need want would what which who when where how why any anything else more
的 了 是 我 你 您 们 在 有 和 就 不 都 也 很 到 说 要 去 会 着 看 好 这 那 请 问 吗 呢 吧 可 以 为 您 还 什 么 需 帮 助 谢 感 对 起 抱 歉`) {
		m[w] = true
	}
	return m
}()
