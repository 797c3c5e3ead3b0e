package store_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/dialwright/dialwright/internal/pgtest"
	"github.com/dialwright/dialwright/store"
	"github.com/dialwright/dialwright/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.Run(m)) }

func TestPostgres(t *testing.T) { storetest.Run(t, postgres) }

func postgres(t testing.TB) *store.DB { return migrated(t, pgtest.NewDatabase(t)) }
