package store_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/dialwright/dialwright/internal/pgtest"
	"github.com/dialwright/dialwright/store"
	"github.com/dialwright/dialwright/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.Run(m)) }

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t testing.TB) *store.DB { return migrated(t, pgtest.NewDatabase(t)) })
}

// databases are those that a test of our own beside the contract runs on.
var databases = []target{{"sqlite", sqliteFile}, {"postgres", pgtest.NewDatabase}}
