package store_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/store"
)

const crashRows = 20_000

// crashFile is a contact file in which every tenth number is there twice and
// every hundredth is none.
func crashFile() io.Reader {
	var b strings.Builder
	b.WriteString("phone,name,city\n")
	for i := range crashRows {
		switch {
		case i%100 == 99:
			fmt.Fprintf(&b, "12,Nobody %d,Bonn\n", i)
		case i%10 == 9:
			fmt.Fprintf(&b, "138%08d,Twin %d,Bonn\n", i-1, i)
		default:
			fmt.Fprintf(&b, "138%08d,Person %d,Bonn\n", i, i)
		}
	}
	return strings.NewReader(b.String())
}

// TestImportChild is the process that TestImportKilled kills.
func TestImportChild(t *testing.T) {
	dsn := os.Getenv("DIALWRIGHT_TEST_IMPORT")
	if dsn == "" {
		return // run by hand, there is nothing to do
	}
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	_, err = campaign.Import(t.Context(), crashFile(), campaign.ImportOptions{List: "list", Region: "CN", Batch: 100, Progress: func(r campaign.ImportReport) {
		fmt.Println("imported", r.Imported)
	}}, db)
	if err != nil {
		t.Fatal(err)
	}
}

// An import that is killed at any moment leaves whole batches behind, and
// running it again brings the list to what one run would have made it.
func TestImportKilled(t *testing.T) {
	for _, target := range databases {
		t.Run(target.name, func(t *testing.T) {
			dsn := target.dsn(t)
			db := migrated(t, dsn)
			before := 0
			for _, at := range []int{300, 4000, 11_000} {
				killImport(t, dsn, at)
				n := contacts(t, db)
				if n <= before || n >= crashRows*9/10 {
					t.Fatalf("killed after %d: %d contacts, %d before", at, n, before)
				}
				before = n
			}
			const good, twins, bad = crashRows * 9 / 10, crashRows * 9 / 100, crashRows / 100
			opts := campaign.ImportOptions{List: "list", Region: "CN"}
			report, err := campaign.Import(t.Context(), crashFile(), opts, db)
			if err != nil || report.Imported != good-before || report.Duplicates != twins+before || report.Rejected != bad || report.Updated != 0 {
				t.Errorf("the run after: %+v, %v; %d were there", report, err, before)
			}
			report, err = campaign.Import(t.Context(), crashFile(), opts, db)
			if err != nil || report.Imported != 0 || report.Updated != 0 || report.Duplicates != good+twins {
				t.Errorf("once more: %+v, %v", report, err)
			}
			if n := contacts(t, db); n != good {
				t.Errorf("%d contacts, want %d", n, good)
			}
		})
	}
}

func contacts(t *testing.T, db *store.DB) int {
	t.Helper()
	lists, err := db.Lists(context.Background())
	if err != nil || len(lists) != 1 {
		t.Fatal(lists, err)
	}
	return lists[0].Contacts
}

// killImport runs the child and kills it when it has got so far.
func killImport(t *testing.T, dsn string, at int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0], "-test.run", "^TestImportChild$", "-test.v")
	child.Env = append(os.Environ(), "DIALWRIGHT_TEST_IMPORT="+dsn)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	done := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "imported "); ok {
			if done, err = strconv.Atoi(text); err != nil {
				t.Fatal(err)
			}
		}
		if done >= at {
			break
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil || done < at {
		t.Fatalf("the child got to %d and ended by itself: %v", done, err)
	}
}

type target struct {
	name string
	dsn  func(testing.TB) string
}

func sqliteFile(t testing.TB) string { return "sqlite://" + filepath.Join(t.TempDir(), "test.db") }
