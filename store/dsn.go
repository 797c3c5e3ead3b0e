package store

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// ErrDSN is wrapped by errors about data source names.
var ErrDSN = errors.New("not a database")

// source is a data source name taken apart.
type source struct {
	postgres bool
	dsn      string // PostgreSQL's own
	path     string // of the SQLite file
}

func parseDSN(dsn string) (source, error) {
	scheme, rest, ok := strings.Cut(dsn, "://")
	switch {
	case !ok:
		return source{}, fmt.Errorf("%w: %s must look like sqlite://dialwright.db or postgres://user@host/name", ErrDSN, Masked(dsn))
	case scheme == "sqlite":
		if rest == "" || strings.HasSuffix(rest, "/") || strings.Contains(rest, "\x00") {
			return source{}, fmt.Errorf("%w: %q names no file, as in sqlite://dialwright.db", ErrDSN, dsn)
		}
		return source{path: filepath.Clean(rest)}, nil
	case scheme == "postgres" || scheme == "postgresql":
		u, err := url.Parse(dsn)
		if err != nil {
			return source{}, fmt.Errorf("%w: the postgres:// URL cannot be read (is the password percent-encoded?)", ErrDSN)
		}
		q := u.Query()
		if !q.Has("connect_timeout") {
			q.Set("connect_timeout", "5")
		}
		if !q.Has("application_name") {
			q.Set("application_name", "dialwright")
		}
		u.RawQuery = q.Encode()
		return source{postgres: true, dsn: u.String()}, nil
	}
	return source{}, fmt.Errorf("%w: %q is neither sqlite nor postgres", ErrDSN, scheme)
}

// Masked is a data source name without its password, for people to read.
func Masked(dsn string) string {
	if u, err := url.Parse(dsn); err == nil && u.User != nil {
		return u.Redacted()
	} else if err == nil {
		return dsn
	}
	scheme, _, _ := strings.Cut(dsn, "://")
	return scheme + "://…"
}

// busyTimeout is how long a writer waits for another process's writer.
const busyTimeout = 10 * time.Second

// sqliteURI gives the connection string of the one writer, or of the readers.
// synchronous=FULL lets neither an attempt nor an opt-out be forgotten when
// the power fails.
func (s source) sqliteURI(writer bool) string {
	q := url.Values{}
	for _, p := range []string{
		fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()), "journal_mode(WAL)", "synchronous(FULL)",
		"temp_store(MEMORY)",
	} {
		q.Add("_pragma", p)
	}
	if writer {
		q.Set("_txlock", "immediate")
		// An import writes all over its indexes: copying them from the log
		// more rarely saves much of the writing.
		q.Add("_pragma", "cache_size(-24000)")
		q.Add("_pragma", "wal_autocheckpoint(8000)")
	} else {
		q.Add("_pragma", "query_only(1)")
	}
	path := (&url.URL{Path: s.path}).EscapedPath()
	return "file:" + path + "?" + q.Encode()
}
