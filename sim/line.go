package sim

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/rtp"
)

const (
	frameTime   = 20 * time.Millisecond
	payloadG722 = 9 // RFC 3551; its clock runs at 8 kHz although it samples at 16
	// spurtGap is the longest pause inside one stretch of speech.
	spurtGap = 400 * time.Millisecond
	// maxTrack bounds a recording; a call that lasts longer is cut short in it.
	maxTrack = 15 * 60 * rate
)

// line is the telephone's audio: it sends a frame every 20 ms from the moment
// it is opened, and notes what comes in and when.
type line struct {
	conn    *net.UDPConn
	silence *clip
	started time.Time
	stop    chan struct{}
	wg      sync.WaitGroup

	mu      sync.Mutex // guards what follows
	remote  netip.AddrPort
	playing *clip
	frame   int           // of playing
	done    chan struct{} // closed when playing has been sent
	sent    []int16       // this side's track
	heard   []int16       // the other side's
	next    int           // where in heard the next frame belongs if it is in time
	nextTS  uint32        // and the RTP timestamp it must have
	spurt   time.Time     // when the other side's current or last spurt began
	voice   time.Time     // when its voice was heard last
}

func openLine(silence *clip) (*line, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("sim: open a media socket: %w", err)
	}
	l := &line{conn: conn, silence: silence, started: time.Now(), stop: make(chan struct{})}
	l.wg.Go(l.receive)
	l.wg.Go(l.transmit)
	return l, nil
}

// addr is where Asterisk is to send audio.
func (l *line) addr() string { return l.conn.LocalAddr().String() }

// connect says where to send to; until then frames are recorded, but not sent.
func (l *line) connect(remote netip.AddrPort) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remote = remote
}

// close ends the line and returns when nothing of it runs any more.
func (l *line) close() error {
	close(l.stop)
	err := l.conn.Close()
	l.wg.Wait()
	return err
}

// play sends a clip and returns when its last frame has gone, or with ctx.
// It returns when the voice in it began and how long it was.
func (l *line) play(ctx context.Context, c *clip) (at time.Time, length time.Duration, err error) {
	done := make(chan struct{})
	l.mu.Lock()
	l.playing, l.frame, l.done = c, 0, done
	start := l.started.Add(samplesTime(len(l.sent)))
	l.mu.Unlock()
	at = start.Add(samplesTime(c.from))
	select {
	case <-done:
		return at, samplesTime(c.to - c.from), nil
	case <-ctx.Done():
		l.mu.Lock()
		cut := l.started.Add(samplesTime(len(l.sent))).Sub(at)
		if l.done == done {
			l.playing = nil
		}
		l.mu.Unlock()
		return at, min(max(0, cut), samplesTime(c.to-c.from)), ctx.Err()
	}
}

func samplesTime(n int) time.Duration { return time.Duration(n) * time.Second / rate }

// transmit paces frames on an absolute clock: a late wake-up is caught up with.
// A frame leaves when its last sample has been spoken, so the recording says
// when the customer spoke, not when the packet went.
func (l *line) transmit() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: payloadG722, SSRC: uint32(l.conn.LocalAddr().(*net.UDPAddr).Port), Marker: true}}
	buf := make([]byte, 12+frameBytes)
	for n := 0; ; n++ {
		timer.Reset(time.Until(l.started.Add(time.Duration(n+1) * frameTime)))
		select {
		case <-timer.C:
		case <-l.stop:
			return
		}
		payload, remote := l.nextFrame(n)
		p.Payload = payload
		p.SequenceNumber++
		p.Timestamp += frameBytes // 8 kHz clock: 160 a frame
		size, err := p.MarshalTo(buf)
		if err == nil && remote.IsValid() {
			_, _ = l.conn.WriteToUDPAddrPort(buf[:size], remote) // a lost frame is a lost frame
			p.Marker = false
		}
	}
}

// nextFrame takes the frame to send out of what plays, and records it.
func (l *line) nextFrame(n int) ([]byte, netip.AddrPort) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, i := l.playing, l.frame
	if c == nil {
		// The encoder has settled in the second half of the clip of silence.
		half := l.silence.frames() / 2
		c, i = l.silence, half+n%half
	} else if l.frame++; l.frame == c.frames() {
		l.playing = nil
		close(l.done)
	}
	if len(l.sent) < maxTrack {
		l.sent = append(l.sent, c.pcm[i*frameSamples:(i+1)*frameSamples]...)
	}
	return c.g722[i*frameBytes : (i+1)*frameBytes], l.remote
}

// receive takes Asterisk's slin16: 16-bit samples in network order.
func (l *line) receive() {
	buf := make([]byte, 2048)
	pcm := make([]int16, 0, 1024)
	var p rtp.Packet
	for {
		n, _, err := l.conn.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || p.Unmarshal(buf[:n]) != nil {
			continue
		}
		pcm = pcm[:0]
		for i := 0; i+1 < len(p.Payload); i += 2 {
			pcm = append(pcm, int16(binary.BigEndian.Uint16(p.Payload[i:])))
		}
		l.hear(time.Now(), p.Timestamp, pcm)
	}
}

// hear puts a frame into the track: behind the one before it if it comes in
// time or early, else where its arrival puts it (it was late, or begins a new
// talk-spurt). So nothing in the track is earlier than it could be heard, but
// for late.
func (l *line) hear(now time.Time, ts uint32, pcm []int16) {
	const late, early = 10 * rate / 1000, 200 * rate / 1000
	l.mu.Lock()
	defer l.mu.Unlock()
	// It is heard from its arrival on.
	at := int(now.Sub(l.started) * rate / time.Second)
	if ts == l.nextTS && at-l.next < late && l.next-at < early {
		at = l.next
	}
	l.next, l.nextTS = at+len(pcm), ts+uint32(len(pcm))
	if at+len(pcm) <= maxTrack {
		for len(l.heard) < at+len(pcm) {
			l.heard = append(l.heard, 0)
		}
		copy(l.heard[at:], pcm)
	}
	if isVoice(pcm) {
		if now.Sub(l.voice) > spurtGap {
			l.spurt = now
		}
		l.voice = now
	}
}

// otherSide tells when the other side's last spurt of voice began, and when
// its voice was heard last.
func (l *line) otherSide() (spurt, voice time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.spurt, l.voice
}

// tracks returns both recordings, of equal length.
func (l *line) tracks() (sent, heard []int16) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := max(len(l.sent), len(l.heard))
	sent, heard = make([]int16, n), make([]int16, n)
	copy(sent, l.sent)
	copy(heard, l.heard)
	return sent, heard
}
