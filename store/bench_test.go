package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/store/storetest"
)

// BenchmarkImport imports b.N rows:
//
//	go test -run - -bench Import -benchtime 1000000x ./store
func BenchmarkImport(b *testing.B) {
	for _, target := range databases {
		b.Run(target.name, func(b *testing.B) {
			db := migrated(b, target.dsn(b))
			got, err := campaign.Import(b.Context(), storetest.ContactFile(b.N), campaign.ImportOptions{List: "list", Region: "CN"}, db)
			if err != nil || got.Imported != b.N {
				b.Fatal(got, err)
			}
			b.ReportMetric(float64(b.N)/got.Seconds, "rows/s")
			b.ReportMetric(float64(got.MaxRSS)/1e6, "MB-rss")
		})
	}
}

// BenchmarkAttempt is what one call costs in the database, claimed, saved
// twice and completed, in a list of 100,000 contacts:
//
//	go test -run - -bench Attempt ./store
func BenchmarkAttempt(b *testing.B) {
	for _, target := range databases {
		b.Run(target.name, func(b *testing.B) {
			db := migrated(b, target.dsn(b))
			ctx, at := context.Background(), time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
			storetest.Fill(b, db, "list", 0, 100_000)
			if err := db.CreateCampaign(ctx, storetest.Campaign("camp", "list"), at); err != nil {
				b.Fatal(err)
			}
			if _, err := db.OrderCampaign(ctx, "camp", campaign.Start, "", at); err != nil {
				b.Fatal(err)
			}
			lease, err := db.AcquireLease(ctx, "w", at, 1000*time.Hour)
			if err != nil {
				b.Fatal(err)
			}
			var claim []time.Duration
			for n := 0; b.Loop(); n++ {
				now := at.Add(time.Duration(n) * time.Second)
				begin := time.Now()
				claims, err := db.Claim(ctx, campaign.ClaimRequest{Lease: lease, Campaign: "camp", Max: 1, At: now})
				claim = append(claim, time.Since(begin))
				if err != nil || len(claims.Jobs) != 1 {
					b.Fatal(fmt.Sprint(claims, err))
				}
				call := report.Call{ID: claims.Jobs[0].Call, StartedAt: now, Tries: []report.Try{{N: 1, StartedAt: now}}}
				if err := db.SaveCall(ctx, call); err != nil {
					b.Fatal(err)
				}
				call.EndedAt, call.Disposition = now, dialwright.Busy
				if err := db.SaveCall(ctx, call); err != nil {
					b.Fatal(err)
				}
				if err := db.Complete(ctx, call.ID, campaign.Result{Disposition: dialwright.Busy}, now); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(report.Percentile(claim, 0.5))/1e6, "claim-p50-ms")
			b.ReportMetric(float64(report.Percentile(claim, 0.99))/1e6, "claim-p99-ms")
		})
	}
}
