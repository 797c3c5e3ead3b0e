package dialwright_test

import (
	"fmt"
	"testing"

	"github.com/dialwright/dialwright"
)

// One row for each signal the network can end a try with.
func TestCauseDisposition(t *testing.T) {
	for _, c := range []struct {
		sip, q850 int
		want      dialwright.Disposition
	}{
		{486, 17, dialwright.Busy}, {600, 17, dialwright.Busy},
		{408, 18, dialwright.NoAnswer}, {480, 19, dialwright.NoAnswer}, {487, 127, dialwright.NoAnswer},
		{404, 1, dialwright.InvalidNumber}, {410, 22, dialwright.InvalidNumber},
		{484, 28, dialwright.InvalidNumber}, {604, 1, dialwright.InvalidNumber},
		{403, 21, dialwright.Rejected}, {603, 21, dialwright.Rejected},
		{607, 127, dialwright.Unwanted}, {608, 127, dialwright.Unwanted},
		{401, 21, dialwright.TrunkFailure}, {407, 21, dialwright.TrunkFailure},
		{488, 58, dialwright.TrunkFailure}, {606, 58, dialwright.TrunkFailure},
		{500, 38, dialwright.Congestion}, {501, 29, dialwright.Congestion}, {502, 27, dialwright.Congestion},
		{503, 34, dialwright.Congestion}, {504, 102, dialwright.Congestion}, {580, 34, dialwright.Congestion},
		{302, 23, dialwright.TrunkFailure}, {420, 3, dialwright.TrunkFailure}, {421, 127, dialwright.TrunkFailure},
		{699, 127, dialwright.Rejected},
		{0, 1, dialwright.InvalidNumber}, {0, 22, dialwright.InvalidNumber}, {0, 28, dialwright.InvalidNumber},
		{0, 16, dialwright.NoAnswer}, {0, 17, dialwright.Busy}, {0, 18, dialwright.NoAnswer},
		{0, 19, dialwright.NoAnswer}, {0, 20, dialwright.SwitchedOff}, {0, 21, dialwright.Rejected},
		{0, 27, dialwright.Unreachable}, {0, 34, dialwright.Congestion}, {0, 38, dialwright.Congestion},
		{0, 41, dialwright.Congestion}, {0, 42, dialwright.Congestion}, {0, 102, dialwright.Congestion},
		{0, 58, dialwright.TrunkFailure}, {0, 88, dialwright.TrunkFailure}, {0, 127, dialwright.TrunkFailure},
		{0, 0, dialwright.Unknown}, {0, 31, dialwright.Unknown},
		{200, 17, dialwright.Busy}, // a success code says nothing about the end
	} {
		t.Run(fmt.Sprintf("sip %d q850 %d", c.sip, c.q850), func(t *testing.T) {
			got := dialwright.Cause{SIPCode: c.sip, Q850: c.q850}.Disposition()
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if !got.Valid() {
				t.Errorf("%s is not in the closed set", got)
			}
		})
	}
}

func TestFailOverNeverUsesUpAnAttempt(t *testing.T) {
	for _, d := range dialwright.Dispositions() {
		if d.FailsOver() && d.UsesUpAttempt() {
			t.Errorf("%s fails over and yet uses up an attempt", d)
		}
	}
}
