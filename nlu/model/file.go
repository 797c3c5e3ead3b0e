package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
)

// A model file is, little-endian: magic (8 bytes), version (4), length of the
// payload (8), its SHA-256 (32), the payload. The version is of the payload
// and of how sentences are cut into n-grams: both must be the same for the
// weights to mean anything.
const (
	fileMagic   = "DWINTENT"
	fileVersion = 1
	maxPayload  = 1 << 30
	maxNumber   = 1e4 // no weight of a trained model comes near it; sums of such stay finite
)

// ErrFile is wrapped by every error of Read that is the file's fault.
var ErrFile = errors.New("not a usable model file")

// WriteTo writes the model as a file that Read reads. It implements io.WriterTo.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	payload := m.encode()
	sum := sha256.Sum256(payload)
	head := []byte(fileMagic)
	head = binary.LittleEndian.AppendUint32(head, fileVersion)
	head = binary.LittleEndian.AppendUint64(head, uint64(len(payload)))
	head = append(head, sum[:]...)
	total := int64(0)
	for _, b := range [][]byte{head, payload} {
		n, err := w.Write(b)
		total += int64(n)
		if err != nil {
			return total, fmt.Errorf("writing an intent model: %w", err)
		}
	}
	return total, nil
}

// Hash is the SHA-256 of what the model is made of, in hexadecimal: the name
// of exactly this model.
func (m *Model) Hash() string {
	sum := sha256.Sum256(m.encode())
	return hex.EncodeToString(sum[:])
}

// Read reads a model. A file that is damaged, cut off or made to do harm is an
// error that wraps ErrFile; memory is only taken for bytes that are there.
func Read(r io.Reader) (*Model, error) {
	head := make([]byte, len(fileMagic)+4+8+sha256.Size)
	if _, err := io.ReadFull(r, head); err != nil {
		if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("reading an intent model: %w: shorter than its header", ErrFile)
		}
		return nil, fmt.Errorf("reading an intent model: %w", err)
	}
	rest := head[len(fileMagic):]
	if string(head[:len(fileMagic)]) != fileMagic {
		return nil, fmt.Errorf("reading an intent model: %w: it does not begin with %q", ErrFile, fileMagic)
	}
	if v := binary.LittleEndian.Uint32(rest); v != fileVersion {
		return nil, fmt.Errorf("reading an intent model: %w: version %d, this program reads %d: train it again", ErrFile, v, fileVersion)
	}
	size := binary.LittleEndian.Uint64(rest[4:])
	if size > maxPayload {
		return nil, fmt.Errorf("reading an intent model: %w: it claims %d bytes, at most %d", ErrFile, size, maxPayload)
	}
	var payload bytes.Buffer
	n, err := io.CopyN(&payload, r, int64(size))
	if err == io.EOF {
		return nil, fmt.Errorf("reading an intent model: %w: cut off after %d of %d bytes", ErrFile, n, size)
	}
	if err != nil {
		return nil, fmt.Errorf("reading an intent model: %w", err)
	}
	if sha256.Sum256(payload.Bytes()) != [sha256.Size]byte(rest[12:]) {
		return nil, fmt.Errorf("reading an intent model: %w: its SHA-256 is not the one it claims", ErrFile)
	}
	m, err := decode(payload.Bytes())
	if err != nil {
		return nil, fmt.Errorf("reading an intent model: %w: %w", ErrFile, err)
	}
	return m, nil
}

// Len is the size of the model's file in bytes.
func (m *Model) Len() int64 {
	n, err := m.WriteTo(io.Discard)
	if err != nil { // io.Discard takes everything
		return 0
	}
	return n
}

type encoder struct{ b []byte }

func (e *encoder) count(n int)      { e.b = binary.AppendUvarint(e.b, uint64(n)) }
func (e *encoder) text(s string)    { e.count(len(s)); e.b = append(e.b, s...) }
func (e *encoder) number(v float64) { e.b = binary.LittleEndian.AppendUint64(e.b, math.Float64bits(v)) }
func (e *encoder) floats(v []float32) {
	e.count(len(v))
	for _, x := range v {
		e.b = binary.LittleEndian.AppendUint32(e.b, math.Float32bits(x))
	}
}

func (m *Model) encode() []byte {
	e := &encoder{}
	e.count(len(m.intents))
	for _, s := range m.intents {
		e.text(s)
	}
	e.count(len(m.hash))
	for _, h := range m.hash {
		e.b = binary.LittleEndian.AppendUint64(e.b, h)
	}
	e.b = append(e.b, m.block...)
	e.floats(m.idf)
	e.floats(m.weight[:])
	e.floats(m.svmBias)
	e.count(len(m.nets))
	for i := range m.nets {
		n := &m.nets[i]
		e.count(len(n.bias))
		e.floats(n.bias)
		e.floats(n.out)
		e.floats(n.outBias)
	}
	e.floats(m.rows.scale)
	for _, x := range m.rows.q {
		e.b = append(e.b, byte(x))
	}
	for _, v := range m.mix {
		e.number(v)
	}
	for _, v := range m.refusal.weight {
		e.number(v)
	}
	e.number(m.refusal.threshold)
	e.count(len(m.examples))
	for _, s := range m.examples {
		e.text(s.text)
		e.count(int(s.intent))
	}
	return e.b
}

// decoder reads a payload; after the first mistake it reads nothing more.
type decoder struct {
	b   []byte
	err error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err, d.b = fmt.Errorf(format, args...), nil
	}
}

func (d *decoder) take(n int) []byte {
	if n < 0 || n > len(d.b) {
		d.fail("it ends too early")
		return nil
	}
	out := d.b[:n]
	d.b = d.b[n:]
	return out
}

// count of things of which each takes at least size bytes.
func (d *decoder) count(size int) int {
	v, n := binary.Uvarint(d.b)
	if n <= 0 || v > maxPayload || int(v)*size > len(d.b)-n {
		d.fail("a count that cannot be true")
		return 0
	}
	d.b = d.b[n:]
	return int(v)
}

func (d *decoder) text() string { return string(d.take(d.count(1))) }

func (d *decoder) number() float64 {
	b := d.take(8)
	if b == nil {
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(b))
	if !(math.Abs(v) <= maxNumber) {
		d.fail("a weight that is not a number")
	}
	return v
}

func (d *decoder) floats(want int) []float32 {
	n := d.count(4)
	if n != want {
		d.fail("%d weights where %d are needed", n, want)
		return nil
	}
	out := make([]float32, n)
	for i, b := 0, d.take(4*n); i < n; i++ {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		if v := float64(out[i]); !(math.Abs(v) <= maxNumber) {
			d.fail("a weight that is not a number")
		}
	}
	return out
}

func decode(b []byte) (*Model, error) {
	d := &decoder{b: b}
	m := &Model{dict: map[uint64]int32{}}
	for range d.count(1) {
		m.intents = append(m.intents, d.text())
	}
	if len(m.intents) == 0 || len(m.intents) > maxIntents {
		d.fail("%d intents", len(m.intents))
	}
	features := d.count(9)
	raw := d.take(8 * features)
	for i := 0; i < features && d.err == nil; i++ {
		h := binary.LittleEndian.Uint64(raw[8*i:])
		m.hash = append(m.hash, h)
		m.dict[h] = int32(i)
	}
	m.block = bytes.Clone(d.take(features))
	for _, v := range m.block {
		if v >= blocks {
			d.fail("an n-gram of an unknown kind")
		}
	}
	m.idf = d.floats(features)
	copy(m.weight[:], d.floats(blocks))
	for _, v := range m.weight {
		if v < 0.01 {
			d.fail("a block of n-grams without weight")
		}
	}
	m.svmBias = d.floats(len(m.intents))
	nets := d.count(4)
	if nets == 0 || nets > 64 {
		d.fail("%d networks", nets)
	}
	parts := []int{len(m.intents)}
	for i := 0; i < nets && d.err == nil; i++ {
		h := d.count(4)
		n := net{bias: d.floats(h)}
		n.out = d.floats(h * len(m.intents))
		n.outBias = d.floats(len(m.intents))
		m.nets = append(m.nets, n)
		parts = append(parts, h)
	}
	m.decodeRows(d, features, parts)
	m.decodeRest(d)
	if d.err == nil && len(d.b) > 0 {
		d.fail("%d bytes too many", len(d.b))
	}
	if d.err != nil {
		return nil, d.err
	}
	m.index()
	return m, nil
}

func (m *Model) decodeRows(d *decoder, features int, parts []int) {
	t := table{parts: parts}
	for _, n := range parts {
		t.width += n
	}
	t.scale = d.floats(features * len(parts))
	if d.err != nil {
		return
	}
	raw := d.take(features * t.width)
	t.q = make([]int8, len(raw))
	for i, x := range raw {
		t.q[i] = int8(x)
	}
	m.rows = t
}

func (m *Model) decodeRest(d *decoder) {
	for i := range m.mix {
		m.mix[i] = d.number()
	}
	for i := range m.refusal.weight {
		m.refusal.weight[i] = d.number()
	}
	m.refusal.threshold = d.number()
	for range d.count(2) {
		s := stored{text: d.text(), intent: int32(d.count(0))}
		if d.err != nil {
			return
		}
		if int(s.intent) >= len(m.intents) {
			d.fail("an example of an unknown intent")
			return
		}
		m.examples = append(m.examples, s)
	}
}
