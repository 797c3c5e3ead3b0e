package graph

import (
	"fmt"
	"strings"
)

// DOT writes the flow for Graphviz.
func (m *Model) DOT() []byte {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("digraph %s {", dotText(m.Name))
	p("  graph [rankdir=TB, fontname=\"sans-serif\", labelloc=t, label=%s]", dotText(m.Name))
	p("  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=11, margin=\"0.15,0.08\"]")
	p("  edge [fontname=\"sans-serif\", fontsize=9, color=\"#6b7684\", fontcolor=\"#47505c\"]")
	for i, g := range newView(m).groups {
		indent := "  "
		if g.flow != "" {
			p("  subgraph cluster_%d {", i)
			p("    label=%s", dotText(g.flow))
			indent = "    "
		}
		for _, bx := range g.boxes {
			p("%s%s [%s]", indent, bx.id, m.dotBox(bx))
		}
		for _, l := range g.lines {
			p("%s%s -> %s [%s]", indent, l.from.id, l.to.id, m.dotLine(l))
		}
		if g.flow != "" {
			p("  }")
		}
	}
	p("}")
	return []byte(b.String())
}

func (m *Model) dotBox(bx *box) string {
	if bx.node == nil {
		return fmt.Sprintf("label=%s, shape=oval, style=dashed, color=\"#9aa4b2\", fontsize=10", dotText(strings.Join(bx.words, ", ")))
	}
	k := kindOf(bx.node.Kind)
	label := bx.node.Name + "\n" + k.name
	for _, line := range wrap(excerpt(bx), 24, 2) {
		label += "\n" + line
	}
	colour, fill := k.colour, k.pale
	if m.Coverage != nil {
		colour, fill = "#1a7f37", "#dafbe1"
		if m.visits(bx.node.Name) == 0 {
			colour, fill = "#d1242f", "#ffebe9"
		}
	}
	shape := ""
	if bx.node.Kind == "choose" {
		shape = ", shape=diamond, margin=0"
	}
	tip := fmt.Sprintf("%s:%d:%d", bx.node.File, bx.node.Line, bx.node.Column)
	return fmt.Sprintf("label=%s, color=%s, fillcolor=%s, tooltip=%s%s", dotText(label), dotText(colour), dotText(fill), dotText(tip), shape)
}

func (m *Model) dotLine(l *line) string {
	style := "solid"
	if l.manner() == "trouble" || l.from.node == nil {
		style = "dashed"
	}
	out := "style=" + style
	if words := l.words(); len(words) > 0 {
		out += ", label=" + dotText(fit(strings.Join(words, ", "), 40))
	}
	if m.Coverage != nil && l.from.node != nil {
		colour := "#1a7f37"
		if l.walks == 0 {
			colour = "#d1242f"
		}
		out += ", color=" + dotText(colour)
	}
	return out
}

// dotText is a quoted string of DOT. Within quotes only the quote itself and
// the backslash mean something; a line break is written as \n.
func dotText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
