package converse_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/dialwright/dialwright/converse"
	ct "github.com/dialwright/dialwright/converse/conversetest"
	"github.com/dialwright/dialwright/dialog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func flow(t testing.TB, name string) *dialog.Flow {
	t.Helper()
	f, err := dialog.Load("../testdata/flows/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func transcript(l ct.Log) string {
	var b strings.Builder
	for _, u := range l.Lines {
		cut := ""
		if u.Interrupted > 0 {
			cut = fmt.Sprintf(" -- cut off after %s", u.Interrupted.Round(10*time.Millisecond))
		}
		fmt.Fprintf(&b, "%s: %s%s\n", u.Who, u.Text, cut)
	}
	return b.String()
}

// try holds one conversation in virtual time.
func try(t *testing.T, name string, prepare func(*ct.Phone), script ...ct.Step) (converse.Result, ct.Log, error) {
	t.Helper()
	f := flow(t, name)
	var res converse.Result
	var log ct.Log
	var err error
	synctest.Test(t, func(t *testing.T) {
		p := ct.NewPhone(script...)
		defer p.Close()
		if prepare != nil {
			prepare(p)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		res, err = p.Run(ctx, f, dialog.StartOptions{})
		log = p.Log()
	})
	return res, log, err
}

func connected(talked time.Duration, there bool) func(*ct.Phone) {
	return func(p *ct.Phone) {
		p.Transfers = []dialog.TransferResult{{Status: dialog.TransferConnected, Agent: "ann", Waited: 3 * time.Second, Talked: talked, CustomerThere: there}}
	}
}

func TestRunner(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(*ct.Phone)
		script  []ct.Step
		outcome string
		by      converse.EndedBy
		says    string
	}{
		{name: "interested and connected", prepare: connected(time.Minute, false), script: []ct.Step{ct.Say("yes i am interested"), ct.Say("yes please connect me")}, outcome: "interested", by: converse.ByCustomer, says: "I will connect you now"},
		{name: "the agent leaves first", prepare: connected(time.Minute, true), script: []ct.Step{ct.Say("yes"), ct.Say("yes")}, outcome: "interested", by: converse.ByFlow},
		{name: "nobody free", script: []ct.Step{ct.Say("yes"), ct.Press("1")}, outcome: "interested", by: converse.ByFlow, says: "all our advisers are busy"},
		{name: "declined", script: []ct.Step{ct.Say("no thank you")}, outcome: "declined", by: converse.ByFlow},
		{name: "keys", script: []ct.Step{ct.Press("2")}, outcome: "declined", by: converse.ByFlow, says: "[2]"},
		{name: "callback", script: []ct.Step{ct.Say("please call me tomorrow at three")}, outcome: "callback", by: converse.ByFlow, says: "tomorrow at 3 PM"},
		{name: "opt out", script: []ct.Step{ct.Interrupt(time.Second, "please do not call me again")}, outcome: "opt_out", by: converse.ByFlow, says: "cut off after 1.25s"},
		{name: "who and repeat", script: []ct.Step{ct.Say("who are you"), ct.Say("please repeat that"), ct.Say("no")}, outcome: "declined", by: converse.ByFlow},
		{name: "silence", script: []ct.Step{ct.Silent(), ct.Silent(), ct.Silent()}, outcome: "no_input", by: converse.ByFlow},
		{name: "hangs up", script: []ct.Step{ct.HangUp()}, outcome: "hung_up", by: converse.ByCustomer},
		{name: "hangs up in the middle of a prompt", script: []ct.Step{{Hangup: true, During: time.Second}}, outcome: "hung_up", by: converse.ByCustomer, says: "cut off after 1s"},
		{name: "a machine", script: []ct.Step{{Beep: true, During: 2 * time.Second}}, outcome: "voicemail", by: converse.ByFlow, says: "We will try again another day"},
		{name: "a cough", script: []ct.Step{{Noise: 80 * time.Millisecond, During: time.Second}, ct.Say("no")}, outcome: "declined", by: converse.ByFlow, says: "press one or two.\ncustomer: no"},
		{name: "a long noise", script: []ct.Step{{Noise: time.Second, During: time.Second}, ct.Say("no")}, outcome: "declined", by: converse.ByFlow, says: "cut off after 1.25s\ncustomer: no"},
		{name: "keys during the goodbye", script: []ct.Step{ct.Say("no"), {Keys: "1", During: time.Second}}, outcome: "declined", by: converse.ByFlow},
		{name: "hangs up while waiting", prepare: func(p *ct.Phone) {
			p.Transfers = []dialog.TransferResult{{Status: dialog.TransferAbandoned, Waited: 3 * time.Second}}
		}, script: []ct.Step{ct.Say("yes"), ct.Say("yes")}, outcome: "interested", by: converse.ByCustomer},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, log, err := try(t, "renewal", c.prepare, c.script...)
			if err != nil {
				t.Error(err)
			}
			text := transcript(log)
			if res.Outcome != c.outcome || res.EndedBy != c.by || !strings.Contains(text, c.says) || len(res.Faults) > 0 {
				t.Errorf("%+v, want %s by %s and %q in\n%s", res, c.outcome, c.by, c.says, text)
			}
			if c.by == converse.ByFlow && log.Hangups != 1 {
				t.Errorf("hung up %d times", log.Hangups)
			}
		})
	}
}

func TestDuties(t *testing.T) {
	_, log, _ := try(t, "renewal", nil, ct.Say("stop calling me"))
	if len(log.OptOuts) != 1 || log.OptOuts[0].Text != "stop calling me" {
		t.Errorf("opted out: %+v", log.OptOuts)
	}
	_, log, _ = try(t, "renewal", nil, ct.Say("call me tomorrow at three"))
	if len(log.Callbacks) != 1 || log.Callbacks[0].At.Hour() != 15 {
		t.Errorf("callbacks: %+v", log.Callbacks)
	}
	boom := errors.New("the database is away")
	res, log, err := try(t, "renewal", func(p *ct.Phone) { p.DutyErr = boom }, ct.Say("stop calling me"))
	if !errors.Is(err, boom) || res.Outcome != "error" || !strings.Contains(transcript(log), "something went wrong") {
		t.Errorf("%v %+v\n%s", err, res, transcript(log))
	}
}

func TestFailures(t *testing.T) {
	boom := errors.New("no voice")
	res, log, err := try(t, "renewal", func(p *ct.Phone) { p.MouthErr = boom })
	if !errors.Is(err, boom) || res.Outcome != "error" || log.Hangups != 1 {
		t.Errorf("mouth: %v %+v", err, res)
	}
	res, log, err = try(t, "renewal", nil, ct.Step{Deaf: true, During: 2 * time.Second})
	if err == nil || res.Outcome != "error" || !strings.Contains(transcript(log), "something went wrong") {
		t.Errorf("ears: %v %+v\n%s", err, res, transcript(log))
	}
	res, _, err = try(t, "renewal", func(p *ct.Phone) { p.HangupErr = boom }, ct.Say("no"))
	if !errors.Is(err, boom) || res.Outcome != "declined" {
		t.Errorf("hang-up: %v %+v", err, res)
	}
}

// TestCancel ends conversations from outside at many moments: on_hangup has
// always run, and a transfer has always ended.
func TestCancel(t *testing.T) {
	f := flow(t, "renewal")
	for after := time.Duration(0); after < 30*time.Second; after += 700 * time.Millisecond {
		synctest.Test(t, func(t *testing.T) {
			p := ct.NewPhone(ct.Say("yes"), ct.Say("yes"))
			defer p.Close()
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			res, err := p.Run(ctx, f, dialog.StartOptions{})
			if !errors.Is(err, context.DeadlineExceeded) || res.EndedBy != converse.ByContext {
				t.Fatalf("after %s: %v %+v", after, err, res)
			}
			if res.Outcome != "hung_up" && res.Outcome != "interested" || p.Log().Hangups != 1 {
				t.Errorf("after %s: %+v", after, res)
			}
		})
	}
}

func TestTimings(t *testing.T) {
	_, log, _ := try(t, "renewal", nil, ct.Interrupt(time.Second, "who are you"), ct.Say("no"))
	if len(log.Turns) != 2 {
		t.Fatalf("%d turns", len(log.Turns))
	}
	first := log.Turns[0]
	if d := first.Stopped.Sub(first.BargeIn); d < 200*time.Millisecond || d > 260*time.Millisecond {
		t.Errorf("stopped after %s", d)
	}
	for i, turn := range log.Turns {
		order := []time.Time{turn.SpeechStart, turn.SpeechEnd, turn.Decided, turn.Final, turn.Stepped, turn.FirstAudio}
		for j := range order[1:] {
			if order[j].IsZero() || order[j+1].Before(order[j]) {
				t.Errorf("turn %d: moment %d of %v", i, j, order)
			}
		}
		if d := turn.Decided.Sub(turn.SpeechEnd); d != 400*time.Millisecond {
			t.Errorf("turn %d was decided %s after the last sound", i, d)
		}
		if d := turn.FirstAudio.Sub(turn.Final); d != ct.Synthesis {
			t.Errorf("turn %d: first audio %s after the final transcript", i, d)
		}
	}
}

func TestChinese(t *testing.T) {
	for keys, want := range map[string]string{"1": "interested", "2": "declined", "3": "callback", "9": "interested", "0": "opt_out"} {
		res, log, err := try(t, "renewal-zh", nil, ct.Press(keys))
		if err != nil || res.Outcome != want {
			t.Errorf("%s: %v %+v\n%s", keys, err, res, transcript(log))
		}
	}
}
