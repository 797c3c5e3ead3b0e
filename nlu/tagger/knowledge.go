package tagger

// maxName is the longest name, in tokens, that the lists of names keep.
const maxName = 12

// tally counts how often something was seen in training, and as what.
// counts[0] is outside of entities, counts[k+1] in entities of type k.
type tally struct {
	total  int32
	counts []labelCount
}

type labelCount struct {
	label uint16
	count int32
}

func (t *tally) add(label uint16, n int32) {
	for i := range t.counts {
		if t.counts[i].label == label {
			t.counts[i].count += n
			return
		}
	}
	t.counts = append(t.counts, labelCount{label, n})
}

// knowledge is what the training sentences tell about words and names. While
// a training sentence is read, what only it told must not count, or the
// tagger would learn to trust its lists more than new sentences warrant.
type knowledge struct {
	words map[uint64]*tally // by token
	names map[uint64]*tally // by hash of the tokens of a name; total: seen at all, as an entity or not
	freq  map[uint64]bool   // words frequent and regular enough to find one's way by
}

// own is the share of one sentence in knowledge.
type own struct {
	words, names map[uint64]*tally
}

func nameHash(h uint64, t token) uint64 { return mix(h, t.id) }

const nameSeed = 0x9A3E

// share counts what one sentence tells. names has the total of every known
// name in it; known is nil while names are being collected.
func share(tokens []token, gold []int, known map[uint64]*tally) own {
	o := own{words: map[uint64]*tally{}, names: map[uint64]*tally{}}
	count := func(m map[uint64]*tally, key uint64) *tally {
		t := m[key]
		if t == nil {
			t = &tally{}
			m[key] = t
		}
		return t
	}
	for i, t := range tokens {
		w := count(o.words, t.id)
		w.total++
		w.add(uint16(typeOf(gold[i])+1), 1)
	}
	for _, c := range chunks(gold) {
		if c.to-c.from <= maxName {
			h := uint64(nameSeed)
			for _, t := range tokens[c.from:c.to] {
				h = nameHash(h, t)
			}
			count(o.names, finish(h)).add(uint16(c.typ+1), 1)
		}
	}
	if known == nil {
		return o
	}
	for i := range tokens {
		h := uint64(nameSeed)
		for j := i; j < len(tokens) && j < i+maxName; j++ {
			h = nameHash(h, tokens[j])
			if key := finish(h); known[key] != nil {
				count(o.names, key).total++
			}
		}
	}
	return o
}

func merge(into, from map[uint64]*tally) {
	for key, t := range from {
		sum := into[key]
		if sum == nil {
			sum = &tally{}
			into[key] = sum
		}
		sum.total += t.total
		for _, c := range t.counts {
			sum.add(c.label, c.count)
		}
	}
}

// learn gathers the knowledge of all sentences, and each one's own share.
func learn(sentences []sentence) (*knowledge, []own) {
	k := &knowledge{words: map[uint64]*tally{}, names: map[uint64]*tally{}, freq: map[uint64]bool{}}
	for _, s := range sentences {
		o := share(s.tokens, s.gold, nil)
		merge(k.words, o.words)
		merge(k.names, o.names)
	}
	shares := make([]own, len(sentences))
	tokens := 0
	for i, s := range sentences {
		shares[i] = share(s.tokens, s.gold, k.names)
		tokens += len(s.tokens)
		for key, t := range shares[i].names {
			k.names[key].total += t.total
		}
	}
	enough := int32(max(4, tokens/4000))
	for key, t := range k.words {
		for _, c := range t.counts {
			if t.total >= enough && float64(c.count) >= 0.75*float64(t.total) {
				k.freq[key] = true
			}
		}
	}
	return k, shares
}

// seen is a tally without a sentence's own share, in the coarse form that
// features are made of.
type seen struct {
	label  uint16 // the most frequent one
	second uint16 // the next, equal to label when there is none
	pure   uint8  // its share of all: 3 nearly always, 2 mostly, 1 often, 0 seldom
	often  uint8  // 0 never seen, 1 once, 2 a few times, 3 often
	total  int32
}

func look(all, mine *tally) seen {
	if all == nil {
		return seen{}
	}
	total := all.total
	if mine != nil {
		total -= mine.total
	}
	var s seen
	bestN, secondN, sum := int32(0), int32(0), int32(0)
	for _, c := range all.counts {
		n := c.count
		if mine != nil {
			for _, m := range mine.counts {
				if m.label == c.label {
					n -= m.count
				}
			}
		}
		sum += n
		switch {
		case n > bestN || n == bestN && n > 0 && c.label < s.label:
			s.second, secondN = s.label, bestN
			s.label, bestN = c.label, n
		case n > secondN || n == secondN && n > 0 && c.label < s.second:
			s.second, secondN = c.label, n
		}
	}
	if sum == 0 {
		return seen{total: total}
	}
	if secondN*5 < bestN {
		s.second = s.label
	}
	s.total = max(total, sum)
	s.often = bucket(sum)
	switch ratio := float64(bestN) / float64(s.total); {
	case ratio > 0.95:
		s.pure = 3
	case ratio > 0.7:
		s.pure = 2
	case ratio > 0.35:
		s.pure = 1
	}
	return s
}

func bucket(n int32) uint8 {
	switch {
	case n <= 0:
		return 0
	case n == 1:
		return 1
	case n < 6:
		return 2
	}
	return 3
}

func (s seen) hash() uint64 {
	return uint64(s.label)<<24 | uint64(s.second)<<8 | uint64(s.pure)<<4 | uint64(s.often)
}
