package model

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Example is a sentence and what it means.
type Example struct {
	Text     string   `json:"text"`
	Intent   string   `json:"intent"`
	Entities []Entity `json:"entities,omitempty"`
}

// Entity is a part of a sentence that is a value. Start and End are offsets in
// characters (code points) from the beginning; End is the one after the last.
type Entity struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// The bounds of what is read, against files that are not examples at all.
const (
	maxLine     = 1 << 20
	maxExamples = 2_000_000
	maxText     = 64 << 10 // bytes of one sentence
	maxName     = 256      // bytes of an intent's or an entity's name
)

// LineError is what is wrong with a line of an example file.
type LineError struct {
	File string
	Line int // from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

func (e *LineError) Unwrap() error { return e.Err }

// ReadJSONLines reads one example a line: {"text","intent","entities":[{"start",
// "end","name","value"}]}. It is strict: unknown keys, missing texts, and
// entities that are outside their sentence, overlap or do not have the value
// they claim are errors with the file's name and the line. Empty lines are
// allowed.
func ReadJSONLines(r io.Reader, name string) ([]Example, error) {
	var out []Example
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), maxLine)
	line := 0
	for sc.Scan() {
		line++
		raw := bytes.TrimSpace(sc.Bytes())
		if line == 1 {
			raw = bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\ufeff")))
		}
		if len(raw) == 0 {
			continue
		}
		if len(out) == maxExamples {
			return nil, &LineError{name, line, fmt.Errorf("more than %d examples", maxExamples)}
		}
		ex, err := parseLine(raw)
		if err != nil {
			return nil, &LineError{name, line, err}
		}
		out = append(out, ex)
	}
	if err := sc.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("longer than %d bytes; one example a line is expected", maxLine)
		}
		return nil, &LineError{name, line + 1, err}
	}
	return out, nil
}

func parseLine(raw []byte) (Example, error) {
	if !utf8.Valid(raw) {
		return Example{}, errors.New("not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	var ex Example
	if err := dec.Decode(&ex); err != nil {
		return Example{}, fmt.Errorf("reading the example: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return Example{}, errors.New("something follows the example on its line")
	}
	return ex, ex.check()
}

// check tells what is wrong with an example.
func (ex *Example) check() error {
	switch {
	case ex.Text == "":
		return errors.New(`no "text"`)
	case len(ex.Text) > maxText:
		return fmt.Errorf(`"text" of %d bytes, at most %d`, len(ex.Text), maxText)
	case len(ex.Intent) > maxName:
		return fmt.Errorf(`"intent" of %d bytes, at most %d`, len(ex.Intent), maxName)
	case len(ex.Entities) == 0:
		return nil
	}
	chars := []rune(ex.Text)
	for i, e := range ex.Entities {
		what := fmt.Sprintf("entity %d (%q)", i+1, e.Name)
		switch {
		case e.Name == "" || len(e.Name) > maxName:
			return fmt.Errorf("%s: a name of 1 to %d bytes is needed", what, maxName)
		case e.Start < 0 || e.End > len(chars) || e.Start >= e.End:
			return fmt.Errorf("%s: characters %d to %d of a text of %d", what, e.Start, e.End, len(chars))
		case e.Value != "" && e.Value != string(chars[e.Start:e.End]):
			return fmt.Errorf("%s: the value is %q, but characters %d to %d are %q", what, e.Value, e.Start, e.End, string(chars[e.Start:e.End]))
		}
		for _, o := range ex.Entities[:i] {
			if e.Start < o.End && o.Start < e.End {
				return fmt.Errorf("%s overlaps %q", what, o.Name)
			}
		}
	}
	return nil
}
