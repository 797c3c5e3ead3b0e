package worker_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/dialwright/dialwright/internal/pgtest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		os.Exit(child(path))
	}
	goleak.VerifyTestMain(pgtest.Run(m))
}
