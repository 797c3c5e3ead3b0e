package graph

import (
	"cmp"
	"math"
	"slices"
)

const passes = 20

// place gives every vertex its x and y.
func (d *drawing) place() {
	for _, row := range d.ranks {
		x := 0.0
		for i, v := range row {
			if i > 0 {
				x += apart(row[i-1], v)
			}
			v.x = x
		}
	}
	turns := passes
	if d.size() > maxCount {
		turns = 8
	}
	for i := range turns {
		both := i >= turns-4
		for k := range d.ranks {
			r := k
			if i%2 == 1 {
				r = len(d.ranks) - 1 - k
			}
			d.pull(d.ranks[r], i%2 == 0 || both, i%2 == 1 || both)
		}
	}
	d.straighten()
	y := 0.0
	for r, row := range d.ranks {
		high := 0.0
		for _, v := range row {
			high = max(high, v.h)
		}
		if r > 0 {
			y += layerGap
		}
		if r%2 == 1 {
			high = max(high, 6)
		}
		for _, v := range row {
			v.y = y + high/2
			if v.box != nil && v.box.node != nil {
				v.y = y + v.h/2 // boxes hang from one line, as their lines arrive there
			}
		}
		y += high
	}
	d.height = y
	d.fromZero()
}

// apart is how far the middles of two neighbours must be from each other.
func apart(a, b *vertex) float64 {
	gap := betweenWay
	if a.box != nil && b.box != nil {
		gap = betweenBox
	} else if a.box != nil || b.box != nil {
		gap = (betweenBox + betweenWay) / 2
	}
	return a.w/2 + gap + b.w/2
}

// pull moves the vertices of a row towards their neighbours above, below, or
// both, as near as the order and the distances allow: least squares under a
// chain of constraints, which is isotonic regression (pool adjacent violators).
func (d *drawing) pull(row []*vertex, above, below bool) {
	type pool struct {
		sum, weight float64
		count       int
	}
	var pools []pool
	offset := make([]float64, len(row))
	for i, v := range row {
		if i > 0 {
			offset[i] = offset[i-1] + apart(row[i-1], v)
		}
		sum, weight := 0.0, 0.0
		add := func(n *vertex) {
			w := 1.0
			if v.line != nil && n.line != nil {
				w = 12 // long lines are straight
			} else if v.line != nil || n.line != nil {
				w = 2
			}
			sum, weight = sum+w*n.x, weight+w
		}
		if above {
			for _, n := range v.up {
				add(n)
			}
		}
		if below {
			for _, n := range v.down {
				add(n)
			}
		}
		if weight == 0 {
			sum, weight = v.x*0.05, 0.05
		}
		pools = append(pools, pool{sum - offset[i]*weight, weight, 1})
		for n := len(pools); n > 1 && pools[n-2].sum/pools[n-2].weight > pools[n-1].sum/pools[n-1].weight; n = len(pools) {
			pools[n-2] = pool{pools[n-2].sum + pools[n-1].sum, pools[n-2].weight + pools[n-1].weight, pools[n-2].count + pools[n-1].count}
			pools = pools[:n-1]
		}
	}
	i := 0
	for _, p := range pools {
		for range p.count {
			row[i].x = p.sum/p.weight + offset[i]
			i++
		}
	}
}

// straighten lets long lines run straight down where there is room.
func (d *drawing) straighten() {
	for range 3 {
		for _, l := range d.lines {
			chain := d.chains[l]
			if len(chain) < 5 {
				continue
			}
			through := slices.DeleteFunc(slices.Clone(chain[1:len(chain)-1]), func(v *vertex) bool { return v.word != "" })
			xs := make([]float64, len(through))
			for i, v := range through {
				xs[i] = v.x
			}
			slices.Sort(xs)
			middle := xs[len(xs)/2]
			for _, v := range through {
				row := d.ranks[v.rank]
				x := middle
				if v.order > 0 {
					x = max(x, row[v.order-1].x+apart(row[v.order-1], v))
				}
				if v.order+1 < len(row) {
					x = min(x, row[v.order+1].x-apart(v, row[v.order+1]))
				}
				v.x = x
			}
		}
	}
}

// fromZero moves the drawing so that it begins at zero.
func (d *drawing) fromZero() {
	left, right := math.Inf(1), math.Inf(-1)
	for _, row := range d.ranks {
		for _, v := range row {
			left, right = min(left, v.x-v.w/2), max(right, v.x+v.w/2)
		}
	}
	for _, row := range d.ranks {
		for _, v := range row {
			v.x -= left
		}
	}
	d.width = right - left
}

// route gives lines their points: from the lower edge of a box, through the
// rows, to the upper edge of another. Lines of one box leave it side by side.
func (d *drawing) route() {
	for _, row := range d.ranks {
		for _, v := range row {
			if v.box != nil {
				v.box.x, v.box.y = v.x, v.y
			}
		}
	}
	lower, upper := map[*vertex][]*line{}, map[*vertex][]*line{}
	for _, l := range d.lines {
		if c := d.chains[l]; c != nil {
			lower[c[0]] = append(lower[c[0]], l)
			upper[c[len(c)-1]] = append(upper[c[len(c)-1]], l)
		}
	}
	port := func(v *vertex, all []*line, l *line, at func(*line) float64) float64 {
		slices.SortStableFunc(all, func(a, b *line) int { return cmp.Compare(at(a), at(b)) })
		i := slices.Index(all, l)
		spread := min(26, (v.w-40)/float64(max(1, len(all))))
		return v.x + (float64(i)-float64(len(all)-1)/2)*spread
	}
	for _, l := range d.lines {
		c := d.chains[l]
		if c == nil { // to itself
			b := d.of[l.from]
			l.points = []point{{b.x + b.w/2, b.y - 8}, {b.x + b.w/2 + 22, b.y}, {b.x + b.w/2, b.y + 8}}
			continue
		}
		first, last := c[0], c[len(c)-1]
		fx := port(first, lower[first], l, func(o *line) float64 { return d.chains[o][1].x })
		lx := port(last, upper[last], l, func(o *line) float64 { oc := d.chains[o]; return oc[len(oc)-2].x })
		l.points = append(l.points, point{fx, first.y + first.h/2})
		for _, v := range c[1 : len(c)-1] {
			half := max(v.h/2, 3)
			l.points = append(l.points, point{v.x, v.y - half}, point{v.x, v.y + half})
			if v.word != "" {
				l.label = point{v.x, v.y}
			}
		}
		l.points = append(l.points, point{lx, last.y - last.h/2})
		if l.back {
			slices.Reverse(l.points)
		}
	}
}

// pack puts components beside and below each other so that they fill a window
// well: of several widths the one that can be shown largest.
func pack(all []*drawing) (width, height float64) {
	least, sum := 0.0, 0.0
	for _, d := range all {
		least, sum = max(least, d.width), sum+d.width+componentX
	}
	best, size := least, math.Inf(1)
	for i := range 12 {
		most := least + (sum-least)*float64(i)/11
		w, h := stack(all, most, nil)
		if s := max(w/windowShape, h); s < size-1 {
			best, size = most, s
		}
	}
	return stack(all, best, (*drawing).move)
}

// windowShape is a window's width for a height of one.
const windowShape = 1.75

// stack puts each component as high as it can stand, leftmost first.
func stack(all []*drawing, most float64, move func(*drawing, float64, float64)) (width, height float64) {
	type placed struct{ x, y, w, h float64 }
	var done []placed
	for _, d := range all {
		w, h := d.width+componentX, d.height+componentY
		edges := []float64{0}
		for _, p := range done {
			edges = append(edges, p.x+p.w)
		}
		slices.Sort(edges)
		x, y := 0.0, math.Inf(1)
		for _, e := range edges {
			if e > 0 && e+d.width > most+1 {
				continue
			}
			low := 0.0
			for _, p := range done {
				if p.x < e+w && e < p.x+p.w {
					low = max(low, p.y+p.h)
				}
			}
			if low < y-1 {
				x, y = e, low
			}
		}
		done = append(done, placed{x, y, w, h})
		width, height = max(width, x+d.width), max(height, y+d.height)
		if move != nil {
			move(d, x, y)
		}
	}
	return width, height
}

func (d *drawing) move(x, y float64) {
	for _, b := range d.boxes {
		b.x, b.y = b.x+x, b.y+y
	}
	for _, l := range d.lines {
		for i := range l.points {
			l.points[i].x, l.points[i].y = l.points[i].x+x, l.points[i].y+y
		}
		l.label.x, l.label.y = l.label.x+x, l.label.y+y
	}
}
