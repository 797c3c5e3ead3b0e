package onnx

import (
	"errors"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// The parts of ONNX's messages that are used, numbered as in onnx.proto3.

type node struct {
	op      string
	domain  string
	name    string
	inputs  []string // empty: an optional one that is left out
	outputs []string
	attrs   map[string]attribute
	run     operator
}

type attribute struct {
	f      float32
	i      int64
	s      string
	t      *tensor
	ints   []int64
	floats []float32
}

type graph struct {
	opset   int64
	nodes   []*node
	weights map[string]*tensor
	inputs  []string // without weights
	outputs []string
}

var errProto = errors.New("not an ONNX file")

// fields calls f with each field of a message.
func fields(b []byte, f func(num protowire.Number, typ protowire.Type, v []byte, n uint64) error) error {
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return errProto
		}
		b = b[n:]
		var v []byte
		var x uint64
		switch typ {
		case protowire.BytesType:
			v, n = protowire.ConsumeBytes(b)
		case protowire.VarintType:
			x, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var y uint32
			y, n = protowire.ConsumeFixed32(b)
			x = uint64(y)
		case protowire.Fixed64Type:
			x, n = protowire.ConsumeFixed64(b)
		default:
			n = protowire.ConsumeFieldValue(num, typ, b)
		}
		if n < 0 {
			return errProto
		}
		b = b[n:]
		if err := f(num, typ, v, x); err != nil {
			return err
		}
	}
	return nil
}

func parseModel(b []byte) (*graph, error) {
	g := &graph{weights: map[string]*tensor{}}
	var body []byte
	err := fields(b, func(num protowire.Number, _ protowire.Type, v []byte, _ uint64) error {
		switch num {
		case 7:
			body = v
		case 8:
			return g.parseOpset(v)
		}
		return nil
	})
	if err == nil && body == nil {
		err = errProto
	}
	if err != nil {
		return nil, err
	}
	all := []string{}
	err = fields(body, func(num protowire.Number, _ protowire.Type, v []byte, _ uint64) error {
		switch num {
		case 1:
			n, err := parseNode(v)
			g.nodes = append(g.nodes, n)
			return err
		case 5:
			name, t, err := parseTensor(v)
			g.weights[name] = t
			return err
		case 11:
			return nameOf(v, &all)
		case 12:
			return nameOf(v, &g.outputs)
		}
		return nil
	})
	for _, name := range all {
		if g.weights[name] == nil {
			g.inputs = append(g.inputs, name)
		}
	}
	return g, err
}

func (g *graph) parseOpset(b []byte) error {
	domain, version := "", int64(0)
	err := fields(b, func(num protowire.Number, _ protowire.Type, v []byte, x uint64) error {
		switch num {
		case 1:
			domain = string(v)
		case 2:
			version = int64(x)
		}
		return nil
	})
	if domain == "" || domain == "ai.onnx" {
		g.opset = version
	}
	return err
}

func nameOf(b []byte, into *[]string) error {
	return fields(b, func(num protowire.Number, _ protowire.Type, v []byte, _ uint64) error {
		if num == 1 {
			*into = append(*into, string(v))
		}
		return nil
	})
}

func parseNode(b []byte) (*node, error) {
	n := &node{attrs: map[string]attribute{}}
	err := fields(b, func(num protowire.Number, _ protowire.Type, v []byte, _ uint64) error {
		switch num {
		case 1:
			n.inputs = append(n.inputs, string(v))
		case 2:
			n.outputs = append(n.outputs, string(v))
		case 3:
			n.name = string(v)
		case 4:
			n.op = string(v)
		case 5:
			return n.parseAttribute(v)
		case 7:
			n.domain = string(v)
		}
		return nil
	})
	if err == nil && len(n.outputs) == 0 {
		err = fmt.Errorf("the node %q (%s) has no output", n.name, n.op)
	}
	return n, err
}

func (n *node) parseAttribute(b []byte) error {
	var a attribute
	name := ""
	err := fields(b, func(num protowire.Number, typ protowire.Type, v []byte, x uint64) (err error) {
		switch num {
		case 1:
			name = string(v)
		case 2:
			a.f = math.Float32frombits(uint32(x))
		case 3:
			a.i = int64(x)
		case 4:
			a.s = string(v)
		case 5:
			_, a.t, err = parseTensor(v)
		case 7:
			err = unpack(typ, v, x, protowire.Fixed32Type, func(x uint64) { a.floats = append(a.floats, math.Float32frombits(uint32(x))) })
		case 8:
			err = unpack(typ, v, x, protowire.VarintType, func(x uint64) { a.ints = append(a.ints, int64(x)) })
		}
		return err
	})
	n.attrs[name] = a
	return err
}

// unpack a repeated number, packed or not.
func unpack(typ protowire.Type, v []byte, x uint64, packed protowire.Type, add func(x uint64)) error {
	if typ != protowire.BytesType {
		add(x)
		return nil
	}
	for len(v) > 0 {
		var n int
		switch packed {
		case protowire.Fixed32Type:
			var y uint32
			y, n = protowire.ConsumeFixed32(v)
			x = uint64(y)
		case protowire.Fixed64Type:
			x, n = protowire.ConsumeFixed64(v)
		default:
			x, n = protowire.ConsumeVarint(v)
		}
		if n < 0 {
			return errProto
		}
		add(x)
		v = v[n:]
	}
	return nil
}
