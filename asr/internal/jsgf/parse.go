package jsgf

import (
	"fmt"
	"strconv"
	"strings"
)

type parser struct {
	tokens []token
	depth  int
	g      *Grammar
}

func (p *parser) peek() token { return p.tokens[0] }

func (p *parser) take() token {
	t := p.tokens[0]
	if t.kind != tokEnd {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *parser) sign(s string) bool {
	if t := p.peek(); t.kind != tokSign || t.text != s {
		return false
	}
	p.take()
	return true
}

func (t token) fail(format string, args ...any) error {
	return fmt.Errorf("line %d, column %d: %s", t.line, t.col, fmt.Sprintf(format, args...))
}

func (t token) String() string {
	switch t.kind {
	case tokEnd:
		return "the end"
	case tokRule:
		return "<" + t.text + ">"
	case tokTag:
		return "a tag"
	}
	return fmt.Sprintf("%q", t.text)
}

// grammar is "grammar NAME;" and rule definitions.
func (p *parser) grammar() error {
	t := p.take()
	if t.kind != tokWord || t.text != "grammar" {
		return t.fail("want %q, found %s", "grammar NAME;", t)
	}
	if t = p.take(); t.kind != tokWord {
		return t.fail("want the grammar's name, found %s", t)
	}
	if !p.sign(";") {
		return p.peek().fail("want ; after the grammar's name, found %s", p.peek())
	}
	for p.peek().kind != tokEnd {
		if err := p.rule(); err != nil {
			return err
		}
	}
	if p.g.Root == "" {
		return p.peek().fail("no rule is public, so nothing could be said")
	}
	return nil
}

// rule is "[public] <name> = expansion ;".
func (p *parser) rule() error {
	t := p.take()
	public := t.kind == tokWord && t.text == "public"
	if public {
		t = p.take()
	}
	switch {
	case t.kind == tokWord && t.text == "import":
		return t.fail("import is not supported; write the rules into this grammar")
	case t.kind != tokRule:
		return t.fail("want a rule such as <name> = …;, found %s", t)
	case !plainName(t.text):
		return t.fail("rule name %q: use letters, digits and _", t.text)
	case t.text == "NULL" || t.text == "VOID":
		return t.fail("<%s> cannot be defined", t.text)
	case p.g.rules[t.text] != nil:
		return t.fail("rule <%s> is defined twice", t.text)
	}
	if !p.sign("=") {
		return p.peek().fail("want = after <%s>, found %s", t.text, p.peek())
	}
	n, err := p.choice()
	if err != nil {
		return err
	}
	if !p.sign(";") {
		return p.peek().fail("want ; at the end of <%s>, found %s", t.text, p.peek())
	}
	p.g.rules[t.text] = n
	p.g.order = append(p.g.order, t.text)
	if public && p.g.Root == "" {
		p.g.Root = t.text
	}
	return nil
}

func plainName(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
}

func (p *parser) choice() (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.peek().fail("brackets nest deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	n := &node{kind: choice}
	for {
		w := 0.0
		if t := p.peek(); t.kind == tokWeight {
			var err error
			if w, err = strconv.ParseFloat(t.text, 64); err != nil || !(w > 1e-9 && w < 1e9) {
				return nil, t.fail("weight /%s/ is not a positive number", t.text)
			}
			p.take()
		}
		c, err := p.sequence()
		if err != nil {
			return nil, err
		}
		n.children, n.weights = append(n.children, c), append(n.weights, w)
		if !p.sign("|") {
			return n, nil
		}
	}
}

func (p *parser) sequence() (*node, error) {
	n := &node{kind: sequence}
	for {
		item, err := p.item()
		if err != nil {
			return nil, err
		}
		if item == nil {
			break
		}
		item = p.repeated(item)
		for p.peek().kind == tokTag {
			p.take()
		}
		n.children = append(n.children, item)
	}
	if len(n.children) == 0 {
		return nil, p.peek().fail("want a word, a rule or a bracket, found %s", p.peek())
	}
	return n, nil
}

// repeated wraps what "*" or "+" follow; any number of them means no more than one.
func (p *parser) repeated(item *node) *node {
	star, many := false, false
	for {
		if p.sign("*") {
			star, many = true, true
		} else if p.sign("+") {
			many = true
		} else {
			break
		}
	}
	if !many {
		return item
	}
	return &node{kind: repeat, children: []*node{item}, star: star, many: true}
}

// item is nil at the end of a sequence.
func (p *parser) item() (*node, error) {
	t := p.peek()
	switch {
	case t.kind == tokWord:
		p.take()
		return &node{kind: word, text: strings.ToLower(t.text)}, nil
	case t.kind == tokRule:
		p.take()
		if t.text == "VOID" {
			return nil, t.fail("<VOID> is not supported")
		}
		return &node{kind: ref, text: t.text}, nil
	case p.sign("("):
		return p.bracket(")")
	case p.sign("["):
		n, err := p.bracket("]")
		return &node{kind: repeat, children: []*node{n}, star: true}, err
	}
	return nil, nil
}

func (p *parser) bracket(end string) (*node, error) {
	n, err := p.choice()
	if err != nil {
		return nil, err
	}
	if !p.sign(end) {
		return nil, p.peek().fail("want %s, found %s", end, p.peek())
	}
	return n, nil
}
