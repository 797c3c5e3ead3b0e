//go:build !linux

package store_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// databases: a private PostgreSQL is started on Linux only.
var databases = []target{{"sqlite", sqliteFile}}
