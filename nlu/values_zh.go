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
		return zhKind{zhReadNumber, zhNoise, true}, true
	case KindPercent:
		return zhKind{zhReadPercent, zhNoise, true}, true
	case KindOrdinal:
		return zhKind{zhReadOrdinal, zhNoise, true}, true
	case KindMoney:
		return zhKind{zhReadMoney, zhNoise, true}, true
	case KindDigits:
		return zhKind{zhReadDigits, zhFew, true}, true
	case KindPhone:
		return zhKind{zhReadPhone, zhFew, false}, true
	case KindTime:
		return zhKind{zhReadTime, zhNoise, true}, true
	case KindDate:
		return zhKind{zhReadDate, zhNoise, true}, true
	case KindDuration:
		return zhKind{zhReadDuration, zhNoise, true}, true
	case KindBoolean:
		return zhKind{zhReadBoolean, "呃", false}, true
	case KindID:
		return zhKind{zhReadID, zhFew, false}, true
	case KindPlate:
		return zhKind{zhReadPlate, zhFew, true}, true
	case KindEmail:
		return zhKind{zhReadEmail, zhFew, true}, true
	case KindName:
		return zhKind{zhReadName, zhFew, false}, true
	case KindAddress:
		return zhKind{zhReadAddress, zhFew, true}, true
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
				return v, true
			}
		}
	}
	return k.read(t, o)
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
