package campaign

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"
)

// RejectsFile writes the rows that an import refuses into a CSV file with the
// columns line, column, reason. The file appears with the first of them.
type RejectsFile struct {
	path string
	file *os.File
	out  *csv.Writer
}

// NewRejectsFile prepares a file at path; its Add is an OnReject. Close must
// be called.
func NewRejectsFile(path string) *RejectsFile { return &RejectsFile{path: path} }

// Add writes one reject.
func (f *RejectsFile) Add(r Reject) error {
	if f.file == nil {
		file, err := os.Create(f.path)
		if err != nil {
			return fmt.Errorf("create the rejects file: %w", err)
		}
		f.file, f.out = file, csv.NewWriter(file)
		if err := f.out.Write([]string{"line", "column", "reason"}); err != nil {
			return fmt.Errorf("write the rejects file: %w", err)
		}
	}
	reason := r.Reason
	if r.Kept {
		reason += " (the contact was imported without it)"
	}
	if err := f.out.Write([]string{strconv.Itoa(r.Line), plain(r.Column), reason}); err != nil {
		return fmt.Errorf("write the rejects file: %w", err)
	}
	return nil
}

// plain keeps a spreadsheet from taking a cell for a formula.
func plain(s string) string {
	if s != "" && (s[0] == '=' || s[0] == '+' || s[0] == '-' || s[0] == '@' || s[0] == '\t' || s[0] == '\r') {
		return "'" + s
	}
	return s
}

// Path is where the file is, empty when nothing was rejected.
func (f *RejectsFile) Path() string {
	if f.file == nil {
		return ""
	}
	return f.path
}

// Close writes out what is left.
func (f *RejectsFile) Close() error {
	if f.file == nil {
		return nil
	}
	f.out.Flush()
	if err := errors.Join(f.out.Error(), f.file.Close()); err != nil {
		return fmt.Errorf("write the rejects file: %w", err)
	}
	return nil
}
