package graph

import (
	"fmt"
	"html"
	"math"
	"strings"
)

const (
	margin     = 40.0
	groupTitle = 34.0
)

// svg draws the view. Everything a flow says is escaped; what the picture
// shows by colour is in classes, for the page's style to choose.
func (m *Model) svg() (picture string, width, height float64) {
	var b strings.Builder
	y := margin
	for i, g := range newView(m).groups {
		w, h := layout(g)
		top := y
		if g.flow != "" {
			y += groupTitle
		}
		fmt.Fprintf(&b, `<g class="flow" data-flow="%s">`, html.EscapeString(g.flow))
		if g.flow != "" {
			fmt.Fprintf(&b, `<rect class="frame" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="14"/><text class="frametitle" x="%.1f" y="%.1f">%s</text>`,
				margin-20, top-12, w+40, h+groupTitle+32, margin, top+12, html.EscapeString(g.flow))
		}
		fmt.Fprintf(&b, `<g transform="translate(%.1f %.1f)">`, margin, y)
		for _, l := range g.lines {
			m.svgLine(&b, l)
		}
		for _, l := range g.lines {
			svgLabel(&b, l)
		}
		for _, bx := range g.boxes {
			m.svgBox(&b, bx)
		}
		b.WriteString("</g></g>\n")
		width = max(width, w+2*margin)
		y += h + margin
		if i >= 0 {
			y += 30
		}
	}
	return b.String(), width, y
}

func (m *Model) svgLine(b *strings.Builder, l *line) {
	class := "line " + l.manner()
	if l.back {
		class += " back"
	}
	if l.from.node == nil {
		class += " from-" + l.from.class
	}
	if m.Coverage != nil && l.from.node != nil {
		class += " " + coverClass(l.walks)
	}
	from, to := l.from.id, l.to.id
	fmt.Fprintf(b, `<path class="%s" data-from="%s" data-to="%s" marker-end="url(#arrow)" d="%s"><title>%s</title></path>`,
		class, from, to, path(l.points), html.EscapeString(l.title()))
}

func (l *line) title() string {
	from := strings.Join(l.from.words, ", ")
	if l.from.node != nil {
		from = l.from.node.Name
	}
	out := from + " → " + l.to.node.Name
	for _, w := range l.ways {
		out += "\n" + strings.TrimSpace(string(w.Kind)+" "+w.Label)
	}
	return out
}

// coverClass is a step of the scale: how often tests came here.
func coverClass(n int) string {
	switch {
	case n == 0:
		return "cov0"
	case n == 1:
		return "cov1"
	case n < 5:
		return "cov2"
	}
	return "cov3"
}

// path is a smooth line through points, upright at each of them.
func path(points []point) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%.1f %.1f", points[0].x, points[0].y)
	for i := 1; i < len(points); i++ {
		p, q := points[i-1], points[i]
		if i+1 < len(points) && math.Abs(q.x-p.x) < 0.05 && math.Abs(points[i+1].x-q.x) < 0.05 {
			points[i] = point{p.x, q.y} // straight on
			continue
		}
		if math.Abs(p.x-q.x) < 0.05 {
			fmt.Fprintf(&b, "L%.1f %.1f", q.x, q.y)
			continue
		}
		middle := (p.y + q.y) / 2
		fmt.Fprintf(&b, "C%.1f %.1f %.1f %.1f %.1f %.1f", p.x, middle, q.x, middle, q.x, q.y)
	}
	return b.String()
}

func svgLabel(b *strings.Builder, l *line) {
	words := l.words()
	if len(words) == 0 || l.label == (point{}) {
		return
	}
	text := fit(joined(words), 26)
	w := textWidth(text)*labelSize + 8
	fmt.Fprintf(b, `<g class="label %s" data-from="%s" data-to="%s"><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="5"/><text x="%.1f" y="%.1f">%s</text></g>`,
		l.manner(), l.from.id, l.to.id, l.label.x-w/2, l.label.y-labelHigh/2, w, labelHigh, l.label.x, l.label.y+3.8, html.EscapeString(text))
}

func (m *Model) svgBox(b *strings.Builder, bx *box) {
	left, top := bx.x-bx.w/2, bx.y-bx.h/2
	if bx.node == nil {
		fmt.Fprintf(b, `<g class="pill %s" id="%s"><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="13"/>`, bx.class, bx.id, left, top, bx.w, bx.h)
		for i, line := range pillLines(bx) {
			fmt.Fprintf(b, `<text x="%.1f" y="%.1f">%s</text>`, bx.x, top+17+14*float64(i), html.EscapeString(line))
		}
		fmt.Fprintf(b, `<title>%s</title></g>`, html.EscapeString(strings.Join(bx.words, "\n")))
		return
	}
	n := bx.node
	k := kindOf(n.Kind)
	class := "node k-" + k.name
	if m.Coverage != nil {
		class += " " + coverClass(m.visits(n.Name))
	}
	if n.Name == m.Start {
		class += " start"
	}
	name := n.Name
	if n.Flow != "" {
		name = strings.TrimPrefix(name, n.Flow+"/")
	}
	tag := k.en
	if m.Language == "zh" {
		tag = k.zh
	}
	tagWidth := max(textWidth(k.en), textWidth(k.zh))*10 + 12
	fmt.Fprintf(b, `<g class="%s" id="%s" data-node="%s" tabindex="0" role="button"><rect class="body" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="9"/>`,
		class, bx.id, html.EscapeString(n.Name), left, top, bx.w, bx.h)
	fmt.Fprintf(b, `<path class="bar" d="M%.1f %.1fv%.1f"/>`, left+3.5, top+9, bx.h-18)
	fmt.Fprintf(b, `<text class="name" x="%.1f" y="%.1f">%s</text>`, left+14, top+20, html.EscapeString(fit(name, (bx.w-28-tagWidth)/13.5)))
	fmt.Fprintf(b, `<rect class="tag" x="%.1f" y="%.1f" width="%.1f" height="16" rx="8"/><text class="tagtext" data-k="%s" x="%.1f" y="%.1f">%s</text>`,
		left+bx.w-tagWidth-8, top+8, tagWidth, k.name, left+bx.w-tagWidth/2-8, top+19.4, html.EscapeString(tag))
	lines := boxLines(bx)
	for i, line := range lines {
		fmt.Fprintf(b, `<text class="says" x="%.1f" y="%.1f">%s</text>`, left+14, top+37+15*float64(i), html.EscapeString(line))
	}
	if len(lines) == 0 && n.Outcome != "" {
		fmt.Fprintf(b, `<text class="says" x="%.1f" y="%.1f">⚑ %s</text>`, left+14, top+36, html.EscapeString(fit(n.Outcome, 16)))
	}
	if m.Coverage != nil {
		fmt.Fprintf(b, `<text class="count" x="%.1f" y="%.1f">×%d</text>`, left+bx.w-8, top+bx.h-6, m.visits(n.Name))
	}
	b.WriteString("</g>")
}
