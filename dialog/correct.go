package dialog

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dialwright/dialwright/nlu"
)

// A correction may come so many turns after the value it corrects.
const correctionTurns = 2

// weakCorrection is how many words more than the value a correction may have
// that only began with no.
const weakCorrection = 6

type cue struct {
	words  string
	strong bool
}

// correctionCues are how people begin to correct. Longer ones come first.
func correctionCues(language string) []cue {
	if nlu.IsChinese(language) {
		return []cue{{"我说的是", true}, {"我刚才说的是", true}, {"我刚说的是", true}, {"我是说", true}, {"我的意思是", true}, {"应该是", true},
			{"说错了", true}, {"你听错了", true}, {"听错了", true}, {"错了", true}, {"不对", true}, {"更正一下", true}, {"改成", true},
			{"不是的", false}, {"不是", false}, {"不不", false}, {"不", false}, {"哦", false}, {"啊", false}}
	}
	return []cue{{"that is not what i said", true}, {"that's not what i said", true}, {"that is not right", true}, {"that's not right", true},
		{"that is wrong", true}, {"that's wrong", true}, {"what i said was", true}, {"i wanted to say", true}, {"i said", true}, {"i meant", true},
		{"i mean", true}, {"you got that wrong", true}, {"not right", true}, {"wrong", true}, {"correction", true}, {"make that", true},
		{"make it", true}, {"it should be", true}, {"change it to", true}, {"sorry", false}, {"actually", false}, {"no", false}, {"oh", false},
		{"wait", false}}
}

// denies tells whether what follows a Chinese no is what is denied (不是周三),
// not what is right instead (不是，是周二).
func denies(after string) bool {
	first, _ := utf8.DecodeRuneInString(after)
	return after != "" && !strings.ContainsRune("，。！、；： ,.!是我要应改不", first)
}

// cueOf takes the beginnings of a correction off an utterance. 0: it is none,
// 1: perhaps, 2: surely.
func cueOf(text, language string) (rest string, strength int) {
	rest = strings.ToLower(strings.TrimSpace(text))
	chinese := nlu.IsChinese(language)
	for again := true; again; {
		again = false
		rest = strings.TrimLeft(rest, " ,.!?;:，。！？；：、-")
		for _, c := range correctionCues(language) {
			after, ok := strings.CutPrefix(rest, c.words)
			if !ok || !chinese && after != "" && !strings.ContainsRune(" ,.!?;:-", rune(after[0])) {
				continue
			}
			if chinese && !c.strong && denies(after) {
				break
			}
			rest, again = after, true
			strength = max(strength, 1)
			if c.strong {
				strength = 2
			}
			break
		}
	}
	return rest, strength
}

// correction reads "no, I said Tuesday": a new value for a slot that was
// filled a moment ago.
func (s *Session) correction(n *node, text string) func() {
	if !s.mayCorrect(n) {
		return nil
	}
	rest, strength := cueOf(text, s.flow.Language)
	if strength == 0 || strings.TrimSpace(rest) == "" {
		return nil
	}
	for _, f := range s.recent(rest) {
		sl := s.flow.slots[f.Slot]
		if f.Level > 0 {
			sl = s.sub().slots[f.Slot]
		}
		if sl == nil || !fits(sl, rest, strength) || strength < 2 && n.ask != nil && n.ask.slot.typ == sl.typ && !names(rest, sl.name) {
			continue
		}
		value, ok := sl.understand(rest, s.hearing(true))
		if !ok || value == s.value(sl.name) {
			continue
		}
		return func() { s.corrected(n, sl, value) }
	}
	return nil
}

func (s *Session) mayCorrect(n *node) bool {
	for _, set := range []settings{n.settings, s.flow.defaults} {
		if set.corrections != nil {
			return *set.corrections
		}
	}
	return true
}

// recent are the slots filled a moment ago, those named in the words first,
// then the newest first.
func (s *Session) recent(words string) []filledSlot {
	var named, others []filledSlot
	for _, f := range slices.Backward(s.st.Filled) {
		if s.st.Turn-f.Turn > correctionTurns || f.Level != 0 && f.Level != s.st.Level {
			continue
		}
		if names(words, f.Slot) {
			named = append(named, f)
		} else {
			others = append(others, f)
		}
	}
	return append(named, others...)
}

func names(words, slot string) bool {
	name := strings.ToLower(strings.ReplaceAll(slot, "_", " "))
	return len(name) > 2 && strings.Contains(words, name)
}

// fits tells whether words after a cue may be meant for a slot: anything is a
// text, so that texts want a sure sign, and a short no is not a correction of
// everything.
func fits(sl *slot, rest string, strength int) bool {
	switch sl.typ {
	case BooleanSlot, ConsentSlot, RecordingSlot:
		return false
	case TextSlot, NameSlot, AddressSlot:
		return strength == 2
	}
	return strength == 2 || len(nlu.Tokens(rest)) <= weakCorrection
}

// corrected takes the new value, says so, and asks again what was asked.
func (s *Session) corrected(n *node, sl *slot, value any) {
	if !s.fillSlot(sl, value) {
		return
	}
	words := sentencesOf(s.flow.Language)
	s.speak(n, words.changed[0]+s.spoken(sl)+words.changed[1], "", false)
	if n.say != nil { // what was asked may have named the old value
		s.st.Spoken = nil
		if err := s.say(n, n.say, true); err != nil {
			s.fault(err.Error())
			return
		}
	} else {
		s.again(n)
	}
	s.listen(n)
}

// spoken is a slot's value as it is read back.
func (s *Session) spoken(sl *slot) string {
	v := s.value(sl.name)
	if v == nil {
		return ""
	}
	return s.flow.speaker(nil, s).plain(v, sl.typ, sl)
}
