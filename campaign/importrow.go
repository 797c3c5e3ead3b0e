package campaign

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/compliance"
)

// Reject is a row, or one cell of it, that was not imported.
type Reject struct {
	Line   int    `json:"line"`   // in the file, from 1
	Column string `json:"column"` // its header; empty: the row as a whole
	Reason string `json:"reason"`
	// Kept is set when the contact was imported without this cell.
	Kept bool `json:"kept,omitempty"`
}

const maxField = 4096 // bytes of one cell

// contact makes a contact of a row. Each reject says what is wrong; unless all
// are Kept, there is no contact.
func (h header) contact(cells []string, region string, rejects []Reject) (Contact, []Reject) {
	c := Contact{}
	refuse := func(i int, format string, args ...any) {
		rejects = append(rejects, Reject{Column: h.names[i], Reason: fmt.Sprintf(format, args...)})
	}
	var bad []Reject // numbers
	for i, cell := range cells {
		if i >= len(h.roles) {
			break
		}
		text := strings.TrimSpace(cell)
		if h.roles[i] == ColumnSkip || text == "" && h.roles[i] != ColumnNumber {
			continue
		}
		if len(text) > maxField {
			refuse(i, "the cell is %d bytes long, at most %d are kept", len(text), maxField)
			continue
		}
		if !validText(text) {
			refuse(i, "%q holds characters that are no text", text)
			continue
		}
		var err error
		switch h.roles[i] {
		case ColumnNumber:
			if text == "" {
				continue
			}
			var n dialwright.Number
			if n, err = cellNumber(text, region); err != nil {
				bad = append(bad, Reject{Column: h.names[i], Reason: err.Error()})
			} else if !slices.Contains(c.Numbers, n) {
				c.Numbers = append(c.Numbers, n)
			}
			continue
		case ColumnName:
			c.Name = text
		case ColumnZone:
			_, err = compliance.LoadZone(text)
			c.Zone = text
		case ColumnLanguage:
			c.Language, err = cellLanguage(text)
		case ColumnKey:
			c.ImportKey = text
		default:
			if c.Fields == nil {
				c.Fields = map[string]any{}
			}
			c.Fields[h.roles[i]] = text
		}
		if err != nil {
			refuse(i, "%v", err)
		}
	}
	return h.finish(c, rejects, bad)
}

// finish looks at the contact as a whole. A contact with one good number is
// one, whatever its other numbers are.
func (h header) finish(c Contact, rejects, bad []Reject) (Contact, []Reject) {
	first := h.names[h.of(ColumnNumber)[0]]
	if len(c.Numbers) == 0 && len(bad) == 0 {
		rejects = append(rejects, Reject{Column: first, Reason: "there is no number"})
	}
	for _, b := range bad {
		b.Kept = len(c.Numbers) > 0 && len(rejects) == 0
		rejects = append(rejects, b)
	}
	if len(c.Numbers) > 60 {
		rejects = append(rejects, Reject{Column: first, Reason: fmt.Sprintf("%d numbers; a contact has 60 at most", len(c.Numbers))})
	}
	if len(h.of(ColumnKey)) > 0 && c.ImportKey == "" {
		rejects = append(rejects, Reject{Column: h.names[h.of(ColumnKey)[0]], Reason: "there is no key"})
	}
	if c.ImportKey == "" && len(c.Numbers) > 0 {
		c.ImportKey = string(c.Numbers[0])
	}
	return c, rejects
}

func rejected(all []Reject) bool {
	return slices.ContainsFunc(all, func(r Reject) bool { return !r.Kept })
}

// cellNumber reads a number as spreadsheets leave it.
func cellNumber(text, region string) (dialwright.Number, error) {
	text = strings.TrimLeft(text, "'’") // Excel's mark for text
	if i := strings.IndexAny(text, "eE"); i > 0 && strings.Trim(text, "0123456789.,+-eE") == "" {
		return "", fmt.Errorf("%w: %q was shortened by a spreadsheet; format the column as text and export again", dialwright.ErrNumber, text)
	}
	return dialwright.ParseNumber(text, region)
}

// cellLanguage reads a BCP 47 tag, or the names people write.
func cellLanguage(text string) (string, error) {
	switch strings.ToLower(text) {
	case "chinese", "mandarin", "cn", "中文", "汉语", "普通话", "中文普通话":
		return "zh", nil
	case "english", "英文", "英语":
		return "en", nil
	}
	tag, err := language.Parse(text)
	if err != nil {
		return "", fmt.Errorf("%q is no language tag such as en or zh-CN", text)
	}
	return tag.String(), nil
}
