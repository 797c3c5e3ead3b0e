// Package media carries a call's audio: transports to and from Asterisk (RTP
// over externalMedia), codecs, pacing, a small jitter buffer, voice activity,
// tones, resampling and recording.
//
// Audio inside Go is always []int16, linear PCM, mono, in the machine's byte
// order, in frames of 20 ms: 160 samples at 8 kHz, 320 at 16 kHz. What is on
// the wire is the transport's business.
//
// A call opens a Leg on a Transport, is given frames through its Sink and
// speaks by Leg.Play. One RTP transport serves many calls: it has one socket,
// one goroutine that receives and one that paces what is sent. Nothing on the
// way of a frame allocates memory.
package media
