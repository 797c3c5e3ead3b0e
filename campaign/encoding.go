package campaign

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// sampleSize is how much of a file is looked at to tell its encoding.
const sampleSize = 64 << 10

// ErrFile is wrapped by errors about files that are no contact files at all.
var ErrFile = errors.New("not a contact file")

// opened is a file whose encoding is known as far as it can be.
type opened struct {
	in *bufio.Reader
	// chinese: the rows that are not UTF-8 are GB18030, and rows that could be
	// either are that too.
	chinese bool
}

// open tells the encoding. UTF-16 is turned into UTF-8; UTF-8 and GB18030 are
// told apart row by row, since files are pasted together from both. Neither
// has the bytes of a comma, semicolon, tab, quote or line end inside a
// character; GB18030 has that of a vertical bar, see index.
func open(r io.Reader) (opened, error) {
	in := bufio.NewReaderSize(r, sampleSize)
	sample, err := in.Peek(sampleSize)
	if err != nil && err != io.EOF && len(sample) == 0 { // else it comes again, behind the good rows
		return opened{}, fmt.Errorf("read the file: %w", err)
	}
	switch {
	case bytes.HasPrefix(sample, []byte("\xef\xbb\xbf")):
		_, err = in.Discard(3)
		return opened{in: in}, err
	case bytes.HasPrefix(sample, []byte("PK\x03\x04")):
		return opened{}, fmt.Errorf("%w: it is a zip or Excel file; save it as CSV", ErrFile)
	}
	if e, ok := utf16(sample); ok {
		d := unicode.UTF16(e, unicode.UseBOM).NewDecoder()
		return opened{in: bufio.NewReaderSize(d.Reader(in), sampleSize)}, nil
	}
	if bytes.IndexByte(sample, 0) >= 0 {
		return opened{}, fmt.Errorf("%w: it has zero bytes; save it as CSV in UTF-8", ErrFile)
	}
	return opened{in: in, chinese: mostlyChinese(sample)}, nil
}

// utf16 looks for a byte order mark, or for the zero bytes of Latin letters.
func utf16(sample []byte) (unicode.Endianness, bool) {
	switch {
	case bytes.HasPrefix(sample, []byte{0xff, 0xfe}):
		return unicode.LittleEndian, true
	case bytes.HasPrefix(sample, []byte{0xfe, 0xff}):
		return unicode.BigEndian, true
	case len(sample) < 4:
		return unicode.LittleEndian, false
	}
	var zeros [2]int
	for i, b := range sample {
		if b == 0 {
			zeros[i%2]++
		}
	}
	few := len(sample) / 8 // digits, commas and line ends have a zero each
	switch {
	case zeros[1] > few && zeros[0] == 0:
		return unicode.LittleEndian, true
	case zeros[0] > few && zeros[1] == 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// mostlyChinese counts the lines that can only be GB18030 against those that
// can only be UTF-8.
func mostlyChinese(sample []byte) bool {
	gb, utf := 0, 0
	for line := range bytes.Lines(sample) {
		switch {
		case !utf8.Valid(line):
			gb++
		case hasLong(line):
			utf++
		}
	}
	return gb > utf
}

// hasLong reports characters of three bytes and more, as Chinese has in UTF-8.
// GB18030 looks like that only by a rare accident, and like characters of two
// bytes often.
func hasLong(valid []byte) bool {
	for _, r := range string(valid) {
		if r >= 0x800 {
			return true
		}
	}
	return false
}

// text decodes a row's cells; false when they are in no encoding we know.
func (o opened) text(cells [][]byte, to []string) ([]string, bool) {
	plain, long := true, false
	for _, c := range cells {
		plain = plain && utf8.Valid(c)
		long = long || plain && hasLong(c)
	}
	if plain && (long || !o.chinese) {
		for _, c := range cells {
			to = append(to, string(c))
		}
		return to, true
	}
	decoder := simplifiedchinese.GB18030.NewDecoder()
	for _, c := range cells {
		b, err := decoder.Bytes(c)
		if err != nil || bytes.ContainsRune(b, utf8.RuneError) {
			return to, false
		}
		to = append(to, string(b))
	}
	return to, true
}
