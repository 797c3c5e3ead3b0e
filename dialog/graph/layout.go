package graph

import (
	"cmp"
	"slices"
)

// The measures of a picture, in pixels.
const (
	boxWidth   = 216.0
	pillHeight = 26.0
	betweenBox = 30.0
	betweenWay = 12.0 // lines side by side
	labelSize  = 11.0
	labelHigh  = 16.0
	layerGap   = 24.0 // between a row of boxes and the row of labels below it
	componentX = 70.0
	componentY = 60.0
	maxInLayer = 7
)

// vertex is what has a place in a layer: a box, or a point a line goes through.
type vertex struct {
	box   *box
	line  *line
	word  string // the label of a line that stands here
	rank  int    // even: boxes; odd: labels
	order int
	x, y  float64
	w, h  float64
	up    []*vertex
	down  []*vertex
}

// drawing is the layout of one component, top to bottom: layers (Sugiyama,
// Tagawa, Toda 1981), order by barycentres, places by isotonic regression.
type drawing struct {
	boxes  []*box
	lines  []*line
	layer  map[*box]int
	of     map[*box]*vertex
	ranks  [][]*vertex
	chains map[*line][]*vertex // from the upper end to the lower
	width  float64
	height float64
}

// layout places the boxes and lines of a group, and gives its size.
func layout(g *group) (width, height float64) {
	for _, bx := range g.boxes {
		measure(bx)
	}
	var all []*drawing
	for _, c := range components(g) {
		c.layers()
		c.chain()
		c.sort()
		c.place()
		c.route()
		all = append(all, c)
	}
	return pack(all)
}

func measure(bx *box) {
	if bx.node == nil {
		bx.h = pillHeight
		bx.w = 0
		for _, w := range pillLines(bx) {
			bx.w = max(bx.w, textWidth(w)*labelSize+28)
		}
		bx.h = pillHeight + float64(len(pillLines(bx))-1)*14
		return
	}
	bx.w, bx.h = boxWidth, 44
	if n := len(boxLines(bx)); n > 0 {
		bx.h = 40 + 15*float64(n)
	}
}

// boxLines are what stands below the name of a node.
func boxLines(bx *box) []string { return wrap(excerpt(bx), (boxWidth-30)/labelSize, 2) }

func pillLines(bx *box) []string {
	var out []string
	for _, w := range bx.words {
		if n := len(out); n > 0 && textWidth(out[n-1]+w) < 17 {
			out[n-1] += " · " + w
		} else {
			out = append(out, fit(w, 22))
		}
	}
	return out
}

// components are the parts of a group that no line connects; the one with the
// first node comes first, then the larger ones.
func components(g *group) []*drawing {
	root := map[*box]*box{}
	var find func(b *box) *box
	find = func(b *box) *box {
		if root[b] == nil || root[b] == b {
			return b
		}
		root[b] = find(root[b])
		return root[b]
	}
	for _, l := range g.lines {
		if a, b := find(l.from), find(l.to); a != b {
			root[a] = b
		}
	}
	by := map[*box]*drawing{}
	var out []*drawing
	for _, b := range g.boxes {
		r := find(b)
		if by[r] == nil {
			by[r] = &drawing{layer: map[*box]int{}, of: map[*box]*vertex{}, chains: map[*line][]*vertex{}}
			out = append(out, by[r])
		}
		by[r].boxes = append(by[r].boxes, b)
	}
	for _, l := range g.lines {
		c := by[find(l.from)]
		c.lines = append(c.lines, l)
	}
	if len(out) > 1 {
		slices.SortStableFunc(out[1:], func(a, b *drawing) int { return cmp.Compare(len(b.boxes), len(a.boxes)) })
	}
	return out
}

// layers turns lines that close a circle round, and puts each box below those
// that lead to it.
func (d *drawing) layers() {
	out := map[*box][]*line{}
	for _, l := range d.lines {
		if l.from != l.to {
			out[l.from] = append(out[l.from], l)
		}
	}
	state := map[*box]int{}
	var order []*box // each after all below it
	var visit func(b *box)
	visit = func(b *box) {
		state[b] = 1
		for _, l := range out[b] {
			switch state[l.to] {
			case 0:
				visit(l.to)
			case 1:
				l.back = true
			}
		}
		state[b] = 2
		order = append(order, b)
	}
	for _, b := range d.starts() {
		if state[b] == 0 {
			visit(b)
		}
	}
	slices.Reverse(order)
	for _, b := range order {
		for _, l := range out[b] {
			if !l.back {
				d.layer[l.to] = max(d.layer[l.to], d.layer[b]+1)
			}
		}
	}
	d.lower(out)
	d.thin(out)
	d.tighten(order)
}

// starts are the boxes from which the picture is walked through: events, then
// nodes as they stand in the file, then the other pills.
func (d *drawing) starts() []*box {
	rank := func(b *box) int {
		switch {
		case b.class == "event":
			return 0
		case b.node != nil:
			return 1
		}
		return 2
	}
	all := slices.Clone(d.boxes)
	slices.SortStableFunc(all, func(a, b *box) int { return cmp.Compare(rank(a), rank(b)) })
	return all
}

// ends of a line in the direction of the picture.
func (l *line) ends() (upper, lower *box) {
	if l.back {
		return l.to, l.from
	}
	return l.from, l.to
}

// lower moves boxes to which nothing leads down to what they lead to.
func (d *drawing) lower(out map[*box][]*line) {
	led := map[*box]bool{}
	for _, l := range d.lines {
		if l.from != l.to {
			_, low := l.ends()
			led[low] = true
		}
	}
	for _, b := range d.boxes {
		if led[b] || len(out[b]) == 0 {
			continue
		}
		nearest := 1 << 30
		for _, l := range out[b] {
			if !l.back {
				nearest = min(nearest, d.layer[l.to]-1)
			}
		}
		if nearest < 1<<30 {
			d.layer[b] = max(d.layer[b], nearest)
		}
	}
}

// thin moves ends of the conversation out of layers that are too wide.
func (d *drawing) thin(out map[*box][]*line) {
	forward := func(b *box) bool { return slices.ContainsFunc(out[b], func(l *line) bool { return !l.back }) }
	for layer := 0; layer < len(d.boxes); layer++ {
		var in []*box
		for _, b := range d.boxes {
			if d.layer[b] == layer && b.node != nil {
				in = append(in, b)
			}
		}
		for i := len(in) - 1; i >= 0 && len(in) > maxInLayer; i-- {
			if !forward(in[i]) {
				d.layer[in[i]]++
				in = slices.Delete(in, i, i+1)
			}
		}
	}
}

// tighten leaves no layer empty.
func (d *drawing) tighten(order []*box) {
	used := map[int]bool{}
	for _, b := range order {
		used[d.layer[b]] = true
	}
	next, to := 0, map[int]int{}
	for layer := 0; next < len(used); layer++ {
		if used[layer] {
			to[layer] = next
			next++
		}
	}
	for _, b := range order {
		d.layer[b] = to[d.layer[b]]
	}
}

// chain makes vertices of boxes, and of the points where lines cross a row.
func (d *drawing) chain() {
	last := 0
	for _, b := range d.boxes {
		last = max(last, d.layer[b])
	}
	d.ranks = make([][]*vertex, 2*last+1)
	add := func(v *vertex) *vertex {
		v.order = len(d.ranks[v.rank])
		d.ranks[v.rank] = append(d.ranks[v.rank], v)
		return v
	}
	for _, b := range d.starts() {
		d.of[b] = add(&vertex{box: b, rank: 2 * d.layer[b], w: b.w, h: b.h})
	}
	for _, l := range d.lines {
		if l.from == l.to {
			continue
		}
		upper, lower := l.ends()
		at := d.of[upper]
		chain := []*vertex{at}
		word := fit(joined(l.words()), 26)
		for rank := at.rank + 1; rank < 2*d.layer[lower]; rank++ {
			v := &vertex{line: l, rank: rank, w: 2}
			// The label stands next to where the line begins.
			if word != "" && (!l.back && rank == at.rank+1 || l.back && rank == 2*d.layer[lower]-1) {
				v.word, v.w, v.h = word, textWidth(word)*labelSize+10, labelHigh
			}
			chain = append(chain, add(v))
		}
		chain = append(chain, d.of[lower])
		for i := 1; i < len(chain); i++ {
			chain[i-1].down = append(chain[i-1].down, chain[i])
			chain[i].up = append(chain[i].up, chain[i-1])
		}
		d.chains[l] = chain
	}
}

func joined(words []string) string {
	out := ""
	for i, w := range words {
		if i > 0 {
			out += " · "
		}
		out += w
	}
	return out
}
