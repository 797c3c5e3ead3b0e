package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// room is one row of ARCHITECTURE.md's table.
type room struct {
	dir        string
	imports    []string
	everything bool
}

var (
	rowRE  = regexp.MustCompile("^\\| `([^`]+)` \\| .+ \\| (.+) \\|$")
	nameRE = regexp.MustCompile("`([^`]+)`")
)

// rooms reads the table.
func rooms(t *testing.T) map[string]room {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root(t), "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	return parseRooms(t, string(data))
}

func parseRooms(t *testing.T, text string) map[string]room {
	t.Helper()
	out := map[string]room{}
	inside := false
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "| package | its one job | may import |") {
			inside = true
			continue
		}
		if !inside || strings.HasPrefix(line, "| ---") {
			continue
		}
		if !strings.HasPrefix(line, "|") {
			break
		}
		m := rowRE.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("ARCHITECTURE.md: this row of the table cannot be read: %s", line)
		}
		r := room{dir: m[1]}
		switch allowed := strings.TrimSpace(m[2]); allowed {
		case "–", "-":
		case "everything":
			r.everything = true
		default:
			for _, n := range nameRE.FindAllStringSubmatch(allowed, -1) {
				r.imports = append(r.imports, n[1])
			}
			if len(r.imports) == 0 {
				t.Fatalf("ARCHITECTURE.md: what may %s import? %q", r.dir, allowed)
			}
		}
		out[r.dir] = r
	}
	if len(out) < 10 {
		t.Fatalf("ARCHITECTURE.md: the table of rooms has %d rows", len(out))
	}
	return out
}

// roomOf finds the row a directory belongs to: its own, or that of the
// nearest directory above.
func roomOf(table map[string]room, dir string) (room, bool) {
	for d := dir; d != "."; {
		if r, ok := table[d]; ok {
			return r, true
		}
		i := strings.LastIndexByte(d, '/')
		if i < 0 {
			return room{}, false
		}
		d = d[:i]
	}
	r, ok := table["."]
	return r, ok
}

// mayImport says whether the table allows an import. A test may use anything:
// it often needs the real thing from another room, and nothing imports it.
func mayImport(table map[string]room, from, to string, test bool) bool {
	home, ok := roomOf(table, from)
	if !ok {
		return false
	}
	target, ok := roomOf(table, to)
	switch {
	case !ok:
		return false
	case test, home.everything, to == ".", target.dir == home.dir:
		return true
	}
	return slices.Contains(home.imports, target.dir)
}

func TestImportsKeepToTheTable(t *testing.T) {
	table := rooms(t)
	seen := map[string]bool{}
	for _, f := range tree(t) {
		home, ok := roomOf(table, f.dir)
		if !ok {
			t.Errorf("%s: ARCHITECTURE.md has no row for %s", f.path, f.dir)
			continue
		}
		seen[home.dir] = true
		for _, to := range f.imports() {
			if !mayImport(table, f.dir, to, f.test) {
				t.Errorf("%s imports %s: ARCHITECTURE.md does not let %s do that", f.path, to, home.dir)
			}
		}
	}
	for dir := range table {
		if !seen[dir] {
			t.Errorf("ARCHITECTURE.md has a row for %s, where there is no Go file", dir)
		}
	}
}

// The rules themselves, on a table small enough to see through.
func TestMayImport(t *testing.T) {
	table := parseRooms(t, "| package | its one job | may import |\n| --- | --- | --- |\n"+
		"| `.` | words | – |\n| `a` | a | `b` |\n| `b` | b | – |\n| `c` | c | `a` `b` |\n| `cmd` | all | everything |\n"+
		strings.Repeat("| `f` | filler | – |\n", 1)+"| `g` | g | – |\n| `h` | h | – |\n| `i` | i | – |\n| `internal/x` | x | – |\n| `j` | j | – |\n\n| `k` | below | everything |\n")
	for _, c := range []struct {
		from, to   string
		test, want bool
	}{
		{"a", "b", false, true}, {"b", "a", false, false}, {"a", ".", false, true}, {".", "a", false, false},
		{"a/sub", "b", false, true}, {"a/sub", "a", false, true}, {"a", "a/sub", false, true}, {"b", "a/sub", false, false},
		{"b/btest", "b", false, true}, {"b", "a/atest", true, true}, {"b", "a/atest", false, false},
		{"b", "internal/x", true, true}, {"b", "internal/x", false, false},
		{"cmd", "c", false, true}, {"k", "a", false, false}, {"a", "k", false, false},
	} {
		if got := mayImport(table, c.from, c.to, c.test); got != c.want {
			t.Errorf("%s imports %s (test: %v): %v, want %v", c.from, c.to, c.test, got, c.want)
		}
	}
}
