package model

import (
	"cmp"
	"math"
	"slices"
)

func accuracyOf(list []judged) float64 {
	right := 0
	for _, j := range list {
		if j.want == j.got {
			right++
		}
	}
	return float64(right) / float64(max(len(list), 1))
}

// IntentScore is how well one intent is told from the others.
type IntentScore struct {
	Intent    string  `json:"intent"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Support   int     `json:"support"` // test sentences that mean it, over all seeds
}

// perIntent lists the intents that were wanted or given, by name.
func perIntent(list []judged) []IntentScore {
	type counts struct{ right, given, wanted int }
	by := map[string]*counts{}
	of := func(name string) *counts {
		if by[name] == nil {
			by[name] = &counts{}
		}
		return by[name]
	}
	for _, j := range list {
		of(j.want).wanted++
		of(j.got).given++
		if j.want == j.got {
			of(j.want).right++
		}
	}
	out := make([]IntentScore, 0, len(by))
	for name, c := range by {
		out = append(out, IntentScore{
			Intent: name, Support: c.wanted,
			Precision: float64(c.right) / float64(max(c.given, 1)),
			Recall:    float64(c.right) / float64(max(c.wanted, 1)),
			F1:        2 * float64(c.right) / float64(c.given+c.wanted),
		})
	}
	slices.SortFunc(out, func(a, b IntentScore) int { return cmp.Compare(a.Intent, b.Intent) })
	return out
}

func macroF1(list []IntentScore) float64 {
	sum := 0.0
	for _, s := range list {
		sum += s.F1
	}
	return sum / float64(max(len(list), 1))
}

// calibrationError is the expected calibration error (Naeini et al., 2015):
// the mean distance between probability and accuracy in 15 bins of probability.
func calibrationError(list []judged) float64 {
	const bins = 15
	var n, right, sum [bins]float64
	for _, j := range list {
		b := min(int(j.score*bins), bins-1)
		n[b]++
		sum[b] += j.score
		if j.want == j.got {
			right[b]++
		}
	}
	e := 0.0
	for b := range n {
		e += math.Abs(right[b] - sum[b])
	}
	return e / float64(max(len(list), 1))
}

// auroc is the probability that what is in scope scores higher than what is
// not; equals count half.
func auroc(in, out []float64) float64 {
	if len(in) == 0 || len(out) == 0 {
		return 0.5
	}
	out = slices.Clone(out)
	slices.Sort(out)
	sum := 0.0
	for _, v := range in {
		below, _ := slices.BinarySearch(out, v)
		upTo, _ := slices.BinarySearch(out, math.Nextafter(v, math.Inf(1)))
		sum += float64(below) + float64(upTo-below)/2
	}
	return sum / float64(len(in)) / float64(len(out))
}

// percentile of sorted values.
func percentile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(math.Ceil(p*float64(len(sorted))))-1, len(sorted)-1)]
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(max(len(v), 1))
}

// deviation is the standard deviation of a sample; 0 for one value.
func deviation(v []float64) float64 {
	if len(v) < 2 {
		return 0
	}
	m, sum := mean(v), 0.0
	for _, x := range v {
		sum += (x - m) * (x - m)
	}
	return math.Sqrt(sum / float64(len(v)-1))
}

// spanCount counts entities for their F1.
type spanCount struct{ right, found, wanted int }

func (s *spanCount) add(want, found []Entity) {
	s.wanted += len(want)
	s.found += len(found)
	for _, f := range found {
		if slices.ContainsFunc(want, func(w Entity) bool { return w.Start == f.Start && w.End == f.End && w.Name == f.Name }) {
			s.right++
		}
	}
}

func (s *spanCount) f1() float64 { return 2 * float64(s.right) / float64(max(s.found+s.wanted, 1)) }
