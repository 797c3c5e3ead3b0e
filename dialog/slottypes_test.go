package dialog

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dialwright/dialwright/nlu"
)

var noon = time.Date(2025, 6, 4, 10, 30, 0, 0, time.UTC)

const slotHead = `flow: test
language: %s
defaults: {no_input: [{end: no_input}], no_match: [{say: Again.}, {say: Again.}, {end: no_match}]}
entities:
  product: {values: {gold: {phrases: [gold card, the golden one], say: our gold card, digits: "1"}, blue: [blue card], plain: }}
  bank: {values: {ccb: {phrases: [建行, 建设银行], say: 建设银行}, icbc: [工行, 工商银行]}}
  exact: {values: {ccb: [建行]}, fuzzy: false}
  order: {pattern: '[A-Z]{2}-?[0-9]{4}'}
on_hangup: {outcome: hung_up}
`

// askFlow asks for one slot.
func askFlow(t testing.TB, language, slot string) *Flow {
	t.Helper()
	src := fmt.Sprintf(slotHead, language) + "slots: {v: " + slot + "}\nnodes:\n  a: {say: Well?, ask: {slot: v, goto: b}}\n  b: {say: '{{v}}', end: done}\n"
	if slot == "recording" {
		src = strings.Replace(src, "say: '{{v}}', ", "", 1)
	}
	f, err := Parse("test.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// answer gives an answer and tells the value and what is said next.
func answer(t testing.TB, f *Flow, ev Event) (any, string) {
	t.Helper()
	s, err := NewSession(f, StartOptions{CallID: "c"})
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, e := range []Event{{Kind: EvAnswered}, ev} {
		e.At = noon
		actions, err := s.Step(e)
		if err != nil {
			t.Fatal(err)
		}
		said = ""
		for _, a := range actions {
			if say, ok := a.(Say); ok {
				said += say.Text
			}
		}
	}
	return s.Slots()["v"], said
}

func TestAsking(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2025, 6, d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		language, slot, heard, keys string
		want                        any // nil: not understood
		said                        string
	}{
		{"en", "money", "two hundred and fifty dollars", "", 250.0, "250 dollars"},
		{"en", "{type: money, currency: EUR}", "five grand", "", 5000.0, "5000 euros"},
		{"en", "{type: money, currency: EUR}", "fifty dollars", "", nil, "Please name another amount."},
		{"en", "{type: money, max: 100}", "two hundred dollars", "", nil, "Please name an amount at most 100 dollars."},
		{"en", "money", "", "12*50", 12.5, "12 dollars and 50 cents"},
		{"zh", "money", "三百块", "", 300.0, "300元"},
		{"zh", "{type: money, min: 100, max: 5000}", "五十块", "", nil, "请说100元到5000元之间的金额。"},
		{"en", "percent", "twenty percent", "", 0.2, "20 percent"},
		{"en", "{type: percent, max: 50%}", "sixty percent", "", nil, "Please name a percentage at most 50 percent."},
		{"zh", "percent", "百分之十五", "", 0.15, "百分之十五"},
		{"en", "percent", "", "15", 0.15, "15 percent"},
		{"en", "ordinal", "the third one", "", 3.0, "3rd"},
		{"zh", "ordinal", "第二个", "", 2.0, "第二"},
		{"en", "ordinal", "", "2*5", nil, "Again."},
		{"en", "{type: number, min: 1, max: 5}", "nine", "", nil, "Please name a number between 1 and 5."},
		{"en", "{type: number, max: 5, out_of_range: 'Not more than five, {{contact.name | default(\"please\")}}.'}", "nine", "", nil, "Not more than five, please."},
		{"en", "{type: number, min: 1, max: 5}", "", "9", nil, "Please name a number between 1 and 5."},
		{"zh", "{type: number, min: 3}", "二", "", nil, "请说不低于3的数字。"},
		{"en", "duration", "three months", "", Span{nlu.Span{Months: 3}}, "3 months"},
		{"en", "{type: duration, max: 6 months}", "two years", "", nil, "Please name a length of time at most 6 months."},
		{"en", "duration", "", "90", Span{nlu.Span{Clock: 90 * time.Minute}}, "1 hour and 30 minutes"},
		{"zh", "duration", "半个小时", "", Span{nlu.Span{Clock: 30 * time.Minute}}, "30分钟"},
		{"en", "date", "tomorrow", "", day(5), "tomorrow"},
		{"en", "{type: date, min: today, max: '+7 days'}", "on the twentieth of june", "", nil, "Please name a day between today and Wednesday the 11th of June."},
		{"zh", "{type: date, min: '2025-06-10'}", "明天", "", nil, "请说不低于6月10日星期二的日期。"},
		{"en", "date", "", "0606", day(6), "Friday the 6th of June"},
		{"en", "date", "", "0230", nil, "Again."},
		{"en", "time", "", "1530", time.Date(2025, 6, 4, 15, 30, 0, 0, time.UTC), "today at 3:30 PM"},
		{"en", "phone", "one three eight one two three four five six seven eight", "", "13812345678", "1 3 8, 1 2 3 4, 5 6 7 8"},
		{"zh", "id", "", "11010519491231002*", "11010519491231002X", "一 一 零 一 零 五，一 九 四 九 一 二 三 一，零 零 二 X"},
		{"zh", "id", "", "110105194912310021", nil, "Again."},
		{"en", "email", "ann at example dot com", "", "ann@example.com", "ann at example dot com"},
		{"en", "{type: digits, min: 4, max: 4}", "one two three", "", nil, "Please name a number of 4 digits."},
		{"en", "{entity: product}", "i want the gold card please", "", "gold", "our gold card"},
		{"en", "{entity: product}", "the golden won", "", "gold", "our gold card"},
		{"zh", "{entity: bank}", "我用剪行的卡", "", "ccb", "建设银行"},
		{"zh", "{entity: exact}", "剪行", "", nil, "Again."},
		{"en", "{entity: product}", "plain", "", "plain", "plain"},
		{"en", "{entity: product}", "a banana", "", nil, "Again."},
		{"en", "{entity: product}", "", "1", "gold", "our gold card"},
		{"en", "{entity: order}", "it is a b one two three four", "", "AB1234", "AB1234"},
		{"en", "{entity: order}", "AB-1234", "", "AB-1234", "AB-1234"},
		{"en", "{entity: order}", "no idea", "", nil, "Again."},
		{"en", "boolean", "yes please", "", true, "yes"},
		{"en", "boolean", "", "2", false, "no"},
		{"en", "{type: choice, choices: {s: {phrases: [small], say: the small one, digits: '3'}}}", "", "3", "s", "the small one"},
	} {
		ev := Event{Kind: EvHeard, Text: c.heard}
		if c.keys != "" {
			ev = Event{Kind: EvDigits, Digits: c.keys}
		}
		got, said := answer(t, askFlow(t, c.language, c.slot), ev)
		if !reflect.DeepEqual(got, c.want) || said != c.said {
			t.Errorf("%s %s %q%s: %v and %q, want %v and %q", c.language, c.slot, c.heard, c.keys, got, said, c.want, c.said)
		}
	}
}

func TestConsentIsAsked(t *testing.T) {
	f := askFlow(t, "en", "consent")
	got, said := answer(t, f, Event{Kind: EvHeard, Text: "yes i agree"})
	if want := (Consent{Given: true, At: noon, Words: "yes i agree"}); got != want || said != "yes" {
		t.Errorf("%+v, %q", got, said)
	}
	if got, said := answer(t, f, Event{Kind: EvDigits, Digits: "2"}); got.(Consent).Given || said != "no" {
		t.Errorf("%+v, %q", got, said)
	}
}

// TestOutOfRangeIsAMiss: the ladder ends it.
func TestOutOfRangeIsAMiss(t *testing.T) {
	f := askFlow(t, "en", "{type: number, max: 5}")
	s, err := NewSession(f, StartOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range []Event{{Kind: EvAnswered}, {Kind: EvHeard, Text: "nine"}, {Kind: EvHeard, Text: "what"}, {Kind: EvHeard, Text: "nine"}} {
		ev.At = noon
		if _, err := s.Step(ev); err != nil {
			t.Fatal(err)
		}
	}
	if s.Outcome() != "no_match" {
		t.Errorf("%q at %s", s.Outcome(), s.Node())
	}
}

func TestRemembering(t *testing.T) {
	f, err := Parse("test.yaml", []byte(fmt.Sprintf(slotHead, "en")+`slots:
  nick: {type: name, remember: contact}
  pay: {type: money, min: 10, remember: contact}
  call: {type: number, remember: call}
nodes:
  a: {set: {pay: 20, call: 1}, goto: b}
  b: {set: {pay: null}, end: done}
`))
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSession(f, StartOptions{Memory: map[string]any{"nick": "Ann", "pay": 5.0, "call": 3.0, "gone": "x"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Slots(); !reflect.DeepEqual(got, map[string]any{"nick": "Ann"}) {
		t.Errorf("begins with %v", got) // pay is out of range by now, call is not remembered
	}
	actions, err := s.Step(Event{Kind: EvAnswered, At: noon})
	if err != nil {
		t.Fatal(err)
	}
	var got []Remember
	for _, a := range actions {
		if r, ok := a.(Remember); ok {
			got = append(got, r)
		}
	}
	if !slices.Equal(got, []Remember{{"pay", 20.0}, {"pay", nil}}) {
		t.Errorf("%+v", got)
	}
}

// anyValue draws a value a slot of the type may hold.
func anyValue(t *rapid.T, typ SlotType) any {
	at := func() time.Time {
		return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC()
	}
	switch typ {
	case NumberSlot, MoneySlot, PercentSlot:
		return rapid.Float64Range(-1e12, 1e12).Draw(t, "number")
	case OrdinalSlot:
		return float64(rapid.IntRange(-1e6, 1e6).Draw(t, "ordinal"))
	case BooleanSlot:
		return rapid.Bool().Draw(t, "boolean")
	case TimeSlot, DateSlot:
		return at()
	case DurationSlot:
		return Span{nlu.Span{Years: rapid.IntRange(-99, 99).Draw(t, "y"), Months: rapid.IntRange(-99, 99).Draw(t, "m"), Days: rapid.IntRange(-999, 999).Draw(t, "d"),
			Clock: time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "clock"))}}
	case ConsentSlot:
		c := Consent{Given: rapid.Bool().Draw(t, "given"), Position: time.Duration(rapid.Int64Range(0, 1e13).Draw(t, "position")), Words: rapid.String().Draw(t, "words")}
		c.Words = strings.ToValidUTF8(c.Words, "")
		if rapid.Bool().Draw(t, "timed") {
			c.At = at()
		}
		return c
	case DigitsSlot, PhoneSlot:
		return rapid.StringMatching(`[0-9]{1,15}`).Draw(t, "digits")
	case EmailSlot:
		return rapid.StringMatching(`[a-z.]{1,9}@[a-z]{1,9}\.com`).Draw(t, "email")
	}
	return rapid.StringMatching(`[A-Za-z0-9一-龥][A-Za-z0-9 一-龥]{0,19}`).Draw(t, "text")
}

// TestValuesSurvive: every value goes through a serialised session unchanged,
// and can be said in both languages.
func TestValuesSurvive(t *testing.T) {
	var declared strings.Builder
	for _, typ := range slotTypes {
		if typ != "choice" {
			fmt.Fprintf(&declared, "  v_%s: %s\n", typ, typ)
		}
	}
	f, err := Parse("test.yaml", []byte(fmt.Sprintf(slotHead, "en")+"slots:\n"+declared.String()+"nodes: {a: {end: done}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		s, err := NewSession(f, StartOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range slices.Sorted(maps.Keys(f.slots)) {
			sl := f.slots[name]
			v := anyValue(t, sl.typ)
			if accepted, err := sl.accept(v, time.UTC); err != nil || accepted != v {
				t.Fatalf("%s: %v becomes %v, %v", name, v, accepted, err)
			}
			s.st.Slots[name] = v
			if sl.typ != RecordingSlot {
				for _, sp := range []speaker{{now: noon}, {chinese: true, now: noon}} {
					if sp.plain(v, sl.typ, sl) == "" {
						t.Fatalf("%s: nothing is said for %v", name, v)
					}
				}
			}
		}
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Resume(f, data)
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range s.Slots() {
			if got := back.Slots()[name]; !reflect.DeepEqual(got, v) {
				t.Fatalf("%s: %#v became %#v", name, v, got)
			}
		}
	})
}

func TestParseSpan(t *testing.T) {
	for text, want := range map[string]nlu.Span{
		"P3M": {Months: 3}, "P1Y2M3DT4H5M6.5S": {Years: 1, Months: 2, Days: 3, Clock: 4*time.Hour + 5*time.Minute + 6500*time.Millisecond}, "P2W": {Days: 14},
		"90m": {Clock: 90 * time.Minute}, "1h30m": {Clock: 90 * time.Minute}, "3 days": {Days: 3}, "1 week": {Days: 7}, "6 months": {Months: 6}, "2y": {Years: 2},
		"10 minutes": {Clock: 10 * time.Minute}, "PT0S": {}, "P-3D": {Days: -3}, "5d": {Days: 5},
	} {
		got, err := ParseSpan(text)
		if err != nil || got.Span != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "P", "PT", "P3", "PM", "P3H", "3", "3 fortnights", "day", "P99999999999Y", "1000000 days", "PT1"} {
		if got, err := ParseSpan(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func FuzzParseSpan(f *testing.F) {
	for _, s := range []string{"P3M", "PT1H30M", "3 days", "-1.5h", "P1Y2M3DT4H5M6.000000001S"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		span, err := ParseSpan(s)
		if err != nil {
			return
		}
		if back, err := ParseSpan(span.String()); err != nil || back != span {
			t.Errorf("%q is %v, which is %v, %v", s, span, back, err)
		}
	})
}

// FuzzSpokenText: whatever a prompt says, it loads or has a place to point at,
// and what loads never speaks its markup.
func FuzzSpokenText(f *testing.F) {
	for _, s := range []string{`a <break time="1s"/> b`, `<say-as interpret-as="digits">12</say-as>`, `<sub alias="b">{{contact.name}}</sub>`, `<prosody rate="80%">x`, "1 < 2 &lt;", "{{n | money | upper}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l := &loader{files: []string{"fuzz.yaml"}, flow: &Flow{Language: "en", slots: map[string]*slot{"n": {name: "n", typ: NumberSlot}},
			contact: map[string]*slot{"name": {name: "contact.name", typ: TextSlot}}}}
		tpl := l.spokenText(text, func(s string, offset int) pos { return pos{1, 1 + len(s[:offset])} }, false)
		if (tpl == nil) != slices.ContainsFunc(l.problems, func(p Problem) bool { return p.Severity == SevError }) {
			t.Fatalf("%q: %v, %v", text, tpl, l.problems)
		}
		for _, p := range l.problems {
			if p.Column < 1 {
				t.Fatalf("%+v", p)
			}
		}
		if tpl == nil {
			return
		}
		var u utterance
		lookup := func(path []string) any { return map[string]any{"n": 5.0, "contact": "<b>"}[path[0]] }
		if err := tpl.speak(lookup, speaker{}, &u); err != nil {
			return
		}
		var a Say
		a.Rate = 1
		u.say(&a)
		for _, p := range a.Parts {
			if p.Rate != 0 && (p.Rate < 0.5 || p.Rate > 2) || p.Pause < 0 {
				t.Fatalf("%+v", p)
			}
		}
	})
}
