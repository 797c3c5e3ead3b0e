package nlu_test

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/dialwright/dialwright/nlu"
)

// spokenRow is one line of testdata/values.en.tsv.
type spokenRow struct {
	line       int
	kind       nlu.Kind
	text, want string
	start, end int // -1: not given
	options    nlu.ReadOptions
}

func englishRows(t testing.TB) []spokenRow {
	t.Helper()
	f, err := os.Open("testdata/values.en.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []spokenRow
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		if line := s.Text(); line != "" && line[0] != '#' {
			row, err := parseRow(line)
			if err != nil {
				t.Fatalf("values.en.tsv:%d: %v", n, err)
			}
			row.line = n
			rows = append(rows, row)
		}
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func parseRow(line string) (spokenRow, error) {
	f := strings.Split(line, "\t")
	if len(f) < 3 || len(f) > 4 {
		return spokenRow{}, fmt.Errorf("%d columns, want kind, text, value and perhaps options", len(f))
	}
	r := spokenRow{kind: nlu.Kind(f[0]), text: f[1], want: f[2], start: -1, end: -1, options: nlu.ReadOptions{Language: "en", Now: ref}}
	if i := strings.IndexByte(r.text, '['); i >= 0 {
		j := strings.IndexByte(r.text, ']')
		if j < i {
			return r, fmt.Errorf("[ without ]")
		}
		r.start, r.end = utf8.RuneCountInString(r.text[:i]), utf8.RuneCountInString(r.text[:j])-1
		r.text = r.text[:i] + r.text[i+1:j] + r.text[j+1:]
	}
	if len(f) == 4 {
		for o := range strings.FieldsSeq(f[3]) {
			key, value, _ := strings.Cut(o, "=")
			switch key {
			case "asked":
				r.options.Asked = true
			case "region":
				r.options.Region = value
			case "language":
				r.options.Language = value
			default:
				return r, fmt.Errorf("unknown option %q", o)
			}
		}
	}
	return r, nil
}

// written is a value as the table has it.
func written(v nlu.Value, ok bool) string {
	if !ok {
		return "-"
	}
	number := strconv.FormatFloat(math.Round(v.Number*1e10)/1e10, 'f', -1, 64)
	switch v.Kind {
	case nlu.KindNumber, nlu.KindPercent, nlu.KindOrdinal:
		return number
	case nlu.KindMoney:
		return strings.TrimSpace(number + " " + v.Currency)
	case nlu.KindTime:
		return v.Time.Format("2006-01-02 15:04")
	case nlu.KindDate:
		if v.Time.Hour() != 0 || v.Time.Minute() != 0 {
			return "not midnight"
		}
		return v.Time.Format("2006-01-02")
	case nlu.KindDuration:
		return isoSpan(v.Span)
	case nlu.KindBoolean:
		return map[float64]string{0: "no", 1: "yes"}[v.Number]
	}
	return v.Text
}

func isoSpan(s nlu.Span) string {
	var out strings.Builder
	out.WriteByte('P')
	part := func(n int, unit string) {
		if n != 0 {
			fmt.Fprint(&out, n, unit)
		}
	}
	part(s.Years, "Y")
	part(s.Months, "M")
	part(s.Days, "D")
	if s.Clock != 0 {
		out.WriteByte('T')
		part(int(s.Clock/time.Hour), "H")
		part(int(s.Clock%time.Hour/time.Minute), "M")
		part(int(s.Clock%time.Minute/time.Second), "S")
	}
	return out.String()
}

func TestEnglishValues(t *testing.T) {
	rows := englishRows(t)
	none := 0
	for _, r := range rows {
		v, ok := nlu.Read(r.kind, r.text, r.options)
		if got := written(v, ok); got != r.want {
			t.Errorf("values.en.tsv:%d: %s %q is %q, want %q", r.line, r.kind, r.text, got, r.want)
			continue
		}
		if !ok {
			none++
			continue
		}
		if r.start >= 0 && (v.Start != r.start || v.End != r.end) {
			t.Errorf("values.en.tsv:%d: %s %q takes characters %d to %d, want %d to %d", r.line, r.kind, r.text, v.Start, v.End, r.start, r.end)
		}
		if v.Start < 0 || v.Start >= v.End || v.End > utf8.RuneCountInString(r.text) {
			t.Errorf("values.en.tsv:%d: %q: characters %d to %d", r.line, r.text, v.Start, v.End)
		}
	}
	if len(rows)-none < 450 || none < 60 {
		t.Errorf("%d values and %d times none: the table has shrunk", len(rows)-none, none)
	}
}

// The words of a value mean the same by themselves, but for amounts and lengths
// of time, to which the far end of a range may lend its unit.
func TestEnglishValuesStandAlone(t *testing.T) {
	for _, r := range englishRows(t) {
		v, ok := nlu.Read(r.kind, r.text, r.options)
		if !ok || r.start < 0 {
			continue
		}
		o := r.options
		o.Asked = true
		alone := string([]rune(r.text)[v.Start:v.End])
		again, ok := nlu.Read(r.kind, alone, o)
		if a, b := written(again, ok), written(v, true); a != b && r.kind != nlu.KindDuration && r.kind != nlu.KindMoney {
			t.Errorf("%s %q is %q, but %q in %q", r.kind, alone, a, b, r.text)
		}
	}
}

// Everything that is read in lower case is read in capitals and with a full
// stop, as a recogniser with punctuation writes it.
func TestEnglishValuesPunctuated(t *testing.T) {
	for _, r := range englishRows(t) {
		if r.kind == nlu.KindName || r.kind == nlu.KindAddress || strings.ContainsRune(r.text, '°') {
			continue // they keep the capitals of the transcript
		}
		first, n := utf8.DecodeRuneInString(r.text)
		text := strings.ToUpper(string(first)) + r.text[n:] + "."
		v, ok := nlu.Read(r.kind, text, r.options)
		if got := written(v, ok); got != r.want {
			t.Errorf("values.en.tsv:%d: %s %q is %q, want %q", r.line, r.kind, text, got, r.want)
		}
	}
}

func FuzzReadEnglish(f *testing.F) {
	for i, r := range englishRows(f) {
		if i%4 == 0 {
			f.Add(r.text, r.options.Asked, r.options.Region)
		}
	}
	kinds := []nlu.Kind{nlu.KindNumber, nlu.KindPercent, nlu.KindOrdinal, nlu.KindMoney, nlu.KindDigits, nlu.KindPhone, nlu.KindTime, nlu.KindDate,
		nlu.KindDuration, nlu.KindBoolean, nlu.KindID, nlu.KindPlate, nlu.KindEmail, nlu.KindName, nlu.KindAddress}
	f.Fuzz(func(t *testing.T, text string, asked bool, region string) {
		for _, k := range kinds {
			v, ok := nlu.Read(k, text, nlu.ReadOptions{Language: "en", Now: ref, Region: region, Asked: asked})
			if !ok {
				if v != (nlu.Value{Kind: k}) {
					t.Fatalf("%s %q: none, but %+v", k, text, v)
				}
				continue
			}
			if v.Start < 0 || v.Start >= v.End || v.End > utf8.RuneCountInString(text) {
				t.Fatalf("%s %q: characters %d to %d", k, text, v.Start, v.End)
			}
			checkEnglish(t, text, v)
		}
	})
}

func checkEnglish(t *testing.T, text string, v nlu.Value) {
	t.Helper()
	if math.IsNaN(v.Number) || math.IsInf(v.Number, 0) {
		t.Fatalf("%s %q is %v", v.Kind, text, v.Number)
	}
	digits := strings.Trim(v.Text, "0123456789")
	switch v.Kind {
	case nlu.KindDigits:
		if v.Text == "" || digits != "" {
			t.Fatalf("digits %q are %q", text, v.Text)
		}
	case nlu.KindPhone:
		if n := len(strings.TrimPrefix(v.Text, "+")); n < 5 || n > 15 || digits != "" && digits != "+" {
			t.Fatalf("the number %q is %q", text, v.Text)
		}
	case nlu.KindTime:
		if v.Time.Before(ref.AddDate(0, 0, -1)) || v.Time.After(ref.AddDate(9, 0, 0)) {
			t.Fatalf("%q is %v, far from %v", text, v.Time, ref)
		}
	case nlu.KindDate:
		if v.Time.Year() < 1900 || v.Time.Year() > ref.Year()+100 || v.Time.Hour() != 0 {
			t.Fatalf("%q is %v", text, v.Time)
		}
	case nlu.KindDuration:
		if s := v.Span; s.Years < 0 || s.Months < 0 || s.Days < 0 || s.Clock < 0 {
			t.Fatalf("%q is %+v", text, s)
		}
	case nlu.KindBoolean:
		if v.Number != 0 && v.Number != 1 {
			t.Fatalf("%q is %v", text, v.Number)
		}
	case nlu.KindEmail, nlu.KindName, nlu.KindAddress, nlu.KindPlate, nlu.KindID:
		if strings.TrimSpace(v.Text) == "" {
			t.Fatalf("%s %q is empty", v.Kind, text)
		}
	}
}

func BenchmarkReadEnglish(b *testing.B) {
	rows := englishRows(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r := &rows[i%len(rows)]
		nlu.Read(r.kind, r.text, r.options)
	}
}
