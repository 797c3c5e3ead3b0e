package campaign_test

import (
	"testing"

	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/store/storetest"
)

// BenchmarkReadRows is an import without a database.
func BenchmarkReadRows(b *testing.B) {
	report, err := campaign.Import(b.Context(), storetest.ContactFile(b.N), campaign.ImportOptions{List: "list", Region: "CN"}, &memory{})
	if err != nil || report.Imported != b.N {
		b.Fatal(report, err)
	}
	b.ReportMetric(float64(b.N)/report.Seconds, "rows/s")
	b.ReportMetric(float64(report.MaxRSS)/1e6, "MB-rss")
}
