package flowtest

import (
	"testing"
	"time"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu"
)

func TestSame(t *testing.T) {
	at := time.Date(2026, 6, 2, 15, 0, 0, 0, time.FixedZone("", 8*3600))
	hour := dialog.Span{Span: nlu.Span{Clock: 90 * time.Minute}}
	for _, c := range []struct {
		want, got any
		same      bool
	}{
		{nil, nil, true}, {nil, 1.0, false}, {"a", nil, false},
		{"two  words", "two words", true}, {"Hello {{name}}!", "Hello Ann!", true}, {"Hello {{name}}!", "Hello Ann?", false},
		{5.0, 5.0, true}, {5.0, 5, true}, {5.0, uint8(5), true}, {5.0, 5.001, false}, {5.0, "5", false}, {0.3, 0.1 + 0.2, true},
		{true, true, true}, {true, "true", false}, {true, dialog.Consent{Given: true}, true}, {true, dialog.Consent{}, false},
		{"2026-06-02 15:00", at, true}, {"2026-06-02T15:00:00+08:00", at, true}, {"2026-06-02T07:00:00Z", at, true},
		{"2026-06-02", at, true}, {"15:00", at, true}, {"2026-06-02 15:01", at, false}, {"tomorrow", at, false}, {5.0, at, false},
		{"1h30m", hour, true}, {"PT1H30M", hour, true}, {"90s", hour, false},
		{map[string]any{"given": true}, dialog.Consent{Given: true, Words: "yes"}, true},
		{map[string]any{"given": true, "words": "no"}, dialog.Consent{Given: true, Words: "yes"}, false},
		{map[string]any{"a": map[string]any{"b": 1.0}}, map[string]any{"a": map[string]any{"b": 1.0, "c": 2.0}}, true},
		{map[string]any{"a": 1.0}, 1.0, false},
		{[]any{1.0, "x"}, []string{"1", "x"}, false}, {[]any{"1", "x"}, []string{"1", "x"}, true}, {[]any{1.0}, []any{1.0, 2.0}, false},
		{"sms", dialog.WorkKind("sms"), true},
	} {
		if got := same(c.want, c.got); got != c.same {
			t.Errorf("same(%v, %v) = %v", c.want, c.got, got)
		}
	}
}

func TestContrast(t *testing.T) {
	for _, c := range [][4]string{
		{"You owe 5.", "You owe 50.", "You owe 5[].", "You owe 5[0]."},
		{"您好李雷。", "您好韩梅。", "您好[李雷]。", "您好[韩梅]。"},
		{"abc", "xyz", "abc", "xyz"},
		{"aa", "aaa", "aa[]", "aa[a]"},
	} {
		if w, g := contrast(c[0], c[1]); w != c[2] || g != c[3] {
			t.Errorf("contrast(%q, %q) = %q, %q", c[0], c[1], w, g)
		}
	}
}

// What is expected may be longer or shorter than what can be said in a moment;
// how long it takes follows from its letters.
func TestLength(t *testing.T) {
	for _, c := range []struct {
		say  dialog.Say
		want time.Duration
	}{
		{dialog.Say{Text: "Hello."}, 5*perLetter + perSentence},
		{dialog.Say{Text: "Hello.", Rate: 0.5}, 2 * (5*perLetter + perSentence)},
		{dialog.Say{Text: "您好。"}, 2*perHan + perSentence},
		{dialog.Say{Text: "x", Parts: []dialog.Part{{Text: "ab"}, {Pause: time.Second}, {Audio: "a.wav"}, {Text: "ab", Rate: 2}}}, 130*time.Millisecond + time.Second + perRecording + 65*time.Millisecond},
	} {
		if got := Length(c.say); got != c.want {
			t.Errorf("%q takes %s, want %s", c.say.Text, got, c.want)
		}
	}
}

func TestGuesses(t *testing.T) {
	for text, want := range map[string]int{"": 0, "yes": 1, "yes please": 2, "one two three four five six seven eight nine ten": 6, "不需要": 2, "我下个星期三下午三点以后有时间": 5} {
		got := guesses(text)
		if len(got) != want || want > 0 && got[len(got)-1] != text {
			t.Errorf("guesses of %q: %q", text, got)
		}
	}
}
