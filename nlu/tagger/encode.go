package tagger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

type encoder struct{ buf []byte }

func (e *encoder) count(n int)    { e.buf = binary.AppendUvarint(e.buf, uint64(n)) }
func (e *encoder) signed(n int64) { e.buf = binary.AppendVarint(e.buf, n) }
func (e *encoder) float(x float32) {
	e.buf = binary.LittleEndian.AppendUint32(e.buf, math.Float32bits(x))
}

// keys writes sorted hashes by their differences.
func (e *encoder) keys(sorted []uint64) {
	e.count(len(sorted))
	before := uint64(0)
	for _, k := range sorted {
		e.buf = binary.AppendUvarint(e.buf, k-before)
		before = k
	}
}

func (e *encoder) linear(m *linear) {
	sorted := slices.Sorted(maps.Keys(m.index))
	e.count(len(sorted))
	before := uint64(0)
	for _, k := range sorted {
		e.buf = binary.AppendUvarint(e.buf, k-before)
		before = k
		f := m.index[k]
		e.count(int(m.start[f+1] - m.start[f]))
		for j := m.start[f]; j < m.start[f+1]; j++ {
			e.count(int(m.label[j]))
			e.signed(int64(math.Round(float64(m.weight[j]) / weightUnit)))
		}
	}
}

func (e *encoder) tallies(all map[uint64]*tally) {
	sorted := slices.Sorted(maps.Keys(all))
	e.count(len(sorted))
	before := uint64(0)
	for _, k := range sorted {
		e.buf = binary.AppendUvarint(e.buf, k-before)
		before = k
		t := all[k]
		e.count(int(t.total))
		e.count(len(t.counts))
		for _, c := range t.counts {
			e.count(int(c.label))
			e.count(int(c.count))
		}
	}
}

var errShort = errors.New("it ends too early")

// decoder reads what encoder wrote. After an error it gives zeros; what it
// makes room for is bounded by what is left to read.
type decoder struct {
	buf    []byte
	before uint64
	err    error
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.buf = nil
}

func (d *decoder) number() uint64 {
	v, n := binary.Uvarint(d.buf)
	if n <= 0 {
		d.fail(errShort)
		return 0
	}
	d.buf = d.buf[n:]
	return v
}

// count reads a number up to limit.
func (d *decoder) count(limit int, what string) int {
	v := d.number()
	if v > uint64(limit) {
		d.fail(fmt.Errorf("%d %s, at most %d can be", v, what, limit))
		return 0
	}
	return int(v)
}

func (d *decoder) bytes(n int) []byte {
	if n > len(d.buf) {
		d.fail(errShort)
		return nil
	}
	b := d.buf[:n]
	d.buf = d.buf[n:]
	return b
}

func (d *decoder) float() float32 {
	b := d.bytes(4)
	if b == nil {
		return 0
	}
	x := math.Float32frombits(binary.LittleEndian.Uint32(b))
	if x != x || x > 1e6 || x < -1e6 {
		d.fail(fmt.Errorf("a weight of %v", x))
		return 0
	}
	return x
}

// key reads the next hash of a sorted list.
func (d *decoder) key() uint64 {
	d.before += d.number()
	return d.before
}

func (d *decoder) newList() { d.before = 0 }

// maxWeight bounds weights, so that no sum of them overflows.
const maxWeight = 1 << 30

func (d *decoder) linear(labels int) *linear {
	n := d.count(len(d.buf)/2, "features")
	m := &linear{index: make(map[uint64]int32, n), start: make([]int32, 1, n+1)}
	for i := range n {
		m.index[d.key()] = int32(i)
		for range d.count(len(d.buf)/2, "weights") {
			m.label = append(m.label, uint16(d.count(max(0, labels-1), "as a label")))
			w, size := binary.Varint(d.buf)
			if size <= 0 || w > maxWeight || w < -maxWeight {
				d.fail(errShort)
				break
			}
			d.buf = d.buf[size:]
			m.weight = append(m.weight, float32(float64(w)*weightUnit))
		}
		m.start = append(m.start, int32(len(m.label)))
	}
	if d.err == nil && len(m.index) != n {
		d.fail(errors.New("a feature comes twice"))
	}
	d.newList()
	return m
}

func (d *decoder) tallies(types int) map[uint64]*tally {
	n := d.count(len(d.buf)/3, "words")
	all := make(map[uint64]*tally, n)
	for range n {
		t := &tally{}
		all[d.key()] = t
		t.total = int32(d.count(math.MaxInt32, "times seen"))
		for range d.count(types+1, "kinds of a word") {
			c := labelCount{label: uint16(d.count(types, "as a kind"))}
			c.count = int32(d.count(math.MaxInt32, "times seen"))
			t.counts = append(t.counts, c)
		}
		if d.err != nil {
			break
		}
	}
	d.newList()
	return all
}
