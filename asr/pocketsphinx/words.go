package pocketsphinx

import (
	"math"
	"strings"
	"time"

	"github.com/dialwright/dialwright/asr"
)

// segment is one entry of the decoder's path through an utterance.
type segment struct {
	word       string
	start, end int     // frames of 10 ms since the utterance began; end inclusive
	prob       float64 // posterior probability from the word lattice; 1 when the search has none
	acoustic   float64 // log score per frame, relative to the best state of each frame; 0 is perfect
}

const (
	frameTime = 10 * time.Millisecond
	// minUnknown is the least loud stretch of unknown phones worth reporting: less is a breath, the
	// edge of a word, or silence that some phone fitted better than the model's silence did.
	minUnknown = 250 * time.Millisecond
	// A word fits its sounds when its score per frame is well above −grammarDoubt. The sigmoid is
	// fitted by eye to flite's voices: right words score −10 to −45, forced ones −50 to −140.
	grammarDoubt = 50.0
	grammarSlope = 8.0
)

// wordsOf turns a decoder's path into words, beginning at the given time of the stream. Runs of
// unknown phones become one asr.Unknown with confidence 0; loud says how much of some frames is. A run
// of one phone only, straight after a word, is that word's last sound drawn out, as in "at three-ee":
// measured with G.722, it is what most often made an asr.Unknown where nothing else was said.
func wordsOf(path []segment, begin time.Duration, grammar bool, loud func(from, to int) time.Duration) []asr.Word {
	var words []asr.Word
	var unknown asr.Word
	var heard time.Duration
	phone, several := "", false // of the run
	flush := func() {
		switch {
		case heard < minUnknown:
		case !several && len(words) > 0:
			words[len(words)-1].End = unknown.End
		default:
			words = append(words, unknown)
		}
		unknown, heard, phone, several = asr.Word{}, 0, "", false
	}
	for _, s := range path {
		start := begin + time.Duration(s.start)*frameTime
		end := begin + time.Duration(s.end+1)*frameTime
		switch {
		case strings.HasPrefix(s.word, unknownPrefix):
			if unknown.Text == "" {
				unknown = asr.Word{Text: asr.Unknown, Start: start}
			}
			unknown.End = end
			several = several || phone != "" && phone != s.word
			phone = s.word
			heard += loud(s.start, s.end+1)
		case filler(s.word):
		default:
			flush()
			words = append(words, asr.Word{Text: plain(s.word), Start: start, End: end, Confidence: s.confidence(grammar)})
		}
	}
	flush()
	return words
}

// confidence is the posterior in free speech. A grammar search has no posteriors, but how well the
// sounds fit says more there anyway: a small grammar leaves little else to choose from.
func (s segment) confidence(grammar bool) float64 {
	if !grammar {
		return min(max(s.prob, 0), 1)
	}
	return 1 / (1 + math.Exp((-s.acoustic-grammarDoubt)/grammarSlope))
}

// filler tells silence, noises and the grammar's empty steps from words.
func filler(word string) bool {
	return word == "" || word[0] == '<' || word[0] == '[' || strings.HasPrefix(word, "++") || word == "(NULL)"
}

// plain drops the number of a pronunciation: "to(2)" is "to".
func plain(word string) string {
	if i := strings.IndexByte(word, '('); i > 0 {
		return word[:i]
	}
	return word
}

// partialText is the text of a hypothesis that is still growing.
func partialText(hyp string) string {
	var out []string
	unknown := 0
	for _, w := range strings.Fields(hyp) {
		if strings.HasPrefix(w, unknownPrefix) {
			if unknown++; unknown == 4 { // a shorter run may yet become a word
				out = append(out, asr.Unknown)
			}
			continue
		}
		unknown = 0
		if !filler(w) {
			out = append(out, plain(w))
		}
	}
	return strings.Join(out, " ")
}

func textOf(words []asr.Word) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.Text
	}
	return strings.Join(texts, " ")
}
