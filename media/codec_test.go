package media

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

// The reference is written as ITU-T G.191's ulaw_compress and alaw_compress are, and
// shares nothing with the tables.
func referenceULaw(lin int16) byte {
	v := int(lin)
	var abs int
	if v < 0 {
		abs = (^v)>>2 + 33
	} else {
		abs = v>>2 + 33
	}
	if abs > 0x1FFF {
		abs = 0x1FFF
	}
	segment := 1
	for i := abs >> 6; i != 0; i >>= 1 {
		segment++
	}
	out := byte((8-segment)<<4 | (0x0F - abs>>segment&0x0F))
	if v >= 0 {
		out |= 0x80
	}
	return out
}

func referenceALaw(lin int16) byte {
	v := int(lin)
	ix := v >> 4
	if v < 0 {
		ix = (^v) >> 4
	}
	if ix > 15 {
		exponent := 1
		for ix > 16+15 {
			ix >>= 1
			exponent++
		}
		ix -= 16
		ix += exponent << 4
	}
	if v >= 0 {
		ix |= 0x80
	}
	return byte(ix) ^ 0x55
}

func TestG711AgreesWithReferenceForEverySample(t *testing.T) {
	for v := -32768; v <= 32767; v++ {
		s := int16(v)
		if got, want := EncodeULaw(s), referenceULaw(s); got != want {
			t.Fatalf("µ-law of %d is %#x, reference %#x", s, got, want)
		}
		if got, want := EncodeALaw(s), referenceALaw(s); got != want {
			t.Fatalf("A-law of %d is %#x, reference %#x", s, got, want)
		}
	}
}

// TestG711IsWithinHalfAStep: what comes back is off by at most half the wider step
// beside the level, and by the bits that the quantiser does not look at. (G.711 decides at
// powers of two, so at the ends of a segment the nearest level is not always taken.)
func TestG711IsWithinHalfAStep(t *testing.T) {
	for name, c := range map[string]struct {
		enc    func(int16) byte
		dec    func(byte) int16
		unseen int
	}{"ulaw": {EncodeULaw, DecodeULaw, 4}, "alaw": {EncodeALaw, DecodeALaw, 0}} {
		var levels []int
		for b := range 256 {
			levels = append(levels, int(c.dec(byte(b))))
		}
		slices.Sort(levels)
		levels = slices.Compact(levels)
		for v := levels[0]; v <= levels[len(levels)-1]; v++ {
			got := int(c.dec(c.enc(int16(v))))
			i, _ := slices.BinarySearch(levels, got)
			step := 0
			if i > 0 {
				step = levels[i] - levels[i-1]
			}
			if i+1 < len(levels) {
				step = max(step, levels[i+1]-levels[i])
			}
			if abs(got-v) > step/2+c.unseen {
				t.Fatalf("%s: %d comes back as %d where the step is %d", name, v, got, step)
			}
		}
	}
}

func TestG711BytesSurvive(t *testing.T) {
	for i := range 256 {
		b := byte(i)
		if got := EncodeALaw(DecodeALaw(b)); got != b {
			t.Errorf("A-law %#x becomes %#x", b, got)
		}
		want := b
		if b == 0x7F { // negative zero: int16 has only one
			want = 0xFF
		}
		if got := EncodeULaw(DecodeULaw(b)); got != want {
			t.Errorf("µ-law %#x becomes %#x", b, got)
		}
	}
	for b, want := range map[byte]int16{0x00: -32124, 0x80: 32124, 0xFF: 0} {
		if got := DecodeULaw(b); got != want {
			t.Errorf("µ-law %#x is %d, want %d", b, got, want)
		}
	}
	for b, want := range map[byte]int16{0x2A: -32256, 0xAA: 32256, 0xD5: 8, 0x55: -8} {
		if got := DecodeALaw(b); got != want {
			t.Errorf("A-law %#x is %d, want %d", b, got, want)
		}
	}
}

func TestLinearIsBigEndian(t *testing.T) {
	pcm := []int16{0x0102, -2, -32768}
	wire := []byte{1, 2, 0xFF, 0xFE, 0x80, 0}
	for _, c := range []Codec{SLin8, SLin16} {
		if got := c.Encode(nil, pcm); !bytes.Equal(got, wire) {
			t.Errorf("%s encodes to %x", c, got)
		}
		if got := c.Decode(nil, append(wire, 9)); !slices.Equal(got, pcm) {
			t.Errorf("%s decodes to %v", c, got)
		}
	}
	if got := SLin16.FrameBytes(); got != 640 {
		t.Errorf("a frame of slin16 has %d bytes", got)
	}
}

func TestCodecNames(t *testing.T) {
	for _, c := range []Codec{ULaw, ALaw, SLin8, SLin16} {
		got, err := ParseCodec(c.String())
		if err != nil || got != c {
			t.Errorf("%s parses to %v, %v", c, got, err)
		}
	}
	if _, err := ParseCodec("g729"); err == nil {
		t.Error("g729 was accepted")
	}
	if errors.Is(ErrFormat, ErrClosed) {
		t.Error("errors are not distinct")
	}
}

func TestPayloadTypes(t *testing.T) {
	for _, c := range []struct {
		codec Codec
		types []uint8
	}{{ULaw, []uint8{0}}, {ALaw, []uint8{8}}, {SLin8, []uint8{10, 11}}, {SLin16, []uint8{118}}} {
		for pt := range uint8(128) {
			if got, want := c.codec.accepts(pt), slices.Contains(c.types, pt); got != want {
				t.Errorf("%s accepts %d: %v", c.codec, pt, got)
			}
		}
		if got := c.codec.payloadType(); got != c.types[0] {
			t.Errorf("%s is sent as %d", c.codec, got)
		}
	}
}

func abs(v int) int { return max(v, -v) }
