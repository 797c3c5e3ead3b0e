package voskserver_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/asrtest"
	"github.com/dialwright/dialwright/asr/voskserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// running is a server with what is needed to look at it and end it.
type running struct {
	*voskserver.Server
	url    string
	cancel context.CancelFunc
	ended  chan error
}

func serve(t *testing.T, b voskserver.Backend, o voskserver.Options) *running {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Server: voskserver.New(b, o), url: "ws://" + ln.Addr().String(), cancel: cancel, ended: make(chan error, 1)}
	go func() { r.ended <- r.Serve(ctx, ln) }()
	t.Cleanup(func() {
		r.stop(t)
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// stop may be called twice.
func (r *running) stop(t *testing.T) {
	r.cancel()
	if err := <-r.ended; err != nil {
		t.Errorf("serve: %v", err)
	}
	r.ended <- nil
}

func dial(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

func sound(d time.Duration) []byte {
	var b []byte
	for _, v := range asrtest.Tone(16000, d) {
		b = append(b, byte(v), byte(v>>8))
	}
	return b
}

// msg is one message to send: text, or audio if binary is not nil.
type msg struct {
	text   string
	binary []byte
}

func send(t *testing.T, c *websocket.Conn, m msg) {
	t.Helper()
	kind, body := websocket.TextMessage, []byte(m.text)
	if m.binary != nil {
		kind, body = websocket.BinaryMessage, m.binary
	}
	if err := c.WriteMessage(kind, body); err != nil && !errors.Is(err, websocket.ErrCloseSent) {
		t.Logf("send: %v", err) // the server may have had enough before
	}
}

func TestProtocol(t *testing.T) {
	r := serve(t, &asrtest.Scripted{Lines: []string{"yes please"}, Others: [][]string{{"yes peas", "guess"}}}, voskserver.Options{})
	c := dial(t, r.url)
	for _, step := range []struct {
		send msg
		want string // "" when there is no reply
	}{
		{msg{text: `{"config":{"sample_rate":16000,"words":1,"phrase_list":["yes"]}}`}, ""},
		{msg{binary: []byte{}}, `{"partial":""}`},
		{msg{binary: sound(100 * time.Millisecond)}, `{"partial":"yes"}`},
		{msg{binary: sound(400 * time.Millisecond)}, `{"partial":"yes please"}`},
		{msg{text: `{"reset" : 1}`}, `{"result":[{"conf":0.9,"end":0.25,"start":0,"word":"yes"},{"conf":0.9,"end":0.5,"start":0.25,"word":"please"}],"text":"yes please"}`},
		{msg{text: `{"reset":1}`}, `{"text":""}`},
		{msg{text: `{"config":{"words":false}}`}, ""},
		{msg{binary: sound(100 * time.Millisecond)}, `{"partial":"yes"}`},
		{msg{text: `{"reset":1}`}, `{"text":"yes please"}`},
		{msg{text: `{"config":{"words":true,"max_alternatives":2}}`}, ""},
		{msg{text: `{"reset":1}`}, `{"alternatives":[{"conf":0,"confidence":0,"text":""}]}`},
		{msg{binary: sound(100 * time.Millisecond)}, `{"partial":"yes"}`},
		{msg{text: `{"reset":1}`}, `{"alternatives":[{"conf":0.9,"confidence":0.9,"result":[{"conf":0.9,"end":0.65,"start":0.6,"word":"yes"},` +
			`{"conf":0.9,"end":0.7,"start":0.65,"word":"please"}],"text":"yes please"},{"conf":0.81,"confidence":0.81,"text":"yes peas"}]}`},
		{msg{text: `{"config":{"max_alternatives":1}}`}, ""},
		{msg{binary: sound(100 * time.Millisecond)}, `{"partial":"yes"}`},
		{msg{text: `{"eof" : 1}`}, `{"alternatives":[{"conf":0.9,"confidence":0.9,"text":"yes please"}]}`},
	} {
		send(t, c, step.send)
		if step.want == "" {
			continue
		}
		_, got, err := c.ReadMessage()
		if err != nil || string(got) != step.want {
			t.Fatalf("after %.60q: %s, %v; want %s", step.send.text, got, err, step.want)
		}
	}
	if _, _, err := c.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Errorf("after eof: %v", err)
	}
	r.stop(t)
	want := voskserver.Stats{Accepted: 1, Finals: 6, Samples: 16000 * 8 / 10}
	if got := r.Stats(); got != want {
		t.Errorf("stats %+v; want %+v", got, want)
	}
}

func TestHostileClients(t *testing.T) {
	r := serve(t, &asrtest.Scripted{}, voskserver.Options{MaxMessage: 64 << 10})
	cases := map[string]struct {
		send []msg
		code int
		says string
	}{
		"not JSON":            {[]msg{{text: "hello"}}, websocket.CloseInvalidFramePayloadData, "not a JSON object"},
		"JSON of another":     {[]msg{{text: `{"type":"start"}`}}, websocket.CloseInvalidFramePayloadData, "none of config, reset and eof"},
		"deep JSON":           {[]msg{{text: strings.Repeat("[", 30000)}}, websocket.CloseInvalidFramePayloadData, "not a JSON object"},
		"a list":              {[]msg{{text: `[1]`}}, websocket.CloseInvalidFramePayloadData, "not a JSON object"},
		"null":                {[]msg{{text: `null`}}, websocket.CloseInvalidFramePayloadData, "none of config, reset and eof"},
		"eof of 2":            {[]msg{{text: `{"eof":2}`}}, websocket.CloseInvalidFramePayloadData, `"eof" must be 1`},
		"config type":         {[]msg{{text: `{"config":{"sample_rate":"fast"}}`}}, websocket.CloseInvalidFramePayloadData, "sample_rate"},
		"half a hertz":        {[]msg{{text: `{"config":{"sample_rate":8000.5}}`}}, websocket.CloseInvalidFramePayloadData, "not a rate"},
		"words type":          {[]msg{{text: `{"config":{"words":"yes"}}`}}, websocket.CloseInvalidFramePayloadData, "words must be"},
		"a model":             {[]msg{{text: `{"config":{"model":"/etc/passwd"}}`}}, websocket.CloseInvalidFramePayloadData, "model cannot be chosen"},
		"alternatives":        {[]msg{{text: `{"config":{"max_alternatives":-3}}`}}, websocket.CloseInvalidFramePayloadData, "max_alternatives"},
		"odd bytes":           {[]msg{{binary: make([]byte, 321)}}, websocket.CloseInvalidFramePayloadData, "321 bytes"},
		"too large":           {[]msg{{binary: make([]byte, 1<<20)}}, websocket.CloseMessageTooBig, ""},
		"a bad rate":          {[]msg{{text: `{"config":{"sample_rate":44100}}`}, {binary: make([]byte, 320)}}, websocket.ClosePolicyViolation, "44100 Hz"},
		"a bad word":          {[]msg{{text: `{"config":{"grammar":"xyzzy"}}`}, {binary: make([]byte, 320)}}, websocket.ClosePolicyViolation, "not in the dictionary: xyzzy"},
		"rate in mid-stream":  {[]msg{{binary: make([]byte, 320)}, {text: `{"config":{"sample_rate":8000}}`}}, websocket.ClosePolicyViolation, "cannot change"},
		"words in mid-stream": {[]msg{{binary: make([]byte, 320)}, {text: `{"config":{"grammar":"xyzzy"}}`}}, websocket.ClosePolicyViolation, "xyzzy"},
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			c := dial(t, r.url)
			for _, m := range tt.send {
				send(t, c, m)
			}
			for range 30 { // goes on talking, as a call would: the reason must arrive all the same
				send(t, c, msg{binary: make([]byte, 640)})
			}
			for {
				_, _, err := c.ReadMessage()
				if err == nil {
					continue
				}
				var closed *websocket.CloseError
				if !errors.As(err, &closed) || closed.Code != tt.code || !strings.Contains(closed.Text, tt.says) {
					t.Errorf("closed with %v; want code %d saying %q", err, tt.code, tt.says)
				}
				return
			}
		})
	}
	r.stop(t)
	if s := r.Stats(); s.Violations != int64(len(cases)) || s.Open != 0 || s.Errors != 0 {
		t.Errorf("stats: %+v", s)
	}
}

func TestStreamLimit(t *testing.T) {
	r := serve(t, &asrtest.Scripted{}, voskserver.Options{MaxStreams: 2})
	for range 2 {
		dial(t, r.url)
	}
	_, resp, err := websocket.DefaultDialer.Dial(r.url, nil)
	if err == nil || resp == nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("third stream: %v, %+v", err, resp)
	}
	if s := r.Stats(); s.Refused != 1 {
		t.Errorf("stats: %+v", s)
	}
}

func TestNotAWebsocketAndForeignOrigin(t *testing.T) {
	r := serve(t, &asrtest.Scripted{}, voskserver.Options{})
	resp, err := http.Get("http" + strings.TrimPrefix(r.url, "ws"))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("plain HTTP: %s", resp.Status)
	}
	http.DefaultClient.CloseIdleConnections()
	_, resp, err = websocket.DefaultDialer.Dial(r.url, http.Header{"Origin": {"http://elsewhere.example"}})
	if err == nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("a page from elsewhere: %v", err)
	}
}

func TestIdleClient(t *testing.T) {
	r := serve(t, &asrtest.Scripted{}, voskserver.Options{IdleTimeout: 50 * time.Millisecond})
	c := dial(t, r.url)
	if _, _, err := c.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) || !strings.Contains(err.Error(), "nothing was sent") {
		t.Errorf("idle client: %v", err)
	}
}

func TestShutdown(t *testing.T) {
	t.Run("at once", func(t *testing.T) {
		r := serve(t, &asrtest.Scripted{}, voskserver.Options{})
		c := dial(t, r.url)
		send(t, c, msg{binary: make([]byte, 320)})
		if _, _, err := c.ReadMessage(); err != nil {
			t.Fatal(err)
		}
		r.cancel()
		if _, _, err := c.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
			t.Errorf("at shutdown: %v", err)
		}
	})
	t.Run("with grace", func(t *testing.T) {
		r := serve(t, &asrtest.Scripted{Lines: []string{"good bye"}}, voskserver.Options{Grace: time.Minute})
		c := dial(t, r.url)
		send(t, c, msg{binary: sound(300 * time.Millisecond)})
		if _, _, err := c.ReadMessage(); err != nil {
			t.Fatal(err)
		}
		r.cancel() // the speaker may finish
		send(t, c, msg{text: `{"eof" : 1}`})
		if _, got, err := c.ReadMessage(); err != nil || string(got) != `{"text":"good bye"}` {
			t.Errorf("last words: %s, %v", got, err)
		}
	})
}

// failing breaks where it is told to.
type failing struct {
	asrtest.Scripted
	err error
}

func (f *failing) Open(context.Context, asr.Options) (voskserver.Recognizer, error) {
	return nil, f.err
}

func TestBackendErrors(t *testing.T) {
	for code, err := range map[int]error{
		websocket.CloseInternalServerErr: errors.New("the model is on fire " + strings.Repeat("é", 100)),
		websocket.CloseTryAgainLater:     fmt.Errorf("%w: all 10 recognisers are in use", asr.ErrUnavailable),
	} {
		r := serve(t, &failing{err: err}, voskserver.Options{})
		c := dial(t, r.url)
		send(t, c, msg{binary: make([]byte, 320)})
		_, _, got := c.ReadMessage()
		var closed *websocket.CloseError
		if !errors.As(got, &closed) || closed.Code != code || !strings.HasPrefix(err.Error(), strings.TrimSuffix(closed.Text, "…")) {
			t.Errorf("%v; want code %d saying %v", got, code, err)
		}
		r.stop(t)
		if s := r.Stats(); s.Errors != 1 {
			t.Errorf("stats: %+v", s)
		}
	}
}

func TestManyConnections(t *testing.T) {
	r := serve(t, &asrtest.Scripted{Lines: []string{"one", "two"}}, voskserver.Options{MaxStreams: 50})
	var wg sync.WaitGroup
	for range 50 {
		c := dial(t, r.url)
		wg.Go(func() {
			for _, want := range []string{`{"text":"one"}`, `{"text":"two"}`, `{"text":"one"}`} {
				for _, m := range []msg{{binary: sound(200 * time.Millisecond)}, {text: `{"reset" : 1}`}} {
					send(t, c, m)
					_, got, err := c.ReadMessage()
					if err != nil || m.binary == nil && string(got) != want {
						t.Errorf("%s, %v; want %s", got, err, want)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	if s := r.Stats(); s.Open != 50 || s.Finals != 150 {
		t.Errorf("stats: %+v", s)
	}
}
