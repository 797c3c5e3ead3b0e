package campaign_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/store"
)

const samples = "../testdata/contacts/"

// counts are imported, updated, duplicates, rejected.
func counts(r campaign.ImportReport) [4]int {
	return [4]int{r.Imported, r.Updated, r.Duplicates, r.Rejected}
}

func read(t *testing.T, db campaign.ImportStore, data []byte, o campaign.ImportOptions) (campaign.ImportReport, []campaign.Reject, error) {
	t.Helper()
	if o.List == "" {
		o.List = "list"
	}
	if o.Region == "" {
		o.Region = "CN"
	}
	var rejects []campaign.Reject
	if o.OnReject == nil {
		o.OnReject = func(r campaign.Reject) error {
			rejects = append(rejects, r)
			return nil
		}
	}
	report, err := campaign.Import(t.Context(), bytes.NewReader(data), o, db)
	if err == nil && report.Rows != report.Imported+report.Updated+report.Duplicates+report.Rejected {
		t.Errorf("rows do not add up: %+v", report)
	}
	return report, rejects, err
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(samples + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func people(t *testing.T, db *store.DB) []campaign.Contact {
	t.Helper()
	all, err := db.ContactPage(context.Background(), "list", "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b campaign.Contact) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return all
}

func TestImportEncodingsAndDelimiters(t *testing.T) {
	for _, name := range []string{"utf8.csv", "utf8-bom.csv", "gb18030.csv", "utf16le-bom.csv", "semicolon.csv", "tabs.tsv", "excel-sep.csv", "mixed.csv"} {
		t.Run(name, func(t *testing.T) {
			db := database(t)
			report, rejects, err := read(t, db, sample(t, name), campaign.ImportOptions{})
			if err != nil || counts(report) != [4]int{3, 0, 0, 0} {
				t.Fatalf("%+v, %v, %v", report, rejects, err)
			}
			var got []string
			for _, p := range people(t, db) {
				got = append(got, fmt.Sprint(p.Name, p.Numbers, p.Fields["城市"], p.Fields["欠款"]))
			}
			want := []string{"张三[+8613800138000]北京120.50", "李四[+8613912345678]上海80", "王五[+8613700137000]联通9"}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			again, _, err := read(t, db, sample(t, name), campaign.ImportOptions{})
			if err != nil || counts(again) != [4]int{0, 0, 3, 0} {
				t.Errorf("the same again: %+v, %v", again, err)
			}
		})
	}
	db := database(t)
	if report, _, err := read(t, db, sample(t, "utf16be.csv"), campaign.ImportOptions{}); err != nil || report.Imported != 3 || people(t, db)[2].Fields["city"] != "Köln" {
		t.Errorf("UTF-16 without a mark: %+v, %v", report, err)
	}
}

// GB18030 has the byte of a vertical bar in characters: 倈 is 82 7C.
func TestImportVerticalBars(t *testing.T) {
	text := "姓名|手机|触觸城市\n倈亅|13800138000|丂飢\n\"倈|\"|13800138001|𠀀\nAnna|13800138002|Bonn\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil || bytes.Count(gb, []byte("|")) != 14 {
		t.Fatalf("%d bars, %v: %q", bytes.Count(gb, []byte("|")), err, gb)
	}
	mixed := append(gb[:len(gb):len(gb)], "倈|13800138003|飢\n"...)
	for want, data := range map[int][]byte{3: gb, 4: mixed} {
		db := database(t)
		report, rejects, err := read(t, db, data, campaign.ImportOptions{})
		if err != nil || counts(report) != [4]int{want, 0, 0, 0} {
			t.Fatalf("%+v, %v, %v", report, rejects, err)
		}
		all := people(t, db)
		if all[0].Name != "倈亅" || all[0].Fields["触觸城市"] != "丂飢" || all[1].Name != "倈|" || all[1].Fields["触觸城市"] != "𠀀" ||
			want == 4 && all[3].Name != "倈" {
			t.Errorf("%+v", all)
		}
	}
}

func TestImportBadRows(t *testing.T) {
	db := database(t)
	report, rejects, err := read(t, db, sample(t, "bad-rows.csv"), campaign.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if counts(report) != [4]int{4, 0, 1, 12} {
		t.Errorf("%+v", report)
	}
	var got strings.Builder
	for _, r := range rejects {
		fmt.Fprintf(&got, "%d %s: %s\n", r.Line, r.Column, r.Reason)
	}
	want := `3 phone: there is no number
4 phone: not a telephone number: "12345" is in no number range of CN
6 zone: unknown time zone: "Mars/Base"; use an IANA name such as Asia/Shanghai
7 language: "klingonese!" is no language tag such as en or zh-CN
8 : the row has 2 cells, the header 5
9 : the row has 6 cells, the header 5
10 phone: not a telephone number: "1.38E+10" was shortened by a spreadsheet; format the column as text and export again
11 : text follows a quoted cell
15 : text follows a quoted cell
16 phone: not a telephone number: "call me maybe": the phone number supplied is not a number
19 : the row is neither UTF-8 nor GB18030
20 : the file ends in this row: it has 2 of 5 cells
`
	if got.String() != want {
		t.Errorf("rejects:\n%swant:\n%s", got.String(), want)
	}
	var names []string
	for _, p := range people(t, db) {
		names = append(names, p.Name+"/"+fmt.Sprint(p.Fields["city"]))
	}
	if want := []string{"Anna/Beijing", "Quoted \"name\", with comma/Bad\nHomburg", "Behind \"quotes\"/Bonn", "Last/Bonn"}; !reflect.DeepEqual(names, want) {
		t.Errorf("contacts %q, want %q", names, want)
	}
}

func TestImportRefusesFiles(t *testing.T) {
	for name, want := range map[string]string{
		"wrong-header.csv": `no column holds the telephone number; the columns are "first", "last", "city"`,
		"two-names.csv":    `the columns "name" and "姓名" are both name`,
		"empty.csv":        "it is empty",
	} {
		_, _, err := read(t, database(t), sample(t, name), campaign.ImportOptions{})
		if !errors.Is(err, campaign.ErrFile) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for what, data := range map[string]string{"an Excel file": "PK\x03\x04xlsx", "zeros": "a,phone\n\x00\x00\x00\x00\n", "blank": "\n\n  \n"} {
		if _, _, err := read(t, database(t), []byte(data), campaign.ImportOptions{}); !errors.Is(err, campaign.ErrFile) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, _, err := read(t, database(t), []byte("phone\n"), campaign.ImportOptions{List: "bad name"}); err == nil {
		t.Error("a list with a bad name")
	}
	report, _, err := read(t, database(t), sample(t, "header-only.csv"), campaign.ImportOptions{})
	if err != nil || report.Rows != 0 {
		t.Errorf("a header alone: %+v, %v", report, err)
	}
}

func TestImportManyNumbers(t *testing.T) {
	db := database(t)
	report, rejects, err := read(t, db, sample(t, "many-numbers.csv"), campaign.ImportOptions{Mapping: map[string]string{"id": campaign.ColumnKey}})
	if err != nil || counts(report) != [4]int{2, 0, 0, 1} {
		t.Fatalf("%+v, %v", report, err)
	}
	if len(rejects) != 2 || !rejects[0].Kept || rejects[0].Column != "手机" || rejects[1].Kept || rejects[1].Line != 4 {
		t.Errorf("rejects %+v", rejects)
	}
	all := people(t, db)
	if all[0].ImportKey != "7" || !reflect.DeepEqual(all[0].Numbers, []dialwright.Number{"+8613800138000", "+861062345678"}) ||
		!reflect.DeepEqual(all[1].Numbers, []dialwright.Number{"+8613800138001"}) {
		t.Errorf("contacts %+v", all)
	}
	_, _, err = read(t, db, sample(t, "many-numbers.csv"), campaign.ImportOptions{Mapping: map[string]string{"nr": campaign.ColumnKey}})
	if !errors.Is(err, campaign.ErrFile) || !strings.Contains(err.Error(), `"nr"`) {
		t.Errorf("a mapping of nothing: %v", err)
	}
}

func TestImportChangesAndDryRun(t *testing.T) {
	db := database(t)
	first := []byte("phone,name\n13800138000,Anna\n13800138001,Bert\n13800138000,Somebody\n")
	dry, _, err := read(t, db, first, campaign.ImportOptions{DryRun: true})
	if err != nil || counts(dry) != [4]int{2, 0, 1, 0} || len(people(t, db)) != 0 {
		t.Fatalf("a dry run: %+v, %v", dry, err)
	}
	for round, want := range [][4]int{{2, 0, 1, 0}, {0, 0, 3, 0}} {
		got, _, err := read(t, db, first, campaign.ImportOptions{Batch: 1})
		if err != nil || counts(got) != want {
			t.Errorf("run %d: %+v, %v", round+1, got, err)
		}
	}
	second := []byte("phone,name\n13800138000,Anna B.\n13800138001,Bert\n13800138002,Carl\n")
	got, _, err := read(t, db, second, campaign.ImportOptions{})
	if err != nil || counts(got) != [4]int{1, 1, 1, 0} || people(t, db)[0].Name != "Anna B." {
		t.Errorf("a changed file: %+v, %v", got, err)
	}
}

func TestImportEnds(t *testing.T) {
	data := []byte("phone,name\n13800138000,Anna\n12,Bert\n")
	no := errors.New("disk full")
	_, _, err := read(t, database(t), data, campaign.ImportOptions{OnReject: func(campaign.Reject) error { return no }})
	if !errors.Is(err, no) {
		t.Errorf("rejects that cannot be written: %v", err)
	}
	cut := io.MultiReader(bytes.NewReader(data), &brokenReader{})
	db := database(t)
	report, err := campaign.Import(t.Context(), cut, campaign.ImportOptions{List: "list", Region: "CN"}, db)
	if err == nil || !strings.Contains(err.Error(), "unplugged") || report.Imported != 1 {
		t.Errorf("a file that cannot be read to its end: %+v, %v", report, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := campaign.Import(ctx, bytes.NewReader(data), campaign.ImportOptions{List: "list", Region: "CN"}, db); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
}

type brokenReader struct{}

func (*brokenReader) Read([]byte) (int, error) { return 0, errors.New("unplugged") }

func TestRejectsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rejects.csv")
	f := campaign.NewRejectsFile(path)
	if err := f.Close(); err != nil || f.Path() != "" {
		t.Errorf("without rejects: %q, %v", f.Path(), err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
	_, _, err := read(t, database(t), []byte("phone,=cmd()\n13800138000,"+strings.Repeat("x", 5000)+"\n"), campaign.ImportOptions{OnReject: f.Add})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	want := "line,column,reason\n2,'=cmd(),\"the cell is 5000 bytes long, at most 4096 are kept\"\n"
	if err != nil || string(data) != want {
		t.Errorf("the file holds %q, %v; want %q", data, err, want)
	}
	if err := campaign.NewRejectsFile(t.TempDir()).Add(campaign.Reject{}); err == nil {
		t.Error("a directory was written to")
	}
}

// memory takes everything, to fuzz the reading alone.
type memory struct{ rows int }

func (m *memory) ImportContacts(_ context.Context, _ string, rows []campaign.ImportRow, _ time.Time, _ bool) ([]campaign.ImportOutcome, error) {
	for _, r := range rows {
		if len(r.Contact.Numbers) == 0 || r.Contact.ImportKey == "" {
			return nil, fmt.Errorf("a contact without number or key: %+v", r)
		}
	}
	m.rows += len(rows)
	return make([]campaign.ImportOutcome, len(rows)), nil
}

func FuzzImport(f *testing.F) {
	files, err := filepath.Glob(samples + "*")
	if err != nil || len(files) == 0 {
		f.Fatal("no samples", err)
	}
	for _, name := range files {
		f.Add(sample(f, filepath.Base(name)))
	}
	f.Add([]byte("phone\n\"\n\"\"\n\"13800138000\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := &memory{}
		rejected := map[int]bool{}
		report, err := campaign.Import(t.Context(), bytes.NewReader(data), campaign.ImportOptions{List: "list", Region: "CN", OnReject: func(r campaign.Reject) error {
			if r.Line < 1 || r.Line > bytes.Count(data, []byte("\n"))+2 || r.Reason == "" {
				return fmt.Errorf("reject %+v of a file of %d bytes", r, len(data))
			}
			if !r.Kept {
				rejected[r.Line] = true
			}
			return nil
		}}, m)
		if err != nil {
			if !errors.Is(err, campaign.ErrFile) {
				t.Error(err)
			}
			return
		}
		if report.Imported != m.rows || report.Rejected != len(rejected) {
			t.Errorf("%+v, but %d rows stored and %d lines rejected", report, m.rows, len(rejected))
		}
	})
}
