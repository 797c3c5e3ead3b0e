package dialog

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dialwright/dialwright/nlu"
)

// slot is a declared value of the conversation.
type slot struct {
	name       string
	typ        SlotType
	at         pos
	min, max   *float64 // numbers; lengths of digits and text; seconds of a duration
	from, to   string   // moments: the limits as written; see moment
	past       bool     // a time that has passed will do
	currency   string   // of money, ISO 4217
	region     string   // ISO 3166, for telephone numbers
	scope      string   // of a consent
	choices    []choice
	classifier nlu.Classifier // choices
	entity     *entity
	confirm    confirmMode
	remember   bool   // for the contact's later calls
	example    string // how people say it, for the question that asks again
	outOfRange *prompt
}

// confirmMode says when a value that was asked for is read back.
type confirmMode string

const (
	confirmNever  confirmMode = "never"
	confirmUnsure confirmMode = "unsure" // when the recogniser was not sure
	confirmAlways confirmMode = "always"
)

type choice struct {
	name    string
	label   string // how it is said; empty: its name
	phrases []string
	digits  string
}

// label is how a choice is said.
func (s *slot) label(value string) string {
	if s.entity != nil {
		return s.entity.label(value)
	}
	for _, c := range s.choices {
		if c.name == value {
			return orElse(c.label, value)
		}
	}
	return value
}

// heardContext is what a spoken value is understood with.
type heardContext struct {
	language string
	now      time.Time
	asked    bool // the slot was just asked for
}

// fit says how a value suits a slot.
type fit uint8

const (
	valueNone fit = iota // there is none of its kind
	valueOut             // of its kind, and not one of those wanted
	valueFits
)

// understand reads the slot's value out of an utterance.
func (s *slot) understand(text string, c heardContext) (any, bool) {
	v, f := s.read(text, c)
	return v, f == valueFits
}

// kinds are the types that package nlu reads.
var kinds = map[SlotType]nlu.Kind{
	NumberSlot: nlu.KindNumber, PercentSlot: nlu.KindPercent, OrdinalSlot: nlu.KindOrdinal, MoneySlot: nlu.KindMoney,
	DigitsSlot: nlu.KindDigits, PhoneSlot: nlu.KindPhone, TimeSlot: nlu.KindTime, DateSlot: nlu.KindDate, DurationSlot: nlu.KindDuration,
	BooleanSlot: nlu.KindBoolean, ConsentSlot: nlu.KindBoolean, IDSlot: nlu.KindID, PlateSlot: nlu.KindPlate, EmailSlot: nlu.KindEmail,
	NameSlot: nlu.KindName, AddressSlot: nlu.KindAddress,
}

// read is understand that tells a value out of range from none at all. Of a
// consent it gives the answer without its time.
func (s *slot) read(text string, c heardContext) (any, fit) {
	switch s.typ {
	case TextSlot:
		t := strings.TrimSpace(text)
		if nlu.Words(t) == 0 {
			return nil, valueNone
		}
		return s.ranged(t)
	case ChoiceSlot:
		among := make([]string, len(s.choices))
		for i, ch := range s.choices {
			among[i] = ch.name
		}
		best, ok := nlu.Decide(s.classifier.Classify(nlu.Query{Text: text, Among: among}), minScore, minMargin)
		return best.Intent, fitIf(ok)
	case EntitySlot:
		v, ok := s.entity.find(text, c.language)
		return v, fitIf(ok)
	}
	kind, ok := kinds[s.typ]
	if !ok {
		return nil, valueNone // a recording
	}
	v, ok := nlu.Read(kind, text, nlu.ReadOptions{Language: c.language, Now: c.now, Region: s.region, Asked: c.asked})
	if !ok {
		return nil, valueNone
	}
	return s.value(v, c.now)
}

func fitIf(ok bool) fit {
	if ok {
		return valueFits
	}
	return valueNone
}

// value turns what was read into the slot's Go type.
func (s *slot) value(v nlu.Value, now time.Time) (any, fit) {
	switch s.typ {
	case NumberSlot, PercentSlot, OrdinalSlot:
		return s.ranged(v.Number)
	case MoneySlot:
		if v.Currency != "" && s.currency != "" && v.Currency != s.currency {
			return nil, valueOut // another currency is another amount
		}
		return s.ranged(v.Number)
	case TimeSlot, DateSlot:
		return s.moment(v.Time, now)
	case DurationSlot:
		return s.ranged(Span{v.Span})
	case BooleanSlot:
		return v.Number != 0, valueFits
	case ConsentSlot:
		return Consent{Given: v.Number != 0, At: now}, valueFits
	}
	return s.ranged(v.Text)
}

// ranged holds a value against the slot's limits.
func (s *slot) ranged(v any) (any, fit) {
	size := math.NaN()
	switch x := v.(type) {
	case float64:
		size = x
	case Span:
		size = x.InSeconds()
	case string:
		size = float64(len([]rune(x)))
		if s.typ == PhoneSlot {
			if n := len(strings.TrimPrefix(x, "+")); n < 3 || n > 15 {
				return nil, valueNone
			}
		}
	}
	if s.inRange(size) {
		return v, valueFits
	}
	return nil, valueOut
}

// moment is a day or a time. The past is out of range unless the slot allows
// it: nobody can be called back then.
func (s *slot) moment(at, now time.Time) (any, fit) {
	if s.typ == DateSlot {
		y, m, d := at.Date()
		at = time.Date(y, m, d, 0, 0, 0, 0, at.Location())
	}
	early := s.typ == TimeSlot && !s.past && !at.After(now)
	low, hasLow := s.limit(s.from, now)
	high, hasHigh := s.limit(s.to, now)
	if early || hasLow && at.Before(low) || hasHigh && at.After(high) {
		return nil, valueOut
	}
	return at, valueFits
}

// keyed reads the slot's value out of keys: 1 and 2 for yes and no, HHMM for a
// time, MMDD for a date, * for the decimal point.
func (s *slot) keyed(keys string, now time.Time) (any, bool) {
	v, f := s.readKeys(keys, now)
	return v, f == valueFits
}

// readKeys is keyed that tells a value out of range from none at all.
func (s *slot) readKeys(keys string, now time.Time) (any, fit) {
	switch s.typ {
	case NumberSlot, MoneySlot, OrdinalSlot, PercentSlot, DurationSlot:
		return s.keyedNumber(keys)
	case DigitsSlot, PhoneSlot, EntitySlot:
		if s.typ == EntitySlot {
			v, ok := s.entity.keyed(keys)
			return v, fitIf(ok)
		}
		if !onlyDigits(keys) || s.typ == PhoneSlot && (len(keys) < 5 || len(keys) > 15) {
			return nil, valueNone
		}
		return s.ranged(keys)
	case IDSlot:
		v, ok := nlu.Read(nlu.KindID, strings.Replace(keys, "*", "X", 1), nlu.ReadOptions{Language: "zh", Now: now})
		return v.Text, fitIf(ok)
	case BooleanSlot, ConsentSlot:
		if keys != "1" && keys != "2" {
			return nil, valueNone
		}
		if s.typ == ConsentSlot {
			return Consent{Given: keys == "1", At: now}, valueFits
		}
		return keys == "1", valueFits
	case ChoiceSlot:
		for _, c := range s.choices {
			if c.digits != "" && c.digits == keys {
				return c.name, valueFits
			}
		}
	case TimeSlot, DateSlot:
		if len(keys) != 4 || !onlyDigits(keys) {
			return nil, valueNone
		}
		a, b := int(keys[0]-'0')*10+int(keys[1]-'0'), int(keys[2]-'0')*10+int(keys[3]-'0')
		return s.keyedMoment(a, b, now)
	}
	return nil, valueNone
}

// keyedNumber: a percentage is keyed as people say it, a duration in minutes.
func (s *slot) keyedNumber(keys string) (any, fit) {
	v, ok := parseDecimal(strings.Replace(keys, "*", ".", 1))
	if !ok {
		return nil, valueNone
	}
	switch s.typ {
	case PercentSlot:
		v /= 100
	case OrdinalSlot:
		if v != math.Trunc(v) {
			return nil, valueNone
		}
	case DurationSlot:
		return s.ranged(secondsSpan(v * 60))
	}
	return s.ranged(v)
}

func (s *slot) keyedMoment(a, b int, now time.Time) (any, fit) {
	y, m, d := now.Date()
	if s.typ == DateSlot {
		t := time.Date(y, time.Month(a), b, 0, 0, 0, 0, now.Location())
		if t.Before(time.Date(y, m, d, 0, 0, 0, 0, now.Location())) && !s.past {
			t = time.Date(y+1, time.Month(a), b, 0, 0, 0, 0, now.Location())
		}
		if int(t.Month()) != a || t.Day() != b {
			return nil, valueNone
		}
		return s.moment(t, now)
	}
	if a > 23 || b > 59 {
		return nil, valueNone
	}
	t := time.Date(y, m, d, a, b, 0, 0, now.Location())
	if !t.After(now) && !s.past {
		t = time.Date(y, m, d+1, a, b, 0, 0, now.Location())
	}
	return s.moment(t, now)
}

func onlyDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func (s *slot) inRange(v float64) bool {
	if s.min == nil && s.max == nil && s.typ != NumberSlot {
		return true
	}
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (s.min == nil || v >= *s.min) && (s.max == nil || v <= *s.max)
}

// vocabulary is what the recogniser may hear when this slot is asked for.
func (s *slot) vocabulary(language string) []string {
	switch s.typ {
	case TimeSlot, DateSlot, DurationSlot:
		// Without the bare numbers: the recogniser knows one list for the whole
		// call, and takes much for a short word that is on it.
		return nlu.TimeVocabulary(language)
	case NumberSlot, DigitsSlot, PhoneSlot, OrdinalSlot, IDSlot:
		return nlu.NumberVocabulary(language)
	case MoneySlot, PercentSlot, PlateSlot:
		return slices.Concat(nlu.NumberVocabulary(language), typeWords(s.typ, nlu.IsChinese(language)))
	case BooleanSlot, ConsentSlot:
		return nlu.BooleanVocabulary(language)
	case ChoiceSlot:
		var out []string
		for _, c := range s.choices {
			out = append(out, c.phrases...)
		}
		return out
	case EntitySlot:
		return s.entity.vocabulary()
	}
	return nil
}

// keySpec is how the slot is keyed in when the flow does not say.
func (s *slot) keySpec() keySpec {
	switch s.typ {
	case BooleanSlot, ConsentSlot:
		return keySpec{max: 1}
	case ChoiceSlot:
		longest := 0
		for _, c := range s.choices {
			longest = max(longest, len(c.digits))
		}
		return keySpec{max: longest}
	case TimeSlot, DateSlot:
		return keySpec{max: 4, terminator: "#"}
	case NumberSlot, PhoneSlot, MoneySlot:
		return keySpec{max: 15, terminator: "#"}
	case PercentSlot, OrdinalSlot, DurationSlot:
		return keySpec{max: 6, terminator: "#"}
	case IDSlot:
		return keySpec{max: 18, terminator: "#"}
	case DigitsSlot:
		if s.max != nil {
			return keySpec{max: int(*s.max), terminator: "#"}
		}
		return keySpec{max: 20, terminator: "#"}
	case EntitySlot:
		return s.entity.keySpec()
	}
	return keySpec{}
}
