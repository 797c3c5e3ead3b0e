// Package sim is the telephone network in a box: a second, private Asterisk
// that plays carriers, customers and agents over SIP, for rehearsals and the
// demo. What it does on each call is written in persona files (Load). It keeps
// recordings of its own, so that latencies are measured where the customer
// is, not by the clocks of the program under test (Measure).
//
// Every answered call on the far side is bridged to a media leg of this
// package, which sends a frame every 20 ms as a telephone does (silence too)
// and notes when each frame of the other party arrives. Speech is synthesised
// once at 16 kHz, turned into G.722 by Asterisk itself, and travels as G.722
// over SIP; the A-law trunk carries keys (RFC 4733) and silence.
package sim
