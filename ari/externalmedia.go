package ari

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"time"
)

// ExternalMediaRequest asks for a channel whose audio goes to and comes from a program.
type ExternalMediaRequest struct {
	ID             string
	ExternalHost   string // address and port of the program, as in 127.0.0.1:4000
	Format         string // codec towards the program: ulaw, alaw, slin16, ...
	Encapsulation  string // rtp (default), audiosocket, none
	Transport      string // udp (default), tcp, websocket
	ConnectionType string // client (default), server
	Direction      string // both
	Data           string // audiosocket: the UUID
	TransportData  string // websocket: options (Asterisk 22.8)
	Variables      map[string]string
	MaxDuration    time.Duration // see OriginateRequest
	App            string        // normally empty: the client's
}

// ExternalMediaChannel is a media channel and where Asterisk listens for its audio.
type ExternalMediaChannel struct {
	ChannelInfo
	// Local is the address to which the program sends RTP; not valid for transports
	// that have none.
	Local netip.AddrPort
}

// ExternalMedia opens a media channel. Wait for its StasisStart on the watch before
// bridging it: until then AddToBridge may answer ErrNotInStasis.
func (c *Client) ExternalMedia(ctx context.Context, r ExternalMediaRequest) (ExternalMediaChannel, error) {
	var em ExternalMediaChannel
	if r.ID == "" || r.ExternalHost == "" && r.ConnectionType != "server" || r.Format == "" {
		return em, errors.New("ari: external media: id, external host and format are needed")
	}
	if err := c.canCarry(r); err != nil {
		return em, fmt.Errorf("ari: external media %s: %w", r.ID, err)
	}
	body := map[string]any{
		"channelId": r.ID, "app": c.app(r.App), "format": r.Format,
		"variables": withLimit(r.Variables, r.MaxDuration),
	}
	put(body, "external_host", r.ExternalHost)
	put(body, "encapsulation", r.Encapsulation)
	put(body, "transport", r.Transport)
	put(body, "connection_type", r.ConnectionType)
	put(body, "direction", r.Direction)
	put(body, "data", r.Data)
	put(body, "transport_data", r.TransportData)
	ch, err := c.createChannel(ctx, r.ID, path("channels", "externalMedia"), body)
	if err != nil {
		return em, err
	}
	em.ChannelInfo = ch
	em.Local, err = localAddress(ch.ChannelVars)
	if err != nil {
		return em, fmt.Errorf("ari: external media %s: %w", r.ID, err)
	}
	if rtp := r.Encapsulation == "" || r.Encapsulation == "rtp"; rtp && !em.Local.IsValid() {
		return em, fmt.Errorf("ari: external media %s: %w: it names no local address", r.ID, errBadAnswer)
	}
	return em, nil
}

func (c *Client) canCarry(r ExternalMediaRequest) error {
	f := c.Info().Features
	switch {
	case r.Encapsulation == "audiosocket" && !f.AudioSocket:
		return fmt.Errorf("%w: AudioSocket (Asterisk 18 and chan_audiosocket.so)", ErrUnsupported)
	case r.Transport == "websocket" && !f.ChanWebsocket:
		return fmt.Errorf("%w: media over websocket (chan_websocket.so)", ErrUnsupported)
	case (r.Encapsulation == "" || r.Encapsulation == "rtp") && r.Transport != "websocket" && !f.ExternalMedia:
		return fmt.Errorf("%w: RTP (chan_rtp.so)", ErrUnsupported)
	}
	return nil
}

// localAddress reads the variables that chan_rtp sets on the new channel.
func localAddress(vars map[string]string) (netip.AddrPort, error) {
	host, port := vars["UNICASTRTP_LOCAL_ADDRESS"], vars["UNICASTRTP_LOCAL_PORT"]
	if host == "" && port == "" {
		return netip.AddrPort{}, nil
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("local media address %q: %w", host, err)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return netip.AddrPort{}, fmt.Errorf("local media port %q is none", port)
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(n)), nil
}
