package campaign

import (
	"errors"
	"os"
	"testing"

	"pgregory.net/rapid"
)

func spread(i uint64) hash128 { return hash128{i*0x9e3779b97f4a7c15 + 7, i} }

func add(t rapid.TB, s *keySet, h hash128) bool {
	t.Helper()
	there, err := s.add(h)
	if err != nil {
		t.Fatal(err)
	}
	return there
}

func TestKeySet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := keySet{atMost: rapid.IntRange(1, 600).Draw(t, "in memory")}
		defer set.close()
		model := map[hash128]bool{}
		for _, i := range rapid.SliceOfN(rapid.Uint64Range(1, 1000), 0, 2000).Draw(t, "hashes") {
			// Many in one slot, many in one page, and all over.
			h := rapid.SampledFrom([]hash128{{i << 54, 1}, {i % 50, 2}, spread(i)}).Draw(t, "spread")
			if got := add(t, &set, h); got != model[h] {
				t.Fatalf("add(%x) is %v, want %v", h, got, model[h])
			}
			model[h] = true
		}
		if set.n != len(model) {
			t.Fatalf("%d hashes, want %d", set.n, len(model))
		}
	})
}

// A set far beyond memory is exact, takes no more of it, and leaves nothing.
func TestKeySetInAFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	const n = 2 * maxInMemory
	var set keySet
	for round, want := range []bool{false, true} {
		for i := range uint64(n) {
			if add(t, &set, spread(i)) != want {
				t.Fatalf("round %d, hash %d", round, i)
			}
		}
	}
	if set.n != n || add(t, &set, hash128{}) || !add(t, &set, hash128{}) {
		t.Errorf("%d hashes", set.n)
	}
	if set.slots != nil || set.file == nil {
		t.Errorf("%d slots are still in memory", len(set.slots))
	}
	set.close()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestKeySetWithoutAFile(t *testing.T) {
	set := keySet{atMost: 1}
	t.Setenv("TMPDIR", t.TempDir()+"/absent")
	t.Setenv("TMP", t.TempDir()+"/absent")
	add(t, &set, spread(1))
	if _, err := set.add(spread(2)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory for the file: %v", err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", t.TempDir())
	add(t, &set, spread(2))
	set.close()
	if _, err := set.add(spread(3)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a file that cannot be read: %v", err)
	}
}
