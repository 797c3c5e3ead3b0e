//go:build linux

package pgtest

import (
	"database/sql"
	"testing"

	_ "github.com/lib/pq"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(Run(m)) }

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	one, two := NewDatabase(t), NewDatabase(t)
	if one == two {
		t.Fatalf("both are %s", one)
	}
	for _, dsn := range []string{one, two} {
		db, err := sql.Open("postgres", dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		if _, err := db.ExecContext(t.Context(), `CREATE TABLE mine (name text)`); err != nil {
			t.Errorf("%s: %v", dsn, err)
		}
		var zone string
		if err := db.QueryRowContext(t.Context(), `SHOW timezone`).Scan(&zone); err != nil || zone != "UTC" {
			t.Errorf("time zone is %q (%v), want UTC", zone, err)
		}
	}
}
