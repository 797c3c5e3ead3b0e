package campaign

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// The roles a column can have in ImportOptions.Mapping. Any other role is the
// name of a field.
const (
	ColumnNumber   = "number"
	ColumnName     = "name"
	ColumnZone     = "zone"
	ColumnLanguage = "language"
	ColumnKey      = "key" // tells contacts apart when a file is read again; else the number does
	ColumnSkip     = "-"
)

// role is what a header means, "" when it is a field of the contact's own.
func role(header string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '_' || r == '-' || r == '.' || r == '(' || r == ')' {
			return -1
		}
		return unicode.ToLower(r)
	}, width.Narrow.String(header))
	switch strings.TrimRight(name, "0123456789") {
	case "number", "phone", "phonenumber", "telephone", "telephonenumber", "tel", "mobile", "mobilephone", "mobilenumber", "cell", "cellphone",
		"msisdn", "电话", "电话号码", "联系电话", "手机", "手机号", "手机号码", "号码", "备用电话", "電話", "手機", "手機號碼":
		return ColumnNumber
	}
	switch name {
	case "name", "fullname", "contactname", "customername", "姓名", "名字", "客户姓名", "联系人":
		return ColumnName
	case "zone", "timezone", "tz", "时区", "時區":
		return ColumnZone
	case "language", "lang", "语言", "语种", "語言":
		return ColumnLanguage
	case "importkey":
		return ColumnKey
	}
	return ""
}

// header says what each column is.
type header struct {
	names []string // as in the file
	roles []string
}

func (h header) of(want string) []int {
	var at []int
	for i, r := range h.roles {
		if r == want {
			at = append(at, i)
		}
	}
	return at
}

// newHeader reads a header row. mapping, by the columns' names, goes before
// what the names seem to mean.
func newHeader(cells []string, mapping map[string]string) (header, error) {
	h := header{names: make([]string, len(cells)), roles: make([]string, len(cells))}
	fields := map[string]string{}
	mapped := 0
	for i, cell := range cells {
		name := strings.TrimSpace(cell)
		to, ok := mapping[name]
		if ok {
			mapped++
		} else if to = role(name); to == "" {
			to = name
		}
		if to == "" { // a column without a name, as a trailing comma makes it
			to = ColumnSkip
		}
		h.names[i], h.roles[i] = name, to
		switch to {
		case ColumnNumber, ColumnSkip:
			continue
		}
		if other, twice := fields[to]; twice {
			return h, fmt.Errorf("%w: the columns %q and %q are both %s; map one of them to another name or to %q", ErrFile, other, name, to, ColumnSkip)
		}
		fields[to] = name
	}
	if mapped < len(mapping) {
		for name := range mapping {
			if !slices.Contains(h.names, name) {
				return h, fmt.Errorf("%w: the mapping names a column %q, but the columns are %s", ErrFile, name, quoted(h.names))
			}
		}
	}
	if len(h.of(ColumnNumber)) == 0 {
		return h, fmt.Errorf("%w: no column holds the telephone number; the columns are %s; name one of them number, phone, 电话 or 手机, or map it", ErrFile, quoted(h.names))
	}
	return h, nil
}

func quoted(names []string) string {
	const most = 20
	var b strings.Builder
	for i, n := range names {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		if len(n) > 60 {
			n = strings.ToValidUTF8(n[:60], "") + "…"
		}
		fmt.Fprintf(&b, "%q", n)
	}
	return b.String()
}

// delimiter finds what parts the cells of the first line: the one that makes
// most cells.
func delimiter(line []byte) byte {
	best, most := byte(','), 0
	for _, d := range []byte{',', '\t', ';', '|'} {
		n, rest := 0, line
		for i := index(rest, d, stepping(line, d)); i >= 0; i = index(rest, d, stepping(line, d)) {
			n, rest = n+1, rest[i+1:]
		}
		if n > most {
			best, most = d, n
		}
	}
	return best
}
