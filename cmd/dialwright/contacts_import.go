package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/store"
)

// importFlags are what `contacts import` takes.
type importFlags struct {
	list, region, rejects string
	columns               []string
	dry                   bool
}

func newContactsImportCommand(a *app) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use: "import FILE --list NAME", Short: "Read a CSV file of contacts into a list", Args: args("FILE"),
		Long: `Read a CSV file of contacts into a list; - reads standard input. Encoding (UTF-8,
UTF-16, GB18030), delimiter and header are recognised; numbers are brought
into one form. What is good goes in; what is not is listed with line and reason
in FILE.rejects.csv. Reading a file again changes nothing.`,
		Example: `  dialwright contacts import people.csv --list spring
  dialwright contacts import people.csv --list spring --column Handy=number --region DE
  dialwright contacts import people.csv --list spring --dry-run --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			mapping, err := columnMapping(f.columns)
			if err != nil {
				return err
			}
			return a.withDatabase(cmd.Context(), func(c *config.Config, db *store.DB) error {
				return a.importContacts(cmd.Context(), c, db, args[0], mapping, f)
			})
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.list, "list", "", "list to read into; it is made if there is none")
	fl.StringVar(&f.region, "region", "", "country of numbers without a country code, as in CN (default compliance.region)")
	fl.StringArrayVar(&f.columns, "column", nil, "what a column is, as in Handy=number (number, name, zone, language, key, or - to skip)")
	fl.StringVar(&f.rejects, "rejects", "", "`file` for what is not imported (default FILE.rejects.csv)")
	fl.BoolVar(&f.dry, "dry-run", false, "tell what would be done, change nothing")
	_ = cmd.MarkFlagRequired("list") // fails only for a flag that does not exist
	return cmd
}

func columnMapping(columns []string) (map[string]string, error) {
	mapping := map[string]string{}
	for _, c := range columns {
		name, role, ok := strings.Cut(c, "=")
		if !ok || name == "" || role == "" {
			return nil, usagef("--column %s: write column=role, as in Handy=number", c)
		}
		mapping[name] = role
	}
	return mapping, nil
}

// importResult is the last thing `contacts import --json` prints.
type importResult struct {
	campaign.ImportReport
	List    string `json:"list"`
	DryRun  bool   `json:"dry_run,omitempty"`
	Rejects string `json:"rejects,omitempty"` // file that lists them
}

func (a *app) importContacts(ctx context.Context, c *config.Config, db *store.DB, file string, mapping map[string]string, f importFlags) error {
	in, size, err := a.openInput(file)
	if err != nil {
		return err
	}
	path := f.rejects
	if path == "" {
		path = file + ".rejects.csv"
		if file == "-" {
			path = "contacts.rejects.csv"
		}
	}
	rejects := campaign.NewRejectsFile(path)
	bar := a.startProgress(ctx, "importing", size)
	report, err := campaign.Import(ctx, bar.reader(in), campaign.ImportOptions{
		List: f.list, Region: firstOf(f.region, c.Compliance.Region), Mapping: mapping, DryRun: f.dry, Clock: a.clock, OnReject: rejects.Add,
	}, db)
	bar.end()
	err = errors.Join(err, in.Close(), rejects.Close())
	if err != nil && report.Rows == 0 {
		return err
	}
	// Even an import that broke off has put rows in: say which.
	shown := a.showImport(importResult{ImportReport: report, List: f.list, DryRun: f.dry, Rejects: rejects.Path()})
	return errors.Join(err, shown)
}

func (a *app) showImport(r importResult) error {
	if a.json { // one line, so that it is the last one whatever stands before it
		line, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("write JSON: %w", err)
		}
		a.printf("%s\n", line)
		return nil
	}
	word := "imported"
	if r.DryRun {
		word = "would be imported"
	}
	a.printf("%d rows: %d %s into list %s, %d updated, %d duplicates, %d rejected\n", r.Rows, r.Imported, word, r.List, r.Updated, r.Duplicates, r.Rejected)
	a.printf("%.1f s, %d MB of memory at most\n", r.Seconds, r.MaxRSS>>20)
	if r.Rejects != "" {
		a.printf("what was rejected, with line and reason: %s\n", r.Rejects)
	}
	return nil
}

// openInput opens a file, or standard input for "-". The size is 0 where it
// is not known.
func (a *app) openInput(file string) (io.ReadCloser, int64, error) {
	if file == "-" {
		return io.NopCloser(a.in), 0, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, 0, fmt.Errorf("open the file of contacts: %w", err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a directory, not a file of contacts", file)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}
