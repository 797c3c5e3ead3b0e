package call

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/ari/aritest"
	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/tts"
)

const fakeFlow = `
flow: fake
defaults:
  no_input: [{end: no_input}]
  no_match: [{end: not_understood}]
nodes:
  greet:
    say: Press one.
    listen: {digits: {"1": agreed}}
  agreed: {say: Thank you., end: agreed}
on_hangup: {outcome: hung_up}
`

const customer = dialwright.Number("+8613800000001")

// world is an Asterisk in memory with a service on it, in a bubble of time.
type world struct {
	asterisk  *aritest.Server
	client    *ari.Client
	transport *fakeTransport
	records   *fakeRecords
	ledger    *fakeLedger
	service   *Service
	order     Order
	released  []dialwright.Disposition // lines given back
}

// inWorld runs a test and checks that nothing is left of its calls.
func inWorld(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		flow, err := dialog.Parse("fake.yaml", []byte(fakeFlow))
		if err != nil {
			t.Fatal(err)
		}
		// The bubble's time begins at midnight; people are called by day.
		time.Sleep(12 * time.Hour)
		s := aritest.New()
		defer s.Close()
		c, err := ari.Dial(t.Context(), s.Options("camp.w1"))
		if err != nil {
			t.Fatal(err)
		}
		// As the worker does: a channel that was made after its call had given
		// it up is hung up as it enters the application.
		var strays sync.WaitGroup
		strays.Go(func() {
			for ev := range c.Unclaimed() {
				if ev.Type == "StasisStart" {
					_ = c.Hangup(context.WithoutCancel(t.Context()), ev.ChannelID, "normal")
				}
			}
		})
		w := &world{asterisk: s, client: c, transport: &fakeTransport{open: map[string]bool{}}, records: &fakeRecords{}, ledger: &fakeLedger{}}
		clock := dialwright.SystemClock{}
		gate := compliance.NewGate(w.ledger, clock)
		w.service = New(Options{Worker: "w1", Customers: c, Transport: w.transport, Recogniser: func(string) asr.Engine { return nil },
			Voice: fakeVoice{}, Recorder: w.records, Clock: clock, Logger: zerolog.Nop()})
		w.order = Order{Call: "call1", Campaign: "camp", Contact: "person", Number: customer, Flow: flow,
			Fields: map[string]any{"name": "Anna"}, RingTimeout: 20 * time.Second, MaxDuration: time.Minute, Lines: w,
			Clear: func(ctx context.Context, try int) (*compliance.Clearance, compliance.Decision, error) {
				return gate.Clear(ctx, compliance.Request{Campaign: "camp", Contact: "person", Call: "call1", Try: try, Number: customer,
					Zone: time.UTC, Rules: compliance.Rules{Caps: []compliance.Cap{{Max: 100, Within: time.Hour}}}})
			}}
		f(t, w)
		w.service.Wait()
		if left := s.Channels(); len(left) > 0 {
			t.Errorf("channels left: %v", left)
		}
		if bridges, err := c.ListBridges(t.Context()); err != nil || len(bridges) > 0 {
			t.Errorf("bridges left: %v, %v", bridges, err)
		}
		if left := w.transport.left(); len(left) > 0 {
			t.Errorf("media legs left: %v", left)
		}
		if len(w.service.Live()) > 0 {
			t.Errorf("calls left: %v", w.service.Live())
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		strays.Wait()
	})
}

// place begins the call; what it comes to arrives on the channel.
func (w *world) place(ctx context.Context) <-chan Result {
	done := make(chan Result, 1)
	go func() { done <- w.service.Place(ctx, w.order) }()
	synctest.Wait()
	return done
}

// Next hands out two lines, one after the other.
func (w *world) Next(_ context.Context, _ dialwright.Number, tried []string) (Line, error) {
	for _, trunk := range []string{"one", "two"} {
		if !slices.Contains(tried, trunk) {
			return Line{Trunk: trunk, Endpoint: "PJSIP/8613800000001@" + trunk, Format: media.Format{In: media.ALaw, Out: media.ALaw},
				Release: func(d dialwright.Disposition) { w.released = append(w.released, d) }}, nil
		}
	}
	return Line{}, ErrNoLine
}

// originated are the endpoints' channels that Asterisk was asked for.
func (w *world) originated() int {
	n := 0
	for _, r := range w.asterisk.Requests() {
		if r.Method == "POST" && r.Path == "/channels" {
			n++
		}
	}
	return n
}

// fakeTransport keeps count of its legs.
type fakeTransport struct {
	mu   sync.Mutex
	open map[string]bool
	sink media.Sink // of the leg opened last
}

func (f *fakeTransport) Open(_ context.Context, o media.OpenOptions) (media.Leg, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[o.ID] = true
	f.sink = o.Sink
	return &fakeLeg{transport: f, id: o.ID}, nil
}

func (f *fakeTransport) Addr() netip.AddrPort { return netip.MustParseAddrPort("127.0.0.1:4000") }
func (f *fakeTransport) Close() error         { return nil }

func (f *fakeTransport) left() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for id := range f.open {
		all = append(all, id)
	}
	return all
}

// fakeLeg plays in the time that it takes.
type fakeLeg struct {
	transport *fakeTransport
	id        string

	mu    sync.Mutex
	timer *time.Timer
	end   func(completed bool)
}

func (l *fakeLeg) SetRemote(netip.AddrPort) {}

func (l *fakeLeg) Play(p media.Playout) error {
	length := time.Duration(len(p.PCM)) * time.Second / 8000
	p.Started(time.Now())
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end = func(completed bool) { p.Done(length, completed) }
	l.timer = time.AfterFunc(length, func() { l.finish(true) })
	return nil
}

func (l *fakeLeg) finish(completed bool) {
	l.mu.Lock()
	end := l.end
	l.end = nil
	l.mu.Unlock()
	if end != nil {
		end(completed)
	}
}

func (l *fakeLeg) Stop() time.Duration {
	l.finish(false)
	return 0
}

func (l *fakeLeg) Stats() media.Stats { return media.Stats{} }

func (l *fakeLeg) Close() error {
	l.finish(false)
	l.transport.mu.Lock()
	defer l.transport.mu.Unlock()
	delete(l.transport.open, l.id)
	return nil
}

// fakeVoice says everything in a second.
type fakeVoice struct{}

func (fakeVoice) Name() string { return "fake" }
func (fakeVoice) Close() error { return nil }
func (fakeVoice) Synthesize(context.Context, tts.Request) (tts.Audio, error) {
	return tts.Audio{PCM: make([]int16, 8000), Rate: 8000}, nil
}

// fakeRecords keeps every state that was saved.
type fakeRecords struct {
	mu    sync.Mutex
	saved []report.Call
	fail  error
}

func (f *fakeRecords) SaveCall(_ context.Context, c report.Call) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return f.fail
	}
	f.saved = append(f.saved, c)
	return nil
}

func (f *fakeRecords) last(t *testing.T) report.Call {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.saved) == 0 {
		t.Fatal("no record was saved")
	}
	return f.saved[len(f.saved)-1]
}

// fakeLedger lets the gate decide about a number that is on the Do-Not-Call
// list from a certain try on.
type fakeLedger struct {
	dncFrom int // try; 0: never
	fail    error
}

func (f *fakeLedger) Reserve(_ context.Context, req compliance.Request, decide func(compliance.History) compliance.Decision) (compliance.Decision, error) {
	return decide(compliance.History{DNC: f.dncFrom > 0 && req.Try >= f.dncFrom}), f.fail
}

func (f *fakeLedger) History(context.Context, compliance.Request) (compliance.History, error) {
	return compliance.History{}, nil
}
