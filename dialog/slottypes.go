package dialog

import (
	"encoding/json"
	"errors"
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
	TextSlot      SlotType = "text"      // string: the customer's words
	ChoiceSlot    SlotType = "choice"    // string: one of its choices
	NumberSlot    SlotType = "number"    // float64
	MoneySlot     SlotType = "money"     // float64, in the slot's currency
	PercentSlot   SlotType = "percent"   // float64: 0.2 for twenty percent
	OrdinalSlot   SlotType = "ordinal"   // float64: 3 for the third
	DigitsSlot    SlotType = "digits"    // string of 0-9
	PhoneSlot     SlotType = "phone"     // string of 0-9, perhaps with a leading +
	IDSlot        SlotType = "id"        // string: an identity number whose check digit is right
	PlateSlot     SlotType = "plate"     // string: a licence plate, upper case
	EmailSlot     SlotType = "email"     // string, lower case
	NameSlot      SlotType = "name"      // string
	AddressSlot   SlotType = "address"   // string
	TimeSlot      SlotType = "time"      // time.Time: day and hour
	DateSlot      SlotType = "date"      // time.Time: midnight in the contact's zone
	DurationSlot  SlotType = "duration"  // Span
	BooleanSlot   SlotType = "boolean"   // bool
	ConsentSlot   SlotType = "consent"   // Consent
	RecordingSlot SlotType = "recording" // string: what to find the recording by
	EntitySlot    SlotType = "entity"    // string: a value of one of the flow's entities
)

// slotTypes are the types a flow can name; entity is named by its own key.
var slotTypes = []string{"text", "choice", "number", "money", "percent", "ordinal", "digits", "phone", "id", "plate", "email", "name", "address",
	"time", "date", "duration", "boolean", "consent", "recording"}

// Span is a length of time as people say it. It is written as ISO 8601 has it:
// P3M, P10D, PT1H30M.
type Span struct{ nlu.Span }

// Consent is what a customer said when he was asked to agree, and when.
type Consent struct {
	Given    bool          `json:"given" expr:"given"`
	At       time.Time     `json:"at,omitzero" expr:"at"`
	Position time.Duration `json:"position,omitempty" expr:"position"` // since the answer: where it is in the recording
	Words    string        `json:"words,omitempty" expr:"words"`
}

// String is true or false, as other programs read it.
func (c Consent) String() string { return strconv.FormatBool(c.Given) }

// The mean lengths by which spans are compared.
const (
	dayLength   = 24 * 3600.0
	monthLength = 365.2425 / 12 * dayLength
)

// InSeconds is about how long a span is: a month counts 30.44 days.
func (s Span) InSeconds() float64 {
	return float64(s.Years*12+s.Months)*monthLength + float64(s.Days)*dayLength + s.Clock.Seconds()
}

// InMinutes is InSeconds in minutes.
func (s Span) InMinutes() float64 { return s.InSeconds() / 60 }

// InHours is InSeconds in hours.
func (s Span) InHours() float64 { return s.InSeconds() / 3600 }

// InDays is InSeconds in days.
func (s Span) InDays() float64 { return s.InSeconds() / dayLength }

// InMonths is InSeconds in months; of whole months and years it is exact.
func (s Span) InMonths() float64 {
	return float64(s.Years*12+s.Months) + (float64(s.Days)*dayLength+s.Clock.Seconds())/monthLength
}

// String is the span as ISO 8601 has it.
func (s Span) String() string {
	var b strings.Builder
	b.WriteByte('P')
	part := func(n int64, unit byte) {
		if n != 0 {
			b.WriteString(strconv.FormatInt(n, 10))
			b.WriteByte(unit)
		}
	}
	part(int64(s.Years), 'Y')
	part(int64(s.Months), 'M')
	part(int64(s.Days), 'D')
	if s.Clock != 0 || b.Len() == 1 {
		b.WriteByte('T')
		part(int64(s.Clock/time.Hour), 'H')
		part(int64(s.Clock%time.Hour/time.Minute), 'M')
		if rest := s.Clock % time.Minute; rest != 0 || b.String() == "PT" {
			seconds := strconv.FormatInt(int64(rest/time.Second), 10)
			if fraction := rest % time.Second; fraction != 0 {
				seconds = strings.TrimRight(fmt.Sprintf("%d.%09d", rest.Abs()/time.Second, fraction.Abs()), "0")
				if rest < 0 {
					seconds = "-" + seconds
				}
			}
			b.WriteString(seconds + "S")
		}
	}
	return b.String()
}

// MarshalText implements encoding.TextMarshaler.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Span) UnmarshalText(text []byte) error {
	v, err := ParseSpan(string(text))
	if err == nil {
		*s = v
	}
	return err
}

var errSpan = errors.New("no length of time: write P3M, PT1H30M, 90m or 3 days")

// ParseSpan reads P3M10D and PT1H30M, Go's 1h30m, and 3 days, 2 weeks, 6 months.
func ParseSpan(text string) (Span, error) {
	text = strings.TrimSpace(text)
	if d, err := time.ParseDuration(text); err == nil {
		return Span{nlu.Span{Clock: d}}, nil
	}
	if rest, ok := strings.CutPrefix(text, "P"); ok {
		return parseISOSpan(rest)
	}
	number, unit, _ := strings.Cut(text, " ")
	if unit == "" {
		i := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
		if i <= 0 {
			return Span{}, errSpan
		}
		number, unit = text[:i], text[i:]
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < -100_000 || n > 100_000 {
		return Span{}, errSpan
	}
	switch strings.TrimSuffix(strings.TrimSpace(unit), "s") {
	case "year", "y":
		return Span{nlu.Span{Years: n}}, nil
	case "month", "mo":
		return Span{nlu.Span{Months: n}}, nil
	case "week", "w":
		return Span{nlu.Span{Days: 7 * n}}, nil
	case "day", "d":
		return Span{nlu.Span{Days: n}}, nil
	case "hour":
		return Span{nlu.Span{Clock: time.Duration(n) * time.Hour}}, nil
	case "minute":
		return Span{nlu.Span{Clock: time.Duration(n) * time.Minute}}, nil
	case "second":
		return Span{nlu.Span{Clock: time.Duration(n) * time.Second}}, nil
	}
	return Span{}, errSpan
}

func parseISOSpan(rest string) (Span, error) {
	var s Span
	date, clock, hasClock := strings.Cut(rest, "T")
	if date == "" && clock == "" || hasClock && clock == "" {
		return Span{}, errSpan
	}
	for date != "" {
		i := strings.IndexAny(date, "YMWD")
		if i < 1 {
			return Span{}, errSpan
		}
		n, err := strconv.ParseInt(date[:i], 10, 32)
		if err != nil {
			return Span{}, errSpan
		}
		switch date[i] {
		case 'Y':
			s.Years += int(n)
		case 'M':
			s.Months += int(n)
		case 'W':
			s.Days += 7 * int(n)
		default:
			s.Days += int(n)
		}
		date = date[i+1:]
	}
	for clock != "" {
		i := strings.IndexAny(clock, "HMS")
		if i < 1 {
			return Span{}, errSpan
		}
		d, err := time.ParseDuration(clock[:i] + strings.ToLower(clock[i:i+1]))
		if err != nil {
			return Span{}, errSpan
		}
		s.Clock += d
		clock = clock[i+1:]
	}
	return s, nil
}

// isMoment tells whether the slot holds a time.
func (s *slot) isMoment() bool { return s.typ == TimeSlot || s.typ == DateSlot }

// zero is what an unset slot reads as in an expression.
func (s *slot) zero() any {
	switch s.typ {
	case NumberSlot, MoneySlot, PercentSlot, OrdinalSlot:
		return 0.0
	case BooleanSlot:
		return false
	case TimeSlot, DateSlot:
		return time.Time{}
	case DurationSlot:
		return Span{}
	case ConsentSlot:
		return Consent{}
	}
	return ""
}

// accept checks a value that did not come from the customer: a literal, an
// expression's result, a contact's field, JSON.
func (s *slot) accept(v any, zone *time.Location) (any, error) {
	bad := func() (any, error) {
		return nil, fmt.Errorf("%v (%T) is no value for the %s %s", v, v, s.typ, s.name)
	}
	switch s.typ {
	case NumberSlot, MoneySlot, PercentSlot, OrdinalSlot:
		f, ok := s.acceptNumber(v)
		if !ok {
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
	case DurationSlot:
		if d, ok := acceptSpan(v); ok && s.inRange(d.InSeconds()) {
			return d, nil
		}
		return bad()
	case ConsentSlot:
		if c, ok := acceptConsent(v, zone); ok {
			return c, nil
		}
		return bad()
	}
	str, ok := v.(string)
	if !ok {
		f, isNumber := toFloat(v)
		if !isNumber || s.typ != TextSlot {
			return bad()
		}
		str = strconv.FormatFloat(f, 'f', -1, 64)
	}
	if !s.acceptText(str) {
		return bad()
	}
	return str, nil
}

func (s *slot) acceptText(str string) bool {
	switch s.typ {
	case ChoiceSlot:
		return slices.ContainsFunc(s.choices, func(c choice) bool { return c.name == str })
	case EntitySlot:
		return s.entity.has(str)
	case DigitsSlot:
		return onlyDigits(str)
	case PhoneSlot:
		return onlyDigits(strings.TrimPrefix(str, "+"))
	case IDSlot, PlateSlot:
		return strings.IndexFunc(str, audible) >= 0 && strings.IndexFunc(str, func(r rune) bool { return r < ' ' }) < 0 && len(str) <= 64
	case EmailSlot:
		return strings.Count(str, "@") == 1 && !strings.ContainsAny(str, " \t\r\n<>")
	}
	return true
}

func (s *slot) acceptNumber(v any) (float64, bool) {
	if text, ok := v.(string); ok && s.typ == PercentSlot {
		if n, percent := strings.CutSuffix(strings.TrimSpace(text), "%"); percent {
			f, ok := toFloat(n)
			return f / 100, ok && s.inRange(f/100)
		}
	}
	f, ok := toFloat(v)
	if math.IsNaN(f) || math.IsInf(f, 0) || s.typ == OrdinalSlot && f != math.Trunc(f) {
		return 0, false
	}
	return f, ok && s.inRange(f)
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

func acceptSpan(v any) (Span, bool) {
	switch d := v.(type) {
	case Span:
		return d, true
	case nlu.Span:
		return Span{d}, true
	case time.Duration:
		return Span{nlu.Span{Clock: d}}, true
	case string:
		s, err := ParseSpan(d)
		return s, err == nil
	}
	return Span{}, false
}

// acceptConsent takes a consent, what JSON made of one, or a plain yes or no.
func acceptConsent(v any, zone *time.Location) (Consent, bool) {
	switch c := v.(type) {
	case Consent:
		return c, true
	case bool:
		return Consent{Given: c}, true
	case map[string]any:
		data, err := json.Marshal(c)
		if err != nil {
			return Consent{}, false
		}
		var out Consent
		if err := json.Unmarshal(data, &out); err != nil {
			return Consent{}, false
		}
		if !out.At.IsZero() {
			out.At = out.At.In(zone)
		}
		return out, true
	}
	return Consent{}, false
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
		return parseDecimal(strings.ReplaceAll(strings.TrimSpace(n), ",", ""))
	}
	return 0, false
}

func parseDecimal(s string) (float64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}
