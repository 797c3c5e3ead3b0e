package tagger

import "strings"

// classes of words that behave alike and are few, so that a flow of thirty
// examples need not teach each of them: numbers, units of time, particles.
const (
	classNumber = iota + 1
	classTime
	classParticle
	classPronoun
	classDay
	classOrdinal
)

// hanClasses are single characters.
var hanClasses = [...]struct {
	class uint64
	runes string
}{
	{classNumber, "零〇一二两三四五六七八九十百千万亿半几"},
	{classTime, "年月日号点分秒时周刻钟"},
	{classParticle, "的了吗呢吧啊哦呀咯嘛哈嗯啦哟喔呐哎唉诶嘞噢"},
	{classPronoun, "我你您他她它咱这那哪"},
}

// wordClasses are English words.
var wordClasses = func() map[string]uint64 {
	m := map[string]uint64{}
	for class, words := range map[uint64]string{
		classNumber: "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen " +
			"twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million",
		classTime:     "second seconds minute minutes hour hours day days week weeks month months year years am pm oclock noon midnight morning afternoon evening night",
		classDay:      "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec",
		classOrdinal:  "first third fourth fifth sixth seventh eighth ninth tenth last next",
		classParticle: "please thanks the a an of to in on at for by with from and or",
		classPronoun:  "i me my mine you your yours he him his she her hers it its we us our ours they them their theirs this that these those",
	} {
		for w := range strings.FieldsSeq(words) {
			m[w] = class
		}
	}
	return m
}()

// classOf a token, 0 when it is of none.
func classOf(t token) uint64 {
	if t.kind == kindHan {
		for _, c := range hanClasses {
			if strings.ContainsRune(c.runes, t.letters[0]) {
				return c.class
			}
		}
		return 0
	}
	return wordClasses[string(t.letters)]
}
