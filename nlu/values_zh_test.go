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

// zhRow is a line of testdata/values.zh.tsv, which explains itself.
type zhRow struct {
	line               int
	kind               nlu.Kind
	text, want, covers string
	options            nlu.ReadOptions
}

func zhRows(t testing.TB) []zhRow {
	t.Helper()
	f, err := os.Open("testdata/values.zh.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []zhRow
	scan := bufio.NewScanner(f)
	for line := 1; scan.Scan(); line++ {
		if scan.Text() == "" || strings.HasPrefix(scan.Text(), "#") {
			continue
		}
		c := append(strings.Split(scan.Text(), "\t"), "", "")
		if len(c) < 5 {
			t.Fatalf("line %d has fewer than three columns", line)
		}
		r := zhRow{line: line, kind: nlu.Kind(c[0]), text: c[1], want: c[2], covers: c[4]}
		r.options = nlu.ReadOptions{Language: "zh", Now: ref, Region: "CN"}
		for option := range strings.FieldsSeq(c[3]) {
			if region, ok := strings.CutPrefix(option, "region="); ok {
				r.options.Region = region
			} else if option == "asked" {
				r.options.Asked = true
			} else {
				t.Fatalf("line %d: unknown option %q", line, option)
			}
		}
		rows = append(rows, r)
	}
	if err := scan.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// zhISO writes a span as ISO 8601 does.
func zhISO(s nlu.Span) string {
	out, clock := "P", s.Clock
	for _, p := range []struct {
		n    int
		unit string
	}{{s.Years, "Y"}, {s.Months, "M"}, {s.Days, "D"}} {
		if p.n != 0 {
			out += strconv.Itoa(p.n) + p.unit
		}
	}
	if clock == 0 {
		return out
	}
	out += "T"
	for _, p := range []struct {
		d    time.Duration
		unit string
	}{{time.Hour, "H"}, {time.Minute, "M"}, {time.Second, "S"}} {
		if n := clock / p.d; n != 0 {
			out += strconv.Itoa(int(n)) + p.unit
			clock %= p.d
		}
	}
	return out
}

// zhWritten is a value as the table writes it.
func zhWritten(v nlu.Value) string {
	number := strconv.FormatFloat(math.Round(v.Number*1e7)/1e7, 'f', -1, 64)
	switch v.Kind {
	case nlu.KindNumber, nlu.KindPercent, nlu.KindOrdinal:
		return number
	case nlu.KindMoney:
		return strings.TrimSpace(number + " " + v.Currency)
	case nlu.KindTime:
		return v.Time.Format("2006-01-02 15:04")
	case nlu.KindDate:
		return v.Time.Format(time.DateOnly)
	case nlu.KindDuration:
		return zhISO(v.Span)
	case nlu.KindBoolean:
		return map[float64]string{0: "no", 1: "yes"}[v.Number]
	}
	return v.Text
}

func TestReadChinese(t *testing.T) {
	rows := zhRows(t)
	none := 0
	for _, r := range rows {
		got := "-"
		v, ok := nlu.Read(r.kind, r.text, r.options)
		if ok {
			got = zhWritten(v)
		}
		if r.want == "-" {
			none++
		}
		if got != r.want {
			t.Errorf("values.zh.tsv:%d: %s %q is %s, want %s", r.line, r.kind, r.text, got, r.want)
			continue
		}
		if covered := string([]rune(r.text)[v.Start:v.End]); r.covers != "" && covered != r.covers {
			t.Errorf("values.zh.tsv:%d: %s %q stands in %q, want %q", r.line, r.kind, r.text, covered, r.covers)
		}
	}
	if len(rows) < 2000 || none < 400 {
		t.Errorf("%d rows, %d of them with nothing to read: the table has shrunk", len(rows), none)
	}
}

func TestReadChineseGrain(t *testing.T) {
	for text, want := range map[string]nlu.Grain{"明天": nlu.GrainDay, "明天下午": nlu.GrainDaypart, "明天下午三点": nlu.GrainMinute, "半小时后": nlu.GrainMinute} {
		v, ok := nlu.Read(nlu.KindTime, text, nlu.ReadOptions{Language: "zh-CN", Now: ref})
		if !ok || v.Grain != want {
			t.Errorf("%q has grain %q %v, want %q", text, v.Grain, ok, want)
		}
	}
}

// A day is a day wherever the clocks change.
func TestReadChineseDayBeginsAtMidnight(t *testing.T) {
	for _, zone := range []string{"Asia/Shanghai", "America/Sao_Paulo", "Pacific/Apia"} {
		place, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2011, 12, 28, 23, 30, 0, 0, place)
		v, ok := nlu.Read(nlu.KindDate, "三天后", nlu.ReadOptions{Language: "zh", Now: now})
		if !ok || v.Time.Hour() != 0 || v.Time.Location() != place || v.Time.Format(time.DateOnly) != "2011-12-31" {
			t.Errorf("in %s three days on are %v %v", zone, v.Time, ok)
		}
	}
}

// A speech, or a recogniser gone mad, costs no more than its length.
func TestReadChineseLongText(t *testing.T) {
	for _, part := range []string{"一", "1", "三点", "一百", "不", "京", "我叫", "@", "点", "，", "2025-", "三个"} {
		text := strings.Repeat(part, 3000)
		for _, k := range zhKinds {
			if v, ok := nlu.Read(k, text, nlu.ReadOptions{Language: "zh", Now: ref}); ok && v.End > utf8.RuneCountInString(text) {
				t.Errorf("%s of %q repeated ends at %d", k, part, v.End)
			}
		}
	}
}

var zhKinds = []nlu.Kind{nlu.KindNumber, nlu.KindPercent, nlu.KindOrdinal, nlu.KindMoney, nlu.KindDigits, nlu.KindPhone, nlu.KindTime, nlu.KindDate,
	nlu.KindDuration, nlu.KindBoolean, nlu.KindID, nlu.KindPlate, nlu.KindEmail, nlu.KindName, nlu.KindAddress}

func FuzzReadChinese(f *testing.F) {
	for i, r := range zhRows(f) {
		if i%5 == 0 {
			f.Add(r.text, r.options.Asked)
		}
	}
	f.Add("\xff一\xfe万", true)
	f.Add(strings.Repeat("九", 400), false)
	f.Fuzz(func(t *testing.T, text string, asked bool) {
		for _, k := range zhKinds {
			v, ok := nlu.Read(k, text, nlu.ReadOptions{Language: "zh", Now: ref, Region: "CN", Asked: asked})
			if !ok {
				continue
			}
			if n := len([]rune(text)); v.Start < 0 || v.Start >= v.End || v.End > n {
				t.Fatalf("%s of %q stands at %d to %d of %d", k, text, v.Start, v.End, n)
			}
			if math.IsNaN(v.Number) || math.IsInf(v.Number, 0) {
				t.Fatalf("%s of %q is %v", k, text, v.Number)
			}
			if (k == nlu.KindTime || k == nlu.KindDate) && (v.Time.Year() < 1800 || v.Time.Year() > 2200 || v.Time.Location() != ref.Location()) {
				t.Fatalf("%s of %q is %v", k, text, v.Time)
			}
			if zhWritten(v) == "" {
				t.Fatalf("%s of %q is empty: %+v", k, text, v)
			}
		}
	})
}

func BenchmarkReadChinese(b *testing.B) {
	text := "嗯那个我大概明天下午三点半先还一万二千块，剩下的下个月十五号之前还清，我的电话是幺三八零零幺三八零零零"
	for _, k := range zhKinds {
		b.Run(fmt.Sprint(k), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				nlu.Read(k, text, nlu.ReadOptions{Language: "zh", Now: ref, Region: "CN"})
			}
		})
	}
}
