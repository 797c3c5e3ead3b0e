package gazetteer

// Costs of hearing one unit for another, in hundredths of a unit.
const (
	costWrong    = 100 // another letter, one too many, one missing
	costVowel    = 50  // another vowel, c for k, a letter doubled: smyth, katherine
	costSameTone = 10  // another character with the same sound
	costTone     = 20  // the same syllable in another tone
	costLoose    = 35  // a syllable that is often mixed up with it
)

// budget is the largest cost at which a name is still found. Short names must
// be right, or everything would sound like them.
func budget(units []unit) int {
	n, han := len(units), false
	for _, u := range units {
		han = han || u.sounding()
	}
	switch {
	case han && n == 1:
		return 0
	case han && n < 4:
		return min(costLoose*n, costWrong-1)
	case han && n < 7:
		return costWrong + costLoose
	case han:
		return 2 * costWrong
	case n < 5:
		return 0
	case n < 8:
		return costWrong
	case n < 12:
		return 2 * costWrong
	}
	return 3 * costWrong
}

// cost of hearing h where the name has w.
func cost(w, h unit) int {
	if w.r == h.r {
		return 0
	}
	if len(w.sounds) > 0 && len(h.sounds) > 0 && (w.han() || h.han()) {
		best := costWrong
		for _, a := range w.sounds {
			for _, b := range h.sounds {
				switch {
				case a.toned == b.toned:
					best = min(best, costSameTone)
				case a.plain == b.plain:
					best = min(best, costTone)
				case a.loose == b.loose:
					best = min(best, costLoose)
				}
			}
		}
		if w.digitSound != h.digitSound && best <= costTone {
			return 0 // 7 and 七 are the same
		}
		return best
	}
	if alike(w.r, h.r) {
		return costVowel
	}
	return costWrong
}

// alike tells whether two letters are often written for the same sound.
func alike(a, b rune) bool {
	f := family(a)
	return f != 0 && f == family(b)
}

func family(r rune) int {
	switch r {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return 1
	case 'c', 'k', 'q':
		return 2
	case 's', 'z':
		return 3
	case 'f', 'v':
		return 4
	case 'g', 'j':
		return 5
	}
	return 0
}

// gap is the cost of a unit that is missing or too many, after the one before.
func gap(u unit, before rune) int {
	if u.r == 'h' || u.r == before && !u.han() {
		return costVowel
	}
	return costWrong
}

// hit is a phrase found in units from..to of a text, to exclusive.
type hit struct {
	phrase   int32
	from, to int
	score    float64
	worth    float64 // decides between hits that overlap
}

// aligner finds phrases in one text by Sellers' algorithm (1980): the edit
// distance of a pattern to the best stretch that ends at each place. Stretches
// begin and end where words do.
type aligner struct {
	heard     []unit
	prev, cur []cell
}

type cell struct{ cost, from int }

const never = 1 << 20

func newAligner(heard []unit) *aligner {
	return &aligner{heard: heard, prev: make([]cell, len(heard)+1), cur: make([]cell, len(heard)+1)}
}

// find appends the places where p stands in the text, the best of those that
// overlap.
func (a *aligner) find(p *phrase, c candidate, into []hit) []hit {
	for j := c.from; j <= c.to; j++ {
		a.prev[j] = cell{never, j}
		if j < c.to && a.heard[j].opens {
			a.prev[j].cost = 0
		}
	}
	var before rune
	for i, w := range p.units {
		missing := gap(w, before)
		before = w.r
		a.cur[c.from] = cell{a.prev[c.from].cost + missing, c.from}
		lowest := a.cur[c.from].cost
		for j := c.from + 1; j <= c.to; j++ {
			h := a.heard[j-1]
			best := cell{never, j}
			if d := a.prev[j-1]; d.cost <= p.budget {
				best = cell{d.cost + cost(w, h), d.from}
			}
			if v := a.prev[j].cost + missing; v < best.cost {
				best = cell{v, a.prev[j].from}
			}
			if left := a.cur[j-1]; left.cost < best.cost && i+1 < len(p.units) {
				previous := rune(0)
				if j > 1 {
					previous = a.heard[j-2].r
				}
				if v := left.cost + gap(h, previous); v < best.cost {
					best = cell{v, left.from}
				}
			}
			a.cur[j] = best
			lowest = min(lowest, best.cost)
		}
		if lowest > p.budget {
			return into
		}
		a.prev, a.cur = a.cur, a.prev
	}
	return a.collect(p, c, into)
}

func (a *aligner) collect(p *phrase, c candidate, into []hit) []hit {
	begin := len(into)
	for j := c.from + 1; j <= c.to; j++ {
		at := a.prev[j]
		if at.cost > p.budget || at.from >= j || !a.heard[j-1].closes {
			continue
		}
		score := 1 - float64(at.cost)/float64(costWrong*len(p.units))
		h := hit{phrase: c.phrase, from: at.from, to: j, score: score, worth: score * score * weightOf(a.heard[at.from:j])}
		if n := len(into); n > begin && into[n-1].to > h.from {
			if h.score > into[n-1].score {
				into[n-1] = h
			}
			continue
		}
		into = append(into, h)
	}
	return into
}

// weightOf a stretch of text: a Han character is worth a few letters.
func weightOf(units []unit) float64 {
	w := 0.0
	for _, u := range units {
		if u.han() {
			w += 3
			continue
		}
		w++
	}
	return w
}
