package flowtest

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/dialwright/dialwright/dialog"
)

// textual is a text to compare with. Blanks count as one; what stands between
// {{ and }} matches anything, so that a prompt can be copied from its flow.
type textual struct {
	source string
	plain  string         // without places
	re     *regexp.Regexp // with them
}

var place = regexp.MustCompile(`\{\{.*?\}\}`)

func newTextual(source string) *textual {
	t := &textual{source: source, plain: tidy(source)}
	spots := place.FindAllStringIndex(t.plain, -1)
	if spots == nil {
		return t
	}
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	from := 0
	for _, s := range spots {
		b.WriteString(regexp.QuoteMeta(t.plain[from:s[0]]) + `.*?`)
		from = s[1]
	}
	b.WriteString(regexp.QuoteMeta(t.plain[from:]) + `\z`)
	t.re = regexp.MustCompile(b.String())
	return t
}

func (t *textual) matches(said string) bool {
	said = tidy(said)
	if t.re != nil {
		return t.re.MatchString(said)
	}
	return said == t.plain
}

// tidy makes every run of blanks one.
func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// layouts in which a test may write a time.
var layouts = [...]string{time.RFC3339, "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02", "15:04"}

func sameTime(want string, got time.Time) bool {
	for _, layout := range layouts {
		t, err := time.ParseInLocation(layout, want, got.Location())
		switch {
		case err != nil:
		case layout == "15:04":
			return got.Hour() == t.Hour() && got.Minute() == t.Minute()
		case layout == "2006-01-02":
			return got.Format(layout) == want
		default:
			return got.Truncate(time.Second).Equal(t)
		}
	}
	return false
}

// same compares a value of the program's with one that a test wrote down. Of a
// mapping only the keys that are written matter.
func same(want, got any) bool {
	switch w := want.(type) {
	case nil:
		return got == nil
	case string:
		switch g := got.(type) {
		case string:
			return newTextual(w).matches(g)
		case time.Time:
			return sameTime(w, g)
		case dialog.Span:
			d, err := time.ParseDuration(w)
			return w == g.String() || err == nil && d.Seconds() == g.InSeconds()
		case fmt.Stringer:
			return w == g.String()
		case nil:
			return false
		}
		return reflect.ValueOf(got).Kind() == reflect.String && w == reflect.ValueOf(got).String()
	case float64:
		g, ok := number(got)
		return ok && math.Abs(g-w) <= 1e-9*math.Max(1, math.Abs(w))
	case bool:
		if c, ok := got.(dialog.Consent); ok {
			return c.Given == w
		}
		return got == want
	case map[string]any:
		g, ok := plain(got).(map[string]any)
		for k, v := range w {
			if !ok || !same(v, g[k]) {
				return false
			}
		}
		return ok
	case []any:
		g, ok := plain(got).([]any)
		if !ok || len(g) != len(w) {
			return false
		}
		for i := range w {
			if !same(w[i], g[i]) {
				return false
			}
		}
		return true
	}
	return false
}

func number(v any) (float64, bool) {
	r := reflect.ValueOf(v)
	switch {
	case v == nil:
	case r.CanInt():
		return float64(r.Int()), true
	case r.CanUint():
		return float64(r.Uint()), true
	case r.CanFloat():
		return r.Float(), true
	}
	return 0, false
}

// plain is a value as JSON would give it back.
func plain(v any) any {
	switch v.(type) {
	case map[string]any, []any, nil:
		return v
	}
	b, err := json.Marshal(v)
	var out any
	if err != nil || json.Unmarshal(b, &out) != nil {
		return nil
	}
	return out
}

// show is a value as a test would write it.
func show(v any) string {
	switch x := v.(type) {
	case nil:
		return "nothing"
	case string:
		return strconv.Quote(x)
	case time.Time:
		return x.Format("2006-01-02 15:04 MST")
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	if b, err := json.Marshal(v); err == nil {
		return string(b)
	}
	return fmt.Sprint(v)
}

// contrast puts what differs between two texts into brackets.
func contrast(want, got string) (string, string) {
	w, g := []rune(want), []rune(got)
	from := 0
	for from < len(w) && from < len(g) && w[from] == g[from] {
		from++
	}
	back := 0
	for back < len(w)-from && back < len(g)-from && w[len(w)-1-back] == g[len(g)-1-back] {
		back++
	}
	mark := func(r []rune) string {
		return string(r[:from]) + "[" + string(r[from:len(r)-back]) + "]" + string(r[len(r)-back:])
	}
	if from+back == 0 {
		return want, got // nothing in common: brackets would only disturb
	}
	return mark(w), mark(g)
}
