package dialog_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright/dialog"
)

// Wednesday, half past ten in the morning.
var t0 = time.Date(2025, 6, 4, 10, 30, 0, 0, time.UTC)

func load(t testing.TB, path string) *dialog.Flow {
	t.Helper()
	f, err := dialog.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Warnings) > 0 {
		t.Fatalf("warnings:\n%v", f.Warnings)
	}
	return f
}

// talk steps a session through lines: text is heard, "#1" pressed, "…"
// silence, "!hangup", "!voicemail", "!nobody" a transfer's end. It returns all
// that was done, and serialises the session between any two steps. What else
// may happen is in special.
func talk(t testing.TB, f *dialog.Flow, o dialog.StartOptions, lines ...string) (*dialog.Session, string) {
	t.Helper()
	s, err := dialog.NewSession(f, o)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	now, work := t0, ""
	step := func(ev dialog.Event) {
		ev.At = now
		now = now.Add(5 * time.Second)
		actions, err := s.Step(ev)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range actions {
			log.WriteString(show(a))
			if w, ok := a.(dialog.Work); ok {
				work = w.ID
			}
		}
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > 16<<10 {
			t.Fatalf("a session of %d bytes", len(data))
		}
		if s, err = dialog.Resume(f, data); err != nil {
			t.Fatal(err)
		}
	}
	if len(lines) == 0 || lines[0] != "!voicemail" {
		step(dialog.Event{Kind: dialog.EvAnswered})
	}
	for _, line := range lines {
		fmt.Fprintf(&log, "< %s\n", line)
		switch {
		case line == "…":
			step(dialog.Event{Kind: dialog.EvNoInput})
		case strings.HasPrefix(line, "!"):
			step(special(t, line, work))
		case strings.HasPrefix(line, "#"):
			step(dialog.Event{Kind: dialog.EvDigits, Digits: line[1:]})
		default:
			step(dialog.Event{Kind: dialog.EvHeard, Text: line, Confidence: 0.8})
		}
	}
	return s, log.String()
}

func show(a dialog.Action) string {
	switch a := a.(type) {
	case dialog.Say:
		return "> " + a.Text + "\n"
	case dialog.Listen:
		return "  listen " + a.Node + "\n"
	case dialog.Transfer:
		return fmt.Sprintf("  transfer %s %s\n", a.Kind, a.Target)
	case dialog.Callback:
		return "  callback " + a.At.Format("2006-01-02 15:04") + "\n"
	case dialog.OptOut:
		return "  opt out: " + a.Text + "\n"
	case dialog.Fault:
		return "  fault: " + a.Message + "\n"
	case dialog.End:
		return "  end\n"
	case dialog.Work:
		return "  work " + showWork(a) + "\n"
	case dialog.CancelWork:
		return "  cancel " + a.ID + "\n"
	case dialog.Consented:
		return fmt.Sprintf("  consent %s %s %v after %s: %s\n", a.Slot, a.Scope, a.Given, a.Position, a.Text)
	case dialog.Disclosed:
		return "  disclosed\n"
	case dialog.StartTimer:
		if !strings.HasPrefix(a.Name, "work/") {
			return fmt.Sprintf("  timer %s %s\n", a.Name, a.After)
		}
	case dialog.StopTimer:
		if !strings.HasPrefix(a.Name, "work/") {
			return "  stop " + a.Name + "\n"
		}
	}
	return ""
}

func showWork(w dialog.Work) string {
	switch w.Kind {
	case dialog.WorkHTTP:
		return fmt.Sprintf("%s %s %s %v %s", w.ID, w.HTTP.Method, w.HTTP.URL, w.HTTP.Header, w.HTTP.Body)
	case dialog.WorkCRM, dialog.WorkFunction:
		return fmt.Sprintf("%s %s %s %v", w.ID, w.Kind, w.Call.Name, w.Call.With)
	case dialog.WorkLLM:
		var messages []string
		for _, m := range w.LLM.Messages {
			messages = append(messages, m.Role+": "+m.Text)
		}
		return fmt.Sprintf("%s llm %q %v %v [%s]", w.ID, w.LLM.System, w.LLM.Tools, w.LLM.Slots, strings.Join(messages, "; "))
	case dialog.WorkKnowledge:
		return fmt.Sprintf("%s knowledge %v", w.ID, w.Question)
	case dialog.WorkSend:
		return fmt.Sprintf("%s send %v", w.ID, w.Message)
	}
	return fmt.Sprintf("%s record %v", w.ID, w.Recording)
}

// special are the events of talk that are neither words nor keys.
func special(t testing.TB, line, id string) dialog.Event {
	word, rest, _ := strings.Cut(line[1:], " ")
	switch word {
	case "hangup", "voicemail", "screening":
		return dialog.Event{Kind: dialog.EventKind(word)}
	case "failed":
		return dialog.Event{Kind: dialog.EvFailed, Text: "no ears"}
	case "timer":
		return dialog.Event{Kind: dialog.EvTimer, Timer: rest}
	case "sentence":
		return dialog.Event{Kind: dialog.EvSentence, Work: dialog.WorkResult{ID: id, Text: rest}}
	case "worked":
		r := dialog.WorkResult{ID: id}
		if err := json.Unmarshal([]byte(rest), &r); err != nil {
			t.Fatal(err)
		}
		return dialog.Event{Kind: dialog.EvWorked, Work: r}
	case "heard":
		ev := dialog.Event{Kind: dialog.EvHeard}
		if err := json.Unmarshal([]byte(rest), &ev); err != nil {
			t.Fatal(err)
		}
		return ev
	}
	return dialog.Event{Kind: dialog.EvTransferred, Transfer: dialog.TransferResult{Status: word, CustomerThere: word != "abandoned" && word != "connected"}}
}

func TestRenewal(t *testing.T) {
	f := load(t, "../testdata/flows/renewal")
	for _, c := range []struct {
		lines   string
		outcome string
		says    string
	}{
		{"yes i am interested|yes please connect me|!connected|!hangup", "interested", "transfer group sales"},
		{"#1|#1|!nobody|!hangup", "interested", "all our advisers are busy"},
		{"yes|no thank you|!hangup", "interested", "send you the details"},
		{"yes|!hangup", "interested", ""},
		{"no thank you|!hangup", "declined", "Have a good day"},
		{"no i am not interested|!hangup", "declined", ""},
		{"#2|!hangup", "declined", ""},
		{"please call me tomorrow at three|!hangup", "callback", "callback 2025-06-05 15:00"},
		{"please call me tomorrow at three|!hangup", "callback", "We will call you tomorrow at 3 PM."},
		{"call me later|tomorrow morning|!hangup", "callback", "callback 2025-06-05 09:00"},
		{"i'm busy|purple|at three|!hangup", "callback", "callback 2025-06-04 15:00"},
		{"#3|#1500|!hangup", "callback", "callback 2025-06-04 15:00"},
		{"#3|#9999|…|!hangup", "hung_up", "When shall we call you"},
		{"please do not call me again|!hangup", "opt_out", "opt out: please do not call me again"},
		{"#0|!hangup", "opt_out", "We will not call you again"},
		{"who are you|yes|!hangup", "interested", "This is an automated call"},
		{"please repeat that|no|!hangup", "declined", ""},
		{"human please|!busy|!hangup", "interested", "busy"},
		{"…|…|…|!hangup", "no_input", "I will hang up now"},
		{"bla|gobbledegook|elephant|!hangup", "not_understood", ""},
		{"…|yes|…|!hangup", "interested", ""},
		{"!hangup", "hung_up", ""},
		{"!voicemail|!hangup", "voicemail", "We will try again another day"},
		{"!failed|!hangup", "error", "something went wrong"},
		{"yes|yes|!abandoned|!hangup", "interested", ""},
		{"yes please|yes|!connected|!hangup", "interested", ""},
		{"talk to a human|!connected|!hangup", "interested", "transfer group sales"},
		{"i am interested|put me through|!connected|!hangup", "interested", "transfer group sales"},
		{"yes i am interested|please connect me now|!connected|!hangup", "interested", "transfer group sales"},
		{"who is calling|yes i am interested|no thanks|!hangup", "interested", "automated call"},
		{"please repeat that|no i am not interested|!hangup", "declined", ""},
		{"…|i do not need it|!hangup", "declined", "did not hear"},
		{"i like green apples|no thank you|!hangup", "declined", "did not understand"},
		{"[unk] [unk]|no thank you|!hangup", "declined", "did not understand"},
		{"call me back|tomorrow at three|!hangup", "callback", "callback 2025-06-05 15:00"},
		{"call me back|call me tomorrow at three|!hangup", "callback", "callback 2025-06-05 15:00"},
		{"stop calling me|!hangup", "opt_out", ""},
	} {
		s, log := talk(t, f, dialog.StartOptions{}, strings.Split(c.lines, "|")...)
		if s.Outcome() != c.outcome || !strings.Contains(log, c.says) {
			t.Errorf("%s: outcome %q, want %q and %q in\n%s", c.lines, s.Outcome(), c.outcome, c.says, log)
		}
	}
}

func TestRenewalChinese(t *testing.T) {
	f := load(t, "../testdata/flows/renewal-zh")
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for lines, want := range map[string]string{
		"#1": "interested", "#2": "declined", "#3": "callback", "#0": "opt_out", "#9|!nobody": "interested", "…|…|…": "no_input",
		"好的": "interested", "我不需要": "declined", "明天下午三点打给我": "callback", "不要再打了": "opt_out", "#7|#1": "interested", "#*|#2": "declined",
	} {
		s, log := talk(t, f, dialog.StartOptions{Zone: shanghai}, strings.Split(lines+"|!hangup", "|")...)
		if s.Outcome() != want {
			t.Errorf("%s: outcome %q, want %q\n%s", lines, s.Outcome(), want, log)
		}
		if lines == "明天下午三点打给我" && (!strings.Contains(log, "callback 2025-06-05 15:00") || !strings.Contains(log, "明天下午3点")) {
			t.Errorf("wrong time in\n%s", log)
		}
	}
}
