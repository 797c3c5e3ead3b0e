package knowledge

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/dialwright/dialwright/nlu"
)

// index finds texts by what they have in common with a query: the cosine of
// their TF-IDF vectors over words, neighbouring words and, in Chinese, short
// runs of characters.
type index struct {
	postings map[string][]posting
	idf      map[string]float64
	rare     float64 // idf of what no text has
	entries  int
}

type posting struct {
	entry  int
	weight float64
}

type hit struct {
	entry int
	score float64
}

func newIndex(texts []string) *index {
	x := &index{postings: map[string][]posting{}, idf: map[string]float64{}, entries: len(texts)}
	all := make([]map[string]float64, len(texts))
	for i, t := range texts {
		all[i] = features(t)
		for f := range all[i] {
			x.idf[f]++
		}
	}
	n := float64(len(texts))
	for f, df := range x.idf {
		x.idf[f] = math.Log(1 + n/df)
	}
	x.rare = math.Log(1 + 2*n)
	for i, fs := range all {
		norm := x.weigh(fs)
		for f, w := range fs {
			x.postings[f] = append(x.postings[f], posting{i, w / norm})
		}
	}
	return x
}

// weigh turns counts into weights, in place, and gives their length.
func (x *index) weigh(fs map[string]float64) float64 {
	sum := 0.0
	for _, f := range sortedKeys(fs) { // in one order, so that sums are the same each time
		idf, known := x.idf[f]
		if !known {
			idf = x.rare
		}
		fs[f] *= idf
		sum += fs[f] * fs[f]
	}
	return max(math.Sqrt(sum), 1e-9)
}

func sortedKeys(m map[string]float64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// search gives the best entries, at most so many.
func (x *index) search(query string, most int) []hit {
	if x == nil || x.entries == 0 {
		return nil
	}
	fs := features(query)
	norm := x.weigh(fs)
	scores := map[int]float64{}
	for _, f := range sortedKeys(fs) {
		for _, p := range x.postings[f] {
			scores[p.entry] += fs[f] / norm * p.weight
		}
	}
	out := make([]hit, 0, len(scores))
	for e, s := range scores {
		out = append(out, hit{e, s})
	}
	slices.SortFunc(out, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.entry, b.entry))
	})
	return out[:min(len(out), most)]
}

// idle words of questions say nothing about what is asked.
var idle = words(`a an the is are was be do does did can could will would shall should i you me my your we our us it its of to for in on at
and or if please tell know want like get have has there this that what which how when where who why much many about with from by as any so
的 了 吗 呢 我 你 您 们 请 问 是 有 什 么 怎 样 多 少 个 这 那 就 在 和 要 想 知 道 一 下`)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

const (
	idleWeight = 0.15
	pairWeight = 0.6
	maxTokens  = 200
)

func features(text string) map[string]float64 {
	fs := map[string]float64{}
	tokens := nlu.Tokens(text)
	if len(tokens) > maxTokens {
		tokens = tokens[:maxTokens]
	}
	previous := ""
	for _, t := range tokens {
		w := 1.0
		if idle[t] {
			w = idleWeight
		}
		s := stem(t)
		fs[s] += w
		if previous != "" && !(idle[t] && idle[previous]) {
			fs[previous+" "+s] += pairWeight
		}
		previous = s
	}
	return fs
}

// stem cuts off the commonest endings of English words, so that a fee and
// fees, repay, repaying and repayment meet.
func stem(w string) string {
	if w == "" || w[0] > 127 {
		return w
	}
	for _, ending := range []string{"ments", "ment", "ings", "ing", "ies", "ed", "es", "s", "y"} {
		if base, ok := strings.CutSuffix(w, ending); ok && len(base) >= 3 {
			return base
		}
	}
	return w
}
