package dialog

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dialwright/dialwright/nlu"
)

// SlotType is what a slot can hold.
type SlotType string

// The types of slots, with the Go type of their values.
const (
	TextSlot    SlotType = "text"    // string: the customer's words
	ChoiceSlot  SlotType = "choice"  // string: one of its choices
	NumberSlot  SlotType = "number"  // float64
	DigitsSlot  SlotType = "digits"  // string of 0-9
	PhoneSlot   SlotType = "phone"   // string of 0-9, perhaps with a leading +
	TimeSlot    SlotType = "time"    // time.Time: day and hour
	DateSlot    SlotType = "date"    // time.Time: midnight in the contact's zone
	BooleanSlot SlotType = "boolean" // bool
)

var slotTypes = []string{"text", "choice", "number", "digits", "phone", "time", "date", "boolean"}

// slot is a declared value of the conversation.
type slot struct {
	name       string
	typ        SlotType
	at         pos
	min, max   *float64
	choices    []choice
	classifier nlu.Classifier // choices
}

type choice struct {
	name    string
	phrases []string
	digits  string
}

// heardContext is what a spoken value is understood with.
type heardContext struct {
	language string
	now      time.Time
	asked    bool // the slot was just asked for
}

// understand reads the slot's value out of an utterance.
func (s *slot) understand(text string, c heardContext) (any, bool) {
	switch s.typ {
	case TextSlot:
		t := strings.TrimSpace(text)
		return t, nlu.Words(t) > 0
	case NumberSlot:
		v, ok := nlu.ParseNumber(text, c.language)
		return v, ok && s.inRange(v)
	case DigitsSlot:
		d, ok := nlu.ParseDigits(text, c.language)
		return d, ok && s.inRange(float64(len(d)))
	case PhoneSlot:
		d, ok := nlu.ParseDigits(text, c.language)
		return d, ok && len(d) >= 5 && len(d) <= 15
	case TimeSlot, DateSlot:
		t, ok := nlu.ParseTime(text, nlu.TimeOptions{Language: c.language, Now: c.now, Bare: c.asked})
		if !ok {
			return nil, false
		}
		return s.moment(t.At, c.now)
	case BooleanSlot:
		v, ok := nlu.ParseBoolean(text)
		return v, ok
	case ChoiceSlot:
		among := make([]string, len(s.choices))
		for i, ch := range s.choices {
			among[i] = ch.name
		}
		best, ok := nlu.Decide(s.classifier.Classify(nlu.Query{Text: text, Among: among}), minScore, minMargin)
		return best.Intent, ok
	}
	return nil, false
}

func (s *slot) moment(at, now time.Time) (any, bool) {
	if s.typ == DateSlot {
		y, m, d := at.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, at.Location()), true
	}
	return at, at.After(now) // nobody can be called back in the past
}

// keyed reads the slot's value out of keys: 1 and 2 for yes and no, HHMM for a
// time, MMDD for a date, * for the decimal point.
func (s *slot) keyed(keys string, now time.Time) (any, bool) {
	switch s.typ {
	case NumberSlot:
		v, err := strconv.ParseFloat(strings.Replace(keys, "*", ".", 1), 64)
		return v, err == nil && s.inRange(v)
	case DigitsSlot:
		return keys, onlyDigits(keys) && s.inRange(float64(len(keys)))
	case PhoneSlot:
		return keys, onlyDigits(keys) && len(keys) >= 5 && len(keys) <= 15
	case BooleanSlot:
		return keys == "1", keys == "1" || keys == "2"
	case ChoiceSlot:
		for _, c := range s.choices {
			if c.digits != "" && c.digits == keys {
				return c.name, true
			}
		}
	case TimeSlot, DateSlot:
		if len(keys) != 4 || !onlyDigits(keys) {
			return nil, false
		}
		a, b := int(keys[0]-'0')*10+int(keys[1]-'0'), int(keys[2]-'0')*10+int(keys[3]-'0')
		return s.keyedMoment(a, b, now)
	}
	return nil, false
}

func (s *slot) keyedMoment(a, b int, now time.Time) (any, bool) {
	y, m, d := now.Date()
	if s.typ == DateSlot {
		t := time.Date(y, time.Month(a), b, 0, 0, 0, 0, now.Location())
		if t.Before(time.Date(y, m, d, 0, 0, 0, 0, now.Location())) {
			t = time.Date(y+1, time.Month(a), b, 0, 0, 0, 0, now.Location())
		}
		return t, int(t.Month()) == a && t.Day() == b
	}
	if a > 23 || b > 59 {
		return nil, false
	}
	t := time.Date(y, m, d, a, b, 0, 0, now.Location())
	if !t.After(now) {
		t = time.Date(y, m, d+1, a, b, 0, 0, now.Location())
	}
	return t, true
}

func onlyDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func (s *slot) inRange(v float64) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (s.min == nil || v >= *s.min) && (s.max == nil || v <= *s.max)
}

// accept checks a value that did not come from the customer: a literal, an
// expression's result, a contact's field, JSON.
func (s *slot) accept(v any, zone *time.Location) (any, error) {
	bad := func() (any, error) {
		return nil, fmt.Errorf("%v (%T) is no value for the %s %s", v, v, s.typ, s.name)
	}
	switch s.typ {
	case NumberSlot:
		f, ok := toFloat(v)
		if !ok || !s.inRange(f) {
			return bad()
		}
		return f, nil
	case BooleanSlot:
		switch b := v.(type) {
		case bool:
			return b, nil
		case string:
			if parsed, err := strconv.ParseBool(strings.TrimSpace(b)); err == nil {
				return parsed, nil
			}
		}
		return bad()
	case TimeSlot, DateSlot:
		return s.acceptTime(v, zone)
	}
	str, ok := v.(string)
	if !ok {
		f, isNumber := toFloat(v)
		if !isNumber || s.typ != TextSlot {
			return bad()
		}
		str = strconv.FormatFloat(f, 'f', -1, 64)
	}
	switch {
	case s.typ == ChoiceSlot && !slices.ContainsFunc(s.choices, func(c choice) bool { return c.name == str }),
		s.typ == DigitsSlot && !onlyDigits(str), s.typ == PhoneSlot && !onlyDigits(strings.TrimPrefix(str, "+")):
		return bad()
	}
	return str, nil
}

func (s *slot) acceptTime(v any, zone *time.Location) (any, error) {
	switch t := v.(type) {
	case time.Time:
		return t.In(zone), nil
	case string:
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly, "2006/1/2"} {
			if parsed, err := time.ParseInLocation(layout, strings.TrimSpace(t), zone); err == nil {
				return parsed.In(zone), nil
			}
		}
	}
	return nil, fmt.Errorf("%v is no value for the %s %s: write 2006-01-02 or 2006-01-02 15:04", v, s.typ, s.name)
}

func toFloat(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case float32:
		return float64(n), true
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	case string:
		f, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(n), ",", ""), 64)
		return f, err == nil
	}
	return 0, false
}

// zero is what an unset slot reads as in an expression.
func (s *slot) zero() any {
	switch s.typ {
	case NumberSlot:
		return 0.0
	case BooleanSlot:
		return false
	case TimeSlot, DateSlot:
		return time.Time{}
	}
	return ""
}

// vocabulary is what the recogniser may hear when this slot is asked for.
func (s *slot) vocabulary(language string) []string {
	switch s.typ {
	case TimeSlot, DateSlot:
		return nlu.TimeVocabulary(language)
	case NumberSlot, DigitsSlot, PhoneSlot:
		return nlu.NumberVocabulary(language)
	case BooleanSlot:
		return nlu.BooleanVocabulary(language)
	case ChoiceSlot:
		var out []string
		for _, c := range s.choices {
			out = append(out, c.phrases...)
		}
		return out
	}
	return nil
}

// keySpec is how the slot is keyed in when the flow does not say.
func (s *slot) keySpec() keySpec {
	switch s.typ {
	case BooleanSlot:
		return keySpec{max: 1}
	case ChoiceSlot:
		longest := 0
		for _, c := range s.choices {
			longest = max(longest, len(c.digits))
		}
		return keySpec{max: longest}
	case TimeSlot, DateSlot:
		return keySpec{max: 4, terminator: "#"}
	case NumberSlot, PhoneSlot:
		return keySpec{max: 15, terminator: "#"}
	case DigitsSlot:
		if s.max != nil {
			return keySpec{max: int(*s.max), terminator: "#"}
		}
		return keySpec{max: 20, terminator: "#"}
	}
	return keySpec{}
}
