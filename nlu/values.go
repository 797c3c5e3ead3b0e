package nlu

import "time"

// Kind is a kind of value people say.
type Kind string

// The kinds, with the fields of Value they fill.
const (
	KindNumber   Kind = "number"   // Number; fractions and decimals too
	KindPercent  Kind = "percent"  // Number: 0.2 for twenty percent; 0.8 for 八折, the share that is paid
	KindOrdinal  Kind = "ordinal"  // Number: 3 for the third
	KindMoney    Kind = "money"    // Number, Currency
	KindDigits   Kind = "digits"   // Text of 0-9
	KindPhone    Kind = "phone"    // Text of 0-9, perhaps with a leading +, and ;ext= with an extension (RFC 3966)
	KindTime     Kind = "time"     // Time, Grain: a day and an hour
	KindDate     Kind = "date"     // Time: midnight in the zone of Now
	KindDuration Kind = "duration" // Span
	KindBoolean  Kind = "boolean"  // Number: 1 or 0
	KindID       Kind = "id"       // Text: a resident identity number whose check digit is right
	KindPlate    Kind = "plate"    // Text: a licence plate, upper case, without blanks
	KindEmail    Kind = "email"    // Text, lower case
	KindName     Kind = "name"     // Text: a person's name
	KindAddress  Kind = "address"  // Text
)

// Value is a value that was said.
type Value struct {
	Kind       Kind
	Number     float64
	Text       string
	Currency   string // ISO 4217; empty when none was named
	Time       time.Time
	Grain      Grain
	Span       Span
	Start, End int // where it stands in the text, in characters; End exclusive
}

// Span is a length of time as people say it: a month is not a number of days.
// All parts have the same sign.
type Span struct {
	Years, Months, Days int
	Clock               time.Duration // hours and below
}

// After is the moment a span after t, in t's zone.
func (s Span) After(t time.Time) time.Time {
	return t.AddDate(s.Years, s.Months, s.Days).Add(s.Clock)
}

// ReadOptions says how to read values.
type ReadOptions struct {
	Language string
	Now      time.Time // when it was said, in the speaker's zone
	Region   string    // ISO 3166 of the speaker, for telephone numbers and money; empty: unknown
	// Asked is set right after the question for this kind of value: then a bare
	// "three" is an hour, "two fifty" an amount.
	Asked bool
}

// Read finds the first value of a kind in text. ok is false when there is
// none, or one that cannot be (the 31st of February, a wrong check digit).
func Read(kind Kind, text string, o ReadOptions) (v Value, ok bool) {
	if IsChinese(o.Language) {
		v, ok = zhRead(kind, text, o)
	} else {
		v, ok = enRead(kind, text, o)
	}
	v.Kind = kind
	return v, ok
}
