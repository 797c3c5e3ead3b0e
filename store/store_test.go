package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dialwright/dialwright/store"
	"github.com/dialwright/dialwright/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) *store.DB { return migrated(t, sqliteFile(t)) })
}

func migrated(t testing.TB, dsn string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestBadDSN(t *testing.T) {
	for _, dsn := range []string{"", "dialwright.db", "sqlite://", "sqlite://dir/", "mysql://u:secret@h/d", "postgres://u:se cret@%zz/x"} {
		_, err := store.Open(t.Context(), dsn)
		if !errors.Is(err, store.ErrDSN) {
			t.Errorf("%q: %v", dsn, err)
		}
		if err != nil && strings.Contains(err.Error(), "cret") {
			t.Errorf("%q: the error tells the password: %v", dsn, err)
		}
	}
	if _, err := store.Open(t.Context(), "sqlite:///nowhere/at/all/x.db"); err == nil {
		t.Error("a file in no directory was opened")
	}
	_, err := store.Open(t.Context(), "postgres://u:secret@127.0.0.1:1/d?sslmode=disable")
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a server that is not there: %v", err)
	}
}

// A path may hold whatever a file name may.
func TestOddPath(t *testing.T) {
	db := migrated(t, "sqlite://"+filepath.Join(t.TempDir(), "a b?c#d%20e 数据.db"))
	if have, want, err := db.Version(t.Context()); err != nil || have != want {
		t.Errorf("version %d of %d, %v", have, want, err)
	}
}

func TestVersionBeforeMigration(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "new.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	have, want, err := db.Version(t.Context())
	if err != nil || have != 0 || want < 1 {
		t.Errorf("version %d of %d, %v", have, want, err)
	}
}
