package dialog

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

var updateReadout = flag.Bool("update-readout", false, "write what is said into the read-out tables, to be read before it is believed")

// TestReadout holds every row of the tables against what is said: kind, value,
// words. Today is Wednesday the 4th of June 2025.
func TestReadout(t *testing.T) {
	for _, language := range []string{"en", "zh"} {
		t.Run(language, func(t *testing.T) {
			file := "testdata/readout-" + language + ".tsv"
			table, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sp := speaker{chinese: language == "zh", now: time.Date(2025, 6, 4, 10, 30, 0, 0, time.UTC)}
			rows, perKind := 0, map[string]int{}
			var out strings.Builder
			for line := range strings.Lines(string(table)) {
				line = strings.TrimSuffix(line, "\n")
				if line == "" || strings.HasPrefix(line, "#") {
					fmt.Fprintln(&out, line)
					continue
				}
				cells := strings.Split(line, "\t")
				if len(cells) < 3 {
					cells = append(cells, "")
				}
				got, err := sp.row(cells[0], cells[1])
				if err != nil {
					t.Errorf("%s: %v", line, err)
				} else if got != cells[2] && !*updateReadout {
					t.Errorf("%s %s: said %q, want %q", cells[0], cells[1], got, cells[2])
				}
				fmt.Fprintf(&out, "%s\t%s\t%s\n", cells[0], cells[1], got)
				rows++
				perKind[strings.Split(cells[0], " ")[0]]++
			}
			if *updateReadout {
				if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if rows < 120 || len(perKind) < 10 {
				t.Errorf("only %d rows of %d kinds", rows, len(perKind))
			}
		})
	}
}

// row says one value; kind is a filter with its argument, if any, behind a blank.
func (sp speaker) row(kind, value string) (string, error) {
	kind, arg, _ := strings.Cut(kind, " ")
	switch kind {
	case "money", "number", "words", "ordinal", "percent":
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return "", err
		}
		return fmt.Sprint(filters[kind].apply(sp, v, filterCall{name: kind, args: strings.Fields(arg)}, &slot{typ: NumberSlot})), nil
	case "date", "time", "datetime", "weekday":
		layout := "2006-01-02 15:04"
		if len(value) == len(time.DateOnly) {
			layout = time.DateOnly
		}
		v, err := time.Parse(layout, value)
		if err != nil {
			return "", err
		}
		return fmt.Sprint(filters[kind].apply(sp, v, filterCall{name: kind}, nowPlace)), nil
	case "duration":
		v, err := ParseSpan(value)
		return sp.duration(v), err
	case "grouped":
		return sp.groups(value, groupSizes(arg)), nil
	}
	if f, ok := filters[kind]; ok {
		return fmt.Sprint(f.apply(sp, value, filterCall{name: kind}, textPlace)), nil
	}
	return sp.text(value, SlotType(kind), textPlace), nil
}
