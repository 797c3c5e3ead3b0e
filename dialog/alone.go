package dialog

import (
	"strings"

	"github.com/dialwright/dialwright/nlu"
)

// alone tells whether an utterance is a value of the slot's kind and says
// nothing else, whether the slot wants that value or not.
func (s *slot) alone(text string, c heardContext) bool {
	switch s.typ {
	case NameSlot, AddressSlot, EmailSlot, BooleanSlot, ConsentSlot: // made of words that mean much else
		return false
	}
	kind, ok := kinds[s.typ]
	if !ok {
		return false
	}
	v, ok := nlu.Read(kind, text, nlu.ReadOptions{Language: c.language, Now: c.now, Region: s.region, Asked: c.asked})
	if !ok {
		return false
	}
	rs := []rune(text)
	after := string(rs[v.End:])
	if kind == nlu.KindNumber {
		after = strings.TrimLeft(after, "分个块元次年岁天期号")
	}
	words, negated := nlu.Meaning(string(rs[:v.Start]) + " " + after)
	if nlu.IsChinese(c.language) { // a single character beside it is half a word: 给七分, 明天还
		words--
	}
	return words <= 0 && !negated
}
