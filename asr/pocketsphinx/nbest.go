package pocketsphinx

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/dialwright/dialwright/asr"
)

const (
	// maxPaths bounds the search of the lattice: many paths differ only in a pause or a pronunciation.
	maxPaths = 100
	// scoreUnit is what one unit of a path's score is in natural logarithms, on the scale on which the
	// lattice has its posteriors: the library's logarithms have base 1.0001, it shifts scores by 10
	// bits (SENSCR_SHIFT), and divides them by 20 (-ascale) for a posterior.
	scoreUnit = 1024 * 0.0001 / 20
)

// hypotheses are paths through the word lattice with different texts.
type hypotheses []hypothesis

type hypothesis struct {
	text  string
	score int // logarithm, see scoreUnit
}

// add takes a path's words as the library writes them, unless they are known already.
func (h *hypotheses) add(raw string, score int) {
	var words []string
	for _, w := range strings.Fields(raw) {
		if !filler(w) {
			words = append(words, plain(w))
		}
	}
	text := strings.Join(words, " ")
	if text != "" && !slices.ContainsFunc(*h, func(old hypothesis) bool { return old.text == text }) {
		*h = append(*h, hypothesis{text, score})
	}
}

// besides is what else there is than the best, up to most. An alternative is as much less sure than
// the best as its path is less likely, and never surer: the best was chosen with more care.
func (h hypotheses) besides(best string, confidence float64, most int) []asr.Alternative {
	slices.SortStableFunc(h, func(a, b hypothesis) int { return cmp.Compare(b.score, a.score) })
	top := math.MinInt
	for _, p := range h {
		if p.text == best || top == math.MinInt {
			top = p.score
		}
	}
	var out []asr.Alternative
	for _, p := range h {
		if p.text != best && len(out) < most {
			ratio := math.Exp(scoreUnit * float64(min(p.score-top, 0)))
			out = append(out, asr.Alternative{Text: p.text, Confidence: confidence * ratio})
		}
	}
	return out
}
