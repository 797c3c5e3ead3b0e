package campaign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dialwright/dialwright"
)

// ImportOptions say how a file is to be read, and into what.
type ImportOptions struct {
	List    string
	Region  string            // ISO 3166 country of numbers without country code
	Mapping map[string]string // column name to role, see ColumnNumber and the others
	DryRun  bool              // tell what would be done and change nothing
	Clock   dialwright.Clock  // nil: the system's
	// OnReject is told of each row and cell that is not imported, in the
	// file's order. An error ends the import. May be nil.
	OnReject func(Reject) error
	// Progress is told after each batch. May be nil.
	Progress func(ImportReport)
	Batch    int // rows in one transaction; default 1000, at most 2000
}

// ImportReport is what became of a file. Rows is the sum of imported, updated,
// duplicates and rejected.
type ImportReport struct {
	Rows       int     `json:"rows"`
	Imported   int     `json:"imported"`
	Updated    int     `json:"updated"`
	Duplicates int     `json:"duplicates"` // nothing new in them: read before, in this file or another
	Rejected   int     `json:"rejected"`
	Seconds    float64 `json:"seconds"`
	MaxRSS     int64   `json:"max_rss_bytes"` // of the process, so far
}

// Import reads a CSV file of contacts into a list. Encoding, delimiter and
// header are recognised; rows that are no contacts are told to OnReject, and
// all others go in. It keeps a few batches of rows in memory, however long the file
// is: which keys and numbers it has had, some 40 bytes a row, goes to a temporary
// file when that takes more than 1 MB. What was written stays when the import fails or is
// killed half-way; running it again goes on from there, and running it on the
// same file again changes nothing. The report is valid even with an error.
func Import(ctx context.Context, r io.Reader, o ImportOptions, store ImportStore) (ImportReport, error) {
	if o.Clock == nil {
		o.Clock = dialwright.SystemClock{}
	}
	if o.Batch <= 0 || o.Batch > 2000 {
		o.Batch = 1000
	}
	im := &importer{opts: o, store: store, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, start: o.Clock.Now(),
		batches: make(chan []ImportRow, 2)}
	if !validName(o.List) {
		return ImportReport{}, fmt.Errorf("import contacts: the list's name %q must be 1 to 64 letters, digits, - or _", o.List)
	}
	if err := im.open(r); err != nil {
		return ImportReport{}, fmt.Errorf("import contacts into list %s: %w", o.List, err)
	}
	defer im.seen.close()
	// Reading and writing overlap; the channel bounds what is in between.
	group, ctx := errgroup.WithContext(ctx)
	var unread error // does not end the group: what was read before is written
	group.Go(func() error {
		defer close(im.batches)
		unread = im.read(ctx)
		return nil
	})
	var written ImportReport
	group.Go(func() error { return im.write(ctx, &written) })
	err := group.Wait()
	if err == nil {
		err = unread
	}
	report := im.timed(written)
	if err != nil {
		return report, fmt.Errorf("import contacts into list %s, after %d rows: %w", o.List, report.Rows, err)
	}
	return report, nil
}

type importer struct {
	opts    ImportOptions
	store   ImportStore
	file    opened
	rows    *csvReader
	head    header
	seeds   [2]maphash.Seed
	seen    keySet // keys and numbers of the file
	start   time.Time
	refused atomic.Int64 // rows; the reader counts them, the writer reports them
	batches chan []ImportRow
}

func (im *importer) open(r io.Reader) error {
	var err error
	if im.file, err = open(r); err != nil {
		return err
	}
	first, err := im.file.in.Peek(im.file.in.Size())
	if err != nil && err != io.EOF && len(first) == 0 {
		return fmt.Errorf("read the file: %w", err)
	}
	first = bytes.TrimLeft(first, "\r\n")
	if len(bytes.TrimSpace(first)) == 0 {
		return fmt.Errorf("%w: it is empty", ErrFile)
	}
	line, _, _ := bytes.Cut(first, []byte{'\n'})
	im.rows = newCSVReader(im.file.in, 0)
	if hint, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("sep=")); ok && len(hint) == 1 { // Excel's
		im.rows.comma = hint[0]
		if _, err := im.rows.Read(); err != nil {
			return fmt.Errorf("read the first line: %w", err)
		}
	} else {
		im.rows.comma = delimiter(line)
	}
	cells, err := im.rows.Read()
	if err != nil {
		return fmt.Errorf("%w: read the header: %w", ErrFile, err)
	}
	names, ok := im.file.text(cells, nil)
	if !ok {
		return fmt.Errorf("%w: the header is neither UTF-8, UTF-16 nor GB18030", ErrFile)
	}
	im.head, err = newHeader(names, im.opts.Mapping)
	im.rows.columns = len(names)
	return err
}

// read makes batches of the rows.
func (im *importer) read(ctx context.Context) error {
	batch := make([]ImportRow, 0, im.opts.Batch)
	send := func() error {
		if len(batch) == 0 {
			return nil
		}
		select {
		case im.batches <- batch:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		batch = make([]ImportRow, 0, im.opts.Batch)
		return nil
	}
	for {
		row, ok, err := im.row()
		if err == io.EOF {
			return send()
		}
		if err != nil {
			return errors.Join(err, send())
		}
		if !ok {
			continue
		}
		if batch = append(batch, row); len(batch) == im.opts.Batch {
			if err := send(); err != nil {
				return err
			}
		}
	}
}

// row gives the next contact; ok is false when the row is none.
func (im *importer) row() (ImportRow, bool, error) {
	cells, err := im.rows.Read()
	line := im.rows.line
	var bad rowError
	switch {
	case errors.As(err, &bad):
		return ImportRow{}, false, im.reject(line, []Reject{{Reason: bad.reason}})
	case err != nil && err != io.EOF:
		return ImportRow{}, false, fmt.Errorf("read line %d: %w", line, err)
	case err != nil:
		return ImportRow{}, false, err
	}
	text, ok := im.file.text(cells, nil)
	if !ok {
		return ImportRow{}, false, im.reject(line, []Reject{{Reason: "the row is neither UTF-8 nor GB18030"}})
	}
	if reason := im.wrongWidth(text); reason != "" {
		return ImportRow{}, false, im.reject(line, []Reject{{Reason: reason}})
	}
	contact, rejects := im.head.contact(text, im.opts.Region, nil)
	if err := im.reject(line, rejects); err != nil || rejected(rejects) {
		return ImportRow{}, false, err
	}
	contact.List = im.opts.List
	known, err := im.known("k" + contact.ImportKey)
	if number := string(contact.Numbers[0]); err == nil && number != contact.ImportKey {
		var too bool
		too, err = im.known("n" + number)
		known = known || too
	}
	return ImportRow{Contact: contact, Repeat: known}, err == nil, err
}

func (im *importer) wrongWidth(text []string) string {
	want := len(im.head.names)
	for len(text) > want && text[len(text)-1] == "" {
		text = text[:len(text)-1]
	}
	switch {
	case len(text) == want:
		return ""
	case len(text) < want && im.rows.noEOL:
		return fmt.Sprintf("the file ends in this row: it has %d of %d cells", len(text), want)
	}
	return fmt.Sprintf("the row has %d cells, the header %d", len(text), want)
}

// known notes a key of the file and tells whether it was there already.
func (im *importer) known(key string) (bool, error) {
	return im.seen.add(hash128{maphash.String(im.seeds[0], key), maphash.String(im.seeds[1], key)})
}

func (im *importer) reject(line int, rejects []Reject) error {
	if rejected(rejects) {
		im.refused.Add(1)
	}
	for _, r := range rejects {
		r.Line = line
		if im.opts.OnReject == nil {
			continue
		}
		if err := im.opts.OnReject(r); err != nil {
			return fmt.Errorf("report the reject of line %d: %w", line, err)
		}
	}
	return nil
}

// write stores the batches.
func (im *importer) write(ctx context.Context, report *ImportReport) error {
	for batch := range im.batches {
		outcomes, err := im.store.ImportContacts(ctx, im.opts.List, batch, im.opts.Clock.Now(), im.opts.DryRun)
		if err != nil {
			return err
		}
		for i, outcome := range outcomes {
			if batch[i].Repeat && im.opts.DryRun {
				outcome = Duplicate // nothing was written that the store could compare with
			}
			switch outcome {
			case Imported:
				report.Imported++
			case Updated:
				report.Updated++
			case Duplicate:
				report.Duplicates++
			}
		}
		if im.opts.Progress != nil {
			im.opts.Progress(im.timed(*report))
		}
	}
	return nil
}

func (im *importer) timed(r ImportReport) ImportReport {
	r.Rejected = int(im.refused.Load())
	r.Rows = r.Imported + r.Updated + r.Duplicates + r.Rejected
	r.Seconds = im.opts.Clock.Now().Sub(im.start).Seconds()
	r.MaxRSS = maxRSS()
	return r
}
