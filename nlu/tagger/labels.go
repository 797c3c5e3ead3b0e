package tagger

// States of a token: 0 is outside of any entity; a type k has four, for the
// first, inner, last and only token of an entity (BILOU).
const (
	outside = 0
	perType = 4

	first = 1
	inner = 2
	last  = 3
	only  = 4
)

func state(typ, part int) int { return typ*perType + part }

// typeOf a state, -1 for outside; partOf it: first, inner, last or only.
func typeOf(s int) int { return (s-1+perType)/perType - 1 }
func partOf(s int) int { return (s-1)%perType + 1 }

// An entity can begin or the outside be entered only from a closed state
// (outside, last, only); openState and closedState number those densely, for
// the matrix of transitions.
func openState(i int) int {
	if i == 0 {
		return outside
	}
	if i%2 == 1 {
		return state(i/2, first)
	}
	return state(i/2-1, only)
}

func closedState(i int) int {
	if i == 0 {
		return outside
	}
	if i%2 == 1 {
		return state(i/2, last)
	}
	return state(i/2-1, only)
}

// openIndex and closedIndex are the inverses of openState and closedState, -1
// for states that are neither.
func openIndex(s int) int {
	if s == outside {
		return 0
	}
	switch partOf(s) {
	case first:
		return 2*typeOf(s) + 1
	case only:
		return 2*typeOf(s) + 2
	}
	return -1
}

func closedIndex(s int) int {
	if s == outside {
		return 0
	}
	switch partOf(s) {
	case last:
		return 2*typeOf(s) + 1
	case only:
		return 2*typeOf(s) + 2
	}
	return -1
}

// goldStates gives each token its state. An entity that begins or ends within
// a token takes the whole token; of entities that overlap the first counts.
func goldStates(tokens []token, entities []Entity, types map[string]int) []int {
	states := make([]int, len(tokens))
	for _, e := range entities {
		from, to := -1, -1
		for i, t := range tokens {
			if t.end > e.Start && t.start < e.End {
				if from < 0 {
					from = i
				}
				to = i
			}
		}
		typ, known := types[e.Name]
		if from < 0 || !known || !allOutside(states[from:to+1]) {
			continue
		}
		if from == to {
			states[from] = state(typ, only)
			continue
		}
		for i := from; i <= to; i++ {
			states[i] = state(typ, inner)
		}
		states[from], states[to] = state(typ, first), state(typ, last)
	}
	return states
}

func allOutside(states []int) bool {
	for _, s := range states {
		if s != outside {
			return false
		}
	}
	return true
}

// chunk is an entity in tokens, to exclusive.
type chunk struct{ from, to, typ int }

// chunks reads a legal sequence of states.
func chunks(states []int) []chunk {
	var out []chunk
	from := -1
	for i, s := range states {
		if s == outside {
			continue
		}
		switch partOf(s) {
		case only:
			out = append(out, chunk{i, i + 1, typeOf(s)})
		case first:
			from = i
		case last:
			out = append(out, chunk{from, i + 1, typeOf(s)})
		}
	}
	return out
}
