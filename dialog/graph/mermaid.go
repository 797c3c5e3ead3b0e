package graph

import (
	"fmt"
	"strings"
)

// Mermaid writes the flow as a Mermaid flowchart, for pages that draw them.
func (m *Model) Mermaid() []byte {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("flowchart TD")
	v := newView(m)
	for i, g := range v.groups {
		indent := "  "
		if g.flow != "" {
			p("  subgraph g%d[\"%s\"]", i, mermaidText(g.flow))
			indent = "    "
		}
		for _, bx := range g.boxes {
			p("%s%s%s", indent, bx.id, mermaidShape(bx))
		}
		for _, l := range g.lines {
			p("%s%s %s %s", indent, l.from.id, mermaidArrow(l), l.to.id)
		}
		if g.flow != "" {
			p("  end")
		}
	}
	for _, k := range kinds {
		p("  classDef %s fill:%s,stroke:%s,color:#1c2430", k.name+"Node", k.pale, k.colour)
	}
	p("  classDef pill fill:#f1f3f6,stroke:#9aa4b2,color:#47505c,stroke-dasharray:4 3")
	for _, g := range v.groups {
		for _, bx := range g.boxes {
			class := "pill"
			if bx.node != nil {
				class = kindOf(bx.node.Kind).name + "Node"
			}
			p("  class %s %s", bx.id, class)
		}
	}
	if m.Coverage != nil {
		p("  classDef untested stroke:#d1242f,stroke-width:3px,stroke-dasharray:6 4")
		for _, g := range v.groups {
			for _, bx := range g.boxes {
				if bx.node != nil && m.visits(bx.node.Name) == 0 {
					p("  class %s untested", bx.id)
				}
			}
		}
	}
	return []byte(b.String())
}

func mermaidShape(bx *box) string {
	if bx.node == nil {
		return fmt.Sprintf("([\"%s\"])", mermaidText(strings.Join(bx.words, ", ")))
	}
	text := "<b>" + mermaidText(bx.node.Name) + "</b>"
	if line := excerpt(bx); line != "" {
		text += "<br/>" + mermaidText(fit(line, 28))
	}
	switch bx.node.Kind {
	case "choose":
		return "{\"" + text + "\"}"
	case "listen", "ask", "collect", "confirm", "llm":
		return "[/\"" + text + "\"/]"
	case "end", "return":
		return "([\"" + text + "\"])"
	case "call", "answer", "send", "record":
		return "[[\"" + text + "\"]]"
	}
	return "[\"" + text + "\"]"
}

func mermaidArrow(l *line) string {
	arrow := "-->"
	if l.manner() == "trouble" || l.from.node == nil {
		arrow = "-.->"
	}
	if words := l.words(); len(words) > 0 {
		return arrow + "|\"" + mermaidText(fit(strings.Join(words, ", "), 40)) + "\"|"
	}
	return arrow
}

// mermaidText writes a text so that nothing in it is Mermaid, Markdown or
// HTML: every character that may mean something becomes its code.
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		switch {
		case r < 0x80 && !isPlain(r), r == '\u2028', r == '\u2029':
			fmt.Fprintf(&b, "#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isPlain(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(" .,?!'", r)
}
