package campaign_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/store"
)

// generated writes a contact file of so many rows, each with another Chinese
// mobile number, in no order.
func generated(rows int) io.Reader {
	r, w := io.Pipe()
	go func() { // ends when the pipe is read to its end or closed
		out := bufio.NewWriterSize(w, 1<<16)
		_, err := out.WriteString("姓名,手机,城市,欠款\n")
		const space = 100_000_000
		start, step := rand.IntN(space), 61_803_399 // prime to space: visits each once
		for i := 0; i < rows && err == nil; i++ {
			_, err = fmt.Fprintf(out, "客户%d,138%08d,上海,%d.50\n", i, (start+i*step)%space, i%10_000)
		}
		if err == nil {
			err = out.Flush()
		}
		_ = w.CloseWithError(err)
	}()
	return r
}

// BenchmarkImport imports b.N rows and then the first of them again:
//
//	go test -run - -bench Import -benchtime 1000000x ./campaign
func BenchmarkImport(b *testing.B) {
	db := database(b)
	benchmarkImport(b, db)
}

func benchmarkImport(b *testing.B, db *store.DB) {
	report, err := campaign.Import(b.Context(), generated(b.N), campaign.ImportOptions{List: "list", Region: "CN"}, db)
	if err != nil {
		b.Fatal(err)
	}
	if report.Imported != b.N {
		b.Fatalf("%+v", report)
	}
	b.ReportMetric(float64(b.N)/report.Seconds, "rows/s")
	b.ReportMetric(float64(report.MaxRSS)/1e6, "MB-rss")
}

// BenchmarkReadRows is Import without a database.
func BenchmarkReadRows(b *testing.B) {
	report, err := campaign.Import(b.Context(), generated(b.N), campaign.ImportOptions{List: "list", Region: "CN"}, &memory{})
	if err != nil || report.Imported != b.N {
		b.Fatal(report, err)
	}
	b.ReportMetric(float64(b.N)/report.Seconds, "rows/s")
}
