package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/dialwright/dialwright/nlu"
	"github.com/dialwright/dialwright/nlu/model"
)

// Node is a place in a flow that expects some intents.
type Node struct {
	Name  string
	Among []string
}

// NodeScore is how well held-out phrases are understood where only a node's
// intents are possible.
type NodeScore struct {
	Node     string  `json:"node"`
	Intents  int     `json:"intents"`  // that it expects
	Phrases  int     `json:"phrases"`  // of these intents
	Accuracy float64 `json:"accuracy"` // share of the phrases whose intent came first, good enough and clear
	Refused  float64 `json:"refused"`  // share for which none was good enough, or clear
	First    float64 `json:"first"`    // share of the phrases whose intent came first, good enough or not
}

// CrossValidateNodes cuts the phrases of a flow into k parts, each intent
// spread evenly, and has each part understood by what was learnt from the
// others: once for each node that expects the phrase's intent, as the flow
// would understand it there. It gives the nodes' scores and that of all pairs
// of phrase and node together.
func CrossValidateNodes(ctx context.Context, intents []nlu.Intent, nodes []Node, k int, seed uint64) (by []NodeScore, all NodeScore, err error) {
	if k < 2 {
		return nil, all, errors.New("cross-validating a flow: at least two parts are needed")
	}
	by = make([]NodeScore, len(nodes))
	part := parts(intents, k, seed)
	for p := range k {
		kept := make([]nlu.Intent, len(intents))
		for i, in := range intents {
			kept[i].Name = in.Name
			for j, ph := range in.Phrases {
				if part[i][j] != p {
					kept[i].Phrases = append(kept[i].Phrases, ph)
				}
			}
		}
		h, err := model.NewHybrid(ctx, kept, model.Options{Seed: seed})
		if err != nil {
			return nil, all, fmt.Errorf("cross-validating a flow, part %d of %d: %w", p+1, k, err)
		}
		for i, in := range intents {
			for j, ph := range in.Phrases {
				if part[i][j] == p {
					judge(h, nodes, by, in.Name, ph)
				}
			}
		}
	}
	all.Node = "all"
	for i := range by {
		by[i].Node, by[i].Intents = nodes[i].Name, len(nodes[i].Among)
		all.Phrases += by[i].Phrases
		all.Accuracy += by[i].Accuracy
		all.Refused += by[i].Refused
		all.First += by[i].First
		by[i].share()
	}
	all.share()
	return by, all, nil
}

// judge has a phrase understood at all nodes that expect its intent.
func judge(h *model.Hybrid, nodes []Node, by []NodeScore, intent, phrase string) {
	for i, n := range nodes {
		if !slices.Contains(n.Among, intent) {
			continue
		}
		by[i].Phrases++
		ranked := h.Classify(nlu.Query{Text: phrase, Among: n.Among})
		if len(ranked) > 0 && ranked[0].Intent == intent {
			by[i].First++
		}
		best, ok := nlu.Decide(ranked, minScore, minMargin)
		switch {
		case !ok:
			by[i].Refused++
		case best.Intent == intent:
			by[i].Accuracy++
		}
	}
}

// share turns counts into shares.
func (s *NodeScore) share() {
	n := float64(max(s.Phrases, 1))
	s.Accuracy, s.Refused, s.First = s.Accuracy/n, s.Refused/n, s.First/n
}

// parts gives each phrase of each intent one of k parts.
func parts(intents []nlu.Intent, k int, seed uint64) [][]int {
	rng := rand.New(rand.NewPCG(seed, 0xf10))
	out := make([][]int, len(intents))
	next := 0
	for i, in := range intents {
		out[i] = make([]int, len(in.Phrases))
		for _, j := range rng.Perm(len(in.Phrases)) {
			out[i][j] = next % k
			next++
		}
	}
	return out
}
