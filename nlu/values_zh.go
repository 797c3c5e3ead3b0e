package nlu

// zhReader reads one kind of value from a prepared text.
type zhReader func(t zhText, o ReadOptions) (Value, bool)

// zhKind says how a kind is read.
type zhKind struct {
	read zhReader
	drop string // characters that mean nothing to it
	// mend tells that of a value and its correction the correction counts:
	// 明天，不对，后天. The other kinds look at corrections themselves.
	mend bool
	// verbatim keeps traditional characters in Text.
	verbatim bool
}

// zhNoise are hesitations and particles. 那个 is left to the readers: it also
// points at things.
const zhNoise = zhFillers + "喂诺唔呵嘿"

// zhFew are the hesitations where particles may be part of a name or stand for
// a letter.
const zhFew = "呃嗯"

func zhKindOf(kind Kind) (zhKind, bool) {
	switch kind {
	case KindNumber:
		return zhKind{zhReadNumber, zhNoise, true, false}, true
	case KindPercent:
		return zhKind{zhReadPercent, zhNoise, true, false}, true
	case KindOrdinal:
		return zhKind{zhReadOrdinal, zhNoise, true, false}, true
	case KindMoney:
		return zhKind{zhReadMoney, zhNoise, true, false}, true
	case KindDigits:
		return zhKind{zhReadDigits, zhFew, true, false}, true
	case KindPhone:
		return zhKind{zhReadPhone, zhFew, false, false}, true
	case KindTime:
		return zhKind{zhReadTime, zhNoise, true, false}, true
	case KindDate:
		return zhKind{zhReadDate, zhNoise, true, false}, true
	case KindDuration:
		return zhKind{zhReadDuration, zhNoise, true, false}, true
	case KindBoolean:
		return zhKind{zhReadBoolean, "呃", false, false}, true
	case KindID:
		return zhKind{zhReadID, zhFew, false, false}, true
	case KindPlate:
		return zhKind{zhReadPlate, zhFew, true, false}, true
	case KindEmail:
		return zhKind{zhReadEmail, zhFew, true, false}, true
	case KindName:
		return zhKind{zhReadName, zhFew, false, true}, true
	case KindAddress:
		return zhKind{zhReadAddress, zhFew, true, true}, true
	}
	return zhKind{}, false
}

func zhRead(kind Kind, text string, o ReadOptions) (Value, bool) {
	k, known := zhKindOf(kind)
	if !known {
		return Value{}, false
	}
	t := zhFold(text, k.drop)
	if k.mend {
		if i := t.correction(); i > 0 {
			if v, ok := k.read(t.from(i), o); ok {
				return k.finish(text, v), true
			}
		}
	}
	v, ok := k.read(t, o)
	if !ok {
		return Value{}, false
	}
	return k.finish(text, v), true
}

// finish gives names and addresses the characters they were written with: 張
// is not 张 to who is called so.
func (k zhKind) finish(text string, v Value) Value {
	if !k.verbatim {
		return v
	}
	said, out, next := []rune(text)[v.Start:v.End], []rune(v.Text), 0
	for i, r := range out {
		for j := next; j < len(said); j++ {
			if isHan(said[j]) && zhRune(said[j]) == r {
				out[i], next = said[j], j+1
				break
			}
		}
	}
	v.Text = string(out)
	return v
}

// zhCorrections announce that what follows is right and what stands before was
// not.
var zhCorrections = zhSet("不对 错了 说错了 哦不 应该是 更正 更正一下 改成 改为 改到 而是 搞错了 不不不 还是改 我是说 ,不,")

// correction is where the last correction's words end, 0 when there is none.
func (t zhText) correction() int {
	end := 0
	for i := 1; i < len(t.c); i++ {
		if _, n := zhCorrections.at(t, i); n > 0 && i+n < len(t.c) {
			i += n
			end = i
			i--
		} else if n := t.one(i, ",是", ",要", "是"); n > 0 && t.has(0, "不是") > 0 && i > 2 && i+n < len(t.c) { // 不是明天，是后天
			end = i + n
		}
	}
	return end
}
