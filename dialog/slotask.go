package dialog

import (
	"math"
	"strings"
	"time"

	"github.com/dialwright/dialwright/nlu"
)

// readBack says values as they were understood, for a question whether they
// are right: their types decide how.
func (s *Session) readBack(slots ...*slot) string {
	sp := s.flow.speaker(nil, s)
	var out []string
	for _, sl := range slots {
		if v := s.value(sl.name); v != nil {
			out = append(out, sp.plain(v, sl.typ, sl))
		}
	}
	return sp.list(out, sp.pick("and", "和"))
}

// sayOutOfRange tells the customer what a value may be: by the prompt of the
// ask, of the slot, or by a sentence of ours.
func (s *Session) sayOutOfRange(n *node, sl *slot, own *prompt) error {
	for _, p := range []*prompt{own, sl.outOfRange} {
		if p != nil {
			return s.say(n, p, false)
		}
	}
	s.emit(s.flow.say(n, &prompt{}, s.flow.rangeSentence(sl, s.now), s.st.Defaults.BargeIn))
	return nil
}

// rangeSentence asks for a value that the slot takes.
func (f *Flow) rangeSentence(sl *slot, now time.Time) string {
	sp := speaker{chinese: nlu.IsChinese(f.Language), now: now}
	low, high := sl.limits(sp)
	noun := sl.noun(sp)
	if low == "" && high == "" {
		if sl.typ == TimeSlot && !sl.past {
			return sp.pick("That time has passed. Please name a later one.", "这个时间已经过了，请说一个晚一点的时间。")
		}
		return sp.pick("Please name another "+noun+".", "请换一个"+noun+"。")
	}
	return sp.pick("Please name "+article(noun)+" "+noun+" "+sp.interval(low, high)+".", "请说"+sp.interval(low, high)+"的"+noun+"。")
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an"
	}
	return "a"
}

// limits are what a value may be, in words.
func (s *slot) limits(sp speaker) (low, high string) {
	size := func(v *float64) string {
		if v == nil {
			return ""
		}
		switch s.typ {
		case DurationSlot:
			return sp.duration(nearSpan(*v))
		case DigitsSlot:
			return sp.number(*v) + sp.pick(" digits", "位")
		}
		return sp.plain(*v, s.typ, s)
	}
	if !s.isMoment() {
		return size(s.min), size(s.max)
	}
	day := func(text string) string {
		if t, ok := s.limit(text, sp.now); ok {
			return sp.date(t)
		}
		return ""
	}
	return day(s.from), day(s.to)
}

// nearSpan is a limit as people say it: in the largest unit that divides it.
func nearSpan(seconds float64) Span {
	var s Span
	switch {
	case seconds >= monthLength && math.Abs(math.Round(seconds/monthLength)*monthLength-seconds) < 1:
		months := int(math.Round(seconds / monthLength))
		s.Years, s.Months = months/12, months%12
	case seconds >= dayLength && math.Mod(seconds, dayLength) == 0:
		s.Days = int(seconds / dayLength)
	default:
		return secondsSpan(seconds)
	}
	return s
}

// noun is what the slot's value is called.
func (s *slot) noun(sp speaker) string {
	names := map[SlotType][2]string{
		MoneySlot: {"amount", "金额"}, PercentSlot: {"percentage", "百分比"}, DateSlot: {"day", "日期"}, TimeSlot: {"time", "时间"},
		DurationSlot: {"length of time", "时长"}, DigitsSlot: {"number", "号码"}, TextSlot: {"answer", "回答"},
	}
	n, ok := names[s.typ]
	if !ok {
		n = [2]string{"number", "数字"}
	}
	return sp.pick(n[0], n[1])
}

// builtin lists the sentences of ours that are known before any call, as far
// as this flow can come to say them.
func (f *Flow) builtin() []string {
	var out []string
	words := sentencesOf(f.Language)
	add := func(when bool, texts ...string) {
		if when {
			out = append(out, texts...)
		}
	}
	for _, name := range f.order {
		n := f.nodes[name]
		if a := n.ask; a != nil {
			low, high := a.slot.limits(speaker{})
			add(a.slot.outOfRange == nil && a.outOfRange == nil && a.slot.limited() && (low+high == "" || !a.slot.isMoment()), f.rangeSentence(a.slot, time.Time{}))
			add(a.slot.confirm != confirmNever, words.what)
		}
		if c := n.confirm; c != nil {
			add(true, words.what)
			add(len(c.slots) > 1, words.which)
			for _, sl := range c.slots { // which of them is asked by name
				add(len(c.slots) > 1, words.whatIs[0]+strings.ReplaceAll(sl.name, "_", " ")+words.whatIs[1])
			}
		}
	}
	for _, g := range f.globals {
		add(g.wait > 0, words.wait)
		add(g.optOut, words.optedOut)
	}
	add(f.events.maxLength.after > 0 && f.events.maxSay == nil, words.goodbye)
	return out
}

// limited tells whether a value can be out of range.
func (s *slot) limited() bool {
	return s.min != nil || s.max != nil || s.from != "" || s.to != "" || s.typ == MoneySlot || s.typ == TimeSlot && !s.past
}

// refuse answers a value that is of the right kind and cannot be: it says what
// can, and listens again. That counts as a miss, so that the ladder ends it.
func (s *Session) refuse(n *node, a *ask) {
	ladder := s.flow.ladder(n, false)
	if r := ladder[min(s.st.Misses, len(ladder)-1)]; r.leaves() {
		s.failed(false)
		return
	}
	s.st.Misses++
	if err := s.sayOutOfRange(n, a.slot, a.outOfRange); err != nil {
		s.fault(err.Error())
		return
	}
	s.listen(n)
}

// took tells what follows from a slot's new value: it is remembered for the
// contact's later calls where the flow says so. setSlot calls it.
func (s *Session) took(sl *slot, value any) {
	if sl.remember {
		s.emit(Remember{Name: sl.name, Value: value})
	}
}

// typeWords are the words of a type that a recogniser should expect besides
// numbers.
func typeWords(typ SlotType, chinese bool) []string {
	switch {
	case typ == MoneySlot && chinese:
		return []string{"块", "元", "块钱", "毛", "角", "分", "万", "亿"}
	case typ == MoneySlot:
		return []string{"dollars", "dollar", "cents", "pounds", "euros", "grand", "bucks"}
	case typ == PercentSlot && chinese:
		return []string{"百分之", "成", "折"}
	case typ == PercentSlot:
		return []string{"percent", "per cent", "half", "quarter"}
	case typ == PlateSlot && chinese:
		return []string{"京", "津", "沪", "渝", "冀", "豫", "云", "辽", "黑", "湘", "皖", "鲁", "新", "苏", "浙", "赣", "鄂", "桂", "甘", "晋", "蒙", "陕", "吉", "闽", "贵", "粤", "青", "藏", "川", "宁", "琼"}
	}
	return nil
}
