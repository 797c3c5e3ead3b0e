package turn_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright/turn"
)

var t0 = time.Date(2025, 6, 4, 10, 0, 0, 0, time.UTC)

func ms(n int) time.Time { return t0.Add(time.Duration(n) * time.Millisecond) }

var listen = turn.Listen{NoInput: 4 * time.Second, EndSilence: 500 * time.Millisecond, MaxSpeech: 10 * time.Second, MaxDigits: 1, Between: 2 * time.Second}

// line runs a script: each entry is "ms what", and the timers run in between.
// It returns the decisions as "ms decision".
func line(t *testing.T, l turn.Listen, script string) string {
	t.Helper()
	m := turn.New(turn.Options{})
	var log []string
	note := func(ds []turn.Decision) {
		for _, d := range ds {
			s := fmt.Sprintf("%d %s", d.At.Sub(t0).Milliseconds(), d.Act)
			if d.Act == turn.Heard {
				s += fmt.Sprintf(" %q", d.Text)
			}
			if d.Act == turn.Digits {
				s += " " + d.Digits
			}
			log = append(log, s)
		}
	}
	until := func(at time.Time) {
		for {
			d, ok := m.Deadline()
			if !ok || d.After(at) {
				return
			}
			got := m.Tick(d)
			note(got)
			if again, still := m.Deadline(); still && again.Equal(d) && len(got) == 0 {
				t.Fatalf("the timer at %v does not go off", d)
			}
		}
	}
	for entry := range strings.SplitSeq(strings.TrimSpace(script), "\n") {
		var at int
		var what string
		entry = strings.TrimSpace(entry)
		if _, err := fmt.Sscanf(entry, "%d %s", &at, &what); err != nil {
			t.Fatalf("%q: %v", entry, err)
		}
		_, arg, _ := strings.Cut(entry, what+" ")
		until(ms(at).Add(-1))
		ev := turn.Event{At: ms(at), Text: arg, Confidence: 0.9}
		from := at
		if _, err := fmt.Sscanf(arg, "from %d", &from); err != nil {
			from = at
		}
		ev.From = ms(from)
		switch what {
		case "arm":
			note(m.Arm(ms(at), l))
			continue
		case "say":
			m.Queue(true, turn.Interrupt{})
			continue
		case "say?": // after, words, protect, back-channel
			var how turn.Interrupt
			var after, protect int
			if _, err := fmt.Sscanf(arg, "%d %d %d %t", &after, &how.MinWords, &protect, &how.Backchannel); err != nil {
				t.Fatalf("%q: %v", entry, err)
			}
			how.After, how.Protect = time.Duration(after)*time.Millisecond, time.Duration(protect)*time.Millisecond
			m.Queue(true, how)
			continue
		case "say!":
			m.Queue(false, turn.Interrupt{})
			continue
		case "wait":
			until(ms(at))
			continue
		case "(":
			ev.Kind = turn.SpeechStart
		case ")":
			ev.Kind = turn.SpeechEnd
		case "partial":
			ev.Kind = turn.Partial
		case "final":
			ev.Kind = turn.Final
		case "key":
			ev.Kind, ev.Digit = turn.Digit, arg
		case "started":
			ev.Kind = turn.PromptStart
		case "ended":
			ev.Kind = turn.PromptEnd
		case "gone":
			ev.Kind = turn.Gone
		default:
			t.Fatalf("unknown %q", what)
		}
		note(m.Handle(ev))
	}
	return strings.Join(log, "; ")
}

func TestTaker(t *testing.T) {
	digits := listen
	digits.MaxDigits, digits.Terminator = 6, "#"
	noKeys := listen
	noKeys.MaxDigits = 0
	for _, c := range []struct {
		name, script, want string
		l                  turn.Listen
	}{
		{name: "an answer after the prompt", script: "0 say\n0 arm\n20 started\n1000 ended\n1500 (\n1700 partial yes\n2000 ) from 1950\n2600 final yes please",
			want: `2450 ask; 2600 heard "yes please"`},
		{name: "end of speech counts from the sound, not from its report", script: "0 arm\n100 (\n1000 ) from 400\n1100 final yes", want: `1000 ask; 1100 heard "yes"`},
		{name: "silence", script: "0 say\n0 arm\n20 started\n3000 ended\n9000 wait", want: `7000 no input`},
		{name: "silence without a prompt", script: "0 arm\n9000 wait", want: `4000 no input`},
		{name: "no timer while a prompt is spoken", script: "0 say\n0 arm\n20 started\n8000 wait", want: ``},
		{name: "a voice late in the silence counts", script: "0 arm\n4000 ( from 3950\n4500 )\n5100 final yes", want: `5000 ask; 5100 heard "yes"`},
		{name: "barge-in", script: "0 say\n0 arm\n20 started\n1000 (\n1300 ended\n1800 )\n2400 final no", want: `1250 stop; 2300 ask; 2400 heard "no"`},
		{name: "barge-in by a word", script: "0 say\n0 arm\n20 started\n1000 (\n1150 partial no\n1200 ended\n1300 )\n1900 final no", want: `1150 stop; 1800 ask; 1900 heard "no"`},
		{name: "a back-channel noise is no word", script: "0 say\n0 arm\n20 started\n1000 (\n1150 partial mm-hm\n1190 )\n1300 final mm-hm\n3000 ended\n7500 wait", want: `1190 ask; 7000 no input`},
		{name: "a click does not interrupt", script: "0 say\n0 arm\n20 started\n1000 (\n1080 )\n1300 final yes\n3000 ended\n7500 wait", want: `1080 ask; 7000 no input`},
		{name: "a short word does, once it is known", script: "0 say\n0 arm\n20 started\n1000 (\n1180 )\n1300 final no\n1320 ended", want: `1180 ask; 1300 stop; 1300 heard "no"`},
		{name: "a protected prompt", script: "0 say!\n0 arm\n20 started\n1000 (\n1900 )\n2000 final hello\n3000 ended\n8000 wait", want: `1900 ask; 7000 no input`},
		{name: "on past a protected prompt", script: "0 say!\n0 arm\n20 started\n1000 (\n1500 partial yes\n2000 ended\n2300 )\n3000 final yes yes", want: `2800 ask; 3000 heard "yes yes"`},
		{name: "a voice from before the prompt", script: "0 (\n10 say\n10 arm\n30 started\n400 )\n500 final hello\n3000 ended\n8000 wait", want: `400 ask; 7000 no input`},
		{name: "a voice from before the prompt that goes on", script: "0 (\n10 say\n10 arm\n30 started\n1040 ended\n1400 )\n2000 final stop it", want: `1030 stop; 1900 ask; 2000 heard "stop it"`},
		{name: "a key", script: "0 say\n0 arm\n20 started\n1000 key 1", want: `1000 stop; 1000 digits 1`},
		{name: "keys are not taken", l: noKeys, script: "0 say\n0 arm\n20 started\n1000 key 1\n2000 ended\n9000 wait", want: `6000 no input`},
		{name: "keys with a terminator", l: digits, script: "0 arm\n1000 key 1\n1500 key 2\n1800 key #", want: `1800 digits 12`},
		{name: "keys that stop", l: digits, script: "0 arm\n1000 key 1\n1500 key 2\n9000 wait", want: `3500 digits 12`},
		{name: "keys typed ahead of a protected prompt", script: "0 say!\n0 arm\n20 started\n1000 key 1\n2000 ended", want: `2000 digits 1`},
		{name: "the recogniser stays silent", script: "0 arm\n100 (\n300 partial yes i\n900 )\n9000 wait", want: `1400 ask; 2900 heard "yes i"`},
		{name: "the recogniser stays silent and there is nothing", script: "0 arm\n100 (\n900 )\n9000 wait", want: `1400 ask; 6900 no input`},
		{name: "noise", script: "0 say\n0 arm\n20 started\n1000 (\n1300 ended\n1500 )\n2100 final\n9000 wait", want: `1250 stop; 2000 ask; 6100 no input`},
		{name: "nothing but noise", script: "0 arm\n100 (\n200 )\n800 final\n1000 (\n1100 )\n1700 final\n2000 (\n2100 )\n2700 final", want: `700 ask; 1600 ask; 2600 ask; 2700 no input`},
		{name: "speaks on before the answer", script: "0 arm\n100 (\n500 )\n1050 (\n1100 final call me\n1500 )\n2200 final tomorrow", want: `1000 ask; 2000 ask; 2200 heard "call me tomorrow"`},
		{name: "speaks on within the silence", script: "0 arm\n100 (\n500 )\n800 (\n1300 )\n1900 final call me tomorrow", want: `1800 ask; 1900 heard "call me tomorrow"`},
		{name: "the recogniser ends utterances itself", script: "0 arm\n100 (\n500 )\n700 final call me\n800 (\n1300 )\n1900 final tomorrow", want: `1800 ask; 1900 heard "call me tomorrow"`},
		{name: "a speech", script: "0 arm\n100 (\n10200 final bla bla", want: `10100 ask; 10200 heard "bla bla"`},
		{name: "the detector hears nothing", script: "0 arm\n1000 partial yes\n1200 partial yes please\n1800 final yes please", want: `1700 ask; 1800 heard "yes please"`},
		{name: "late partials change nothing", script: "0 arm\n100 (\n500 )\n700 partial yes\n900 partial yes please\n1100 final yes please", want: `1000 ask; 1100 heard "yes please"`},
		{name: "unknown words are an answer", script: "0 arm\n100 (\n900 )\n1500 final [unk] [unk]", want: `1400 ask; 1500 heard "[unk] [unk]"`},
		{name: "an unknown noise is a noise", script: "0 arm\n100 (\n300 )\n900 final [unk]\n9000 wait", want: `800 ask; 4900 no input`},
		{name: "nobody listens", script: "0 (\n400 )\n500 partial yes\n600 final yes\n700 key 1\n9000 wait", want: ``},
		{name: "what nobody listened to is cleared", script: "0 (\n400 )\n500 arm\n600 final yes\n9000 wait", want: `500 ask; 4500 no input`},
		{name: "talking when listening begins", script: "0 (\n300 arm\n900 )\n1500 final yes", want: `1400 ask; 1500 heard "yes"`},
		{name: "gone", script: "0 arm\n100 (\n200 gone\n9000 wait", want: ``},
		{name: "a late answer is not the next one's", script: "0 arm\n100 (\n300 partial yes\n500 )\n2500 wait\n2600 arm\n2700 final yes\n3000 (\n3400 )\n4000 final no", want: `1000 ask; 2500 heard "yes"; 3900 ask; 4000 heard "no"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.l == (turn.Listen{}) {
				c.l = listen
			}
			if got := line(t, c.l, c.script); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}
