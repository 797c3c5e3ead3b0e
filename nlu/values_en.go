package nlu

// enKindReader finds the first value in w.
type enKindReader func(in *enInput) (enHit, bool)

// enInput is an utterance that is read for a value.
type enInput struct {
	w    enWords
	text string
	o    ReadOptions
}

// enHit is a value with the words it takes, to exclusive.
type enHit struct {
	v        Value
	from, to int
}

// enKinds are the readers of the kinds. Those with repairs go on behind "no, I
// mean": the value said last counts.
var enKinds = map[Kind]struct {
	read    enKindReader
	repairs bool
}{
	KindNumber:   {(*enInput).readNumber, true},
	KindPercent:  {(*enInput).readPercent, true},
	KindOrdinal:  {(*enInput).readOrdinal, true},
	KindMoney:    {(*enInput).readMoney, true},
	KindDigits:   {(*enInput).readDigits, false},
	KindPhone:    {(*enInput).readPhone, false},
	KindTime:     {(*enInput).readTime, false}, // repaired in part: "tomorrow at three, no, Friday"
	KindDate:     {(*enInput).readDate, false},
	KindDuration: {(*enInput).readDuration, true},
	KindBoolean:  {(*enInput).readBoolean, false},
	KindID:       {(*enInput).readID, false},
	KindPlate:    {(*enInput).readPlate, false},
	KindEmail:    {(*enInput).readEmail, false},
	KindName:     {(*enInput).readName, false},
	KindAddress:  {(*enInput).readAddress, false},
}

// enRepairs are the ways to take back what was just said.
var enRepairs = []string{"no i mean", "no i meant", "no i said", "no sorry", "no wait", "no make that", "no make it", "i mean", "i meant", "sorry i mean", "sorry",
	"make that", "scratch that", "correction", "wait no", "or rather", "actually no", "no actually", "actually", "no"}

func enRead(kind Kind, text string, o ReadOptions) (Value, bool) {
	k, ok := enKinds[kind]
	if !ok {
		return Value{}, false
	}
	drop := fillers
	if kind == KindBoolean { // "uh huh" is an answer
		drop = nil
	}
	in := &enInput{w: enLex(text, drop), text: text, o: o}
	hit, ok := k.read(in)
	if !ok {
		return Value{}, false
	}
	if k.repairs {
		hit = in.repaired(k.read, hit)
	}
	hit.v.Start, hit.v.End = in.w[hit.from].start, in.w[hit.to-1].end
	return hit.v, true
}

// repaired looks for another value behind words that take the first one back:
// "five, no, six".
func (in *enInput) repaired(read enKindReader, hit enHit) enHit {
	for i := hit.to; i < len(in.w); i++ {
		n := in.w.hasAny(i, enRepairs)
		if n == 0 {
			continue
		}
		rest := &enInput{w: in.w[i+n:], text: in.text, o: in.o}
		// Only at once: "tuesday, no problem, I was born in 1980" repairs nothing.
		if next, ok := read(rest); ok && next.from <= 2 {
			next.from, next.to = next.from+i+n, next.to+i+n
			return in.repaired(read, next) // perhaps taken back in its turn
		}
	}
	return hit
}

// enBeforeOne and enAfterOne stand around a "one" that is no number: that one,
// one moment.
var (
	enBeforeOne = wordSet("that this no the which every any some first second third last next other another good new each old big small right wrong same")
	enAfterOne  = wordSet("moment second sec minute thing day of more another who that last")
)

// pronoun tells whether the word at i is a "one" that counts nothing.
func (w enWords) pronoun(i int) bool {
	return w.at(i) == "one" && (enBeforeOne[w.at(i-1)] || enAfterOne[w.at(i+1)])
}

// insideWord tells whether the figure at i is part of a name, a time or an
// ordinal: b12, 12b, 3:30, 3pm, 3rd.
func (w enWords) insideWord(i int) bool {
	if !w.isNum(i) {
		return false
	}
	if w.glued(i) && !w.isNum(i-1) && !w.isSign(i-1) {
		return true
	}
	if w.sep(i) == ':' || w.sep(i+1) == ':' && w.isNum(i+1) {
		return true
	}
	s, _ := w.scaleAt(i + 1)
	return w.glued(i+1) && !w.isNum(i+1) && s == 0 && !w.isSign(i+1) && !w.isOne(i+1, "p")
}

func (w enWords) isSign(i int) bool {
	switch w.at(i) {
	case "$", "£", "€", "¥", "₹", "%", "+", "@", "#", "_", "&", "-":
		return true
	}
	return false
}

// numberFrom finds the first number from i on, with the words it begins at.
func (w enWords) numberFrom(i int, pairs enPairs) (at int, x enNum) {
	for ; i < len(w); i++ {
		if w.isOne(i, "half", "quarter") && w.isOne(i+1, "past", "to", "after", "till") { // half past three
			i += 2
			continue
		}
		if w.insideWord(i) || w.pronoun(i) {
			continue
		}
		x := w.number(i, pairs)
		if x.n == 0 {
			continue
		}
		if d, n := w.ordinal(i); n > x.n && d > 0 { // twenty third is no twenty
			i += n - 1
			continue
		}
		return i, x
	}
	return 0, enNum{}
}

func (in *enInput) readNumber() (enHit, bool) {
	pairs := centuries
	if in.o.Asked {
		pairs = allPairs
	}
	i, x := in.w.numberFrom(0, pairs)
	if x.n == 0 {
		return enHit{}, false
	}
	// One digit after the other, right after the question: one two three is 123.
	if run := in.w.digitRun(i); in.o.Asked && x.n == 1 && run.n >= 3 && len(run.s) == run.n && run.n <= 15 {
		x.n, x.v = run.n, 0
		for _, d := range run.s {
			x.v = x.v*10 + float64(d-'0')
		}
	}
	if v, n := in.w.rangeScale(i, x); n > 0 {
		x.v = v
	}
	return enHit{Value{Number: x.v}, i, i + x.n}, true
}

// until reads the second number of a range ("two to three", "two or three") and
// returns it with the index behind it.
func (w enWords) until(i int) (enNum, int) {
	if !w.isOne(i, "to", "or", "and", "until", "through") && w.sep(i) != '-' {
		return enNum{}, 0
	}
	if w.sep(i) != '-' {
		i++
	}
	y := w.number(i, noPairs)
	if y.n == 0 {
		return enNum{}, 0
	}
	return y, i + y.n
}

// rangeScale gives the first number of a range the scale that only the second
// one has: two or three hundred.
func (w enWords) rangeScale(i int, x enNum) (v float64, n int) {
	if x.scale != 1 || x.v <= 0 || x.v >= 100 || w.at(i+x.n) == "and" {
		return 0, 0
	}
	y, end := w.until(i + x.n)
	if end == 0 {
		return 0, 0
	}
	s := y.scale
	if s == 1 && w.isOne(end-1, "hundred") {
		s = 100
	}
	if s > 1 && y.v/s > x.v && y.v/s < 1000 {
		return x.v * s, end - i
	}
	return 0, 0
}

// percentAt reads percent, per cent, %.
func (w enWords) percentAt(i int) (factor float64, n int) {
	for _, p := range []struct {
		words  string
		factor float64
	}{{"percent", 0.01}, {"%", 0.01}, {"per cent", 0.01}, {"pct", 0.01}, {"percentage points", 0.01}, {"percentage point", 0.01}, {"basis points", 0.0001}} {
		if m := w.has(i, p.words); m > n {
			factor, n = p.factor, m
		}
	}
	return factor, n
}

var enAll = []string{"all of it", "the whole thing", "everything", "the full amount", "the whole amount", "the lot"}

func (in *enInput) readPercent() (enHit, bool) {
	w := in.w
	for i := range w {
		if v, n := w.percent(i); n > 0 {
			return enHit{Value{Number: v}, i, i + n}, true
		}
		// A fraction by itself is one only as an answer, or of something.
		if f, n := w.fraction(i); n > 0 && (in.o.Asked || w.at(i+n) == "of" && !w.partOfHour(i+n+1)) && w.fractionOf(i, f, n).v == f {
			return enHit{Value{Number: f}, i, i + n}, true
		}
		if n := w.hasAny(i, enAll); n > 0 && in.o.Asked {
			return enHit{Value{Number: 1}, i, i + n}, true
		}
	}
	if !in.o.Asked {
		return enHit{}, false
	}
	i, x := w.numberFrom(0, noPairs)
	if x.n == 0 || enNoAmount[w.at(i+x.n)] {
		return enHit{}, false
	}
	return enHit{Value{Number: x.v / 100}, i, i + x.n}, true
}

// partOfHour tells a quarter of an hour and a quarter of four from shares.
func (w enWords) partOfHour(i int) bool {
	if w.isOne(i, "a", "an", "one") {
		_, n := w.unitAt(i + 1)
		return n > 0
	}
	_, n := w.tens(i)
	return n > 0
}

// percent reads a share at i: twenty percent, half a percent, nine out of ten.
func (w enWords) percent(i int) (v float64, n int) {
	if f, m := w.fraction(i); m > 0 {
		k := i + m
		if w.at(k) == "of" {
			k++
		}
		if w.isOne(k, "a", "an", "one") {
			k++
		}
		if p, m := w.percentAt(k); m > 0 {
			return f * p, k + m - i
		}
		return 0, 0
	}
	if w.isOne(i, "a", "one") {
		if p, m := w.percentAt(i + 1); m > 0 {
			if f, more := w.andFraction(i + 1 + m); more > 0 {
				return (1 + f) * p, 1 + m + more
			}
			return p, 1 + m
		}
	}
	x := w.number(i, noPairs)
	if x.n == 0 {
		return 0, 0
	}
	if p, m := w.percentAt(i + x.n); m > 0 {
		return scaleDown(x.v, p), x.n + m
	}
	if k := w.has(i+x.n, "out of"); k > 0 {
		if y := w.number(i+x.n+k, noPairs); y.n > 0 && y.v > 0 && x.v >= 0 && x.v <= y.v {
			return x.v / y.v, x.n + k + y.n
		}
	}
	if _, end := w.until(i + x.n); end > 0 {
		if p, m := w.percentAt(end); m > 0 {
			return scaleDown(x.v, p), x.n
		}
	}
	return 0, 0
}

// scaleDown divides rather than multiplies, which keeps 0.07 what it is.
func scaleDown(v, by float64) float64 {
	if by == 0.01 {
		return v / 100
	}
	return v / 10000
}
