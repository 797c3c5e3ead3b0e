package graph

import (
	"cmp"
	"slices"
)

const (
	sweeps   = 24
	maxCount = 4000 // vertices; beyond it less is tried
)

// sort orders the vertices of each row so that few lines cross.
func (d *drawing) sort() {
	best, fewest := d.orders(), d.crossings()
	turns := sweeps
	if d.size() > maxCount {
		turns /= 4
	}
	for i := range turns {
		if i%2 == 0 {
			for r := 1; r < len(d.ranks); r++ {
				d.arrange(r, func(v *vertex) []*vertex { return v.up })
			}
		} else {
			for r := len(d.ranks) - 2; r >= 0; r-- {
				d.arrange(r, func(v *vertex) []*vertex { return v.down })
			}
		}
		d.swap()
		if n := d.crossings(); n < fewest {
			best, fewest = d.orders(), n
		}
		if fewest == 0 {
			break
		}
	}
	for r, row := range best {
		d.ranks[r] = row
		for i, v := range row {
			v.order = i
		}
	}
}

func (d *drawing) size() int {
	n := 0
	for _, row := range d.ranks {
		n += len(row)
	}
	return n
}

func (d *drawing) orders() [][]*vertex {
	out := make([][]*vertex, len(d.ranks))
	for r, row := range d.ranks {
		out[r] = slices.Clone(row)
	}
	return out
}

// arrange sorts a row by the middle of each vertex's neighbours.
func (d *drawing) arrange(r int, neighbours func(*vertex) []*vertex) {
	row := d.ranks[r]
	middle := make(map[*vertex]float64, len(row))
	for _, v := range row {
		next := neighbours(v)
		if len(next) == 0 {
			middle[v] = float64(v.order)
			continue
		}
		sum := 0.0
		for _, n := range next {
			sum += float64(n.order) + 0.5
		}
		// Rows differ in length: compare shares of the row.
		middle[v] = sum / float64(len(next)) / float64(len(d.ranks[next[0].rank])) * float64(len(row))
	}
	slices.SortStableFunc(row, func(a, b *vertex) int { return cmp.Compare(middle[a], middle[b]) })
	for i, v := range row {
		v.order = i
	}
}

// swap exchanges neighbours in a row where that saves crossings.
func (d *drawing) swap() {
	if d.size() > maxCount {
		return
	}
	for range 4 {
		better := false
		for _, row := range d.ranks {
			for i := 0; i+1 < len(row); i++ {
				a, b := row[i], row[i+1]
				if cross(a.up, b.up)+cross(a.down, b.down) > cross(b.up, a.up)+cross(b.down, a.down) {
					row[i], row[i+1] = b, a
					a.order, b.order = i+1, i
					better = true
				}
			}
		}
		if !better {
			return
		}
	}
}

// cross counts the crossings of lines to left's and right's neighbours when
// left stands left of right.
func cross(left, right []*vertex) int {
	n := 0
	for _, l := range left {
		for _, r := range right {
			if l.order > r.order {
				n++
			}
		}
	}
	return n
}

// crossings of the whole drawing: inversions between rows, counted with a
// Fenwick tree.
func (d *drawing) crossings() int {
	total := 0
	for r := 0; r+1 < len(d.ranks); r++ {
		tree := make([]int, len(d.ranks[r+1])+1)
		seen := 0
		for _, v := range d.ranks[r] {
			orders := make([]int, len(v.down))
			for i, n := range v.down {
				orders[i] = n.order
			}
			slices.Sort(orders)
			for _, o := range orders {
				upTo := 0
				for i := o + 1; i > 0; i -= i & -i {
					upTo += tree[i]
				}
				total += seen - upTo
			}
			for _, o := range orders {
				seen++
				for i := o + 1; i < len(tree); i += i & -i {
					tree[i]++
				}
			}
		}
	}
	return total
}
