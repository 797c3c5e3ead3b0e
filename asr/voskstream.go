package asr

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/dialwright/dialwright/asr/internal/voskwire"
)

// maxReply bounds a server's message; ten minutes of words stay far below it.
const maxReply = 1 << 20

// maxInFlight bounds the messages that wait for a reply: a minute of audio at the default chunk.
const maxInFlight = 1024

// asked is what a reply is owed for.
type asked uint8

const (
	askedAudio asked = iota
	askedFinal
	askedEOF
)

// voskStream runs three goroutines: write sends the ring, read takes the replies, deliver hands
// results on. The order of replies is the order of messages, so a queue of what was asked tells them apart.
type voskStream struct {
	v    *Vosk
	conn *websocket.Conn
	o    Options
	ring *ring
	box  *mailbox

	asked   chan asked // what the server still owes replies for
	owed    atomic.Int64
	readEnd chan struct{} // closed when read has ended
	stop    chan struct{} // closed when nobody reads results any more
	wg      sync.WaitGroup

	failOnce sync.Once
	mu       sync.Mutex
	err      error

	closeOnce sync.Once

	// owned by read: what the server finalised by its own endpointing since the last Finalize
	heard Result
}

func newVoskStream(v *Vosk, conn *websocket.Conn, o Options) *voskStream {
	queue := int(v.o.Queue.Seconds() * float64(o.Rate))
	return &voskStream{
		v: v, conn: conn, o: o, ring: newRing(max(queue, 1)), box: newMailbox(),
		asked: make(chan asked, maxInFlight), readEnd: make(chan struct{}), stop: make(chan struct{}),
	}
}

func (s *voskStream) start() {
	s.wg.Go(s.write)
	s.wg.Go(s.read)
	s.wg.Go(func() { s.box.run(s.stop) })
}

// Write implements Stream.
func (s *voskStream) Write(pcm []int16) error {
	if err := s.ring.add(pcm); err != nil {
		if errors.Is(err, ErrOverflow) {
			s.v.overflowed.Add(int64(len(pcm)))
		}
		return s.explain("write audio", err)
	}
	s.v.samples.Add(int64(len(pcm)))
	return nil
}

// Finalize implements Stream.
func (s *voskStream) Finalize() error {
	if err := s.ring.mark(markFinalize, nil); err != nil {
		return s.explain("finalize", err)
	}
	return nil
}

// Switch implements Switcher; it works with servers that take a config message in mid-stream, as
// Dialwright's own does. The original Vosk server ignores it.
func (s *voskStream) Switch(vocabulary []string, grammar string) error {
	text, err := wireConfig(Options{Rate: s.o.Rate, Alternatives: s.o.Alternatives, Vocabulary: vocabulary, Grammar: grammar})
	if err != nil {
		return s.explain("switch grammar", err)
	}
	if err := s.ring.mark(markConfig, text); err != nil {
		return s.explain("switch grammar", err)
	}
	return nil
}

// Results implements Stream.
func (s *voskStream) Results() <-chan Result { return s.box.out }

// explain prefers the error that ended the stream over "closed", which is only its consequence.
func (s *voskStream) explain(doing string, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil && errors.Is(err, ErrClosed) {
		err = s.err
	}
	return fmt.Errorf("vosk %s: %s: %w", s.v.o.URL, doing, err)
}

// Close implements Stream. Its error is what ended the stream before, if something did.
func (s *voskStream) Close() error {
	s.closeOnce.Do(func() {
		s.ring.close() // write now sends the rest and eof
		limit := time.NewTimer(s.v.o.CloseTimeout)
		defer limit.Stop()
		select {
		case <-s.readEnd:
		case <-limit.C:
			s.fail(fmt.Errorf("close: no last reply within %s: %w", s.v.o.CloseTimeout, ErrUnavailable))
		}
		close(s.stop)
		s.wg.Wait()
		s.v.forget(s)
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return fmt.Errorf("vosk %s: %w", s.v.o.URL, s.err)
	}
	return nil
}

// fail ends the stream once; the first cause counts. Closing the socket ends write and read.
func (s *voskStream) fail(err error) {
	s.failOnce.Do(func() {
		s.mu.Lock()
		s.err = err
		s.mu.Unlock()
		s.v.failed.Add(1)
		s.v.o.Logger.Debug().Err(err).Str("url", s.v.o.URL).Msg("recognition stream failed")
		s.ring.close() // before the reader is told: a write after that must fail
		s.box.put(Result{Err: fmt.Errorf("vosk %s: %w", s.v.o.URL, err)})
		s.box.close()
		_ = s.conn.Close() // the error that matters is the one that brought us here
	})
}

func (s *voskStream) write() {
	chunk := make([]int16, max(int(s.v.o.Chunk.Seconds()*float64(s.o.Rate)), 1))
	wire := make([]byte, 0, 2*len(chunk))
	for {
		n, m, all := s.ring.next(chunk)
		var err error
		switch {
		case m.kind == markFinalize:
			err = s.send(askedFinal, websocket.TextMessage, []byte(voskwire.Reset))
		case m.kind == markConfig:
			err = s.post(websocket.TextMessage, m.text)
		case n > 0:
			wire = wire[:0]
			for _, v := range chunk[:n] {
				wire = binary.LittleEndian.AppendUint16(wire, uint16(v))
			}
			err = s.send(askedAudio, websocket.BinaryMessage, wire)
		case all:
			if err := s.send(askedEOF, websocket.TextMessage, []byte(voskwire.EOF)); err != nil {
				s.sendFailed(err)
			}
			return
		default:
			select {
			case <-s.ring.wake:
			case <-s.readEnd:
				return
			}
		}
		if err != nil {
			s.sendFailed(err)
			return
		}
	}
}

// sendFailed lets read explain first: a server that refuses something closes with the reason, which
// is then waiting to be read, while the write sees no more than a broken pipe.
func (s *voskStream) sendFailed(err error) {
	select {
	case <-s.readEnd:
	case <-time.After(200 * time.Millisecond):
		s.fail(fmt.Errorf("send: %w: %w", ErrUnavailable, err))
	}
}

// send notes what the reply will be for before it can arrive.
func (s *voskStream) send(what asked, messageType int, body []byte) error {
	select {
	case s.asked <- what:
	case <-s.readEnd:
		return ErrClosed
	}
	if s.owed.Add(1) == 1 {
		_ = s.conn.SetReadDeadline(time.Now().Add(s.v.o.ReplyTimeout)) // an error here shows in the read
	}
	return s.post(messageType, body)
}

func (s *voskStream) post(messageType int, body []byte) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(s.v.o.ReplyTimeout)) // an error here shows in the write
	return s.conn.WriteMessage(messageType, body)
}

func (s *voskStream) read() {
	defer close(s.readEnd)
	for {
		_, body, err := s.conn.ReadMessage()
		if err != nil {
			s.fail(readError(err, s.v.o.ReplyTimeout))
			return
		}
		var what asked
		select {
		case what = <-s.asked:
		default:
			s.fail(fmt.Errorf("a reply that nothing was asked for, %.80q: %w", body, ErrProtocol))
			return
		}
		reply, err := voskwire.ParseReply(body)
		if err != nil {
			s.fail(fmt.Errorf("%w: %w", ErrProtocol, err))
			return
		}
		if what != askedAudio && !reply.Final {
			s.fail(fmt.Errorf("a partial reply where a final one was asked for: %w", ErrProtocol))
			return
		}
		s.extendDeadline()
		s.take(what, reply)
		if what == askedEOF {
			s.box.close()
			_ = s.conn.Close() // all has been said; the server closes likewise
			return
		}
	}
}

// extendDeadline gives the next reply its full time, or any time when none is owed. The order of
// the two steps matters: send may raise owed in between and set a deadline that must not be lost.
func (s *voskStream) extendDeadline() {
	_ = s.conn.SetReadDeadline(time.Time{})
	if s.owed.Add(-1) > 0 {
		_ = s.conn.SetReadDeadline(time.Now().Add(s.v.o.ReplyTimeout))
	}
}

// take turns a reply into a result. Servers finalise by themselves after a pause; since only
// Finalize may bring a final result, such pieces are kept and count as partial until then.
func (s *voskStream) take(what asked, reply voskwire.Reply) {
	if !reply.Final {
		if text := join(s.heard.Text, reply.Text); text != "" {
			s.box.put(Result{Text: text})
		}
		return
	}
	var words []Word
	for _, w := range reply.Words {
		words = append(words, Word{Text: w.Word, Start: seconds(w.Start), End: seconds(w.End), Confidence: w.Conf})
	}
	s.heard.Alternatives = s.alternatives(reply, MeanConfidence(words))
	s.heard.Text, s.heard.Words = join(s.heard.Text, reply.Text), append(s.heard.Words, words...)
	switch {
	case what == askedAudio:
		if s.heard.Text != "" {
			s.box.put(Result{Text: s.heard.Text})
		}
		return
	case what == askedEOF && s.heard.Text == "":
		return
	}
	r := s.heard
	s.heard = Result{}
	r.Final, r.Confidence = true, MeanConfidence(r.Words)
	if !s.o.Words {
		r.Words = nil
	}
	s.v.finals.Add(1)
	s.box.put(r)
}

// alternatives of what was heard before and a further piece, which differ from the best in one of
// the two: what else the one may have been with the best of the other, and the other way round. now
// is how sure the further piece is.
func (s *voskStream) alternatives(reply voskwire.Reply, now float64) []Alternative {
	text := strings.TrimSpace(reply.Text)
	switch {
	case s.o.Alternatives <= 0:
		return nil
	case text == "":
		return s.heard.Alternatives
	}
	var out []Alternative
	best := join(s.heard.Text, text)
	add := func(text string, confidence float64) {
		same := func(a Alternative) bool { return a.Text == text }
		if text != best && len(out) < min(s.o.Alternatives, MaxAlternatives) && !slices.ContainsFunc(out, same) {
			out = append(out, Alternative{Text: text, Confidence: confidence})
		}
	}
	before := MeanConfidence(s.heard.Words)
	for i := range max(len(reply.Alternatives), len(s.heard.Alternatives)) { // the likely ones of both first
		if i < len(reply.Alternatives) {
			a := reply.Alternatives[i]
			switch {
			case a.Text == "":
			case s.heard.Text == "":
				add(a.Text, a.Conf)
			default:
				add(join(s.heard.Text, a.Text), min(a.Conf, before))
			}
		}
		if i < len(s.heard.Alternatives) {
			a := s.heard.Alternatives[i]
			add(join(a.Text, text), min(a.Confidence, now))
		}
	}
	return out
}

func seconds(f float64) time.Duration { return time.Duration(f * float64(time.Second)) }

func join(a, b string) string { return strings.TrimSpace(a + " " + b) }

// readError classifies the end of a connection by the close code (RFC 6455 §7.4.1) the server gave.
func readError(err error, timeout time.Duration) error {
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		switch closed.Code {
		case websocket.ClosePolicyViolation, websocket.CloseUnsupportedData,
			websocket.CloseInvalidFramePayloadData, websocket.CloseMessageTooBig:
			return fmt.Errorf("%w: %s (close code %d)", ErrRejected, closed.Text, closed.Code)
		}
		return fmt.Errorf("%w: connection closed by the server: %w", ErrUnavailable, err)
	}
	if errors.Is(err, websocket.ErrReadLimit) {
		return fmt.Errorf("%w: reply exceeds %d bytes", ErrProtocol, maxReply)
	}
	var timed interface{ Timeout() bool }
	if errors.As(err, &timed) && timed.Timeout() {
		return fmt.Errorf("%w: no reply within %s", ErrUnavailable, timeout)
	}
	return fmt.Errorf("%w: connection lost: %w", ErrUnavailable, err)
}
