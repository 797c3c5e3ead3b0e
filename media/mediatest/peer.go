// Package mediatest has what tests of media need: the conformance suite that every
// media.Transport passes, and a far end that behaves as Asterisk's does.
package mediatest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/dialwright/dialwright/media"
	"github.com/pion/rtp"
)

// Peer is the far end of a leg, in Asterisk's place. Frames are 20 ms.
type Peer interface {
	// Addr is what the leg is given as its remote address.
	Addr() netip.AddrPort
	// Send sends a frame at the rate of Format.In.
	Send(pcm []int16) error
	// Receive waits for the next frame that the leg sends, at the rate of Format.Out.
	// A context that ends gives its error.
	Receive(ctx context.Context) ([]int16, error)
	// Close frees the address.
	Close() error
}

// RTPPeer is Asterisk's end of an externalMedia channel over RTP. Its fields may be
// changed between calls of Send, to send what a bad network sends.
type RTPPeer struct {
	Header rtp.Header // of the next packet
	Last   rtp.Header // of the last packet received

	format media.Format
	conn   *net.UDPConn
	to     netip.AddrPort
	buf    [2048]byte
}

// NewRTPPeer opens a socket on the loopback interface that talks to the transport at to.
func NewRTPPeer(format media.Format, to netip.AddrPort) (*RTPPeer, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		return nil, fmt.Errorf("mediatest: opening a peer for %s: %w", to, err)
	}
	pt := map[media.Codec]uint8{media.ULaw: 0, media.ALaw: 8, media.SLin8: 10, media.SLin16: 118}[format.In]
	return &RTPPeer{
		Header: rtp.Header{Version: 2, PayloadType: pt, SSRC: 0xD1A1, SequenceNumber: 65530},
		format: format, conn: conn, to: to,
	}, nil
}

// Addr is the socket's address.
func (p *RTPPeer) Addr() netip.AddrPort { return p.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// Send sends a frame and counts the header on.
func (p *RTPPeer) Send(pcm []int16) error {
	packet := rtp.Packet{Header: p.Header, Payload: p.format.In.Encode(nil, pcm)}
	b, err := packet.Marshal()
	if err != nil {
		return fmt.Errorf("mediatest: sending a frame: %w", err)
	}
	p.Header.SequenceNumber++
	p.Header.Timestamp += uint32(len(pcm))
	return p.SendRaw(b)
}

// SendRaw sends bytes as they are.
func (p *RTPPeer) SendRaw(b []byte) error {
	if _, err := p.conn.WriteToUDPAddrPort(b, p.to); err != nil {
		return fmt.Errorf("mediatest: sending to %s: %w", p.to, err)
	}
	return nil
}

// Receive waits for the next frame. Packets from elsewhere than the transport are
// an error.
func (p *RTPPeer) Receive(ctx context.Context) ([]int16, error) {
	stop := context.AfterFunc(ctx, func() {
		if err := p.conn.SetReadDeadline(time.Unix(1, 0)); err != nil && !errors.Is(err, net.ErrClosed) {
			panic(err) // the read would never end
		}
	})
	defer stop()
	if err := p.conn.SetReadDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("mediatest: receiving: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n, from, err := p.conn.ReadFromUDPAddrPort(p.buf[:])
	if err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("mediatest: receiving: %w", err)
	}
	if netip.AddrPortFrom(from.Addr().Unmap(), from.Port()) != p.to {
		return nil, fmt.Errorf("mediatest: a packet from %s instead of %s", from, p.to)
	}
	var packet rtp.Packet
	if err := packet.Unmarshal(p.buf[:n]); err != nil {
		return nil, fmt.Errorf("mediatest: receiving: %w", err)
	}
	p.Last = packet.Header
	return p.format.Out.Decode(nil, packet.Payload), nil
}

// Close closes the socket.
func (p *RTPPeer) Close() error { return p.conn.Close() }
