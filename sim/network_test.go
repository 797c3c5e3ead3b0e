//go:build unix

package sim_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright/ari"
	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
	"github.com/dialwright/dialwright/internal/asterisktest"
	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/sim"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// town is a network, and an Asterisk of ours that is connected to it.
type town struct {
	net  *sim.Network
	near *asterisktest.Instance
	ari  *ari.Client
}

func newTown(t *testing.T, personas string) *town {
	t.Helper()
	script, err := sim.Load("personas.yaml", []byte(personas))
	if err != nil {
		t.Fatal(err)
	}
	n, err := sim.Start(t.Context(), sim.Options{Script: script, Recordings: t.TempDir(), Logger: zerolog.New(zerolog.NewTestWriter(t))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		lines, err := n.Warnings()
		// A call refused at once is gone before the ARI client has subscribed to it.
		lines = slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, "Event source not found: channel:") })
		if err != nil || len(lines) > 0 {
			t.Errorf("the far side complains: %v %v", lines, err)
		}
		pid := n.PID()
		if err := n.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(fmt.Sprint("/proc/", pid)); !os.IsNotExist(err) {
			t.Errorf("the far side's process %d is still there (%v)", pid, err)
		}
	})
	params := asteriskconfig.Params{Trunks: n.Trunks(10), Agents: n.Agents()}
	for _, a := range params.Agents {
		params.Queues = append(params.Queues, asteriskconfig.Queue{Name: "queue-" + a.Name, Members: []string{a.Name}})
	}
	near := asterisktest.Start(t, asterisktest.Options{Params: params})
	c, err := ari.Dial(t.Context(), ari.Options{URL: near.ARIURL, Username: near.User, Password: near.Password, App: "near", Logger: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for range c.Unclaimed() {
		}
	}()
	town := &town{net: n, near: near, ari: c}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 20*time.Second)
		defer cancel()
		if err := n.WaitIdle(ctx); err != nil {
			t.Error(err)
		}
		for side, left := range map[string]func(context.Context) ([]string, error){"far": n.Leftovers, "near": func(ctx context.Context) ([]string, error) { return sim.Leftovers(ctx, c) }} {
			if all, err := left(ctx); err != nil || len(all) > 0 {
				t.Errorf("the %s side has left over: %v %v", side, all, err)
			}
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		<-drained
	})
	return town
}

// dial calls endpoint and returns the channel's watch.
func (w *town) dial(t *testing.T, id, endpoint string, timeout time.Duration) *ari.Watch {
	t.Helper()
	watch := w.ari.Channel(id)
	t.Cleanup(watch.Close)
	if _, err := w.ari.Originate(t.Context(), ari.OriginateRequest{ID: id, Endpoint: endpoint, CallerID: "<4930123456>", Timeout: timeout, MaxDuration: time.Minute}); err != nil {
		t.Fatal(err)
	}
	return watch
}

// event returns the next event of one of the types.
func event(t *testing.T, w *ari.Watch, types ...string) ari.Event {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	for {
		select {
		case ev, ok := <-w.Events():
			if !ok {
				t.Fatalf("no more events; want %v", types)
			}
			if slices.Contains(types, ev.Type) {
				return ev
			}
		case <-deadline.C:
			t.Fatalf("no %v within 30 s", types)
		}
	}
}

// recording returns the far side's record of the persona's nth call.
func (w *town) recording(t *testing.T, persona string, nth int) sim.Recording {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := w.net.WaitIdle(ctx); err != nil {
		t.Fatal(err)
	}
	for _, r := range w.net.Recordings() {
		if r.Persona == persona && r.Call == nth {
			return r
		}
	}
	t.Fatalf("no recording of %s, call %d: %+v", persona, nth, w.net.Recordings())
	return sim.Recording{}
}

const refusing = `
customers:
- {name: busy, number: "+8613800000001", calls: [[ring: 200ms, refuse: busy]], expect: {disposition: busy}}
- {name: rejecting, number: "+8613800000002", calls: [[ring: 200ms, refuse: rejected]], expect: {disposition: rejected}}
- {name: unknown, number: "+8613800000003", calls: [[refuse: invalid_number]], expect: {disposition: invalid_number}}
- {name: short, number: "+8613800000004", calls: [[refuse: incomplete]], expect: {disposition: invalid_number}}
- {name: off, number: "+8613800000005", calls: [[refuse: switched_off]], expect: {disposition: switched_off}}
- {name: gone, number: "+8613800000006", calls: [[refuse: gone]], expect: {disposition: invalid_number}}
- {name: jammed, number: "+8613800000007", calls: [[refuse: congestion]], expect: {disposition: congestion}}
- {name: one-trunk, number: "+8613800000008", congested: [trunk-a], calls: [[refuse: busy]], expect: {disposition: busy}}
- {name: absent, number: "+8613800000009", calls: [[ignore]], expect: {disposition: no_answer}}
- {name: twice, number: "+8613800000010", calls: [[refuse: busy], [ring: 100ms, refuse: rejected]], expect: {disposition: rejected, attempts: 2}}
`

func TestRefusalsComeAsTheirSIPCodes(t *testing.T) {
	w := newTown(t, refusing)
	for i, c := range []struct {
		endpoint   string
		sip, cause int
	}{
		{"8613800000001@trunk-a", 486, 17},
		{"+8613800000002@trunk-b", 403, 21},
		{"13800000003@trunk-a", 404, 1},
		{"008613800000004@trunk-a", 484, 28},
		{"8613800000005@trunk-a", 480, 19},
		{"8613800000006@trunk-a", 410, 22},
		{"8613800000007@trunk-a", 503, 34},
		{"8613800000008@trunk-a", 503, 34},
		{"8613800000008@trunk-b", 486, 17},
		{"8613800000099@trunk-a", 404, 1},
		{"8613800000001@trunk-keys", 404, 1}, // not a number of that trunk's
		{"8613800000010@trunk-a", 486, 17},
		{"8613800000010@trunk-a", 403, 21},
	} {
		watch := w.dial(t, fmt.Sprintf("call%d-cust-1", i), "PJSIP/"+c.endpoint, 10*time.Second)
		ev := event(t, watch, "ChannelDestroyed", "StasisStart")
		if ev.Type != "ChannelDestroyed" || ev.TechCause != c.sip || ev.Cause != c.cause {
			t.Errorf("%s: %s with SIP %d, cause %d; want SIP %d, cause %d", c.endpoint, ev.Type, ev.TechCause, ev.Cause, c.sip, c.cause)
		}
	}
	if r := w.recording(t, "one-trunk", 1); r.Trunk != sim.TrunkB || r.SIP != 486 || r.File != "" {
		t.Errorf("one-trunk's first call is %+v", r)
	}
}

func TestNobodyAnswers(t *testing.T) {
	w := newTown(t, refusing)
	watch := w.dial(t, "absent-cust-1", "PJSIP/8613800000009@trunk-a", 2*time.Second)
	if ev := event(t, watch, "ChannelDestroyed", "StasisStart"); ev.Type != "ChannelDestroyed" {
		t.Fatalf("got %s", ev.Type)
	}
	if r := w.recording(t, "absent", 1); r.Ended != "caller" || !r.Answered.IsZero() || r.Caller != "4930123456" {
		t.Errorf("the far side has %+v", r)
	}
}

// bot is the near side's mouth and ear: a media leg in a bridge with the
// customer's channel.
type bot struct {
	heard chan media.Frame
	leg   media.Leg
}

func (w *town) bridge(t *testing.T, channel string) *bot {
	t.Helper()
	transport, err := media.NewRTP(media.RTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = transport.Close() })
	b := &bot{heard: make(chan media.Frame, 10000)}
	sink := media.SinkFunc(func(f media.Frame) {
		f.PCM = slices.Clone(f.PCM)
		select {
		case b.heard <- f:
		default:
		}
	})
	format := media.Format{In: media.SLin16, Out: media.ULaw}
	id := channel + "-media"
	watch := w.ari.Channel(id)
	defer watch.Close()
	ext, err := w.ari.ExternalMedia(t.Context(), ari.ExternalMediaRequest{ID: id, ExternalHost: transport.Addr().String(), Format: "slin16", Direction: "both", MaxDuration: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	b.leg, err = transport.Open(t.Context(), media.OpenOptions{ID: id, Format: format, Remote: ext.Local, Sink: sink})
	if err != nil {
		t.Fatal(err)
	}
	event(t, watch, "StasisStart")
	if _, err := w.ari.CreateBridge(t.Context(), channel+"-br", "mixing"); err != nil {
		t.Fatal(err)
	}
	if err := w.ari.AddToBridge(t.Context(), channel+"-br", channel, id); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.leg.Close() })
	return b
}

// over hangs up what the near side has of a call.
func (w *town) over(t *testing.T, channel string) {
	t.Helper()
	_ = w.ari.Hangup(t.Context(), channel, "normal")
	if err := w.ari.Hangup(t.Context(), channel+"-media", "normal"); err != nil {
		t.Error(err)
	}
	if err := w.ari.DestroyBridge(t.Context(), channel+"-br"); err != nil {
		t.Error(err)
	}
}

// prompt is a second of speech-like noise at 8 kHz, for µ-law.
func prompt(length time.Duration) []int16 {
	pcm := make([]int16, int(length*8000/time.Second))
	for i := range pcm {
		pcm[i] = int16(9000 * math.Sin(float64(i)*2*math.Pi*300/8000) * (0.6 + 0.4*math.Sin(float64(i)*2*math.Pi*3/8000)))
	}
	return pcm
}

const talking = `
customers:
- name: willing
  number: "+8613800000001"
  calls: [[ring: 300ms, answer, {wait: {silence: 500ms, within: 10s}}, say: "yes i am interested", {wait: {silence: 500ms, within: 10s}}, hang_up]]
  expect: {disposition: answered}
- name: hasty
  number: "+8613800000002"
  calls: [[answer, {interrupt: {after: 600ms, say: "no thank you"}}, {silent: 500ms}, {say: {text: "please do not call me again", cut: 400ms}}]]
  expect: {disposition: answered}
- name: keys
  number: "+8613900000001"
  trunk: keys
  language: zh
  calls: [[answer, {silent: 300ms}, press: "12#", {stay: 5s}]]
  expect: {disposition: answered}
- name: machine
  number: "+8613800000003"
  calls: [[ring: 100ms, {voicemail: {greeting: "please leave a message after the tone", record: 1s}}]]
  expect: {disposition: machine}
agents:
- name: anna
  calls: [[ring: 500ms, answer, say: "hello this is anna", hang_up], [ignore]]
`

func TestSpeechTravelsBothWays(t *testing.T) {
	w := newTown(t, talking)
	const id = "talk-cust-1"
	watch := w.dial(t, id, "PJSIP/8613800000001@trunk-a", 10*time.Second)
	event(t, watch, "StasisStart")
	b := w.bridge(t, id)
	if got, err := w.ari.GetVariable(t.Context(), id, "CHANNEL(audionativeformat)"); err != nil || got != "(g722)" {
		t.Errorf("the trunk's codec is %q (%v), want G.722", got, err)
	}
	play := func(length time.Duration) {
		if err := b.leg.Play(media.Playout{PCM: prompt(length)}); err != nil {
			t.Fatal(err)
		}
	}
	play(time.Second)
	var heard []int16
	for spoken, quiet := false, 0; !spoken || quiet < 40; quiet++ { // 0.8 s of silence after speech
		f := b.frame(t)
		heard = append(heard, f.PCM...)
		if loud(f.PCM) {
			spoken, quiet = true, 0
		}
	}
	play(time.Second)
	ended := event(t, watch, "StasisEnd", "ChannelDestroyed")
	w.over(t, id)
	r := w.recording(t, "willing", 1)
	if len(r.Problems) > 0 || r.Ended != "callee" || len(r.Said) != 1 {
		t.Errorf("the far side has %+v (near: %s)", r, ended.Type)
	}
	// "yes i am interested" at 16 kHz has energy above 4 kHz (its s, its t)
	// that a narrow line would have cut off.
	if share := highShare(heard); share < 0.001 {
		t.Errorf("%.5f of the energy lies above 4 kHz: the speech is not wideband", share)
	}
	turns, err := sim.Measure(r)
	if err != nil || len(turns) != 1 {
		t.Fatalf("turns %+v (%v), want one", turns, err)
	}
	turn := turns[0]
	if off := r.Origin.Add(turn.From).Sub(r.Said[0].At).Abs(); off > 100*time.Millisecond {
		t.Errorf("the recording has the sentence %s beside its log", off)
	}
	if turn.BargeIn || turn.EOSToAudio < 300*time.Millisecond || turn.EOSToAudio > 5*time.Second {
		t.Errorf("turn is %+v; we answered about 0.8 s after the end of speech", turn)
	}
}

func (b *bot) frame(t *testing.T) media.Frame {
	t.Helper()
	timer := time.NewTimer(15 * time.Second)
	defer timer.Stop()
	select {
	case f := <-b.heard:
		return f
	case <-timer.C:
		t.Fatal("no audio from the customer for 15 s")
		panic("unreachable")
	}
}

func loud(pcm []int16) bool {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum/float64(len(pcm))) > 300
}

// highShare is the share of energy above 4 kHz, by a plain difference filter.
func highShare(pcm []int16) float64 {
	narrow := media.Resample(media.Resample(pcm, 16000, 8000), 8000, 16000)
	var all, low float64
	for i := range min(len(pcm), len(narrow)) {
		all += float64(pcm[i]) * float64(pcm[i])
		low += float64(narrow[i]) * float64(narrow[i])
	}
	return 1 - low/all
}

func TestCustomerInterruptsAndHangsUpMidSentence(t *testing.T) {
	w := newTown(t, talking)
	const id = "hasty-cust-1"
	watch := w.dial(t, id, "PJSIP/8613800000002@trunk-b", 10*time.Second)
	event(t, watch, "StasisStart")
	b := w.bridge(t, id)
	if err := b.leg.Play(media.Playout{PCM: prompt(10 * time.Second)}); err != nil {
		t.Fatal(err)
	}
	for f := b.frame(t); !loud(f.PCM); f = b.frame(t) {
	}
	b.leg.Stop()
	event(t, watch, "StasisEnd", "ChannelDestroyed")
	w.over(t, id)
	r := w.recording(t, "hasty", 1)
	if len(r.Said) != 2 || !r.Said[1].Cut || r.Said[1].Length > 400*time.Millisecond || r.Ended != "callee" {
		t.Errorf("the far side has %+v", r)
	}
	turns, err := sim.Measure(r)
	if err != nil || len(turns) == 0 {
		t.Fatalf("turns %+v (%v)", turns, err)
	}
	t.Logf("%+v", turns)
	if first := turns[0]; !first.BargeIn || first.BargeInStop <= 0 || first.BargeInStop > time.Second {
		t.Errorf("first turn is %+v, want a barge-in that stopped us within a second", first)
	}
}

func TestKeysComeOverTheNarrowTrunk(t *testing.T) {
	w := newTown(t, talking)
	const id = "keys-cust-1"
	watch := w.dial(t, id, "PJSIP/8613900000001@trunk-keys", 10*time.Second)
	event(t, watch, "StasisStart")
	if got, err := w.ari.GetVariable(t.Context(), id, "CHANNEL(audionativeformat)"); err != nil || got != "(alaw)" {
		t.Errorf("the trunk's codec is %q (%v), want A-law", got, err)
	}
	var keys []string
	for range 3 {
		ev := event(t, watch, "ChannelDtmfReceived")
		_, rest, _ := strings.Cut(string(ev.Raw), `"digit":"`)
		keys = append(keys, rest[:1])
	}
	if got := strings.Join(keys, ""); got != "12#" {
		t.Errorf("keys are %q, want 12#", got)
	}
	if err := w.ari.Hangup(t.Context(), id, "normal"); err != nil {
		t.Error(err)
	}
	if r := w.recording(t, "keys", 1); len(r.Pressed) != 3 || r.Ended != "caller" || len(r.Problems) > 0 {
		t.Errorf("the far side has %+v", r)
	}
}

func TestVoicemailGreetsBeepsAndRecords(t *testing.T) {
	w := newTown(t, talking)
	const id = "vm-cust-1"
	watch := w.dial(t, id, "PJSIP/8613800000003@trunk-a", 10*time.Second)
	event(t, watch, "StasisStart")
	b := w.bridge(t, id)
	detector := media.NewToneDetector(media.ToneOptions{Rate: 16000, Hz: media.BeepFrequencies()})
	beeped := false
	deadline := time.Now().Add(20 * time.Second)
	for !beeped && time.Now().Before(deadline) {
		if _, ok := detector.Feed(b.frame(t).PCM); ok {
			beeped = true
		}
	}
	if !beeped {
		t.Error("no beep came")
	}
	event(t, watch, "StasisEnd", "ChannelDestroyed")
	w.over(t, id)
	r := w.recording(t, "machine", 1)
	if r.Beep.IsZero() || !r.Voicemail || len(r.Said) != 1 || r.Ended != "callee" {
		t.Errorf("the far side has %+v", r)
	}
}

func TestAgentsAnswerOrLetItRing(t *testing.T) {
	w := newTown(t, talking)
	watch := w.dial(t, "a-agent-1", w.net.AgentEndpoint("anna"), 10*time.Second)
	event(t, watch, "StasisStart")
	event(t, watch, "StasisEnd", "ChannelDestroyed")
	if r := w.recording(t, "anna", 1); !r.Agent || r.Ended != "callee" || len(r.Said) != 1 {
		t.Errorf("the far side has %+v", r)
	}
	watch = w.dial(t, "a-agent-2", w.net.AgentEndpoint("anna"), 2*time.Second)
	if ev := event(t, watch, "StasisStart", "ChannelDestroyed"); ev.Type != "ChannelDestroyed" {
		t.Errorf("anna's second call is answered")
	}
}

// TestRecordingIsReadableByOthers: other programs play the far side's files.
func TestRecordingIsReadableByOthers(t *testing.T) {
	w := newTown(t, talking)
	watch := w.dial(t, "r-agent-1", w.net.AgentEndpoint("anna"), 10*time.Second)
	event(t, watch, "StasisStart")
	event(t, watch, "ChannelDestroyed")
	r := w.recording(t, "anna", 1)
	b, err := os.ReadFile(r.File)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Ext(r.File) != ".wav" || string(b[:4]) != "RIFF" || binary.LittleEndian.Uint16(b[22:]) != 2 || binary.LittleEndian.Uint32(b[24:]) != 16000 {
		t.Errorf("%s is no stereo WAV at 16 kHz: % x", r.File, b[:44])
	}
	if _, err := netip.ParseAddrPort(w.net.TrunkAddr(sim.TrunkA)); err != nil {
		t.Error(err)
	}
}
