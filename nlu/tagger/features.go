package tagger

// Templates of features. The number is part of the hash, so it must not change
// for models that were saved.
const (
	tplBias = iota + 1
	tplWord
	tplPair
	tplTriple
	tplAround
	tplPrefix
	tplSuffix
	tplShape
	tplPlace
	tplSeen
	tplSeenPair
	tplName
	tplNameShort
	tplLeft
	tplRight
	tplBoth
	tplBagLeft
	tplBagRight
	tplIntent
	tplIntentWord
	tplIntentSeen
	tplIntentAnchor
	tplIntentName
	tplWordSeen
	tplShapes
)

// seedOf keeps templates and offsets apart.
func seedOf(template, offset int) uint64 { return uint64(template)<<8 | uint64(offset+16) }

// view is a sentence about to be described.
type view struct {
	tokens []token
	know   *knowledge
	mine   own // empty when tagging
	intent int // -1: unknown

	words  []seen
	names  []nameAt // the longest known name over each token
	anchor []bool
	shapes []uint64
	out    []uint64
}

// nameAt is a known name and where a token stands in it.
type nameAt struct {
	seen seen
	part int // first, inner, last, only; 0: none
	size int
}

const outsideWord = 0x0B0E

func (v *view) prepare() {
	n := len(v.tokens)
	v.words, v.names, v.anchor = make([]seen, n), make([]nameAt, n), make([]bool, n)
	v.shapes = make([]uint64, n)
	for i, t := range v.tokens {
		v.words[i] = look(v.know.words[t.id], v.mine.words[t.id])
		v.anchor[i] = v.know.freq[t.id]
		v.shapes[i] = shape(t)
	}
	for i := range v.tokens {
		h := uint64(nameSeed)
		for j := i; j < n && j < i+maxName; j++ {
			h = nameHash(h, v.tokens[j])
			key := finish(h)
			all := v.know.names[key]
			if all == nil {
				continue
			}
			if s := look(all, v.mine.names[key]); s.often > 0 {
				v.cover(i, j, s)
			}
		}
	}
}

// cover notes a name at tokens from..to where no longer one is known.
func (v *view) cover(from, to int, s seen) {
	for i := from; i <= to; i++ {
		if v.names[i].part != 0 && v.names[i].size >= to-from+1 {
			continue
		}
		part := inner
		switch {
		case from == to:
			part = only
		case i == from:
			part = first
		case i == to:
			part = last
		}
		v.names[i] = nameAt{seen: s, part: part, size: to - from + 1}
	}
}

func (v *view) word(i int) uint64 {
	if i < 0 || i >= len(v.tokens) {
		return outsideWord + uint64(min(max(i, -1), len(v.tokens))+2)%2
	}
	return v.tokens[i].id
}

func (v *view) seenAt(i int) uint64 {
	if i < 0 || i >= len(v.tokens) {
		return 1 << 50
	}
	return v.words[i].hash()
}

func (v *view) emit(template, offset int, values ...uint64) {
	h := seedOf(template, offset)
	for _, x := range values {
		h = mix(h, x)
	}
	v.out = append(v.out, finish(h))
}

// describe gives the features of token i. The result is valid until the next
// call.
func (v *view) describe(i int) []uint64 {
	v.out = v.out[:0]
	v.emit(tplBias, 0)
	v.lexicalFeatures(i)
	v.formFeatures(i)
	v.knownFeatures(i)
	v.anchorFeatures(i)
	if v.intent >= 0 {
		v.intentFeatures(i)
	}
	return v.out
}

func (v *view) lexicalFeatures(i int) {
	for d := -3; d <= 3; d++ {
		v.emit(tplWord, d, v.word(i+d))
	}
	for d := -3; d <= 2; d++ {
		v.emit(tplPair, d, v.word(i+d), v.word(i+d+1))
	}
	for d := -3; d <= 1; d++ {
		v.emit(tplTriple, d, v.word(i+d), v.word(i+d+1), v.word(i+d+2))
	}
	v.emit(tplAround, 0, v.word(i-1), v.word(i+1))
	v.emit(tplAround, 1, v.word(i-2), v.word(i))
	v.emit(tplAround, 2, v.word(i), v.word(i+2))
}

func (v *view) formFeatures(i int) {
	t := v.tokens[i]
	for d := -2; d <= 2; d++ {
		v.emit(tplShape, d, v.shapeAt(i+d))
	}
	v.emit(tplShapes, 0, v.shapeAt(i-1), v.shapeAt(i))
	v.emit(tplShapes, 1, v.shapeAt(i), v.shapeAt(i+1))
	v.emit(tplShapes, 2, v.shapeAt(i-1), v.shapeAt(i), v.shapeAt(i+1))
	v.emit(tplShapes, 3, v.shapeAt(i-2), v.shapeAt(i-1), v.shapeAt(i))
	v.emit(tplShapes, 4, v.shapeAt(i), v.shapeAt(i+1), v.shapeAt(i+2))
	if t.kind != kindHan && t.kind != kindSign && !t.masked {
		for n := 1; n <= 4 && n < len(t.letters); n++ {
			v.emit(tplPrefix, n, hashRunes(t.letters[:n]))
			v.emit(tplSuffix, n, hashRunes(t.letters[len(t.letters)-n:]))
		}
	}
	v.emit(tplPlace, 0, uint64(min(i, 3)))
	v.emit(tplPlace, 1, uint64(min(len(v.tokens)-1-i, 3)))
	v.emit(tplPlace, 2, uint64(min(len(v.tokens), 12)), uint64(min(i, 1)))
}

// shape is a token's kind, class, and for digits its length.
func shape(t token) uint64 {
	n := len(t.letters)
	if t.kind == kindWord {
		n = min(n, 3)
	}
	class := uint64(0)
	if !t.masked {
		class = classOf(t)
	}
	return class<<16 | uint64(t.kind)<<8 | uint64(min(n, 6))
}

func (v *view) shapeAt(i int) uint64 {
	if i < 0 || i >= len(v.tokens) {
		return 1 << 40
	}
	return v.shapes[i]
}

func (v *view) knownFeatures(i int) {
	for d := -2; d <= 2; d++ {
		v.emit(tplSeen, d, v.seenAt(i+d))
	}
	v.emit(tplSeenPair, 0, v.seenAt(i-1), v.seenAt(i))
	v.emit(tplSeenPair, 1, v.seenAt(i), v.seenAt(i+1))
	v.emit(tplSeenPair, 2, v.seenAt(i-1), v.seenAt(i), v.seenAt(i+1))
	v.emit(tplWordSeen, 0, v.word(i-1), v.seenAt(i))
	v.emit(tplWordSeen, 1, v.seenAt(i), v.word(i+1))
	v.emit(tplWordSeen, 2, v.word(i-1), v.seenAt(i), v.word(i+1))
	for d := -1; d <= 1; d++ {
		if j := i + d; j >= 0 && j < len(v.tokens) {
			n := v.names[j]
			v.emit(tplName, d, uint64(n.part), n.seen.hash(), uint64(min(n.size, 4)))
			v.emit(tplNameShort, d, uint64(n.part), uint64(n.seen.label), uint64(n.seen.pure))
		}
	}
}

// anchors finds the nearest tokens on both sides that are frequent and mean
// the same nearly always: "playlist", "的歌".
func (v *view) anchors(i int) (left, right int) {
	left, right = i-1, i+1
	for left >= 0 && !v.anchor[left] {
		left--
	}
	for right < len(v.tokens) && !v.anchor[right] {
		right++
	}
	return left, right
}

func (v *view) anchorFeatures(i int) {
	left, right := v.anchors(i)
	l, r := v.word(left), v.word(right)
	v.emit(tplLeft, 0, l, uint64(min(i-left, 4)))
	v.emit(tplLeft, 1, l, v.word(left-1))
	v.emit(tplRight, 0, r, uint64(min(right-i, 4)))
	v.emit(tplRight, 1, r, v.word(right+1))
	v.emit(tplBoth, 0, l, r)
	v.emit(tplBoth, 1, l, r, uint64(min(i-left, 2)), uint64(min(right-i, 2)))
	v.emit(tplBoth, 2, l, r, v.seenAt(i))
	for j := max(0, i-8); j < i; j++ {
		if v.anchor[j] {
			v.emit(tplBagLeft, 0, v.word(j))
		}
	}
	for j := i + 1; j < len(v.tokens) && j < i+9; j++ {
		if v.anchor[j] {
			v.emit(tplBagRight, 0, v.word(j))
		}
	}
}

func (v *view) intentFeatures(i int) {
	in := uint64(v.intent)
	left, right := v.anchors(i)
	v.emit(tplIntent, 0, in)
	v.emit(tplIntentWord, 0, in, v.word(i))
	v.emit(tplIntentWord, -1, in, v.word(i-1))
	v.emit(tplIntentWord, 1, in, v.word(i+1))
	v.emit(tplIntentSeen, 0, in, v.seenAt(i))
	v.emit(tplIntentAnchor, 0, in, v.word(left))
	v.emit(tplIntentAnchor, 1, in, v.word(right))
	v.emit(tplIntentAnchor, 2, in, v.word(left), v.word(right))
	v.emit(tplIntentName, 0, in, uint64(v.names[i].part), uint64(v.names[i].seen.label))
}
