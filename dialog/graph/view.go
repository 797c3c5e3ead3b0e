package graph

import (
	"slices"
	"strings"

	"github.com/dialwright/dialwright/dialog"
)

// view is the graph as people want to see it. What can be heard everywhere
// (global intents) and what happens everywhere (the flow's own ladders) would
// draw a line from each node; here it is a pill with a single line. Each
// sub-flow is a picture of its own.
type view struct {
	groups []*group // the flow first, then its sub-flows
}

type group struct {
	flow  string // empty: the flow itself
	boxes []*box
	lines []*line
}

// box is a node, or a pill where lines from everywhere begin.
type box struct {
	id    string // among all: n1, p2 …
	node  *dialog.GraphNode
	info  dialog.NodeInfo
	class string   // of a pill: event, global, ladder
	words []string // of a pill

	x, y, w, h float64 // of its centre; filled by the layout
}

// line is all ways from a box to another.
type line struct {
	from, to *box
	ways     []dialog.GraphEdge
	walks    int

	points []point // filled by the layout
	label  point
	back   bool // against the direction of the picture
}

type point struct{ x, y float64 }

func newView(m *Model) *view {
	v := &view{}
	b := &viewBuilder{model: m, view: v, boxes: map[string]*box{}, groups: map[string]*group{}, lines: map[[2]string]*line{}, pills: map[string]*box{}}
	for i := range m.Nodes {
		n := &m.Nodes[i]
		g := b.group(n.Flow)
		bx := &box{id: "n" + itoa(i+1), node: n, info: m.Details[n.Name]}
		b.boxes[n.Name] = bx
		g.boxes = append(g.boxes, bx)
	}
	for _, e := range m.Edges {
		b.edge(e)
	}
	return v
}

type viewBuilder struct {
	model  *Model
	view   *view
	boxes  map[string]*box
	groups map[string]*group
	lines  map[[2]string]*line
	pills  map[string]*box
}

func (b *viewBuilder) group(flow string) *group {
	g := b.groups[flow]
	if g == nil {
		g = &group{flow: flow}
		b.groups[flow] = g
		b.view.groups = append(b.view.groups, g)
	}
	return g
}

func (b *viewBuilder) edge(e dialog.GraphEdge) {
	to := b.boxes[e.To]
	if to == nil {
		return
	}
	class := ""
	from := b.boxes[e.From]
	switch {
	case e.Kind == dialog.EdgeEvent:
		class = "event"
	case e.Kind == dialog.EdgeGlobal || e.Kind == dialog.EdgeDigress:
		class = "global"
	case from == nil:
		return
	case e.Kind == dialog.EdgeNoInput && from.info.NoInput.Inherited, e.Kind == dialog.EdgeNoMatch && from.info.NoMatch.Inherited:
		class = "ladder"
	}
	if class != "" {
		from = b.pill(class, e)
	} else if from.node.Flow != to.node.Flow {
		return // the picture of the other flow has it; the panel says so
	}
	key := [2]string{from.id, to.id}
	l := b.lines[key]
	if l == nil {
		l = &line{from: from, to: to}
		if from.node != nil {
			l.walks = b.model.walks(from.node.Name, to.node.Name)
		}
		b.lines[key] = l
		g := b.group(to.node.Flow)
		g.lines = append(g.lines, l)
	}
	if !slices.ContainsFunc(l.ways, func(w dialog.GraphEdge) bool { return w.Kind == e.Kind && w.Label == e.Label }) {
		l.ways = append(l.ways, e)
	}
}

// pill is the one place from which everything of a class leads to a node.
func (b *viewBuilder) pill(class string, e dialog.GraphEdge) *box {
	key := class + "\x00" + e.To
	p := b.pills[key]
	if p == nil {
		p = &box{id: "p" + itoa(len(b.pills)+1), class: class}
		b.pills[key] = p
		g := b.group(b.boxes[e.To].node.Flow)
		g.boxes = append(g.boxes, p)
	}
	if w := wayText(e); !slices.Contains(p.words, w) {
		p.words = append(p.words, w)
	}
	return p
}

// wayText is a way as it is written on a line.
func wayText(e dialog.GraphEdge) string {
	switch e.Kind {
	case dialog.EdgeGoto, dialog.EdgeWorked, dialog.EdgeResult:
		return e.Label
	case dialog.EdgeNoInput:
		return "no_input " + e.Label
	case dialog.EdgeNoMatch:
		return "no_match " + e.Label
	case dialog.EdgeDigits:
		return "[" + e.Label + "]"
	case dialog.EdgeFilled:
		return "✓ " + e.Label
	case dialog.EdgeDigress:
		return e.Label + " ↩"
	case dialog.EdgeDenied, dialog.EdgeFailed, dialog.EdgeTimeout, dialog.EdgeUnknown, dialog.EdgeOutside:
		return string(e.Kind)
	case dialog.EdgeConfirmed:
		return "✓"
	}
	return e.Label
}

// words of a line, those that say nothing left out.
func (l *line) words() []string {
	var out []string
	if l.from.node == nil {
		return nil // they stand on the pill
	}
	for _, w := range l.ways {
		if t := strings.Join(strings.Fields(wayText(w)), " "); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// manner tells how a line is drawn: main, key (a way the author wrote), or
// trouble (something went wrong).
func (l *line) manner() string {
	for _, w := range l.ways {
		switch w.Kind {
		case dialog.EdgeNoInput, dialog.EdgeNoMatch, dialog.EdgeFailed, dialog.EdgeTimeout, dialog.EdgeUnknown, dialog.EdgeOutside, dialog.EdgeDenied:
		default:
			return "main"
		}
	}
	return "trouble"
}
