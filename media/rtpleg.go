package media

import (
	"fmt"
	"net/netip"
	"time"
)

// rtpLeg is one call on an RTP transport.
type rtpLeg struct {
	id       string
	t        *RTP
	counters counters
	in       *receiver
	out      *sender

	remote  netip.AddrPort // guarded by t.mu
	holding bool           // the receiving goroutine's own
}

// SetRemote tells where Asterisk's end is, and sends it 100 ms of silence from which
// Asterisk learns where ours is.
func (l *rtpLeg) SetRemote(remote netip.AddrPort) {
	remote = netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port())
	if !remote.IsValid() || !l.t.claim(l, remote) {
		return
	}
	l.out.setRemote(remote)
}

// Play plays p instead of what plays now.
func (l *rtpLeg) Play(p Playout) error {
	if err := l.out.play(p); err != nil {
		return fmt.Errorf("media: playing on leg %s: %w", l.id, err)
	}
	return nil
}

// Stop drops what plays.
func (l *rtpLeg) Stop() time.Duration { return l.out.stop() }

// Stats are the leg's counts.
func (l *rtpLeg) Stats() Stats { return l.counters.stats() }

// Close ends the leg.
func (l *rtpLeg) Close() error {
	l.shut()
	return nil
}

func (l *rtpLeg) shut() {
	l.out.close()
	l.in.close()
	l.t.forget(l)
}
