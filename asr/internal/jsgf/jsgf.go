// Package jsgf reads the part of JSGF 1.0 (Java Speech Grammar Format, W3C Note 2000-06-05) that a
// finite-state recogniser can use, and writes it out again in a plain form. What a client sends is
// thus judged here, with a position in the error, and never reaches a C parser as it is.
//
// Not taken: imports (they read files), recursion, and the special rule <VOID>. Tags are dropped.
package jsgf

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Limits keep a grammar from eating the recogniser: rules are copied in at each reference, so a few
// lines can stand for millions of words.
const (
	MaxBytes    = 64 << 10
	MaxExpanded = 20000
	maxDepth    = 50
)

// Grammar is a checked grammar.
type Grammar struct {
	// Root is the first public rule.
	Root  string
	order []string
	rules map[string]*node
}

type kind uint8

const (
	word kind = iota
	ref
	sequence
	choice
	repeat
)

// node is an expansion. min and max belong to repeat: {0,1} optional, {0,∞} star, {1,∞} plus.
type node struct {
	kind     kind
	text     string // of word (lower case) and ref
	children []*node
	weights  []float64 // of choice, 0 when none is given
	star     bool      // of repeat: may be left out
	many     bool      // of repeat: may come more than once
}

// Parse reads and checks a grammar. Errors name line and column.
func Parse(text string) (*Grammar, error) {
	if len(text) > MaxBytes {
		return nil, fmt.Errorf("grammar has %d bytes, at most %d are taken", len(text), MaxBytes)
	}
	tokens, err := scan(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, g: &Grammar{rules: map[string]*node{}}}
	if err := p.grammar(); err != nil {
		return nil, err
	}
	if err := p.g.check(); err != nil {
		return nil, err
	}
	return p.g, nil
}

// Words lists the different words of the rules that Root uses, sorted.
func (g *Grammar) Words() []string {
	seen := map[string]bool{}
	done := map[string]bool{}
	var walk func(n *node)
	walk = func(n *node) {
		switch n.kind {
		case word:
			seen[n.text] = true
		case ref:
			if !done[n.text] && n.text != "NULL" {
				done[n.text] = true
				walk(g.rules[n.text])
			}
		}
		for _, c := range n.children {
			walk(c)
		}
	}
	walk(g.rules[g.Root])
	words := make([]string, 0, len(seen))
	for w := range seen {
		words = append(words, w)
	}
	slices.Sort(words)
	return words
}

// Rules writes the rules as plain private JSGF rules, one a line, each name with prefix before it.
func (g *Grammar) Rules(prefix string) string {
	var b strings.Builder
	for _, name := range g.order {
		fmt.Fprintf(&b, "<%s%s> = ", prefix, name)
		g.rules[name].write(&b, prefix)
		b.WriteString(" ;\n")
	}
	return b.String()
}

func (n *node) write(b *strings.Builder, prefix string) {
	switch n.kind {
	case word:
		b.WriteString(n.text)
	case ref:
		if n.text == "NULL" {
			b.WriteString("<NULL>")
			return
		}
		b.WriteString("<" + prefix + n.text + ">")
	case sequence:
		for i, c := range n.children {
			if i > 0 {
				b.WriteByte(' ')
			}
			c.write(b, prefix)
		}
	case choice:
		b.WriteString("( ")
		for i, c := range n.children {
			if i > 0 {
				b.WriteString(" | ")
			}
			if n.weights[i] > 0 {
				b.WriteString("/" + strconv.FormatFloat(n.weights[i], 'f', -1, 64) + "/ ")
			}
			c.write(b, prefix)
		}
		b.WriteString(" )")
	case repeat:
		open, end := "( ", " )+"
		switch {
		case n.star && !n.many:
			open, end = "[ ", " ]"
		case n.star:
			end = " )*"
		}
		b.WriteString(open)
		n.children[0].write(b, prefix)
		b.WriteString(end)
	}
}

// check finds undefined rules, recursion and grammars that grow too large.
func (g *Grammar) check() error {
	sizes := map[string]float64{}
	var size func(n *node, path []string) (float64, error)
	rule := func(name string, path []string) (float64, error) {
		if name == "NULL" {
			return 1, nil
		}
		if s, ok := sizes[name]; ok {
			return s, nil
		}
		if slices.Contains(path, name) {
			return 0, fmt.Errorf("rule <%s> refers to itself (%s), which a finite-state grammar cannot", name, strings.Join(append(path, name), " → "))
		}
		n, ok := g.rules[name]
		if !ok {
			return 0, fmt.Errorf("rule <%s> is used but not defined", name)
		}
		s, err := size(n, append(path, name))
		sizes[name] = s
		return s, err
	}
	size = func(n *node, path []string) (float64, error) {
		if n.kind == ref {
			return rule(n.text, path)
		}
		sum := 1.0
		for _, c := range n.children {
			s, err := size(c, path)
			if err != nil {
				return 0, err
			}
			sum += s
		}
		return sum, nil
	}
	for _, name := range g.order {
		s, err := rule(name, nil)
		if err != nil {
			return err
		}
		if s > MaxExpanded || math.IsInf(s, 0) {
			return fmt.Errorf("rule <%s> stands for more than %d words when written out", name, MaxExpanded)
		}
	}
	return nil
}
