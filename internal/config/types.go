package config

import (
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const mask = "********"

// Secret is a value that must not be shown: it prints as asterisks, in logs
// and in JSON too. string(s) is the secret itself.
type Secret string

// String is asterisks, or nothing when there is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return mask
}

// GoString keeps %#v from showing the secret.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// MarshalText keeps JSON and YAML from showing the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// DSN is a database's address. It may hold a password, which it prints as
// asterisks; string(d) is the whole address.
type DSN string

// String is the address with its password masked.
func (d DSN) String() string {
	s := string(d)
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return maskPairs(s)
	}
	rest, query, hasQuery := strings.Cut(rest, "?")
	authority, path, hasPath := strings.Cut(rest, "/")
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		if user, _, ok := strings.Cut(authority[:at], ":"); ok {
			authority = user + ":" + mask + authority[at:]
		}
	}
	out := scheme + "://" + authority
	if hasPath {
		out += "/" + path
	}
	if !hasQuery {
		return out
	}
	pairs := strings.Split(query, "&")
	for i, p := range pairs {
		if k, _, ok := strings.Cut(p, "="); ok && strings.Contains(strings.ToLower(k), "pass") {
			pairs[i] = k + "=" + mask
		}
	}
	return out + "?" + strings.Join(pairs, "&")
}

// maskPairs masks the password of a key=value connection string.
func maskPairs(s string) string {
	at := strings.Index(strings.ToLower(s), "password=")
	if at < 0 {
		return s
	}
	end := len(s)
	value := s[at+len("password="):]
	if !strings.HasPrefix(value, "'") {
		if i := strings.IndexByte(value, ' '); i >= 0 {
			end = at + len("password=") + i
		}
	}
	return s[:at] + "password=" + mask + s[end:]
}

// GoString keeps %#v from showing the password.
func (d DSN) GoString() string { return strconv.Quote(d.String()) }

// MarshalText keeps JSON and YAML from showing the password.
func (d DSN) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Path is a file or directory. One that stands in the file is relative to the
// file's directory; one from the environment or a flag to the working one.
type Path string

// Ports is a range of UDP ports, both ends included.
type Ports struct{ First, Last int }

// UnmarshalText reads 10000-20000.
func (p *Ports) UnmarshalText(b []byte) error {
	from, to, ok := strings.Cut(string(b), "-")
	first, err1 := strconv.Atoi(strings.TrimSpace(from))
	last, err2 := strconv.Atoi(strings.TrimSpace(to))
	if !ok || err1 != nil || err2 != nil {
		return fmt.Errorf("%q is not a range of ports like 10000-20000", b)
	}
	if first < 1 || last > 65535 || last-first < 3 {
		return fmt.Errorf("%q must lie within 1-65535 and hold at least 4 ports", b)
	}
	*p = Ports{first, last}
	return nil
}

// MarshalText writes 10000-20000.
func (p Ports) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%d-%d", p.First, p.Last), nil
}

// parseDuration is time.ParseDuration that also knows days, as in 7d.
func parseDuration(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.ParseFloat(days, 64); err == nil && n >= 0 && n < 100_000 {
			return time.Duration(n * 24 * float64(time.Hour)), nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a duration like 90s, 15m, 24h or 7d", s)
	}
	return d, nil
}

// hostName is the machine's name, reduced to what may stand in a Stasis
// application's name.
func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		name = ""
	}
	name = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, name)
	if name = strings.Trim(name, "-"); name == "" {
		return "worker"
	}
	return name
}

func checkURL(s string, schemes ...string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return fmt.Errorf("%q is not a URL like %s://127.0.0.1", s, schemes[0])
	}
	for _, scheme := range schemes {
		if u.Scheme == scheme {
			return nil
		}
	}
	return fmt.Errorf("%q must begin with %s://", s, strings.Join(schemes, ":// or "))
}
