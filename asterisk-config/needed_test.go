package asteriskconfig

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestCheckModules(t *testing.T) {
	running := map[string]bool{}
	for _, n := range Needed() {
		if n.For == "" || running[n.Module] || !slices.Contains(Modules(), n.Module) {
			t.Errorf("%+v: no purpose, twice in the list, or not loaded by our own configuration", n)
		}
		running[n.Module] = true
	}
	if err := CheckModules(running); err != nil {
		t.Errorf("all are running: %v", err)
	}
	delete(running, "chan_rtp.so")            // not loaded
	running["res_musiconhold.so"] = false     // declined to load
	running["app_of_the_neighbour.so"] = true // none of ours
	var missing *MissingError
	if err := CheckModules(running); !errors.As(err, &missing) ||
		err.Error() != "not running: chan_rtp.so (audio between Asterisk and Dialwright), res_musiconhold.so (hold music)" ||
		!strings.Contains(missing.Remedy(), "load = chan_rtp.so") {
		t.Errorf("two are missing: %v", err)
	}
}
