package voskserver

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/internal/voskwire"
)

const (
	writeTimeout = 10 * time.Second
	// defaultRate is what the Vosk server assumes of a client that sends no config.
	defaultRate = 16000
	lingerTime  = time.Second
	// maxReason is what a close frame holds besides its code (RFC 6455 §5.5.1).
	maxReason = 123
)

// refusal is a reason to close a connection, with the code that says whose fault it is.
type refusal struct {
	code   int
	reason string
}

func (r *refusal) Error() string { return r.reason }

func refuse(code int, format string, args ...any) error {
	return &refusal{code: code, reason: fmt.Sprintf(format, args...)}
}

// connection serves one client, in the goroutine of its HTTP request.
type connection struct {
	s    *Server
	ws   *websocket.Conn
	from string
	rec  Recognizer
	opts asr.Options
	// nbest: the client has asked for alternatives, if only for the best, and expects their shape.
	nbest bool
	pcm   []int16
	done  bool // the client has sent eof
}

func (c *connection) run(ctx context.Context) {
	defer func() { _ = c.ws.Close() }() // the close frame has said what there is to say
	c.ws.SetReadLimit(c.s.o.MaxMessage)
	c.opts = asr.Options{Rate: defaultRate}
	// Waking the reader is the only way to interrupt it.
	stop := context.AfterFunc(ctx, func() { _ = c.ws.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	err := c.serve(ctx)
	if c.rec != nil {
		if cerr := c.rec.Close(); cerr != nil {
			c.s.o.Logger.Error().Err(cerr).Str("from", c.from).Msg("close recogniser")
		}
	}
	c.sayGoodbye(ctx, err)
}

func (c *connection) serve(ctx context.Context) error {
	for !c.done {
		_ = c.ws.SetReadDeadline(time.Now().Add(c.s.o.IdleTimeout)) // an error here shows in the read
		if ctx.Err() != nil {                                       // ended before the deadline was moved
			return ctx.Err()
		}
		kind, body, err := c.ws.ReadMessage()
		if err != nil {
			return err
		}
		reply, err := c.message(ctx, kind, body)
		if err != nil {
			return err
		}
		if reply == nil {
			continue
		}
		text, err := c.wireReply(*reply).Encode()
		if err != nil {
			return fmt.Errorf("encode reply: %w", err)
		}
		if reply.Final {
			c.s.finals.Add(1)
		}
		_ = c.ws.SetWriteDeadline(time.Now().Add(writeTimeout))
		if err := c.ws.WriteMessage(websocket.TextMessage, text); err != nil {
			return fmt.Errorf("send reply: %w", err)
		}
	}
	return nil
}

func (c *connection) message(ctx context.Context, kind int, body []byte) (*asr.Result, error) {
	if kind == websocket.BinaryMessage {
		return c.audio(ctx, body)
	}
	what, config, err := voskwire.ParseClient(body)
	if err != nil {
		return nil, refuse(websocket.CloseInvalidFramePayloadData, "%s", err)
	}
	if what == voskwire.KindConfig {
		return nil, c.configure(config)
	}
	c.done = what == voskwire.KindEOF
	if c.rec == nil { // nothing was said, which deserves an answer all the same
		return &asr.Result{Final: true}, nil
	}
	r, err := c.rec.Finalize()
	r.Final = true
	return &r, err
}

func (c *connection) configure(config voskwire.Config) error {
	rate := c.opts.Rate
	if config.SampleRate > 0 {
		rate = int(config.SampleRate)
	}
	if c.rec != nil && rate != c.opts.Rate {
		return refuse(websocket.ClosePolicyViolation, "the sample rate cannot change within a stream")
	}
	c.opts = asr.Options{Rate: rate, Words: config.Words, Vocabulary: config.PhraseList, Grammar: config.Grammar,
		Alternatives: min(max(config.MaxAlternatives-1, 0), asr.MaxAlternatives)} // the protocol counts the best as well
	c.nbest = config.MaxAlternatives > 0
	if c.rec == nil {
		return nil // opened with the first audio, so that a silent connection costs nothing
	}
	return c.rec.Configure(c.opts)
}

func (c *connection) audio(ctx context.Context, body []byte) (*asr.Result, error) {
	if len(body)%2 != 0 {
		return nil, refuse(websocket.CloseInvalidFramePayloadData, "audio message of %d bytes is not 16-bit PCM", len(body))
	}
	if c.rec == nil {
		rec, err := c.s.backend.Open(ctx, c.opts)
		if err != nil {
			return nil, err
		}
		c.rec = rec
	}
	c.pcm = c.pcm[:0]
	for i := 0; i < len(body); i += 2 {
		c.pcm = append(c.pcm, int16(binary.LittleEndian.Uint16(body[i:])))
	}
	c.s.samples.Add(int64(len(c.pcm)))
	r, err := c.rec.Write(c.pcm)
	return &r, err
}

// sayGoodbye counts how the connection ended and sends a close frame that says why.
func (c *connection) sayGoodbye(ctx context.Context, err error) {
	code, reason := websocket.CloseNormalClosure, ""
	var refused *refusal
	var closed *websocket.CloseError
	var timed interface{ Timeout() bool }
	switch {
	case err == nil, errors.As(err, &closed) && closed.Code != websocket.CloseMessageTooBig:
	case ctx.Err() != nil:
		code, reason = websocket.CloseGoingAway, "the recogniser is shutting down"
	case errors.As(err, &refused):
		c.s.violations.Add(1)
		code, reason = refused.code, refused.reason
	case errors.Is(err, websocket.ErrReadLimit):
		c.s.violations.Add(1)
		code, reason = websocket.CloseMessageTooBig, fmt.Sprintf("a message may have at most %d bytes", c.s.o.MaxMessage)
	case errors.Is(err, asr.ErrRejected):
		c.s.violations.Add(1)
		code, reason = websocket.ClosePolicyViolation, err.Error()
	case errors.Is(err, asr.ErrUnavailable):
		c.s.errors.Add(1)
		code, reason = websocket.CloseTryAgainLater, err.Error()
	case errors.As(err, &timed):
		code, reason = websocket.CloseNormalClosure, fmt.Sprintf("nothing was sent for %s", c.s.o.IdleTimeout)
		if !timed.Timeout() {
			return // the network has gone, there is nobody to tell
		}
	default:
		c.s.errors.Add(1)
		code, reason = websocket.CloseInternalServerErr, err.Error()
	}
	c.s.o.Logger.Debug().Err(err).Int("code", code).Str("from", c.from).Msg("connection ended")
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, clip(reason)), time.Now().Add(time.Second))
	c.linger()
}

// linger reads what the client was still sending until it hangs up. Closing a socket with unread
// data makes TCP reset the connection, and the client would lose the close frame with the reason.
func (c *connection) linger() {
	raw := c.ws.NetConn()
	_ = raw.SetReadDeadline(time.Now().Add(lingerTime))
	_, _ = io.Copy(io.Discard, raw) // ends by the client's close or the deadline; either will do
}

// clip shortens a reason to what a close frame holds, without cutting a character in two.
func clip(s string) string {
	if len(s) <= maxReason {
		return s
	}
	s = s[:maxReason-3]
	for len(s) > 0 && !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + "…"
}

// wireReply gives word confidences with alternatives too, where the original does not: a client that
// wants both need not choose.
func (c *connection) wireReply(r asr.Result) voskwire.Reply {
	out := voskwire.Reply{Final: r.Final, Text: r.Text}
	if !r.Final {
		return out
	}
	if c.opts.Words {
		for _, w := range r.Words {
			out.Words = append(out.Words, voskwire.Word{
				Conf: w.Confidence, Start: w.Start.Seconds(), End: w.End.Seconds(), Word: w.Text,
			})
		}
	}
	if c.nbest {
		out.NBest, out.Conf = true, r.Confidence
		for _, a := range r.Alternatives[:min(len(r.Alternatives), c.opts.Alternatives)] {
			out.Alternatives = append(out.Alternatives, voskwire.Alternative{Text: a.Text, Conf: a.Confidence})
		}
	}
	return out
}
