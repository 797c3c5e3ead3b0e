package dialwright_test

import (
	"testing"
	"time"

	"github.com/dialwright/dialwright"
)

func TestIDsSortByTimeAndDiffer(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	seen := map[dialwright.CallID]bool{}
	for range 1000 {
		id := dialwright.NewCallID(at)
		if seen[id] {
			t.Fatalf("%s twice", id)
		}
		seen[id] = true
		if later := dialwright.NewCallID(at.Add(time.Millisecond)); later <= id {
			t.Fatalf("%s, made later, sorts before %s", later, id)
		}
	}
}

func TestChannelIDRoundTrip(t *testing.T) {
	call := dialwright.NewCallID(time.Unix(1, 0))
	id := dialwright.ChannelID(call, dialwright.RoleAgent, 3)
	gotCall, role, n, ok := dialwright.ParseChannelID(id)
	if !ok || gotCall != call || role != dialwright.RoleAgent || n != 3 {
		t.Errorf("%s parses as %s %s %d %v", id, gotCall, role, n, ok)
	}
	for _, foreign := range []string{"", "1700000000.1", "a-b-c", "x-cust-y", "-cust-1"} {
		if _, _, _, ok := dialwright.ParseChannelID(foreign); ok {
			t.Errorf("%q passes for a channel of ours", foreign)
		}
	}
}
