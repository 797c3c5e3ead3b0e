package call

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/asr"
	"github.com/dialwright/dialwright/asr/asrtest"
	"github.com/dialwright/dialwright/asr/voskserver"
	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/media"
	"github.com/dialwright/dialwright/turn"
)

const offerFlow = `
flow: offer
defaults: {no_input: [{end: no_input}], no_match: [{end: not_understood}]}
intents: {agree: [yes please, sure go ahead], decline: [no thanks, not interested]}
nodes:
  ask: {say: Shall we send it?, listen: {intents: {agree: agreed, decline: declined}}}
  agreed: {say: Thank you., end: agreed}
  declined: {say: Good bye., end: declined}
on_hangup: {outcome: hung_up}
`

// instantMouth has said everything at once.
type instantMouth struct{ inbox *mailbox[turn.Event] }

func (m instantMouth) Say(context.Context, dialog.Say) error {
	now := time.Now()
	m.inbox.put(turn.Event{Kind: turn.PromptStart, At: now})
	m.inbox.put(turn.Event{Kind: turn.PromptEnd, At: now, Completed: true})
	return nil
}
func (instantMouth) Stop() {}

// onlyHangsUp is a line nobody is transferred on.
type onlyHangsUp struct{}

func (onlyHangsUp) Hangup(context.Context) error { return nil }
func (onlyHangsUp) Transfer(context.Context, dialog.Transfer) dialog.TransferResult {
	return dialog.TransferResult{}
}

// customerSaid keeps what the transcript has of the customer.
type customerSaid struct {
	mu   sync.Mutex
	said []string
}

func (*customerSaid) Turn(converse.Timing)            {}
func (*customerSaid) Action(time.Time, dialog.Action) {}
func (c *customerSaid) Said(u converse.Utterance) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if u.Who == "customer" {
		c.said = append(c.said, u.Text)
	}
}

// TestAlternativesGoOn: what the recogniser heard first fits nothing, the second of what else it may
// have heard is an intent's phrase. Nothing between the audio and the flow is faked but what is heard.
func TestAlternativesGoOn(t *testing.T) {
	for asked, want := range map[int]string{2: "agreed", 1: "not_understood", 0: "not_understood"} {
		url := asrtest.ServeVosk(t, &asrtest.Scripted{
			Lines: []string{"gas peas"}, Others: [][]string{{"guess the trees", "yes please", "no thanks"}}}, voskserver.Options{})
		engine := asr.NewVosk(asr.VoskOptions{URL: url})
		outcome, said := holdOffer(t, engine, asked)
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
		if outcome != want || len(said) != 1 || said[0] != "gas peas" {
			t.Errorf("with %d alternatives: %s after %q; want %s", asked, outcome, said, want)
		}
	}
}

// holdOffer holds one conversation in which the customer speaks once, in real time.
func holdOffer(t *testing.T, engine asr.Engine, alternatives int) (outcome string, said []string) {
	t.Helper()
	flow, err := dialog.Parse("offer.yaml", []byte(offerFlow))
	if err != nil {
		t.Fatal(err)
	}
	session, err := dialog.NewSession(flow, dialog.StartOptions{CallID: "call1"})
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{inbox: newMailbox[turn.Event](), line: Line{Format: media.Format{In: media.SLin16, Out: media.ULaw}},
		attempt: &attempt{order: Order{Flow: flow}, Service: New(Options{
			Clock: dialwright.SystemClock{}, Alternatives: alternatives, Recogniser: func(string) asr.Engine { return engine }})}}
	defer p.inbox.close()
	stream, err := p.listenFor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e := newEars(p.o.Clock, stream, 16000, p.inbox, nil)
	ctx, ended := context.WithCancel(t.Context())
	var speaker sync.WaitGroup
	speaker.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		frames := asrtest.Frames(16000, append(asrtest.Silence(16000, 400*time.Millisecond), asrtest.Tone(16000, 600*time.Millisecond)...))
		for i := 0; ; i++ {
			select {
			case at := <-tick.C:
				pcm := make([]int16, 320)
				if i < len(frames) {
					pcm = frames[i]
				}
				e.Frame(media.Frame{PCM: pcm, Rate: 16000, At: at})
			case <-ctx.Done():
				return
			}
		}
	})
	heard := &customerSaid{}
	runner := converse.Runner{Session: session, Mouth: instantMouth{p.inbox}, Ears: e, Line: onlyHangsUp{}, Observer: heard, Clock: p.o.Clock}
	result, err := runner.Run(ctx)
	if err != nil {
		t.Error(err)
	}
	ended()
	speaker.Wait()
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	return result.Outcome, heard.said
}
