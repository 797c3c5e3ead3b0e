package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// pageWidth is what every table fits into.
const pageWidth = 80

// table is rows of cells under headings. Wide columns are cut so that a row
// fits pageWidth; characters that take two cells count as two.
type table struct {
	heads []string
	rows  [][]string
	whole int // so many columns from the left are never cut: ids, to be copied
}

func newTable(heads ...string) *table { return &table{heads: heads} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// measure counts terminal cells. The locale must not change a table: with
// EastAsianWidth off only truly wide characters count as two.
func measure() *runewidth.Condition {
	return &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}
}

const gap = 2 // blanks between columns

func (t *table) widths(cond *runewidth.Condition) []int {
	w := make([]int, len(t.heads))
	for i, h := range t.heads {
		w[i] = cond.StringWidth(h)
	}
	for _, r := range t.rows {
		for i, c := range r {
			w[i] = max(w[i], cond.StringWidth(oneLine(c)))
		}
	}
	for total(w) > pageWidth {
		widest := -1
		for i := t.whole; i < len(w); i++ {
			if widest < 0 || w[i] > w[widest] {
				widest = i
			}
		}
		if widest < 0 || w[widest] <= 4 {
			break // more columns than the page can hold
		}
		w[widest]--
	}
	return w
}

func total(w []int) int {
	sum := gap * (len(w) - 1)
	for _, n := range w {
		sum += n
	}
	return sum
}

// oneLine takes control characters out: a contact's name must not move the
// cursor or end the row.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}

func (t *table) write(out io.Writer) error {
	cond := measure()
	w := t.widths(cond)
	var b strings.Builder
	for _, r := range append([][]string{t.heads}, t.rows...) {
		var line strings.Builder
		for i, c := range r {
			cell := cond.Truncate(oneLine(c), w[i], "…")
			line.WriteString(cell)
			if i < len(r)-1 {
				line.WriteString(strings.Repeat(" ", w[i]-cond.StringWidth(cell)+gap))
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}

// details are names and values, one below the other, wrapped and never cut.
type details [][2]string

func (d *details) row(name, value string) { *d = append(*d, [2]string{name, value}) }

func (a *app) showDetails(d details) {
	const indent = 13
	for _, r := range d {
		lines := wrap(oneLine(r[1]), pageWidth-indent)
		a.printf("%-*s%s\n", indent, r[0], strings.Join(lines, "\n"+strings.Repeat(" ", indent)))
	}
}

// show prints v as JSON under --json, else the table.
func (a *app) show(v any, t *table) error {
	if a.json {
		return a.showJSON(v)
	}
	return t.write(a.out)
}

func (a *app) showJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// say prints a line for people; under --json it prints v instead.
func (a *app) say(v any, format string, args ...any) error {
	if a.json {
		return a.showJSON(v)
	}
	a.printf(format+"\n", args...)
	return nil
}
