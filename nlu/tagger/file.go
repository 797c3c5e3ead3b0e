package tagger

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// A file is: the eight bytes of magic, a version of one byte, the SHA-256 of
// all that follows, and the model in little-endian varints and float32.
const (
	magic   = "DWTAGGER"
	version = 1

	maxFile     = 128 << 20
	maxNameSize = 1 << 10
)

// unit of weights: they are whole multiples of it, so that a model that was
// saved and read again gives the very same answers.
const weightUnit = 1.0 / 1024

// Errors of Read.
var (
	ErrFormat  = errors.New("not a tagger file")
	ErrVersion = errors.New("tagger file of another version")
	ErrDamaged = errors.New("tagger file is damaged")
)

// WriteTo writes the model in its file format.
func (t *Tagger) WriteTo(w io.Writer) (int64, error) {
	var e encoder
	e.count(len(t.types))
	for _, name := range t.types {
		e.count(len(name))
		e.buf = append(e.buf, name...)
	}
	e.count(t.intents.n)
	e.linear(t.intents.model)
	e.tallies(t.know.words)
	e.tallies(t.know.names)
	e.keys(slices.Sorted(maps.Keys(t.know.freq)))
	e.linear(t.model)
	for _, x := range t.steps.all {
		e.float(float32(x))
	}
	sum := sha256.Sum256(e.buf)
	file := append(append([]byte(magic), version), sum[:]...)
	n, err := w.Write(append(file, e.buf...))
	if err != nil {
		return int64(n), fmt.Errorf("writing the tagger: %w", err)
	}
	return int64(n), nil
}

// Read reads what WriteTo wrote. It fails with ErrFormat, ErrVersion or
// ErrDamaged on anything else.
func Read(r io.Reader) (*Tagger, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading the tagger: %w", err)
	}
	head := len(magic) + 1 + sha256.Size
	switch {
	case len(data) < len(magic)+1 || string(data[:len(magic)]) != magic:
		return nil, fmt.Errorf("reading the tagger: %w", ErrFormat)
	case data[len(magic)] != version:
		return nil, fmt.Errorf("reading the tagger: %w: %d; this program reads version %d: train it again", ErrVersion, data[len(magic)], version)
	case len(data) > maxFile:
		return nil, fmt.Errorf("reading the tagger: %w: larger than %d MB", ErrDamaged, maxFile>>20)
	case len(data) < head:
		return nil, fmt.Errorf("reading the tagger: %w: it ends after %d bytes", ErrDamaged, len(data))
	}
	if sum := sha256.Sum256(data[head:]); !bytes.Equal(sum[:], data[len(magic)+1:head]) {
		return nil, fmt.Errorf("reading the tagger: %w: its hash is not that of its content", ErrDamaged)
	}
	t, err := decode(data[head:])
	if err != nil {
		return nil, fmt.Errorf("reading the tagger: %w: %w", ErrDamaged, err)
	}
	return t, nil
}

func decode(content []byte) (*Tagger, error) {
	d := &decoder{buf: content}
	t := &Tagger{intents: &intentModel{}}
	for range d.count(maxTypes, "types") {
		t.types = append(t.types, string(d.bytes(d.count(maxNameSize, "letters of a name"))))
	}
	t.intents.n = d.count(math.MaxUint16, "intents")
	t.intents.model = d.linear(t.intents.n)
	t.know = &knowledge{freq: map[uint64]bool{}}
	t.know.words, t.know.names = d.tallies(len(t.types)), d.tallies(len(t.types))
	for range d.count(len(d.buf), "frequent words") {
		t.know.freq[d.key()] = true
	}
	d.newList()
	states := len(t.types)*perType + 1
	t.model = d.linear(states + len(t.types))
	if n := 2*len(t.types) + 1; d.err == nil && len(d.buf) != 4*(n*n+len(t.types)*steps) {
		return nil, fmt.Errorf("%d bytes of transitions for %d types", len(d.buf), len(t.types))
	}
	if d.err != nil {
		return nil, d.err
	}
	t.steps = newTransitions(len(t.types))
	for i := range t.steps.all {
		t.steps.all[i] = float64(d.float())
	}
	return t, d.err
}

// quantize makes weights whole multiples of weightUnit.
func (m *linear) quantize() {
	for i, w := range m.weight {
		m.weight[i] = float32(math.Round(float64(w)/weightUnit) * weightUnit)
	}
}
