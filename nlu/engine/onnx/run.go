package onnx

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// operator computes a node's outputs. An input that is left out is nil.
type operator func(n *node, opset int64, in []*tensor) []*tensor

// prepare finds every node's operator and checks that each input is there
// before it is used.
func (g *graph) prepare() error {
	if g.opset < 7 || g.opset > 25 {
		return fmt.Errorf("it is written in version %d of ONNX's operators, and 7 to 25 are known: export it with opset 17", g.opset)
	}
	known := operators()
	there := map[string]bool{}
	for name := range g.weights {
		there[name] = true
	}
	for _, name := range g.inputs {
		there[name] = true
	}
	var missing []string
	for _, n := range g.nodes {
		if n.run = known[n.op]; n.run == nil || n.domain != "" && n.domain != "ai.onnx" && n.op != "Gelu" {
			missing = append(missing, strings.TrimPrefix(n.domain+"."+n.op, "."))
		}
		for _, in := range n.inputs {
			if in != "" && !there[in] {
				return fmt.Errorf("the node %q (%s) needs %q, which nothing before it makes", n.name, n.op, in)
			}
		}
		for _, out := range n.outputs {
			there[out] = true
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return fmt.Errorf("it uses operators that are not known here: %s: export it without quantisation or fusion", strings.Join(slices.Compact(missing), ", "))
	}
	if len(g.outputs) == 0 || !there[g.outputs[0]] {
		return fmt.Errorf("it has no output")
	}
	return nil
}

// run computes the first output.
func (g *graph) run(ctx context.Context, inputs map[string]*tensor) (*tensor, error) {
	values := make(map[string]*tensor, len(g.nodes))
	for name, t := range inputs {
		values[name] = t
	}
	value := func(name string) *tensor {
		if t := values[name]; t != nil {
			return t
		}
		return g.weights[name]
	}
	for _, n := range g.nodes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		in := make([]*tensor, len(n.inputs))
		for i, name := range n.inputs {
			if name != "" {
				in[i] = value(name)
			}
		}
		out, err := n.try(g.opset, in)
		if err != nil {
			return nil, err
		}
		for i, name := range n.outputs {
			if name != "" && i < len(out) {
				values[name] = out[i]
			}
		}
	}
	out := value(g.outputs[0])
	if out == nil {
		return nil, fmt.Errorf("nothing makes the output %q", g.outputs[0])
	}
	return out, nil
}

// try runs one node. A graph may ask for what is impossible in more ways than
// each operator could check by itself: an index that is out of range then, or
// an input that is missing, is the graph's fault, not ours.
func (n *node) try(opset int64, in []*tensor) (out []*tensor, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case fault:
			err = fmt.Errorf("the node %q (%s): %s", n.name, n.op, string(r))
		case runtime.Error:
			err = fmt.Errorf("the node %q (%s) has inputs it cannot use: %w", n.name, n.op, r)
		default:
			panic(r)
		}
	}()
	return n.run(n, opset, in), nil
}

// ints are the numbers of an attribute, or of the input that newer versions
// have in its place.
func (n *node) ints(name string, in []*tensor, at int) ([]int64, bool) {
	if at < len(in) && in[at] != nil {
		return in[at].ints(), true
	}
	a, ok := n.attrs[name]
	return a.ints, ok
}

func (n *node) number(name string, usual int64) int64 {
	if a, ok := n.attrs[name]; ok {
		return a.i
	}
	return usual
}

func (n *node) fraction(name string, usual float32) float32 {
	if a, ok := n.attrs[name]; ok {
		return a.f
	}
	return usual
}

// operators are those that encoders of the BERT class are exported with.
func operators() map[string]operator {
	all := map[string]operator{}
	addShapes(all)
	addArithmetic(all)
	addMatrices(all)
	return all
}
