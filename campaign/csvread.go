package campaign

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

const (
	maxLine   = 1 << 20 // bytes of one line
	maxQuoted = 100     // lines that one quoted cell may span
)

// rowError is a row that cannot be read; reading goes on behind it.
type rowError struct{ reason string }

func (e rowError) Error() string { return e.reason }

// csvReader reads rows of RFC 4180 with any delimiter. Unlike encoding/csv it
// loses nothing to a stray quote: a quoted cell that does not end as it should
// spoils its own line only, and the lines that it would have swallowed are
// read again as rows.
type csvReader struct {
	in      *bufio.Reader
	comma   byte
	columns int // a row over several lines must have as many cells; 0: any
	line    int // of the last row's first line
	next    int // line number that is read next
	pending [][]byte
	cells   [][]byte
	noEOL   bool // the last line read had no line end
}

func newCSVReader(in *bufio.Reader, comma byte) *csvReader {
	return &csvReader{in: in, comma: comma, next: 1}
}

// physical gives the next line with its line end.
func (r *csvReader) physical() ([]byte, error) {
	if len(r.pending) > 0 {
		l := r.pending[0]
		r.pending = r.pending[1:]
		r.next++
		return l, nil
	}
	var line []byte
	for {
		part, err := r.in.ReadSlice('\n')
		if len(line)+len(part) <= maxLine {
			line = append(line, part...)
		} else if len(line) <= maxLine {
			line = append(line, bytes.Repeat([]byte{'x'}, maxLine+1-len(line))...) // longer than allowed, however long
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == io.EOF && len(line) == 0:
			return nil, io.EOF
		case err != nil && err != io.EOF:
			return nil, err
		}
		r.next++
		return line, nil
	}
}

// Read gives the cells of the next row that is not empty, valid until the next
// Read. A rowError concerns one row; any other error ends the file.
func (r *csvReader) Read() ([][]byte, error) {
	for {
		r.line = r.next
		first, err := r.physical()
		if err != nil {
			return nil, err
		}
		if len(first) > maxLine {
			return nil, rowError{fmt.Sprintf("the line is longer than %d bytes", maxLine)}
		}
		r.noEOL = first[len(first)-1] != '\n'
		if len(bytes.TrimSpace(first)) == 0 {
			continue
		}
		return r.row(first)
	}
}

// row reads a row that starts with a line.
func (r *csvReader) row(first []byte) ([][]byte, error) {
	text := first
	var more [][]byte
	for {
		cells, open, err := split(bytes.TrimRight(text, "\r\n"), r.comma, r.cells[:0])
		if err == nil && !open {
			if len(more) > 0 && r.columns > 0 && len(cells) != r.columns {
				err = rowError{"a quoted cell does not end where it should"}
			} else {
				r.cells = cells
				return cells, nil
			}
		}
		if err == nil && len(more) < maxQuoted && len(text) < maxLine {
			line, readErr := r.physical()
			if readErr == nil {
				more = append(more, line)
				text = append(text[:len(text):len(text)], line...)
				continue
			}
			if readErr != io.EOF {
				return nil, readErr
			}
		}
		if err == nil {
			err = rowError{"a quoted cell is never closed"}
		}
		r.pending = append(more, r.pending...)
		r.next -= len(more)
		return nil, err
	}
}

// split takes a row apart; open means that it ends inside quotes.
func split(text []byte, comma byte, cells [][]byte) (_ [][]byte, open bool, _ error) {
	step := stepping(text, comma)
	for {
		if len(text) > 0 && text[0] == '"' {
			cell, rest, closed := unquote(text[1:])
			if !closed {
				return cells, true, nil
			}
			cells = append(cells, cell)
			rest = bytes.TrimLeft(rest, " ")
			if len(rest) == 0 {
				return cells, false, nil
			}
			if rest[0] != comma {
				return cells, false, rowError{"text follows a quoted cell"}
			}
			text = rest[1:]
			continue
		}
		i := index(text, comma, step)
		if i < 0 {
			return append(cells, text), false, nil
		}
		cells, text = append(cells, text[:i]), text[i+1:]
	}
}

// stepping tells whether a delimiter may stand inside characters of a row: a
// vertical bar is the second byte of 126 characters of GB18030, and none of
// these is valid UTF-8.
func stepping(row []byte, comma byte) bool { return comma >= 0x40 && !utf8.Valid(row) }

// index gives the place of the first delimiter. With step it goes over the
// characters of GB18030, which are two bytes or twice two.
func index(text []byte, comma byte, step bool) int {
	if !step {
		return bytes.IndexByte(text, comma)
	}
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == comma:
			return i
		case text[i] > 0x80 && i+1 < len(text):
			i++
		}
	}
	return -1
}

func unquote(text []byte) (cell, rest []byte, closed bool) {
	start := 0
	for {
		i := bytes.IndexByte(text[start:], '"')
		if i < 0 {
			return nil, nil, false
		}
		i += start
		cell = append(cell, text[start:i]...)
		if i+1 < len(text) && text[i+1] == '"' {
			cell = append(cell, '"')
			start = i + 2
			continue
		}
		if cell == nil {
			cell = []byte{}
		}
		return cell, text[i+1:], true
	}
}

// validText refuses what is no text in any encoding.
func validText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, c := range s {
		if c == utf8.RuneError || c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}
