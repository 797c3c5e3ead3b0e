// Package storetest is the contract of the store: every database that it
// supports passes the same suite.
package storetest

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/store"
)

// Open gives an empty, migrated database that the test closes at its end.
type Open func(t testing.TB) *store.DB

// noon is a Monday noon in UTC.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// Run checks all of the contract.
func Run(t *testing.T, open Open) {
	for _, part := range []struct {
		name string
		test func(*testing.T, *store.DB)
	}{
		{"schema", schema},
		{"import", imports}, {"import numbers", importNumbers}, {"import enrols", importEnrols}, {"find", find},
		{"campaigns", campaigns}, {"orders", orders}, {"settle", settle}, {"stop all", stopAll},
		{"claim and complete", claimComplete}, {"claim order", claimOrder}, {"claim once", claimOnce}, {"claim limits", claimLimits},
		{"claim rate", claimRate}, {"claim hours", claimHours}, {"claim races", claimRaces}, {"blocked", blocked},
		{"appointments", appointments}, {"unwanted", unwanted}, {"numbers in turn", numbersInTurn}, {"standings", standings},
		{"leases", leases}, {"recover own", recoverOwn}, {"recover others", recoverOthers}, {"close orphan", closeOrphan},
		{"calls", calls}, {"list calls", listCalls}, {"each call", eachCall}, {"late save", lateSave}, {"kept", kept},
		{"dnc", dnc}, {"reserve", reserve}, {"reserve races", reserveRaces},
		{"agents", agents}, {"pick", pick}, {"pick races", pickRaces},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, open(t)) })
	}
}

// Campaign is a campaign that may call around the clock.
func Campaign(id, list string) campaign.Campaign {
	c := campaign.Campaign{ID: dialwright.CampaignID(id), List: list, Flow: "flow.yaml", Zone: "UTC", MaxConcurrent: 1000}
	c.Legal.To = 24 * 60
	return c
}

// Number is the nth valid number of a range.
func Number(n int) dialwright.Number { return dialwright.Number(fmt.Sprintf("+86138%08d", n)) }

// Fill imports contacts with the numbers from first on.
func Fill(t testing.TB, db *store.DB, list string, first, n int) {
	t.Helper()
	for done := 0; done < n; done += 1000 {
		var rows []campaign.ImportRow
		for i := done; i < min(done+1000, n); i++ {
			number := Number(first + i)
			rows = append(rows, campaign.ImportRow{Contact: campaign.Contact{Numbers: []dialwright.Number{number}, ImportKey: string(number)}})
		}
		_, err := db.ImportContacts(t.Context(), list, rows, noon.Add(-time.Hour), false)
		ok(t, err)
	}
}

// start makes a running campaign over a list of n contacts.
func start(t testing.TB, db *store.DB, c campaign.Campaign, n int) {
	t.Helper()
	Fill(t, db, c.List, 0, n)
	ok(t, db.CreateCampaign(t.Context(), c, noon.Add(-time.Minute)))
	_, err := db.OrderCampaign(t.Context(), c.ID, campaign.Start, "test", noon.Add(-time.Minute))
	ok(t, err)
}

func lease(t testing.TB, db *store.DB, worker string) campaign.Lease {
	t.Helper()
	l, err := db.AcquireLease(t.Context(), dialwright.WorkerID(worker), noon.Add(-time.Minute), 1000*time.Hour)
	ok(t, err)
	return l
}

func claim(t testing.TB, db *store.DB, l campaign.Lease, id string, n int, at time.Time) []campaign.Job {
	t.Helper()
	claims, err := db.Claim(t.Context(), campaign.ClaimRequest{Lease: l, Campaign: dialwright.CampaignID(id), Max: n, At: at})
	ok(t, err)
	return claims.Jobs
}

// one claims exactly one contact.
func one(t testing.TB, db *store.DB, l campaign.Lease, id string, at time.Time) campaign.Job {
	t.Helper()
	jobs := claim(t, db, l, id, 1, at)
	if len(jobs) != 1 {
		t.Fatalf("claimed %d contacts, want 1", len(jobs))
	}
	return jobs[0]
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t testing.TB, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func count(t testing.TB, db *store.DB, id string) map[campaign.ContactState]int {
	t.Helper()
	n, err := db.Count(t.Context(), dialwright.CampaignID(id))
	ok(t, err)
	return n
}

func schema(t *testing.T, db *store.DB) {
	have, want, err := db.Version(t.Context())
	ok(t, err)
	if have != want || want < 1 {
		t.Errorf("schema version %d, want %d", have, want)
	}
	ok(t, db.Migrate(t.Context())) // again: nothing to do
	ok(t, db.Ping(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Ping(ctx); err == nil {
		t.Error("a ping with a context that has ended succeeds")
	}
}
