package dialog_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/media"
)

// firstSay is what the flow says first.
func firstSay(t testing.TB, f *dialog.Flow, o dialog.StartOptions) dialog.Say {
	t.Helper()
	s, err := dialog.NewSession(f, o)
	if err != nil {
		t.Fatal(err)
	}
	actions, err := s.Step(dialog.Event{Kind: dialog.EvAnswered, At: t0})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range actions {
		if say, ok := a.(dialog.Say); ok {
			return say
		}
	}
	t.Fatalf("nothing is said: %+v", actions)
	return dialog.Say{}
}

// TestSpeech: what a prompt shows, and what of it is spoken.
func TestSpeech(t *testing.T) {
	const top = head + `contact: {balance: {type: money, currency: EUR}, due: date, account: digits, fee: percent, step: ordinal, mail: email, term: duration}
pronounce: {Dialwright: dial right, ACME Ltd: acme limited, GmbH: gee em bee aitch}
slots: {size: {type: choice, choices: {s: {phrases: [small], say: the small one}, l: [large]}}, gap: text}
nodes:
  greet:
    set: {size: s, gap: "one, two,three"}
    say: %s
    end: done
`
	contact := map[string]any{"name": "<break time='9s'/>", "number": "+442079460123", "balance": 12.5, "due": "2025-06-06", "account": "62220212", "fee": "7%",
		"step": 3, "mail": "ann@x.org", "term": "P3M"}
	text := func(s string) []dialog.Part { return []dialog.Part{{Text: s}} }
	for _, c := range []struct {
		say, shown string
		parts      []dialog.Part
	}{
		{`'"Hello, this is Dialwright."'`, `"Hello, this is Dialwright."`, text(`"Hello, this is dial right."`)},
		{`DIALWRIGHT and Dialwrights of ACME Ltd.`, `DIALWRIGHT and Dialwrights of ACME Ltd.`, text(`dial right and Dialwrights of acme limited.`)},
		{`'{{contact.balance}} or {{contact.balance | money("USD")}}.'`, `12 euros and 50 cents or 12 dollars and 50 cents.`, nil},
		{`'{{contact.fee}}, {{contact.step}}, {{contact.term}}, {{contact.mail}}'`, `7 percent, 3rd, 3 months, ann at x dot org`, nil},
		{`'{{contact.account | digits(4)}} / {{contact.account | grouped("3-5")}} / {{contact.account | last4}}'`, `6 2 2 2, 0 2 1 2 / 6 2 2, 2 0 2 1 2 / 0 2 1 2`, nil},
		{`'{{contact.number | phone}}'`, `plus 4 4, 2 0 7, 9 4 6, 0 1 2 3`, nil},
		{`'{{size}}, {{size | choice | upper}}, {{size | capital}}'`, `the small one, THE SMALL ONE, The small one`, nil},
		{`'{{gap | join}}; {{gap | join("or")}}'`, `one, two and three; one, two or three`, nil},
		{`'{{contact.step}} {{contact.step | plural("day", "days")}}, {{contact.step | words}}'`, `3rd days, three`, nil},
		{`'{{contact.balance | words}} {{contact.due | weekday}}'`, `twelve point five Friday`, nil},
		{`'{{outcome | default("none") | upper}} {{text | default("nothing") | capital}}'`, `NONE Nothing`, nil},
		{`'Dear {{contact.name}}!'`, `Dear <break time='9s'/>!`, nil}, // a value is never markup
		{`Wait <break time="400ms"/> please.`, `Wait please.`, []dialog.Part{{Text: "Wait"}, {Pause: 400 * time.Millisecond}, {Text: "please."}}},
		{`'<sub alias="doctor">Dr</sub> No'`, `Dr No`, text(`doctor No`)},
		{`A <prosody rate="slow">slow {{contact.account}}</prosody> word.`, `A slow 6 2 2 2 0 2 1 2 word.`,
			[]dialog.Part{{Text: "A"}, {Text: "slow 6 2 2 2 0 2 1 2", Rate: 0.8}, {Text: "word."}}},
		{`<say-as interpret-as="digits">2025</say-as> <say-as interpret-as="ordinal">2</say-as> <say-as interpret-as="date">2025-06-06</say-as>`, `2025 2 2025-06-06`,
			text("2 0 2 5 2nd Friday the 6th of June 2025")},
		{`<say-as interpret-as="characters">{{contact.mail}}</say-as>`, `A N N at X dot O R G`, nil},
		{`1 &lt; 2 &amp; x < y <3 <emphasis>really</emphasis>`, `1 < 2 & x < y <3 really`, []dialog.Part{{Text: "1 < 2 & x < y <3"}, {Text: "really", Rate: 0.92}}},
		{`{parts: [One, "two {{contact.step}}.", {pause: 1s}, "Three."], rate: 0.5}`, `One two 3rd. Three.`,
			[]dialog.Part{{Text: "One"}, {Text: "two 3rd."}, {Pause: time.Second}, {Text: "Three."}}},
		{`{parts: [One, <prosody rate="80%">two</prosody>], rate: 0.5}`, `One two`, []dialog.Part{{Text: "One"}, {Text: "two", Rate: 0.5}}},
	} {
		got := firstSay(t, parse(t, fmt.Sprintf(top, c.say)), dialog.StartOptions{Contact: contact})
		if d := cmp.Diff(dialog.Say{Text: c.shown, Parts: c.parts}, dialog.Say{Text: got.Text, Parts: got.Parts}); d != "" {
			t.Errorf("%s:\n%s", c.say, d)
		}
	}
}

func TestSpeechChinese(t *testing.T) {
	f := parse(t, strings.Replace(head, "flow: test", "flow: test\nlanguage: zh", 1)+`contact: {balance: money, fee: percent, term: duration}
pronounce: {重庆: 崇庆}
nodes:
  greet: {say: '重庆分行：您欠{{contact.balance}}，<prosody rate="slow">费率{{contact.fee}}</prosody>，{{contact.term}}，{{contact.number | phone}}。', end: done}
`)
	got := firstSay(t, f, dialog.StartOptions{Contact: map[string]any{"balance": 1234.5, "fee": 0.05, "term": "P3M", "number": "+8613812345678"}})
	want := dialog.Say{Text: "重庆分行：您欠1234.5元，费率百分之五，3个月，幺 三 八，幺 二 三 四，五 六 七 八。", Parts: []dialog.Part{
		{Text: "崇庆分行：您欠1234.5元，"}, {Text: "费率百分之五", Rate: 0.8}, {Text: "，3个月，幺 三 八，幺 二 三 四，五 六 七 八。"}}}
	if d := cmp.Diff(want, dialog.Say{Text: got.Text, Parts: got.Parts}); d != "" {
		t.Error(d)
	}
}

func TestNamedPrompts(t *testing.T) {
	f := parse(t, head+`prompts:
  hello: {text: [Hello., Good day.], voice: flite/slt, rate: 0.9, barge_in: false}
  bye: Goodbye.
nodes:
  a: {say: "@hello", goto: b}
  b: {say: {prompt: hello, rate: 1.2, barge_in: {after: 300ms, min_words: 2, protect: 2s, backchannel: interrupt}}, goto: c}
  c: {say: "@bye", goto: d}
  d: {say: "@ not a name", end: done}
`)
	s, err := dialog.NewSession(f, dialog.StartOptions{CallID: "c1"})
	if err != nil {
		t.Fatal(err)
	}
	actions, err := s.Step(dialog.Event{Kind: dialog.EvAnswered, At: t0})
	if err != nil {
		t.Fatal(err)
	}
	var got []dialog.Say
	for _, a := range actions {
		if say, ok := a.(dialog.Say); ok {
			got = append(got, say)
		}
	}
	if len(got) != 4 || got[0].Text == got[1].Text { // both come out of one bag
		t.Fatalf("%+v", got)
	}
	got[0].Text, got[1].Text = "", ""
	want := []dialog.Say{
		{Node: "a", Language: "en", Voice: "flite/slt", Rate: 0.9},
		{Node: "b", Language: "en", Voice: "flite/slt", Rate: 1.2, BargeIn: true, Interrupt: dialog.Interrupt{After: 300 * time.Millisecond, MinWords: 2, Protect: 2 * time.Second, Backchannel: true}},
		{Node: "c", Text: "Goodbye.", Language: "en", Rate: 1, BargeIn: true},
		{Node: "d", Text: "@ not a name", Language: "en", Rate: 1, BargeIn: true},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestBargeInIsInherited: call, flow, node, prompt; the nearest counts.
func TestBargeInIsInherited(t *testing.T) {
	const src = `flow: test
defaults: {%s no_input: [{end: a}], no_match: [{end: a}]}
on_hangup: {outcome: hung_up}
nodes:
  a: {%s say: %s, end: a}
`
	no := false
	two := dialog.Interrupt{MinWords: 2}
	for _, c := range []struct {
		flow, node, say string
		call            *bool
		barge           bool
		how             dialog.Interrupt
	}{
		{"", "", "A", nil, true, dialog.Interrupt{}}, {"", "", "A", &no, false, dialog.Interrupt{}},
		{"barge_in: {min_words: 2},", "", "A", &no, true, two}, {"barge_in: {min_words: 2},", "barge_in: false,", "A", nil, false, dialog.Interrupt{}},
		{"barge_in: false,", "barge_in: {min_words: 2},", "A", nil, true, two}, {"barge_in: {min_words: 2},", "", "{text: A, barge_in: true}", nil, true, dialog.Interrupt{}},
		{"barge_in: false,", "barge_in: true,", "{text: A, barge_in: {min_words: 2}}", nil, true, two},
	} {
		got := firstSay(t, parse(t, fmt.Sprintf(src, c.flow, c.node, c.say)), dialog.StartOptions{Defaults: dialog.Defaults{BargeIn: c.call}})
		if got.BargeIn != c.barge || got.Interrupt != c.how {
			t.Errorf("%+v: %v %+v", c, got.BargeIn, got.Interrupt)
		}
	}
}

// TestVariantBag: never twice in a row, all of them in each bag, in the shares
// of their weights, and the same again for the same call.
func TestVariantBag(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.IntRange(1, 4), 2, 5).Draw(t, "weights")
		call := rapid.StringMatching(`[a-z0-9]{0,8}`).Draw(t, "call")
		var variants []string
		total := 0
		for i, w := range weights {
			variants = append(variants, fmt.Sprintf("{text: V%d, weight: %d}", i, w))
			total += w
		}
		f, err := dialog.Parse("test.yaml", []byte(head+fmt.Sprintf(`nodes:
  a: {say: {variants: [%s]}, listen: {intents: {"yes": a, "no": bye}}}
  bye: {end: done}
`, strings.Join(variants, ", "))))
		if err != nil {
			t.Fatal(err)
		}
		run := func() (said []string) {
			s, err := dialog.NewSession(f, dialog.StartOptions{CallID: call})
			if err != nil {
				t.Fatal(err)
			}
			ev := dialog.Event{Kind: dialog.EvAnswered, At: t0}
			for range 3 * total {
				actions, err := s.Step(ev)
				if err != nil {
					t.Fatal(err)
				}
				for _, a := range actions {
					if say, ok := a.(dialog.Say); ok {
						said = append(said, say.Text)
					}
				}
				ev = dialog.Event{Kind: dialog.EvHeard, Text: "yes", At: t0}
			}
			return said
		}
		said := run()
		if !slices.Equal(said, run()) {
			t.Fatal("another order for the same call")
		}
		if len(slices.Compact(slices.Clone(said))) != len(said) {
			t.Fatalf("twice in a row: %q", said)
		}
		for i := range weights {
			if !slices.Contains(said, fmt.Sprintf("V%d", i)) {
				t.Fatalf("V%d is never said: %q", i, said)
			}
		}
	})
}

func TestExperiments(t *testing.T) {
	f := parse(t, head+`experiments: {opening: {warm: 3, short: 1}, other: {a: 1, b: 1}}
nodes:
  a: {say: {experiment: opening, warm: {text: Good morning., rate: 0.9}, short: Hi., rate: 1.1}, goto: b}
  b:
    choose:
      - {if: 'variant("opening") == "warm"', goto: warm}
      - {if: 'variant("other") == "a"', goto: short}
      - {goto: short}
  warm: {end: warm}
  short: {end: short}
`)
	count := map[string]int{}
	const people = 2000
	for i := range people {
		key := fmt.Sprintf("person-%d", i)
		run := func(call string) (outcome string, assigned []dialog.Assigned) {
			s, err := dialog.NewSession(f, dialog.StartOptions{CallID: call, ContactKey: key})
			if err != nil {
				t.Fatal(err)
			}
			actions, err := s.Step(dialog.Event{Kind: dialog.EvAnswered, At: t0})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range actions {
				switch a := a.(type) {
				case dialog.Assigned:
					assigned = append(assigned, a)
				case dialog.Say:
					if want := map[string]string{"Good morning.": "warm 0.9", "Hi.": "short 1.1"}[a.Text]; want != fmt.Sprintf("%s %g", assigned[0].Variant, a.Rate) {
						t.Fatalf("%+v of %+v", a, assigned)
					}
				}
			}
			return s.Outcome(), assigned
		}
		first, assigned := run("one")
		if again, _ := run("two"); again != first || assigned[0] != (dialog.Assigned{Experiment: "opening", Variant: first}) {
			t.Fatalf("%s: %s, then %s; %+v", key, first, again, assigned)
		}
		if told := map[bool]int{true: 1, false: 2}[first == "warm"]; len(assigned) != told { // each experiment once, when it is asked for
			t.Fatalf("%s: %+v", first, assigned)
		}
		count[first]++
	}
	if share := float64(count["warm"]) / people; share < 0.71 || share > 0.79 {
		t.Errorf("the share of a weight of 3 to 1 is %g", share)
	}
}

// TestAllTextsAreListed: what is synthesised before a call is all that can be.
func TestAllTextsAreListed(t *testing.T) {
	f := parse(t, `flow: test
language: en
contact: {balance: money}
pronounce: {ACME: acme}
slots:
  n: {type: number, min: 1, max: 5}
  m: {type: number, max: 9, out_of_range: At most nine.}
experiments: {opening: {warm: 1, short: 1}}
prompts: {named: [Named one., Named two.], unused: Never.}
global: {"yes": {say: A global one.}}
intents: {"yes": [yes]}
defaults:
  no_input: [{say: No input., repeat: true}, {end: no_input}]
  no_match: [{say: '{{contact.balance}} it is.'}, {end: no_match}]
on_hangup: {outcome: hung_up}
nodes:
  a: {say: {experiment: opening, warm: Warm., short: "ACME <prosody rate='slow'>slow</prosody>"}, goto: b}
  b: {say: "@named", ask: {slot: n, goto: c, no_match: [{say: Own rung.}, {end: x}]}}
  c: {say: {parts: ["A part,", {pause: 1s}, "you owe {{contact.balance}},", "for {{n}}."]}, ask: {slot: m, goto: d}}
  d: {say: {text: Langsam., language: de, voice: espeak-ng/de}, end: done}
`)
	key := func(s dialog.Say) string { return fmt.Sprintf("%s|%s|%s|%g", s.Text, s.Language, s.Voice, s.Rate) }
	var got []string
	for _, s := range f.Prompts() {
		if len(s.Parts) > 0 {
			t.Errorf("%+v has parts", s)
		}
		got = append(got, key(s))
	}
	slices.Sort(got)
	want := []string{"A global one.|en||1", "A part,|en||1", "At most nine.|en||1", "Langsam.|de|espeak-ng/de|1", "Named one.|en||1", "Named two.|en||1", "Never.|en||1",
		"No input.|en||1", "Own rung.|en||1", "Please name a number between 1 and 5.|en||1", "Warm.|en||1", "acme|en||1", "slow|en||0.8"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	of, err := f.PromptsFor(map[string]any{"balance": 5})
	got = nil
	for _, s := range of {
		got = append(got, s.Text)
	}
	if d := cmp.Diff([]string{"5 dollars it is.", "you owe 5 dollars,"}, slices.Sorted(slices.Values(got))); err != nil || d != "" {
		t.Error(err, d)
	}
}

func TestRecordings(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, a media.Audio) {
		if err := media.WriteWAV(filepath.Join(dir, name), a); err != nil {
			t.Fatal(err)
		}
	}
	write("good.wav", media.Audio{Rate: 8000, Channels: [][]int16{make([]int16, 4000)}})
	write("wide.wav", media.Audio{Rate: 16000, Channels: [][]int16{make([]int16, 16000)}})
	write("stereo.wav", media.Audio{Rate: 8000, Channels: [][]int16{make([]int16, 80), make([]int16, 80)}})
	write("cd.wav", media.Audio{Rate: 44100, Channels: [][]int16{make([]int16, 80)}})
	write("empty.wav", media.Audio{Rate: 8000, Channels: [][]int16{{}}})
	if err := os.WriteFile(filepath.Join(dir, "text.wav"), []byte("this is no audio at all"), 0o644); err != nil {
		t.Fatal(err)
	}
	load := func(node string) (*dialog.Flow, error) {
		if err := os.WriteFile(filepath.Join(dir, "flow.yaml"), []byte(head+"nodes:\n  a: {"+node+", end: done}\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return dialog.Load(dir)
	}
	f, err := load(`play: good.wav, say: {parts: [Hello., {audio: wide.wav, text: "and {{contact.name}}"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]time.Duration{"good.wav": 500 * time.Millisecond, "wide.wav": time.Second}, f.Recordings()); d != "" {
		t.Error(d)
	}
	if got := firstSay(t, f, dialog.StartOptions{}); got.Text != "[good.wav]" || len(got.Parts) != 1 || got.Parts[0].Audio != "good.wav" {
		t.Errorf("%+v", got)
	}
	for name, want := range map[string]string{
		"stereo.wav": "2 channels of 16 bits at 8000 Hz", "cd.wav": "1 channels of 16 bits at 44100 Hz", "empty.wav": "it has no audio", "text.wav": "it is no WAV file", "none.wav": "no such file"} {
		_, err := load("play: " + name)
		var problems dialog.Problems
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), want) || problems[len(problems)-1].Line != 12 || problems[len(problems)-1].Column != 13 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPlacesInLongTexts: what is wrong in a text of several lines is pointed
// at where it stands.
func TestPlacesInLongTexts(t *testing.T) {
	for _, c := range []struct {
		say  string
		line int // below say
		col  int
	}{
		{"say: 'Hello {{x}}'", 0, 17}, {"say: Hello {{x}}", 0, 16},
		{"say: |\n      Hello\n      you {{x}}", 2, 11}, {"say: >-\n\n      Hello\n        you {{x}}", 3, 13},
		{"say: Hello\n      you and\n      you {{x}}", 2, 11}, {"say: 'Hello\n\n      you {{x}}'", 2, 11}, {"say: \"Hello\n      you {{x}}\"", 1, 11},
		{"say: |\n      您好，\n      您的 <brake/>", 2, 10}, {"say:\n      text:\n        - |\n          Hello <b>", 3, 17},
	} {
		_, err := dialog.Parse("test.yaml", []byte(head+"nodes:\n  a:\n    "+c.say+"\n    end: done\n"))
		var problems dialog.Problems
		if !errors.As(err, &problems) {
			t.Errorf("%q: %v", c.say, err)
			continue
		}
		if last := problems[len(problems)-1]; last.Line != 13+c.line || last.Column != c.col {
			t.Errorf("%q: %v, want %d:%d", c.say, last, 13+c.line, c.col)
		}
	}
}
