package asr_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/asrtest"
	"github.com/dialwright/dialwright/asr/voskserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestVoskConforms(t *testing.T) {
	lines := []string{"yes please", "i would rather not", "call me back at three"}
	others := [][]string{{"yes peas", "guess please", "yes peas", "yes please", ""}, nil,
		strings.Split("call me bag at three,all me back at three,call me back a tree,a,b,c,d,e,f,g,h,i", ",")}
	for _, endpoint := range []time.Duration{0, 100 * time.Millisecond} { // the second finalises by itself
		t.Run(endpoint.String(), func(t *testing.T) {
			asrtest.Conform(t, func(t *testing.T) asrtest.Subject {
				url := asrtest.ServeVosk(t, &asrtest.Scripted{Lines: lines, Others: others, Endpoint: endpoint}, voskserver.Options{})
				s := asrtest.Subject{
					Engine: asr.NewVosk(asr.VoskOptions{URL: url, Queue: time.Minute}), Rate: 16000, BadRate: 11025, Others: true,
				}
				for _, l := range lines {
					s.Said = append(s.Said, asrtest.Utterance{PCM: asrtest.Tone(16000, 800*time.Millisecond), Text: l})
				}
				return s
			})
		})
	}
}

// client opens a stream to a server that follows a script.
func client(t *testing.T, o asr.VoskOptions, script func(*asrtest.WireConn)) asr.Stream {
	t.Helper()
	o.URL = asrtest.WireFake(t, script)
	v := asr.NewVosk(o)
	st, err := v.Open(context.Background(), asr.Options{Rate: 8000, Words: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() }) // its error is that of the failed stream
	return st
}

func outcome(t *testing.T, st asr.Stream) asr.Result {
	t.Helper()
	var last asr.Result
	for r := range st.Results() {
		last = r
	}
	return last
}

func TestVoskBadServers(t *testing.T) {
	reply := func(text string) func(*asrtest.WireConn) {
		return func(c *asrtest.WireConn) {
			for {
				msg, _, ok := c.Next()
				if !ok {
					return
				}
				if !strings.Contains(msg, "config") {
					c.Send(text)
				}
			}
		}
	}
	for name, tt := range map[string]struct {
		script func(*asrtest.WireConn)
		want   error
		says   string
	}{
		"not JSON":               {reply("<html>"), asr.ErrProtocol, "invalid character"},
		"neither":                {reply(`{"alternatives":null}`), asr.ErrProtocol, "neither partial nor text"},
		"no alternatives":        {reply(`{"alternatives":[]}`), asr.ErrProtocol, "list of alternatives is empty"},
		"textless alternative":   {reply(`{"alternatives":[{"text":"a"},{"confidence":1}]}`), asr.ErrProtocol, "alternative 2 has no text"},
		"two texts":              {reply(`{"text":"a","alternatives":[{"text":"b"}]}`), asr.ErrProtocol, "a text besides"},
		"partial for reset":      {reply(`{"partial":"x"}`), asr.ErrProtocol, "partial reply where a final"},
		"impossible times":       {reply(`{"text":"a","result":[{"word":"a","start":5,"end":1,"conf":1}]}`), asr.ErrProtocol, "from 5 s to 1 s"},
		"a huge reply":           {reply(`{"partial":"` + strings.Repeat("x", 2<<20) + `"}`), asr.ErrProtocol, "exceeds"},
		"speaks unasked":         {func(c *asrtest.WireConn) { c.Send(`{"text":""}`); c.Send(`{"text":""}`); <-c.Ended }, asr.ErrProtocol, "nothing was asked"},
		"hangs up":               {func(c *asrtest.WireConn) { c.Next() }, asr.ErrUnavailable, "closed by the server"},
		"goes away":              {func(c *asrtest.WireConn) { c.Hangup(websocket.CloseGoingAway, "bye") }, asr.ErrUnavailable, "bye"},
		"refuses the vocabulary": {func(c *asrtest.WireConn) { c.Hangup(websocket.ClosePolicyViolation, "no such word: foo") }, asr.ErrRejected, "no such word: foo"},
		"never answers":          {func(c *asrtest.WireConn) { <-c.Ended }, asr.ErrUnavailable, "no reply within"},
	} {
		t.Run(name, func(t *testing.T) {
			st := client(t, asr.VoskOptions{ReplyTimeout: 300 * time.Millisecond}, tt.script)
			if err := st.Finalize(); err != nil && !errors.Is(err, tt.want) { // it may know already
				t.Fatal(err)
			}
			r := outcome(t, st)
			if !errors.Is(r.Err, tt.want) || !strings.Contains(r.Err.Error(), tt.says) {
				t.Errorf("stream ended with %v; want %v saying %q", r.Err, tt.want, tt.says)
			}
			if err := st.Write(make([]int16, 160)); !errors.Is(err, tt.want) {
				t.Errorf("write afterwards: %v", err)
			}
		})
	}
}

// What the server finalises by itself belongs to the next Finalize.
func TestVoskKeepsPiecesTogether(t *testing.T) {
	st := client(t, asr.VoskOptions{Chunk: 20 * time.Millisecond}, func(c *asrtest.WireConn) {
		c.Next() // config
		for _, text := range []string{
			`{"partial":"yes"}`,
			`{"text":"yes","result":[{"word":"yes","start":0.1,"end":0.3,"conf":1.0000002}]}`,
			`{"partial":"please"}`,
			`{"text":"please","result":[{"word":"please","start":0.5,"end":0.9,"conf":0.5}]}`, // to reset
			`{"text":""}`, // to eof
		} {
			c.Next()
			c.Send(text)
		}
	})
	for _, want := range []string{"yes", "yes", "yes please"} {
		if err := st.Write(make([]int16, 160)); err != nil {
			t.Fatal(err)
		}
		if r := <-st.Results(); r.Final || r.Text != want {
			t.Errorf("partial %+v; want %q", r, want)
		}
	}
	if err := st.Finalize(); err != nil {
		t.Fatal(err)
	}
	r, _ := asrtest.Final(t, st)
	if r.Text != "yes please" || r.Confidence != 0.75 || len(r.Words) != 2 || r.Words[1].Start != 500*time.Millisecond {
		t.Errorf("final: %+v", r)
	}
	if rest := asrtest.Rest(t, st); len(rest) != 0 {
		t.Errorf("left: %v", rest)
	}
}

// The replies have the shape of the original server (vosk, SetMaxAlternatives 3), written from its source: likelihoods that
// are no probabilities, blanks before texts, no confidences of words.
func TestVoskAlternativesOfTheOriginal(t *testing.T) {
	got := make(chan string, 1)
	url := asrtest.WireFake(t, func(c *asrtest.WireConn) {
		msg, _, _ := c.Next()
		got <- msg
		for _, text := range []string{
			`{
  "alternatives" : [{
      "confidence" : 213.687393,
      "result" : [{"end" : 0.63, "start" : 0.18, "word" : "eight"}, {"end" : 0.9, "start" : 0.63, "word" : "one"}],
      "text" : "eight one"
    }, {
      "confidence" : 212.4,
      "result" : [{"end" : 0.63, "start" : 0.18, "word" : "a"}, {"end" : 0.9, "start" : 0.63, "word" : "one"}],
      "text" : " a one"
    }, {"confidence" : 0.5, "text" : "eight won"}]
}`, // to audio: it ends utterances by itself
			`{"alternatives":[{"confidence":80,"text":"please"},{"confidence":79,"text":"peas"},{"confidence":1,"text":""}]}`,
			`{"alternatives" : [{"text": "", "confidence" : 1.0}] }`, // what it answers to silence
			`{"text":""}`,
		} {
			c.Next()
			c.Send(text)
		}
	})
	v := asr.NewVosk(asr.VoskOptions{URL: url, Chunk: 20 * time.Millisecond})
	defer func() { _ = v.Close() }()
	st, err := v.Open(context.Background(), asr.Options{Rate: 8000, Words: true, Alternatives: 3})
	if err != nil {
		t.Fatal(err)
	}
	if msg := <-got; msg != `{"config":{"sample_rate":8000,"words":true,"max_alternatives":4}}` {
		t.Errorf("config message %s", msg)
	}
	if err := st.Write(make([]int16, 160)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []asr.Result{
		{Text: "eight one please", Alternatives: []asr.Alternative{{Text: "eight one peas"}, {Text: "a one please"}, {Text: "eight won please"}}}, {},
	} {
		if err := st.Finalize(); err != nil {
			t.Fatal(err)
		}
		r, _ := asrtest.Final(t, st)
		if r.Text != want.Text || r.Confidence != 0 || !slices.Equal(r.Alternatives, want.Alternatives) {
			t.Errorf("final %+v; want %+v", r, want)
		}
	}
	if rest := asrtest.Rest(t, st); len(rest) != 0 {
		t.Errorf("left: %v", rest)
	}
}

// An utterance in two pieces is as doubtful as the more doubtful of them.
func TestVoskAlternativesOfPieces(t *testing.T) {
	url := asrtest.WireFake(t, func(c *asrtest.WireConn) {
		c.Next() // config
		for _, text := range []string{
			`{"alternatives":[{"conf":0.8,"text":"no","result":[{"word":"no","end":1,"conf":0.8}]},{"conf":0.3,"text":"know"}]}`,
			`{"alternatives":[{"conf":0.4,"text":"thanks","result":[{"word":"thanks","start":1,"end":2,"conf":0.4}]},{"conf":7,"text":"tanks"},{"text":"thank"}]}`,
			`{"text":""}`,
		} {
			c.Next()
			c.Send(text)
		}
	})
	v := asr.NewVosk(asr.VoskOptions{URL: url, Chunk: 20 * time.Millisecond})
	defer func() { _ = v.Close() }()
	st, err := v.Open(context.Background(), asr.Options{Rate: 8000, Alternatives: 5})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(st.Write(make([]int16, 160)), st.Finalize()); err != nil {
		t.Fatal(err)
	}
	r, _ := asrtest.Final(t, st)
	want := []asr.Alternative{{Text: "no tanks", Confidence: 0.8}, {Text: "know thanks", Confidence: 0.3}, {Text: "no thank"}}
	if r.Text != "no thanks" || !slices.Equal(r.Alternatives, want) {
		t.Errorf("final %+v; want alternatives %+v", r, want)
	}
	asrtest.Rest(t, st)
}

func TestVoskCannotConnect(t *testing.T) {
	refusing := asrtest.ServeVosk(t, &asrtest.Scripted{}, voskserver.Options{MaxStreams: 1})
	first := asr.NewVosk(asr.VoskOptions{URL: refusing})
	if _, err := first.Open(context.Background(), asr.Options{Rate: 8000}); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	for url, want := range map[string]error{
		"ws://127.0.0.1:1":   asr.ErrUnavailable,
		refusing:             asr.ErrUnavailable,
		"http://127.0.0.1:1": asr.ErrRejected,
		"://":                asr.ErrRejected,
	} {
		v := asr.NewVosk(asr.VoskOptions{URL: url})
		_, err := v.Open(context.Background(), asr.Options{Rate: 8000})
		if !errors.Is(err, want) {
			t.Errorf("open %q: %v; want %v", url, err, want)
		}
		if url == refusing && !strings.Contains(err.Error(), "all 1 recognition streams are in use") {
			t.Errorf("a full server is reported as %v", err)
		}
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	}
	if n := first.Stats().Open; n != 1 {
		t.Errorf("%d streams open", n)
	}
}

func TestVoskClosesInTime(t *testing.T) {
	st := client(t, asr.VoskOptions{CloseTimeout: 50 * time.Millisecond}, func(c *asrtest.WireConn) { <-c.Ended })
	if err := st.Close(); !errors.Is(err, asr.ErrUnavailable) {
		t.Errorf("close: %v", err)
	}
	if r := outcome(t, st); !errors.Is(r.Err, asr.ErrUnavailable) {
		t.Errorf("last result: %+v", r)
	}
}

func TestVoskSendsHeaderAndConfig(t *testing.T) {
	got := make(chan string, 1)
	url := asrtest.WireFake(t, func(c *asrtest.WireConn) {
		msg, _, _ := c.Next()
		got <- msg
		c.Next() // eof
		c.Send(`{"text":""}`)
	})
	v := asr.NewVosk(asr.VoskOptions{URL: url, Header: http.Header{"X-Token": {"t"}}})
	if _, err := v.Open(context.Background(), asr.Options{Rate: 16000, Vocabulary: []string{"yes"}, Grammar: "g"}); err != nil {
		t.Fatal(err)
	}
	const want = `{"config":{"sample_rate":16000,"words":true,"phrase_list":["yes"],"grammar":"g"}}`
	if msg := <-got; msg != want {
		t.Errorf("config message %s; want %s", msg, want)
	}
	if err := v.Close(); err != nil {
		t.Error(err)
	}
}

func TestVoskSwitch(t *testing.T) {
	url := asrtest.ServeVosk(t, &asrtest.Scripted{Lines: []string{"one", "two"}}, voskserver.Options{})
	v := asr.NewVosk(asr.VoskOptions{URL: url})
	defer func() { _ = v.Close() }()
	st, err := v.Open(context.Background(), asr.Options{Rate: 8000})
	if err != nil {
		t.Fatal(err)
	}
	asrtest.Say(t, st, 8000, asrtest.Tone(8000, time.Second))
	if err := st.Finalize(); err != nil {
		t.Fatal(err)
	}
	asrtest.Final(t, st)
	if err := st.(asr.Switcher).Switch(nil, asrtest.RefusedWord); err != nil {
		t.Fatal(err)
	}
	if r := outcome(t, st); !errors.Is(r.Err, asr.ErrRejected) || !strings.Contains(r.Err.Error(), asrtest.RefusedWord) {
		t.Errorf("after switching to a refused grammar: %+v", r)
	}
}

func TestVoskSwitchKeepsAlternatives(t *testing.T) {
	url := asrtest.ServeVosk(t, &asrtest.Scripted{Lines: []string{"one"}, Others: [][]string{{"won", "on"}}}, voskserver.Options{})
	v := asr.NewVosk(asr.VoskOptions{URL: url})
	defer func() { _ = v.Close() }()
	st, err := v.Open(context.Background(), asr.Options{Rate: 8000, Alternatives: 1})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		asrtest.Say(t, st, 8000, asrtest.Tone(8000, time.Second))
		if err := st.Finalize(); err != nil {
			t.Fatal(err)
		}
		if r, _ := asrtest.Final(t, st); r.Confidence != 0.9 || len(r.Alternatives) != 1 || r.Alternatives[0].Text != "won" {
			t.Errorf("final %+v", r)
		}
		if err := st.(asr.Switcher).Switch([]string{"one"}, ""); err != nil {
			t.Fatal(err)
		}
	}
}
