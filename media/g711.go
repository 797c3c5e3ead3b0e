package media

// G.711 by table. The tables follow ITU-T G.711 in the reading of the ITU's
// software tool library (G.191): negative numbers are taken in one's complement,
// µ-law is decided on 14 bits and A-law on 12 (sign and 11 bits).
//
// They are filled once before the program starts and never change.
var (
	ulawDecode = buildULawDecode()
	alawDecode = buildALawDecode()
	ulawEncode = buildULawEncode() // by (biased 14-bit magnitude) / 2
	alawEncode = buildALawEncode() // by 11-bit magnitude
)

// DecodeULaw is the sample that a µ-law byte stands for, −32124 to 32124.
func DecodeULaw(b byte) int16 { return ulawDecode[b] }

// DecodeALaw is the sample that an A-law byte stands for, −32256 to 32256.
func DecodeALaw(b byte) int16 { return alawDecode[b] }

// EncodeULaw is the µ-law byte for a sample.
func EncodeULaw(s int16) byte {
	sign := byte(s>>15) & 0x80 // 0x80 for negative numbers
	magnitude := uint16(s ^ s>>15)
	return ulawEncode[(magnitude>>2+33)>>1] ^ sign
}

// EncodeALaw is the A-law byte for a sample.
func EncodeALaw(s int16) byte {
	sign := byte(s>>15) & 0x80
	return alawEncode[uint16(s^s>>15)>>4] ^ sign
}

func buildULawDecode() (t [256]int16) {
	for i := range t {
		b := ^byte(i)
		v := (int(b&0x0F)<<3+0x84)<<(b>>4&7) - 0x84
		if b&0x80 != 0 {
			v = -v
		}
		t[i] = int16(v)
	}
	return t
}

func buildALawDecode() (t [256]int16) {
	for i := range t {
		b := byte(i) ^ 0x55
		v := int(b&0x0F)<<4 + 8
		if segment := b >> 4 & 7; segment > 0 {
			v = (v + 0x100) << (segment - 1)
		}
		if b&0x80 == 0 {
			v = -v
		}
		t[i] = int16(v)
	}
	return t
}

// buildULawEncode gives the byte of the positive sample; the sign bit is 1 for
// positive numbers, because µ-law is sent inverted.
func buildULawEncode() (t [4113]byte) {
	for i := range t {
		magnitude := min(i<<1, 0x1FFF)
		segment := 0
		for v := magnitude >> 6; v != 0; v >>= 1 {
			segment++
		}
		mantissa := magnitude >> (segment + 1) & 0x0F
		t[i] = ^byte(segment<<4 | mantissa)
	}
	return t
}

// buildALawEncode gives the byte of the positive sample, with alternate bits
// inverted and the sign bit set.
func buildALawEncode() (t [2048]byte) {
	for i := range t {
		v, segment := i, 0
		if v > 15 {
			segment = 1
			for v > 31 {
				v >>= 1
				segment++
			}
			v -= 16
		}
		t[i] = byte(segment<<4|v) ^ 0xD5
	}
	return t
}
