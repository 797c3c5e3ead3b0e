// Package gazetteer finds named things in what a recogniser heard: products,
// streets, branches, people. A list of names is compared with the text by the
// letters (one or more may be wrong) and, for Chinese, by how the characters
// sound, because a recogniser that does not know a name writes another one
// that sounds the same. It is pure: no files, no clock, no goroutines.
package gazetteer

import (
	"cmp"
	"fmt"
	"slices"
)

// Entry is a thing and what it is called besides its name.
type Entry struct {
	Name     string
	Synonyms []string
}

// Options of a gazetteer.
type Options struct {
	// Language is a BCP 47 tag. For Chinese ("zh", "zh-CN", …) Han characters
	// are compared by sound; in other languages they have to be the same.
	Language string
	// Exact takes only the names as they are written, apart from case and signs.
	Exact bool
}

// Match is a name found in a text. Start and End count characters of the text,
// End exclusive. Score is 1 for the name as it is written, less by the share
// of it that was heard differently.
type Match struct {
	Entry      Entry
	Phrase     string // the name or synonym that was found
	Start, End int
	Score      float64
}

// Gazetteer is a list of names made ready for finding. It is safe for
// concurrent use.
type Gazetteer struct {
	entries []Entry
	phrases []phrase
	index   map[uint64][]posting // by pairs of neighbouring sounds or triples of letters
	single  map[rune][]int32     // names of one character
	reader  reader
	exact   bool
}

type phrase struct {
	entry  int32
	text   string
	units  []unit
	budget int   // the largest cost at which it is still found
	enough uint8 // keys in common before it is compared
}

// New prepares entries. It fails on a name or synonym that has no letter or
// digit; the same name may belong to several entries, which are then all found.
func New(entries []Entry, o Options) (*Gazetteer, error) {
	g := &Gazetteer{entries: slices.Clone(entries), index: map[uint64][]posting{}, single: map[rune][]int32{},
		reader: newReader(o.Language), exact: o.Exact}
	for i, e := range g.entries {
		said := map[string]bool{}
		for _, text := range append([]string{e.Name}, e.Synonyms...) {
			units := g.reader.read(text)
			if len(units) == 0 {
				return nil, fmt.Errorf("entry %d, %q: %q has no letter or digit to be found by", i+1, e.Name, text)
			}
			if key := spelling(units); !said[key] {
				said[key] = true
				g.addPhrase(int32(i), text, units)
			}
		}
	}
	return g, nil
}

func (g *Gazetteer) addPhrase(entry int32, text string, units []unit) {
	keys := keysOf(units)
	p := phrase{entry: entry, text: text, units: units, enough: enough(units, len(keys))}
	if !g.exact {
		p.budget = budget(units)
	}
	id := int32(len(g.phrases))
	if len(keys) == 0 {
		g.single[units[0].r] = append(g.single[units[0].r], id)
	}
	for _, k := range keys {
		g.index[k.hash] = append(g.index[k.hash], posting{id, int32(k.at)})
	}
	g.phrases = append(g.phrases, p)
}

// Len is the number of entries.
func (g *Gazetteer) Len() int { return len(g.entries) }

// maxCandidates for one place in the text; more would be no help to anybody.
const maxCandidates = 8

// maxUnits of a text are read; more is a speech, not an answer.
const maxUnits = 400

// Find gives the names in text from left to right. Of names that overlap the
// longer and better one stays; several for exactly the same place are all
// given, the best first.
func (g *Gazetteer) Find(text string) []Match {
	heard := g.reader.read(text)
	if len(heard) > maxUnits {
		heard = heard[:maxUnits]
	}
	var found []hit
	a := newAligner(heard)
	for _, c := range g.candidates(heard) {
		found = a.find(&g.phrases[c.phrase], c, found)
	}
	return g.choose(found, heard)
}

// Best gives the match with the highest score, the longest among equals. ok is
// false when nothing was found, or when two entries are equally good.
func (g *Gazetteer) Best(text string) (m Match, ok bool) {
	for _, c := range g.Find(text) {
		same := ok && c.Score == m.Score && c.End-c.Start == m.End-m.Start
		switch {
		case m.End == 0 || c.Score > m.Score || c.Score == m.Score && c.End-c.Start > m.End-m.Start:
			m, ok = c, true
		case same && c.Entry.Name != m.Entry.Name:
			ok = false
		}
	}
	if !ok {
		return Match{}, false
	}
	return m, true
}

// posting is a phrase with a key, and where in the phrase the key stands.
type posting struct{ phrase, at int32 }

// votes count the keys of a phrase that the text has at about the same
// distance from each other: at is where the phrase would begin. Two places are
// followed at once.
type votes [2]struct {
	at int32
	n  uint8
}

// candidate is a phrase worth comparing with units from..to of the text.
type candidate struct {
	phrase   int32
	from, to int
}

// slack is how much longer than the name it was heard as may be, in units.
const slack = 4

// add counts a key and tells whether it is the one that makes enough.
func (v *votes) add(at int32, enough uint8) bool {
	slot := 0
	for i := range v {
		if d := v[i].at - at; v[i].n > 0 && d <= slack && d >= -slack {
			if v[i].n <= enough {
				v[i].n++
			}
			return v[i].n == enough
		}
		if v[i].n == 0 || v[i].at < v[slot].at {
			slot = i
		}
	}
	v[slot].at, v[slot].n = at, 1
	return enough == 1
}

// candidates are the phrases that share enough with a part of the text, in the
// order of their numbers.
func (g *Gazetteer) candidates(heard []unit) []candidate {
	counts := make([]votes, len(g.phrases))
	var out []candidate
	for _, k := range keysOf(heard) {
		for _, post := range g.index[k.hash] {
			p := &g.phrases[post.phrase]
			at := int32(k.at) - post.at
			if counts[post.phrase].add(at, p.enough) {
				out = append(out, candidate{post.phrase, max(0, int(at)-2*slack), min(len(heard), int(at)+len(p.units)+2*slack)})
			}
		}
	}
	alone := map[rune]bool{}
	for _, u := range heard {
		if alone[u.r] {
			continue
		}
		alone[u.r] = true
		for _, id := range g.single[u.r] {
			out = append(out, candidate{id, 0, len(heard)})
		}
	}
	slices.SortFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.phrase, b.phrase), cmp.Compare(a.from, b.from))
	})
	return out
}

// enough keys in common: long names are spared from being compared with every
// text that shares three letters with them. A wrong letter spoils three keys.
func enough(units []unit, keys int) uint8 {
	if units[0].letter() && len(units) >= 8 {
		return uint8(min(max(2, keys-4*budget(units)/costWrong), 8))
	}
	return 1
}

// choose keeps the best of what overlaps.
func (g *Gazetteer) choose(found []hit, heard []unit) []Match {
	slices.SortFunc(found, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to), cmp.Compare(a.phrase, b.phrase))
	})
	var kept []hit
	for _, h := range found {
		same, free := 0, true
		for _, k := range kept {
			if k.from == h.from && k.to == h.to {
				same++
				free = free && g.phrases[k.phrase].entry != g.phrases[h.phrase].entry
				continue
			}
			free = free && (h.to <= k.from || h.from >= k.to)
		}
		if free && same < maxCandidates {
			kept = append(kept, h)
		}
	}
	slices.SortStableFunc(kept, func(a, b hit) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.score, a.score)) })
	out := make([]Match, 0, len(kept))
	for _, h := range kept {
		p := g.phrases[h.phrase]
		out = append(out, Match{Entry: g.entries[p.entry], Phrase: p.text, Start: heard[h.from].start, End: heard[h.to-1].start + 1, Score: h.score})
	}
	return out
}
