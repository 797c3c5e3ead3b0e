package graph

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/dialog"
)

// ladderFlow has n nodes that listen, with ways on, back and far ahead.
func ladderFlow(t *testing.T, n int) *dialog.Flow {
	t.Helper()
	var b strings.Builder
	b.WriteString("flow: big\nintents: {a: [one way], b: [another way], c: [a third]}\nglobal: {human: end}\n" +
		"defaults: {no_input: [{goto: end}], no_match: [{repeat: true}, {goto: end}]}\non_hangup: {outcome: gone}\nopt_out: true\nnodes:\n")
	for i := range n {
		fmt.Fprintf(&b, "  n%d: {say: \"This is the question number %d, and it is long\", listen: {intents: {a: %s, b: %s, c: n%d}}}\n",
			i, i, next(i+1, n), next(i+7, n), i/2)
	}
	b.WriteString("  end: {end: done}\n")
	f, err := dialog.Parse("flow.yaml", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func next(i, n int) string {
	if i >= n {
		return "end"
	}
	return fmt.Sprintf("n%d", i)
}

// Boxes and labels never lie upon each other, whatever the flow's size, and
// every line begins and ends at its boxes.
func TestNothingOverlaps(t *testing.T) {
	for _, n := range []int{1, 5, 40, 300} {
		v := newView(New(ladderFlow(t, n), nil))
		for _, g := range v.groups {
			width, height := layout(g)
			type area struct {
				what            string
				l, t, r, bottom float64
			}
			var all []area
			for _, b := range g.boxes {
				all = append(all, area{b.id, b.x - b.w/2, b.y - b.h/2, b.x + b.w/2, b.y + b.h/2})
			}
			for _, l := range g.lines {
				if words := l.words(); len(words) > 0 && l.from != l.to {
					w := textWidth(fit(joined(words), 26))*labelSize + 8
					all = append(all, area{"label of " + l.title(), l.label.x - w/2, l.label.y - 8, l.label.x + w/2, l.label.y + 8})
				}
				from, to := l.from, l.to
				if first, last := l.points[0], l.points[len(l.points)-1]; l.from != l.to && (first.x < from.x-from.w/2 || first.x > from.x+from.w/2 || last.x < to.x-to.w/2 || last.x > to.x+to.w/2) {
					t.Errorf("%d nodes: line %s does not meet its boxes", n, l.title())
				}
			}
			for i, a := range all {
				if a.l < -1 || a.t < -1 || a.r > width+40 || a.bottom > height+1 {
					t.Errorf("%d nodes: %s lies outside", n, a.what)
				}
				for _, b := range all[:i] {
					if a.l < b.r-0.5 && b.l < a.r-0.5 && a.t < b.bottom-0.5 && b.t < a.bottom-0.5 {
						t.Errorf("%d nodes: %s and %s lie upon each other", n, a.what, b.what)
					}
				}
			}
		}
	}
}

func TestWrapAndFit(t *testing.T) {
	if got := fit("short", 20); got != "short" {
		t.Error(got)
	}
	if got := fit("a text that is too long", 6); !strings.HasSuffix(got, "…") || textWidth(got) > 6.5 {
		t.Errorf("%q is %.1f wide", got, textWidth(got))
	}
	lines := wrap("您好，这里是演示，通知您续约优惠。同意请按一，拒绝请按二。", 10, 2)
	if len(lines) != 2 || textWidth(lines[0]) > 10 || !strings.HasSuffix(lines[1], "…") {
		t.Errorf("%q", lines)
	}
	if lines := wrap("", 10, 2); lines != nil {
		t.Errorf("%q", lines)
	}
	if lines := wrap(strings.Repeat("x", 300), 10, 2); len(lines) != 2 {
		t.Errorf("%q", lines)
	}
}

// Few lines cross where none has to.
func TestTreesHaveNoCrossings(t *testing.T) {
	f, err := dialog.Parse("flow.yaml", []byte(`flow: tree
intents: {a: [one], b: [two]}
defaults: {no_input: [{end: x}], no_match: [{end: x}]}
on_hangup: {outcome: gone}
nodes:
  r: {say: hi, listen: {intents: {a: l, b: m}}}
  l: {say: hi, listen: {intents: {a: l1, b: l2}}}
  m: {say: hi, listen: {intents: {a: m1, b: m2}}}
  m2: {end: a}
  l1: {end: b}
  m1: {end: c}
  l2: {end: d}
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range components(newView(New(f, nil)).groups[0]) {
		for _, b := range d.boxes {
			measure(b)
		}
		d.layers()
		d.chain()
		d.sort()
		if n := d.crossings(); n != 0 {
			t.Errorf("%d crossings", n)
		}
	}
}
