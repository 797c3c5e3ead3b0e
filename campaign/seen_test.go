package campaign

import (
	"testing"

	"pgregory.net/rapid"
)

func TestKeySet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var set keySet
		model := map[uint64]bool{1: false}
		for _, h := range rapid.SliceOf(rapid.Uint64Range(2, 3000)).Draw(t, "hashes") {
			h *= rapid.SampledFrom([]uint64{1, 1024}).Draw(t, "spread") // many in one slot
			if got := set.add(h); got != model[h] {
				t.Fatalf("add(%d) is %v, want %v", h, got, model[h])
			}
			model[h] = true
		}
	})
	var set keySet
	for i := range uint64(100_000) {
		if set.add(i*0x9e3779b97f4a7c15+7) || !set.add(i*0x9e3779b97f4a7c15+7) {
			t.Fatalf("hash %d", i)
		}
	}
	if set.n != 100_000 || set.add(0) || !set.add(0) {
		t.Errorf("%d hashes", set.n)
	}
}
