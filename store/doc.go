// Package store keeps everything in a database: an embedded SQLite, or a
// PostgreSQL that several workers share. It holds all SQL, and implements the
// interfaces that campaign, compliance, routing and report declare. No
// statement asks the database for the time.
package store

import (
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/report"
	"github.com/dialwright/dialwright/routing"
)

var (
	_ campaign.Queue       = (*DB)(nil)
	_ campaign.Board       = (*DB)(nil)
	_ campaign.Standings   = (*DB)(nil)
	_ campaign.ImportStore = (*DB)(nil)
	_ compliance.Ledger    = (*DB)(nil)
	_ routing.Store        = (*DB)(nil)
	_ report.Store         = (*DB)(nil)
)
