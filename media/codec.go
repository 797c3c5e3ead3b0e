package media

import (
	"encoding/binary"
	"fmt"
	"time"
)

// FrameDuration is the length of every frame inside Dialwright and of every
// packet to and from Asterisk, whose default packet time is the same.
const FrameDuration = 20 * time.Millisecond

// Codec is how audio is written on the wire between Asterisk and Dialwright.
type Codec uint8

// The codecs, named as Asterisk names its formats.
const (
	ULaw   Codec = iota // G.711 µ-law, 8 kHz
	ALaw                // G.711 A-law, 8 kHz
	SLin8               // 16-bit linear, 8 kHz; big-endian on RTP
	SLin16              // 16-bit linear, 16 kHz; big-endian on RTP
)

// RTP payload types between Asterisk and us. 0 and 8 are RFC 3551's; Asterisk
// reads 10 and 11 (RFC 3551: L16 at 44.1 kHz) as slin at 8 kHz and numbers
// slin16 118. Towards itself it drops every type over 34.
const (
	payloadULaw    = 0
	payloadALaw    = 8
	payloadSLin    = 10
	payloadSLinAlt = 11
	payloadSLin16  = 118
)

// ParseCodec finds a codec by Asterisk's name for it: ulaw, alaw, slin, slin16.
func ParseCodec(name string) (Codec, error) {
	for c := ULaw; c <= SLin16; c++ {
		if c.String() == name {
			return c, nil
		}
	}
	return 0, fmt.Errorf("media: unknown codec %q (known: ulaw, alaw, slin, slin16)", name)
}

// Rate is the number of samples in a second.
func (c Codec) Rate() int {
	if c == SLin16 {
		return 16000
	}
	return 8000
}

// FrameSamples is the number of samples in a frame of 20 ms.
func (c Codec) FrameSamples() int { return c.Rate() / 50 }

// FrameBytes is the number of bytes of a frame of 20 ms on the wire.
func (c Codec) FrameBytes() int { return c.FrameSamples() * c.sampleBytes() }

// String is Asterisk's name for the format.
func (c Codec) String() string {
	switch c {
	case ULaw:
		return "ulaw"
	case ALaw:
		return "alaw"
	case SLin8:
		return "slin"
	case SLin16:
		return "slin16"
	}
	return fmt.Sprintf("codec(%d)", uint8(c))
}

func (c Codec) sampleBytes() int {
	if c == SLin8 || c == SLin16 {
		return 2
	}
	return 1
}

// payloadType is what we write into the packets we send.
func (c Codec) payloadType() uint8 {
	switch c {
	case ALaw:
		return payloadALaw
	case SLin8:
		return payloadSLin
	case SLin16:
		return payloadSLin16
	default:
		return payloadULaw
	}
}

// accepts tells whether a received payload type carries this codec.
func (c Codec) accepts(pt uint8) bool {
	return pt == c.payloadType() || c == SLin8 && pt == payloadSLinAlt
}

// Decode turns the payload of an RTP packet into samples. It writes into dst,
// grows it only when its capacity is too small, and returns the samples. An odd
// last byte of a linear payload is not a sample and is left out.
func (c Codec) Decode(dst []int16, payload []byte) []int16 {
	n := len(payload) / c.sampleBytes()
	if cap(dst) < n {
		dst = make([]int16, n)
	}
	dst = dst[:n]
	switch c {
	case ULaw:
		for i, b := range payload {
			dst[i] = ulawDecode[b]
		}
	case ALaw:
		for i, b := range payload {
			dst[i] = alawDecode[b]
		}
	default:
		for i := range dst {
			dst[i] = int16(binary.BigEndian.Uint16(payload[2*i:]))
		}
	}
	return dst
}

// Encode turns samples into the payload of an RTP packet. It writes into dst,
// grows it only when its capacity is too small, and returns the bytes.
func (c Codec) Encode(dst []byte, pcm []int16) []byte {
	n := len(pcm) * c.sampleBytes()
	if cap(dst) < n {
		dst = make([]byte, n)
	}
	dst = dst[:n]
	switch c {
	case ULaw:
		for i, s := range pcm {
			dst[i] = EncodeULaw(s)
		}
	case ALaw:
		for i, s := range pcm {
			dst[i] = EncodeALaw(s)
		}
	default:
		for i, s := range pcm {
			binary.BigEndian.PutUint16(dst[2*i:], uint16(s))
		}
	}
	return dst
}

// Format is the pair of codecs of a leg, both as seen from Dialwright.
//
// Asterisk takes only RTP's static types back, so wideband is {SLin16, ULaw}:
// the recogniser hears 16 kHz and the customer is spoken to in µ-law. A format
// that agrees with the trunk's codec spares Asterisk the transcoding.
type Format struct {
	In  Codec // what Asterisk sends us; externalMedia is asked for it
	Out Codec // what we send
}

// String is like "slin16/ulaw".
func (f Format) String() string { return f.In.String() + "/" + f.Out.String() }
