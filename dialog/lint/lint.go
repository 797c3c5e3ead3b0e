// Package lint looks at flows that load for what will disappoint somebody all
// the same: examples that two intents share, keys that are announced and not
// taken, prompts nobody will listen to. Everything
// it says is a warning with a place.
package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dialwright/dialwright/dialog"
)

// Options say what is known beside the flow.
type Options struct {
	// Strict adds what is often meant so: intents with few examples, prompts
	// that are nearly the same, keys of inherited ladders.
	Strict bool
	// Cached tells whether a prompt has been synthesised. Nil: nobody knows.
	Cached func(dialog.Say) bool
	// EachVoice tells of every prompt that has not been, not only how many.
	EachVoice bool
}

// Check gives what there is to warn of, in the order of the files.
func Check(f *dialog.Flow, o Options) dialog.Problems {
	c := &checker{flow: f, graph: f.Graph(), options: o}
	for _, n := range c.graph.Nodes {
		info, _ := f.Node(n.Name)
		c.nodes = append(c.nodes, node{n, info})
	}
	c.examples()
	c.keys()
	c.lengths()
	c.voices()
	if o.Strict {
		c.fewExamples()
		c.nearlySame()
	}
	slices.SortStableFunc(c.problems, func(a, b dialog.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(c.problems)
}

type node struct {
	dialog.GraphNode
	info dialog.NodeInfo
}

type checker struct {
	flow     *dialog.Flow
	graph    dialog.Graph
	nodes    []node
	options  Options
	problems dialog.Problems
}

func (c *checker) warn(file string, line, column int, hint, format string, args ...any) {
	c.problems = append(c.problems, dialog.Problem{File: file, Line: max(line, 1), Column: max(column, 1), Severity: dialog.SevWarning,
		Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (c *checker) warnPrompt(p dialog.PromptInfo, hint, format string, args ...any) {
	c.warn(p.File, p.Line, p.Column, hint, format, args...)
}

func (c *checker) voices() {
	if c.options.Cached == nil {
		return
	}
	missing, all := 0, c.flow.Prompts()
	file := c.flow.Files()[0]
	for _, p := range all {
		if c.options.Cached(p) {
			continue
		}
		if missing++; c.options.EachVoice {
			c.warn(file, 1, 1, "", "no voice is cached for %q", clip(p.Text))
		}
	}
	if missing > 0 && !c.options.EachVoice {
		c.warn(file, 1, 1, "they are synthesised before the first call; --voices lists them", "%d of %d prompts have no cached voice", missing, len(all))
	}
}

// clip shows the beginning of a text.
func clip(s string) string {
	r := []rune(s)
	if len(r) <= 40 {
		return s
	}
	return string(r[:39]) + "…"
}

// prompts are all that is said at nodes, with the ladders of their own.
func (c *checker) prompts(visit func(n node, p dialog.PromptInfo)) {
	for _, n := range c.nodes {
		for _, p := range n.info.Prompts {
			visit(n, p)
		}
		for _, l := range []dialog.LadderInfo{n.info.NoInput, n.info.NoMatch} {
			for _, r := range l.Rungs {
				if r.Say != nil && !l.Inherited {
					visit(n, *r.Say)
				}
			}
		}
	}
}
