package model

import (
	"cmp"
	"slices"
	"strings"
)

// Details of an evaluation: where it goes wrong, and what in the examples may
// be the reason.
type Details struct {
	Intents    []IntentScore `json:"intents"`
	Confusion  []Confused    `json:"confusion"`    // the most frequent mistakes first
	Coverage   []Coverage    `json:"riskCoverage"` // from refusing most to refusing nothing
	Duplicates []Duplicate   `json:"duplicates"`
	Confusable []Confusable  `json:"confusable"`
}

// Confused is a cell of the confusion matrix off its diagonal.
type Confused struct {
	Want  string `json:"want"`
	Got   string `json:"got"`
	Count int    `json:"count"`
}

func confusion(list []judged) []Confused {
	by := map[[2]string]int{}
	for _, j := range list {
		if j.want != j.got {
			by[[2]string{j.want, j.got}]++
		}
	}
	out := make([]Confused, 0, len(by))
	for pair, n := range by {
		out = append(out, Confused{pair[0], pair[1], n})
	}
	slices.SortFunc(out, func(a, b Confused) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Want, b.Want), cmp.Compare(a.Got, b.Got))
	})
	return out
}

// Coverage is a point of the risk–coverage curve: if only sentences with at
// least this probability are answered, so many are, and of these so many wrongly.
type Coverage struct {
	Threshold float64 `json:"threshold"`
	Coverage  float64 `json:"coverage"`
	Risk      float64 `json:"risk"`
}

// riskCoverage gives twenty points of the curve.
func riskCoverage(list []judged) []Coverage {
	const points = 20
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b judged) int { return cmp.Compare(b.score, a.score) })
	var out []Coverage
	wrong, next := 0, 1
	for i, j := range sorted {
		if j.want != j.got {
			wrong++
		}
		for next <= points && (i+1)*points >= next*len(sorted) {
			out = append(out, Coverage{j.score, float64(i+1) / float64(len(sorted)), float64(wrong) / float64(i+1)})
			next++
		}
	}
	return out
}

// Duplicate is a text that training examples give to several intents.
type Duplicate struct {
	Text    string   `json:"text"` // as the first of them has it
	Intents []string `json:"intents"`
}

// Duplicates finds the texts that several intents have, case, width, blanks
// and marks aside.
func Duplicates(examples []Example) []Duplicate {
	at := map[string]int{}
	var all []Duplicate
	for _, ex := range examples {
		var key strings.Builder
		for _, w := range splitWords(ex.Text) {
			if w.kind != wordMark {
				key.WriteString(w.text)
				key.WriteByte(' ')
			}
		}
		i, ok := at[key.String()]
		if !ok {
			i = len(all)
			at[key.String()] = i
			all = append(all, Duplicate{Text: ex.Text})
		}
		if !slices.Contains(all[i].Intents, ex.Intent) {
			all[i].Intents = append(all[i].Intents, ex.Intent)
		}
	}
	return slices.DeleteFunc(all, func(d Duplicate) bool { return len(d.Intents) < 2 })
}

// Confusable is a test sentence that was taken for another intent, and the
// training example of that intent that looks most like it.
type Confusable struct {
	Text    string `json:"text"`
	Want    string `json:"want"`
	Got     string `json:"got"`
	Example string `json:"example"`
}

// confusablePairs lists mistakes, the surest first.
func confusablePairs(m *Model, list []judged) []Confusable {
	const most = 50
	var wrong []judged
	for _, j := range list {
		if j.want != j.got && j.got != "" {
			wrong = append(wrong, j)
		}
	}
	slices.SortStableFunc(wrong, func(a, b judged) int { return cmp.Compare(b.score, a.score) })
	out := []Confusable{}
	for _, j := range wrong[:min(len(wrong), most)] {
		out = append(out, Confusable{j.text, j.want, j.got, m.nearestOf(j.got, wordHashes(splitWords(j.text)))})
	}
	return out
}
